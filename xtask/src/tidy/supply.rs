//! Licences, bans and sources of what we build upon. `deny.toml` says the same to cargo-deny, held to it by a
//! test below.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::licence::allowed;
use super::tree::Tree;
use crate::run::output;

/// Crates that must not come in, and why.
const BANNED: &[(&str, &str)] = &[
    ("aws-lc-rs", "ring is the one cryptographic provider; this one costs a minute of every clean build"),
    ("aws-lc-sys", "ring is the one cryptographic provider; this one costs a minute of every clean build"),
    ("chrono", "time is jiff's"),
    ("diesel", "SQL is written as SQL, see docs/adr"),
    ("native-tls", "TLS is rustls'"),
    ("openssl", "TLS is rustls'"),
    ("openssl-sys", "TLS is rustls'"),
    ("sea-orm", "SQL is written as SQL, see docs/adr"),
    ("sqlx", "SQL is written as SQL, see docs/adr"),
];

/// Crates that are heavy to build or must be one in the program: only one version of each.
const ONCE: &[&str] = &[
    "axum",
    "geo",
    "geo-types",
    "http",
    "hyper",
    "jiff",
    "libsqlite3-sys",
    "minijinja",
    "regex",
    "ring",
    "rstar",
    "rusqlite",
    "rustls",
    "serde",
    "tokio",
    "tokio-postgres",
    "tokio-rustls",
    "tower-http",
    "uuid",
];

/// One crate of the build.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    licence: String,
    /// None for our own.
    source: Option<String>,
}

impl Package {
    /// Whether others wrote it.
    pub(crate) fn is_foreign(&self) -> bool {
        self.source.is_some()
    }

    #[cfg(test)]
    pub(crate) fn of_registry(name: &str, version: &str) -> Self {
        let source = Some("registry+x".to_owned());
        Self { name: name.to_owned(), version: version.to_owned(), licence: "MIT".to_owned(), source }
    }
}

/// Where the program is run or worked on; `deny.toml` names the same. What only comes with others is not
/// built.
const PLATFORMS: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// Every crate of the build, for every one of these platforms.
pub(crate) fn packages() -> Result<Vec<Package>, String> {
    let platforms = PLATFORMS.iter().flat_map(|platform| ["--filter-platform", platform]);
    let words: Vec<_> = ["metadata", "--format-version=1", "--locked"].into_iter().chain(platforms).collect();
    let text = output("cargo", &words)?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let package = |value: &Value| {
        Some(Package {
            name: text(value, "name")?,
            version: text(value, "version")?,
            licence: text(value, "license").unwrap_or_default(),
            source: text(value, "source"),
        })
    };
    Ok(packages.filter_map(package).collect())
}

/// Crates that must not be there.
pub(super) fn of_cargo(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Package { name, version, licence, source } in packages {
        if !allowed(licence) {
            found.push(format!("Cargo.lock: {name} {version}: licence `{licence}`; see licence.rs"));
        }
        if source.as_ref().is_some_and(|source| !source.starts_with("registry+")) {
            found.push(format!("Cargo.lock: {name} {version} does not come from the registry"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| banned == name) {
            found.push(format!("Cargo.lock: {name} must not come in: {why}"));
        }
        versions.entry(name).or_default().insert(version);
    }
    for name in ONCE {
        let known = versions.get(name).cloned().unwrap_or_default();
        if known.len() > 1 {
            let known: Vec<&str> = known.into_iter().collect();
            found.push(format!("Cargo.lock: {name} is there more than once: {}", known.join(", ")));
        }
    }
    found
}

/// Packages of npm whose licence does not let us ship.
pub(super) fn of_npm(tree: &Tree) -> Vec<String> {
    tree.ending("package-lock.json").flat_map(|(path, text)| of_lock(path, text)).collect()
}

fn of_lock(path: &str, text: &str) -> Vec<String> {
    let Ok(lock) = serde_json::from_str::<Value>(text) else {
        return vec![format!("{path}: is not JSON")];
    };
    let packages = lock.get("packages").and_then(Value::as_object).into_iter().flatten();
    packages
        .filter_map(|(name, package)| {
            let licence = package.get("license").and_then(Value::as_str).unwrap_or_default();
            (!allowed(licence)).then(|| format!("{path}: {name}: licence `{licence}`; see licence.rs"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, licence: &str, source: Option<&str>) -> Package {
        let source = source.map(str::to_owned);
        Package { name: name.to_owned(), version: version.to_owned(), licence: licence.to_owned(), source }
    }

    #[test]
    fn licences_sources_bans_and_doubles_are_named() {
        let fine = Some("registry+x");
        let found = of_cargo(&[
            package("a", "1", "MIT", fine),
            package("b", "1", "GPL-3.0-only", fine),
            package("c", "1", "MIT", Some("git+x")),
            package("openssl-sys", "1", "MIT", fine),
            package("tokio", "1", "MIT", fine),
            package("tokio", "2", "MIT", fine),
            package("qige", "1", "MIT", None),
        ]);
        assert_eq!(found.len(), 4, "{found:?}");
    }

    /// What stands in quotation marks in some lines.
    fn quoted<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
        lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
    }

    #[test]
    fn cargo_deny_is_told_the_same() {
        let deny = include_str!("../../../deny.toml");
        let licences = deny.lines().skip_while(|line| *line != "allow = [").take_while(|line| *line != "]");
        assert_eq!(quoted(licences), super::super::licence::ALLOWED.iter().copied().collect());
        let crates = |banned: bool| {
            let lines = deny.lines().filter(|line| line.trim_start().starts_with("{ crate = "));
            let lines = lines.filter(move |line| line.contains("deny-multiple-versions") != banned);
            quoted(lines.map(|line| line.split(',').next().unwrap()))
        };
        assert_eq!(crates(true), BANNED.iter().map(|(name, _)| *name).collect());
        assert_eq!(crates(false), ONCE.iter().copied().collect());
        let platforms = deny.lines().skip_while(|line| *line != "targets = [");
        let platforms = platforms.take_while(|line| *line != "]");
        assert_eq!(quoted(platforms), PLATFORMS.into_iter().collect());
    }

    #[test]
    fn a_package_of_npm_without_a_licence_is_named() {
        let lock = r#"{"packages": {"": {"license": "MIT"}, "node_modules/x": {}}}"#;
        let found = of_npm(&Tree::of(&[("e2e/package-lock.json", lock)]));
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
