//! The same INSERT of several commands as one with several rows, which costs PostgreSQL far less.

use super::as_one::push_counting_on;
use crate::{Param, Statement};

/// Rows in one INSERT at most. It has so many rows as a power of two, so that few texts are ever prepared.
pub(super) const MANY: usize = 32;

/// Texts with their values, in the order in which their statements appear first.
pub(super) fn gather<'a>(
    changes: impl Iterator<Item = &'a (&'static Statement, Vec<Param>)>,
) -> Vec<(String, Vec<&'a Param>)> {
    let mut by_statement: Vec<(&'static Statement, Vec<&'a [Param]>)> = Vec::new();
    for (statement, values) in changes {
        match by_statement.iter_mut().find(|(known, _)| std::ptr::eq(*known, *statement)) {
            Some((_, rows)) => rows.push(values),
            None => by_statement.push((statement, vec![values])),
        }
    }
    by_statement
        .into_iter()
        .flat_map(|(statement, rows)| of_one_statement(statement.postgres, &rows))
        .collect()
}

fn of_one_statement<'a>(text: &str, mut rows: &[&'a [Param]]) -> Vec<(String, Vec<&'a Param>)> {
    let parts = Parts::of(text);
    let mut texts = Vec::new();
    while let Some(first) = rows.first() {
        let together = if parts.is_some() { MANY.min(1 << rows.len().ilog2()) } else { 1 };
        let (these, rest) = rows.split_at(together);
        let text = parts.as_ref().map_or_else(|| text.to_owned(), |parts| parts.with(together, first.len()));
        texts.push((text, these.iter().copied().flatten().collect()));
        rows = rest;
    }
    texts
}

/// An INSERT of one row, cut around it.
struct Parts<'t> {
    before: &'t str,
    row: &'t str,
    after: &'t str,
}

impl<'t> Parts<'t> {
    /// None where the statement is no INSERT of one row, or needs values beside it.
    fn of(text: &'t str) -> Option<Self> {
        let begin = text.find("VALUES (")? + "VALUES ".len();
        let (before, rest) = text.split_at(begin);
        let (row, after) = rest.split_at(rest.find(')')? + 1);
        let whole = before.starts_with("INSERT INTO ") && !row.get(1..)?.contains('(');
        (whole && !before.contains('$') && !after.contains('$')).then_some(Self { before, row, after })
    }

    fn with(&self, rows: usize, values: usize) -> String {
        let mut text = self.before.to_owned();
        for at in 0..rows {
            if at > 0 {
                text.push_str(", ");
            }
            push_counting_on(&mut text, self.row, at * values);
        }
        text.push_str(self.after);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{statements, values};

    statements! {
        /// Rows, and what becomes of one that is there.
        PUT = "INSERT INTO migrations (version, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        /// No row.
        CHANGE = "UPDATE migrations SET name = $2 WHERE version = $1";
    }

    #[test]
    fn rows_of_one_statement_travel_in_powers_of_two() {
        let changes: Vec<_> = (0..7).map(|at| (PUT, values![at, "a"])).collect();
        let gathered = gather(changes.iter());
        let (texts, values): (Vec<_>, Vec<_>) = gathered.into_iter().unzip();
        assert_eq!(
            texts,
            [
                "INSERT INTO migrations (version, name) VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8) \
                 ON CONFLICT DO NOTHING",
                "INSERT INTO migrations (version, name) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING",
                PUT.postgres,
            ]
        );
        let numbers = |values: &[&Param]| values.iter().copied().step_by(2).cloned().collect::<Vec<_>>();
        let sent: Vec<Param> = values.iter().flat_map(|values| numbers(values)).collect();
        assert_eq!(sent, (0..7).map(Param::I64).collect::<Vec<_>>());
    }

    #[test]
    fn no_insert_is_longer_than_the_longest() {
        let changes: Vec<_> = (0..100).map(|at| (PUT, values![at, "a"])).collect();
        let lengths: Vec<_> = gather(changes.iter()).iter().map(|(_, values)| values.len() / 2).collect();
        assert_eq!(lengths, [MANY, MANY, MANY, 4]);
    }

    #[test]
    fn what_is_no_insert_stays_as_it_is_and_in_its_place() {
        let changes = [(CHANGE, values![1, "a"]), (PUT, values![2, "b"]), (CHANGE, values![3, "c"])];
        let texts: Vec<_> = gather(changes.iter()).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, [CHANGE.postgres, CHANGE.postgres, PUT.postgres]);
    }
}
