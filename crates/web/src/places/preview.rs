//! What a file of places would change, and doing it.

use qige_app::HeldImport;
use qige_identity::Permission;
use qige_kernel::{Refusal, RefusalKind};
use qige_places::import::{
    Added, ApplyImport, Changed, ColumnsFound, DatumFinding, ImportOptions, Layer, Preview, Problem, Removed,
    Severity, preview, read,
};
use qige_places::store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::import::Decided;
use super::list::PlacesPage;
use crate::admin::edit;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View};

/// Rows shown of each list; the figures above them count all.
const ROWS_SHOWN: usize = 200;
/// How finely the map of a preview is drawn: about 10 m.
const TOLERANCE_DEGREES: f64 = 0.000_1;

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .get(
            "/admin/places/import/{id}",
            Permission::ManagePlaces,
            "What a file of places would change",
            show,
        )
        .post(
            "/admin/places/import/{id}/decide",
            Permission::ManagePlaces,
            "Decide otherwise about a file of places",
            decide,
        )
        .post("/admin/places/import/{id}/apply", Permission::ManagePlaces, "Bring the places in", apply)
        .post("/admin/places/import/{id}/drop", Permission::ManagePlaces, "Let go of the file", let_go)
}

/// How many of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
struct Counts {
    added: usize,
    changed: usize,
    unchanged: usize,
    removed: usize,
    faulty: usize,
    errors: usize,
    warnings: usize,
}

/// A place that would be new or change, as a line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    code: String,
    name: String,
    /// What it was called, where that changes.
    name_was: Option<String>,
    /// The place that it lies in, where that is new.
    parent: Option<String>,
    /// Its outline is another.
    redrawn: bool,
    /// It comes back into use.
    back: bool,
    /// It would be switched off.
    switched_off: bool,
}

/// A problem, with its sentence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ProblemLine {
    /// Number of the feature in the file; none for the file as a whole.
    feature: Option<u32>,
    /// Its name or code.
    label: String,
    /// It keeps the feature out.
    error: bool,
    /// What is wrong.
    said: Said,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Said {
    key: String,
    args: std::collections::BTreeMap<String, String>,
}

/// What a file of places would change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PreviewPage {
    id: Uuid,
    file_name: String,
    options: ImportOptions,
    layer: Layer,
    datum: DatumFinding,
    /// The columns of the file, and which of them were taken.
    columns: ColumnsFound,
    counts: Counts,
    added: Vec<Line>,
    changed: Vec<Line>,
    removed: Vec<Line>,
    problems: Vec<ProblemLine>,
    /// It can be applied as it is.
    ready: bool,
    /// What stands against it, in words.
    against: Option<Said>,
    /// It would change something.
    changes: bool,
    /// What must come back when it is applied: the preview that was looked at.
    fingerprint: String,
    /// The map: a GeoJSON FeatureCollection, `change` says what happens to each.
    map: Value,
}

impl View for PreviewPage {
    const TEMPLATE: &'static str = "places/preview.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("preview-title")
    }

    fn samples() -> Vec<Self> {
        let file = r#"{"type":"Feature","properties":{"WGBM":"NS-1","所":"牛山"},"geometry":{"type":"Polygon",
            "coordinates":[[[118.7,34.5],[118.8,34.5],[118.8,34.6],[118.7,34.5]]]}}"#;
        let options = ImportOptions::new(Layer::Grids);
        let person = qige_kernel::PersonId(Uuid::nil());
        let held = HeldImport { person, file_name: "网格.geojson".to_owned(), options };
        let empty = qige_places::import::Existing::default();
        let made = read(file.as_bytes()).and_then(|reading| preview(reading, &held.options, &empty));
        made.map(|preview| vec![page(Uuid::nil(), &held, &preview, &empty)]).unwrap_or_default()
    }
}

fn page(
    id: Uuid,
    held: &HeldImport,
    preview: &Preview,
    existing: &qige_places::import::Existing,
) -> PreviewPage {
    let against = preview.check().err().map(|refusal| Said {
        key: format!("refusal-{}", refusal.code),
        args: refusal.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    });
    PreviewPage {
        id,
        file_name: held.file_name.clone(),
        options: held.options.clone(),
        layer: preview.layer,
        datum: preview.datum.clone(),
        columns: preview.columns.clone(),
        counts: Counts {
            added: preview.added.len(),
            changed: preview.changed.len(),
            unchanged: preview.unchanged.len(),
            removed: preview.removed.len(),
            faulty: preview.faulty.len(),
            errors: preview.count(Severity::Error),
            warnings: preview.count(Severity::Warn),
        },
        added: preview.added.iter().take(ROWS_SHOWN).map(added).collect(),
        changed: preview.changed.iter().take(ROWS_SHOWN).map(changed).collect(),
        removed: preview.removed.iter().take(ROWS_SHOWN).map(removed).collect(),
        problems: preview.problems.iter().take(ROWS_SHOWN).map(problem).collect(),
        ready: against.is_none(),
        against,
        changes: preview.changes_anything(),
        fingerprint: preview.fingerprint.clone(),
        map: preview.map(existing, TOLERANCE_DEGREES),
    }
}

fn line(code: &str, name: &str) -> Line {
    Line {
        code: code.to_owned(),
        name: name.to_owned(),
        name_was: None,
        parent: None,
        redrawn: false,
        back: false,
        switched_off: false,
    }
}

fn added(added: &Added) -> Line {
    let parent = added.parent.as_ref().map(|parent| parent.name.clone());
    Line { parent, ..line(&added.code, &added.name) }
}

fn changed(changed: &Changed) -> Line {
    let parent = changed.parent.as_ref().map(|parent| parent.name.clone());
    let name = changed.name.as_ref().unwrap_or(&changed.name_was);
    let name_was = changed.name.is_some().then(|| changed.name_was.clone());
    let (redrawn, back) = (changed.redrawn.is_some(), changed.back);
    Line { name_was, parent, redrawn, back, ..line(&changed.code, name) }
}

fn removed(removed: &Removed) -> Line {
    Line { switched_off: removed.switched_off, ..line(&removed.code, &removed.name) }
}

fn problem(problem: &Problem) -> ProblemLine {
    ProblemLine {
        feature: problem.feature,
        label: problem.label.clone(),
        error: problem.severity == Severity::Error,
        said: Said { key: format!("place-problem-{}", problem.code), args: problem.args.clone() },
    }
}

async fn held(cx: &Cx, id: Uuid) -> Result<(HeldImport, Vec<u8>), Fault> {
    let person = cx.signed_in()?.person;
    let found = cx.app().held_import(cx.tenant()?.id, id, person).await?;
    Ok(found.ok_or(Refusal::new(RefusalKind::Missing, "import-gone"))?)
}

/// Makes the preview again: the same file, options and places give the same.
async fn made(cx: &Cx, id: Uuid) -> Result<(HeldImport, Preview, qige_places::import::Existing), Fault> {
    let (held, bytes) = held(cx, id).await?;
    let existing = cx.read(|tx| Box::pin(async move { Ok(store::existing(tx).await?) })).await?;
    // Thousands of outlines take a moment, and must not hold up others.
    let work = tokio::task::spawn_blocking(move || {
        let preview = read(&bytes).and_then(|reading| preview(reading, &held.options, &existing));
        preview.map(|preview| (held, preview, existing))
    });
    Ok(work.await.map_err(|error| Fault::broken().because(error))??)
}

async fn show(cx: Cx, Path(id): Path<Uuid>) -> Result<Page<PreviewPage>, Fault> {
    let (held, preview, existing) = made(&cx, id).await?;
    Ok(Page(page(id, &held, &preview, &existing)))
}

async fn decide(cx: Cx, Path(id): Path<Uuid>, input: Input<Decided>) -> Result<Done<PreviewPage>, Fault> {
    let (mut held, _) = held(&cx, id).await?;
    held.options = input.value.options();
    cx.app().decide_import(cx.tenant()?.id, id, &held).await?;
    Ok(Done::see(format!("/admin/places/import/{id}")))
}

/// The preview that was looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Looked {
    fingerprint: String,
}

async fn apply(cx: Cx, Path(id): Path<Uuid>, input: Input<Looked>) -> Result<Done<PlacesPage>, Fault> {
    let (_, preview, _) = made(&cx, id).await?;
    if preview.fingerprint != input.value.fingerprint {
        return Err(Refusal::new(RefusalKind::Conflict, "import-stale").into());
    }
    preview.check()?;
    let edit = edit(&cx, Permission::ManagePlaces)?;
    let applied = cx.write(ApplyImport::new(preview, edit, &cx.app().entropy)).await?;
    cx.app().drop_import(cx.tenant()?.id, id).await?;
    let said = Text::of("import-done")
        .with("added", applied.added.to_string())
        .with("changed", applied.changed.to_string())
        .with("off", applied.switched_off.to_string());
    Ok(Done::see("/admin/places").saying(said))
}

async fn let_go(cx: Cx, Path(id): Path<Uuid>, _input: Input<Nothing>) -> Result<Done<PlacesPage>, Fault> {
    held(&cx, id).await?;
    cx.app().drop_import(cx.tenant()?.id, id).await?;
    Ok(Done::see("/admin/places").saying(Text::of("import-dropped")))
}

/// Nothing is said with it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Nothing {}
