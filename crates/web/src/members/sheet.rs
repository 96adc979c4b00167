//! Invitations as cards to print. Their codes are kept as hashes: this is the only page that shows them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_identity::Permission;
use qige_identity::member::{INVITE_MICROS, Invite, InviteCode};
use qige_kernel::{PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View, qr};

/// Side of a code in pixels: on paper some three centimetres, read at arm's length.
const QR_PIXELS: u32 = 160;

pub(super) fn routes() -> Routes {
    let may = Permission::ManagePeople;
    Routes::of("members").get("/members/invite", may, "Who can be invited", back).post(
        "/members/invite",
        may,
        "Invite people, and print a card for each",
        invite,
    )
}

/// Invitations, shown once.
#[derive(Clone, Serialize, JsonSchema)]
struct SheetPage {
    cards: Vec<Card>,
    /// Where the code is typed.
    address: String,
    until: Timestamp,
}

/// One of them.
#[derive(Clone, Serialize, JsonSchema)]
struct Card {
    name: String,
    /// To type.
    code: String,
    /// To open.
    address: String,
    /// To scan: an SVG, as base64.
    picture: String,
}

impl std::fmt::Debug for SheetPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SheetPage({})", self.cards.len())
    }
}

impl View for SheetPage {
    const TEMPLATE: &'static str = "members/sheet.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("invites-title")
    }

    fn samples() -> Vec<Self> {
        let card = Card {
            name: "骑手 0017".to_owned(),
            code: "k7m2-xvq5-x43c-abcd".to_owned(),
            address: "https://qige.example/invited/k7m2-xvq5-x43c-abcd".to_owned(),
            picture: "PHN2Zy8+".to_owned(),
        };
        let until = Timestamp::from_micros(1_790_000_000_000_000);
        vec![Self { cards: vec![card; 3], address: "https://qige.example/invited".to_owned(), until }]
    }
}

/// Whoever comes back here is shown the list: a sheet is shown once.
async fn back() -> Done {
    Done::see("/members?state=recommended")
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Chosen {
    /// Whom.
    #[serde(default)]
    person: Vec<PersonId>,
}

async fn invite(cx: Cx, input: Input<Chosen>) -> Result<Page<SheetPage>, Fault> {
    let people = input.value.person;
    if people.is_empty() {
        return Err(Refusal::invalid("person", "members-nobody").into());
    }
    let drawn: Vec<(PersonId, InviteCode)> =
        people.into_iter().map(|person| (person, InviteCode::draw(&cx.app().entropy))).collect();
    let kept = drawn.iter().map(|(person, code)| (*person, code.digest())).collect();
    let stamp = stamp(&cx, Permission::ManagePeople)?;
    let names = cx.write(Invite { people: kept, stamp }).await?;
    let address = format!("{}/invited", cx.state().settings().public_url);
    let cards = names.into_iter().zip(drawn).map(|(name, (_, code))| {
        let address = format!("{address}/{code}");
        let picture = STANDARD.encode(qr::drawn(&address, QR_PIXELS)?);
        Ok(Card { name, code: code.to_string(), address, picture })
    });
    let cards = cards.collect::<Result<_, Fault>>()?;
    Ok(Page(SheetPage { cards, address, until: stamp.at.plus(INVITE_MICROS) }))
}
