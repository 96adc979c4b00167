//! Those who are ready are made active: each by themself, so that whoever is not ready keeps nobody waiting.

use qige_db::Failure;
use qige_identity::member::ActivateMember;
use qige_identity::{Permission, person_name};
use qige_kernel::{PersonId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::MembersPage;
use crate::admin::stamp;
use crate::page::{Density, Either};
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View};

const MAY: Permission = Permission::ManageGrants;
/// Where those stand who are ready.
const READY: &str = "/members?state=prepared";

pub(super) fn routes() -> Routes {
    Routes::of("members").get("/members/activate", MAY, "Who can be made active", back).post(
        "/members/activate",
        MAY,
        "Make members active",
        activate,
    )
}

/// What came of it, where not everybody could be made active.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ActivatedPage {
    /// How many are active now.
    activated: usize,
    /// Who is not.
    refused: Vec<Refused>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Refused {
    person: PersonId,
    /// Nothing where there is nobody of that id.
    name: Option<String>,
    /// Why.
    sentence: String,
}

impl View for ActivatedPage {
    const TEMPLATE: &'static str = "members/activated.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: crate::Width = crate::Width::Narrow;

    fn title(&self) -> Text {
        Text::of("members-activate")
    }

    fn samples() -> Vec<Self> {
        let refused = |name: Option<&str>| Refused {
            person: PersonId(uuid::Uuid::nil()),
            name: name.map(str::to_owned),
            sentence: "这个人现在的状态不能这样操作，请再看一下名单。".to_owned(),
        };
        vec![
            Self { activated: 3, refused: vec![refused(Some("骑手 0017"))] },
            Self { activated: 0, refused: vec![refused(Some("骑手 0017")), refused(None)] },
        ]
    }
}

/// Whoever comes back here is shown who is ready: what came of it is said once.
async fn back() -> Done {
    Done::see(READY)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Chosen {
    /// Whom.
    #[serde(default)]
    person: Vec<PersonId>,
}

async fn activate(
    cx: Cx,
    input: Input<Chosen>,
) -> Result<Either<Done<MembersPage>, Page<ActivatedPage>>, Fault> {
    let people = input.value.person;
    if people.is_empty() {
        return Err(Refusal::invalid("person", "members-nobody").into());
    }
    let (asker, mut activated, mut refused) = (cx.asker()?, 0, Vec::new());
    for person in people {
        let command = ActivateMember { person, grant: cx.id(), stamp: stamp(&cx, MAY)? };
        match cx.app().db.write(asker, command).await {
            Ok(()) => activated += 1,
            Err(Failure::Refused(refusal)) => refused.push(said(&cx, person, refusal).await?),
            Err(failure) => return Err(failure.into()),
        }
    }
    if refused.is_empty() {
        let said = Text::of("members-activated").number("n", u32::try_from(activated).unwrap_or(u32::MAX));
        return Ok(Either::Left(Done::see("/members").saying(said)));
    }
    Ok(Either::Right(Page(ActivatedPage { activated, refused })))
}

async fn said(cx: &Cx, person: PersonId, refusal: Refusal) -> Result<Refused, Fault> {
    let name = cx.read(move |tx| Box::pin(async move { Ok(person_name(tx, person).await?) })).await?;
    Ok(Refused { person, name, sentence: cx.say(&Text::refusal(&refusal)) })
}
