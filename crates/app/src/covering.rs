//! Faces and plates on a stored picture are covered: painted over, stored under a new id, and the picture as
//! it was goes at once, with its bytes.

use qige_blobs::photo::Area;
use qige_blobs::{
    Holder, NewObject, Object, ObjectKey, Variant, add, by_id, erase, hold, holders, release, shred,
};
use qige_cases::redaction::to_half_hour;
use qige_cases::{Act, By, CoverPhoto, Done, told_quicker};
use qige_db::{Asker, Command, DbError, Failure, Isolation, Tx};
use qige_identity::request_keys::{Claim, claim, finish};
use qige_kernel::{CaseId, ObjectId, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::photos::unavailable;
use crate::{App, Order, Rulebook};

/// A picture to be covered, as somebody asks for it.
#[derive(Clone, Debug)]
pub struct CoverOrder {
    /// Of which case it is.
    pub case: CaseId,
    /// The version that the person saw; none where it does not matter what else changed.
    pub expected_version: Option<i64>,
    /// Who asks.
    pub by: By,
    /// A photo of the case, or a picture that came with a comment.
    pub photo: ObjectId,
    /// What of it is painted over.
    pub areas: Vec<Area>,
    /// Why.
    pub reason: String,
    /// Sent twice under one key, it is done once.
    pub key: Option<Uuid>,
}

impl App {
    /// Covers parts of a picture for good.
    ///
    /// # Errors
    /// What the command refuses; `photo-erased` for what is gone, `photo-cannot-be-covered` for what is no
    /// picture or not here yet; [`Failure::Db`] also when the store cannot.
    pub async fn cover_photo(&self, asker: Asker, order: CoverOrder) -> Result<Done, Failure> {
        let book = self.rulebooks.of(asker.tenant, self.now()).await?;
        let (tenant, photo) = (asker.tenant, order.photo);
        // Units read ids of photos: see `App::keep_photo`.
        let id: ObjectId = self.entropy.id(to_half_hour(self.now()));
        let rehearsed = self.covering(&book, &order, id, 0);
        let old = self.db.read(asker, move |tx| Box::pin(may_be_covered(tx, rehearsed, photo))).await?;
        let painted = match old {
            Some(old) => Some(self.paint(asker, &old, id, order.areas.clone()).await?),
            None => None,
        };
        let act = self.covering(&book, &order, id, painted.as_ref().map_or(0, |object| object.bytes));
        let cover = Cover { fingerprint: fingerprint(&order), key: order.key, act, photo, painted };
        let done = self.db.write(asker, cover).await.map_err(told_quicker);
        let left = match &done {
            Ok(covered) if covered.photo == id => {
                shred(&self.db, &self.store, tenant, vec![photo], self.now()).await.map(drop)
            }
            Ok(_) | Err(Failure::Refused(_)) => self.store.delete(tenant, id).await.map_err(Into::into),
            // It may have been done: the sweep knows.
            Err(Failure::Db(_)) => Ok(()),
        };
        if let Err(error) = left {
            tracing::error!(%error, "what is not kept of a covered picture waits for the sweep");
        }
        done.map(|covered| covered.done)
    }

    fn covering(&self, book: &Rulebook, order: &CoverOrder, covered: ObjectId, bytes: i64) -> Act {
        let action = CoverPhoto { photo: order.photo, covered, bytes, reason: order.reason.clone() };
        let order = Order {
            case: order.case,
            expected_version: order.expected_version,
            by: order.by.clone(),
            action: action.into(),
            key: None,
        };
        self.command(book, order)
    }

    async fn paint(
        &self,
        asker: Asker,
        old: &Object,
        id: ObjectId,
        areas: Vec<Area>,
    ) -> Result<NewObject, Failure> {
        let key = ObjectKey { tenant: asker.tenant, object: old.id, variant: Variant::Full };
        let bytes = self.store.get(key).await.map_err(unavailable)?.ok_or_else(gone)?;
        let photo = self.darkroom.prepare_covered(bytes, areas).await.map_err(Refusal::from)?;
        let owner = Holder { kind: old.owner_kind, id: old.owner };
        let object = self.store_photo(asker.tenant, id, (owner, old.class), photo).await?;
        // It goes when the other would have gone.
        Ok(NewObject { created_at: old.created_at, ..object })
    }
}

/// The picture as it is stored, for who may cover it; none where it is gone, which a request that comes
/// again may expect.
async fn may_be_covered(tx: &mut Tx<'_>, act: Act, photo: ObjectId) -> Result<Option<Object>, Failure> {
    act.rehearse(tx).await?;
    match by_id(tx, photo).await? {
        Some(object) if object.erased_at.is_some() => Ok(None),
        Some(object) if object.media_type == "image/jpeg" => Ok(Some(object)),
        _ => Err(Refusal::new(RefusalKind::Conflict, "photo-cannot-be-covered").into()),
    }
}

fn gone() -> Refusal {
    Refusal::new(RefusalKind::Gone, "photo-erased")
}

fn fingerprint(order: &CoverOrder) -> [u8; 32] {
    let said = format!("{} {:?} {}", order.photo, order.areas, order.reason);
    Sha256::digest(said).into()
}

/// The case takes the new picture, and nobody has the old one any more: one transaction.
struct Cover {
    key: Option<Uuid>,
    fingerprint: [u8; 32],
    act: Act,
    photo: ObjectId,
    /// None where the picture was gone before.
    painted: Option<NewObject>,
}

#[derive(Serialize, Deserialize)]
struct Covered {
    done: Done,
    /// The picture as it is from now on.
    photo: ObjectId,
}

impl Command for Cover {
    type Output = Covered;
    const ISOLATION: Isolation = Act::ISOLATION;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Covered, Failure> {
        let now = self.act.at;
        if let Some(key) = self.key
            && let Claim::Replay(answer) = claim(tx, key, self.fingerprint, now).await?
        {
            return serde_json::from_value(answer).map_err(|error| {
                let column = "request_keys.answer".to_owned();
                DbError::Decode { column, problem: error.to_string() }.into()
            });
        }
        let painted = self.painted.as_ref().ok_or_else(gone)?;
        let done = self.act.run(tx).await?;
        add(tx, painted).await?;
        for holder in holders(tx, self.photo).await? {
            hold(tx, painted.id, holder, now).await?;
            release(tx, self.photo, holder, now).await?;
        }
        erase(tx, self.photo, now).await?;
        let covered = Covered { done, photo: painted.id };
        if let Some(key) = self.key {
            finish(tx, key, &serde_json::to_value(&covered).unwrap_or_default()).await?;
        }
        Ok(covered)
    }
}
