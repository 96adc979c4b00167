//! The first sheet of a workbook (ECMA-376) as text, read cell by cell. Pure.
//!
//! A file of a kilobyte can say that it has a cell in row 1 and one in row 1,048,576, announce a billion
//! texts, or show one long text in every cell. So nothing is made ready for what a file says that it holds:
//! only what comes is kept, cut where a list ends, and what goes on behind that is refused.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Cursor, Read};
use std::ops::ControlFlow;

use qige_kernel::Refusal;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

use super::read::{CELL_LETTERS_MAX, Lines, large, unreadable};

/// Bytes that are unpacked at most, all parts together: a list has a hundred kilobytes.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Different texts at most: more than a list has cells that differ.
const TEXTS_MAX: usize = 100_000;
/// Bytes of text in all cells together at most: ten times what a thousand people's columns hold.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The rows of the first sheet that say something, each with its number.
///
/// # Errors
/// `roster-unreadable` where it is no workbook, `roster-large` where it holds more than a list.
pub(super) fn first_sheet(bytes: &[u8]) -> Result<Lines, Refusal> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let mut book = Book { archive, left: UNPACKED_BYTES_MAX };
    let workbook = book.workbook()?;
    let sheet = book.sheet(&workbook)?;
    let texts = book.texts(&beside(&workbook, "sharedStrings.xml"))?;
    book.cells(&sheet, &texts)
}

struct Book<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Book<'_> {
    /// Hands everything in a part on, until that is enough; whether there is such a part.
    fn each(
        &mut self,
        part: &str,
        mut look: impl FnMut(&Event<'_>) -> Result<ControlFlow<()>, Refusal>,
    ) -> Result<bool, Refusal> {
        let same = |name: &str| name.replace('\\', "/").eq_ignore_ascii_case(part);
        let found = self.archive.file_names().flatten().find(|name| same(name)).map(Cow::into_owned);
        let Some(name) = found else { return Ok(false) };
        let file = self.archive.by_name(&name).map_err(|_| unreadable())?.take(self.left);
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(file));
        reader.config_mut().expand_empty_elements = true;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            if reader.get_ref().get_ref().limit() == 0 {
                return Err(large());
            }
            let event = event.map_err(|_| unreadable())?;
            if matches!(event, Event::Eof) || look(&event)?.is_break() {
                break;
            }
        }
        self.left = reader.get_ref().get_ref().limit();
        Ok(true)
    }

    /// Where the workbook's own part is.
    fn workbook(&mut self) -> Result<String, Refusal> {
        let mut found = None;
        self.each("_rels/.rels", |event| {
            if let Event::Start(tag) = event
                && attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            {
                found = attribute(tag, "Target").map(|target| target.trim_start_matches('/').to_owned());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        found.ok_or_else(unreadable)
    }

    /// Where the first sheet's part is.
    fn sheet(&mut self, workbook: &str) -> Result<String, Refusal> {
        let mut first = None;
        self.each(workbook, |event| {
            if let Event::Start(tag) = event
                && tag.local_name().as_ref() == "sheet"
            {
                first = attribute(tag, "id");
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let first = first.ok_or_else(unreadable)?;
        let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", workbook));
        let mut targets = HashMap::new();
        self.each(format!("{folder}/_rels/{name}.rels").trim_start_matches('/'), |event| {
            if let Event::Start(tag) = event
                && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
            {
                targets.insert(id, target);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let target = targets.remove(&first).ok_or_else(unreadable)?;
        Ok(match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => beside(workbook, &target),
        })
    }

    /// The texts that cells refer to by number. There need be none.
    fn texts(&mut self, part: &str) -> Result<Vec<String>, Refusal> {
        let (mut texts, mut words) = (Vec::new(), Words::default());
        self.each(part, |event| {
            words.hear(event)?;
            if let Event::End(tag) = event
                && tag.local_name().as_ref() == "si"
            {
                texts.push(words.said());
            }
            if texts.len() > TEXTS_MAX { Err(large()) } else { Ok(ControlFlow::Continue(())) }
        })?;
        Ok(texts)
    }

    fn cells(&mut self, part: &str, texts: &[String]) -> Result<Lines, Refusal> {
        let mut sheet = Sheet { texts, ..Sheet::default() };
        if self.each(part, |event| sheet.hear(event))? { Ok(sheet.lines()) } else { Err(unreadable()) }
    }
}

/// What lies in the same folder as another part.
fn beside(part: &str, name: &str) -> String {
    part.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// An attribute by its name, whatever stands before the colon.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let mut all = all.with_checks(false).flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// What stands between tags that hold a text, as far as it is looked at.
#[derive(Default)]
struct Words {
    text: String,
    letters: usize,
    open: bool,
    /// How it is spoken stands beside a text and is none.
    spoken: bool,
}

impl Words {
    fn hear(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.open = !self.spoken,
                "rPh" => self.spoken = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.open = false,
                "rPh" => self.spoken = false,
                _ => {}
            },
            Event::Text(text) => self.add(&text.xml10_content()),
            Event::CData(text) => self.add(&text.xml10_content()),
            Event::GeneralRef(named) => self.add(&letter(named)?),
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, text: &str) {
        if self.open {
            let more = text.chars().take(CELL_LETTERS_MAX - self.letters);
            self.text.extend(more.inspect(|_| self.letters += 1));
        }
    }

    fn said(&mut self) -> String {
        self.letters = 0;
        std::mem::take(&mut self.text)
    }
}

/// What `&amp;` or `&#10;` stand for. A file cannot name others of its own.
fn letter(named: &BytesRef<'_>) -> Result<String, Refusal> {
    match named.resolve_char_ref() {
        Ok(Some(letter)) => Ok(letter.to_string()),
        Ok(None) => resolve_predefined_entity(named).map(str::to_owned).ok_or_else(unreadable),
        Err(_) => Err(unreadable()),
    }
}

/// What was read of a sheet so far.
#[derive(Default)]
struct Sheet<'t> {
    texts: &'t [String],
    /// Where the cell is that is read now; the first row and the first column are 1.
    row: usize,
    column: usize,
    /// What it says of its value.
    kind: String,
    words: Words,
    rows: BTreeMap<usize, Vec<String>>,
    bytes: usize,
}

impl Sheet<'_> {
    fn hear(&mut self, event: &Event<'_>) -> Result<ControlFlow<()>, Refusal> {
        self.words.hear(event)?;
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => {
                    let said = attribute(tag, "r").map(|number| number.parse().map_err(|_| unreadable()));
                    self.row = said.transpose()?.unwrap_or_else(|| self.row.saturating_add(1));
                    self.column = 0;
                }
                "c" => {
                    let said = attribute(tag, "r").map(|name| place(&name).ok_or_else(unreadable));
                    let next = (self.row, self.column.saturating_add(1));
                    (self.row, self.column) = said.transpose()?.unwrap_or(next);
                    self.kind = attribute(tag, "t").unwrap_or_default();
                    self.words.said();
                }
                // Some programs write a value beside a text that says the same.
                "is" => drop(self.words.said()),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "c" => self.keep()?,
                "sheetData" => return Ok(ControlFlow::Break(())),
                _ => {}
            },
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Keeps the cell that has ended, where it says something.
    fn keep(&mut self) -> Result<(), Refusal> {
        let text = self.value()?;
        if text.trim().is_empty() {
            return Ok(());
        }
        self.bytes += text.len();
        let at = self.column.checked_sub(1).ok_or_else(unreadable)?;
        if at >= Lines::COLUMNS_MAX || self.bytes > TEXT_BYTES_MAX {
            return Err(large());
        }
        let row = self.rows.entry(self.row).or_default();
        if row.len() <= at {
            row.resize(at + 1, String::new());
        }
        if let Some(cell) = row.get_mut(at) {
            *cell = text;
        }
        if self.rows.len() > Lines::ROWS_MAX { Err(large()) } else { Ok(()) }
    }

    fn value(&mut self) -> Result<String, Refusal> {
        let said = self.words.said();
        match self.kind.as_str() {
            "s" if said.is_empty() => Ok(said),
            "s" => said
                .trim()
                .parse()
                .ok()
                .and_then(|at: usize| self.texts.get(at))
                .cloned()
                .ok_or_else(unreadable),
            "e" => Ok(String::new()),
            "" | "n" => Ok(match said.trim().parse::<f64>() {
                // A number of eleven digits is written as one by every spreadsheet, 1.38E10 by some.
                Ok(number) if number.is_finite() && number.fract() == 0.0 => format!("{number:.0}"),
                _ => said,
            }),
            _ => Ok(said),
        }
    }

    fn lines(self) -> Lines {
        Lines(self.rows.into_iter().collect())
    }
}

/// Row and column of a cell, from what it is called: `C2` is (2, 3).
fn place(name: &str) -> Option<(usize, usize)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, number) = name.split_at(digits);
    let column = letters.chars().try_fold(0_usize, |before, letter| {
        let value = letter.to_digit(36)?.checked_sub(9)?;
        before.checked_mul(26)?.checked_add(usize::try_from(value).ok()?)
    })?;
    Some((number.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXTS: &str = "<sst><si><t>姓名</t></si><si><r><t>骑</t></r><r><t>手 1</t></r><rPh><t>qi</t></rPh></si>\
        <si><t>&#x53f7; &amp; <![CDATA[<2>]]></t></si></sst>";
    const SHEET: &str = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><v>no</v><is><t>手机</t></is></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"B3\"><v>1.3800000001E10</v></c>\
        <c r=\"C3\" t=\"str\"><f>A1</f><v>晶都</v></c><c r=\"D3\" t=\"e\"><v>#N/A</v></c></row>\
        <row><c t=\"s\"><v>2</v></c><c r=\"XFD4\" s=\"1\"/></row></sheetData>\
        <tail><t>no</t></tail></worksheet>";

    fn packed(texts: &[u8], sheet: &[u8]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, part) in [
            ("_rels/.rels", &b"<R><R Type=\"http://a/officeDocument\" Target=\"xl/workbook.xml\"/></R>"[..]),
            ("xl/workbook.xml", b"<w><sheets><sheet name=\"1\" r:id=\"rId1\"/></sheets></w>"),
            ("xl/_rels/workbook.xml.rels", b"<R><R Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></R>"),
            ("xl/sharedStrings.xml", texts),
            ("xl/worksheets/sheet1.xml", sheet),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(part).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(texts: &str, sheet: &str) -> Result<Lines, String> {
        first_sheet(&packed(texts.as_bytes(), sheet.as_bytes())).map_err(|refusal| refusal.code.to_string())
    }

    fn refused(texts: &str, cells: &str) -> String {
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        read(texts, &sheet).unwrap_err()
    }

    #[test]
    fn what_a_sheet_shows_is_read() {
        let lines = read(TEXTS, SHEET).unwrap().0;
        let said: Vec<String> =
            lines.iter().map(|(row, cells)| format!("{row} {}", cells.join("/"))).collect();
        assert_eq!(said, ["1 姓名/手机", "3 骑手 1/13800000001/晶都", "4 号 & <2>"]);
        for broken in ["<sheetData><row><c></row>", "<sheetData><row><c t=\"s\"><v>3</v></c>", "&nbsp;"] {
            assert_eq!(read(TEXTS, broken).unwrap_err(), "roster-unreadable", "{broken}");
        }
        let far = format!("<row><c r=\"{}1\"><v>1</v></c></row>", "Z".repeat(40));
        assert_eq!(refused(TEXTS, &far), "roster-unreadable");
    }

    #[test]
    fn two_cells_at_the_ends_of_a_sheet_are_no_billion_cells() {
        let ends = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
            <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
        assert_eq!(refused("<sst/>", ends), "roster-large");
        let bottom = ends.replace("XFD", "B");
        let lines = read("<sst/>", &format!("<w><sheetData>{bottom}</sheetData></w>")).unwrap().0;
        assert_eq!(
            lines.iter().map(|(row, cells)| (*row, cells.len())).collect::<Vec<_>>(),
            [(1, 1), (1_048_576, 2)]
        );
    }

    #[test]
    fn one_long_text_in_every_cell_is_cut_and_counted() {
        let texts =
            format!("<sst uniqueCount=\"999999999999999\"><si><t>{}</t></si></sst>", "号".repeat(1_000_000));
        let cell = "<c t=\"s\"><v>0</v></c>";
        let lines = read(&texts, &format!("<w><sheetData><row>{cell}</row></sheetData></w>")).unwrap().0;
        assert_eq!(lines[0].1[0].chars().count(), CELL_LETTERS_MAX);
        let row = format!("<row>{}</row>", cell.repeat(Lines::COLUMNS_MAX));
        let rows = TEXT_BYTES_MAX / (CELL_LETTERS_MAX * "号".len() * Lines::COLUMNS_MAX);
        assert!(read(&texts, &format!("<w><sheetData>{}</sheetData></w>", row.repeat(rows))).is_ok());
        assert_eq!(refused(&texts, &row.repeat(rows + 1)), "roster-large");
    }

    #[test]
    fn a_list_ends_where_it_ends() {
        let cell = "<c><v>1</v></c>";
        let sheet = |rows: usize, columns: usize| {
            let row = format!("<row>{}</row>", cell.repeat(columns));
            read("<sst/>", &format!("<w><sheetData>{}</sheetData></w>", row.repeat(rows)))
        };
        assert_eq!(sheet(Lines::ROWS_MAX, 1).unwrap().0.len(), Lines::ROWS_MAX);
        assert_eq!(sheet(Lines::ROWS_MAX + 1, 1).unwrap_err(), "roster-large");
        assert_eq!(sheet(1, Lines::COLUMNS_MAX).unwrap().0[0].1.len(), Lines::COLUMNS_MAX);
        assert_eq!(sheet(1, Lines::COLUMNS_MAX + 1).unwrap_err(), "roster-large");
        let texts = |many: usize| read(&format!("<sst>{}</sst>", "<si/>".repeat(many)), SHEET);
        assert_eq!(texts(TEXTS_MAX + 1).unwrap_err(), "roster-large");
        let blank = " ".repeat(usize::try_from(UNPACKED_BYTES_MAX).unwrap());
        assert_eq!(read(TEXTS, &format!("{blank}{SHEET}")).unwrap_err(), "roster-large");
    }

    #[test]
    fn whatever_stands_in_a_sheet_is_read_or_refused() {
        // Harmed inside a whole archive: harmed outside, its checksum would be all that is tried.
        let read = |bytes: &[u8]| {
            let read = [packed(TEXTS.as_bytes(), bytes), packed(bytes, SHEET.as_bytes())]
                .map(|file| first_sheet(&file));
            for Lines(lines) in read.iter().flatten() {
                let kept = lines.iter().all(|(_, cells)| cells.len() <= Lines::COLUMNS_MAX);
                assert!(kept && lines.len() <= Lines::ROWS_MAX);
            }
            read.iter().any(Result::is_ok)
        };
        let seeds = || vec![SHEET.as_bytes().to_vec(), TEXTS.as_bytes().to_vec()];
        let tried = qige_fuzz::for_a_while(&qige_fuzz::Target { name: "workbook", seeds, read });
        println!("workbook: {tried} texts in {} s", qige_fuzz::seconds());
    }
}
