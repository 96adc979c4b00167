//! People with an account: the list, and a new one.

mod consents;
mod drawn;
pub(crate) mod grants;
pub(crate) mod numbers;
mod person;
mod sees;

use std::collections::HashMap;

use qige_identity::{
    AddPerson, DisplayName, NewPerson, Permission, Person, PersonState, PhoneNumber, Purpose, Role,
    SignInName, grants_of, people,
};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::drawn::{DrawnPage, Why};
use super::stamp;
use crate::page::Density;
use crate::render::encoded;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Fault, Input, Page, Query, Routes, Text, View, taken_out};

/// People on one page: a screen or two.
const ON_PAGE: usize = 50;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/people", Permission::ReadPeople, "People with an account", list)
        .post("/admin/people", Permission::ManagePeople, "Give somebody an account", add)
        .list::<PeoplePage>(Permission::ReadPeople)
        .and(person::routes())
        .and(grants::routes())
        .and(sees::routes())
        .and(consents::routes())
}

/// People with an account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PeoplePage {
    asked: Asked,
    people: Vec<PersonRow>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
    /// Roles to choose from.
    roles: Vec<Role>,
    may_add: bool,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Asked {
    /// Part of a name or of a sign-in name, or a whole phone number.
    q: Option<String>,
    /// Whether they are here.
    state: Option<PersonState>,
    /// A role they hold now.
    role: Option<Role>,
    /// From the one after this.
    after: Option<PersonId>,
}

impl Asked {
    /// The address of the list, from the one after somebody.
    fn address(&self, after: Option<PersonId>) -> String {
        let pairs = [
            ("q", self.q.clone()),
            ("state", self.state.map(|state| state.to_string())),
            ("role", self.role.map(|role| role.to_string())),
            ("after", after.map(|person| person.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
        if query.is_empty() {
            "/admin/people".to_owned()
        } else {
            format!("/admin/people?{}", query.join("&"))
        }
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PersonRow {
    id: PersonId,
    name: String,
    sign_in_name: Option<String>,
    /// Enough of the number to recognise it; only for those who look after numbers.
    phone: Option<String>,
    state: PersonState,
    /// What they are now, each role once.
    roles: Vec<Role>,
    since: Timestamp,
}

impl View for PeoplePage {
    const TEMPLATE: &'static str = "admin/people.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-people-title")
    }

    fn samples() -> Vec<Self> {
        let row = |name: &str, state, roles| PersonRow {
            id: PersonId(uuid::Uuid::nil()),
            name: name.to_owned(),
            sign_in_name: Some("qishou0017".to_owned()),
            phone: Some("138****0017".to_owned()),
            state,
            roles,
            since: Timestamp::from_micros(1_790_000_000_000_000),
        };
        let people = vec![
            row("骑手 0017", PersonState::Active, vec![Role::Rider, Role::GridWorker]),
            row("坐席 03", PersonState::Paused, vec![Role::Dispatcher]),
            row("网格员 07", PersonState::Left, Vec::new()),
        ];
        let roles = Role::ALL.to_vec();
        let asked = Asked { q: Some("骑手".to_owned()), role: Some(Role::Rider), ..Asked::default() };
        let next = Some("/admin/people?after=1".to_owned());
        let first = Some("/admin/people".to_owned());
        let full = Self { asked, people, next, first, roles, may_add: true };
        let nobody = Self { people: Vec::new(), next: None, first: None, ..full.clone() };
        let empty = Self { asked: Asked::default(), may_add: false, ..nobody.clone() };
        vec![full, nobody, empty]
    }
}

impl Listing for PeoplePage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/admin/people.csv", "/admin/people.xlsx"];
    const SUMMARY: &'static str = "People with an account as a file, numbers as the page shows them";
    const NAME: &'static str = "people";
    const TITLE: &'static str = "admin-people-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("admin-person-name", 22),
        ("admin-person-sign-in", 22),
        ("admin-person-phone", 14),
        ("admin-role", 36),
        ("admin-state", 10),
        ("me-since", 20),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        super::looks::require_export(&cx).await?;
        let page = listed(cx.clone(), asked, Purpose::ExportPeople).await?;
        let people = page.people.iter().map(|one| one.id.0).collect();
        taken_out::with_people(&cx, Purpose::ExportPeople, Permission::ReadPeople, people).await?;
        Ok(page)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |person: &PersonRow| {
            let roles = person.roles.iter().map(|role| said.plain(format!("role-{role}")));
            vec![
                person.name.clone().into(),
                person.sign_in_name.clone().into(),
                person.phone.clone().into(),
                said.listed(roles),
                said.text(format!("person-state-{}", person.state)),
                said.time(person.since),
            ]
        };
        self.people.iter().map(row).collect()
    }

    fn first(asked: Asked) -> Asked {
        Asked { after: None, ..asked }
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let last = self.people.last().filter(|_| self.next.is_some())?;
        Some(Asked { after: Some(last.id), ..asked.clone() })
    }
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<PeoplePage>, Fault> {
    Ok(Page(listed(cx, asked, Purpose::ListPeople).await?))
}

async fn listed(cx: Cx, asked: Asked, purpose: Purpose) -> Result<PeoplePage, Fault> {
    let sees_numbers = cx.signed_in()?.may(Permission::ManagePeople);
    let now = cx.now();
    let words = asked.q.clone().unwrap_or_default();
    let phone = numbers::looked_for(&cx, &words).await?;
    let circle = crate::circle::of(&cx, Permission::ReadPeople).await?;
    let filter = qige_identity::PeopleFilter { circle, words, phone, state: asked.state, role: asked.role };
    let after = asked.after;
    let limit = u32::try_from(ON_PAGE.saturating_add(1)).unwrap_or(u32::MAX);
    let mut found = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for person in people(tx, &filter, after, limit, now).await? {
                    let live = grants_of(tx, person.id).await?;
                    let live = live.iter().map(qige_identity::GrantRow::grant);
                    let mut roles: Vec<Role> =
                        live.filter(|grant| grant.is_live(now)).map(|grant| grant.role).collect();
                    roles.sort_unstable();
                    roles.dedup();
                    rows.push((person, roles));
                }
                Ok(rows)
            })
        })
        .await?;
    let more = found.len() > ON_PAGE;
    found.truncate(ON_PAGE);
    let sealed = found.iter().filter_map(|(person, _)| Some((person.id, person.phone.clone()?)));
    let sealed = sealed.filter(|_| sees_numbers).collect();
    let mut numbers = numbers::opened(&cx, purpose, sealed).await?;
    let rows: Vec<PersonRow> =
        found.into_iter().map(|(person, roles)| row(&mut numbers, person, roles)).collect();
    let next = rows.last().filter(|_| more).map(|last| asked.address(Some(last.id)));
    let first = asked.after.map(|_| asked.address(None));
    let roles = Role::ALL.to_vec();
    Ok(PeoplePage { asked, people: rows, next, first, roles, may_add: sees_numbers })
}

fn row(numbers: &mut HashMap<PersonId, PhoneNumber>, person: Person, roles: Vec<Role>) -> PersonRow {
    PersonRow {
        phone: numbers.remove(&person.id).map(|number| number.masked()),
        id: person.id,
        name: person.name,
        sign_in_name: person.sign_in_name,
        state: person.state,
        roles,
        since: person.created_at,
    }
}

/// How somebody is called and signs in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Called {
    /// What others read.
    name: String,
    /// By which name they sign in; a number or a name there must be.
    sign_in_name: Option<String>,
    /// By which mobile number they sign in.
    phone: Option<String>,
}

impl Called {
    fn read(self) -> Result<(DisplayName, Option<SignInName>, Option<PhoneNumber>), Fault> {
        let at = |field: &'static str| move |refusal| Fault::from(refusal).at(field);
        let name = self.name.parse().map_err(at("name"))?;
        let sign_in_name = self.sign_in_name.map(|text| text.parse()).transpose();
        let phone = self.phone.map(|text| text.parse()).transpose();
        Ok((name, sign_in_name.map_err(at("sign_in_name"))?, phone.map_err(at("phone"))?))
    }
}

async fn add(cx: Cx, input: Input<Called>) -> Result<Page<DrawnPage>, Fault> {
    let Input { value, key } = input;
    let (name, sign_in_name, phone) = value.read()?;
    let (text, hash) = drawn::password(&cx).await?;
    let id = key.map_or_else(|| cx.id(), PersonId);
    let signs_in_by = sign_in_name.as_ref().map(|name| name.as_str().to_owned());
    let signs_in_by = signs_in_by.or(phone.as_ref().map(|phone| phone.as_str().to_owned()));
    let page = DrawnPage {
        why: Why::Added,
        person: id,
        name: name.as_str().to_owned(),
        account: signs_in_by,
        password: text,
    };
    let phone = numbers::sealed(&cx, id, phone.as_ref()).await?;
    let person = NewPerson { id, name, sign_in_name, phone, password: Some(hash), locale: None };
    cx.write(AddPerson { person, stamp: stamp(&cx, Permission::ManagePeople)? }).await?;
    Ok(Page(page))
}
