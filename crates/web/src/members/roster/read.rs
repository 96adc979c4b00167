//! Rows of a list, from a workbook, from comma-separated values, or from lines with tabs. Pure.

use qige_kernel::Refusal;

use super::book;

/// Bytes of a file at most: a list has a hundred kilobytes.
const PACKED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Letters of a cell that are looked at.
pub(super) const CELL_LETTERS_MAX: usize = 200;

/// What was written in a file: lines that say something, each with its number and its cells.
#[derive(Debug)]
pub(super) struct Lines(pub(super) Vec<(usize, Vec<String>)>);

impl Lines {
    /// Lines at most: a whole list to be parted comes back with its rows counted; what is longer is none.
    pub(super) const ROWS_MAX: usize = 10_000;
    /// Columns at most: lists of staff have some dozens.
    pub(super) const COLUMNS_MAX: usize = 100;
}

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

pub(super) fn unreadable() -> Refusal {
    Refusal::invalid("file", "roster-unreadable")
}

/// It holds more than any list of members.
pub(super) fn large() -> Refusal {
    let refusal = Refusal::invalid("file", "roster-large");
    refusal.with("rows", Lines::ROWS_MAX).with("columns", Lines::COLUMNS_MAX)
}

/// Reads a file.
///
/// # Errors
/// `roster-unreadable` where it is neither a workbook nor text, `roster-large` where it holds more than a
/// list.
pub(super) fn file(bytes: &[u8]) -> Result<Vec<Row>, Refusal> {
    if bytes.len() > PACKED_BYTES_MAX {
        return Err(large());
    }
    if bytes.starts_with(b"PK") {
        return Ok(rows(book::first_sheet(bytes)?));
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
/// `roster-unreadable` where that is no such text, `roster-large` where it holds more than a list.
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
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        let number = record.position().map_or(0, |place| place.line() + blank_lines(&words, place.byte()));
        if lines.len() >= Lines::ROWS_MAX || record.len() > Lines::COLUMNS_MAX {
            return Err(large());
        }
        lines.push((usize::try_from(number).unwrap_or_default(), record.iter().map(str::to_owned).collect()));
    }
    Ok(rows(Lines(lines)))
}

/// Blank lines that a record stands behind: its place is said to be the first of them.
fn blank_lines(words: &str, from: u64) -> u64 {
    let rest = usize::try_from(from).ok().and_then(|from| words.as_bytes().get(from..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    ends.filter(|byte| **byte == b'\n').fold(0, |lines, _| lines + 1)
}

/// The rows that say something, without the line that names the columns.
fn rows(Lines(lines): Lines) -> Vec<Row> {
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
    fn a_workbook_is_read_and_what_is_none_is_not() {
        let bytes = workbook();
        assert_eq!(said(&file(&bytes).unwrap()), ["2 骑手 1/13800000001/"]);
        for cut in [4, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(file(&bytes[..cut]).unwrap_err().code, "roster-unreadable");
        }
        assert_eq!(file(&[0xff, 0xff, 0x00]).unwrap_err().code, "roster-unreadable");
    }

    #[test]
    fn text_at_the_limit_is_read_and_past_it_is_not() {
        let most = "a,1\n".repeat(Lines::ROWS_MAX);
        assert_eq!(text(&most).unwrap().len(), Lines::ROWS_MAX);
        let wide = format!("a{}", ",".repeat(Lines::COLUMNS_MAX - 1));
        assert_eq!(text(&wide).unwrap().len(), 1);
        for past in [format!("{most}b,2"), format!("{wide},")] {
            assert_eq!(text(&past).unwrap_err().code, "roster-large");
        }
        assert_eq!(file(&vec![b'a'; PACKED_BYTES_MAX + 1]).unwrap_err().code, "roster-large");
    }
}
