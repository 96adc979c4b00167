//! Who is how far.

use std::collections::BTreeMap;

use qige_identity::member::{
    MemberCount, MemberFilter, MemberPlace, MemberRow, MemberState, NewMember, Recommend, member_counts,
    members,
};
use qige_identity::{DisplayName, NewPerson, Permission, PhoneNumber, Purpose, Scope, person_name};
use qige_kernel::{PersonId, PlaceId, Refusal, Timestamp};
use qige_places::{Place, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ANY;
use crate::admin::people::numbers;
use crate::admin::stamp;
use crate::centre::names::Choice;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Query, Routes, Text, View, taken_out};

/// Members on one page: a screen or two, and one sheet of invitations.
const ON_PAGE: usize = 50;

pub(super) fn routes() -> Routes {
    Routes::of("members")
        .get("/members", ANY, "Who reports for the scheme, and how far each is", show)
        .post("/members", Permission::RecommendMember, "Recommend somebody", recommend)
        .list::<MembersPage>(ANY)
}

/// Who is how far.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct MembersPage {
    asked: Asked,
    /// Who moved last stands first.
    members: Vec<Line>,
    counts: Vec<Count>,
    /// How many are in the scheme without a consent to it that holds, and where they are listed.
    owing: Option<Owing>,
    next: Option<String>,
    first: Option<String>,
    /// Communities to recommend for.
    communities: Vec<Choice>,
    /// Whether somebody may be recommended for the whole subdistrict.
    whole: bool,
    may_recommend: bool,
    may_invite: bool,
    may_activate: bool,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Asked {
    /// How far.
    state: Option<MemberState>,
    /// Those alone who are in the scheme without a consent to it that holds.
    #[serde(default)]
    owing: bool,
    /// From the one after this.
    after: Option<String>,
}

impl Asked {
    fn address(&self, after: Option<MemberPlace>) -> String {
        let state = self.state.map(|state| format!("state={state}"));
        let owing = self.owing.then(|| "owing=true".to_owned());
        let after = after.map(|place| format!("after={place}"));
        let query: Vec<String> = state.into_iter().chain(owing).chain(after).collect();
        if query.is_empty() { "/members".to_owned() } else { format!("/members?{}", query.join("&")) }
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Count {
    state: MemberState,
    count: i64,
    href: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Owing {
    count: i64,
    href: String,
}

impl Owing {
    /// Nothing where everybody consents.
    fn of(counts: &[MemberCount]) -> Option<Self> {
        let count = counts.iter().map(|one| one.owing).sum();
        let href = Asked { owing: true, ..Asked::default() }.address(None);
        (count > 0).then_some(Self { count, href })
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    person: PersonId,
    name: String,
    state: MemberState,
    /// Nothing for the whole subdistrict.
    community: Option<String>,
    /// Nothing where a list did.
    recommended_by: Option<String>,
    /// Until when the invitation is good.
    invite_until: Option<Timestamp>,
    changed_at: Timestamp,
    /// In the scheme without a consent to it that holds.
    owes: bool,
}

impl View for MembersPage {
    const TEMPLATE: &'static str = "members/list.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("members-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let line = |state: &MemberState| Line {
            person: PersonId(uuid::Uuid::nil()),
            name: "骑手 0017".to_owned(),
            state: *state,
            community: Some("晶都社区".to_owned()),
            recommended_by: Some("网格员 07".to_owned()),
            invite_until: (*state == MemberState::Invited).then_some(at),
            changed_at: at,
            owes: *state == MemberState::Active,
        };
        let count = |state: &MemberState| Count { state: *state, count: 3, href: "/members".to_owned() };
        let full = Self {
            asked: Asked { state: Some(MemberState::Invited), ..Asked::default() },
            members: MemberState::ALL.iter().map(line).collect(),
            counts: MemberState::ALL.iter().map(count).collect(),
            owing: Some(Owing { count: 2, href: "/members?owing=true".to_owned() }),
            next: Some("/members?after=1".to_owned()),
            first: Some("/members".to_owned()),
            communities: vec![Choice::of(&1, "晶都社区")],
            whole: true,
            may_recommend: true,
            may_invite: true,
            may_activate: true,
        };
        let nobody = Self { members: Vec::new(), next: None, first: None, whole: false, ..full.clone() };
        let none = Self {
            asked: Asked::default(),
            counts: Vec::new(),
            owing: None,
            may_recommend: false,
            ..nobody.clone()
        };
        let owing = Self { asked: Asked { owing: true, ..Asked::default() }, ..full.clone() };
        vec![full, owing, nobody, none]
    }
}

impl Listing for MembersPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/members.csv", "/members.xlsx"];
    const SUMMARY: &'static str = "Who reports for the scheme, as a file";
    const NAME: &'static str = "members";
    const TITLE: &'static str = "members-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("admin-person-name", 22),
        ("admin-state", 14),
        ("members-community", 22),
        ("members-recommended-by", 22),
        ("members-changed", 20),
        ("members-owes", 14),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        let page = listed(&cx, asked).await?;
        let who = cx.signed_in()?;
        let by = ANY.iter().copied().find(|one| who.may(*one)).unwrap_or(Permission::RecommendMember);
        let people = page.members.iter().map(|one| one.person.0).collect();
        taken_out::with_people(&cx, Purpose::ExportMembers, by, people).await?;
        Ok(page)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &Line| {
            vec![
                line.name.clone().into(),
                said.text(format!("member-state-{}", line.state)),
                line.community.clone().into(),
                line.recommended_by.clone().into(),
                said.time(line.changed_at),
                line.owes.then(|| said.plain("list-yes")).into(),
            ]
        };
        self.members.iter().map(row).collect()
    }

    fn first(asked: Asked) -> Asked {
        Asked { after: None, ..asked }
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let last = self.members.last().filter(|_| self.next.is_some())?;
        let place = MemberPlace { at: last.changed_at, person: last.person };
        Some(Asked { after: Some(place.to_string()), ..asked.clone() })
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<MembersPage>, Fault> {
    Ok(Page(listed(&cx, asked).await?))
}

/// What the database knows of them.
struct Found {
    rows: Vec<MemberRow>,
    counts: Vec<MemberCount>,
    communities: Vec<Place>,
    names: BTreeMap<PersonId, String>,
}

async fn listed(cx: &Cx, asked: Asked) -> Result<MembersPage, Fault> {
    let who = cx.signed_in()?;
    let (may_invite, may_activate) = (who.may(Permission::ManagePeople), who.may(Permission::ManageGrants));
    // Who looks after a community sees whom they recommended; who looks after accounts sees all.
    let recommended_by = (!may_invite && !may_activate).then_some(who.person);
    let after: Option<MemberPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let filter = MemberFilter { state: asked.state, recommended_by, owing: asked.owing };
    let own = recommends_for(cx).await?;
    let now = cx.now();
    let mut found = cx.read(move |tx| Box::pin(read(tx, filter, after, now))).await?;
    let more = found.rows.len() > ON_PAGE;
    found.rows.truncate(ON_PAGE);
    let place = |row: &MemberRow| MemberPlace { at: row.changed_at, person: row.person };
    let next = found.rows.last().filter(|_| more).map(|row| asked.address(Some(place(row))));
    let first = after.map(|_| asked.address(None));
    let counts = found.counts.iter().map(|one| Count {
        state: one.state,
        count: one.count,
        href: Asked { state: Some(one.state), ..Asked::default() }.address(None),
    });
    Ok(MembersPage {
        counts: counts.collect(),
        owing: Owing::of(&found.counts),
        members: found.rows.iter().map(|row| line(row, &found)).collect(),
        communities: choices(&found.communities, own.as_deref()),
        whole: own.is_none(),
        asked,
        next,
        first,
        may_recommend: who.may(Permission::RecommendMember),
        may_invite,
        may_activate,
    })
}

async fn read(
    tx: &mut qige_db::Tx<'_>,
    filter: MemberFilter,
    after: Option<MemberPlace>,
    now: Timestamp,
) -> Result<Found, qige_db::Failure> {
    let limit = u32::try_from(ON_PAGE.saturating_add(1)).unwrap_or(u32::MAX);
    let rows = members(tx, filter, after, limit, now).await?;
    let counts = member_counts(tx, filter.recommended_by, now).await?;
    let communities = store::communities(tx).await?.into_iter().map(|one| one.place).collect();
    let mut names = BTreeMap::new();
    for by in rows.iter().filter_map(|row| row.recommended_by) {
        if let (false, Some(name)) = (names.contains_key(&by), person_name(tx, by).await?) {
            names.insert(by, name);
        }
    }
    Ok(Found { rows, counts, communities, names })
}

fn line(row: &MemberRow, found: &Found) -> Line {
    let community = |id: PlaceId| found.communities.iter().find(|one| one.id == id).map(|one| &one.name);
    Line {
        person: row.person,
        name: row.name.clone(),
        state: row.state,
        community: row.community.and_then(community).cloned(),
        recommended_by: row.recommended_by.and_then(|by| found.names.get(&by)).cloned(),
        invite_until: row.invite_until,
        changed_at: row.changed_at,
        owes: row.owes == 1,
    }
}

fn choices(communities: &[Place], own: Option<&[PlaceId]>) -> Vec<Choice> {
    let wanted = |one: &&Place| one.active && own.is_none_or(|own| own.contains(&one.id));
    let open = communities.iter().filter(wanted);
    open.map(|one| Choice::of(&one.id, one.name.clone())).collect()
}

#[derive(Debug, Deserialize, JsonSchema)]
struct New {
    /// What others read.
    name: String,
    /// Their mobile number.
    phone: String,
    /// For which community; the whole subdistrict where it is left out.
    community: Option<PlaceId>,
}

/// The communities for which whoever asks recommends people: of a grid, the one that it lies in. None: all,
/// and the whole subdistrict too.
async fn recommends_for(cx: &Cx) -> Result<Option<Vec<PlaceId>>, Fault> {
    let who = cx.signed_in()?;
    if who.may_everywhere(Permission::RecommendMember) {
        return Ok(None);
    }
    let grids = cx.app().rulebook(cx.tenant()?.id).await?.grids.clone();
    let community = |scope| match scope {
        Scope::Community(id) => Some(id),
        Scope::Grid(id) => grids.grid(id)?.community,
        _ => None,
    };
    Ok(Some(who.scopes(Permission::RecommendMember).into_iter().filter_map(community).collect()))
}

async fn recommend(cx: Cx, input: Input<New>) -> Result<Done<MembersPage>, Fault> {
    let Input { value: New { name, phone, community }, key } = input;
    let name: DisplayName = name.parse().map_err(|refusal: Refusal| Fault::from(refusal).at("name"))?;
    let phone: PhoneNumber = phone.parse().map_err(|refusal: Refusal| Fault::from(refusal).at("phone"))?;
    let own = recommends_for(&cx).await?;
    if own.is_some_and(|own| community.is_none_or(|id| !own.contains(&id))) {
        return Err(Refusal::invalid("community", "member-community").into());
    }
    if let Some(id) = community {
        let known = cx.read(move |tx| Box::pin(async move { Ok(store::by_id(tx, id).await?) })).await?;
        known.ok_or_else(|| Refusal::invalid("community", "place-missing"))?;
    }
    let id = key.map_or_else(|| cx.id(), PersonId);
    let phone = numbers::sealed(&cx, id, Some(&phone)).await?;
    let person = NewPerson { id, name, sign_in_name: None, phone, password: None, locale: None };
    let people = vec![NewMember { person, community }];
    let done = cx.write(Recommend { people, stamp: stamp(&cx, Permission::RecommendMember)? }).await?;
    if done.known > 0 {
        return Err(Refusal::invalid("phone", "phone-taken").into());
    }
    Ok(Done::created("/members").saying(Text::of("members-recommended")))
}
