//! For those who build the product: every component in every state.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{Access, Page, Routes, Text, View, templates};

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("workshop").get("/dev/components", Access::Workshop, "Every component in every state", show)
}

/// Every component.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Components {
    icons: Vec<&'static str>,
}

impl View for Components {
    const TEMPLATE: &'static str = "dev/components.html";

    fn title(&self) -> Text {
        Text::plain("Components")
    }

    fn samples() -> Vec<Self> {
        vec![Self { icons: templates::icon_names().collect() }]
    }
}

async fn show() -> Page<Components> {
    Page(Components { icons: templates::icon_names().collect() })
}
