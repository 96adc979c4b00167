//! What the `type` of a problem leads to: what this no means.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{Access, Cx, Fault, Page, Path, Routes, Text, View, Width};

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("problems").get("/problems/{code}", Access::Public, "What a problem's type means", show).get(
        "/openapi.json",
        Access::Public,
        "The API's description (OpenAPI 3.1)",
        description,
    )
}

/// What a no means.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ProblemKind {
    code: String,
    /// The sentence, with names in braces where values stand.
    sentence: String,
}

impl View for ProblemKind {
    const TEMPLATE: &'static str = "pages/problem_kind.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("problem-kind-title").with("code", self.code.as_str())
    }

    fn samples() -> Vec<Self> {
        vec![Self { code: "someone-was-quicker".to_owned(), sentence: "别人先了一步。".to_owned() }]
    }
}

async fn show(cx: Cx, Path(code): Path<String>) -> Result<Page<ProblemKind>, Fault> {
    let key = format!("refusal-{code}");
    let sentence = cx.state().texts().get(cx.locale(), &key, &std::collections::BTreeMap::new());
    Ok(Page(ProblemKind { sentence: sentence.ok_or_else(Fault::missing)?, code }))
}

async fn description() -> axum::Json<&'static serde_json::Value> {
    static DESCRIPTION: LazyLock<serde_json::Value> =
        LazyLock::new(|| crate::openapi::describe(crate::table().endpoints()));
    axum::Json(&DESCRIPTION)
}
