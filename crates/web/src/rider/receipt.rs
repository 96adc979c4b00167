//! What a reporter is given at once: proof that the report is here, and the way to what becomes of it.

use qige_app::Draft;
use qige_cases::Receipt;
use qige_cases::catalogue::Catalogue;
use qige_cases::views::OwnReport;
use qige_cases::words::{MAX_WORDS_CHARS, clean};
use qige_identity::Permission;
use qige_kernel::{CaseId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::matter::Matter;
use super::my_case::own_case;
use crate::{Cx, Fault, Locale, Page, Path, Query, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("mine").get(
        "/mine/{case}/receipt",
        Permission::ReadOwnReports,
        "The receipt of one of one's own reports",
        show,
    )
}

/// What proves that a report is here.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiptPage {
    /// The report.
    pub(crate) report: ReportId,
    /// What to quote of it: the last signs of its id, which are chance.
    pub(crate) number: String,
    /// When it reached us.
    pub(crate) at: Timestamp,
    /// What it is about.
    pub(crate) matter: Option<Matter>,
    /// The words.
    pub(crate) words: String,
    /// When they went because their term was over.
    pub(crate) words_erased_at: Option<Timestamp>,
    /// How many photos came with it.
    pub(crate) photos: usize,
    /// Others who reported the same.
    pub(crate) others: i64,
    /// Solved on the spot.
    pub(crate) solved: bool,
    /// By which a reporter without an account follows it.
    pub(crate) follow_code: Option<String>,
    /// Where it is followed.
    pub(crate) url: String,
    /// The same as a link for another device.
    pub(crate) link: Option<String>,
}

impl View for ReceiptPage {
    const TEMPLATE: &'static str = "rider/receipt.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("receipt-title")
    }

    fn samples() -> Vec<Self> {
        let signed_in = Self {
            report: ReportId(Uuid::nil()),
            number: number(ReportId(Uuid::nil())),
            at: Timestamp::from_micros(1_790_000_000_000_000),
            matter: Matter::sample(),
            words: "路口东边井盖没了".to_owned(),
            words_erased_at: None,
            photos: 2,
            others: 2,
            solved: false,
            follow_code: None,
            url: "/mine/019a0000-0000-7000-8000-000000000001".to_owned(),
            link: None,
        };
        let stranger = Self {
            matter: None,
            words: String::new(),
            others: 0,
            follow_code: Some("7K3M-9QXA-2BTV".to_owned()),
            url: "/follow/7K3M-9QXA-2BTV".to_owned(),
            link: Some("https://qige.example/follow/7K3M-9QXA-2BTV".to_owned()),
            ..signed_in.clone()
        };
        let solved = Self { solved: true, others: 0, ..signed_in.clone() };
        let bare = Self { words: String::new(), words_erased_at: Some(signed_in.at), ..solved.clone() };
        vec![signed_in, stranger, solved, bare]
    }
}

/// Which report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Asked {
    /// Its id; the first one about the case when left out.
    report: Option<ReportId>,
}

async fn show(
    cx: Cx,
    Path(id): Path<CaseId>,
    Query(asked): Query<Asked>,
) -> Result<Page<ReceiptPage>, Fault> {
    let case = own_case(&cx, id).await?;
    let matter = case.matter.map(|key| Matter::of(key, cx.locale()));
    let others = case.others;
    let wanted = |report: &OwnReport| asked.report.is_none_or(|wanted| report.id == wanted);
    let report = case.reports.into_iter().find(wanted).ok_or_else(Fault::missing)?;
    Ok(Page(ReceiptPage {
        report: report.id,
        number: number(report.id),
        at: report.received_at,
        matter,
        words: report.words,
        words_erased_at: case.words_erased_at,
        photos: report.photos.len(),
        others,
        solved: report.solved,
        follow_code: None,
        url: format!("/mine/{id}"),
        link: None,
    }))
}

impl ReceiptPage {
    /// Of a report that somebody with an account has just made, as the page would show it; none where it
    /// takes a look to say what else is known about the case.
    pub(super) fn of_new(receipt: &Receipt, report: &Draft, locale: Locale) -> Option<Self> {
        let key = report.matter;
        let photographed = Catalogue::standard().may_be_photographed(key);
        if receipt.joined || receipt.again || !(report.photos.is_empty() || photographed) {
            return None;
        }
        Some(Self {
            report: receipt.report,
            number: number(receipt.report),
            at: receipt.at,
            matter: key.map(|key| Matter::of(key, locale)),
            words: clean("words", &report.words, MAX_WORDS_CHARS).ok()?,
            words_erased_at: None,
            photos: report.photos.len(),
            others: 0,
            solved: report.solved,
            follow_code: None,
            url: format!("/mine/{}", receipt.case),
            link: None,
        })
    }
}

/// The number that people quote: eight signs, in two groups.
pub(crate) fn number(report: ReportId) -> String {
    let signs = report.0.simple().to_string().to_ascii_uppercase();
    let (_, last) = signs.split_at_checked(signs.len().saturating_sub(8)).unwrap_or_default();
    let (one, other) = last.split_at_checked(4).unwrap_or_default();
    format!("{one}-{other}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_s_number_is_short() {
        let report = "019a0000-0000-7000-8000-0000abcd0123".parse().unwrap();
        assert_eq!(number(report), "ABCD-0123");
    }
}
