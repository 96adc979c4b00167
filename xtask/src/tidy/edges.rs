//! What may import what: by capability, downwards only.

use serde_json::Value;

use crate::run::output;

/// Crate, and the crates of ours that it may use. What is not listed here may use nothing.
const ALLOWED: &[(&str, &[&str])] = &[
    ("open-data", &[]),
    ("kernel", &["open-data"]),
    ("db-test-macro", &[]),
    ("db", &["kernel", "db-test-macro"]),
    ("jobs", &["kernel", "db"]),
    ("blobs", &["kernel", "db", "open-data"]),
    ("channels", &["kernel"]),
    ("notify", &["kernel", "db", "jobs", "blobs"]),
    ("identity", &["kernel", "db", "jobs", "blobs", "notify"]),
    ("places", &["kernel", "db", "jobs", "blobs", "notify", "identity", "open-data"]),
    ("points", &["kernel", "db", "identity"]),
    ("cases", &["kernel", "db", "jobs", "blobs", "notify", "identity", "places", "open-data"]),
    ("sync", &["kernel", "db", "jobs", "blobs", "notify", "identity", "cases"]),
    (
        "app",
        &[
            "kernel", "db", "jobs", "blobs", "channels", "notify", "identity", "places", "points", "cases",
            "sync",
        ],
    ),
    // What tests alone use.
    (
        "fuzz",
        &["kernel", "blobs", "channels", "notify", "identity", "places", "points", "cases", "sync", "app"],
    ),
    (
        "web",
        &[
            "kernel",
            "db",
            "jobs",
            "blobs",
            "channels",
            "notify",
            "identity",
            "places",
            "points",
            "cases",
            "sync",
            "app",
            "fuzz",
            "open-data",
        ],
    ),
    (
        "sim",
        &["kernel", "db", "jobs", "blobs", "notify", "identity", "places", "points", "cases", "sync", "app"],
    ),
    (
        "cli",
        &[
            "kernel", "db", "jobs", "blobs", "channels", "identity", "places", "points", "cases", "sync",
            "app", "web", "sim",
        ],
    ),
];

/// Every crate of the workspace with the crates of ours that it uses.
pub(super) fn workspace() -> Result<Vec<(String, Vec<String>)>, String> {
    let text = output("cargo", &["metadata", "--format-version=1", "--no-deps", "--locked"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let ours = |value: &Value| value.get("name")?.as_str()?.strip_prefix("qige-").map(str::to_owned);
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    Ok(packages
        .filter_map(|package| {
            let used = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
            let used = used.filter_map(ours).collect();
            Some((ours(package)?, used))
        })
        .collect())
}

/// Imports that the table does not allow.
pub(super) fn breaches(crates: &[(String, Vec<String>)]) -> Vec<String> {
    let allowed = |name: &str| ALLOWED.iter().find(|entry| entry.0 == name).map_or(&[][..], |entry| entry.1);
    crates
        .iter()
        .flat_map(|(name, used)| used.iter().map(move |used| (name, used)))
        .filter(|(name, used)| !allowed(name).contains(&used.as_str()))
        .map(|(name, used)| {
            format!(
                "crates/{name}/Cargo.toml: {name} may not use {used}; see ALLOWED in xtask/src/tidy/edges.rs"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upward_import_is_named() {
        let crates =
            [("kernel".to_owned(), vec!["db".to_owned()]), ("db".to_owned(), vec!["kernel".to_owned()])];
        let found = breaches(&crates);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("kernel may not use db"), "{found:?}");
    }

    #[test]
    fn the_table_has_no_circle() {
        for (at, (name, used)) in ALLOWED.iter().enumerate() {
            for used in *used {
                let below = ALLOWED.iter().position(|entry| entry.0 == *used);
                assert!(
                    below.is_some_and(|below| below < at),
                    "{name} uses {used}, which must stand above it"
                );
            }
        }
    }
}
