//! What a phone hands over: records in order, and files in pieces. Sending anything twice changes nothing.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `upload.rs` | resumable uploads: tus 1.0 without its HTTP |
//! | `upload/rows.rs` | what is known of each upload |
//! | `upload/develop.rs` | from the bytes that came to the object that is kept |
//! | `staging.rs` | bytes that are not whole yet |
//! | `outbox.rs` | records of one device, without gaps: taken once, answered the same ever after |
//! | `expire.rs` | letting go of what was never finished or never used |
//!
//! Never here: a decision about a case (`cases` makes it, in the same transaction that notes the record), a
//! look at who is signed in (the edge has done that), raw bytes handed back to anybody.

mod expire;
mod outbox;
mod staging;
mod upload;

pub use expire::{Expired, expire};
pub use outbox::{Answer, Batch, BatchRefused, Outcome, Record, TakeRecord, Taken, status};
pub use staging::{Staging, StagingError};
pub use upload::{
    BeginUpload, FileKind, NewUpload, Progress, Upload, UploadError, Uploads, VOICE_BYTES_MAX, upload,
};
