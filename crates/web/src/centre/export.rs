//! The queue as a file: what the address asks for, all of it, for those who work in spreadsheets.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `columns.rs` | the columns, and what stands in them |
//! | `batches.rs` | a long list in bounded memory |
//! | `csv.rs`, `xlsx.rs` | how a row is written |
//!
//! A million cases are sent with a thousand in memory, and no transaction is open between two batches:
//! [`qige_cases::queries::listed`] says what that means for cases that change meanwhile.

mod batches;
mod columns;
mod csv;
mod xlsx;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use qige_cases::queries::{MAX_BATCH_ROWS, Sight, listed};
use qige_cases::views::ListedCase;
use qige_identity::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::asked::Asked;
use super::names::Directory;
use super::searching::ByName;
use crate::base_map::pieces;
use crate::download::{Csv, Download, FileKind, Xlsx};
use crate::{Cx, Fault, Query, Routes, Text};
use batches::batches;
use columns::{Around, Column, Table};
pub(crate) use csv::{BYTE_ORDER_MARK, harmless};
use xlsx::{Book, Labels, SHEET_ROWS};

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get(
            "/cases/export.csv",
            Permission::ExportCases,
            "All cases of the queue as so narrowed, as comma-separated values",
            as_csv,
        )
        .get(
            "/cases/export.xlsx",
            Permission::ExportCases,
            "All cases of the queue as so narrowed, as a workbook",
            as_xlsx,
        )
}

/// Which columns.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Chosen {
    /// In this order, each once; none: the usual ones.
    column: Vec<Column>,
}

/// What the queue offers to those who may take it out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Offer {
    /// What the queue is narrowed by.
    fields: Vec<Field>,
    /// The columns to choose from.
    columns: Vec<Choice>,
}

/// A field that the form sends along.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Field {
    name: &'static str,
    value: String,
}

/// A column to choose.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Choice {
    column: Column,
    /// One of the usual ones.
    usual: bool,
}

impl Offer {
    pub(super) fn of(asked: &Asked) -> Self {
        let choice = |column: &Column| Choice { column: *column, usual: Column::USUAL.contains(column) };
        Self {
            fields: asked.fields().map(|(name, value)| Field { name, value }).collect(),
            columns: Column::ALL.iter().map(choice).collect(),
        }
    }
}

async fn as_csv(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(chosen): Query<Chosen>,
) -> Result<Download<Csv>, Fault> {
    let (table, cases) = all(&cx, &asked, &chosen).await?;
    let day = table.day();
    let head = stream::once(std::future::ready(csv::head(&table)));
    let lines = cases.map(move |cases| csv::lines(&table, &cases?));
    Ok(download(&cx, day, head.chain(lines)))
}

async fn as_xlsx(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(chosen): Query<Chosen>,
) -> Result<Download<Xlsx>, Fault> {
    let (table, cases) = all(&cx, &asked, &chosen).await?;
    let day = table.day();
    let labels = Labels {
        sheet: cx.say(&Text::of("export-sheet")),
        goes_on: cx.say(&Text::of("export-goes-on").with("sheet", "{sheet}")),
    };
    let (folder, now) = (cx.state().settings().data_folder.clone(), cx.now());
    let book = move || Book::begin(table, labels, folder, SHEET_ROWS, now);
    Ok(download(&cx, day, stream::once(workbook(book, cases)).try_flatten()))
}

/// How cases are written, and the cases. The first batch is read at once: what is wrong with the question
/// is said by a page, not by a file that breaks off.
async fn all(
    cx: &Cx,
    asked: &Asked,
    chosen: &Chosen,
) -> Result<(Arc<Table>, impl Stream<Item = io::Result<Vec<ListedCase>>> + Send + use<>), Fault> {
    let who = cx.signed_in()?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let zone = book.calendar.zone().clone();
    let filter = Arc::new(asked.filter(cx, &book, ByName::Centre).await?);
    let sight = Arc::new(Sight::of(who, Permission::ExportCases));
    let grids = book.grids.clone();
    let directory = cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, grids).await?) })).await?;
    let public_url = cx.state().settings().public_url.clone();
    let around = Around { directory, zone, now: cx.now(), public_url };
    let table = Arc::new(Table::of(cx.state().texts(), cx.locale(), &chosen.column, around));

    let (db, asker, order, now) = (cx.app().db.clone(), cx.asker()?, asked.order(), cx.now());
    let mut cases = Box::pin(batches(move |after: Option<String>| {
        let (db, filter, sight) = (db.clone(), filter.clone(), sight.clone());
        async move {
            let read = db.read(asker, move |tx| {
                Box::pin(async move {
                    listed(tx, &filter, &sight, order, now, after.as_deref(), MAX_BATCH_ROWS).await
                })
            });
            read.await
        }
    }));
    let first = cases.try_next().await?;
    let all = stream::iter(first.map(Ok)).chain(cases.map_err(io::Error::other));
    Ok((table, all))
}

/// The workbook, written while its cases are read and sent when it is whole: a workbook's table of contents
/// stands at its end.
async fn workbook(
    begin: impl FnOnce() -> io::Result<Book> + Send + 'static,
    cases: impl Stream<Item = io::Result<Vec<ListedCase>>>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
    let book = spawn_blocking(begin).await??;
    let with =
        |book: Book, cases: Vec<ListedCase>| async move { spawn_blocking(move || book.with(&cases)).await? };
    let book = cases.try_fold(book, with).await?;
    let file = spawn_blocking(|| book.end()).await??;
    let bytes = file.metadata()?.len();
    Ok(pieces(tokio::fs::File::from_std(file), bytes))
}

/// A file called by the day.
fn download<K: FileKind>(
    cx: &Cx,
    day: Date,
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Download<K> {
    let name = cx.say(&Text::of("export-file").with("day", day.to_string()));
    Download::of(name, format!("cases-{day}"), pieces)
}
