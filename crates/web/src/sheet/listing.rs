//! A page's list as a file: what the page shows, page after page, and nothing else. So who may have it, what
//! it is narrowed by and what it leaves out are the page's own.

use std::io;

use futures_util::stream::{self, try_unfold};
use futures_util::{Stream, TryStreamExt};
use jiff::tz::TimeZone;
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Cell, Rows, Sheet};
use crate::download::{Csv, Download, Xlsx};
use crate::routes::Access;
use crate::{Cx, Fault, Query, Routes, Text};

/// A page with a list.
pub(crate) trait Listing: Sized + Send + 'static {
    /// What is asked for in the page's address.
    type Asked: Clone + DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// Where it is as comma-separated values, and as a workbook: the page's path with an ending.
    const PATHS: [&'static str; 2];
    /// One sentence for programmers.
    const SUMMARY: &'static str;
    /// What the file is called in ASCII.
    const NAME: &'static str;
    /// The text that says what it is called: the page's title.
    const TITLE: &'static str;
    /// Each column's text, and its width in a workbook, in characters.
    const COLUMNS: &'static [(&'static str, u8)];

    /// One page of it.
    fn read(cx: Cx, asked: Self::Asked) -> impl Future<Output = Result<Self, Fault>> + Send;

    /// Its rows, cell by cell.
    fn rows(&self, said: &Said) -> Rows;

    /// What the first page is asked for by.
    fn first(asked: Self::Asked) -> Self::Asked {
        asked
    }

    /// What the next page is asked for by, after one that was asked for so.
    fn next(&self, _asked: &Self::Asked) -> Option<Self::Asked> {
        None
    }
}

/// Nothing is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Nothing {}

/// Words and times, as whoever asked reads them.
#[derive(Clone)]
pub(crate) struct Said {
    cx: Cx,
    zone: TimeZone,
}

impl Said {
    async fn of(cx: &Cx) -> Result<Self, Fault> {
        let book = cx.app().rulebook(cx.tenant()?.id).await?;
        Ok(Self { cx: cx.clone(), zone: book.calendar.zone().clone() })
    }

    /// A text with its values.
    pub(crate) fn say(&self, text: &Text) -> String {
        self.cx.say(text)
    }

    /// A text without values.
    pub(crate) fn text(&self, key: impl Into<String>) -> Cell {
        self.plain(key).into()
    }

    /// The same for whoever puts several together.
    pub(crate) fn plain(&self, key: impl Into<String>) -> String {
        self.say(&Text::of(key.into()))
    }

    /// What somebody wrote; that it went, where its term is over.
    pub(crate) fn words(&self, words: &str, erased_at: Option<Timestamp>) -> Cell {
        if erased_at.is_some() { self.text("words-erased-short") } else { Cell::from(Some(words.to_owned())) }
    }

    /// Several in one cell.
    pub(crate) fn listed(&self, several: impl Iterator<Item = String>) -> Cell {
        several.collect::<Vec<_>>().join(&self.plain("list-between")).into()
    }

    /// An instant by the tenant's clocks.
    pub(crate) fn time(&self, at: impl Into<Option<Timestamp>>) -> Cell {
        let there = at.into().map(|at| at.to_jiff().to_zoned_datetime(self.zone.clone()));
        there.map_or(Cell::Nothing, |there| Cell::Time(there.strftime("%Y-%m-%d %H:%M:%S").to_string()))
    }

    fn day(&self) -> String {
        self.cx.now().to_jiff().to_zoned_datetime(self.zone.clone()).date().to_string()
    }
}

impl Routes {
    /// Both files of a page's list, for those who may see the page.
    #[must_use]
    pub(crate) fn list<L: Listing>(self, access: impl Into<Access>) -> Self {
        let ([csv, xlsx], access) = (L::PATHS, access.into());
        self.get(csv, access, L::SUMMARY, as_csv::<L>).get(xlsx, access, L::SUMMARY, as_xlsx::<L>)
    }
}

async fn as_csv<L: Listing>(cx: Cx, Query(asked): Query<L::Asked>) -> Result<Download<Csv>, Fault> {
    let turn = super::turn(&cx)?;
    let (sheet, rows) = all::<L>(&cx, asked).await?;
    Ok(sheet.csv(rows, turn))
}

async fn as_xlsx<L: Listing>(cx: Cx, Query(asked): Query<L::Asked>) -> Result<Download<Xlsx>, Fault> {
    let turn = super::turn(&cx)?;
    let (sheet, rows) = all::<L>(&cx, asked).await?;
    Ok(sheet.xlsx(&cx, rows, turn))
}

/// The first page is read at once: what is wrong with the question is said by a page, not by a file that
/// breaks off.
async fn all<L: Listing>(
    cx: &Cx,
    asked: L::Asked,
) -> Result<(Sheet, impl Stream<Item = io::Result<Rows>> + Send + use<L>), Fault> {
    let said = Said::of(cx).await?;
    let title = said.plain(L::TITLE);
    let sheet = Sheet {
        columns: L::COLUMNS.iter().map(|(text, width)| (said.plain(*text), *width)).collect(),
        name: format!("{title} {}", said.day()),
        plain_name: format!("{}-{}", L::NAME, said.day()),
        title,
    };
    let cx = cx.clone();
    let mut pages = Box::pin(try_unfold(Some(L::first(asked)), move |next| {
        let (cx, said) = (cx.clone(), said.clone());
        async move {
            let Some(asked) = next else { return Ok::<_, Fault>(None) };
            let page = L::read(cx, asked.clone()).await?;
            Ok(Some((page.rows(&said), page.next(&asked))))
        }
    }));
    let first = pages.try_next().await?;
    let others = pages.map_err(|fault| io::Error::other(format!("{fault:?}")));
    Ok((sheet, futures_util::StreamExt::chain(stream::iter(first.map(Ok)), others)))
}
