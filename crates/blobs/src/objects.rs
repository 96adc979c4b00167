//! The rows: what is stored, for whom, who holds it, what was erased. Functions over a transaction, for the
//! commands of those whose objects they are.

mod model;
mod rows;

pub use model::{Holder, HolderKind, NewObject, Object, RetentionClass};
pub(crate) use rows::{EraseUnheld, FilesGone, erased_with_files, unknown};
pub use rows::{add, by_id, erase, held_by, hold, holders, release};
