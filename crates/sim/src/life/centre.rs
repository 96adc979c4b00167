//! What dispatchers and supervisors do.

use qige_cases::{
    AskCheck, AskVerify, By, Decline, DeclineReason, Dispatch, File, GrantExtension, MatterKey, Merge,
    Resume, Suspend, Urgency,
};
use qige_db::{DbError, Failure};
use qige_identity::Scope;
use qige_kernel::{PersonId, Timestamp, UnitId};

use super::Life;
use super::agenda::Deed;
use crate::plan::{Fate, Kind, units};

/// Minutes between filing and sending to a unit.
const DISPATCH_MINUTES: [f64; 2] = [1.0, 9.0];
/// Minutes until somebody on the ground has looked.
const VERIFY_MINUTES: [f64; 2] = [15.0, 110.0];
/// Minutes until a unit begins.
const START_MINUTES: [f64; 2] = [10.0, 150.0];
/// Minutes until a unit says that it is not its business.
const SEND_BACK_MINUTES: [f64; 2] = [30.0, 170.0];
/// Minutes until a reporter has read a refusal and appeals.
const APPEAL_MINUTES: [f64; 2] = [60.0, 600.0];
/// Minutes until a checker has been there.
const CHECK_MINUTES: [f64; 2] = [40.0, 420.0];
/// Minutes that a case rests.
const REST_MINUTES: [f64; 2] = [4.0 * 1440.0, 10.0 * 1440.0];

/// Reasons of the list with which most that is declined is declined, with words.
const DECLINED: [(DeclineReason, &str); 4] = [
    (DeclineReason::AlreadySolved, "巡查员到场时已清理"),
    (DeclineReason::CannotFind, "现场未找到，请补充位置或照片"),
    (DeclineReason::NotOurs, "属小区内部事务，已建议联系业委会"),
    (DeclineReason::OutsideArea, "位置在相邻乡镇，已转告对方网格中心"),
];

impl Life<'_> {
    async fn by_dispatcher(&mut self) -> Result<By, Failure> {
        let part = self.chance.pick(&self.cast.dispatchers).cloned();
        let part = part.ok_or(DbError::NotFound("a dispatcher"))?;
        self.people.by(self.app, self.cast.tenant, &part).await
    }

    async fn by_supervisor(&mut self) -> Result<By, Failure> {
        let part = self.chance.pick(&self.cast.supervisors).cloned();
        let part = part.ok_or(DbError::NotFound("a supervisor"))?;
        self.people.by(self.app, self.cast.tenant, &part).await
    }

    /// The grid worker of the community that the thing lies in; any, where it lies in none.
    pub(super) fn grid_worker(&self, number: usize) -> Result<crate::founding::Part, Failure> {
        let community = self.thing(number).and_then(|thing| thing.community);
        let there = |scope| community.is_some_and(|place| scope == Scope::Community(place));
        let workers = &self.cast.grid_workers;
        let found = workers.iter().find(|part| there(part.scope)).or_else(|| workers.first()).cloned();
        found.ok_or_else(|| DbError::NotFound("a grid worker").into())
    }

    /// The first look: known already, not for us, to be looked at, or a case.
    pub(super) async fn triage(&mut self, number: usize) -> Result<(), Failure> {
        let (Some(noticed), Some(thing)) = (self.noticed(number), self.thing(number).cloned()) else {
            return Ok(());
        };
        let by = self.by_dispatcher().await?;
        let first = noticed.same_as.and_then(|first| self.thing(first)).and_then(|first| first.case);
        if let Some(main) = first.filter(|main| Some(*main) != thing.case)
            && self
                .order(number, by.clone(), Merge { main, reason: "同一处同一问题".to_owned() })
                .await
                .is_ok()
        {
            return Ok(());
        }
        if let Fate::Declined { appealed } = noticed.fate
            && !thing.declined
        {
            let (reason, words) = self.chance.pick(&DECLINED).copied().unwrap_or((DeclineReason::NotSo, ""));
            self.order(number, by, Decline { reason, words: words.to_owned() }).await?;
            if let Some(thing) = self.things.get_mut(number) {
                thing.declined = true;
            }
            if appealed {
                self.later(number, APPEAL_MINUTES, Deed::Appeal);
            }
            return Ok(());
        }
        if thing.course.verified_first && !thing.declined {
            let verifier = self.grid_worker(number)?.person;
            self.order(number, by, AskVerify { verifier, words: String::new() }).await?;
            self.later_at_work(number, VERIFY_MINUTES, Deed::Verify);
            return Ok(());
        }
        self.file_by(number, by).await
    }

    pub(super) async fn file(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_dispatcher().await?;
        self.file_by(number, by).await
    }

    async fn file_by(&mut self, number: usize, by: By) -> Result<(), Failure> {
        let Some(kind) = self.noticed(number).map(|noticed| noticed.kind) else { return Ok(()) };
        self.order(number, by, File { matter: matter(kind)?, urgency: urgency(kind)? }).await?;
        self.later_at_work(number, DISPATCH_MINUTES, Deed::Dispatch);
        Ok(())
    }

    /// Sends the case to a unit: to the right one, but where the plan foresees an error at first.
    pub(super) async fn dispatch(&mut self, number: usize) -> Result<(), Failure> {
        let (Some(noticed), Some(thing)) = (self.noticed(number), self.thing(number).cloned()) else {
            return Ok(());
        };
        let wrong = thing.course.sent_back;
        let lead = if wrong { self.another_unit(noticed.kind.unit)? } else { self.unit(noticed.kind)? };
        let by = self.by_dispatcher().await?;
        let released_words = Some(noticed.words.to_owned()).filter(|words| !words.is_empty());
        let released_photos = thing.photos.clone();
        let (assist, due_at) = (Vec::new(), None);
        let dispatch =
            Dispatch { lead, assist, due_at, released_words, with_numbers: false, released_photos };
        self.order(number, by, dispatch).await?;
        if wrong {
            self.later_at_work(number, SEND_BACK_MINUTES, Deed::SendBack);
        } else {
            let pace = if noticed.kind.urgency == "critical" { 0.1 } else { 1.0 };
            self.later_at_work(number, START_MINUTES.map(|minutes| minutes * pace), Deed::Start);
        }
        Ok(())
    }

    fn unit(&self, kind: &Kind) -> Result<UnitId, Failure> {
        Ok(self.cast.crew(kind.unit)?.unit)
    }

    fn another_unit(&mut self, right: &str) -> Result<UnitId, Failure> {
        let others: Vec<&str> = units().iter().map(|unit| unit.key).filter(|key| *key != right).collect();
        let key = self.chance.pick(&others).copied().unwrap_or(right);
        Ok(self.cast.crew(key)?.unit)
    }

    pub(super) async fn ask_check(&mut self, number: usize) -> Result<(), Failure> {
        let checker: PersonId = self.grid_worker(number)?.person;
        let by = self.by_dispatcher().await?;
        self.order(number, by, AskCheck { checker, words: String::new() }).await?;
        self.later_at_work(number, CHECK_MINUTES, Deed::Check);
        Ok(())
    }

    pub(super) async fn grant_extension(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_supervisor().await?;
        self.order(number, by, GrantExtension { until: None, words: String::new() }).await
    }

    pub(super) async fn suspend(&mut self, number: usize) -> Result<(), Failure> {
        let minutes = self.chance.between(REST_MINUTES[0], REST_MINUTES[1]);
        let review_at = super::agenda::after_minutes(self.app.now(), minutes);
        let by = self.by_supervisor().await?;
        let reason = "列入专项整治，等待施工队进场".to_owned();
        self.order(number, by, Suspend { reason, review_at }).await?;
        self.agenda.add(review_at.plus(-2 * Timestamp::HOUR), number, Deed::Resume);
        Ok(())
    }

    pub(super) async fn resume(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_supervisor().await?;
        self.order(number, by, Resume { words: "施工队已进场".to_owned() }).await?;
        self.later_at_work(number, [60.0, 900.0], Deed::HandIn);
        Ok(())
    }
}

fn matter(kind: &Kind) -> Result<MatterKey, Failure> {
    kind.matter.parse().map_err(|_| DbError::NotFound("a matter of the plan").into())
}

fn urgency(kind: &Kind) -> Result<Urgency, Failure> {
    kind.urgency.parse().map_err(|_| DbError::NotFound("an urgency of the plan").into())
}
