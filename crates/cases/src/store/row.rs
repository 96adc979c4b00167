//! The row of a case: what commands may change about it.

use std::collections::BTreeMap;

use qige_db::{DbError, Param, Tx, from_row, params, statements, values};
use qige_kernel::{CaseId, PersonId, PlaceId, Position, ReportId, TenantId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

use crate::{DeclineReason, MatterKey, Stage, State, Tone, Urgency};

statements! {
    /// A case; none when this tenant has no such case.
    CASE_BY_ID = "SELECT * FROM cases WHERE tenant = $1 AND id = $2";
    /// A case by the number that it was given when it was filed.
    CASE_BY_NUMBER = "SELECT * FROM cases WHERE tenant = $1 AND number = $2";
    /// What cases are called and where they stand.
    CALLED = {
        sqlite: "SELECT c.id, c.number, c.state FROM json_each('[\"' || replace(?2, ',', '\",\"') || '\"]') j
            CROSS JOIN cases c ON c.tenant = ?1 AND c.id = unhex(j.value)",
        postgres: "SELECT c.id, c.number, c.state FROM cases c
            WHERE c.tenant = $1 AND c.id = ANY(string_to_array($2, ',')::uuid[])",
    };
    /// A new case.
    INSERT_CASE = "INSERT INTO cases (tenant, id, version, number, state, open, matter, urgency, words,
        released_words, address, lng, lat, accuracy, cell, community, grid, first_report, solved, stage,
        due_at, amber_at, over_at, late_at, lead_unit, verifier, checker, dispatcher, main_case,
        merged_count, suspended, review_at, waiting, question_open, supervised, transferred, verified,
        appealed, escalated, extension_asked, send_backs, reworks, extensions, reopenings, rating,
        decline_reason, received_at, filed_at, dispatched_at, handled_at, ended_at, updated_at,
        words_erased_at, beside_metres)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
        $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54) ON CONFLICT (tenant, id)
        DO NOTHING";
    /// Open cases of a community.
    OPEN_IN = "SELECT * FROM cases WHERE tenant = $1 AND community = $2 AND open ORDER BY id";
    /// No row comes back if somebody was quicker.
    UPDATE_CASE = "UPDATE cases SET version = version + 1, number = $4, state = $5, open = $6,
        matter = $7, urgency = $8, words = $9, released_words = $10, address = $11, lng = $12, lat = $13,
        accuracy = $14, cell = $15, community = $16, grid = $17, first_report = $18, solved = $19,
        stage = $20, due_at = $21, amber_at = $22, over_at = $23, late_at = $24, lead_unit = $25,
        verifier = $26, checker = $27, dispatcher = $28, main_case = $29, merged_count = $30,
        suspended = $31, review_at = $32, waiting = $33, question_open = $34, supervised = $35,
        transferred = $36, verified = $37, appealed = $38, escalated = $39, extension_asked = $40,
        send_backs = $41, reworks = $42, extensions = $43, reopenings = $44, rating = $45,
        decline_reason = $46, received_at = $47, filed_at = $48, dispatched_at = $49, handled_at = $50,
        ended_at = $51, updated_at = $52, words_erased_at = $53, beside_metres = $54
        WHERE tenant = $1 AND id = $2 AND version = $3
        RETURNING version";
    /// No row comes back if it follows another case by now, or has ended.
    TAKE_IN = "UPDATE cases SET merged_count = merged_count + 1, version = version + 1, updated_at = $3
        WHERE tenant = $1 AND id = $2 AND main_case IS NULL AND state <> 'void' AND state <> 'withdrawn'
        AND state <> 'declined' AND words_erased_at IS NULL RETURNING version, merged_count";
    /// One case less that follows it.
    LET_GO = "UPDATE cases SET merged_count = merged_count - 1, version = version + 1, updated_at = $3
        WHERE tenant = $1 AND id = $2 RETURNING version, merged_count";
}

from_row! {
    /// What is known of a case. The journal is its record: each line says which of these changed.
    #[derive(PartialEq, Serialize, Deserialize)]
    pub struct CaseRow {
        /// Its id.
        pub id: CaseId,
        /// Lines of its journal.
        pub version: i64,
        /// Given when it is filed.
        pub number: Option<String>,
        /// Where it stands.
        pub state: State,
        /// Someone still has to do something about it.
        pub open: bool,
        /// What it is about; none while nobody knows.
        pub matter: Option<MatterKey>,
        /// How soon; none before it is filed.
        pub urgency: Option<Urgency>,
        /// What is the matter, in the reporter's or the dispatcher's words.
        pub words: String,
        /// What units may read.
        pub released_words: Option<String>,
        /// Where, in words.
        pub address: Option<String>,
        /// Degrees east, WGS-84.
        pub lng: Option<f64>,
        /// Degrees north, WGS-84.
        pub lat: Option<f64>,
        /// Radius in metres.
        pub accuracy: Option<f64>,
        /// See [`cell_of`](crate::store::cell_of).
        pub cell: Option<i64>,
        /// The community it lies in.
        pub community: Option<PlaceId>,
        /// The grid it lies in.
        pub grid: Option<PlaceId>,
        /// How far beside that grid it lies, in metres, where it is only the nearest and nobody has
        /// confirmed it.
        #[serde(default)]
        pub beside_metres: Option<f64>,
        /// The report that opened it.
        pub first_report: ReportId,
        /// Its reporter solved it on the spot.
        pub solved: bool,
        /// Whose clock runs.
        pub stage: Option<Stage>,
        /// When the running clock is over; none while it stands still.
        pub due_at: Option<Timestamp>,
        /// When three quarters of it are over.
        pub amber_at: Option<Timestamp>,
        /// When it is over by as much again.
        pub over_at: Option<Timestamp>,
        /// The unit that answers for it.
        pub lead_unit: Option<UnitId>,
        /// Who was asked whether it is so.
        pub verifier: Option<PersonId>,
        /// Who was asked whether it is done.
        pub checker: Option<PersonId>,
        /// The dispatcher who took it in hand last.
        pub dispatcher: Option<PersonId>,
        /// The case that it follows.
        pub main_case: Option<CaseId>,
        /// Cases that follow it.
        pub merged_count: i64,
        /// Put aside until `review_at`.
        pub suspended: bool,
        /// When to look at a suspended case again.
        pub review_at: Option<Timestamp>,
        /// The clock stands still for the reporter's answer.
        pub waiting: bool,
        /// The reporter was asked something and has not answered.
        pub question_open: bool,
        /// A supervisor watches over it; the unit must answer.
        pub supervised: bool,
        /// With an external body.
        pub transferred: bool,
        /// Somebody on the ground said that it is so.
        pub verified: bool,
        /// The one appeal is used.
        pub appealed: bool,
        /// Needs the supervisor: sent back twice, or far over its time.
        pub escalated: bool,
        /// The unit asks for more time.
        pub extension_asked: bool,
        /// Times that a unit sent it back.
        pub send_backs: i64,
        /// Times that a check failed.
        pub reworks: i64,
        /// Extensions granted.
        pub extensions: i64,
        /// Times that it was opened again.
        pub reopenings: i64,
        /// 1 to 5.
        pub rating: Option<i64>,
        /// Why it was declined.
        pub decline_reason: Option<DeclineReason>,
        /// When its first report came in.
        pub received_at: Timestamp,
        /// When it was filed last.
        pub filed_at: Option<Timestamp>,
        /// When it was sent to a unit last.
        pub dispatched_at: Option<Timestamp>,
        /// When it was handed in last.
        pub handled_at: Option<Timestamp>,
        /// When it was closed, declined, merged, withdrawn or voided.
        pub ended_at: Option<Timestamp>,
        /// When anything about it changed last.
        pub updated_at: Timestamp,
        /// When its words went because their term was over.
        pub words_erased_at: Option<Timestamp>,
    }
}

/// Where two columns say that something is; none for nowhere.
pub(crate) fn position(lng: Option<f64>, lat: Option<f64>) -> Option<Position> {
    Position::new(lng?, lat?).ok()
}

impl CaseRow {
    /// A case that begins now with this report, of which nothing else is known.
    pub(crate) fn begun(id: CaseId, first_report: ReportId, state: State, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            number: None,
            state,
            open: state.is_open(),
            matter: None,
            urgency: None,
            words: String::new(),
            released_words: None,
            address: None,
            lng: None,
            lat: None,
            accuracy: None,
            cell: None,
            community: None,
            grid: None,
            beside_metres: None,
            first_report,
            solved: false,
            stage: None,
            due_at: None,
            amber_at: None,
            over_at: None,
            lead_unit: None,
            verifier: None,
            checker: None,
            dispatcher: None,
            main_case: None,
            merged_count: 0,
            suspended: false,
            review_at: None,
            waiting: false,
            question_open: false,
            supervised: false,
            transferred: false,
            verified: false,
            appealed: false,
            escalated: false,
            extension_asked: false,
            send_backs: 0,
            reworks: 0,
            extensions: 0,
            reopenings: 0,
            rating: None,
            decline_reason: None,
            received_at: now,
            filed_at: None,
            dispatched_at: None,
            handled_at: None,
            ended_at: None,
            updated_at: now,
            words_erased_at: None,
        }
    }

    /// Where it is; none for an unlocated case.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        position(self.lng, self.lat)
    }

    /// Puts it somewhere, or nowhere.
    pub(crate) fn place(&mut self, position: Option<Position>) {
        self.lng = position.map(Position::lng);
        self.lat = position.map(Position::lat);
        self.cell = position.map(super::cell_of);
    }

    /// How late it is at `now`.
    #[must_use]
    pub fn tone(&self, now: Timestamp) -> Tone {
        Tone::at(now, self.amber_at, self.due_at)
    }

    /// The values of [`INSERT_CASE`] and [`UPDATE_CASE`], in their order.
    pub(crate) fn values(&self, tenant: TenantId) -> Vec<Param> {
        let late_at = self.due_at.unwrap_or(super::NEVER);
        values![
            tenant,
            self.id,
            self.version,
            self.number,
            self.state,
            self.open,
            self.matter,
            self.urgency,
            self.words,
            self.released_words,
            self.address,
            self.lng,
            self.lat,
            self.accuracy,
            self.cell,
            self.community,
            self.grid,
            self.first_report,
            self.solved,
            self.stage,
            self.due_at,
            self.amber_at,
            self.over_at,
            late_at,
            self.lead_unit,
            self.verifier,
            self.checker,
            self.dispatcher,
            self.main_case,
            self.merged_count,
            self.suspended,
            self.review_at,
            self.waiting,
            self.question_open,
            self.supervised,
            self.transferred,
            self.verified,
            self.appealed,
            self.escalated,
            self.extension_asked,
            self.send_backs,
            self.reworks,
            self.extensions,
            self.reopenings,
            self.rating,
            self.decline_reason,
            self.received_at,
            self.filed_at,
            self.dispatched_at,
            self.handled_at,
            self.ended_at,
            self.updated_at,
            self.words_erased_at,
            self.beside_metres
        ]
    }
}

/// The open cases of a community or village, the older first.
///
/// # Errors
/// [`DbError`].
pub async fn open_in(tx: &mut Tx<'_>, community: PlaceId) -> Result<Vec<CaseRow>, DbError> {
    tx.all(OPEN_IN, params![tx.tenant(), community]).await
}

/// A case of this tenant.
///
/// # Errors
/// [`DbError`].
pub async fn by_id(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<CaseRow>, DbError> {
    tx.optional(CASE_BY_ID, params![tx.tenant(), id]).await
}

/// What cases are called and where they stand, by case; of any number of them in one look.
///
/// # Errors
/// [`DbError`].
pub async fn called(
    tx: &mut Tx<'_>,
    cases: &[CaseId],
) -> Result<BTreeMap<CaseId, (Option<String>, State)>, DbError> {
    let list: Vec<String> = cases.iter().map(|case| case.0.simple().to_string()).collect();
    let rows: Vec<(CaseId, Option<String>, State)> =
        tx.all(CALLED, params![tx.tenant(), list.join(",")]).await?;
    Ok(rows.into_iter().map(|(case, number, state)| (case, (number, state))).collect())
}

/// The unit that answers for a case; none where none does.
///
/// # Errors
/// [`DbError`].
pub async fn lead_unit(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<UnitId>, DbError> {
    Ok(by_id(tx, id).await?.and_then(|row| row.lead_unit))
}

/// A case of this tenant by its number.
///
/// # Errors
/// [`DbError`].
pub async fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<CaseRow>, DbError> {
    tx.optional(CASE_BY_NUMBER, params![tx.tenant(), number]).await
}
