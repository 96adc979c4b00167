//! A list as comma-separated values: RFC 4180, in UTF-8 with the mark by which Excel knows it.

use std::borrow::Cow;
use std::io;

use bytes::Bytes;

use super::{Cell, Rows};

/// Without it Excel reads UTF-8 as the code page of the machine.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What makes a spreadsheet take a text for a formula (OWASP, CSV Injection); the wide forms too, which an
/// input method for Chinese types and Excel understands.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The line of headings, at the beginning of the file.
pub(super) fn head(columns: &[(String, u8)]) -> io::Result<Bytes> {
    let mut file = BYTE_ORDER_MARK.to_vec();
    write(&mut file, [columns.iter().map(|(heading, _)| heading)])?;
    Ok(file.into())
}

/// The lines of these rows.
pub(super) fn lines(rows: Rows) -> io::Result<Bytes> {
    let mut file = Vec::new();
    write(&mut file, rows.into_iter().map(|row| row.into_iter().map(written)))?;
    Ok(file.into())
}

fn write<R>(file: &mut Vec<u8>, rows: impl IntoIterator<Item = R>) -> io::Result<()>
where
    R: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush()
}

fn written(cell: Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Share(share) => format!("{share:.4}"),
        Cell::Time(time) => time,
        Cell::Text(text) => harmless(&text).into_owned(),
    }
}

/// The text so that no spreadsheet computes it: people write into reports what they like.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_SIGNS) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_is_computed() {
        for text in ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
        {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "井盖=没了", "a+b", "1-2", "'=1", "20260923-0001"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn lines_are_quoted_where_they_must_be() {
        let mut file = Vec::new();
        write(&mut file, [["一, 二", "说\"三\"", "四\r\n五", "", "六"]]).unwrap();
        assert_eq!(String::from_utf8(file).unwrap(), "\"一, 二\",\"说\"\"三\"\"\",\"四\r\n五\",,六\r\n");
    }

    #[test]
    fn a_number_below_zero_is_a_number() {
        assert_eq!(written(Cell::Number(-118.5)), "-118.5");
        assert_eq!(written(Cell::Number(3.0)), "3");
        assert_eq!(written(Cell::count(3_u64)), "3");
        assert_eq!(written(Cell::Share(0.5)), "0.5000");
    }
}
