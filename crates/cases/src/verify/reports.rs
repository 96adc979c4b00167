//! Who said what, against the lines that the reports left: the first line of the case that a report
//! opened, or the report's own where it joined one.

use qige_db::journal::Line;
use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, PersonId, Position, ReportId, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Fault, LAST_DIGIT, unlike};
use crate::CommandName;
use crate::retention::told_of_reports;
use crate::store::Hex;

statements! {
    /// The reports of a case, each beside its own line where it has one.
    OF_CASE = "SELECT r.id, r.person, r.role, r.follow_code_hash, r.matter, r.words, r.lng, r.lat, r.accuracy,
            r.voice, r.made_at, r.received_at, r.origin, r.joined, r.solved, j.at, j.actor,
            j.role AS line_role, j.body
        FROM reports r LEFT JOIN journal j ON j.tenant = r.tenant AND j.stream = 'report' AND j.id = r.id
            AND j.seq = 0
        WHERE r.tenant = $1 AND r.case_id = $2 ORDER BY r.received_at, r.id";
    /// Lines of reports that joined a case and are not there.
    WITHOUT_ROW = "SELECT j.id FROM journal j LEFT JOIN reports r ON r.tenant = j.tenant AND r.id = j.id
        WHERE j.tenant = $1 AND j.stream = 'report' AND j.seq = 0 AND r.id IS NULL ORDER BY j.id LIMIT $2";
}

from_row! {
    /// A report, and the line that it left where it joined a case. Texts as they stand there: a word that
    /// means nothing is to be named, too.
    pub(super) struct Reported {
        id: ReportId,
        person: Option<PersonId>,
        role: String,
        follow_code_hash: Option<[u8; 32]>,
        matter: Option<String>,
        words: String,
        lng: Option<f64>,
        lat: Option<f64>,
        accuracy: Option<f64>,
        voice: Option<Uuid>,
        made_at: Timestamp,
        received_at: Timestamp,
        origin: String,
        joined: bool,
        solved: bool,
        at: Option<Timestamp>,
        actor: Option<PersonId>,
        line_role: Option<String>,
        body: Option<String>,
    }
}

/// What a line says of a report besides who made it and when it came.
#[derive(Deserialize)]
struct Said {
    id: ReportId,
    words: String,
    matter: Option<String>,
    position: Option<Position>,
    accuracy_metres: Option<f64>,
    made_at: Timestamp,
    origin: String,
    /// Which one; in lines from before, whether there was one.
    voice: Value,
}

/// What a line says.
#[derive(Deserialize)]
struct Body {
    report: Said,
    joins: Option<CaseId>,
    #[serde(default)]
    photos: Vec<Value>,
    /// None in lines from before, which do not speak of it.
    #[serde(skip)]
    follow_code_hash: Option<Value>,
}

/// The line that a report left.
struct Left {
    at: Timestamp,
    actor: Option<PersonId>,
    role: String,
    solved: bool,
    body: Option<Body>,
}

impl Reported {
    /// Photos that it brought to a case that was there.
    pub(super) fn photos(&self) -> Vec<Value> {
        body(self.body.as_deref()).map(|body| body.photos).unwrap_or_default()
    }

    fn left(&self) -> Option<Left> {
        let (at, role) = (self.at?, self.line_role.clone()?);
        Some(Left { at, actor: self.actor, role, solved: false, body: body(self.body.as_deref()) })
    }

    /// The columns that are not as the line says.
    fn differing(&self, case: CaseId, left: &Left) -> impl Iterator<Item = &'static str> {
        let Some(Body { report, joins, follow_code_hash: known, .. }) = &left.body else {
            return vec!["line"].into_iter();
        };
        let position = [report.position.map(Position::lng), report.position.map(Position::lat)];
        let hash = self.follow_code_hash.map(|hash| Hex(hash).to_string());
        let all = [
            ("case_id", joins.is_none_or(|joins| joins == case)),
            ("person", self.person == left.actor),
            ("role", self.role == left.role),
            ("follow_code_hash", known.as_ref().is_none_or(|known| known.as_str() == hash.as_deref())),
            ("matter", self.matter == report.matter),
            ("words", self.words == report.words),
            ("lng", near(self.lng, position[0])),
            ("lat", near(self.lat, position[1])),
            ("accuracy", near(self.accuracy, report.accuracy_metres)),
            ("voice", same_voice(self.voice, &report.voice)),
            ("made_at", self.made_at == report.made_at),
            ("received_at", self.received_at == left.at),
            ("origin", self.origin == report.origin),
            ("joined", self.joined == joins.is_some()),
            ("solved", self.solved == left.solved),
        ];
        let differing: Vec<&'static str> =
            all.into_iter().filter(|(_, same)| !same).map(|(column, _)| column).collect();
        differing.into_iter()
    }
}

fn body(text: Option<&str>) -> Option<Body> {
    let said: Value = serde_json::from_str(text?).ok()?;
    let follow_code_hash = said.get("report")?.get("follow_code_hash").cloned();
    Some(Body { follow_code_hash, ..serde_json::from_value(said).ok()? })
}

fn near(kept: Option<f64>, said: Option<f64>) -> bool {
    match (kept, said) {
        (Some(kept), Some(said)) => (kept - said).abs() < LAST_DIGIT,
        (kept, said) => kept.is_none() && said.is_none(),
    }
}

fn same_voice(kept: Option<Uuid>, said: &Value) -> bool {
    match said {
        Value::Bool(there) => kept.is_some() == *there,
        said => said.as_str().map(str::to_owned) == kept.map(|id| id.to_string()),
    }
}

/// The reports of a case.
pub(super) async fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Reported>, DbError> {
    tx.all(OF_CASE, params![tx.tenant(), case]).await
}

/// Puts what the lines of reports said besides their words in the place of what was erased.
pub(super) fn put_back(reports: &mut [Reported], lines: &[Line]) {
    let mut told = told_of_reports(lines);
    for report in reports.iter_mut().filter(|report| report.body.is_none()) {
        report.body = told.remove(&report.id.to_string()).map(|said| said.to_string());
    }
}

/// What reports say otherwise than their lines, the line being the case's first for the one that opened it.
pub(super) fn compare(case: CaseId, reports: &[Reported], first: Option<&Line>) -> Vec<Fault> {
    let opening = first.map(|line| Left {
        at: line.at,
        actor: line.actor,
        role: line.role.clone(),
        solved: line.command == CommandName::SolveOnSpot.as_str(),
        body: body(line.body.as_deref()),
    });
    let opened_by = opening.as_ref().and_then(|left| left.body.as_ref()).map(|body| body.report.id);
    let mut faults = Vec::new();
    for report in reports {
        let own = report.left();
        let left = if opened_by == Some(report.id) { opening.as_ref() } else { own.as_ref() };
        let columns = left.map_or_else(|| vec!["line"], |left| report.differing(case, left).collect());
        faults.extend(
            columns.into_iter().map(|column| unlike(case, format!("reports {} {column}", report.id))),
        );
    }
    let there = |id: ReportId| reports.iter().any(|report| report.id == id);
    let gone = opened_by.filter(|id| !there(*id));
    faults.extend(gone.map(|id| unlike(case, format!("reports {id} row"))));
    faults
}

/// Reports that joined a case and are not there any more.
pub(super) async fn without_row(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Fault>, DbError> {
    let gone: Vec<(ReportId,)> = tx.all(WITHOUT_ROW, params![tx.tenant(), limit]).await?;
    let fault = |(id,): (ReportId,)| unlike(CaseId(Uuid::nil()), format!("reports {id} row"));
    Ok(gone.into_iter().map(fault).collect())
}
