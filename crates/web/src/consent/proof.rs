//! The signature or the scan: taken in from a form, shown to those who may see it.

use axum::response::Response;
use http::header;
use qige_blobs::{NewObject, Variant, by_id};
use qige_identity::{ConsentProof, ConsentRow};
use qige_kernel::{ConsentId, Refusal, RefusalKind};

use crate::download::attachment_name;
use crate::input::FilePart;
use crate::rider::files;
use crate::{Cx, Fault};

/// What came with a form proves it: the paper where there is one, else the signature, else the tick.
pub(crate) async fn taken(
    cx: &Cx,
    consent: ConsentId,
    sent: Vec<FilePart>,
) -> Result<(ConsentProof, Option<NewObject>), Fault> {
    let mut found = None;
    for part in sent {
        let proof = match part.name.as_str() {
            "scan" => ConsentProof::Paper,
            "signature" => ConsentProof::Signature,
            _ => {
                return Err(Refusal::new(RefusalKind::Invalid, "field-unknown")
                    .with("field", part.name)
                    .into());
            }
        };
        if found.as_ref().is_none_or(|(known, _)| *known != ConsentProof::Paper) {
            found = Some((proof, part));
        }
    }
    let Some((proof, part)) = found else { return Ok((ConsentProof::Tick, None)) };
    let stored = cx.app().store_proof(cx.tenant()?.id, consent, part.bytes.to_vec()).await;
    Ok((proof, Some(stored.map_err(|failure| Fault::from(failure).at(part.name))?)))
}

/// The bytes of what proves a consent.
pub(crate) async fn shown(cx: &Cx, row: ConsentRow) -> Result<Response, Fault> {
    let id = row.object.ok_or_else(Fault::missing)?;
    let object = cx.read(move |tx| Box::pin(async move { Ok(by_id(tx, id).await?) })).await?;
    let object = object.ok_or_else(Fault::missing)?;
    let picture = object.media_type.starts_with("image/");
    let mut response = files::bytes(cx, object, Variant::Full).await?;
    if !picture {
        // What others wrote is never shown as a page of ours.
        let name = attachment_name("consent", "consent");
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
