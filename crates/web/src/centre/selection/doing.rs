//! What is done to each of several cases, and where a case goes.

use std::sync::Arc;

use qige_app::{Rulebook, routing_world};
use qige_cases::catalogue::Catalogue;
use qige_cases::routing::{Route, Rule, Subject, World};
use qige_cases::store::{CaseRow, Dossier};
use qige_cases::{Action, Comment, Dispatch, File, Merge, Urgency};
use qige_kernel::{CaseId, Refusal, RefusalKind, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use super::chosen::Token;
use super::{Bulk, Given};
use crate::centre::names::{Choice, Directory};
use crate::{Cx, Fault};

/// What it takes to work out what is done.
pub(super) struct Desk<'a> {
    cx: &'a Cx,
    book: Arc<Rulebook>,
    world: World,
    directory: Directory,
}

/// Where a case goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Way {
    /// How soon it is to be done, where it is filed.
    pub(super) urgency: Option<Urgency>,
    /// The unit that has it.
    pub(super) from: Option<String>,
    /// The unit that gets it.
    pub(super) to: Option<String>,
    /// The place of the rule that says so in the list, from 1.
    pub(super) rule: Option<usize>,
    /// When it is due there, where the rule says so.
    pub(super) due_at: Option<Timestamp>,
}

impl<'a> Desk<'a> {
    pub(super) async fn open(cx: &'a Cx) -> Result<Self, Fault> {
        let book = cx.app().rulebook(cx.tenant()?.id).await?;
        let grids = book.grids.clone();
        let (world, directory) = cx
            .read(move |tx| {
                Box::pin(
                    async move { Ok((routing_world(tx, &grids).await?, Directory::read(tx, grids).await?)) },
                )
            })
            .await?;
        Ok(Self { cx, book, world, directory })
    }

    pub(super) fn units(&self) -> Vec<Choice> {
        self.directory.open_units()
    }

    /// What is to be given before anybody has chosen a unit or found words: enough to see what stands against
    /// it. A unit that has the case already would stand against it alone.
    pub(super) fn stand_in(&self, bulk: Bulk, row: &CaseRow) -> Given {
        let another = |unit: &&UnitId| Some(**unit) != row.lead_unit;
        Given {
            case: Vec::new(),
            r#do: bulk,
            lead: self.world.units.iter().find(another).copied(),
            release: false,
            main: None,
            words: Some("…".to_owned()),
            public: false,
            queue: None,
        }
    }

    /// What is done to a case.
    pub(super) async fn action(
        &self,
        given: &Given,
        row: &CaseRow,
        token: &Token,
        main: Option<CaseId>,
    ) -> Result<Action, Fault> {
        Ok(match given.r#do {
            Bulk::File => {
                let matter = row.matter.ok_or(Refusal::invalid("matter", "matter-missing"))?;
                let usual = Catalogue::standard().get(matter).map(|known| known.urgency);
                let urgency = row.urgency.or(usual).ok_or(Refusal::invalid("urgency", "urgency-missing"))?;
                File { matter, urgency }.into()
            }
            Bulk::Merge => {
                let main = main.ok_or(Refusal::invalid("main", "main-case-missing"))?;
                Merge { main, reason: String::new() }.into()
            }
            Bulk::Comment => {
                let words = given.words.clone().unwrap_or_default();
                Comment { words, public: given.public, ..Comment::default() }.into()
            }
            Bulk::Dispatch => {
                let lead = given.lead.ok_or(Refusal::invalid("lead", "lead-unit-missing"))?;
                self.dispatch(given, row, lead, Vec::new(), None).await?
            }
            Bulk::Reroute => {
                let (rule, due_at) = self.rule_for(row, token)?;
                self.dispatch(given, row, rule.lead, rule.assist.clone(), due_at).await?
            }
            Bulk::Undo => Action::Undo,
        })
    }

    async fn dispatch(
        &self,
        given: &Given,
        row: &CaseRow,
        lead: UnitId,
        assist: Vec<UnitId>,
        due_at: Option<Timestamp>,
    ) -> Result<Action, Fault> {
        let (mut released_words, mut released_photos) = (None, Vec::new());
        if given.release {
            let id = row.id;
            let read = self.cx.read(move |tx| Box::pin(async move { Ok(Dossier::load(tx, id).await?) }));
            released_photos =
                read.await?.into_iter().flat_map(|known| known.photos).map(|photo| photo.id).collect();
            released_words = Some(row.words.clone());
        }
        Ok(Dispatch { lead, assist, due_at, released_words, with_numbers: false, released_photos }.into())
    }

    /// The rule that was shown, so that what is done is what was read; else the one that fits now.
    fn rule_for(&self, row: &CaseRow, token: &Token) -> Result<(&Rule, Option<Timestamp>), Refusal> {
        if let Some((rule, due_at)) = token.by_rule {
            let rule = self.book.routing.rule(rule);
            return Ok((rule.ok_or(Refusal::new(RefusalKind::Missing, "rule-missing"))?, due_at));
        }
        let at = self.cx.now();
        let subject = Subject { matter: row.matter, community: row.community, grid: row.grid, at };
        match self.book.routing.route(&subject, &self.book.calendar, &self.world) {
            Route::To(rule) => Ok((rule, rule.term.map(|term| self.book.calendar.due(at, term).at))),
            Route::Broken(_) => Err(Refusal::new(RefusalKind::Conflict, "route-broken")),
            Route::Nowhere => Err(Refusal::new(RefusalKind::Conflict, "route-nowhere")),
        }
    }

    /// A case as it is named when it is done, and where it goes.
    pub(super) fn said(&self, given: &Given, row: &CaseRow, action: &Action) -> (String, Option<Way>) {
        let seen = format!("{}:{}", row.id, row.version);
        let way = Way {
            urgency: None,
            from: row.lead_unit.and_then(|unit| self.directory.unit(unit)),
            to: None,
            rule: None,
            due_at: None,
        };
        match (given.r#do, action) {
            (Bulk::File, Action::File(file)) => {
                (seen, Some(Way { urgency: Some(file.urgency), from: None, ..way }))
            }
            (Bulk::Dispatch, _) => (seen, way.from.is_some().then_some(way)),
            (Bulk::Reroute, Action::Dispatch(dispatch)) => {
                let fits = |rule: &&Rule| rule.lead == dispatch.lead && rule.assist == dispatch.assist;
                let bare = Token { id: row.id, version: None, by_rule: None };
                let rule = self.rule_for(row, &bare).ok().map(|(rule, _)| rule).filter(fits);
                let rules = &self.book.routing.rules;
                let place = rule.and_then(|rule| rules.iter().position(|known| known.id == rule.id));
                let due = dispatch.due_at.map(|due| format!(":{}", due.micros())).unwrap_or_default();
                let named = rule.map(|rule| format!(":{}{due}", rule.id)).unwrap_or_default();
                let to = self.directory.unit(dispatch.lead);
                let (rule, due_at) = (place.map(|place| place + 1), dispatch.due_at);
                (format!("{seen}{named}"), Some(Way { to, rule, due_at, ..way }))
            }
            _ => (seen, None),
        }
    }
}
