//! From a bare checkout to a running demonstration.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::node;
use crate::run::{output, root, run as start};

/// Builds what is missing, then becomes `qige demo`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let program = build()?;
    // Replacing this process hands Ctrl-C and the exit code over without a go-between.
    let failed = Command::new(&program).arg("demo").args(arguments).current_dir(root()).exec();
    Err(format!("{}: {failed}", program.display()))
}

/// The frontend and the server, built; answers with the server's program.
pub(crate) fn build() -> Result<PathBuf, String> {
    node::build_frontend()?;
    start("cargo", &["build", "--locked", "--package", "qige-cli"], &[])?;
    let text = output("cargo", &["metadata", "--format-version=1", "--no-deps", "--locked"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).unwrap_or("target");
    Ok(PathBuf::from(folder).join("debug/qige"))
}
