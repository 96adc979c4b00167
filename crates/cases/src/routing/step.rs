//! What a rule does by itself with a case that waits.

use qige_kernel::{ObjectId, Timestamp, WorkCalendar};

use super::Rule;
use crate::deadlines::urgency_of;
use crate::store::CaseRow;
use crate::{Action, Dispatch, File, MatterKey, Policy, State};

/// A case that waits for somebody or for a rule, and what a rule needs to know besides.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// The case.
    pub row: &'a CaseRow,
    /// Whether another open case resembles it: which of them it is, a person says.
    pub resembles: bool,
    /// What it is suggested as, where nobody has named a matter, and how sure that is, in percent.
    pub suggested: Option<(MatterKey, u8)>,
    /// Its photos.
    pub photos: &'a [ObjectId],
    /// Working hours.
    pub calendar: &'a WorkCalendar,
    /// The tenant's settings.
    pub policy: &'a Policy,
    /// Now.
    pub now: Timestamp,
}

impl Rule {
    /// What this rule does with the case now; none where it is left to a person.
    #[must_use]
    pub fn step(&self, waiting: &Waiting<'_>) -> Option<Action> {
        let row = waiting.row;
        if self.automatic.leaves(row.id) || has_had_a_person(row) {
            return None;
        }
        match row.state {
            State::Reported => self.file(waiting),
            State::Filed if self.automatic.dispatches => self.dispatch(waiting),
            _ => None,
        }
    }

    fn file(&self, waiting: &Waiting<'_>) -> Option<Action> {
        let row = waiting.row;
        let named = row.matter.filter(|_| self.automatic.files);
        let matter = named.or_else(|| self.sure_of(waiting))?;
        // Whether it lies in the grid that is nearest, a person says.
        if row.community.is_none() || row.beside_metres.is_some() || waiting.resembles {
            return None;
        }
        let urgency = self.urgency.unwrap_or_else(|| urgency_of(row.urgency, Some(matter)));
        Some(File { matter, urgency }.into())
    }

    /// The suggested matter, where nobody has named one and the suggestion is sure enough for this rule.
    fn sure_of(&self, waiting: &Waiting<'_>) -> Option<MatterKey> {
        let (matter, percent) = waiting.suggested.filter(|_| waiting.row.matter.is_none())?;
        self.automatic.files_when_sure.is_some_and(|least| percent >= least).then_some(matter)
    }

    fn dispatch(&self, waiting: &Waiting<'_>) -> Option<Action> {
        // Whoever filed it may still take that back.
        let undo = i64::from(waiting.policy.undo_seconds) * Timestamp::SECOND;
        let by_somebody = waiting.row.dispatcher.is_some();
        if by_somebody && waiting.row.filed_at.is_none_or(|at| waiting.now < at.plus(undo)) {
            return None;
        }
        let shown = waiting.photos.iter().copied().filter(|_| self.automatic.releases_photos);
        Some(
            Dispatch {
                lead: self.lead,
                assist: self.assist.clone(),
                due_at: self.term.map(|term| waiting.calendar.due(waiting.now, term).at),
                released_words: None,
                with_numbers: false,
                released_photos: shown.collect(),
            }
            .into(),
        )
    }
}

/// Whether somebody has decided something about it, or is about to: then no rule does.
const fn has_had_a_person(row: &CaseRow) -> bool {
    row.send_backs > 0
        || row.merged_count > 0
        || row.reopenings > 0
        || row.dispatched_at.is_some()
        || row.appealed
        || row.suspended
        || row.transferred
        || row.question_open
        || row.escalated
}
