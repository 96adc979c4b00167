//! What reporters do: report, send photos, take back, appeal, rate, open again.

use qige_app::Draft;
use qige_cases::{
    Appeal, By, CaseRole, NewReport, Origin, PhotoRef, PhotoRole, Rate, Reopen, Reporter, Withdraw,
};
use qige_db::{Actor, Asker, DbError, Failure};
use qige_kernel::{Accuracy, Coordinates, Datum, ObjectId, UploadId};
use qige_sync::{FileKind, NewUpload, UploadError};
use sha2::{Digest, Sha256};

use super::agenda::Deed;
use super::{Happened, Life, Thing};
use crate::picture::Moment;
use crate::plan::{Fate, Noticed, Noticer};

/// Minutes until photos have travelled: most phones have signal, some have not.
const PHOTOS_MINUTES: [f64; 2] = [0.1, 2.0];
/// Minutes until a dispatcher looks.
const TRIAGE_MINUTES: [f64; 2] = [2.0, 55.0];
/// Minutes until somebody notices the mistake.
const WITHDRAW_MINUTES: [f64; 2] = [1.0, 2.0];

impl Life<'_> {
    /// Sends the report, as the phone or the page does.
    pub(super) async fn report(&mut self, number: usize) -> Result<(), Failure> {
        let (Some(noticed), Some(thing)) = (self.noticed(number), self.thing(number).cloned()) else {
            return Ok(());
        };
        let tenant = self.cast.tenant;
        let solved = noticed.fate == Fate::OnTheSpot && thing.photo.is_some();
        let same = noticed.same_as.and_then(|first| self.thing(first)).and_then(|first| first.case);
        let draft = self.draft(noticed, &thing, solved, same.filter(|_| noticed.joins));
        let person = draft.by.person();
        let photos = draft.photos.clone();
        let report: NewReport = self.app.prepare_report(tenant, draft).await?;
        let community = report.community;
        let actor = person.map_or(Actor::Anonymous, Actor::Person);
        let receipt = self.app.db.write(Asker { tenant, actor }, report).await?;
        self.happened.reports += 1;
        if let Some(thing) = self.things.get_mut(number) {
            (thing.case, thing.community) = (Some(receipt.case), community);
            thing.photos = photos.iter().map(|photo| photo.id).collect();
        }
        if !photos.is_empty() {
            self.later(number, PHOTOS_MINUTES, Deed::SendPhotos);
        }
        if receipt.joined {
            return Ok(());
        }
        match noticed.fate {
            Fate::Withdrawn => self.later(number, WITHDRAW_MINUTES, Deed::Withdraw),
            Fate::OnTheSpot if solved => self.later_at_work(number, TRIAGE_MINUTES, Deed::AskCheck),
            _ => self.later_at_work(number, TRIAGE_MINUTES, Deed::Triage),
        }
        Ok(())
    }

    fn draft(
        &self,
        noticed: &Noticed,
        thing: &Thing,
        solved: bool,
        joins: Option<qige_kernel::CaseId>,
    ) -> Draft {
        let by = match self.reporter(noticed) {
            Some(part) => Reporter::Person(part.person, CaseRole::Rider),
            None => Reporter::Stranger,
        };
        let now = self.app.now();
        let photo = |role| PhotoRef { id: self.app.entropy.id::<ObjectId>(now), role };
        let roles = match (thing.photo, solved) {
            (None, _) => Vec::new(),
            (Some(_), false) => vec![photo(PhotoRole::Before)],
            (Some(_), true) => vec![photo(PhotoRole::Before), photo(PhotoRole::After)],
        };
        let (lng, lat) = (noticed.position.lng(), noticed.position.lat());
        Draft {
            id: thing.report,
            by,
            matter: noticed.kind.matter.parse().ok().filter(|_| noticed.names_matter || solved),
            words: noticed.words.to_owned(),
            coordinates: Some(Coordinates { datum: Datum::Wgs84, lng, lat }),
            accuracy: Accuracy::new(noticed.accuracy_metres).ok(),
            photos: roles,
            voice: None,
            made_at: Some(noticed.at),
            joins,
            solved,
            origin: if noticed.by == Noticer::Resident { Origin::Web } else { Origin::Phone },
        }
    }

    fn reporter(&self, noticed: &Noticed) -> Option<&crate::founding::Part> {
        match noticed.by {
            Noticer::Rider(rider) => self.cast.riders.get(rider),
            Noticer::Resident => None,
        }
    }

    /// Who reported a thing, as they act on it later: with an account, or by the code.
    pub(super) async fn by_reporter(&mut self, number: usize) -> Result<By, Failure> {
        let report = self.thing(number).map(|thing| thing.report);
        let part = self.noticed(number).and_then(|noticed| self.reporter(noticed)).cloned();
        match (part, report) {
            (Some(part), _) => self.people.by(self.app, self.cast.tenant, &part).await,
            (None, Some(report)) => Ok(By::Follower { report }),
            (None, None) => Err(DbError::NotFound("a thing of the plan").into()),
        }
    }

    /// Sends the photos of a report in pieces, as phones do.
    pub(super) async fn send_photos(&mut self, number: usize) -> Result<(), Failure> {
        let (Some(noticed), Some(thing)) = (self.noticed(number), self.thing(number).cloned()) else {
            return Ok(());
        };
        let owner = self.reporter(noticed).map_or(thing.report.0, |part| part.person.0);
        let asker = Asker::system(self.cast.tenant);
        let moments = [Moment::Before, Moment::After];
        for (photo, moment) in thing.photos.iter().zip(moments) {
            let file = self.camera.take(noticed.kind.scene, moment, thing.photo.unwrap_or(0))?;
            let new = NewUpload {
                id: UploadId(photo.0),
                owner,
                report: thing.report,
                kind: FileKind::Photo,
                length: i64::try_from(file.len()).unwrap_or(i64::MAX),
                sha256: Sha256::digest(&file).into(),
            };
            let id = new.id;
            let now = self.app.now();
            let uploads = &self.app.uploads;
            uploads.begin(asker, new, now).await.map_err(failure)?;
            uploads.append(asker, owner, id, (0, file), now).await.map_err(failure)?;
            self.happened.photos += 1;
        }
        Ok(())
    }

    pub(super) async fn withdraw(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_reporter(number).await?;
        self.order(number, by, Withdraw { words: "看错了，不用处理".to_owned() }).await
    }

    pub(super) async fn appeal(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_reporter(number).await?;
        self.order(number, by, Appeal { words: "还在那里，请再看一下".to_owned() }).await?;
        self.later_at_work(number, TRIAGE_MINUTES, Deed::Triage);
        Ok(())
    }

    pub(super) async fn rate(&mut self, number: usize) -> Result<(), Failure> {
        let Some(stars) = self.thing(number).and_then(|thing| thing.course.rating) else { return Ok(()) };
        let by = self.by_reporter(number).await?;
        let words = match stars {
            5 if self.chance.happens(0.3) => "处理得很快，谢谢",
            1 | 2 => "拖了好几天",
            _ => "",
        };
        self.order(number, by, Rate { stars, words: words.to_owned() }).await
    }

    pub(super) async fn reopen(&mut self, number: usize) -> Result<(), Failure> {
        let by = self.by_reporter(number).await?;
        self.order(number, by, Reopen { reason: "过了两天又这样了".to_owned() }).await?;
        self.later_at_work(number, TRIAGE_MINUTES, Deed::Dispatch);
        Ok(())
    }
}

fn failure(error: UploadError) -> Failure {
    match error {
        UploadError::Failed(failure) => failure,
        UploadError::Staging(error) => DbError::Unavailable(error.to_string()).into(),
        UploadError::Store(error) => DbError::Unavailable(error.to_string()).into(),
    }
}

impl std::fmt::Display for Happened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { reports, done, refused, photos } = self;
        write!(f, "{reports} reports, {photos} photos, {done} commands done, {refused} refused")
    }
}
