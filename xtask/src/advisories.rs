//! Known weaknesses of what we build upon (RustSec). `cargo xtask advisories <folder>` reads a checkout of
//! github.com/rustsec/advisory-db and keeps, in `xtask/data/advisories.json`, what it says of the crates of
//! our build: ids and versions, so that every run checks them where there is no network too. A crate that
//! came in since is a breach until somebody has looked again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::run::output;
use crate::tidy::{Package, packages};

/// Where it is kept.
const KEPT: &str = "xtask/data/advisories.json";
/// Advisories that our build may carry, and why.
const ACCEPTED: &[(&str, &str)] = &[];

/// What was found when somebody looked.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Looked {
    /// The commit of the database.
    commit: String,
    /// Its day.
    date: String,
    /// Every crate that was looked for, with its advisories.
    crates: BTreeMap<String, Vec<Advisory>>,
}

/// One advisory.
#[derive(Debug, Serialize, Deserialize)]
struct Advisory {
    id: String,
    /// Versions that have it no more, each as a requirement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patched: Vec<String>,
    /// Versions that never had it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unaffected: Vec<String>,
}

/// An advisory as the database writes it: TOML before the words.
#[derive(Deserialize)]
struct File {
    advisory: Head,
    #[serde(default)]
    versions: Versions,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    withdrawn: Option<String>,
}

#[derive(Default, Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

/// Looks at a checkout of the database, and keeps what it says of our crates.
pub(crate) fn keep(database: &str) -> Result<(), String> {
    let database = Path::new(database);
    let git = |format: &str| output("git", &["-C", &database.display().to_string(), "log", "-1", format]);
    let mut looked = Looked {
        commit: git("--format=%H")?.trim().to_owned(),
        date: git("--format=%cs")?.trim().to_owned(),
        crates: BTreeMap::new(),
    };
    for package in packages()?.iter().filter(|package| package.is_foreign()) {
        let folder = database.join("crates").join(&package.name);
        looked.crates.insert(package.name.clone(), of_crate(&folder)?);
    }
    let text = serde_json::to_string_pretty(&looked).map_err(|error| error.to_string())?;
    fs::write(KEPT, text + "\n").map_err(|error| format!("{KEPT}: {error}"))?;
    println!(
        "{KEPT}: {} crates, {} advisories",
        looked.crates.len(),
        looked.crates.values().flatten().count()
    );
    let found = breaches(&packages()?);
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

fn of_crate(folder: &Path) -> Result<Vec<Advisory>, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut found = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        found.extend(read(&text).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(found)
}

/// The advisory in a file; none where it was withdrawn.
fn read(text: &str) -> Result<Option<Advisory>, String> {
    let toml = text.strip_prefix("```toml").and_then(|rest| rest.split_once("\n```"));
    let (toml, _) = toml.ok_or("does not begin with TOML")?;
    let File { advisory, versions } = toml::from_str(toml).map_err(|error| error.to_string())?;
    let Versions { patched, unaffected } = versions;
    Ok(advisory.withdrawn.is_none().then_some(Advisory { id: advisory.id, patched, unaffected }))
}

/// Crates that an advisory speaks of in our version, and crates that nobody has looked for.
pub(crate) fn breaches(packages: &[Package]) -> Vec<String> {
    let kept = fs::read_to_string(KEPT).map_err(|error| error.to_string());
    let looked = kept.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    match looked {
        Ok(looked) => against(packages, &looked),
        Err(error) => vec![format!("{KEPT}: {error}")],
    }
}

fn against(packages: &[Package], looked: &Looked) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages.iter().filter(|package| package.is_foreign()) {
        let Package { name, version, .. } = package;
        let Some(advisories) = looked.crates.get(name) else {
            found.push(format!(
                "Cargo.lock: nobody has looked for advisories about {name}; run cargo xtask advisories \
                 <checkout of github.com/rustsec/advisory-db>"
            ));
            continue;
        };
        for advisory in advisories {
            let accepted = ACCEPTED.iter().any(|(id, _)| *id == advisory.id);
            if !accepted && !advisory.is_free_of(version) {
                found.push(format!("Cargo.lock: {name} {version} has {} (rustsec.org)", advisory.id));
            }
        }
    }
    found
}

impl Advisory {
    /// Whether that version has it not. What cannot be read has it.
    fn is_free_of(&self, version: &str) -> bool {
        let Ok(version) = Version::parse(version) else { return false };
        let fits = |one: &String| VersionReq::parse(one).is_ok_and(|fits| fits.matches(&version));
        self.patched.iter().chain(&self.unaffected).any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"a\"\n\n[versions]\n\
        patched = [\">= 1.2.3\", \">= 1.0.9, < 1.1.0\"]\nunaffected = [\"< 0.9\"]\n```\n\n# Words\n";

    #[test]
    fn an_advisory_is_read_and_weighed() {
        let advisory = read(TEXT).unwrap().unwrap();
        for (version, free) in [
            ("1.2.3", true),
            ("1.2.2", false),
            ("1.0.9", true),
            ("1.1.0", false),
            ("0.8.7", true),
            ("0.9.0", false),
            ("x", false),
        ] {
            assert_eq!(advisory.is_free_of(version), free, "{version}");
        }
        let withdrawn = TEXT.replace("package", "withdrawn = \"2026-02-01\"\npackage");
        assert!(read(&withdrawn).unwrap().is_none());
        assert!(read("# Words").is_err());
    }

    #[test]
    fn what_is_affected_and_what_nobody_looked_for_is_named() {
        let package = |name: &str, version: &str| Package::of_registry(name, version);
        let crates = [("a".to_owned(), vec![read(TEXT).unwrap().unwrap()]), ("b".to_owned(), Vec::new())];
        let looked = Looked { crates: crates.into(), ..Looked::default() };
        assert_eq!(against(&[package("a", "1.3.0"), package("b", "1.0.0")], &looked), Vec::<String>::new());
        let found = against(&[package("a", "1.1.0"), package("c", "1.0.0")], &looked);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("a 1.1.0 has RUSTSEC-2026-0001") && found[1].contains("about c"));
    }
}
