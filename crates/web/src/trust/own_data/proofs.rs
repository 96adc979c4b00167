//! What proves consents, for the file of one's own data: signatures and papers, opened for whoever they are
//! about.

use qige_blobs::{DocumentKind, Object, ObjectKey, Variant, by_id};
use qige_identity::{Subject, consents_of};
use qige_kernel::ConsentId;

use crate::{Cx, Fault};

/// One of them, and what it is called in the file.
pub(super) struct Proof {
    pub(super) name: String,
    pub(super) object: Object,
}

impl Proof {
    fn of(consent: ConsentId, object: Object) -> Self {
        let documents =
            [DocumentKind::Pdf, DocumentKind::Ofd, DocumentKind::Docx, DocumentKind::Xlsx].into_iter();
        let mut known = documents.filter(|kind| kind.media_type() == object.media_type);
        let ending = known.next().map_or("jpg", DocumentKind::ending);
        Self { name: format!("proofs/{consent}.{ending}"), object }
    }
}

/// What proves the consents of a subject and is still there.
pub(super) async fn of(cx: &Cx, subject: Subject) -> Result<Vec<Proof>, Fault> {
    let now = cx.now();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for (row, _) in consents_of(tx, subject, now).await? {
                    let Some(id) = row.object else { continue };
                    let object = by_id(tx, id).await?.filter(|object| object.erased_at.is_none());
                    found.extend(object.map(|object| Proof::of(row.id, object)));
                }
                Ok(found)
            })
        })
        .await?;
    Ok(found)
}

/// The bytes of one of them; none where its term ended meanwhile.
pub(super) async fn bytes(
    app: &qige_app::App,
    tenant: qige_kernel::TenantId,
    proof: &Proof,
) -> Result<Option<Vec<u8>>, std::io::Error> {
    let key = ObjectKey { tenant, object: proof.object.id, variant: Variant::Full };
    let opened = app.bytes_of(key, proof.object.class).await;
    opened.map_err(|failure| std::io::Error::other(format!("{failure:?}")))
}
