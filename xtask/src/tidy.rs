//! The house's rules as checks. Each message says where, what is wrong, and what to do.

mod edges;
mod sources;

use crate::run::root;

/// Checks everything; an error lists every breach.
pub(crate) fn run() -> Result<(), String> {
    let mut breaches = edges::breaches(&edges::workspace()?);
    for file in sources::tracked()? {
        let text = std::fs::read_to_string(root().join(&file)).unwrap_or_default();
        breaches.extend(sources::breaches(&file, &text));
    }
    if breaches.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{} breaches of the house's rules", breaches.join("\n"), breaches.len()))
}
