//! `holds(tokens, wanted)`: whether a list of tokens has what is wanted. What PostgreSQL's `@@` says of a
//! `tsvector`, said of a row that was reached in another way than by its tokens.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::DbError;

/// Between terms, all of which must be there.
pub const TERMS: char = '\n';
/// Between the ways in which a term may be there, of which one is enough.
pub const WAYS: char = '\t';
/// Between the tokens of a way, all of which must be there; and between those that are held.
pub const TOKENS: char = ' ';
/// At the end of a token of which the beginning is enough.
pub const BEGINNING: char = '*';

/// Makes it known to a connection. No tokens hold nothing.
pub(super) fn install(connection: &Connection) -> Result<(), DbError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("holds", 2, flags, |values| {
        let tokens = values.get_raw(0).as_str_or_null().unwrap_or_default().unwrap_or_default();
        let wanted = values.get_raw(1).as_str_or_null().unwrap_or_default().unwrap_or_default();
        Ok(holds(tokens, wanted))
    })?;
    Ok(())
}

fn holds(tokens: &str, wanted: &str) -> bool {
    let has = |piece: &str| match piece.strip_suffix(BEGINNING) {
        Some(beginning) => tokens.split(TOKENS).any(|token| token.starts_with(beginning)),
        None => tokens.split(TOKENS).any(|token| token == piece),
    };
    !wanted.is_empty()
        && !tokens.is_empty()
        && wanted.split(TERMS).all(|term| term.split(WAYS).any(|way| way.split(TOKENS).all(has)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_terms_in_any_way_with_all_tokens() {
        let tokens = "3 井盖 号楼 盖坏 门口";
        for wanted in ["井盖", "井盖 盖坏", "路灯\t井盖 盖坏", "井盖\n3", "井*", "路灯\t门*\n3"]
        {
            assert!(holds(tokens, wanted), "{wanted}");
        }
        for wanted in ["", "井", "井盖 路灯", "井盖\n路灯", "路灯\t路*", "井盖\n30"] {
            assert!(!holds(tokens, wanted), "{wanted}");
        }
        assert!(!holds("", "井盖") && !holds("", "*"));
    }

    #[test]
    fn sql_knows_it() {
        let connection = Connection::open_in_memory().unwrap();
        install(&connection).unwrap();
        let said = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, bool>(0)).unwrap();
        assert!(said("SELECT holds('a b', 'b')") && !said("SELECT holds('a b', 'c')"));
        assert!(!said("SELECT holds(NULL, 'b')") && !said("SELECT holds('a', NULL)"));
    }
}
