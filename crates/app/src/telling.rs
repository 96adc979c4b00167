//! Notices on their way out.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `address.rs` | [`WayAddress`]: where a way leads, and the secrets that go with it |
//! | `application.rs` | applications of WeCom and WeChat: what the tenant has set up, messages through it |
//! | `wording.rs` | [`Wording`]: what a tenant says in its own words |
//! | `words.rs` | [`Words`]: a message in the language of whoever gets it |
//! | `push_key.rs` | by what browsers know this server |
//! | `call.rs` | one message by the call that its way asks for |
//! | `jobs.rs` | the jobs: a notice is spread over ways, what is due on a way is sent |

mod address;
mod application;
mod call;
pub(crate) mod jobs;
mod push_key;
mod wording;
mod words;

pub use address::{ApplicationOf, WayAddress};
pub use wording::{Allows, BRIEF_LETTERS_MAX, SENTENCE_LETTERS_MAX, WORDING_SETTING, Wording};
pub use words::{Saying, Telling, Worded, Words};
