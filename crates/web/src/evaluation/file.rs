//! Tables as files for spreadsheets: as large as a page's table, so they are made at once.

use std::future::ready;
use std::io;

use bytes::Bytes;
use futures_util::stream;
use qige_kernel::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::download::{Csv, Download, FileKind, Xlsx};
use crate::sheet::{BYTE_ORDER_MARK, harmless};

/// How wide the first column is, in characters; and the others.
const WIDTHS_CHARS: [u8; 2] = [30, 16];
/// Characters of a sheet's name at most ("Excel specifications and limits").
const NAME_CHARS: usize = 31;

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Text(String),
    Number(f64),
    /// From 0 to 1.
    Share(f64),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// None of these comes near to four thousand million.
    pub(super) fn count(count: u64) -> Self {
        Self::Number(u32::try_from(count).map_or(f64::NAN, f64::from))
    }

    pub(super) fn minutes(minutes: Option<i64>) -> Self {
        let minutes = minutes.and_then(|minutes| i32::try_from(minutes).ok());
        minutes.map_or(Self::Nothing, |minutes| Self::Number(minutes.into()))
    }

    pub(super) fn share(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, Self::Share)
    }
}

/// A table with its headings in the first row.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// Comma-separated values, in the form in which lists of cases come too.
pub(super) fn csv(sheet: &Sheet) -> io::Result<Bytes> {
    let mut file = BYTE_ORDER_MARK.to_vec();
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(&mut file);
    for row in &sheet.rows {
        writer.write_record(row.iter().map(written))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(file.into())
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Share(share) => format!("{share:.4}"),
    }
}

/// A workbook.
pub(super) fn xlsx(sheets: &[Sheet], now: Timestamp) -> io::Result<Bytes> {
    workbook(sheets, now).map(Bytes::from).map_err(io::Error::other)
}

fn workbook(sheets: &[Sheet], now: Timestamp) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = now.to_jiff().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::parse_from_str(&made)?));
    let heading = Format::new().set_bold().set_text_wrap();
    let (text, share) = (Format::new().set_num_format("@"), Format::new().set_num_format("0.0%"));
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(sheet.name.chars().take(NAME_CHARS).collect::<String>())?;
        page.set_freeze_panes(1, 1)?;
        let [first, other] = WIDTHS_CHARS;
        page.set_column_width(0, first)?;
        let columns = sheet.rows.iter().map(Vec::len).max().unwrap_or(1);
        for column in 1..u16::try_from(columns).unwrap_or(u16::MAX) {
            page.set_column_width(column, other)?;
        }
        for (row, cells) in (0_u32..).zip(&sheet.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Nothing => continue,
                    Cell::Text(said) if row == 0 => {
                        page.write_string_with_format(row, column, said, &heading)?
                    }
                    Cell::Text(said) => page.write_string_with_format(row, column, said, &text)?,
                    Cell::Number(number) => page.write_number(row, column, *number)?,
                    Cell::Share(part) => page.write_number_with_format(row, column, *part, &share)?,
                };
            }
        }
    }
    book.save_to_buffer()
}

/// A file on its way out.
pub(super) fn download<K: FileKind>(name: String, plain: String, bytes: io::Result<Bytes>) -> Download<K> {
    Download::of(name, plain, stream::once(ready(bytes)))
}

/// The one or the other.
pub(super) type AsCsv = Download<Csv>;
/// The one or the other.
pub(super) type AsXlsx = Download<Xlsx>;

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader};

    use super::*;

    fn sheet() -> Sheet {
        let head = ["部门", "得分"].map(Cell::text).to_vec();
        let row = vec![Cell::text("=1+1"), Cell::Share(0.5), Cell::Nothing, Cell::count(3)];
        Sheet { name: "部门".repeat(20), rows: vec![head, row] }
    }

    #[test]
    fn nothing_that_was_written_is_computed() {
        let file = csv(&sheet()).unwrap();
        let text = String::from_utf8(file.to_vec()).unwrap();
        assert_eq!(text, "\u{feff}部门,得分\r\n'=1+1,0.5000,,3\r\n");
        let now = "2026-11-28T02:00:00Z".parse().unwrap();
        let mut book = calamine::Xlsx::new(io::Cursor::new(xlsx(&[sheet()], now).unwrap())).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(range.get((1, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!(range.get((1, 1)), Some(&Data::Float(0.5)));
    }
}
