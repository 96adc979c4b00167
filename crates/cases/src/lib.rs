//! Reports and the cases they become.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `state.rs`, `command.rs`, `role.rs`, `urgency.rs`, `stage.rs`, `matter.rs` | the words of a case |
//! | `workflow/` | the transition table, its guards and the decision they lead to |
//!
//! Never here: a record about a suspicious, petitioning, sick, religious or "key" person; a second position
//! of a reporter; anything by which a unit could learn who reported; a state changed past the table.

mod command;
mod matter;
mod role;
mod stage;
mod state;
mod text_enum;
mod urgency;
pub mod workflow;

pub use command::CommandName;
pub use matter::{MatterKey, MatterKind};
pub use role::CaseRole;
pub use stage::Stage;
pub use state::State;
pub use text_enum::UnknownWord;
pub use urgency::Urgency;
