//! The inbox.

use std::collections::BTreeMap;

use qige_app::Wording;
use qige_db::{Command, Failure, Tx};
use qige_identity::{Permission, Who};
use qige_kernel::{NoticeId, Refusal, RefusalKind, Timestamp};
use qige_notify::{Cursor, Notice, Recipient, inbox, mark_all_read, mark_read, unread_count};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::channels::own_sentence;
use crate::rider::matter::Matter;
use crate::sheet::{self, Listing, Rows};
use crate::{Access, Cx, Done, Fault, Input, Locale, Page, Path, Query, Routes, Text, View, Width};

/// Notices on one page.
const ON_PAGE: u32 = 30;

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("notices")
        .get("/notices", Access::SignedIn, "What one has been told", show)
        .list::<NoticesPage>(Access::SignedIn)
        .post("/notices/read", Access::SignedIn, "Mark everything as read", read_all)
        .post("/notices/{id}/read", Access::SignedIn, "Mark one as read and go to what it is about", read_one)
}

/// What one has been told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NoticesPage {
    notices: Vec<Told>,
    /// The address of the next page.
    next: Option<String>,
    /// Whether this is not the first page.
    later: bool,
}

/// One notice.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Told {
    id: NoticeId,
    /// Names its sentence.
    kind: String,
    /// The sentence's key and values.
    said: Said,
    /// The sentence in the subdistrict's own words, where it has any.
    words: Option<String>,
    at: Timestamp,
    read: bool,
}

/// A text that a template says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Said {
    pub(crate) key: String,
    pub(crate) args: BTreeMap<String, Value>,
}

impl Told {
    /// As somebody reads it.
    fn sentence(&self, say: &dyn Fn(&Text) -> String) -> String {
        let what = self.said.args.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
        let text = Text::of(self.said.key.clone());
        let text = what.fold(text, |text, (name, value)| text.with(name, value.to_owned()));
        self.words.clone().unwrap_or_else(|| say(&text))
    }
}

/// A notice for the copy of one's own data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct KeptNotice {
    pub(crate) at: Timestamp,
    pub(crate) words: String,
    pub(crate) read: bool,
}

/// All that one was told oneself, the latest first; so many at most.
pub(crate) async fn kept(cx: &Cx, most: usize) -> Result<Vec<KeptNotice>, Fault> {
    let (me, now) = ([Recipient::Person(cx.signed_in()?.person)], cx.now());
    let (notices, wording) = cx
        .read(move |tx| {
            Box::pin(async move {
                let (mut all, mut before) = (Vec::new(), None);
                loop {
                    let page = inbox(tx, &me, now, before, ON_PAGE).await?;
                    all.extend(page.notices);
                    before = page.next;
                    if before.is_none() || all.len() >= most {
                        return Ok((all, Wording::read(tx).await?));
                    }
                }
            })
        })
        .await?;
    let kept = notices.into_iter().take(most).map(|notice| {
        let told = told(notice, &wording, cx);
        KeptNotice { at: told.at, words: told.sentence(&|text| cx.say(text)), read: told.read }
    });
    Ok(kept.collect())
}

impl View for NoticesPage {
    const TEMPLATE: &'static str = "pages/notices.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("notices-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let told = |read: bool| Told {
            id: NoticeId(uuid::Uuid::nil()),
            kind: "report-closed".to_owned(),
            said: Said {
                key: "notice-report-closed".to_owned(),
                args: BTreeMap::from([("what".to_owned(), json!("暴露垃圾 20261124-0007"))]),
            },
            words: read.then(|| "“暴露垃圾 20261124-0007”办好了".to_owned()),
            at,
            read,
        };
        vec![
            Self {
                notices: vec![told(false), told(true)],
                next: Some("/notices?before=1".to_owned()),
                later: true,
            },
            Self { notices: Vec::new(), next: None, later: false },
        ]
    }
}

/// As whom somebody is told things: themself, and the units whose work they do.
fn recipients(who: &Who) -> Vec<Recipient> {
    let units = who.units().into_iter().map(Recipient::Unit);
    std::iter::once(Recipient::Person(who.person)).chain(units).collect()
}

/// How many notices this person has not read yet. A header without the number is better than no page.
pub(crate) async fn unread(cx: &Cx) -> u32 {
    let Some(who) = cx.who() else { return 0 };
    let (recipients, now) = (recipients(who), cx.now());
    let counted =
        cx.read(move |tx| Box::pin(async move { Ok(unread_count(tx, &recipients, now).await?) })).await;
    counted.ok().and_then(|count| u32::try_from(count).ok()).unwrap_or_default()
}

impl Listing for NoticesPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/notices.csv", "/notices.xlsx"];
    const SUMMARY: &'static str = "What one has been told, as a file";
    const NAME: &'static str = "notices";
    const TITLE: &'static str = "notices-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("list-at", 20), ("list-said", 60), ("notices-was-read", 10)];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &sheet::Said) -> Rows {
        let row = |told: &Told| {
            let read = told.read.then(|| said.plain("list-yes"));
            vec![said.time(told.at), told.sentence(&|text| said.say(text)).into(), read.into()]
        };
        self.notices.iter().map(row).collect()
    }

    fn first(_: Wanted) -> Wanted {
        Wanted { before: None }
    }

    fn next(&self, _: &Wanted) -> Option<Wanted> {
        let (_, before) = self.next.as_deref()?.split_once("before=")?;
        Some(Wanted { before: Some(before.to_owned()) })
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Where the page begins.
    before: Option<String>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<NoticesPage>, Fault> {
    let (recipients, now) = (recipients(cx.signed_in()?), cx.now());
    let before: Option<Cursor> = match wanted.before.as_deref().map(str::parse) {
        None => None,
        Some(Ok(cursor)) => Some(cursor),
        Some(Err(error)) => return Err(Fault::missing().because(error)),
    };
    let (page, wording) = cx
        .read(move |tx| {
            Box::pin(async move {
                let page = inbox(tx, &recipients, now, before, ON_PAGE).await?;
                Ok((page, Wording::read(tx).await?))
            })
        })
        .await?;
    Ok(Page(NoticesPage {
        notices: page.notices.into_iter().map(|notice| told(notice, &wording, &cx)).collect(),
        next: page.next.map(|cursor| format!("/notices?before={cursor}")),
        later: before.is_some(),
    }))
}

/// The values in a notice's sentence. `unnamed` stands for a report that has no matter yet.
pub(crate) fn values(
    about_kind: &str,
    args: &Value,
    locale: Locale,
    unnamed: &str,
) -> BTreeMap<String, Value> {
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let matter = text("matter").and_then(|key| key.parse().ok()).map(|key| Matter::of(key, locale).name);
    let matter = matter.unwrap_or_else(|| unnamed.to_owned());
    // By name, and by number once there is one.
    let what = text("number").map_or_else(|| matter.clone(), |number| format!("{matter} {number}"));
    match about_kind {
        // Such a notice says who and how many, or by which browser, and nothing of a matter.
        "reader" | "journal" | "credential" | "look" | "cover" | "queue" => {
            args.as_object().into_iter().flatten().map(own).collect()
        }
        _ => BTreeMap::from([("what".to_owned(), Value::String(what))]),
    }
}

fn told(notice: Notice, wording: &Wording, cx: &Cx) -> Told {
    let unnamed = cx.say(&Text::of("report-unnamed"));
    let args = values(&notice.about_kind, &notice.args, cx.locale(), &unnamed);
    let words = own_sentence(wording, cx.locale(), &notice.kind, &args);
    let said = Said { key: format!("notice-{}", notice.kind), args };
    Told { id: notice.id, kind: notice.kind, said, words, at: notice.at, read: notice.read_at.is_some() }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Where what a notice is about can be seen by its reader.
fn page_of(notice: &Notice, who: &Who) -> String {
    let id = notice.about;
    match (notice.about_kind.as_str(), notice.recipient) {
        ("case", Recipient::Person(_)) if ["verify-asked", "check-asked"].contains(&notice.kind.as_str()) => {
            format!("/ground/{id}")
        }
        // The unit has no part in it any more, and sees it no more.
        ("case", Recipient::Unit(_))
            if ["unit-taken-away", "unit-help-ended"].contains(&notice.kind.as_str()) =>
        {
            "/unit".to_owned()
        }
        ("case", Recipient::Unit(_)) => format!("/unit/cases/{id}"),
        ("consent", _) => "/me/consents".to_owned(),
        ("cover", _) => "/me".to_owned(),
        ("look", _) => "/looks".to_owned(),
        ("right", _) if notice.kind == "right-asked" => "/admin/requests".to_owned(),
        ("right", _) => "/me/data".to_owned(),
        ("credential", _) => "/me#credentials".to_owned(),
        ("journal", _) if who.may(Permission::ReadJournal) => "/admin/journal".to_owned(),
        ("reader", _) if who.may(Permission::ReadAccessLog) => format!("/admin/access?by={id}"),
        ("queue", _) if who.may(Permission::ReadQueue) => "/cases?state=reported".to_owned(),
        ("case", _) if who.may(Permission::ReadCase) => format!("/cases/{id}"),
        ("case", _) if who.may(Permission::ReadOwnReports) => format!("/mine/{id}"),
        _ => "/notices".to_owned(),
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

struct Read {
    id: NoticeId,
    recipients: Vec<Recipient>,
    at: Timestamp,
}

impl Command for Read {
    type Output = Notice;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Notice, Failure> {
        let read = mark_read(tx, self.id, &self.recipients, self.at).await?;
        Ok(read.ok_or_else(|| Refusal::new(RefusalKind::Missing, "notice-missing"))?)
    }
}

async fn read_one(cx: Cx, Path(id): Path<NoticeId>, _nothing: Input<Nothing>) -> Result<Done, Fault> {
    let who = cx.signed_in()?;
    let notice = cx.write(Read { id, recipients: recipients(who), at: cx.now() }).await?;
    Ok(Done::see(page_of(&notice, who)))
}

struct ReadAll {
    recipients: Vec<Recipient>,
    at: Timestamp,
}

impl Command for ReadAll {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        mark_all_read(tx, &self.recipients, self.at).await?;
        Ok(())
    }
}

async fn read_all(cx: Cx, _nothing: Input<Nothing>) -> Result<Done<NoticesPage>, Fault> {
    cx.write(ReadAll { recipients: recipients(cx.signed_in()?), at: cx.now() }).await?;
    Ok(Done::see("/notices"))
}
