//! A file of places comes in: it is kept, and what it would change is shown before anything changes.

use qige_app::HeldImport;
use qige_identity::Permission;
use qige_kernel::{Datum, Refusal};
use qige_places::import::{CodeRule, Columns, FaultyRule, ImportOptions, Layer, MissingRule, read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::preview::PreviewPage;
use crate::{Cx, Done, Fault, Page, Routes, Text, Upload, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("places")
        .get("/admin/places/import", Permission::ManagePlaces, "The form for a file of places", form)
        .post("/admin/places/import", Permission::ManagePlaces, "Send a file of places to look at", send)
}

/// What is decided about a file, as a form says it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Decided {
    /// What the file draws; grids when left out.
    layer: Option<Layer>,
    /// Its datum; found out when left out.
    datum: Option<Datum>,
    /// Features without a code.
    codes: Option<CodeRule>,
    /// Places that the file does not have.
    missing: Option<MissingRule>,
    /// Features with errors.
    faulty: Option<FaultyRule>,
    /// The property that holds the code, where it has no usual name.
    code_column: Option<String>,
    /// The property that holds the name.
    name_column: Option<String>,
    /// The property that holds the community.
    parent_column: Option<String>,
}

impl Decided {
    pub(super) fn options(self) -> ImportOptions {
        ImportOptions {
            datum: self.datum,
            codes: self.codes.unwrap_or_default(),
            missing: self.missing.unwrap_or_default(),
            faulty: self.faulty.unwrap_or_default(),
            columns: Columns { code: self.code_column, name: self.name_column, parent: self.parent_column },
            ..ImportOptions::new(self.layer.unwrap_or(Layer::Grids))
        }
    }
}

/// The form for a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ImportPage {
    /// Largest file, in megabytes.
    megabytes: usize,
}

impl View for ImportPage {
    const TEMPLATE: &'static str = "places/import.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("import-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self { megabytes: 25 }]
    }
}

async fn form(_cx: Cx) -> Page<ImportPage> {
    Page(ImportPage { megabytes: crate::FILE_BYTES_MAX / 1024 / 1024 })
}

async fn send(cx: Cx, upload: Upload<Decided>) -> Result<Done<PreviewPage>, Fault> {
    let Upload { value, mut files, key } = upload;
    let file = files.pop().ok_or(Refusal::invalid("file", "import-file-missing"))?;
    let bytes = file.bytes.to_vec();
    // What is no map at all is refused here, at the field, and not kept.
    let tried = bytes.clone();
    let readable = tokio::task::spawn_blocking(move || read(&tried).map(drop)).await;
    readable
        .map_err(|error| Fault::broken().because(error))?
        .map_err(|refusal| Fault::from(refusal).at("file"))?;
    let id = key.unwrap_or_else(|| cx.id::<Uuid>());
    let person = cx.signed_in()?.person;
    let file_name = file.file_name.chars().take(120).collect();
    let held = HeldImport { person, file_name, options: value.options() };
    cx.app().hold_import(cx.tenant()?.id, id, &held, bytes).await?;
    Ok(Done::see(format!("/admin/places/import/{id}")))
}
