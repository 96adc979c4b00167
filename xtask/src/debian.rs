//! Debian packages that a run needs: installed by root, named to everybody else.

use crate::run::{has, output, run};

/// Installs packages, or says which ones are missing and what that means.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    if !is_root()? || !has("apt-get", &["--version"]) {
        return Err(missing(packages));
    }
    let quiet = ("DEBIAN_FRONTEND", "noninteractive");
    run("apt-get", &["update", "--quiet"], &[quiet])?;
    let words = ["install", "--yes", "--quiet", "--no-install-recommends"];
    let words: Vec<&str> = words.into_iter().chain(packages.iter().copied()).collect();
    run("apt-get", &words, &[quiet])
}

/// The sentence for somebody who may not install.
pub(crate) fn missing(packages: &[&str]) -> String {
    format!("missing: {0}. On Debian: apt-get install {0}; then run this again", packages.join(" "))
}

/// Whether this process may do anything on this machine.
pub(crate) fn is_root() -> Result<bool, String> {
    output("id", &["-u"]).map(|id| id.trim() == "0")
}
