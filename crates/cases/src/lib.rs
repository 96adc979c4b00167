//! Reports and the cases they become.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `state.rs`, `command.rs`, `role.rs`, `urgency.rs`, `stage.rs`, `matter.rs` | the words of a case |
//! | `workflow/` | the transition table, its guards and the decision they lead to |
//! | `deadlines/` | how long each stage may take; clocks, and what commands do to them |
//! | `catalogue/` | what can be reported, its names, and how it is found |
//! | `search.rs`, `search/` | cases found by whatever somebody types |
//! | `runs.rs` | signs of one writing, which words are made of |
//! | `spelling.rs` | pinyin as people type it |
//! | `suggest.rs`, `suggest/` | which matter it probably is |
//! | `duplicates.rs`, `duplicates/` | whether it was reported already |
//! | `routing/` | which unit a case goes to: rules in order, and why one of them wins |
//! | `evaluation.rs`, `evaluation/` | what a period comes to: facts, indicators, figures |
//! | `handover.rs` | what one shift leaves to the next |
//! | `policy.rs`, `decline.rs` | what a tenant may set; why a case is not taken on |
//! | `attachment.rs` | [`Attachment`]: files beside a case, and who may open them |
//! | `words.rs` | what people write, before it is kept |
//! | `report.rs` | [`NewReport`]: a report comes in |
//! | `about_person.rs` | words that speak of a person, which no report takes |
//! | `actions/`, `perform/` | [`Action`], [`Act`]: commands, and how one is done to a case |
//! | `store/` | the SQL, and what is read of a case to decide about it |
//! | `views/`, `queries/` | what each audience sees, and how it is asked for |
//! | `saved.rs` | [`SaveFilter`](saved::SaveFilter): filters of the queue that people have named |
//! | `retention.rs` | what of ended cases goes when its term is over |
//! | `verify.rs` | [`verify`]: the tables computed again from the journal |
//!
//! Never here: a record about a suspicious, petitioning, sick, religious or "key" person; a second position
//! of a reporter; anything by which a unit could learn who reported; a state changed past the table.

mod about_person;
pub mod actions;
pub mod attachment;
pub mod catalogue;
mod command;
pub mod deadlines;
mod decline;
pub mod duplicates;
pub mod evaluation;
mod follow_code;
pub mod handover;
pub mod line_of_life;
mod matter;
pub mod number;
mod perform;
mod policy;
pub mod queries;
pub mod redaction;
mod report;
pub mod retention;
mod role;
pub mod routing;
mod runs;
pub mod saved;
pub mod search;
mod spelling;
mod stage;
mod state;
pub mod store;
pub mod suggest;
mod text_enum;
mod tone;
mod urgency;
mod verify;
pub mod views;
pub mod words;
pub mod workflow;

pub use actions::{
    Accept, Action, Answer, AnswerSupervision, Appeal, AskCheck, AskExtension, AskVerify, Comment, Confirm,
    Correct, CoverPhoto, Decline, Dispatch, Fail, File, GrantExtension, HandIn, HandInPart, Merge, Pass,
    Place, Question, Rate, RefuseExtension, Refute, Reopen, Resume, SendBack, Start, Supervise, Suspend,
    TakeBack, Transfer, Unmerge, Void, Withdraw,
};
pub use attachment::{Attachment, MAX_FILES_AT_ONCE, MAX_FILES_OF_CASE};
pub use command::CommandName;
pub use decline::DeclineReason;
pub use follow_code::{FollowCode, NoFollowCode};
pub use matter::{MatterKey, MatterKind};
pub(crate) use perform::REPORT_STREAM;
pub use perform::{Act, By, ByRule, CASE_EVENT, CASE_STREAM, Done, Ids, Standing, act, told_quicker};
pub use policy::{
    DUPLICATE_METRES, MAX_DUPLICATE_DAYS, MAX_EXTENSIONS, MAX_REOPEN_DAYS, MAX_SEND_BACKS, MAX_TERM_DAYS,
    MAX_TERM_MINUTES, MAX_TERM_RULES, MAX_UNDO_SECONDS, Policy,
};
pub use queries::{Lateness, became_late};
pub use report::{MAX_REPORT_PHOTOS, NewReport, Origin, PhotoRef, Ready, Receipt, Reporter, new_case_id};
pub use role::CaseRole;
pub use stage::Stage;
pub use state::State;
pub use store::{AskKind, AssignmentState, PhotoRole, assignments_of, case_of_report, lead_unit};
pub use text_enum::UnknownWord;
pub use tone::Tone;
pub use urgency::Urgency;
pub use verify::{Fault, verify};
