//! The first page: one's own start for those who are signed in, the ways in for everybody else.

use schemars::JsonSchema;
use serde::Serialize;

use crate::page::Either;
use crate::{Access, Cx, Done, Page, Routes, Text, View, Width, nav};

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("home").get("/", Access::Public, "The first page", show)
}

/// What a resident can do without an account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct HomePage {}

impl View for HomePage {
    const TEMPLATE: &'static str = "public/home.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("home-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

async fn show(cx: Cx) -> Either<Page<HomePage>, Done> {
    match cx.who() {
        Some(who) => Either::Right(Done::see(nav::home(who))),
        None => Either::Left(Page(HomePage {})),
    }
}
