//! Who read whose data: the auditor's page, and the same as a file.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use qige_identity::{Permission, Purpose, ReadingFilter, ReadingPlace, person_name, readings};
use qige_kernel::{PersonId, Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::{ReadingLine, page_of, samples};
use crate::page::Density;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Cx, Fault, Page, Query, Routes, Text, View, taken_out};

const MAY: Permission = Permission::ReadAccessLog;
/// Readings on one page.
const ON_PAGE: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/access", MAY, "Who read whose sensitive data, when and for what", show)
        .list::<ReadingsPage>(MAY)
}

/// Who read whose data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ReadingsPage {
    asked: Asked,
    /// What whoever is asked for is called.
    by_name: Option<String>,
    of_name: Option<String>,
    /// The newest first.
    readings: Vec<ReadingLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Asked {
    /// Read by this person.
    by: Option<PersonId>,
    /// Read of this person.
    of: Option<Uuid>,
    /// From this day on.
    #[schemars(with = "Option<String>")]
    from: Option<Date>,
    /// Up to this day, which counts.
    #[schemars(with = "Option<String>")]
    until: Option<Date>,
    /// From the one after this.
    after: Option<String>,
}

impl Asked {
    /// The address of the list, from the one after a place.
    fn address(&self, after: Option<ReadingPlace>) -> String {
        let pairs = [
            ("by", self.by.map(|person| person.to_string())),
            ("of", self.of.map(|person| person.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("until", self.until.map(|day| day.to_string())),
            ("after", after.map(|place| place.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let query: Vec<String> = pairs.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/admin/access{mark}{}", query.join("&"))
    }

    fn filter(&self, zone: &TimeZone) -> Result<ReadingFilter, Refusal> {
        let from = self.from.map(|day| begin_of(day, zone, "from")).transpose()?;
        let next = |day: Date| day.tomorrow().map_err(|_| Refusal::invalid("until", "date-impossible"));
        let until = self.until.map(|day| begin_of(next(day)?, zone, "until")).transpose()?;
        Ok(ReadingFilter { owner: self.of, reader: self.by, from, until })
    }
}

fn begin_of(day: Date, zone: &TimeZone, field: &'static str) -> Result<Timestamp, Refusal> {
    let begin = zone.to_timestamp(day.to_datetime(Time::midnight()));
    Ok(begin.map_err(|_| Refusal::invalid(field, "date-impossible"))?.into())
}

impl View for ReadingsPage {
    const TEMPLATE: &'static str = "trust/readings.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("readings-title")
    }

    fn samples() -> Vec<Self> {
        let day = Some(Date::constant(2026, 9, 23));
        let asked = Asked { by: Some(PersonId(Uuid::nil())), from: day, until: day, ..Asked::default() };
        let full = Self {
            asked,
            by_name: Some("系统管理员 01".to_owned()),
            of_name: Some("骑手 0017".to_owned()),
            readings: samples(),
            next: Some("/admin/access?after=1".to_owned()),
            first: Some("/admin/access".to_owned()),
        };
        let nothing = Self { readings: Vec::new(), next: None, first: None, ..full.clone() };
        let empty = Self { asked: Asked::default(), by_name: None, of_name: None, ..nothing.clone() };
        vec![full, nothing, empty]
    }
}

impl Listing for ReadingsPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/admin/access.csv", "/admin/access.xlsx"];
    const SUMMARY: &'static str = "Who read whose sensitive data, as a file";
    const NAME: &'static str = "access";
    const TITLE: &'static str = "readings-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("readings-at", 20),
        ("readings-by", 22),
        ("admin-role", 18),
        ("readings-of", 22),
        ("readings-what", 18),
        ("readings-why", 30),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        crate::admin::looks::require_export(&cx).await?;
        if asked.after.is_none() {
            taken_out::of_all(&cx, Purpose::ExportAccessLog, MAY, "readings").await?;
        }
        Ok(show(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &ReadingLine| {
            let by = line.reader_name.clone().unwrap_or_else(|| said.plain("readings-by-product"));
            vec![
                said.time(line.at),
                by.into(),
                line.role.map_or_else(|| String::new().into(), |role| said.text(role.label_key())),
                whose(line, said),
                said.text(line.class.label_key()),
                said.text(line.purpose.label_key()),
            ]
        };
        self.readings.iter().map(row).collect()
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(Asked { after: Some(after.to_owned()), ..asked.clone() })
    }
}

/// Whose it was: nobody's in particular where it was a file of all.
fn whose(line: &ReadingLine, said: &Said) -> Cell {
    let of_all = matches!(line.purpose, Purpose::ExportCases | Purpose::ExportAccessLog);
    let unnamed = || if of_all { said.plain("readings-of-all") } else { line.owner.to_string() };
    line.owner_name.clone().unwrap_or_else(unnamed).into()
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<ReadingsPage>, Fault> {
    let zone = TimeZone::get(&cx.tenant()?.zone).unwrap_or(TimeZone::UTC);
    let filter = asked.filter(&zone)?;
    let after: Option<ReadingPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let (by, of) = (asked.by, asked.of.map(PersonId));
    let (rows, by_name, of_name) = cx
        .read(move |tx| {
            Box::pin(async move {
                let rows = readings(tx, &filter, after, ON_PAGE + 1).await?;
                let by = match by {
                    Some(by) => person_name(tx, by).await?,
                    None => None,
                };
                let of = match of {
                    Some(of) => person_name(tx, of).await?,
                    None => None,
                };
                Ok((rows, by, of))
            })
        })
        .await?;
    let (readings, next) = page_of(rows, ON_PAGE);
    let next = next.map(|place| asked.address(Some(place)));
    let first = after.map(|_| asked.address(None));
    Ok(Page(ReadingsPage { asked, by_name, of_name, readings, next, first }))
}
