//! The files that the rules look at.

use std::collections::BTreeMap;

use crate::run::{output, root};

/// Every text file that git knows or would take, by its path from the top of the checkout.
#[derive(Debug, Default)]
pub(super) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// The checkout as it lies on disk. Files that are no UTF-8 have a path and no text.
    pub(super) fn of_checkout() -> Result<Self, String> {
        let files = output("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let read = |path: &str| {
            let bytes = std::fs::read(root().join(path)).ok()?;
            Some((path.to_owned(), String::from_utf8(bytes).unwrap_or_default()))
        };
        Ok(Self(files.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect()))
    }

    /// A tree of a test's own.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// Path and text of every file.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files whose name ends so.
    pub(super) fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// Whether there is a file or a folder of this path.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty() || self.0.contains_key(path) || self.0.keys().any(|file| file.starts_with(&folder))
    }

    /// The Rust that ships: no tests in folders of their own, nothing after a file's tests begin.
    pub(super) fn shipped(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ending(".rs").filter(|(path, _)| path.starts_with("crates/") && path.contains("/src/")).map(
            |(path, text)| {
                let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
                (path, text.get(..end).unwrap_or(text))
            },
        )
    }
}
