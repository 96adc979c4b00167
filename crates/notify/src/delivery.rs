//! One notice on one way: waiting, under way, sent or not.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `spread.rs` | [`spread`]: which ways a notice goes, and when |
//! | `take.rs` | [`TakeBatch`]: what is due on a way is noted as under way, then sent |
//! | `outcome.rs` | [`Settle`]: what came of it |
//! | `list.rs` | [`deliveries`]: the log |
//!
//! Nothing is sent twice as far as the other side lets us: what was under way when a process died, or when
//! nobody answered, is sent again only where the other side knows it again by its id
//! ([`WayKind::knows_again`](crate::WayKind::knows_again)); else it is noted as [`DeliveryState::Unsure`].

mod list;
mod outcome;
mod spread;
mod take;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use qige_db::kebab;

pub use list::{DELIVERIES_ON_PAGE_MAX, DeliveryFilter, DeliveryPlace, DeliveryRow, deliveries};
pub use outcome::{Outcome, SendAgain, Settle, TRIES};
pub use spread::{Hearer, recipient_of, spread};
pub use take::{Batch, Item, TakeBatch, Taken, wake};

/// Kind of the job that spreads one notice over ways.
pub const SPREAD: &str = "notify.spread";
/// Kind of the job that sends what is due on one way.
pub const SEND: &str = "notify.send";

kebab! {
    /// What has become of it.
    pub enum DeliveryState {
        /// Not yet due, or to be tried again.
        Waiting = "waiting",
        /// Under way.
        Sending = "sending",
        /// The other side took it.
        Sent = "sent",
        /// It may have arrived, and sending it again could show it twice.
        Unsure = "unsure",
        /// It was not taken.
        Failed = "failed",
        /// It needed not be sent any more.
        Dropped = "dropped",
    }
}

/// What a job of [`SPREAD`] says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SpreadJob {
    /// Which notice.
    pub notice: Uuid,
}

/// What a job of [`SEND`] says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SendJob {
    /// Which way.
    pub way: Uuid,
}
