//! Several cases at once: the page says beforehand what will be done to each, and afterwards what was, one by
//! one. Each is a command of its own: what one is refused for holds up no other. What was done is taken back
//! in one press, as far as it still can be.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `chosen.rs` | which cases: those ticked, or all that a filter holds |
//! | `doing.rs` | what is done to each: the action, and where a case goes |
//! | `samples.rs` | pages to try the template with |

pub(super) mod chosen;
mod doing;
mod samples;

use qige_app::Order;
use qige_cases::store::CaseRow;
use qige_cases::{Action, By, State};
use qige_identity::Permission;
use qige_kernel::{CaseId, Refusal, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::matters;
use super::names::Choice;
use crate::page::Density;
use crate::{Cx, Fault, Input, Page, Query, Routes, Text, View};

use chosen::Token;
use doing::{Desk, Way};

/// Who may select: those who file or dispatch. Which of it to which case, the commands say.
const SELECTING: &[Permission] = &[Permission::FileCase, Permission::DispatchCase];

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get("/cases/selection", SELECTING, "What would be done to several cases", plan)
        .post("/cases/selection", SELECTING, "Do the same to several cases, one by one", carry_out)
        .post("/cases/selection/undo", SELECTING, "Take back what was done to several cases", take_back)
}

/// What can be done to several cases at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Bulk {
    /// Each as what it was reported as, with its usual urgency.
    File,
    /// All to one unit; also what another unit has and has not begun.
    Dispatch,
    /// Each to the unit that the routing rules name for it now.
    Reroute,
    /// All into one of them.
    Merge,
    /// The same words about each.
    Comment,
    /// What was just done to each is taken back.
    Undo,
}

/// Which cases, and what is about to be done.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// The cases.
    #[serde(default)]
    case: Vec<CaseId>,
    /// All that the filter holds, and not only those named; at most 200 of them, in its order.
    #[serde(default)]
    all: bool,
    /// What.
    r#do: Bulk,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// Which cases, and what to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Given {
    /// The cases: each its id, then, parted by colons and as far as it matters, the version that was looked
    /// at, and for going by the rules the rule and the due date that were shown.
    #[serde(default)]
    case: Vec<String>,
    /// What.
    r#do: Bulk,
    /// The unit to dispatch them to.
    lead: Option<UnitId>,
    /// Whether units read the reporters' words and see their photos.
    #[serde(default)]
    release: bool,
    /// The case that the others follow.
    main: Option<CaseId>,
    /// What is said about each.
    words: Option<String>,
    /// Whether reporters read it too.
    #[serde(default)]
    public: bool,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// What was done is taken back.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct TakenBack {
    /// The cases, each as `<id>:<version that the step led to>`.
    #[serde(default)]
    case: Vec<String>,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// Several cases, and what is or was done to each.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SelectionPage {
    #[serde(rename = "do")]
    bulk: Bulk,
    lines: Vec<Line>,
    units: Vec<Choice>,
    /// The case that the others follow: the first that came in, unless another was chosen.
    main: Option<CaseId>,
    /// It was done, as far as it could be.
    done: bool,
    /// How many it was done to, or can be done to.
    count: usize,
    /// The filter holds more than can be done at once.
    more: bool,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    id: CaseId,
    /// The case as it is named when it is done.
    token: String,
    version: i64,
    number: Option<String>,
    state: State,
    matter_name: Option<String>,
    words: String,
    received_at: Timestamp,
    /// Where it goes, where that is said for each.
    way: Option<Way>,
    /// It can be done, or was.
    able: bool,
    /// Why not, in the reader's language.
    sentence: Option<String>,
    /// Until when it can be taken back.
    undo_until: Option<Timestamp>,
}

impl View for SelectionPage {
    const TEMPLATE: &'static str = "centre/selection.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of(match self.bulk {
            Bulk::File => "selection-title-file",
            Bulk::Dispatch => "selection-title-dispatch",
            Bulk::Reroute => "selection-title-reroute",
            Bulk::Merge => "selection-title-merge",
            Bulk::Comment => "selection-title-comment",
            Bulk::Undo => "selection-title-undo",
        })
    }

    fn samples() -> Vec<Self> {
        samples::all()
    }
}

async fn plan(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<SelectionPage>, Fault> {
    let (ids, more) = match wanted.all {
        true => chosen::of_filter(&cx, wanted.queue.as_deref().unwrap_or_default()).await?,
        false => (wanted.case, false),
    };
    let rows = chosen::rows(&cx, &ids).await?;
    let desk = Desk::open(&cx).await?;
    let main = first(&rows);
    let mut lines: Vec<Line> = Vec::with_capacity(rows.len());
    let mut orders: Vec<Order> = Vec::with_capacity(rows.len());
    for row in &rows {
        let token = Token { id: row.id, version: Some(row.version), by_rule: None };
        let given = desk.stand_in(wanted.r#do, row);
        let planned = desk.action(&given, row, &token, main).await;
        let mut line = line(&cx, row, refusal_of(&planned)?);
        if let Ok(action) = planned {
            (line.token, line.way) = desk.said(&given, row, &action);
            orders.push(order(&cx, row.id, Some(row.version), action, None)?);
        }
        lines.push(line);
    }
    let cases: Vec<CaseId> = orders.iter().map(|order| order.case).collect();
    let against = cx.app().rehearse(cx.asker()?, orders).await?;
    for (case, refusal) in cases.into_iter().zip(against) {
        if let (Some(refusal), Some(line)) = (refusal, lines.iter_mut().find(|line| line.id == case)) {
            (line.able, line.sentence) = (false, Some(sentence(&cx, &refusal)));
        }
    }
    let count = lines.iter().filter(|line| line.able).count();
    let (units, queue) = (desk.units(), wanted.queue);
    Ok(Page(SelectionPage { bulk: wanted.r#do, lines, units, main, done: false, count, more, queue }))
}

/// The first that came in.
fn first(rows: &[CaseRow]) -> Option<CaseId> {
    rows.iter().min_by_key(|row| (row.received_at, row.id)).map(|row| row.id)
}

fn order(
    cx: &Cx,
    case: CaseId,
    expected_version: Option<i64>,
    action: Action,
    key: Option<Uuid>,
) -> Result<Order, Fault> {
    Ok(Order { case, expected_version, by: By::Person(cx.signed_in()?.clone()), action, key })
}

/// What a person can mend about a result, to be said beside its case; what nobody can is a fault of the
/// whole.
fn refusal_of<T>(result: &Result<T, Fault>) -> Result<Option<Refusal>, Fault> {
    match result {
        Ok(_) => Ok(None),
        Err(fault) if fault.status.is_client_error() => Ok(Some(fault.refusal.clone())),
        Err(fault) => Err(fault.clone()),
    }
}

fn line(cx: &Cx, row: &CaseRow, refusal: Option<Refusal>) -> Line {
    Line {
        id: row.id,
        token: format!("{}:{}", row.id, row.version),
        version: row.version,
        number: row.number.clone(),
        state: row.state,
        matter_name: row.matter.map(|key| matters::name(key, cx.locale())),
        words: row.words.clone(),
        received_at: row.received_at,
        way: None,
        able: refusal.is_none(),
        sentence: refusal.map(|refusal| sentence(cx, &refusal)),
        undo_until: None,
    }
}

fn sentence(cx: &Cx, refusal: &Refusal) -> String {
    cx.say(&Text::refusal(refusal))
}

async fn carry_out(cx: Cx, input: Input<Given>) -> Result<Page<SelectionPage>, Fault> {
    let Input { value: given, key } = input;
    match given.r#do {
        Bulk::Dispatch if given.lead.is_none() => {
            return Err(Refusal::invalid("lead", "lead-unit-missing").into());
        }
        Bulk::Comment if given.words.as_deref().is_none_or(|words| words.trim().is_empty()) => {
            return Err(Refusal::invalid("words", "words-missing").into());
        }
        _ => {}
    }
    let tokens = chosen::tokens(&given.case)?;
    let rows = chosen::rows(&cx, &tokens.iter().map(|token| token.id).collect::<Vec<_>>()).await?;
    let main = given.main.or(first(&rows)).filter(|main| rows.iter().any(|row| row.id == *main));
    let desk = Desk::open(&cx).await?;
    let mut lines = Vec::new();
    // The case that the others follow stays what it is.
    for row in rows.iter().filter(|row| given.r#do != Bulk::Merge || Some(row.id) != main) {
        let bare = Token { id: row.id, version: None, by_rule: None };
        let token = tokens.iter().find(|token| token.id == row.id).unwrap_or(&bare);
        let action = desk.action(&given, row, token, main).await;
        lines.push(one(&cx, row, token.version, action, key).await?);
    }
    Ok(Page(finished(given.r#do, lines, main, given.queue)))
}

async fn take_back(cx: Cx, input: Input<TakenBack>) -> Result<Page<SelectionPage>, Fault> {
    let Input { value, key } = input;
    let tokens = chosen::tokens(&value.case)?;
    let rows = chosen::rows(&cx, &tokens.iter().map(|token| token.id).collect::<Vec<_>>()).await?;
    let mut lines = Vec::new();
    for row in &rows {
        let version = tokens.iter().find(|token| token.id == row.id).and_then(|token| token.version);
        lines.push(one(&cx, row, version, Ok(Action::Undo), key).await?);
    }
    Ok(Page(finished(Bulk::Undo, lines, None, value.queue)))
}

fn finished(bulk: Bulk, lines: Vec<Line>, main: Option<CaseId>, queue: Option<String>) -> SelectionPage {
    let count = lines.iter().filter(|line| line.able).count();
    SelectionPage { bulk, lines, units: Vec::new(), main, done: true, count, more: false, queue }
}

/// Does it to one case, and says what came of it.
async fn one(
    cx: &Cx,
    row: &CaseRow,
    expected_version: Option<i64>,
    action: Result<Action, Fault>,
    key: Option<Uuid>,
) -> Result<Line, Fault> {
    let acted = match action {
        Ok(action) => {
            let order = order(cx, row.id, expected_version, action, key.map(|key| key_for(key, row.id)))?;
            cx.app().act(cx.asker()?, order).await.map_err(Fault::from)
        }
        Err(fault) => Err(fault),
    };
    let said = line(cx, row, refusal_of(&acted)?);
    Ok(match acted {
        Ok(done) => {
            let token = format!("{}:{}", row.id, done.version);
            Line { token, version: done.version, state: done.state, undo_until: done.undo_until, ..said }
        }
        Err(_) => said,
    })
}

/// The key of one case's part: sent twice, the whole is done once.
fn key_for(key: Uuid, case: CaseId) -> Uuid {
    let digest: [u8; 32] = Sha256::new().chain_update(key).chain_update(case.0).finalize().into();
    let (half, _) = digest.split_at(16);
    uuid::Builder::from_custom_bytes(half.try_into().unwrap_or_default()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_has_a_key_of_its_own_and_the_same_again() {
        let key = Uuid::from_u128(1);
        let (one, other) = (CaseId(Uuid::from_u128(2)), CaseId(Uuid::from_u128(3)));
        assert_eq!(key_for(key, one), key_for(key, one));
        assert_ne!(key_for(key, one), key_for(key, other));
    }
}
