//! The house's rules as checks. Each message says where, what is wrong, and what to do.
//!
//! | file | rule |
//! | --- | --- |
//! | `tree.rs` | the files that the rules look at |
//! | `edges.rs` | what may import what |
//! | `sources.rs` | sizes of files and functions, bans |
//! | `routes.rs` | every address is in the one table that states its permission |
//! | `texts.rs`, `fluent.rs`, `uses.rs` | every text is there in every language, and somebody reads it |
//! | `links.rs` | links between documents lead somewhere; both guides have the same chapters |
//! | `paths.rs` | files and folders that documents name are there |
//! | `supply.rs`, `licence.rs` | licences, bans and sources of what we build upon |
//! | `words.rs` | words that have no place in a public repository |
//!
//! That every statement prepares on both engines is a rule too. It takes the engines, so it is a test:
//! `crates/cli/tests/it/statements.rs`.

mod edges;
mod fluent;
mod licence;
mod links;
mod paths;
mod routes;
mod sources;
mod supply;
mod texts;
mod tree;
mod uses;
mod words;

use crate::advisories;
pub(crate) use supply::{Package, packages};
use tree::Tree;

/// Checks everything; an error lists every breach.
pub(crate) fn run() -> Result<(), String> {
    let tree = Tree::of_checkout()?;
    let mut breaches = edges::breaches(&edges::workspace()?);
    let packages = packages()?;
    breaches.extend(supply::of_cargo(&packages));
    breaches.extend(advisories::breaches(&packages));
    let rules = [
        sources::breaches,
        routes::breaches,
        texts::breaches,
        links::breaches,
        paths::breaches,
        supply::of_npm,
        words::breaches,
    ];
    breaches.extend(rules.iter().flat_map(|rule| rule(&tree)));
    if breaches.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{} breaches of the house's rules", breaches.join("\n"), breaches.len()))
}
