//! What narrows a list of cases: listed pieces of SQL that share one list of parameters.
//!
//! Every piece names its parameter by a fixed number, and [`KINDS`] says of which type each number is, since
//! PostgreSQL must know that also of numbers that no chosen piece uses.

use qige_db::{Param, Sql, Statement, statements, values};
use qige_identity::{Permission, Scope, Who};
use qige_kernel::{PersonId, PlaceId, Position, Refusal, Timestamp, UnitId};
use uuid::Uuid;

use crate::search::Sought;
use crate::store::cells_between;
use crate::{MatterKey, State, Tone, Urgency};

/// Squares of a kilometre that a window of the map is looked up by; of more, all open cases are looked at.
const MAX_CELLS: usize = 100;

statements! {
    /// All cases.
    fragment FROM_CASES = "FROM cases c";
    /// Of this tenant.
    fragment WHERE_OF_TENANT = "WHERE c.tenant = $1 AND";
    /// These alone, each looked up by its id: told so by a condition, SQLite walks all others too in the
    /// order asked for.
    fragment FROM_THESE = {
        sqlite: "FROM json_each('[\"' || replace(?9, ',', '\",\"') || '\"]') j CROSS JOIN cases c
            ON c.tenant = ?1 AND c.id = unhex(j.value)",
        postgres: "FROM cases c",
    };
    /// Of this tenant, and on PostgreSQL these.
    fragment WHERE_THESE = {
        sqlite: "WHERE c.tenant = ?1 AND",
        postgres: "WHERE c.tenant = $1 AND c.id = ANY(string_to_array($9, ',')::uuid[]) AND",
    };
    /// The types of all parameters; narrows nothing.
    fragment KINDS = {
        sqlite: "(?2 IS NULL OR ?3 IS NULL OR ?4 IS NULL OR ?5 IS NULL OR ?6 IS NULL OR ?7 IS NULL OR ?8 IS
        NULL
            OR ?9 IS NULL OR ?10 IS NULL OR ?11 IS NULL OR ?12 IS NULL OR ?13 IS NULL OR ?14 IS NULL
            OR ?15 IS NULL OR ?16 IS NULL OR ?17 IS NULL OR ?18 IS NULL OR ?19 IS NULL OR ?20 IS NULL
            OR ?21 IS NULL OR ?22 IS NULL OR ?23 IS NULL OR ?24 IS NULL OR ?25 IS NULL
            OR ?26 IS NULL OR TRUE)",
        postgres: "($2::bigint IS NULL OR $3::text IS NULL OR $4::text IS NULL OR $5::text IS NULL
            OR $6::uuid IS NULL OR $7::uuid IS NULL OR $8::uuid IS NULL OR $9::text IS NULL OR $10::text IS
            NULL
            OR $11::text IS NULL OR $12::uuid IS NULL OR $13::bigint IS NULL OR $14::bigint IS NULL
            OR $15::text IS NULL OR $16::text IS NULL OR $17::float8 IS NULL OR $18::float8 IS NULL
            OR $19::float8 IS NULL OR $20::float8 IS NULL OR $21::bigint IS NULL OR $22::uuid IS NULL
            OR $23::bigint IS NULL OR $24::text IS NULL OR $25::bigint IS NULL
            OR $26::bigint IS NULL OR TRUE)",
    };
    /// Someone still has to do something about it.
    fragment AND_OPEN = "AND c.open";
    /// Nobody has to do anything about it any more.
    fragment AND_OVER = "AND NOT c.open";
    /// In one of these states.
    fragment AND_STATES = {
        sqlite: "AND c.state IN (SELECT value FROM json_each('[\"' || replace(?3, ',', '\",\"') || '\"]'))",
        postgres: "AND c.state = ANY(string_to_array($3, ','))",
    };
    /// In this state: an index by state gives its cases in order, which it does not for several.
    fragment AND_STATE = "AND c.state = $3";
    /// Three quarters of the time are over, and not all of it.
    fragment AND_AMBER = "AND c.amber_at <= $2 AND c.due_at > $2";
    /// The time is over.
    fragment AND_RED = "AND c.due_at <= $2";
    /// Neither.
    fragment AND_CALM = "AND (c.amber_at > $2 OR c.amber_at IS NULL)";
    /// How soon.
    fragment AND_URGENCY = "AND c.urgency = $4";
    /// Of a major class, or one matter.
    fragment AND_MATTER = "AND c.matter LIKE $5 ESCAPE '!'";
    /// In a community.
    fragment AND_COMMUNITY = "AND c.community = $6";
    /// In a grid.
    fragment AND_GRID = "AND c.grid = $7";
    /// With a unit.
    fragment AND_UNIT = "AND c.lead_unit = $8";
    /// By its tokens or the beginning of its number. Asked of each case by itself: what is wanted may be a
    /// tenth of all cases.
    fragment AND_HAVING = {
        sqlite: "AND (holds((SELECT s.tokens FROM case_search s WHERE s.tenant = c.tenant
            AND s.case_id = c.id), ?9) OR (c.number >= ?10 AND c.number < ?11))",
        postgres: "AND ((SELECT s.tokens @@ $9::tsquery FROM case_search s WHERE s.tenant = c.tenant
            AND s.case_id = c.id) OR (c.number >= $10 AND c.number < $11))",
    };
    /// In the hands of one dispatcher.
    fragment AND_MINE = "AND c.dispatcher = $12";
    /// In nobody's hands.
    fragment AND_NOBODYS = "AND c.dispatcher IS NULL";
    /// Received since.
    fragment AND_FROM = "AND c.received_at >= $13";
    /// Received before.
    fragment AND_UNTIL = "AND c.received_at < $14";
    /// Over since.
    fragment AND_ENDED_FROM = "AND c.ended_at >= $25";
    /// Over before.
    fragment AND_ENDED_UNTIL = "AND c.ended_at < $26";
    /// Put aside, or not.
    fragment AND_SUSPENDED = "AND c.suspended = TRUE";
    /// Not put aside.
    fragment AND_NOT_SUSPENDED = "AND c.suspended = FALSE";
    /// Somebody on the ground said that it is so.
    fragment AND_VERIFIED = "AND c.verified = TRUE";
    /// Nobody did.
    fragment AND_NOT_VERIFIED = "AND c.verified = FALSE";
    /// Needs the supervisor: sent back twice, far over its time, watched over, or asking for more time.
    fragment AND_SUPERVISORS = "AND (c.escalated = TRUE OR c.supervised = TRUE OR c.extension_asked = TRUE
        OR c.over_at <= $2)";
    /// Without a place.
    fragment AND_UNLOCATED = "AND c.community IS NULL";
    /// Where this person may look. What lies nowhere is asked for by itself: SQLite's `hex` of nothing is the
    /// empty text, which stands in every list.
    fragment AND_IN_SIGHT = {
        sqlite: "AND ((c.community IS NOT NULL AND instr(?15, lower(hex(c.community))) > 0)
            OR (c.grid IS NOT NULL AND instr(?16, lower(hex(c.grid))) > 0))",
        postgres: "AND (c.community = ANY(string_to_array($15, ',')::uuid[])
            OR c.grid = ANY(string_to_array($16, ',')::uuid[]))",
    };
    /// Inside a window of the map.
    fragment AND_IN_WINDOW = "AND c.lat >= $18 AND c.lat <= $20 AND c.lng >= $17 AND c.lng <= $19";
    /// In the squares of that window, which an index finds.
    fragment AND_IN_CELLS = {
        sqlite: "AND c.cell IN (SELECT value FROM json_each('[' || ?24 || ']'))",
        postgres: "AND c.cell = ANY(string_to_array($24, ',')::bigint[])",
    };
}

/// Where somebody may look, as their grants say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    whole: bool,
    communities: Vec<PlaceId>,
    grids: Vec<PlaceId>,
}

impl Sight {
    /// The whole subdistrict.
    pub const WHOLE: Self = Self { whole: true, communities: Vec::new(), grids: Vec::new() };

    /// Where `who` has a permission; nowhere if nowhere.
    #[must_use]
    pub fn of(who: &Who, permission: Permission) -> Self {
        let scopes = who.scopes(permission);
        let communities = scopes.iter().filter_map(|scope| match scope {
            Scope::Community(place) => Some(*place),
            _ => None,
        });
        let grids = scopes.iter().filter_map(|scope| match scope {
            Scope::Grid(place) => Some(*place),
            _ => None,
        });
        Self {
            whole: scopes.contains(&Scope::Tenant),
            communities: communities.collect(),
            grids: grids.collect(),
        }
    }

    /// Whether something that lies there is in sight.
    #[must_use]
    pub fn covers(&self, community: Option<PlaceId>, grid: Option<PlaceId>) -> bool {
        self.whole
            || community.is_some_and(|place| self.communities.contains(&place))
            || grid.is_some_and(|place| self.grids.contains(&place))
    }
}

/// In whose hands a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// In this dispatcher's.
    Of(PersonId),
    /// In nobody's yet.
    Nobody,
}

/// What a list of cases is narrowed by. Empty: everything that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueFilter {
    /// Any of these states; none: all open ones.
    pub states: Vec<State>,
    /// How late.
    pub tone: Option<Tone>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// Matters that begin so: a key, or list and major class as in `matter-06`.
    pub matter: Option<String>,
    /// In a community.
    pub community: Option<PlaceId>,
    /// In a grid.
    pub grid: Option<PlaceId>,
    /// With a unit.
    pub unit: Option<UnitId>,
    /// What was looked for.
    pub sought: Option<Sought>,
    /// In whose hands.
    pub hands: Option<Hands>,
    /// Put aside, or not.
    pub suspended: Option<bool>,
    /// Seen on the ground, or not.
    pub verified: Option<bool>,
    /// Needs the supervisor.
    pub supervisors: bool,
    /// Lies nowhere yet.
    pub unlocated: bool,
    /// Received since.
    pub from: Option<Timestamp>,
    /// Received before.
    pub until: Option<Timestamp>,
    /// Over since: closed, declined or otherwise.
    pub ended_from: Option<Timestamp>,
    /// Over before.
    pub ended_until: Option<Timestamp>,
}

impl QueueFilter {
    /// Only this matter.
    #[must_use]
    pub fn of_matter(mut self, matter: MatterKey) -> Self {
        self.matter = Some(matter.to_string());
        self
    }

    /// The chosen pieces, in a fixed order.
    fn pieces(&self, sight: &Sight) -> Vec<&'static Statement> {
        let mut pieces = vec![KINDS];
        // Said even where it follows from the states: the engine finds its index by it.
        if self.states.iter().all(|state| state.is_open()) {
            pieces.push(AND_OPEN);
        } else if self.states.iter().all(|state| !state.is_open()) {
            pieces.push(AND_OVER);
        }
        match self.states.as_slice() {
            [] => {}
            [state] if !state.is_open() => pieces.push(AND_STATE),
            _ => pieces.push(AND_STATES),
        }
        pieces.extend(self.tone.map(|tone| match tone {
            Tone::Calm => AND_CALM,
            Tone::Amber => AND_AMBER,
            Tone::Red => AND_RED,
        }));
        pieces.extend(self.hands.map(|hands| match hands {
            Hands::Of(_) => AND_MINE,
            Hands::Nobody => AND_NOBODYS,
        }));
        let flag = |value: Option<bool>, yes, no| value.map(|value| if value { yes } else { no });
        pieces.extend(flag(self.suspended, AND_SUSPENDED, AND_NOT_SUSPENDED));
        pieces.extend(flag(self.verified, AND_VERIFIED, AND_NOT_VERIFIED));
        for (chosen, piece) in [
            (self.urgency.is_some(), AND_URGENCY),
            (self.matter.is_some(), AND_MATTER),
            (self.community.is_some(), AND_COMMUNITY),
            (self.grid.is_some(), AND_GRID),
            (self.unit.is_some(), AND_UNIT),
            (matches!(self.sought, Some(Sought::Having { .. })), AND_HAVING),
            (self.supervisors, AND_SUPERVISORS),
            (self.unlocated, AND_UNLOCATED),
            (self.from.is_some(), AND_FROM),
            (self.until.is_some(), AND_UNTIL),
            (self.ended_from.is_some(), AND_ENDED_FROM),
            (self.ended_until.is_some(), AND_ENDED_UNTIL),
            (!sight.whole, AND_IN_SIGHT),
        ] {
            pieces.extend(chosen.then_some(piece));
        }
        pieces
    }
}

/// A window of the map in WGS-84 degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Western edge.
    pub west: f64,
    /// Southern edge.
    pub south: f64,
    /// Eastern edge.
    pub east: f64,
    /// Northern edge.
    pub north: f64,
}

impl Window {
    /// The squares of a kilometre it touches, as a list; none where they are too many to look each up.
    pub(super) fn cells(self) -> Option<String> {
        let south_west = Position::new(self.west, self.south).ok()?;
        let north_east = Position::new(self.east, self.north).ok()?;
        let cells = cells_between(south_west, north_east, MAX_CELLS)?;
        Some(cells.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
    }
}

/// Everything that the parameters of a list are made of.
pub(super) struct Asked<'a> {
    pub(super) tenant: qige_kernel::TenantId,
    pub(super) filter: &'a QueueFilter,
    pub(super) sight: &'a Sight,
    pub(super) now: Timestamp,
    pub(super) window: Option<Window>,
    /// Where the page begins: the value it is ordered by, and the id.
    pub(super) after: Option<(i64, Uuid)>,
    pub(super) limit: i64,
}

impl Asked<'_> {
    /// The statement: `select`, where from, the chosen pieces, `tail`.
    pub(super) fn sql(&self, select: &'static Statement, tail: &[&'static Statement]) -> Sql {
        let [from, of_these] =
            if self.names_them() { [FROM_THESE, WHERE_THESE] } else { [FROM_CASES, WHERE_OF_TENANT] };
        let mut pieces = vec![select, from, of_these];
        pieces.extend(self.filter.pieces(self.sight));
        if let Some(window) = self.window {
            pieces.push(AND_IN_WINDOW);
            pieces.extend(window.cells().map(|_| AND_IN_CELLS));
        }
        pieces.extend(tail);
        Sql::compose(&pieces)
    }

    /// Whether anything is asked for but that it is open and where it lies.
    pub(super) fn is_narrowed(&self) -> bool {
        self.names_them() || self.filter.pieces(self.sight).iter().any(|piece| !matches_all_open(piece))
    }

    /// Whether the filter says which cases, one by one.
    const fn names_them(&self) -> bool {
        matches!(self.filter.sought, Some(Sought::These(_)))
    }

    /// The values of the 26 parameters.
    pub(super) fn values(&self) -> Vec<Param> {
        let Self { filter, now, .. } = self;
        let states: Vec<&str> = filter.states.iter().map(|state| state.as_str()).collect();
        let (sought, numbers) = match &filter.sought {
            Some(Sought::These(cases)) => (Some(list(cases.iter().map(|case| case.0))), None),
            Some(Sought::Having { tokens, numbers }) => (Some(tokens.clone()), numbers.clone()),
            None => (None, None),
        };
        let (first_number, last_number) = numbers.unzip();
        let mine = filter.hands.and_then(|hands| match hands {
            Hands::Of(person) => Some(person),
            Hands::Nobody => None,
        });
        let window = self.window;
        values![
            self.tenant,
            now,
            states.join(","),
            filter.urgency,
            filter.matter.as_deref().map(|matter| format!("{}%", escaped(matter))),
            filter.community,
            filter.grid,
            filter.unit,
            sought,
            first_number,
            last_number,
            mine,
            filter.from,
            filter.until,
            list(self.sight.communities.iter().map(|place| place.0)),
            list(self.sight.grids.iter().map(|place| place.0)),
            window.map(|window| window.west),
            window.map(|window| window.south),
            window.map(|window| window.east),
            window.map(|window| window.north),
            self.after.map(|(at, _)| at),
            self.after.map(|(_, id)| id),
            self.limit,
            window.and_then(Window::cells),
            filter.ended_from,
            filter.ended_until
        ]
    }
}

/// Whether a piece narrows nothing beyond being open.
fn matches_all_open(piece: &'static Statement) -> bool {
    std::ptr::eq(piece, KINDS) || std::ptr::eq(piece, AND_OPEN)
}

fn list(ids: impl Iterator<Item = Uuid>) -> String {
    ids.map(|id| id.simple().to_string()).collect::<Vec<_>>().join(",")
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Reads where a page begins.
pub(super) fn read_cursor(cursor: Option<&str>) -> Result<Option<(i64, Uuid)>, Refusal> {
    let read = |text: &str| {
        let (at, id) = text.split_once('.')?;
        Some((at.parse().ok()?, id.parse().ok()?))
    };
    cursor.map(|text| read(text).ok_or(Refusal::invalid("after", "no-such-page"))).transpose()
}

/// Writes where the next page begins.
pub(super) fn cursor(at: i64, id: Uuid) -> String {
    format!("{at}.{}", id.simple())
}
