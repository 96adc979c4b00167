//! Sizes and bans, file by file.

use super::tree::Tree;

/// Lines of a source file at most.
const FILE_LINES: usize = 600;
/// Lines of a test file at most.
const TEST_LINES: usize = 800;
/// Columns of a line of Rust at most.
const COLUMNS: usize = 110;
/// Lines of a function at most.
const FUNCTION_LINES: usize = 60;

/// Lines of a TypeScript file, a style sheet or a page's template at most.
const FRONT_LINES: usize = 400;
/// What the limit for the front end is for.
const FRONT: &[&str] = &[".ts", ".mjs", ".css", ".html", ".jinja"];

/// What is wrong with any file.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    tree.files().flat_map(|(file, text)| of_file(file, text)).collect()
}

fn of_file(file: &str, text: &str) -> Vec<String> {
    if file.ends_with(".rs") {
        of_rust(file, text)
    } else if FRONT.iter().any(|end| file.ends_with(end)) {
        too_long(file, text, FRONT_LINES).into_iter().collect()
    } else {
        Vec::new()
    }
}

fn too_long(file: &str, text: &str, limit: usize) -> Option<String> {
    let lines = text.lines().count();
    let said = format!("{file}: {lines} lines; divide it so that each part has {limit} at most");
    (lines > limit).then_some(said)
}

fn of_rust(file: &str, text: &str) -> Vec<String> {
    let test = file.contains("/tests/");
    let limit = if test { TEST_LINES } else { FILE_LINES };
    let mut found: Vec<String> = too_long(file, text, limit).into_iter().collect();
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
        if !begins_function(code) || code.ends_with(';') || code.ends_with('}') {
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

/// Whether a line begins a function, whoever may call it and however.
fn begins_function(code: &str) -> bool {
    let visible = code.strip_prefix("pub").map_or(code, |rest| match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')').map_or(rest, |(_, rest)| rest),
        None => rest,
    });
    let mut words = visible.split_whitespace();
    words.find(|word| !["const", "async", "unsafe"].contains(word)) == Some("fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_breach_is_named_with_its_line() {
        let long = "x".repeat(COLUMNS + 1);
        let text = format!("{long}\n{}\n", concat!("#[", "allow(dead_code)]"));
        let found = of_file("crates/x/src/lib.rs", &text);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("crates/x/src/lib.rs:1:") && found[1].contains("rs:2:"), "{found:?}");
        assert!(of_file("notes.md", &text).is_empty());
    }

    #[test]
    fn size_at_the_limit_passes_and_past_it_does_not() {
        assert!(of_file("a/src/a.rs", &"x\n".repeat(FILE_LINES)).is_empty());
        assert_eq!(of_file("a/src/a.rs", &"x\n".repeat(FILE_LINES + 1)).len(), 1);
        assert!(of_file("a/tests/it/a.rs", &"x\n".repeat(FILE_LINES + 1)).is_empty());
        assert!(of_file("a/page.html", &"x\n".repeat(FRONT_LINES)).is_empty());
        assert_eq!(of_file("a/island.ts", &"x\n".repeat(FRONT_LINES + 1)).len(), 1);
    }

    #[test]
    fn a_long_function_is_found() {
        let body = "    x();\n".repeat(FUNCTION_LINES - 2);
        assert!(long_functions(&format!("fn a() {{\n{body}}}\n")).is_empty());
        for start in [
            "fn",
            "pub fn",
            "async fn",
            "pub async fn",
            "pub(crate) async fn",
            "pub(super) fn",
            "const fn",
            "pub const fn",
            "pub(in crate::a) const fn",
            "unsafe fn",
        ] {
            let long = format!("{start} a() {{\n{body}    y();\n}}\n");
            assert_eq!(long_functions(&long), [(1, FUNCTION_LINES + 1)], "{start}");
        }
        for other in ["pub struct A {", "const A: [u8; 2] = [", "impl Fn for A {", "publish fn("] {
            assert!(!begins_function(other), "{other}");
        }
    }
}
