//! Lists as files, for those who work in spreadsheets.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `listing.rs` | [`Listing`]: a page's list, page after page |
//! | `cell.rs` | what stands in one cell |
//! | `batches.rs` | a long list in bounded memory |
//! | `csv.rs`, `xlsx.rs` | how a row is written |
//! | `turns.rs` | how many files are made at once |

mod batches;
mod cell;
mod csv;
mod listing;
mod turns;
mod xlsx;

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tokio::task::spawn_blocking;

use crate::base_map::pieces;
use crate::download::{Csv, Download, Xlsx};
use crate::{Cx, Fault, Text};
pub(crate) use batches::batches;
pub(crate) use cell::Cell;
pub(crate) use listing::{Listing, Nothing, Said};
pub(crate) use turns::{Turn, Turns};
use xlsx::{Book, Labels, SHEET_ROWS};

/// Some rows, cell by cell.
pub(crate) type Rows = Vec<Vec<Cell>>;

/// A file to be made: what it says besides its rows.
pub(crate) struct Sheet {
    /// Headings, each with the width of its column in a workbook, in characters.
    pub(crate) columns: Vec<(String, u8)>,
    /// What the file is called, without ending.
    pub(crate) name: String,
    /// The same in ASCII, for what reads no other.
    pub(crate) plain_name: String,
    /// What a workbook's sheets are called, without their numbers.
    pub(crate) title: String,
}

/// A table that stands on a sheet of its own beside others.
pub(crate) struct Table {
    /// What its sheet is called.
    pub(crate) title: String,
    /// As in [`Sheet::columns`].
    pub(crate) columns: Vec<(String, u8)>,
    pub(crate) rows: Rows,
}

/// The turn of whoever asks.
pub(crate) fn turn(cx: &Cx) -> Result<Turn, Fault> {
    Ok(cx.state().files().take(cx.who().map(|who| who.person))?)
}

/// Rows that are as few as those of a page, as a stream.
pub(crate) fn at_once(rows: Rows) -> impl Stream<Item = io::Result<Rows>> + Send + 'static {
    stream::once(std::future::ready(Ok(rows)))
}

impl Sheet {
    /// As comma-separated values.
    pub(crate) fn csv<S>(self, rows: S, turn: Turn) -> Download<Csv>
    where
        S: Stream<Item = io::Result<Rows>> + Send + 'static,
    {
        let head = stream::once(std::future::ready(csv::head(&self.columns)));
        let lines = head.chain(rows.map(|rows| csv::lines(rows?)));
        Download::of(self.name, self.plain_name, held(turn, lines))
    }

    /// As a workbook.
    pub(crate) fn xlsx<S>(self, cx: &Cx, rows: S, turn: Turn) -> Download<Xlsx>
    where
        S: Stream<Item = io::Result<Rows>> + Send + 'static,
    {
        self.xlsx_with(cx, rows, Vec::new(), turn)
    }

    /// As a workbook with other tables behind it.
    pub(crate) fn xlsx_with<S>(self, cx: &Cx, rows: S, others: Vec<Table>, turn: Turn) -> Download<Xlsx>
    where
        S: Stream<Item = io::Result<Rows>> + Send + 'static,
    {
        let labels = Labels {
            sheet: self.title,
            goes_on: cx.say(&Text::of("export-goes-on").with("sheet", "{sheet}")),
        };
        let (folder, now, columns) = (cx.state().settings().data_folder.clone(), cx.now(), self.columns);
        let book = move || Book::begin(columns, labels, folder, SHEET_ROWS, now);
        let pieces = stream::once(workbook(book, rows, others)).try_flatten();
        Download::of(self.name, self.plain_name, held(turn, pieces))
    }
}

/// The same, with somebody's turn until the last piece was fetched or nobody fetches it any more.
fn held<S>(turn: Turn, pieces: S) -> impl Stream<Item = S::Item> + Send + 'static
where
    S: Stream + Send + 'static,
{
    pieces.inspect(move |_| {
        let _until_it_is_dropped = &turn;
    })
}

/// The workbook, written while its rows are read and sent when it is whole: a workbook's table of contents
/// stands at its end.
async fn workbook(
    begin: impl FnOnce() -> io::Result<Book> + Send + 'static,
    rows: impl Stream<Item = io::Result<Rows>>,
    others: Vec<Table>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
    let book = spawn_blocking(begin).await??;
    let with = |book: Book, rows: Rows| async move { spawn_blocking(move || book.with(rows)).await? };
    let book = rows.try_fold(book, with).await?;
    let whole = move || others.into_iter().try_fold(book, Book::beside)?.end();
    let file = spawn_blocking(whole).await??;
    let bytes = file.metadata()?.len();
    Ok(pieces(tokio::fs::File::from_std(file), bytes))
}
