//! What a reporter sees of a case.

use qige_kernel::{CaseId, Position, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::Photo;
use crate::line_of_life::LifeEntry;
use crate::{CommandName, MatterKey, State};

/// What one reporter said.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OwnReport {
    /// Its id.
    pub id: ReportId,
    /// The words.
    pub words: String,
    /// Where the reporter stood, if the phone said.
    pub position: Option<Position>,
    /// Radius in metres.
    pub accuracy_metres: Option<f64>,
    /// When it was made on the phone.
    pub made_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// It joined a case that was there.
    pub joined: bool,
    /// Solved on the spot.
    pub solved: bool,
    /// A voice note is kept for the dispatcher.
    pub has_voice: bool,
    /// The photos that came with it.
    pub photos: Vec<Photo>,
}

/// A question to the reporter that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuestionView {
    /// What is asked.
    pub words: String,
    /// Since when.
    pub asked_at: Timestamp,
}

/// A case for somebody who reported it, with an account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReporterCase {
    /// Its id.
    pub id: CaseId,
    /// For the next action on it.
    pub version: i64,
    /// Once it is filed.
    pub number: Option<String>,
    /// Where it stands; where its main case stands if it follows one.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// What this person said, the first time first.
    pub reports: Vec<OwnReport>,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// Others who reported the same.
    pub others: i64,
    /// Somebody on the ground said that it is so.
    pub verified: bool,
    /// The number of the case that it follows.
    pub main_number: Option<String>,
    /// Why it was declined.
    pub decline_reason: Option<crate::DeclineReason>,
    /// What the case waits for.
    pub question: Option<QuestionView>,
    /// How the place looks after the work.
    pub results: Vec<Photo>,
    /// 1 to 5, once given.
    pub rating: Option<i64>,
    /// The case that it follows.
    pub main: Option<MainCase>,
    /// What this person may do now.
    pub may: Vec<CommandName>,
    /// Until when the last step of this person can be taken back.
    pub undo_until: Option<Timestamp>,
    /// What happened.
    pub life: Vec<LifeEntry>,
}

/// A case for whoever holds the follow code of one report: no account, no photos, no exact place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FollowerCase {
    /// Its id.
    pub id: CaseId,
    /// The report that the code belongs to.
    pub report: ReportId,
    /// For the next action on it.
    pub version: i64,
    /// Once it is filed.
    pub number: Option<String>,
    /// Where it stands; where its main case stands if it follows one.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// What the reporter said.
    pub words: String,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// Within about 100 m.
    pub around: Option<Position>,
    /// When the report reached us.
    pub received_at: Timestamp,
    /// Others who reported the same.
    pub others: i64,
    /// The number of the case that it follows.
    pub main_number: Option<String>,
    /// Why it was declined.
    pub decline_reason: Option<crate::DeclineReason>,
    /// What the case waits for.
    pub question: Option<QuestionView>,
    /// 1 to 5, once given.
    pub rating: Option<i64>,
    /// The case that it follows.
    pub main: Option<MainCase>,
    /// What the reporter may do now.
    pub may: Vec<CommandName>,
    /// Until when the reporter's last step can be taken back.
    pub undo_until: Option<Timestamp>,
    /// What happened.
    pub life: Vec<LifeEntry>,
}

/// The case that one's own follows: how it ends is said there, and what one thinks of that as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MainCase {
    /// Which one.
    pub case: CaseId,
    /// What reporters of a case that follows it may do to it now.
    pub may: Vec<CommandName>,
}

/// One of a person's own reports in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OwnReportRow {
    /// Its id.
    pub report: ReportId,
    /// Its case.
    pub case: CaseId,
    /// The number of the case, once it is filed.
    pub number: Option<String>,
    /// Where it stands; where its main case stands if it follows one.
    pub state: State,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// The words, shortened.
    pub words: String,
    /// When its words went because their term was over.
    pub words_erased_at: Option<Timestamp>,
    /// When it reached us.
    pub received_at: Timestamp,
    /// It joined a case that was there.
    pub joined: bool,
    /// The case waits for an answer.
    pub waiting: bool,
    /// 1 to 5, once given.
    pub rating: Option<i64>,
    /// The first photo that came with it and has arrived.
    pub photo: Option<qige_kernel::ObjectId>,
    /// When anything about the case changed last.
    pub updated_at: Timestamp,
}
