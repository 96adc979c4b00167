//! The rows of a Shapefile: dBASE III tables (dBASE file structure, as in the ESRI description).

use std::collections::BTreeMap;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::text::is_chinese;

const HEADER_BYTES: usize = 32;
const FIELD_BYTES: usize = 32;
const FIELD_NAME_BYTES: usize = 11;
const FIELDS_END: u8 = 0x0d;
const DELETED: u8 = b'*';
/// Language drivers that say GBK (dBASE for Windows, Visual FoxPro).
const GBK_DRIVERS: [u8; 2] = [0x4d, 0x7a];

/// A table as text.
#[derive(Debug)]
pub(crate) struct Table {
    /// Row by row, columns that are not blank; none: deleted.
    pub(crate) rows: Vec<Option<BTreeMap<String, String>>>,
    /// The encoding, where the table does not say it or says another.
    pub(crate) guessed: Option<&'static str>,
}

struct Field {
    name: Vec<u8>,
    from: usize,
    to: usize,
}

/// The table; none when its header makes no sense.
pub(crate) fn read(bytes: &[u8], cpg: Option<&[u8]>) -> Option<Table> {
    let word =
        |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(|word| usize::from(u16::from_le_bytes(word)));
    let (header_bytes, row_bytes) = (word(8)?, word(10)?);
    let fields = fields(bytes.get(HEADER_BYTES..header_bytes)?);
    if row_bytes == 0 {
        return None;
    }
    let body = bytes.get(header_bytes..)?;
    let rows: Vec<&[u8]> = body.chunks_exact(row_bytes).take(stated_rows(bytes)).collect();
    let texts = || {
        let names = fields.iter().map(|field| field.name.as_slice());
        let cells =
            rows.iter().flat_map(|row| fields.iter().filter_map(|field| row.get(field.from..field.to)));
        names.chain(cells)
    };
    let said = cpg.and_then(named_encoding).or_else(|| driver_encoding(bytes));
    let (encoding, guessed) = choose(said, texts);
    let text = |bytes: &[u8]| {
        let text = encoding.decode_without_bom_handling(bytes).0;
        // A name that was cut in the middle of a character ends in a mark of replacement.
        text.trim_matches(|character: char| {
            character == '\0' || character == '\u{fffd}' || character.is_whitespace()
        })
        .to_owned()
    };
    let row = |bytes: &&[u8]| {
        let live = bytes.first() != Some(&DELETED);
        live.then(|| {
            let cells = fields.iter().filter_map(|field| {
                let value = text(bytes.get(field.from..field.to)?);
                (!value.is_empty()).then(|| (text(&field.name), whole(value)))
            });
            cells.collect()
        })
    };
    Some(Table { rows: rows.iter().map(row).collect(), guessed })
}

fn stated_rows(bytes: &[u8]) -> usize {
    let word = bytes.get(4..8).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    word.and_then(|rows| usize::try_from(rows).ok()).unwrap_or_default()
}

fn fields(bytes: &[u8]) -> Vec<Field> {
    let mut from = 1;
    let mut fields = Vec::new();
    for descriptor in bytes.chunks_exact(FIELD_BYTES).take_while(|field| field.first() != Some(&FIELDS_END)) {
        let name = descriptor.get(..FIELD_NAME_BYTES).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        let to = from + descriptor.get(16).copied().map_or(0, usize::from);
        fields.push(Field { name, from, to });
        from = to;
    }
    fields
}

/// Codes kept in number columns come back as `320722001001001.00000`.
fn whole(value: String) -> String {
    match value.split_once('.') {
        Some((digits, zeros))
            if !digits.is_empty()
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && zeros.bytes().all(|byte| byte == b'0') =>
        {
            digits.to_owned()
        }
        _ => value,
    }
}

fn named_encoding(cpg: &[u8]) -> Option<&'static Encoding> {
    let name = String::from_utf8_lossy(cpg).trim().to_ascii_uppercase();
    match name.trim_start_matches("CP").trim_start_matches("ANSI ") {
        "UTF-8" | "UTF8" | "65001" => Some(UTF_8),
        "GBK" | "GB2312" | "GB18030" | "936" | "54936" | "20936" => Some(GB18030),
        other => Encoding::for_label(other.as_bytes()),
    }
}

fn driver_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    bytes.get(29).filter(|driver| GBK_DRIVERS.contains(driver)).map(|_| GB18030)
}

/// The encoding that the table says, if its texts agree; else the one that fewest texts contradict.
fn choose<'a, I: Iterator<Item = &'a [u8]>>(
    said: Option<&'static Encoding>,
    texts: impl Fn() -> I,
) -> (&'static Encoding, Option<&'static str>) {
    let faults = |encoding: &'static Encoding| texts().filter(|text| is_faulty(encoding, text)).count();
    // Chinese in UTF-8 nearly always makes some sense as GBK, but never the other way round.
    if faults(UTF_8) == 0 && texts().any(|text| is_chinese(&String::from_utf8_lossy(text))) {
        return (UTF_8, (said != Some(UTF_8)).then(|| UTF_8.name()));
    }
    if let Some(encoding) = said.filter(|encoding| faults(encoding) == 0) {
        return (encoding, None);
    }
    let best = if faults(GB18030) <= faults(UTF_8) { GB18030 } else { UTF_8 };
    let plain = texts().all(<[u8]>::is_ascii);
    (best, (!plain && said != Some(best)).then(|| best.name()))
}

/// Whether a text makes no sense in an encoding. A character that the column's width has cut off at the end
/// does not count.
fn is_faulty(encoding: &'static Encoding, text: &[u8]) -> bool {
    let full = text.last().is_some_and(|byte| !matches!(byte, 0 | b' '));
    let (decoded, faulty) = encoding.decode_without_bom_handling(text);
    if !faulty {
        return false;
    }
    let marks = decoded.matches('\u{fffd}').count();
    !(full && marks == 1 && decoded.ends_with('\u{fffd}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of text columns, each `width` bytes wide.
    fn table(driver: u8, width: u8, columns: &[&[u8]], rows: &[&[&[u8]]]) -> Vec<u8> {
        let header = HEADER_BYTES + FIELD_BYTES * columns.len() + 1;
        let row_bytes = 1 + usize::from(width) * columns.len();
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[0] = 3;
        bytes[4..8].copy_from_slice(&u32::try_from(rows.len()).unwrap().to_le_bytes());
        bytes[8..10].copy_from_slice(&u16::try_from(header).unwrap().to_le_bytes());
        bytes[10..12].copy_from_slice(&u16::try_from(row_bytes).unwrap().to_le_bytes());
        bytes[29] = driver;
        for column in columns {
            let mut field = vec![0; FIELD_BYTES];
            field[..column.len()].copy_from_slice(column);
            field[11] = b'C';
            field[16] = width;
            bytes.extend(field);
        }
        bytes.push(FIELDS_END);
        for row in rows {
            bytes.push(b' ');
            for cell in *row {
                let mut cell = cell.to_vec();
                cell.resize(usize::from(width), b' ');
                bytes.extend(cell);
            }
        }
        bytes
    }

    fn gbk(text: &str) -> Vec<u8> {
        encoding_rs::GBK.encode(text).0.into_owned()
    }

    #[test]
    fn names_are_read_in_the_encoding_that_fits() {
        let utf8 = table(0, 20, &[b"name"], &[&["牛山社区".as_bytes()]]);
        let chinese = table(0, 20, &[&gbk("名称")], &[&[&gbk("牛山社区")]]);
        let driven = table(0x4d, 20, &[&gbk("名称")], &[&[&gbk("牛山社区")]]);
        for (bytes, cpg, column, guessed) in [
            (&utf8, Some(&b"UTF-8\n"[..]), "name", None),
            (&utf8, None, "name", Some("UTF-8")),
            (&utf8, Some(b"GBK"), "name", Some("UTF-8")),
            (&chinese, Some(b"936"), "名称", None),
            (&chinese, Some(b"utf-8"), "名称", Some("gb18030")),
            (&chinese, None, "名称", Some("gb18030")),
            (&driven, None, "名称", None),
        ] {
            let table = read(bytes, cpg).unwrap();
            assert_eq!(table.rows[0].as_ref().unwrap()[column], "牛山社区", "{cpg:?}");
            assert_eq!(table.guessed, guessed, "{cpg:?}");
        }
    }

    #[test]
    fn a_name_cut_in_a_character_loses_only_that() {
        let cut = table(0, 10, &[b"name"], &[&[&"牛山社区".as_bytes()[..10]]]);
        assert_eq!(read(&cut, Some(b"UTF-8")).unwrap().rows[0].as_ref().unwrap()["name"], "牛山社");
    }

    #[test]
    fn numbers_lose_their_empty_decimals_and_blanks_are_nothing() {
        let bytes = table(0, 24, &[b"code", b"n"], &[&[b"320722001001001.00000", b"  "], &[b"1.50", b"x"]]);
        let rows = read(&bytes, None).unwrap().rows;
        assert_eq!(rows[0].as_ref().unwrap()["code"], "320722001001001");
        assert!(!rows[0].as_ref().unwrap().contains_key("n"));
        assert_eq!(rows[1].as_ref().unwrap()["code"], "1.50");
    }

    #[test]
    fn deleted_rows_are_known_as_such() {
        let mut bytes = table(0, 4, &[b"c"], &[&[b"a"], &[b"b"]]);
        let row = bytes.len() - 10;
        bytes[row] = DELETED;
        let rows = read(&bytes, None).unwrap().rows;
        assert!(rows[0].is_none() && rows[1].is_some());
    }
}
