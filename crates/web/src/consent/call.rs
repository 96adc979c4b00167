//! The number of whoever reported something, for the grid centre: where they consent to being called, and
//! noted in their access log.

use qige_cases::store::{self, ReportRow};
use qige_db::{DbError, Failure, Tx};
use qige_identity::{
    CallBack, Permission, Purpose, Reach, Subject, Wanted, Who, consented, number_to_call, person_name,
};
use qige_kernel::{CaseId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Fault, Input, Page, Path, Routes, Text, View, Width};

const MAY: Permission = Permission::FileCase;

pub(super) fn routes() -> Routes {
    Routes::of("centre").post(
        "/cases/{id}/reports/{report}/number",
        MAY,
        "The number of a reporter who consents to being called back",
        show,
    )
}

/// A number to call back by.
#[derive(Clone, Serialize, JsonSchema)]
struct NumberPage {
    case: CaseId,
    /// Whose it is, where they have an account.
    name: Option<String>,
    number: String,
}

impl std::fmt::Debug for NumberPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NumberPage({})", self.case)
    }
}

impl View for NumberPage {
    const TEMPLATE: &'static str = "consent/number.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("call-number-title")
    }

    fn samples() -> Vec<Self> {
        let case = CaseId(uuid::Uuid::nil());
        let number = "+8613800000017".to_owned();
        vec![
            Self { case, name: Some("骑手 0017".to_owned()), number: number.clone() },
            Self { case, name: None, number },
        ]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn show(
    cx: Cx,
    Path((case, report)): Path<(CaseId, ReportId)>,
    _nothing: Input<Nothing>,
) -> Result<Page<NumberPage>, Fault> {
    let (who, now) = (cx.signed_in()?.clone(), cx.now());
    let (wanted, name) = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some((row, reach)) = reported(tx, &who, case, report).await? else { return Ok(None) };
                let wanted = number(tx, &row, &reach, now).await?;
                let name = match row.person {
                    Some(person) => person_name(tx, person).await?,
                    None => None,
                };
                Ok(wanted.map(|wanted| (wanted, name)))
            })
        })
        .await?
        .ok_or_else(Fault::missing)?;
    let (asker, stamp) = (cx.asker()?, stamp(&cx, MAY)?);
    let mut opened = cx.app().vault.read(asker, Purpose::Reach, stamp, &[wanted]).await?;
    let number = opened.pop().ok_or_else(Fault::missing)?;
    Ok(Page(NumberPage { case, name, number }))
}

/// The report, where it speaks of a case that this person looks after, and where that lies.
async fn reported(
    tx: &mut Tx<'_>,
    who: &Who,
    case: CaseId,
    report: ReportId,
) -> Result<Option<(ReportRow, Reach)>, DbError> {
    let Some(row) = store::by_id(tx, case).await? else { return Ok(None) };
    let reach = Reach { community: row.community, grid: row.grid, unit: None };
    if !who.may_at(MAY, &reach) {
        return Ok(None);
    }
    let reports = store::reports_of_case(tx, case).await?;
    Ok(reports.into_iter().find(|known| known.id == report).map(|report| (report, reach)))
}

async fn number(
    tx: &mut Tx<'_>,
    report: &ReportRow,
    reach: &Reach,
    now: Timestamp,
) -> Result<Option<Wanted>, Failure> {
    let subject = report.person.map_or(Subject::Report(report.id), Subject::Person);
    let proof = consented::<CallBack>(tx, subject, reach, now).await?;
    Ok(number_to_call(tx, &proof).await?)
}

/// The reports of a case whose reporters can be called back.
pub(crate) async fn callable(
    tx: &mut Tx<'_>,
    who: &Who,
    case: CaseId,
    now: Timestamp,
) -> Result<Vec<ReportId>, Failure> {
    let Some(row) = store::by_id(tx, case).await? else { return Ok(Vec::new()) };
    let reach = Reach { community: row.community, grid: row.grid, unit: None };
    if !who.may_at(MAY, &reach) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for report in store::reports_of_case(tx, case).await? {
        match number(tx, &report, &reach, now).await {
            Ok(Some(_)) => found.push(report.id),
            Ok(None) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
}
