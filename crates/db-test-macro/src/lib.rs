//! `#[db_test]`: one test function, run once on each engine.
//!
//! It only moves tokens, so it needs no parser: `async fn name(db: TestDb) { … }` becomes a module `name`
//! with the function and two tests, `sqlite` and `postgres`.

use proc_macro::{TokenStream, TokenTree};

/// Runs an `async fn name(db: TestDb)` on SQLite and on PostgreSQL, each with a fresh, migrated database.
#[proc_macro_attribute]
pub fn db_test(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut after_fn = false;
    let mut name = None;
    for token in item.clone() {
        if let TokenTree::Ident(ident) = &token {
            if after_fn {
                name = Some(ident.to_string());
                break;
            }
            after_fn = ident.to_string() == "fn";
        }
    }
    let Some(name) = name else {
        return "compile_error!(\"#[db_test] goes on `async fn name(db: TestDb)`\");"
            .parse()
            .unwrap_or_default();
    };
    let module = format!(
        "mod {name} {{
            use super::*;
            {item}
            #[test]
            fn sqlite() {{ ::qige_db::testing::run(::qige_db::Engine::Sqlite, {name}); }}
            #[test]
            fn postgres() {{ ::qige_db::testing::run(::qige_db::Engine::Postgres, {name}); }}
        }}"
    );
    module.parse().unwrap_or_default()
}
