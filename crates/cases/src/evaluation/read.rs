//! Facts read from the tables: marks by time, what came in by its receipt, and what nobody has touched yet.
//!
//! Each source is read in the order of an index, some thousand rows at a time, so that a year of a million
//! cases is counted in the memory of one batch ([0020](../../../../docs/adr/0020-figures-count-marks.md)).

use std::collections::BTreeMap;

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_identity::{Permission, Scope, Who};
use qige_kernel::{CaseId, PlaceId, Refusal, Timestamp, UnitId};
use uuid::Uuid;

use super::fact::{Fact, FactKind, Sign, Signs};
use super::indicator::{Indicator, Rule};
use super::tally::{Counted, Dimension, Key, Share, Tally};
use crate::views::Page;
use crate::{MatterKey, MatterKind, Stage, State};

/// Rows read at once.
const BATCH_ROWS: i64 = 8_192;

statements! {
    /// Marks of a time, in order.
    MARKS = "SELECT at, case_id, id, kind, unit, community, grid, matter, signs, took_minutes FROM case_marks
        WHERE tenant = $1 AND at < $2 AND (at, case_id, id, kind) > ($3, $4, $5, $6)
        ORDER BY at, case_id, id, kind LIMIT $7";
    /// What came in in a time, in order.
    CAME_IN = "SELECT id, received_at AS at, state, filed_at, solved, community, grid, matter FROM cases
        WHERE tenant = $1 AND received_at < $2 AND (received_at, id) > ($3, $4)
        ORDER BY received_at, id LIMIT $5";
    /// What nobody has done anything about since it came in, by its deadline: of those no step has written a
    /// mark.
    UNTOUCHED = "SELECT id, late_at AS at, state, filed_at, solved, community, grid, matter FROM cases
        WHERE tenant = $1 AND open AND version = 1 AND late_at < $2 AND (late_at, id) > ($3, $4)
        ORDER BY late_at, id LIMIT $5";
    /// What was to be handled in a time, as many marks as are alike: from an index that holds all of this.
    HANDLING = "SELECT unit, community, grid, signs, COUNT(*) AS marks FROM case_marks
        WHERE tenant = $1 AND at >= $2 AND at < $3 AND kind = 'handle'
        GROUP BY unit, community, grid, signs";
}

from_row! {
    struct Alike {
        unit: Option<UnitId>,
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        signs: Signs,
        marks: i64,
    }
}

from_row! {
    struct Known {
        id: CaseId,
        at: Timestamp,
        state: State,
        filed_at: Option<Timestamp>,
        solved: bool,
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        matter: Option<MatterKey>,
    }
}

/// From an instant until before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Timestamp,
    /// The first that is not in it any more.
    pub until: Timestamp,
}

impl Span {
    /// The part that is over: a deadline that has not come says nothing yet.
    #[must_use]
    pub fn until_now(self, now: Timestamp) -> Self {
        Self { until: self.until.min(now), ..self }
    }
}

/// Where somebody may look: everywhere, or what lies in these places or was these units' work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    whole: bool,
    places: Vec<PlaceId>,
    units: Vec<UnitId>,
}

impl Reach {
    /// The whole subdistrict.
    pub const WHOLE: Self = Self { whole: true, places: Vec::new(), units: Vec::new() };

    /// Where `who` may do this.
    #[must_use]
    pub fn of(who: &Who, permission: Permission) -> Self {
        let mut reach = Self { whole: false, ..Self::WHOLE };
        for scope in who.scopes(permission) {
            match scope {
                Scope::Tenant => reach.whole = true,
                Scope::Community(place) | Scope::Grid(place) => reach.places.push(place),
                Scope::Unit(unit) => reach.units.push(unit),
                _ => {}
            }
        }
        reach
    }

    /// Whether it is the whole subdistrict.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// The units whose work it holds, where it is not the whole.
    #[must_use]
    pub fn units(&self) -> &[UnitId] {
        &self.units
    }

    fn covers(&self, unit: Option<UnitId>, community: Option<PlaceId>, grid: Option<PlaceId>) -> bool {
        let place = |place: Option<PlaceId>| place.is_some_and(|place| self.places.contains(&place));
        self.whole || place(community) || place(grid) || unit.is_some_and(|unit| self.units.contains(&unit))
    }
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowed {
    /// Where one may look.
    pub reach: Reach,
    /// The work of one unit.
    pub unit: Option<UnitId>,
    /// In one community.
    pub community: Option<PlaceId>,
    /// In one grid.
    pub grid: Option<PlaceId>,
    /// Of one major class.
    pub class: Option<(MatterKind, u8)>,
    /// Of one matter.
    pub matter: Option<MatterKey>,
    /// What lacks one of these altogether: a row of its own in a table.
    pub without: Option<Dimension>,
}

impl Narrowed {
    /// By nothing but where one may look.
    #[must_use]
    pub const fn to(reach: Reach) -> Self {
        Self { reach, unit: None, community: None, grid: None, class: None, matter: None, without: None }
    }

    /// Whether a fact is among it.
    #[must_use]
    pub fn holds(&self, fact: &Fact) -> bool {
        let class = fact.matter.map(|matter| (matter.kind(), matter.major()));
        self.reach.covers(fact.unit, fact.community, fact.grid)
            && (self.unit.is_none() || self.unit == fact.unit)
            && (self.community.is_none() || self.community == fact.community)
            && (self.grid.is_none() || self.grid == fact.grid)
            && (self.class.is_none() || self.class == class)
            && (self.matter.is_none() || self.matter == fact.matter)
            && self.without.is_none_or(|dimension| dimension.key(fact) == Key::None)
    }
}

/// The figures of a time that is over by `now`: everything together, and a table for each dimension.
///
/// # Errors
/// As the engine has them.
pub async fn figures(
    tx: &mut Tx<'_>,
    span: Span,
    narrowed: &Narrowed,
    by: &[Dimension],
    now: Timestamp,
) -> Result<Counted, Failure> {
    let span = span.until_now(now);
    let mut tally = Tally::by(by);
    for source in Source::ALL {
        let mut at = Some(At::before(span.from));
        while let Some(after) = at {
            let facts = source.read(tx, span, after).await?;
            facts.iter().filter(|fact| narrowed.holds(fact)).for_each(|fact| tally.add(fact));
            at = At::full(&facts);
        }
    }
    Ok(tally.done())
}

/// How many of what units should have handled in a time they handled in time: [`Indicator::OnTimeHandled`] by
/// unit, as in [`figures`], but quick enough for a page that is looked at all day.
///
/// # Errors
/// As the engine has them.
pub async fn handled_in_time(
    tx: &mut Tx<'_>,
    span: Span,
    reach: &Reach,
    now: Timestamp,
) -> Result<BTreeMap<UnitId, Share>, DbError> {
    let (span, definition) = (span.until_now(now), Indicator::OnTimeHandled.definition());
    let alike: Vec<Alike> = tx.all(HANDLING, params![tx.tenant(), span.from, span.until]).await?;
    let mut units: BTreeMap<UnitId, Share> = BTreeMap::new();
    for Alike { unit, community, grid, signs, marks } in alike {
        let Some(of_unit) = unit.filter(|_| reach.covers(unit, community, grid)) else { continue };
        let (share, marks) = (units.entry(of_unit).or_default(), u64::try_from(marks).unwrap_or_default());
        share.of += if signs.hold(definition.of.signs) { marks } else { 0 };
        share.part += if signs.hold(definition.part.signs) { marks } else { 0 };
    }
    Ok(units)
}

/// The facts that a rule counts, page by page: just as many as the figure says.
///
/// # Errors
/// `no-such-page` for a cursor that is none, or as the engine has them.
pub async fn facts_behind(
    tx: &mut Tx<'_>,
    span: Span,
    narrowed: &Narrowed,
    rule: Rule,
    now: Timestamp,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Fact>, Failure> {
    let span = span.until_now(now);
    let begin = (Source::Marks, At::before(span.from));
    let (first, mut start) = after.map_or(Ok(begin), read_cursor)?;
    let mut rows: Vec<Fact> = Vec::new();
    for source in Source::ALL.iter().skip_while(|source| **source != first).filter(|one| one.has(rule.kind)) {
        let mut at = Some(std::mem::replace(&mut start, At::before(span.from)));
        while let Some(after) = at {
            let facts = source.read(tx, span, after).await?;
            for fact in facts.iter().filter(|fact| rule.counts(fact) && narrowed.holds(fact)) {
                if rows.len() == limit {
                    let next = rows.last().map(write_cursor);
                    return Ok(Page { rows, next });
                }
                rows.push(*fact);
            }
            at = At::full(&facts);
        }
    }
    Ok(Page { rows, next: None })
}

/// After which row a source goes on.
#[derive(Clone, Copy)]
struct At {
    at: Timestamp,
    case: CaseId,
    id: Uuid,
    /// Sorts before every kind where it is none.
    kind: Option<FactKind>,
}

impl At {
    const fn before(at: Timestamp) -> Self {
        Self { at, case: CaseId(Uuid::nil()), id: Uuid::nil(), kind: None }
    }

    const fn of(fact: &Fact) -> Self {
        Self { at: fact.at, case: fact.case, id: fact.id, kind: Some(fact.kind) }
    }

    /// Where it goes on; none after a batch that was not full.
    fn full(facts: &[Fact]) -> Option<Self> {
        let full = i64::try_from(facts.len()).is_ok_and(|count| count == BATCH_ROWS);
        facts.last().filter(|_| full).map(Self::of)
    }
}

/// Where facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Marks,
    CameIn,
    Untouched,
}

impl Source {
    const ALL: [Self; 3] = [Self::Marks, Self::CameIn, Self::Untouched];

    /// Whether a kind of fact may come from there.
    const fn has(self, kind: FactKind) -> bool {
        match self {
            Self::Marks => !matches!(kind, FactKind::Received),
            Self::CameIn => matches!(kind, FactKind::Received),
            Self::Untouched => matches!(kind, FactKind::File | FactKind::Check),
        }
    }

    async fn read(self, tx: &mut Tx<'_>, span: Span, after: At) -> Result<Vec<Fact>, DbError> {
        let (tenant, until, At { at, case, id, kind }) = (tx.tenant(), span.until, after);
        let known = params![tenant, until, at, case, BATCH_ROWS];
        match self {
            Self::Marks => {
                let kind = kind.map_or("", FactKind::as_str);
                tx.all(MARKS, params![tenant, until, at, case, id, kind, BATCH_ROWS]).await
            }
            Self::CameIn => {
                let found: Vec<Known> = tx.all(CAME_IN, known).await?;
                Ok(found.iter().map(Known::received).collect())
            }
            Self::Untouched => {
                let found: Vec<Known> = tx.all(UNTOUCHED, known).await?;
                Ok(found.iter().filter_map(Known::owed).collect())
            }
        }
    }
}

impl Known {
    fn fact(&self, kind: FactKind, signs: Signs) -> Fact {
        let Self { id, at, community, grid, matter, .. } = *self;
        let (case, id) = (id, id.0);
        Fact { at, case, id, kind, unit: None, community, grid, matter, signs, took_minutes: None }
    }

    fn received(&self) -> Fact {
        let filed = self.filed_at.is_some();
        let untrue = matches!(self.state, State::Declined | State::Withdrawn | State::Void);
        let elsewhere = matches!(self.state, State::Merged | State::Withdrawn | State::Void);
        let signs = Signs::default()
            .with(Sign::Valid, !untrue && (filed || self.solved || self.state == State::Merged))
            .with(Sign::Accepted, !elsewhere && (filed || !self.solved))
            .with(Sign::Filed, filed);
        self.fact(FactKind::Received, signs)
    }

    /// Its one clock runs.
    fn owed(&self) -> Option<Fact> {
        let stage = Stage::of(self.state)?;
        Some(self.fact(FactKind::of(stage), Signs::of(&[Sign::Waiting])))
    }
}

fn write_cursor(fact: &Fact) -> String {
    format!("{}.{}.{}.{}", fact.at.micros(), fact.case.0.simple(), fact.id.simple(), fact.kind)
}

/// A kind comes from one source, but for filing and checking: there the id tells a clock from a case.
fn read_cursor(text: &str) -> Result<(Source, At), Refusal> {
    let read = |text: &str| {
        let mut parts = text.splitn(4, '.');
        let at = Timestamp::from_micros(parts.next()?.parse().ok()?);
        let case = CaseId(parts.next()?.parse().ok()?);
        let id: Uuid = parts.next()?.parse().ok()?;
        let kind: FactKind = parts.next()?.parse().ok()?;
        let source = match kind {
            FactKind::Received => Source::CameIn,
            _ if id == case.0 => Source::Untouched,
            _ => Source::Marks,
        };
        Some((source, At { at, case, id, kind: Some(kind) }))
    };
    read(text).ok_or(Refusal::invalid("after", "no-such-page"))
}
