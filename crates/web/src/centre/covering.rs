//! Faces and plates on a picture of a case are covered for good, and the picture as it was is erased.

use qige_app::CoverOrder;
use qige_blobs::photo::Area;
use qige_blobs::{HolderKind, by_id};
use qige_cases::attachment::{Opener, opened};
use qige_cases::store::Dossier;
use qige_cases::{By, case_of_report};
use qige_db::{DbError, Tx};
use qige_identity::{Permission, Reach, Who};
use qige_kernel::{CaseId, ObjectId, Refusal, ReportId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::CasePage;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

/// As many as somebody draws at once on the page; what has more to hide shows nothing else.
const BOXES_MAX: usize = 20;

pub(super) fn routes() -> Routes {
    const MAY: Permission = Permission::CoverPhoto;
    Routes::of("commands")
        .get("/photos/{object}/cover", MAY, "A picture of a case, to cover faces and plates on it", show)
        .post("/photos/{object}/cover", MAY, "Cover parts of a picture and erase it as it was", cover)
}

/// A picture of a case, to be covered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CoverPage {
    /// The picture.
    photo: ObjectId,
    /// Where it is fetched.
    picture: String,
    /// Its case.
    case: CaseId,
    /// Once that is filed.
    number: Option<String>,
    /// The version of the case, for covering.
    version: i64,
}

impl View for CoverPage {
    const TEMPLATE: &'static str = "centre/cover.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("cover-photo-title")
    }

    fn samples() -> Vec<Self> {
        let page = |picture: &str, number: Option<&str>| Self {
            photo: ObjectId(Uuid::nil()),
            picture: picture.to_owned(),
            case: CaseId(Uuid::nil()),
            number: number.map(str::to_owned),
            version: 3,
        };
        vec![page("/photos/x/full", None), page("/cases/x/files/y", Some("20260923-0007"))]
    }
}

/// What is covered, and why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Covering {
    /// The version of the case that was looked at; without it the latest counts.
    version: Option<i64>,
    /// The boxes, with spaces between: left, top, width and height of each in per cent, `12.5,30,20,10`.
    boxes: String,
    /// Why.
    reason: String,
}

async fn show(cx: Cx, Path(photo): Path<ObjectId>) -> Result<Page<CoverPage>, Fault> {
    let who = cx.signed_in()?.clone();
    let page = cx.read(move |tx| Box::pin(async move { Ok(coverable(tx, &who, photo).await?) })).await?;
    page.map(Page).ok_or_else(Fault::missing)
}

/// The picture with its case, where this person may cover it.
async fn coverable(tx: &mut Tx<'_>, who: &Who, photo: ObjectId) -> Result<Option<CoverPage>, DbError> {
    let object = by_id(tx, photo).await?;
    let here = |object: &qige_blobs::Object| object.erased_at.is_none() && object.media_type == "image/jpeg";
    let Some(case) = case_of(tx, photo).await?.filter(|_| object.is_some_and(|object| here(&object))) else {
        return Ok(None);
    };
    let Some(dossier) = Dossier::load(tx, case).await? else { return Ok(None) };
    let row = &dossier.row;
    let reach = Reach { community: row.community, grid: row.grid, unit: None };
    let picture = if dossier.photos.iter().any(|taken| taken.id == photo) {
        format!("/photos/{photo}/full")
    } else if opened(&dossier, photo, Opener::Centre).is_some() {
        format!("/cases/{case}/files/{photo}")
    } else {
        return Ok(None);
    };
    let page = CoverPage { photo, picture, case, number: row.number.clone(), version: row.version };
    Ok(who.may_at(Permission::CoverPhoto, &reach).then_some(page))
}

/// The case that a picture was made for, also when it is erased: the same request may come again.
async fn case_of(tx: &mut Tx<'_>, photo: ObjectId) -> Result<Option<CaseId>, DbError> {
    match by_id(tx, photo).await? {
        Some(object) if object.owner_kind == HolderKind::Case => Ok(Some(CaseId(object.owner))),
        Some(object) if object.owner_kind == HolderKind::Report => {
            case_of_report(tx, ReportId(object.owner)).await
        }
        _ => Ok(None),
    }
}

async fn cover(cx: Cx, Path(photo): Path<ObjectId>, input: Input<Covering>) -> Result<Done<CasePage>, Fault> {
    let Input { value, key } = input;
    let case = cx.read(move |tx| Box::pin(async move { Ok(case_of(tx, photo).await?) })).await?;
    let case = case.ok_or_else(Fault::missing)?;
    let order = CoverOrder {
        case,
        expected_version: value.version,
        by: By::Person(cx.signed_in()?.clone()),
        photo,
        areas: areas(&value.boxes)?,
        reason: value.reason,
        key,
    };
    cx.app().cover_photo(cx.asker()?, order).await?;
    Ok(Done::see(format!("/cases/{case}")).saying(Text::of("centre-done-cover-photo")))
}

fn areas(text: &str) -> Result<Vec<Area>, Refusal> {
    let areas: Result<Vec<Area>, _> = text.split_whitespace().map(str::parse).collect();
    match areas {
        Err(_) => Err(Refusal::invalid("boxes", "boxes-unreadable")),
        Ok(areas) if areas.is_empty() => Err(Refusal::invalid("boxes", "boxes-missing")),
        Ok(areas) if areas.len() > BOXES_MAX => {
            Err(Refusal::invalid("boxes", "boxes-too-many").with("max", BOXES_MAX))
        }
        Ok(areas) => Ok(areas),
    }
}
