//! Files beside a case, handed to those who are told of the comment that brought them.

use axum::response::Response;
use http::header;
use qige_blobs::{Object, Variant, by_id};
use qige_cases::attachment::{Attachment, Opener, opened};
use qige_cases::store::{self, Dossier};
use qige_db::{DbError, Tx};
use qige_identity::{Permission, Reach, Who};
use qige_kernel::{CaseId, ObjectId};

use crate::download::attachment_name;
use crate::rider::files::{bytes, units};
use crate::{Access, Cx, Fault, Path, Routes};

pub(super) fn routes() -> Routes {
    Routes::of("files").get(
        "/cases/{id}/files/{object}",
        Access::SignedIn,
        "A file beside a case, to be saved",
        file,
    )
}

async fn file(cx: Cx, Path((case, id)): Path<(CaseId, ObjectId)>) -> Result<Response, Fault> {
    let who = cx.signed_in()?.clone();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(dossier) = Dossier::load(tx, case).await? else { return Ok(None) };
                let Some(file) = told(tx, &who, &dossier, id).await? else { return Ok(None) };
                Ok(by_id(tx, id).await?.map(|object| (file, object)))
            })
        })
        .await?;
    let (file, object) = found.ok_or_else(Fault::missing)?;
    handed(&cx, file, object).await
}

async fn told(
    tx: &mut Tx<'_>,
    who: &Who,
    dossier: &Dossier,
    id: ObjectId,
) -> Result<Option<Attachment>, DbError> {
    let row = &dossier.row;
    let here = Reach { community: row.community, grid: row.grid, unit: None };
    if who.may_at(Permission::ReadCase, &here) {
        return Ok(opened(dossier, id, Opener::Centre).cloned());
    }
    let own: Vec<_> = units(dossier)
        .filter(|unit| who.may_at(Permission::HandleCase, &Reach { unit: Some(*unit), ..Reach::default() }))
        .collect();
    if !own.is_empty()
        && let Some(file) = opened(dossier, id, Opener::Units(&own))
    {
        return Ok(Some(file.clone()));
    }
    let reports = store::reports_of_case(tx, row.id).await?;
    let reported = reports.iter().any(|report| report.person == Some(who.person));
    Ok(opened(dossier, id, Opener::Reporter).filter(|_| reported).cloned())
}

/// The bytes of a file, to be saved under its name: what others wrote is never shown as a page of ours.
///
/// # Errors
/// Gone where it was erased.
pub(crate) async fn handed(cx: &Cx, file: Attachment, object: Object) -> Result<Response, Fault> {
    let mut response = bytes(cx, object, Variant::Full).await?;
    let name = attachment_name("file", &file.name);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
