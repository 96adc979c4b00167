//! The grid centre: the queue, one case on one page, and every command on a case.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `queue.rs`, `asked.rs` | the queue and the filters that live in its address |
//! | `searching.rs` | what was typed into the search box, as cases |
//! | `export.rs`, `export/` | the queue as a file for spreadsheets |
//! | `map.rs` | cases and grids as GeoJSON, for the map beside the queue |
//! | `saved.rs` | filters that people have named |
//! | `new.rs` | a report that came by telephone |
//! | `case.rs`, `case/` | one case: its clocks, its place in words, whom and what to choose |
//! | `bring.rs`, `files.rs` | photos and files that come with a command; files handed back |
//! | `act.rs`, `wish.rs`, `wish/` | the commands: what each takes, who may come in, what becomes of it |
//! | `covering.rs` | faces and plates on a picture, covered for good |
//! | `way.rs` | where one goes after an action: back to the queue, on to the next case |
//! | `routing.rs`, `routing/` | routing rules: the list, one rule, trying them out |
//! | `selection.rs` | several cases at once |
//! | `handover.rs` | what one shift leaves to the next |
//! | `repeats.rs` | what is probably reported more than once |
//! | `wall.rs`, `wall/` | how things stand, for a large screen |
//! | `matters.rs`, `names.rs` | what matters, people, units and places are called |
//!
//! Never here: a case outside the reach of who looks; a reporter's name for those who may not read people.

pub(crate) mod act;
pub(crate) mod asked;
pub(crate) mod bring;
mod case;
mod covering;
pub(crate) mod export;
pub(crate) mod files;
mod handover;
mod map;
mod matters;
pub(crate) mod names;
mod new;
mod queue;
mod repeats;
mod routing;
mod saved;
mod searching;
mod selection;
mod wall;
mod way;
pub(crate) mod wish;

use crate::Routes;

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    queue::routes()
        .and(export::routes())
        .and(map::routes())
        .and(new::routes())
        .and(saved::routes())
        .and(selection::routes())
        .and(repeats::routes())
        .and(case::routes())
        .and(act::routes())
        .and(covering::routes())
        .and(files::routes())
        .and(routing::routes())
        .and(handover::routes())
        .and(wall::routes())
}
