//! Sizes and bans, file by file.

use crate::run::output;

/// Lines of a source file at most.
const FILE_LINES: usize = 600;
/// Lines of a test file at most.
const TEST_LINES: usize = 800;
/// Columns of a line of Rust at most.
const COLUMNS: usize = 110;
/// Lines of a function at most.
const FUNCTION_LINES: usize = 60;

/// Files that git knows or would take.
pub(super) fn tracked() -> Result<Vec<String>, String> {
    let files = output("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
    Ok(files.lines().map(str::to_owned).collect())
}

/// What is wrong with one file.
pub(super) fn breaches(file: &str, text: &str) -> Vec<String> {
    if !file.ends_with(".rs") {
        return Vec::new();
    }
    let test = file.contains("/tests/");
    let limit = if test { TEST_LINES } else { FILE_LINES };
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > limit {
        found.push(format!("{file}: {lines} lines; divide it so that each part has {limit} at most"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let columns = line.chars().count();
        if columns > COLUMNS {
            found.push(format!("{file}:{number}: {columns} columns; break the line at {COLUMNS}"));
        }
        // Spelt in two parts so that this file does not breach its own rule.
        if line.trim_start().starts_with(concat!("#[", "allow(")) || line.contains(concat!("#![", "allow(")) {
            found.push(format!("{file}:{number}: write #[expect(…, reason = \"…\")] instead"));
        }
    }
    if !test {
        found.extend(long_functions(text).into_iter().map(|(number, lines)| {
            format!("{file}:{number}: a function of {lines} lines; divide it ({FUNCTION_LINES} at most)")
        }));
    }
    found
}

/// Line and length of each function that is too long. A function ends at the brace that stands as far in as
/// it began, which rustfmt guarantees.
fn long_functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let starts =
            ["fn ", "pub fn ", "async fn ", "pub async fn ", "pub(crate) fn ", "pub(crate) async fn "];
        if !starts.iter().any(|start| code.starts_with(start)) || code.ends_with(';') || code.ends_with('}') {
            continue;
        }
        let end = format!("{}}}", line.strip_suffix(code).unwrap_or_default());
        let length = lines.iter().skip(at).position(|line| *line == end).map_or(0, |end| end + 1);
        if length > FUNCTION_LINES {
            found.push((at + 1, length));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_breach_is_named_with_its_line() {
        let long = "x".repeat(COLUMNS + 1);
        let text = format!("{long}\n{}\n", concat!("#[", "allow(dead_code)]"));
        let found = breaches("crates/x/src/lib.rs", &text);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("crates/x/src/lib.rs:1:") && found[1].contains("rs:2:"), "{found:?}");
        assert!(breaches("notes.md", &text).is_empty());
    }

    #[test]
    fn size_at_the_limit_passes_and_past_it_does_not() {
        assert!(breaches("a/src/a.rs", &"x\n".repeat(FILE_LINES)).is_empty());
        assert_eq!(breaches("a/src/a.rs", &"x\n".repeat(FILE_LINES + 1)).len(), 1);
        assert!(breaches("a/tests/it/a.rs", &"x\n".repeat(FILE_LINES + 1)).is_empty());
    }

    #[test]
    fn a_long_function_is_found() {
        let body = "    x();\n".repeat(FUNCTION_LINES - 2);
        assert!(long_functions(&format!("fn a() {{\n{body}}}\n")).is_empty());
        assert_eq!(long_functions(&format!("fn a() {{\n{body}    y();\n}}\n")), [(1, FUNCTION_LINES + 1)]);
    }
}
