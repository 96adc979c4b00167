//! The queue as a file: what the address asks for, all of it, for those who work in spreadsheets.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `columns.rs` | the columns, and what stands in them |
//!
//! A million cases are sent with a thousand in memory, and no transaction is open between two batches:
//! [`qige_cases::queries::listed`] says what that means for cases that change meanwhile.

mod columns;

use std::io;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use qige_cases::queries::{MAX_BATCH_ROWS, Sight, listed};
use qige_identity::{Permission, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::names::Directory;
use super::searching::ByName;
use crate::download::{Csv, Download, Xlsx};
use crate::sheet::{Rows, Sheet, batches, turn};
use crate::{Cx, Fault, Query, Routes, Text, taken_out};
use columns::{Around, Column, Table};

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
    let turn = turn(&cx)?;
    let (sheet, cases) = all(&cx, &asked, &chosen).await?;
    Ok(sheet.csv(cases, turn))
}

async fn as_xlsx(
    cx: Cx,
    Query(asked): Query<Asked>,
    Query(chosen): Query<Chosen>,
) -> Result<Download<Xlsx>, Fault> {
    let turn = turn(&cx)?;
    let (sheet, cases) = all(&cx, &asked, &chosen).await?;
    Ok(sheet.xlsx(&cx, cases, turn))
}

/// What the file says, and its rows. The first batch is read at once: what is wrong with the question
/// is said by a page, not by a file that breaks off.
async fn all(
    cx: &Cx,
    asked: &Asked,
    chosen: &Chosen,
) -> Result<(Sheet, impl Stream<Item = io::Result<Rows>> + Send + use<>), Fault> {
    let who = cx.signed_in()?;
    taken_out::of_all(cx, Purpose::ExportCases, Permission::ExportCases, "cases").await?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let zone = book.calendar.zone().clone();
    let filter = Arc::new(asked.filter(cx, &book, ByName::Centre).await?);
    let sight = Arc::new(Sight::of(who, Permission::ExportCases));
    let grids = book.grids.clone();
    let directory = cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, grids).await?) })).await?;
    let public_url = cx.state().settings().public_url.clone();
    let around = Around { directory, zone, now: cx.now(), public_url };
    let table = Table::of(cx.state().texts(), cx.locale(), &chosen.column, around);
    let day = table.day();
    let sheet = Sheet {
        columns: table.columns(),
        name: cx.say(&Text::of("export-file").with("day", day.to_string())),
        plain_name: format!("cases-{day}"),
        title: cx.say(&Text::of("export-sheet")),
    };

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
    let rows = all.map_ok(move |cases| cases.iter().map(|case| table.cells(case).collect()).collect());
    Ok((sheet, rows))
}
