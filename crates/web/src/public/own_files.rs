//! What belongs to a report that is followed by code: its receipt, its photos, the code to scan.

use axum::response::Response;
use http::HeaderMap;
use qige_blobs::{Variant, by_id};
use qige_cases::FollowCode;
use qige_cases::attachment::{Opener, opened};
use qige_cases::store::Dossier;
use qige_kernel::ObjectId;

use super::follow::{Found, by_code, link};
use crate::centre::files::handed;
use crate::rider::files;
use crate::rider::matter::Matter;
use crate::rider::receipt::{self, ReceiptPage};
use crate::{Access, Cx, Fault, Page, Path, Routes, qr};

/// Side of the picture in pixels: 5 cm on a sheet of paper.
const QR_PIXELS: u32 = 190;

pub(super) fn routes() -> Routes {
    const ALL: Access = Access::Public;
    Routes::of("follow")
        .get("/follow/{code}/receipt", ALL, "The receipt of a report, by its follow code", show)
        .get("/follow/{code}/photos/{object}/{variant}", ALL, "A photo of the report itself", photo)
        .get("/follow/{code}/files/{object}", ALL, "A file that came with an answer to the report", file)
        .get(
            "/follow/{code}/qr.svg",
            ALL,
            "The page's address as a code to scan (image/svg+xml)",
            code_to_scan,
        )
}

async fn show(cx: Cx, Path(code): Path<String>) -> Result<Page<ReceiptPage>, Fault> {
    let Found { code, case, photos } = by_code(&cx, &code).await?;
    Ok(Page(ReceiptPage {
        report: case.report,
        number: receipt::number(case.report),
        at: case.received_at,
        matter: case.matter.map(|key| Matter::of(key, cx.locale())),
        words: case.words,
        words_erased_at: case.words_erased_at,
        photos: photos.len(),
        others: case.others,
        solved: false,
        url: format!("/follow/{code}"),
        link: Some(link(&cx, &code)),
        follow_code: Some(code.to_string()),
    }))
}

async fn photo(
    cx: Cx,
    headers: HeaderMap,
    Path((code, id, variant)): Path<(String, ObjectId, String)>,
) -> Result<Response, Fault> {
    let variant = Variant::named(&variant).ok_or_else(Fault::missing)?;
    let found = by_code(&cx, &code).await?;
    if !found.photos.contains(&id) {
        return Err(Fault::missing());
    }
    let object = cx.read(move |tx| Box::pin(async move { Ok(by_id(tx, id).await?) })).await?;
    files::picture(&cx, &headers, object.ok_or_else(Fault::missing)?, variant).await
}

/// What the centre put beside the case for everybody.
async fn file(cx: Cx, Path((code, id)): Path<(String, ObjectId)>) -> Result<Response, Fault> {
    let case = by_code(&cx, &code).await?.case.id;
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(dossier) = Dossier::load(tx, case).await? else { return Ok(None) };
                let Some(file) = opened(&dossier, id, Opener::Reporter).cloned() else { return Ok(None) };
                Ok(by_id(tx, id).await?.map(|object| (file, object)))
            })
        })
        .await?;
    let (file, object) = found.ok_or_else(Fault::missing)?;
    handed(&cx, file, object).await
}

/// Drawn for any code of the right shape: the picture says no more than its own address does.
async fn code_to_scan(cx: Cx, Path(code): Path<String>) -> Result<Response, Fault> {
    let code: FollowCode = code.parse().map_err(|_| Fault::missing())?;
    qr::picture(&link(&cx, &code), QR_PIXELS, "private, max-age=86400")
}
