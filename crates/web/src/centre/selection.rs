//! Several cases at once: the page says beforehand what will be done to each, and afterwards what was, one by
//! one. Each is a command of its own: what one is refused for holds up no other.

use qige_app::Order;
use qige_cases::catalogue::Catalogue;
use qige_cases::queries::Sight;
use qige_cases::store::{self, CaseRow, Dossier};
use qige_cases::{Action, By, CaseRole, CommandName, Dispatch, File, Merge, State, workflow};
use qige_identity::Permission;
use qige_kernel::{CaseId, Refusal, RefusalKind, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::matters;
use super::names::{Choice, Directory};
use crate::locale::Arg;
use crate::page::Density;
use crate::{Cx, Fault, Input, Page, Query, Routes, Text, View};

/// Cases at once at most: what can still be read through before pressing the button.
pub(super) const SELECTED_MAX: usize = 50;
/// Who may select: those who file or dispatch. Which of it to which case, the commands say.
const SELECTING: &[Permission] = &[Permission::FileCase, Permission::DispatchCase];

pub(super) fn routes() -> Routes {
    Routes::of("centre").get("/cases/selection", SELECTING, "What would be done to several cases", plan).post(
        "/cases/selection",
        SELECTING,
        "Do the same to several cases, one by one",
        carry_out,
    )
}

/// What can be done to several cases at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Bulk {
    /// Each as what it was reported as, with its usual urgency.
    File,
    /// All to one unit.
    Dispatch,
    /// All into one of them.
    Merge,
}

impl Bulk {
    const fn command(self) -> CommandName {
        match self {
            Self::File => CommandName::File,
            Self::Dispatch => CommandName::Dispatch,
            Self::Merge => CommandName::Merge,
        }
    }
}

/// Which cases, and what is about to be done.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// The cases.
    #[serde(default)]
    case: Vec<CaseId>,
    /// What.
    r#do: Bulk,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// Which cases, and what to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Given {
    /// The cases, each as `<id>` or `<id>:<version that was looked at>`.
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
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// Several cases, and what is or was done to each.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SelectionPage {
    command: CommandName,
    lines: Vec<Line>,
    units: Vec<Choice>,
    /// The case that the others follow: the first that came in, unless another was chosen.
    main: Option<CaseId>,
    /// It was done, as far as it could be.
    done: bool,
    /// How many it was done to, or can be done to.
    count: usize,
    /// The query of the queue that they were ticked in.
    queue: Option<String>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    id: CaseId,
    version: i64,
    number: Option<String>,
    state: State,
    matter_name: Option<String>,
    words: String,
    received_at: Timestamp,
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
        Text::of(format!("selection-title-{}", self.command))
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let line = |able: bool| Line {
            id: CaseId(Uuid::nil()),
            version: 3,
            number: able.then(|| "20260923-0007".to_owned()),
            state: State::Reported,
            matter_name: able.then(|| "占道经营".to_owned()),
            words: "摊位占了半条路".to_owned(),
            received_at: at,
            able,
            sentence: (!able).then(|| "…".to_owned()),
            undo_until: able.then_some(at),
        };
        let page = |command, done, lines: Vec<Line>| Self {
            command,
            count: lines.iter().filter(|line| line.able).count(),
            lines,
            units: vec![Choice::of(&Uuid::nil(), "市政养护队")],
            main: Some(CaseId(Uuid::nil())),
            done,
            queue: Some("state=filed".to_owned()),
        };
        let both = || vec![line(true), line(false)];
        let bulk = [CommandName::File, CommandName::Dispatch, CommandName::Merge];
        let pages = bulk.into_iter().flat_map(|command| {
            [page(command, false, both()), page(command, true, both()), page(command, false, Vec::new())]
        });
        pages.collect()
    }
}

async fn plan(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<SelectionPage>, Fault> {
    let rows = rows(&cx, &wanted.case).await?;
    let main = rows.iter().min_by_key(|row| (row.received_at, row.id)).map(|row| row.id);
    let lines: Vec<Line> =
        rows.iter().map(|row| line(&cx, row, refused(row, wanted.r#do, main).err())).collect();
    let index = cx.app().rulebook(cx.tenant()?.id).await?.grids.clone();
    let units = cx
        .read(move |tx| Box::pin(async move { Ok(Directory::read(tx, index).await?.open_units()) }))
        .await?;
    Ok(Page(SelectionPage {
        command: wanted.r#do.command(),
        count: lines.iter().filter(|line| line.able).count(),
        lines,
        units,
        main,
        done: false,
        queue: wanted.queue,
    }))
}

/// The cases that this person may read, as they stand.
async fn rows(cx: &Cx, ids: &[CaseId]) -> Result<Vec<CaseRow>, Fault> {
    if ids.len() > SELECTED_MAX {
        return Err(Refusal::new(RefusalKind::TooLarge, "too-many-cases").with("max", SELECTED_MAX).into());
    }
    let sight = Sight::of(cx.signed_in()?, Permission::ReadCase);
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    cx.read(move |tx| {
        Box::pin(async move {
            let mut rows = Vec::new();
            for id in ids {
                let row = store::by_id(tx, id).await?;
                rows.extend(row.filter(|row| sight.covers(row.community, row.grid)));
            }
            Ok(rows)
        })
    })
    .await
}

/// What can be seen beforehand to stand against it; the command looks again.
fn refused(row: &CaseRow, bulk: Bulk, main: Option<CaseId>) -> Result<(), Refusal> {
    let conflict = |code| Err(Refusal::new(RefusalKind::Conflict, code));
    if workflow::allowed(row.state, bulk.command(), CaseRole::Dispatcher).is_none() {
        return Err(Refusal::new(RefusalKind::Conflict, "not-in-this-state").with("state", row.state));
    }
    match bulk {
        Bulk::File if row.matter.is_none() => Err(Refusal::invalid("matter", "matter-missing")),
        Bulk::Dispatch if row.suspended => conflict("case-suspended"),
        Bulk::Dispatch if row.transferred => conflict("case-transferred"),
        Bulk::Merge if Some(row.id) == main => Err(Refusal::invalid("main", "main-case-is-itself")),
        Bulk::Merge if row.merged_count > 0 => conflict("others-follow-it"),
        Bulk::File | Bulk::Dispatch | Bulk::Merge => Ok(()),
    }
}

fn line(cx: &Cx, row: &CaseRow, refusal: Option<Refusal>) -> Line {
    Line {
        id: row.id,
        version: row.version,
        number: row.number.clone(),
        state: row.state,
        matter_name: row.matter.map(|key| matters::name(key, cx.locale())),
        words: row.words.clone(),
        received_at: row.received_at,
        able: refusal.is_none(),
        sentence: refusal.map(|refusal| sentence(cx, &refusal)),
        undo_until: None,
    }
}

fn sentence(cx: &Cx, refusal: &Refusal) -> String {
    let key = format!("refusal-{}", refusal.code);
    let args = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), Arg::Text(value.clone())));
    cx.say(&Text { args: args.collect(), ..Text::of(key) })
}

async fn carry_out(cx: Cx, input: Input<Given>) -> Result<Page<SelectionPage>, Fault> {
    let Input { value: given, key } = input;
    if given.r#do == Bulk::Dispatch && given.lead.is_none() {
        return Err(Refusal::invalid("lead", "lead-unit-missing").into());
    }
    let seen: Vec<(CaseId, Option<i64>)> =
        given.case.iter().map(|text| named(text)).collect::<Result<_, _>>()?;
    let rows = rows(&cx, &seen.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let first = rows.iter().min_by_key(|row| (row.received_at, row.id)).map(|row| row.id);
    let main = given.main.or(first).filter(|main| rows.iter().any(|row| row.id == *main));
    let mut lines = Vec::new();
    // The case that the others follow stays what it is.
    for row in rows.iter().filter(|row| given.r#do != Bulk::Merge || Some(row.id) != main) {
        let version = seen.iter().find(|(id, _)| *id == row.id).and_then(|(_, version)| *version);
        lines.push(one(&cx, row, version, &given, main, key).await?);
    }
    Ok(Page(SelectionPage {
        command: given.r#do.command(),
        count: lines.iter().filter(|line| line.able).count(),
        lines,
        units: Vec::new(),
        main,
        done: true,
        queue: given.queue,
    }))
}

/// `<id>` or `<id>:<version>`.
fn named(text: &str) -> Result<(CaseId, Option<i64>), Refusal> {
    let refused = || Refusal::invalid("case", "field-odd").with("field", "case");
    let (id, version) = text.split_once(':').map_or((text, None), |(id, version)| (id, Some(version)));
    let version = version.map(|version| version.parse().map_err(|_| refused())).transpose()?;
    Ok((id.parse().map_err(|_| refused())?, version))
}

/// Does it to one case, and says what came of it.
async fn one(
    cx: &Cx,
    row: &CaseRow,
    expected_version: Option<i64>,
    given: &Given,
    main: Option<CaseId>,
    key: Option<Uuid>,
) -> Result<Line, Fault> {
    let action = match action(cx, row, given, main).await {
        Ok(action) => action,
        Err(fault) if fault.status.is_client_error() => {
            return Ok(line(cx, row, Some(fault.refusal.clone())));
        }
        Err(fault) => return Err(fault),
    };
    let by = By::Person(cx.signed_in()?.clone());
    let key = key.map(|key| key_for(key, row.id));
    let order = Order { case: row.id, expected_version, by, action, key };
    match cx.app().act(cx.asker()?, order).await.map_err(Fault::from) {
        Ok(done) => {
            let said = line(cx, row, None);
            Ok(Line { version: done.version, state: done.state, undo_until: done.undo_until, ..said })
        }
        Err(fault) if fault.status.is_client_error() => Ok(line(cx, row, Some(fault.refusal.clone()))),
        Err(fault) => Err(fault),
    }
}

async fn action(cx: &Cx, row: &CaseRow, given: &Given, main: Option<CaseId>) -> Result<Action, Fault> {
    let missing = |field, code| Refusal::invalid(field, code);
    Ok(match given.r#do {
        Bulk::File => {
            let matter = row.matter.ok_or(missing("matter", "matter-missing"))?;
            let usual = Catalogue::standard().get(matter).map(|known| known.urgency);
            let urgency = row.urgency.or(usual).ok_or(missing("urgency", "urgency-missing"))?;
            File { matter, urgency }.into()
        }
        Bulk::Merge => {
            let main = main.ok_or(missing("main", "main-case-missing"))?;
            Merge { main, reason: String::new() }.into()
        }
        Bulk::Dispatch => {
            let lead = given.lead.ok_or(missing("lead", "lead-unit-missing"))?;
            let (mut words, mut photos) = (None, Vec::new());
            if given.release {
                let id = row.id;
                let dossier =
                    cx.read(move |tx| Box::pin(async move { Ok(Dossier::load(tx, id).await?) })).await?;
                photos = dossier.into_iter().flat_map(|known| known.photos).map(|photo| photo.id).collect();
                words = Some(row.words.clone());
            }
            Dispatch {
                lead,
                assist: Vec::new(),
                due_at: None,
                released_words: words,
                released_photos: photos,
            }
            .into()
        }
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
    fn a_case_is_named_with_or_without_what_was_seen_of_it() {
        let id = CaseId(Uuid::from_u128(7));
        assert_eq!(named(&id.to_string()), Ok((id, None)));
        assert_eq!(named(&format!("{id}:3")), Ok((id, Some(3))));
        assert!(named("7").is_err() && named(&format!("{id}:x")).is_err());
    }

    #[test]
    fn each_case_has_a_key_of_its_own_and_the_same_again() {
        let key = Uuid::from_u128(1);
        let (one, other) = (CaseId(Uuid::from_u128(2)), CaseId(Uuid::from_u128(3)));
        assert_eq!(key_for(key, one), key_for(key, one));
        assert_ne!(key_for(key, one), key_for(key, other));
    }
}
