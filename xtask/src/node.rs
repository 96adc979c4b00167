//! Node, its packages, and the frontend that the server carries inside.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::run::{output, root, run_in};

/// Node's oldest version that runs the builds (engines in `frontend/package.json`).
const NODE_MAJOR: u32 = 20;
/// What npm was told to install, kept beside what it installed.
const INSTALLED: &str = "node_modules/.installed-lock.json";

/// Says plainly when Node or npm is missing or too old.
pub(crate) fn check() -> Result<(), String> {
    let asked = output("node", &["--version"]).map_err(|_gone| {
        format!("Node is missing: install Node {NODE_MAJOR} or newer, then run this again")
    })?;
    let major = major(&asked).unwrap_or(0);
    if major < NODE_MAJOR {
        return Err(format!("Node {} is too old: version {NODE_MAJOR} or newer is needed", asked.trim()));
    }
    output("npm", &["--version"])
        .map(drop)
        .map_err(|_gone| "npm is missing: it comes with Node; on Debian: apt-get install npm".to_owned())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs what a folder's `package-lock.json` names, unless exactly that is there.
pub(crate) fn install(folder: &str) -> Result<(), String> {
    let folder = root().join(folder);
    let lock = fs::read(folder.join("package-lock.json")).map_err(|error| error.to_string())?;
    if fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run_in(&folder, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[])?;
    fs::write(folder.join(INSTALLED), lock).map_err(|error| error.to_string())
}

/// Runs a script of a folder's `package.json`.
pub(crate) fn script(folder: &str, name: &str, variables: &[(&str, &str)]) -> Result<(), String> {
    run_in(&root().join(folder), "npm", &["run", "--silent", name], variables)
}

/// Builds `frontend/dist` when anything it is made from is newer.
pub(crate) fn build_frontend() -> Result<(), String> {
    check()?;
    install("frontend")?;
    let folder = root().join("frontend");
    let made = changed(&folder.join("dist/manifest.json"));
    if made.is_some_and(|made| newest(&folder).is_some_and(|source| source <= made)) {
        return Ok(());
    }
    script("frontend", "build", &[])
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|facts| facts.modified()).ok()
}

/// What the frontend is made from, seen from its folder; the last are words that the server knows too.
const SOURCES: [&str; 6] =
    ["build", "src", "static", "styles", "package-lock.json", "../crates/cases/data/about-person.json"];

/// When the youngest source of the frontend was changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let mut waiting: Vec<PathBuf> = SOURCES.map(|name| folder.join(name)).into();
    let mut found = None;
    while let Some(path) = waiting.pop() {
        // A folder's own time counts too: it moves when a file in it goes away.
        found = found.max(changed(&path));
        let inside = fs::read_dir(&path).into_iter().flatten().flatten();
        waiting.extend(inside.map(|entry| entry.path()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.1"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn the_youngest_source_counts_however_deep_it_lies() {
        let folder = std::env::temp_dir().join(format!("qige-xtask-{}", std::process::id()));
        let deep = folder.join("src/islands");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("a.ts"), "").unwrap();
        let late = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
        fs::File::options().write(true).open(deep.join("a.ts")).unwrap().set_modified(late).unwrap();
        assert_eq!(newest(&folder), Some(late));
        fs::remove_dir_all(&folder).unwrap();
    }
}
