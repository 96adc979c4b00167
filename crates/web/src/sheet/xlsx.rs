//! A list as a workbook. Its rows go to a file as they come (constant memory), and from there, packed, into
//! the file that is sent; neither has a name, so that nothing is left of them, whatever happens.

use std::fs::File;
use std::io::{self, Seek};
use std::path::PathBuf;

use qige_kernel::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Rows, Table};

/// Rows of one sheet that Excel reads ("Excel specifications and limits").
pub(super) const SHEET_ROWS: u32 = 1_048_576;
/// Signs of a sheet's name at most ("Excel specifications and limits").
const NAME_CHARS: usize = 31;
/// From so many rows on a sheet may be longer than 4 GiB before it is packed: each has up to some 13 KB of
/// words. Below it the older form is written, which more programs read.
const LONG_FROM_ROWS: u32 = 100_000;

/// What a workbook says besides its cells.
pub(super) struct Labels {
    /// What a sheet is called, without its number.
    pub(super) sheet: String,
    /// What stands under the last row of a full sheet: that it goes on, on `{sheet}`.
    pub(super) goes_on: String,
}

/// A workbook that is being written.
pub(super) struct Book {
    book: Workbook,
    columns: Vec<(String, u8)>,
    labels: Labels,
    folder: PathBuf,
    sheet_rows: u32,
    /// How many sheets there are.
    sheets: usize,
    /// How many of them the last table has.
    parts: usize,
    /// The row of the last sheet that is written next.
    row: u32,
    /// Rows of all sheets.
    rows: u32,
    heading: Format,
    text: Format,
    share: Format,
    time: Format,
}

impl Book {
    /// A workbook with its first sheet. Its files lie in `folder`; `sheet_rows` is [`SHEET_ROWS`] but in
    /// tests.
    pub(super) fn begin(
        columns: Vec<(String, u8)>,
        labels: Labels,
        folder: PathBuf,
        sheet_rows: u32,
        now: Timestamp,
    ) -> io::Result<Self> {
        let mut book = Workbook::new();
        book.set_tempdir(&folder).map_err(io::Error::other)?;
        let made = now.to_jiff().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let made = ExcelDateTime::parse_from_str(&made).map_err(io::Error::other)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut begun = Self {
            book,
            columns,
            labels,
            folder,
            sheet_rows,
            sheets: 0,
            parts: 0,
            row: 0,
            rows: 0,
            heading: Format::new().set_bold().set_text_wrap(),
            text: Format::new().set_num_format("@"),
            share: Format::new().set_num_format("0.0%"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        };
        begun.begin_sheet().map_err(io::Error::other)?;
        Ok(begun)
    }

    /// The same with these rows too.
    pub(super) fn with(mut self, rows: Rows) -> io::Result<Self> {
        for row in rows {
            self.add(row).map_err(io::Error::other)?;
        }
        Ok(self)
    }

    /// The same with another table too, on sheets of its own.
    pub(super) fn beside(mut self, table: Table) -> io::Result<Self> {
        self.end_sheet().map_err(io::Error::other)?;
        (self.columns, self.labels.sheet, self.parts) = (table.columns, table.title, 0);
        self.begin_sheet().map_err(io::Error::other)?;
        self.with(table.rows)
    }

    /// The finished file, from its beginning.
    pub(super) fn end(mut self) -> io::Result<File> {
        self.end_sheet().map_err(io::Error::other)?;
        self.book.use_zip_large_file(self.rows >= LONG_FROM_ROWS);
        let mut file = tempfile::tempfile_in(&self.folder)?;
        self.book.save_to_writer(io::BufWriter::new(&file)).map_err(io::Error::other)?;
        file.rewind()?;
        Ok(file)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        (self.sheets, self.parts) = (self.sheets + 1, self.parts + 1);
        let name = self.name(self.parts);
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 1)?;
        for (at, (heading, width)) in (0_u16..).zip(&self.columns) {
            sheet.set_column_width(at, *width)?;
            sheet.write_string_with_format(0, at, heading, &self.heading)?;
        }
        self.row = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let last_column = u16::try_from(self.columns.len()).unwrap_or(1).saturating_sub(1);
        let last_row = self.row.saturating_sub(1);
        self.sheet()?.autofilter(0, 0, last_row, last_column)?;
        Ok(())
    }

    fn name(&self, number: usize) -> String {
        let number = format!(" {number}");
        let room = NAME_CHARS.saturating_sub(number.chars().count());
        self.labels.sheet.chars().take(room).chain(number.chars()).collect()
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        self.book.worksheet_from_index(self.sheets.saturating_sub(1))
    }

    fn add(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        // The last row is kept for the word that it goes on.
        if self.row + 1 >= self.sheet_rows {
            self.end_sheet()?;
            let (row, next) = (self.row, self.name(self.parts + 1));
            let goes_on = self.labels.goes_on.replace("{sheet}", &next);
            self.sheet()?.write_string(row, 0, goes_on)?;
            self.begin_sheet()?;
        }
        let Self { book, text, share, time, sheets, row, .. } = self;
        let (sheet, row) = (book.worksheet_from_index(sheets.saturating_sub(1))?, *row);
        for (at, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Nothing => continue,
                Cell::Text(said) => sheet.write_string_with_format(row, at, said, text)?,
                Cell::Number(number) => sheet.write_number(row, at, number)?,
                Cell::Share(part) => sheet.write_number_with_format(row, at, part, share)?,
                Cell::Time(said) => {
                    let when = ExcelDateTime::parse_from_str(&said)?;
                    sheet.write_datetime_with_format(row, at, &when, time)?
                }
            };
        }
        (self.row, self.rows) = (self.row + 1, self.rows.saturating_add(1));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use calamine::{Data, Reader};

    use super::*;

    fn book(sheet_rows: u32) -> (Book, tempfile::TempDir) {
        let columns = ["Words", "Received", "Reports"].map(|heading| (heading.to_owned(), 20)).to_vec();
        let labels = Labels { sheet: "Cases".to_owned(), goes_on: "Goes on in {sheet}".to_owned() };
        let (folder, now) = (tempfile::tempdir().unwrap(), "2026-09-23T02:00:00Z".parse().unwrap());
        (Book::begin(columns, labels, folder.path().to_owned(), sheet_rows, now).unwrap(), folder)
    }

    fn row(words: &str) -> Vec<Cell> {
        let received = Cell::Time("2026-09-23 14:05:06".to_owned());
        vec![Cell::Text(words.to_owned()), received, Cell::Number(2.0)]
    }

    fn filled(sheet_rows: u32, rows: usize) -> (File, tempfile::TempDir) {
        let (mut book, folder) = book(sheet_rows);
        (0..rows).for_each(|at| book.add(row(&format!("=1+{at}"))).unwrap());
        (book.end().unwrap(), folder)
    }

    fn first_column(file: File) -> Vec<Vec<String>> {
        let mut read = calamine::Xlsx::new(file).unwrap();
        let names = read.sheet_names();
        let said = |name: &String| {
            let range = read.worksheet_range(name).unwrap();
            std::iter::once(name.clone()).chain(range.rows().map(|row| row[0].to_string())).collect()
        };
        names.iter().map(said).collect()
    }

    #[test]
    fn text_is_text_a_time_is_a_time_and_a_number_a_number() {
        let (file, _folder) = filled(SHEET_ROWS, 1);
        let mut read = calamine::Xlsx::new(file).unwrap();
        let range = read.worksheet_range("Cases 1").unwrap();
        let [words, received, reports] = range.rows().nth(1).unwrap() else { panic!("three cells") };
        assert_eq!(words, &Data::String("=1+0".to_owned()), "no formula");
        let Data::DateTime(received) = received else { panic!("{received:?}") };
        assert_eq!(received.to_ymd_hms_milli(), (2026, 9, 23, 14, 5, 6, 0));
        assert_eq!(reports, &Data::Float(2.0));
        assert!(read.worksheet_formula("Cases 1").unwrap().is_empty());
    }

    #[test]
    fn the_heading_is_bold_stays_and_filters() {
        let (file, _folder) = filled(SHEET_ROWS, 2);
        let mut parts = zip::ZipArchive::new(file).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            parts.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let sheet = part("xl/worksheets/sheet1.xml");
        for said in ["state=\"frozen\"", "ySplit=\"1\"", "<autoFilter ref=\"A1:C3\"", "r=\"A1\" s=\"1\""] {
            assert!(sheet.contains(said), "{said} in {sheet}");
        }
        assert!(part("xl/styles.xml").contains("<b/>"));
        assert!(part("docProps/core.xml").contains("2026-09-23T02:00:00Z"), "made when it was asked for");
    }

    #[test]
    fn a_full_sheet_says_where_it_goes_on() {
        let sheets = |rows| first_column(filled(4, rows).0);
        assert_eq!(sheets(0), [["Cases 1", "Words"]]);
        assert_eq!(sheets(2), [["Cases 1", "Words", "=1+0", "=1+1"]], "as many as there is room for");
        assert_eq!(
            sheets(3),
            [
                vec!["Cases 1", "Words", "=1+0", "=1+1", "Goes on in Cases 2"],
                vec!["Cases 2", "Words", "=1+2"]
            ]
        );
        assert_eq!(sheets(5).len(), 3);
    }

    #[test]
    fn other_tables_stand_on_sheets_of_their_own() {
        let (mut book, _folder) = book(4);
        (0..3).for_each(|at| book.add(row(&at.to_string())).unwrap());
        let title = "按期处置率".repeat(9);
        let columns = vec![("Unit".to_owned(), 20), ("Share".to_owned(), 10)];
        let rows = vec![vec![Cell::Text("=1+1".to_owned()), Cell::Share(0.5)]];
        let book = book.beside(Table { title: title.clone(), columns, rows }).unwrap();
        let mut read = calamine::Xlsx::new(book.end().unwrap()).unwrap();
        let names = read.sheet_names();
        assert_eq!(names[..2], ["Cases 1", "Cases 2"]);
        assert_eq!(names[2], title.chars().take(29).chain(" 1".chars()).collect::<String>());
        let range = read.worksheet_range(&names[2]).unwrap();
        let rows: Vec<&[Data]> = range.rows().collect();
        assert_eq!(rows[1], [Data::String("=1+1".to_owned()), Data::Float(0.5)]);
    }

    #[test]
    fn nothing_is_left_in_the_folder() {
        let (file, folder) = filled(SHEET_ROWS, 100);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "files without a name");
        drop(file);
        let (book, folder) = book(SHEET_ROWS);
        drop(book);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
