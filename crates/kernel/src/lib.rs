//! The words everything else is written in: ids, time, chance, place, work calendar, refusals.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `id.rs` | the [`id!`](crate::id!) macro and every id type of the product |
//! | `timestamp.rs` | [`Timestamp`]: UTC microseconds, the only instant that is stored |
//! | `clock.rs` | [`Clock`]: where "now" comes from; the real one and one that tests turn by hand |
//! | `position.rs`, `datum.rs` | where something is: always WGS-84 inside, other datums at the edges |
//! | `entropy.rs` | [`Entropy`]: where ids, salts and codes come from; from the system or from a seed |
//! | `calendar.rs` | [`WorkCalendar`]: working hours, working days, and when a term is over |
//! | `personal.rs` | numbers of people in free text: found and masked |
//! | `refusal.rs` | [`Refusal`]: why something was not done, as a code and its arguments |
//!
//! Never here: input or output, async, SQL, a clock or a random number that was not passed in.

pub mod calendar;
mod clock;
mod datum;
mod entropy;
mod id;
pub mod personal;
mod position;
mod refusal;
pub mod text;
mod timestamp;

pub use calendar::{CalendarError, DayException, Due, Hours, Term, WorkCalendar, WorkRule};
pub use clock::{Clock, ManualClock, SystemClock};
pub use datum::{Coordinates, Datum, UnknownDatum};
pub use entropy::Entropy;
pub use id::*;
pub use position::{Accuracy, Position, PositionError};
pub use refusal::{Refusal, RefusalKind};
pub use timestamp::Timestamp;

/// A day of the calendar (Gregorian, without a zone).
pub use jiff::civil::Date;

#[doc(hidden)]
pub use {schemars, serde, uuid};
