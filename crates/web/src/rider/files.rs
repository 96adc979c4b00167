//! Photos and voice notes, for those who may see them. What the pages show may be fetched, and nothing else.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use qige_blobs::{HolderKind, Object, ObjectKey, RetentionClass, Variant, by_id};
use qige_cases::store::{self, AssignmentState, Dossier, PhotoRow};
use qige_cases::{PhotoRole, State};
use qige_db::{DbError, Tx};
use qige_identity::{Permission, Purpose, Reach, Seen, Who};
use qige_kernel::{ObjectId, Refusal, RefusalKind, ReportId, UnitId};
use uuid::Uuid;

use crate::admin::stamp;
use crate::{Access, Cx, Fault, Path, Routes};

pub(super) fn routes() -> Routes {
    Routes::of("files")
        .get("/photos/{object}/{variant}", Access::SignedIn, "A photo (image/jpeg): full or thumb", photo)
        .get("/voice/{object}", Permission::FileCase, "A voice note, for the dispatcher alone", voice)
}

async fn photo(
    cx: Cx,
    headers: HeaderMap,
    Path((id, variant)): Path<(ObjectId, String)>,
) -> Result<Response, Fault> {
    let variant = Variant::named(&variant).ok_or_else(Fault::missing)?;
    let who = cx.signed_in()?.clone();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let object = by_id(tx, id).await?;
                Ok((may_see(tx, &who, id, variant).await?, object))
            })
        })
        .await?;
    let (true, Some(object)) = found else { return Err(Fault::missing()) };
    if object.class == RetentionClass::Voice {
        return Err(Fault::missing());
    }
    picture(&cx, &headers, object, variant).await
}

/// Who may see a photo: its reporter; the centre, of cases in its reach; whoever is asked to verify or
/// check the case; a unit, of what was released to it. Reporters of a closed case see how the place looks
/// now, and whoever may report sees the small picture of what was released of an open case near by.
async fn may_see(tx: &mut Tx<'_>, who: &Who, id: ObjectId, variant: Variant) -> Result<bool, DbError> {
    let Some(photo) = store::photo_by_id(tx, id).await? else { return Ok(false) };
    let Some(dossier) = Dossier::load(tx, photo.case_id).await? else { return Ok(false) };
    if is_own(tx, who, photo.report).await? || sees(who, &photo, &dossier, variant) {
        return Ok(true);
    }
    // What follows a main case is worked on there.
    if let Some(main) = dossier.row.main_case
        && let Some(main) = Dossier::load(tx, main).await?
        && sees(who, &photo, &main, variant)
    {
        return Ok(true);
    }
    let result = matches!(photo.role, PhotoRole::After | PhotoRole::Check) && photo.report.is_none();
    if !result || dossier.row.state != State::Closed {
        return Ok(false);
    }
    let reports = store::reports_of_case(tx, photo.case_id).await?;
    Ok(reports.iter().any(|report| report.person == Some(who.person)))
}

async fn is_own(tx: &mut Tx<'_>, who: &Who, report: Option<ReportId>) -> Result<bool, DbError> {
    let Some(report) = report else { return Ok(false) };
    let report = store::report_by_id(tx, report).await?;
    Ok(report.is_some_and(|report| report.person == Some(who.person)))
}

fn sees(who: &Who, photo: &PhotoRow, dossier: &Dossier, variant: Variant) -> bool {
    let row = &dossier.row;
    let here = Reach { community: row.community, grid: row.grid, unit: None };
    if who.may_at(Permission::ReadCase, &here) {
        return true;
    }
    let asked = [row.verifier, row.checker].contains(&Some(who.person));
    // Whoever looks on the spot sees what was released, and to check also what the unit handed in.
    if asked && (photo.released || photo.report.is_none()) {
        return true;
    }
    let near_by = row.open && variant == Variant::Thumb && who.may(Permission::Report);
    photo.released && (near_by || units(dossier).any(|unit| handles(who, unit)))
}

/// Units that have or had a part in the case, but for those that gave it up.
pub(crate) fn units(dossier: &Dossier) -> impl Iterator<Item = UnitId> {
    let parts = dossier.assignments.iter();
    parts.filter(|part| part.open || part.state == AssignmentState::HandedIn).map(|part| part.unit)
}

fn handles(who: &Who, unit: UnitId) -> bool {
    who.may_at(Permission::HandleCase, &Reach { unit: Some(unit), ..Reach::default() })
}

async fn voice(cx: Cx, Path(id): Path<ObjectId>) -> Result<Response, Fault> {
    let who = cx.signed_in()?.clone();
    let found = cx.read(move |tx| Box::pin(async move { Ok(heard(tx, &who, id).await?) })).await?;
    let (object, whose) = found.ok_or_else(Fault::missing)?;
    let seen = vec![Seen::recorded(whose, "reports.voice")];
    let stamp = stamp(&cx, Permission::FileCase)?;
    cx.app().vault.note_seen(cx.asker()?, Purpose::HearVoice, stamp, seen).await?;
    bytes(&cx, object, Variant::Full).await
}

/// A voice note whose case lies where this person dispatches, and whose voice it is: somebody's with an
/// account, or a report's.
async fn heard(tx: &mut Tx<'_>, who: &Who, id: ObjectId) -> Result<Option<(Object, Uuid)>, DbError> {
    let object = by_id(tx, id)
        .await?
        .filter(|object| object.class == RetentionClass::Voice && object.owner_kind == HolderKind::Report);
    let Some(object) = object else { return Ok(None) };
    let Some(report) = store::report_by_id(tx, ReportId(object.owner)).await? else { return Ok(None) };
    let Some(row) = store::by_id(tx, report.case_id).await? else { return Ok(None) };
    let here = Reach { community: row.community, grid: row.grid, unit: None };
    let whose = report.person.map_or(object.owner, |person| person.0);
    Ok(who.may_at(Permission::FileCase, &here).then_some((object, whose)))
}

/// A photo that may be seen; nothing but that where the browser has it and it is still there.
pub(crate) async fn picture(
    cx: &Cx,
    headers: &HeaderMap,
    object: Object,
    variant: Variant,
) -> Result<Response, Fault> {
    let tag = tag(&object, variant);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let has =
        known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    if !has || object.erased_at.is_some() {
        return bytes(cx, object, variant).await;
    }
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    kept_privately(&mut response, &tag);
    Ok(response)
}

/// The bytes under one id never change.
fn tag(object: &Object, variant: Variant) -> String {
    format!("\"{}-{}\"", object.id, variant.as_str())
}

/// For this browser alone, which asks each time: what is erased, covered or no longer released is not shown.
fn kept_privately(response: &mut Response, tag: &str) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
}

/// The bytes of an object that may be seen.
pub(crate) async fn bytes(cx: &Cx, object: Object, variant: Variant) -> Result<Response, Fault> {
    if object.erased_at.is_some() {
        return Err(Refusal::new(RefusalKind::Gone, "photo-erased").into());
    }
    let key = ObjectKey { tenant: cx.tenant()?.id, object: object.id, variant };
    let stored = cx.app().bytes_of(key, object.class).await?;
    let mut response = stored.ok_or_else(Fault::missing)?.into_response();
    kept_privately(&mut response, &tag(&object, variant));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&object.media_type);
    headers
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Ok(response)
}
