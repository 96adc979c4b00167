//! Rows of a list, from a workbook, from comma-separated values, or from lines with tabs. Pure.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use qige_kernel::Refusal;

/// Bytes of a file at most, packed and unpacked: a list has a hundred kilobytes; a file that unpacks to more
/// means harm.
const PACKED_BYTES_MAX: usize = 4 * 1024 * 1024;
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Letters of a cell that are looked at.
const CELL_LETTERS_MAX: usize = 200;

/// One row, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// As the spreadsheet counts: the first is 1.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) community: String,
}

/// Where each column stands.
#[derive(Clone, Copy, Debug)]
struct Columns {
    name: usize,
    phone: usize,
    community: Option<usize>,
}

/// What columns are called, in small letters.
const NAME: [&str; 5] = ["姓名", "名字", "称呼", "名称", "name"];
const PHONE: [&str; 7] = ["手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"];
const COMMUNITY: [&str; 5] = ["社区", "所属社区", "村", "村（社区）", "community"];

fn unreadable() -> Refusal {
    Refusal::invalid("file", "roster-unreadable")
}

/// Reads a file.
///
/// # Errors
/// `roster-unreadable` where it is neither a workbook nor text, or unpacks to more than any list has.
pub(super) fn file(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    if bytes.len() > PACKED_BYTES_MAX {
        return Err(unreadable());
    }
    if bytes.starts_with(b"PK") {
        return Ok(rows(book(bytes)?));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(words) => text(words),
        // Office programs in China still write GB 18030.
        Err(_) => {
            let (words, _, broken) = encoding_rs::GB18030.decode(bytes);
            if broken { Err(unreadable()) } else { text(&words) }
        }
    }
}

/// Reads lines with commas or tabs between cells.
///
/// # Errors
/// `roster-unreadable` where that is no such text.
pub(super) fn text(words: &str) -> Result<Vec<Row>, Refusal> {
    if words.contains('\0') {
        return Err(unreadable());
    }
    let first = words.lines().next().unwrap_or_default();
    let between = [b'\t', b';'].into_iter().find(|byte| first.contains(char::from(*byte))).unwrap_or(b',');
    let words = if between == b',' { words.replace('，', ",") } else { words.to_owned() };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(between)
        .from_reader(words.as_bytes());
    let lines = reader.records().map(|record| {
        let record = record.map_err(|_| unreadable())?;
        let number = record.position().map_or(0, |place| place.line() + blank_lines(&words, place.byte()));
        Ok((usize::try_from(number).unwrap_or_default(), record.iter().map(str::to_owned).collect()))
    });
    Ok(rows(lines.collect::<Result<_, Refusal>>()?))
}

/// Blank lines that a record stands behind: its place is said to be the first of them.
fn blank_lines(words: &str, from: u64) -> u64 {
    let rest = usize::try_from(from).ok().and_then(|from| words.as_bytes().get(from..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    ends.filter(|byte| **byte == b'\n').fold(0, |lines, _| lines + 1)
}

/// The first sheet of a workbook.
fn book(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Refusal> {
    weigh(bytes)?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let range = book.worksheet_range_at(0).and_then(Result::ok).ok_or_else(unreadable)?;
    let first = range.start().map_or(0, |(row, _)| usize::try_from(row).unwrap_or_default());
    let cell = |data: &Data| match data {
        // A number of eleven digits is written as one by every spreadsheet.
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Data::Error(_) => String::new(),
        other => other.to_string(),
    };
    Ok(range.rows().enumerate().map(|(at, row)| (first + at + 1, row.iter().map(cell).collect())).collect())
}

/// Unpacks everything once, as far as there may be of it: what a file says of its own size need not be so.
fn weigh(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let mut left = UNPACKED_BYTES_MAX;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| unreadable())?;
        let mut most = part.take(left);
        let taken = std::io::copy(&mut most, &mut std::io::sink()).map_err(|_| unreadable())?;
        left = left.saturating_sub(taken);
        if left == 0 {
            return Err(unreadable());
        }
    }
    Ok(())
}

/// The rows that say something, without the line that names the columns.
fn rows(lines: Vec<(usize, Vec<String>)>) -> Vec<Row> {
    let mut lines = lines.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let usual = Columns { name: 0, phone: 1, community: Some(2) };
    let Some(first) = lines.next() else { return Vec::new() };
    let (columns, first) = match named(&first.1) {
        Some(columns) => (columns, None),
        None => (usual, Some(first)),
    };
    let row = |(number, cells): (usize, Vec<String>)| {
        let cell = |at: usize| {
            let text = cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
            text.replace(['\t', '\n', '\r'], " ").chars().take(CELL_LETTERS_MAX).collect::<String>()
        };
        let community = columns.community.map(cell).unwrap_or_default();
        Row { number, name: cell(columns.name), phone: cell(columns.phone), community }
    };
    first.into_iter().chain(lines).map(row).collect()
}

fn named(cells: &[String]) -> Option<Columns> {
    let at =
        |names: &[&str]| cells.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()));
    Some(Columns { name: at(&NAME)?, phone: at(&PHONE)?, community: at(&COMMUNITY) })
}

/// The same rows as text, to be read again by [`text`].
pub(super) fn written(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let cell = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        [&row.name, &row.phone, &row.community].map(cell).join("\t")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rows: &[Row]) -> Vec<String> {
        rows.iter()
            .map(|row| format!("{} {}/{}/{}", row.number, row.name, row.phone, row.community))
            .collect()
    }

    #[test]
    fn text_is_read_whatever_stands_between_its_cells() {
        let wanted = ["2 骑手 1/13800000001/晶都社区", "4 骑手 2/13800000002/"];
        for words in [
            "姓名,手机号,社区\n骑手 1,13800000001,晶都社区\n\n骑手 2,13800000002\n",
            "社区\t手机\t姓名\r\n晶都社区\t13800000001\t骑手 1\r\n\r\n\t13800000002\t骑手 2",
            "name;phone;community\n骑手 1;13800000001;晶都社区\n;;\n骑手 2;13800000002;",
        ] {
            assert_eq!(said(&text(words).unwrap()), wanted, "{words}");
        }
        assert_eq!(said(&text("骑手 1，13800000001").unwrap()), ["1 骑手 1/13800000001/"]);
        let (bytes, ..) = encoding_rs::GB18030.encode("姓名,手机\n骑手,13800000001");
        assert_eq!(said(&file(&bytes).unwrap()), ["2 骑手/13800000001/"]);
        assert_eq!(file(b"\xef\xbb\xbfa,b").unwrap()[0].name, "a");
        assert!(text("").unwrap().is_empty());
    }

    fn workbook() -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, name) in ["姓名", "手机号", "社区"].into_iter().enumerate() {
            sheet.write(0, u16::try_from(at).unwrap(), name).unwrap();
        }
        sheet.write(1, 0, "骑手 1").unwrap();
        sheet.write(1, 1, 13_800_000_001_f64).unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn whatever_a_file_holds_is_read_or_refused() {
        let seeds = || {
            let lines = "姓名,手机号,社区\n\"骑手 1\",13800000001,晶都社区\n";
            let (old, ..) = encoding_rs::GB18030.encode(lines);
            vec![
                workbook(),
                lines.as_bytes().to_vec(),
                lines.replace(',', "\t").into_bytes(),
                old.into_owned(),
            ]
        };
        let read = |bytes: &[u8]| {
            let Ok(rows) = file(bytes) else { return false };
            for cell in rows.iter().flat_map(|row| [&row.name, &row.phone, &row.community]) {
                assert!(cell.chars().count() <= CELL_LETTERS_MAX && !cell.contains(['\t', '\n', '\r']));
            }
            assert!(text(&written(&rows)).is_ok(), "what a page keeps is read again");
            true
        };
        let tried = qige_fuzz::for_a_while(&qige_fuzz::Target { name: "roster", seeds, read });
        println!("roster: {tried} texts in {} s", qige_fuzz::seconds());
    }

    #[test]
    fn what_was_read_is_read_again() {
        let rows = text("a\"b,\"1\n2\",c\td").unwrap();
        let again = text(&written(&rows)).unwrap();
        assert_eq!((rows[0].name.as_str(), rows[0].phone.as_str()), ("a\"b", "1 2"));
        assert_eq!(rows, again);
    }

    #[test]
    fn a_workbook_is_read_and_a_bomb_is_not() {
        let bytes = workbook();
        assert_eq!(said(&file(&bytes).unwrap()), ["2 骑手 1/13800000001/"]);
        for cut in [4, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(file(&bytes[..cut]).unwrap_err().code, "roster-unreadable");
        }
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let nothing = vec![b' '; 1024 * 1024];
        for _ in 0..65 {
            std::io::Write::write_all(&mut bomb, &nothing).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(bomb.len() < PACKED_BYTES_MAX);
        assert_eq!(file(&bomb).unwrap_err().code, "roster-unreadable");
        assert_eq!(file(&[0xff, 0xff, 0x00]).unwrap_err().code, "roster-unreadable");
    }
}
