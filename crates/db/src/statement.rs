//! Every SQL text of the product, known by name, so that one test can prepare them all on both engines.

use std::borrow::Cow;

/// One SQL text. Made by [`statements!`](crate::statements!) only.
#[derive(Debug)]
pub struct Statement {
    /// Name of the constant.
    pub name: &'static str,
    /// Path of the module that declares it.
    pub module: &'static str,
    /// A piece that makes sense only inside [`Sql::compose`].
    pub fragment: bool,
    #[doc(hidden)]
    pub sqlite: &'static str,
    #[doc(hidden)]
    pub postgres: &'static str,
}

#[doc(hidden)]
pub struct Registered(pub &'static Statement);
inventory::collect!(Registered);

/// All statements of the crates linked into this program.
pub fn registered() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Registered>.into_iter().map(|entry| entry.0)
}

/// Turns `$1` into `?1` (rusqlite takes `$2,$1` for names and would bind them in order of appearance).
#[doc(hidden)]
#[must_use]
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where `get` is not const; N is the length"
)]
pub const fn rewrite<const N: usize>(sql: &str) -> [u8; N] {
    let source = sql.as_bytes();
    let mut target = [0; N];
    let mut at = 0;
    while at < N {
        target[at] = if source[at] == b'$' { b'?' } else { source[at] };
        at += 1;
    }
    target
}

#[doc(hidden)]
#[must_use]
pub const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "replacing one ASCII byte by another keeps UTF-8 valid",
    }
}

/// Declares SQL texts as constants of type `&'static Statement`, seen by their own crate, and registers them.
///
/// ```
/// qige_db::statements! {
///     /// The tenant's case; none when it is not there.
///     CASE_BY_ID = "SELECT * FROM cases WHERE tenant = $1 AND id = $2";
///     /// Narrows a list to one state.
///     fragment AND_STATE = "AND state = $3";
///     /// What truly differs between the engines.
///     TICK = { sqlite: "SELECT 1 WHERE ?1 > 0", postgres: "SELECT 1 WHERE $1::bigint > 0" };
/// }
/// ```
#[macro_export]
macro_rules! statements {
    () => {};
    (
        $(#[$doc:meta])* fragment $name:ident = { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? };
        $($rest:tt)*
    ) => {
        $crate::statements!(@one $(#[$doc])* $name, true, $sqlite, $postgres);
        $crate::statements!($($rest)*);
    };
    ($(#[$doc:meta])* fragment $name:ident = $sql:expr; $($rest:tt)*) => {
        $crate::statements!(@one $(#[$doc])* $name, true, {
            const BYTES: [u8; $sql.len()] = $crate::macros::rewrite($sql);
            $crate::macros::text(&BYTES)
        }, $sql);
        $crate::statements!($($rest)*);
    };
    (
        $(#[$doc:meta])* $name:ident = { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? };
        $($rest:tt)*
    ) => {
        $crate::statements!(@one $(#[$doc])* $name, false, $sqlite, $postgres);
        $crate::statements!($($rest)*);
    };
    ($(#[$doc:meta])* $name:ident = $sql:expr; $($rest:tt)*) => {
        $crate::statements!(@one $(#[$doc])* $name, false, {
            const BYTES: [u8; $sql.len()] = $crate::macros::rewrite($sql);
            $crate::macros::text(&BYTES)
        }, $sql);
        $crate::statements!($($rest)*);
    };
    (@one $(#[$doc:meta])* $name:ident, $fragment:expr, $sqlite:expr, $postgres:expr) => {
        $(#[$doc])*
        pub(crate) const $name: &$crate::Statement = {
            static STATEMENT: $crate::Statement = $crate::Statement {
                name: stringify!($name),
                module: module_path!(),
                fragment: $fragment,
                sqlite: $sqlite,
                postgres: $postgres,
            };
            $crate::macros::submit! { $crate::macros::Registered(&STATEMENT) }
            &STATEMENT
        };
    };
}

/// A statement ready to run: one of the listed ones, or listed fragments joined.
#[derive(Clone, Debug)]
pub struct Sql {
    pub(crate) sqlite: Cow<'static, str>,
    pub(crate) postgres: Cow<'static, str>,
    pub(crate) name: &'static str,
}

impl From<&'static Statement> for Sql {
    fn from(statement: &'static Statement) -> Self {
        Self {
            sqlite: Cow::Borrowed(statement.sqlite),
            postgres: Cow::Borrowed(statement.postgres),
            name: statement.name,
        }
    }
}

impl Sql {
    /// Joins listed pieces with spaces. The placeholders of all pieces share one list of parameters.
    #[must_use]
    pub fn compose(pieces: &[&'static Statement]) -> Self {
        let join = |pick: fn(&Statement) -> &'static str| {
            Cow::Owned(pieces.iter().map(|piece| pick(piece)).collect::<Vec<_>>().join(" "))
        };
        Self {
            sqlite: join(|piece| piece.sqlite),
            postgres: join(|piece| piece.postgres),
            name: pieces.first().map_or("empty", |piece| piece.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    statements! {
        /// Base of a list.
        LIST = "SELECT 1 FROM t WHERE tenant = $1";
        /// One more condition.
        fragment AND_NAME = "AND name = $2";
        /// Differs.
        TICK = { sqlite: "SELECT ?1", postgres: "SELECT $1::bigint" };
    }

    #[test]
    fn placeholders_are_rewritten_for_sqlite_only() {
        let sql = Sql::compose(&[LIST, AND_NAME]);
        assert_eq!(sql.sqlite, "SELECT 1 FROM t WHERE tenant = ?1 AND name = ?2");
        assert_eq!(sql.postgres, "SELECT 1 FROM t WHERE tenant = $1 AND name = $2");
        assert_eq!(Sql::from(TICK).sqlite, "SELECT ?1");
    }

    #[test]
    fn what_is_declared_is_registered() {
        let names: Vec<_> = registered().map(|statement| statement.name).collect();
        assert!(names.contains(&"LIST") && names.contains(&"AND_NAME"));
    }
}
