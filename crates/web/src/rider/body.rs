//! What a report says, the same as a form, as a program's JSON and as a record of a phone's outbox.

use qige_app::Draft;
use qige_cases::{CaseRole, MatterKey, Origin, PhotoRef, PhotoRole, Reporter};
use qige_identity::{Permission, Role, Who};
use qige_kernel::{Accuracy, CaseId, Coordinates, Datum, ObjectId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::LongText;

/// What a report says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(crate) struct ReportBody {
    /// Chosen by the sender: the same again is one report. Without it the `Idempotency-Key` counts, else
    /// every request is a report of its own.
    pub(crate) id: Option<ReportId>,
    /// What it is about; left out, the dispatcher decides.
    pub(crate) matter: Option<MatterKey>,
    /// In the reporter's words, up to 2,000 characters.
    #[serde(default)]
    pub(crate) words: LongText,
    /// Degrees east, in `datum`.
    lng: Option<f64>,
    /// Degrees north, in `datum`.
    lat: Option<f64>,
    /// Radius in metres within which the phone is.
    accuracy_metres: Option<f64>,
    /// WGS-84 when left out.
    datum: Option<Datum>,
    /// When it was made; now when left out.
    made_at: Option<Timestamp>,
    /// Photos that travel beside, by `/uploads`.
    #[serde(default)]
    pub(crate) photos: Vec<FileNote>,
    /// A voice note that travels beside, for the dispatcher alone.
    voice: Option<FileNote>,
    /// "Me too" of a case that is there.
    joins: Option<CaseId>,
    /// Put right on the spot: the first photo shows before, the others after.
    #[serde(default)]
    pub(crate) solved: bool,
    /// Photos that came with the same form before it was refused for something else.
    #[serde(default)]
    pub(crate) kept: Vec<ObjectId>,
    /// Take the place that the camera wrote into a photo where the form has none.
    #[serde(default)]
    pub(crate) photo_place: bool,
}

/// A file that travels beside its report.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FileNote {
    /// Its own id, under which it is uploaded.
    pub(crate) id: ObjectId,
    /// SHA-256 of its bytes, in hexadecimal digits. The upload says it again.
    #[serde(default)]
    sha256: String,
    /// How many bytes. The upload says it again.
    #[serde(default)]
    bytes: i64,
}

impl ReportBody {
    /// Whether a place came along.
    pub(crate) fn is_placed(&self) -> bool {
        self.lng.is_some() && self.lat.is_some()
    }

    /// Takes a place that the reporter agreed to.
    pub(crate) fn place(&mut self, position: qige_kernel::Position) {
        (self.lng, self.lat) = (Some(position.lng()), Some(position.lat()));
        (self.datum, self.accuracy_metres) = (Some(Datum::Wgs84), None);
    }

    /// The report as it goes in, with these photos.
    pub(crate) fn draft(self, id: ReportId, by: Reporter, origin: Origin, photos: &[ObjectId]) -> Draft {
        let datum = self.datum.unwrap_or(Datum::Wgs84);
        let coordinates = self.lng.zip(self.lat).map(|(lng, lat)| Coordinates { datum, lng, lat });
        let role = |at: usize| if self.solved && at > 0 { PhotoRole::After } else { PhotoRole::Before };
        let photos = photos.iter().enumerate().map(|(at, id)| PhotoRef { id: *id, role: role(at) });
        Draft {
            id,
            by,
            matter: self.matter,
            words: self.words.0,
            coordinates,
            accuracy: self.accuracy_metres.and_then(accuracy),
            photos: photos.collect(),
            voice: self.voice.map(|voice| voice.id),
            made_at: self.made_at,
            joins: self.joins,
            solved: self.solved,
            origin,
        }
    }
}

/// The accuracy that a phone claims. A senseless claim is no reason to lose a report.
fn accuracy(metres: f64) -> Option<Accuracy> {
    Accuracy::new(metres.min(Accuracy::MAX_METRES)).ok()
}

/// Who reports, and in which role. Somebody whose account is for something else reports like anybody.
pub(crate) fn reporter(who: Option<&Who>, solved: bool) -> Reporter {
    let Some(who) = who else { return Reporter::Stranger };
    let solver = who.role_for(Permission::SolveOnSpot).filter(|_| solved);
    match solver.or_else(|| who.role_for(Permission::Report)) {
        Some(Role::Rider) => Reporter::Person(who.person, CaseRole::Rider),
        Some(Role::GridWorker) => Reporter::Person(who.person, CaseRole::GridWorker),
        Some(Role::Dispatcher | Role::Supervisor) => Reporter::Person(who.person, CaseRole::Dispatcher),
        Some(_) => Reporter::Person(who.person, CaseRole::Reporter),
        None => Reporter::Stranger,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_phone_hands_over_is_read() {
        let body: ReportBody = serde_json::from_str(
            r#"{"matter": "matter-06-012", "words": "", "lng": 118.75, "lat": 34.54, "accuracy_metres": 12.0,
                "datum": "wgs84", "made_at": "2026-11-24T01:00:00Z", "joins": null, "solved": true,
                "photos": [{"id": "019a0000-0000-7000-8000-000000000001", "sha256": "aa", "bytes": 1},
                           {"id": "019a0000-0000-7000-8000-000000000002", "sha256": "bb", "bytes": 2}]}"#,
        )
        .unwrap();
        assert!(body.is_placed());
        let photos: Vec<ObjectId> = body.photos.iter().map(|photo| photo.id).collect();
        let id = "019a0000-0000-7000-8000-000000000003".parse().unwrap();
        let draft = body.draft(id, Reporter::Stranger, Origin::Phone, &photos);
        let roles: Vec<PhotoRole> = draft.photos.iter().map(|photo| photo.role).collect();
        assert_eq!(roles, [PhotoRole::Before, PhotoRole::After]);
        assert_eq!(draft.accuracy.unwrap().metres(), 12.0);
    }

    #[test]
    fn a_senseless_accuracy_loses_no_report() {
        assert_eq!(accuracy(1e9).unwrap().metres(), Accuracy::MAX_METRES);
        assert_eq!(accuracy(-3.0), None);
        assert_eq!(accuracy(f64::NAN), Some(Accuracy::new(Accuracy::MAX_METRES).unwrap()));
        let body: ReportBody = serde_json::from_str(r#"{"words": "x", "lng": 1.0}"#).unwrap();
        assert!(!body.is_placed());
        let draft = body.draft(ReportId(uuid::Uuid::nil()), Reporter::Stranger, Origin::Api, &[]);
        assert!(draft.coordinates.is_none());
    }
}
