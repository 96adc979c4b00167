//! A report on its way in: a form without script, a form with photos, a program.

use qige_cases::catalogue::Catalogue;
use qige_cases::{Origin, Receipt, Reporter};
use qige_kernel::{ObjectId, ReportId};
use serde_json::json;

use super::body::{ReportBody, reporter};
use super::picture::{self, LetGo, TakeUp};
use super::receipt::ReceiptPage;
use crate::input::FilePart;
use crate::{Access, Cx, Done, Face, Fault, Routes, Text, Upload};

/// The form's field for photos.
const PHOTO: &str = "photo";

pub(super) fn routes() -> Routes {
    Routes::of("report").post("/report", Access::Public, "Report something, with or without an account", send)
}

async fn send(cx: Cx, upload: Upload<ReportBody>) -> Result<Done<ReceiptPage>, Fault> {
    let Upload { value: body, files, key } = upload;
    let id = body.id.or(key.map(ReportId)).unwrap_or_else(|| cx.id());
    let may_be_shown = Catalogue::standard().may_be_photographed(body.matter);
    let shown = |file: &FilePart| file.name == PHOTO && may_be_shown;
    let files: Vec<FilePart> = files.into_iter().filter(shown).collect();
    let mut photos = Vec::new();
    if !body.kept.is_empty() && may_be_shown {
        photos = cx.write(TakeUp { report: id, photos: body.kept.clone(), now: cx.now() }).await?;
    }
    let developed = picture::develop(&cx, id, files).await?;
    photos.extend(developed.photos.iter().copied());
    if let Some(refusal) = developed.refused {
        return Err(put_aside(&cx, id, photos, Fault::from(refusal).at(PHOTO)).await);
    }
    let by = reporter(cx.who(), body.solved);
    let (receipt, page) = match take(&cx, id, by, body, &photos, developed.place).await {
        Ok(taken) => taken,
        Err(fault) => return Err(put_aside(&cx, id, photos, fault).await),
    };
    let done = Done::created(receipt_path(&cx, by, &receipt).await?);
    if !receipt.again {
        return Ok(match page {
            Some(page) => done.showing(page),
            None => done,
        });
    }
    // The report is there with the photos that it came with. Somebody who went back and sent the page once
    // more must not believe that this is a second report.
    cx.write(LetGo { report: id, photos: developed.photos, now: cx.now() }).await?;
    Ok(done.saying(Text::of("report-known")))
}

/// Takes the report; also answers with its receipt where that needs no look.
async fn take(
    cx: &Cx,
    id: ReportId,
    by: Reporter,
    mut body: ReportBody,
    photos: &[ObjectId],
    place: Option<qige_kernel::Position>,
) -> Result<(Receipt, Option<ReceiptPage>), Fault> {
    if let Some(position) = place.filter(|_| body.photo_place && !body.is_placed()) {
        body.place(position);
    }
    let mut all = photos.to_vec();
    all.extend(body.photos.iter().map(|note| note.id));
    let origin = if cx.face() == Face::Html { Origin::Web } else { Origin::Api };
    let draft = body.draft(id, by, origin, &all);
    let known = (by.person().is_some() && cx.face() == Face::Json).then(|| draft.clone());
    let receipt = cx.app().report(cx.asker()?, draft).await?;
    let page = known.and_then(|draft| ReceiptPage::of_new(&receipt, &draft, cx.locale()));
    Ok((receipt, page))
}

/// Says in the form that is shown again which photos need not be chosen again. The form is refused anyway, so
/// that a failure here costs no more than a second choice of photos.
async fn put_aside(cx: &Cx, id: ReportId, photos: Vec<ObjectId>, fault: Fault) -> Fault {
    let mut sent = cx.sent();
    if let Some(fields) = sent.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
        fields.insert("kept".to_owned(), json!(photos));
        cx.note_sent(&sent);
    }
    if !photos.is_empty() && cx.write(LetGo { report: id, photos, now: cx.now() }).await.is_err() {
        tracing::warn!("photos of a refused form are held on");
    }
    // What is said about a report's photos is said of the form's field.
    if fault.field.as_deref() == Some("photos") { fault.at(PHOTO) } else { fault }
}

/// The address of a receipt.
async fn receipt_path(cx: &Cx, by: Reporter, receipt: &Receipt) -> Result<String, Fault> {
    Ok(match by {
        Reporter::Person(..) => format!("/mine/{}/receipt?report={}", receipt.case, receipt.report),
        Reporter::Stranger => {
            let code = cx.app().follow_code(cx.tenant()?.id, receipt.report).await?;
            format!("/follow/{code}/receipt")
        }
    })
}
