//! What happens on the ground: grid workers look, units put things right.

use qige_app::PhotoOf;
use qige_cases::{AskExtension, By, Confirm, Fail, HandIn, Pass, SendBack, Start};
use qige_db::Failure;
use qige_kernel::{ObjectId, Timestamp};

use super::Life;
use super::agenda::Deed;
use crate::picture::Moment;

/// Minutes until a file is made of what was found to be so.
const FILE_MINUTES: [f64; 2] = [2.0, 25.0];
/// Minutes until the centre sends somebody to check.
const ASK_CHECK_MINUTES: [f64; 2] = [3.0, 70.0];
/// Minutes until a reporter has read that it is done.
const RATE_MINUTES: [f64; 2] = [20.0, 1_500.0];
/// Minutes until it is as bad as before.
const REOPEN_MINUTES: [f64; 2] = [1_440.0, 4_000.0];

/// What units say when they hand in.
const NOTES: [&str; 5] =
    ["已清理完毕", "已修复，现场恢复正常", "已更换并固定", "已劝离并告知商户", "已设置警示并完成整改"];

impl Life<'_> {
    async fn by_grid_worker(&mut self, number: usize) -> Result<By, Failure> {
        let part = self.grid_worker(number)?;
        self.people.by(self.app, self.cast.tenant, &part).await
    }

    async fn by_unit(&mut self, number: usize, leads: bool) -> Result<By, Failure> {
        let key = self.noticed(number).map_or("", |noticed| noticed.kind.unit);
        let crew = self.cast.crew(key)?;
        let part = if leads { crew.lead.clone() } else { crew.handler.clone() };
        self.people.by(self.app, self.cast.tenant, &part).await
    }

    /// A photo of the place as it is now, if things there can be photographed at all.
    async fn evidence(&mut self, number: usize, by: &By, moment: Moment) -> Result<Vec<ObjectId>, Failure> {
        let (Some(noticed), Some(thing)) = (self.noticed(number), self.thing(number)) else {
            return Ok(Vec::new());
        };
        let Some(case) = thing.case.filter(|_| noticed.kind.scene != "none") else { return Ok(Vec::new()) };
        let scene = (noticed.kind.scene, moment, thing.photo.unwrap_or(0));
        let asker = self.asker(by);
        self.happened.photos += 1;
        Ok(vec![self.camera.keep(self.app, asker, PhotoOf::Case(case), scene).await?])
    }

    pub(super) async fn verify(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_grid_worker(number).await?;
        let photos = self.evidence(number, &by, Moment::Before).await?;
        let words = "现场情况属实".to_owned();
        self.order(number, by, Confirm { words, photos }).await?;
        self.later_at_work(number, FILE_MINUTES, Deed::File);
        Ok(())
    }

    pub(super) async fn start(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_unit(number, false).await?;
        self.order(number, by, Start {}).await?;
        let Some(thing) = self.things.get_mut(number) else { return Ok(()) };
        let (extension, suspended, late) =
            (thing.course.extension, thing.course.suspended, thing.course.late);
        (thing.course.extension, thing.course.suspended) = (false, false);
        if suspended {
            self.later_at_work(number, [30.0, 300.0], Deed::Suspend);
            return Ok(());
        }
        if extension {
            self.later_at_work(number, [20.0, 200.0], Deed::AskExtension);
        }
        let urgency = self.noticed(number).map_or("normal", |noticed| noticed.kind.urgency);
        self.later_at_work(number, work_minutes(urgency, late), Deed::HandIn);
        Ok(())
    }

    /// The unit that got it by mistake gives it back.
    pub(super) async fn send_back(&mut self, number: usize) -> Result<(), Failure> {
        let Some(case) = self.thing(number).and_then(|thing| thing.case) else { return Ok(()) };
        let found = self.app.db.read(qige_db::Asker::system(self.cast.tenant), move |tx| {
            Box::pin(async move { Ok(qige_cases::lead_unit(tx, case).await?) })
        });
        let lead = found.await?;
        let crew = self.cast.crews.iter().find(|crew| Some(crew.unit) == lead);
        let Some(part) = crew.map(|crew| crew.lead.clone()) else { return Ok(()) };
        let by = self.people.by(self.app, self.cast.tenant, &part).await?;
        self.order(number, by, SendBack { reason: "不在我单位职责范围".to_owned() }).await?;
        if let Some(thing) = self.things.get_mut(number) {
            thing.course.sent_back = false;
        }
        self.later_at_work(number, [5.0, 45.0], Deed::Dispatch);
        Ok(())
    }

    pub(super) async fn ask_extension(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_unit(number, true).await?;
        let until = self.app.now().plus(5 * Timestamp::DAY);
        self.order(number, by, AskExtension { reason: "配件采购中".to_owned(), until }).await?;
        self.later_at_work(number, [20.0, 240.0], Deed::GrantExtension);
        Ok(())
    }

    pub(super) async fn hand_in(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_unit(number, false).await?;
        let photos = self.evidence(number, &by, Moment::After).await?;
        let note = self.chance.pick(&NOTES).copied().unwrap_or("已处理").to_owned();
        self.order(number, by, HandIn { note, photos }).await?;
        if let Some(thing) = self.things.get_mut(number) {
            thing.handed_in += 1;
        }
        self.later_at_work(number, ASK_CHECK_MINUTES, Deed::AskCheck);
        Ok(())
    }

    pub(super) async fn check(&mut self, number: usize) -> Result<(), Failure> {
        let Some(thing) = self.thing(number).cloned() else { return Ok(()) };
        let by = self.by_grid_worker(number).await?;
        if thing.course.reworked && thing.handed_in == 1 {
            let photos = self.evidence(number, &by, Moment::Before).await?;
            let reason = "还有遗留，请再处理".to_owned();
            self.order(number, by, Fail { reason, photos, due_at: None }).await?;
            self.later_at_work(number, work_minutes("urgent", false), Deed::HandIn);
            return Ok(());
        }
        let photos = self.evidence(number, &by, Moment::After).await?;
        self.order(number, by, Pass { words: "已到场核查，问题解决".to_owned(), photos }).await?;
        if thing.course.rating.is_some() {
            self.later(number, RATE_MINUTES, Deed::Rate);
        }
        if thing.course.reopened {
            self.later(number, REOPEN_MINUTES, Deed::Reopen);
            if let Some(thing) = self.things.get_mut(number) {
                thing.course.reopened = false;
            }
        }
        Ok(())
    }
}

/// How long a unit works, from start to hand-in; beyond the usual term where it is late.
fn work_minutes(urgency: &str, late: bool) -> [f64; 2] {
    let usual = match urgency {
        "critical" => [15.0, 80.0],
        "urgent" => [40.0, 300.0],
        "complex" => [1_500.0, 12_000.0],
        _ => [120.0, 2_200.0],
    };
    let beyond = match urgency {
        "critical" => [150.0, 400.0],
        "urgent" => [900.0, 2_800.0],
        "complex" => [23_000.0, 30_000.0],
        _ => [5_800.0, 11_000.0],
    };
    if late { beyond } else { usual }
}
