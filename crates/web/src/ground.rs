//! The ground: what somebody is asked to look at, whether it is so and whether it is done.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `list.rs` | what waits for this person |
//! | `task.rs` | one task, and the answers to it |
//! | `samples.rs` | pages to try the template with |
//!
//! Never here: who reported; a case that this person was not asked about.

mod list;
mod samples;
mod task;

use qige_cases::queries::ground_count;

use crate::{Cx, Routes};

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    list::routes().and(task::routes())
}

/// How much waits for whoever looks at a page; nothing for those who are never asked.
pub(crate) async fn waiting(cx: &Cx) -> u32 {
    let Some(who) = cx.who().filter(|who| list::ASKED.iter().any(|one| who.may(*one))) else { return 0 };
    let me = who.person;
    let counted = cx.read(move |tx| Box::pin(async move { Ok(ground_count(tx, me).await?) })).await;
    counted.unwrap_or_default()
}
