//! Where one lives, said of one's own accord by people at work: so that looks at one's own neighbours are
//! noticed.

use qige_identity::{DeclareHome, Scope};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::people::grants::Places;
use crate::centre::names::Choice;
use crate::{Access, Cx, Done, Fault, Input, Once, Page, Routes, Text, View, Width};

const HERE: &str = "/me/home";

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    Routes::of("account")
        .get(HERE, MAY, "Where one lives, as far as one says so", show)
        .post(HERE, MAY, "Say where one lives", declare)
        .post("/me/home/forget", MAY, "Take back where one lives", forget)
}

/// Where one lives, as far as one says so.
#[derive(Clone, Serialize, JsonSchema)]
struct HomePage {
    /// Whether one looks after others here: nobody else is asked.
    staff: bool,
    home: Option<Choice>,
    /// Communities and grids to choose from.
    places: Vec<Choice>,
}

impl std::fmt::Debug for HomePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HomePage({})", self.home.is_some())
    }
}

impl View for HomePage {
    const TEMPLATE: &'static str = "trust/home.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("home-place-title")
    }

    fn samples() -> Vec<Self> {
        let place = Choice::of(&"community:019a0000-0000-7000-8000-000000000001", "晶都社区");
        let said = Self { staff: true, home: Some(place.clone()), places: vec![place] };
        vec![
            Self { home: None, ..said.clone() },
            Self { home: None, places: Vec::new(), ..said.clone() },
            Self { staff: false, home: None, places: Vec::new() },
            said,
        ]
    }
}

fn is_staff(cx: &Cx) -> Result<bool, Fault> {
    Ok(cx.signed_in()?.grants.iter().any(|grant| grant.role.is_staff()))
}

/// What can be said.
async fn places(cx: &Cx) -> Result<Vec<Choice>, Fault> {
    let places = Places::of(cx).await?;
    let known = cx.read(move |tx| Box::pin(async move { Ok(places.read(tx).await?) })).await?;
    let home = |choice: &Choice| choice.value.starts_with("community:") || choice.value.starts_with("grid:");
    Ok(known.scopes().into_iter().filter(home).collect())
}

async fn show(cx: Cx) -> Result<Page<HomePage>, Fault> {
    let said = cx.app().vault.own_home(cx.asker()?, cx.stamp(None)).await?;
    let staff = is_staff(&cx)?;
    let places = if staff || said.is_some() { places(&cx).await? } else { Vec::new() };
    let home = said.map(|scope| {
        let known = places.iter().find(|place| place.value == scope.to_string());
        known.cloned().unwrap_or_else(|| Choice::of(&scope, ""))
    });
    Ok(Page(HomePage { staff, home, places }))
}

#[derive(Deserialize, JsonSchema)]
struct Said {
    /// A community or a grid: kind and id.
    place: Scope,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Said(…)")
    }
}

async fn declare(cx: Cx, input: Input<Said>) -> Result<Done<HomePage>, Fault> {
    let place = input.value.place;
    let known = is_staff(&cx)? && places(&cx).await?.iter().any(|known| known.value == place.to_string());
    if !known {
        return Err(Refusal::invalid("place", "home-odd").into());
    }
    let person = cx.signed_in()?.person;
    let home = Some(cx.app().vault.seal_home(cx.tenant()?.id, person, place).await?);
    cx.write(DeclareHome { person, home, stamp: cx.stamp(None) }).await?;
    Ok(Done::see(HERE).saying(Text::of("admin-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn forget(cx: Cx, input: Input<Nothing>) -> Result<Done<HomePage>, Fault> {
    let command = DeclareHome { person: cx.signed_in()?.person, home: None, stamp: cx.stamp(None) };
    cx.write(Once::new(command, input.key, &HERE, cx.now())).await?;
    Ok(Done::see(HERE).saying(Text::of("home-place-forgotten")))
}
