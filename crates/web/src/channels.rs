//! How people, units and programs are told besides the inbox.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `words.rs` | messages in words; a preview of each in every language |
//! | `mine.rs` | one's own ways and what goes them |
//! | `mine/doing.rs` | ways are added, proved, tried, ended |
//! | `mine/kinds.rs` | what goes which way, kind by kind |
//! | `mine/habits.rs` | when one wants to be told |
//! | `tenant.rs` | robots of groups and webhooks, for the administrator |
//! | `tenant/doing.rs` | they are added, changed, tried, ended |
//! | `wording.rs`, `wording/` | what notices say: the subdistrict's own words, tried, kept, put back |
//! | `applications.rs` | applications of WeCom and WeChat, for the administrator |
//! | `log.rs`, `own_log.rs`, `row.rs` | what was sent: all of it, and what was sent to oneself |
//!
//! Never here: a call to another host (the application makes it), an address that was entered before.

mod applications;
mod log;
mod meaning;
pub(crate) mod mine;
mod own_log;
mod row;
mod tenant;
mod wording;
mod words;

use qige_notify::Outcome;

use crate::{Cx, Routes, Text};

pub(crate) use words::{own_sentence, words};

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    mine::routes()
        .and(own_log::routes())
        .and(tenant::routes())
        .and(wording::routes())
        .and(applications::routes())
        .and(log::routes())
}

/// What came of a test message, in words.
fn tried(cx: &Cx, outcome: Outcome) -> Text {
    let (key, why) = match outcome {
        Outcome::Sent => return Text::of("way-tried-sent"),
        Outcome::Later(why, _) => ("way-tried-later", why),
        Outcome::Unsure(why) => ("way-tried-unsure", why),
        Outcome::Never(why) | Outcome::Gone(why) => ("way-tried-refused", why),
    };
    Text::of(key).with("why", meaning::said(cx, why))
}
