//! Several changes as one statement: each but the last becomes a part of `WITH`, and placeholders count on.

use std::fmt::Write as _;

use crate::{Param, Statement};

/// The text for these changes, whose parameters follow one another; empty for none.
pub(super) fn text(changes: &[(&'static Statement, Vec<Param>)]) -> String {
    let mut text = String::new();
    let Some((last, parts)) = changes.split_last() else { return text };
    let mut before = 0;
    for (at, (statement, params)) in parts.iter().enumerate() {
        let opening = if at == 0 { "WITH" } else { "," };
        let _infallible = write!(text, "{opening} c{at} AS (");
        push_counting_on(&mut text, statement.postgres, before);
        text.push_str(") ");
        before += params.len();
    }
    push_counting_on(&mut text, last.0.postgres, before);
    text
}

/// Appends a text whose `$1` is to be `$1` + `before`.
pub(super) fn push_counting_on(text: &mut String, statement: &str, before: usize) {
    let mut pieces = statement.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        let _infallible = write!(text, "${}{rest}", number + before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{statements, values};

    statements! {
        /// One.
        FIRST = "INSERT INTO migrations (version, name) VALUES ($1, $2)";
        /// Another.
        SECOND = "UPDATE migrations SET name = $2 WHERE version = $1 AND $2 <> ''";
    }

    #[test]
    fn placeholders_count_on() {
        let (two, one) = (values![1_i64, "a"], values![2_i64, "b"]);
        assert_eq!(text(&[(FIRST, one.clone())]), FIRST.postgres);
        assert_eq!(
            text(&[(FIRST, one), (FIRST, two.clone()), (SECOND, two)]),
            "WITH c0 AS (INSERT INTO migrations (version, name) VALUES ($1, $2)) , \
             c1 AS (INSERT INTO migrations (version, name) VALUES ($3, $4)) \
             UPDATE migrations SET name = $6 WHERE version = $5 AND $6 <> ''"
        );
        assert_eq!(text(&[]), "");
    }
}
