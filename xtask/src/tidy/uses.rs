//! Where texts are asked for: `t("key")` in templates, refusals and plain literals in Rust.

/// How a text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// By its whole name.
    Whole,
    /// The name begins so; the rest is known at run time only.
    Start,
}

/// Every `t("…")` of a template: how, what, and in which line.
pub(super) fn of_template(text: &str) -> Vec<(Use, &str, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("t(") {
        let before = text.get(..at).unwrap_or_default();
        let standing =
            before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '.'));
        let argument = text.get(at + 2..).map(first_argument).unwrap_or_default();
        if standing {
            let line = before.matches('\n').count() + 1;
            found.extend(names(argument).into_iter().map(|(how, name)| (how, name, line)));
        }
    }
    found
}

/// The text up to the comma or the parenthesis that ends the first argument.
fn first_argument(rest: &str) -> &str {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') if depth > 0 => depth -= 1,
            (None, ')' | ',') if depth == 0 => return rest.get(..at).unwrap_or_default(),
            (Some(_) | None, _) => {}
        }
    }
    ""
}

/// Names in an expression. What is compared with (`== "x"`) or glued on (`~ "x"`) is no name.
fn names(expression: &str) -> Vec<(Use, &str)> {
    let mut found = Vec::new();
    let mut rest = expression;
    let mut before = "";
    while let Some(open) = rest.find(['"', '\'']) {
        let between = rest.get(..open).unwrap_or_default().trim();
        let quoted = rest.get(open + 1..).unwrap_or_default();
        let quote = rest.get(open..=open).unwrap_or_default();
        let Some((name, after)) = quoted.split_once(quote) else { break };
        let led = if between.is_empty() { before } else { between };
        let glued = ["==", "!=", "~", " in", "[", "("].iter().any(|mark| led.ends_with(mark));
        if !glued {
            let how = if after.trim_start().starts_with('~') { Use::Start } else { Use::Whole };
            found.push((how, name));
        }
        before = between;
        rest = after;
    }
    found
}

/// Every string literal of Rust, with the place where its opening quote stands.
pub(super) fn literals(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(mark) = ["'\"'", "'\\\"'"].iter().find(|mark| rest.starts_with(**mark)) {
            at += mark.len();
        } else if rest.starts_with('"') {
            let hashes = hashes_of_raw(text.get(..at).unwrap_or_default());
            let length = length_of_string(rest.get(1..).unwrap_or_default(), hashes);
            found.extend(rest.get(1..=length).map(|literal| (at, literal)));
            at += length + 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Number of `#` of a raw string whose opening quote follows; none when it is an ordinary one.
fn hashes_of_raw(before: &str) -> Option<usize> {
    let bare = before.trim_end_matches('#');
    let hashes = before.len() - bare.len();
    let letter = bare.strip_suffix('r')?.trim_end_matches('b');
    letter.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_').then_some(hashes)
}

fn length_of_string(rest: &str, raw_hashes: Option<usize>) -> usize {
    if let Some(hashes) = raw_hashes {
        return rest.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(rest.len());
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Codes of the refusals that a Rust file can give, with their line.
pub(super) fn refusals(text: &str) -> Vec<(&str, usize)> {
    literals(text)
        .into_iter()
        .filter(|(at, _)| text.get(..*at).is_some_and(leads_to_a_code))
        .map(|(at, code)| (code, text.get(..at).unwrap_or_default().matches('\n').count() + 1))
        .collect()
}

/// Whether what stands before a literal says that it is a refusal's code: `RefusalKind::X, "…"`,
/// `code: "…"` in the struct, or the second argument of `Refusal::invalid`.
fn leads_to_a_code(before: &str) -> bool {
    let before = before.trim_end();
    let before = before.strip_suffix("code:").map_or(before, str::trim_end);
    let Some(before) = before.strip_suffix(',') else { return false };
    let kind = before.trim_end_matches(|c: char| c.is_alphanumeric());
    if kind.ends_with("RefusalKind::") {
        return true;
    }
    before.rsplit_once("Refusal::invalid(").is_some_and(|(_, field)| !field.contains([',', ')', ';']))
}

/// A function that makes a refusal of a code handed to it, and which argument that is, from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Helper<'a> {
    name: &'a str,
    position: usize,
}

/// Functions of a Rust file that take a code; the kernel's own constructors are read by [`refusals`].
pub(super) fn helpers(text: &str) -> Vec<Helper<'_>> {
    let functions = text.split("fn ").skip(1);
    functions
        .filter_map(|rest| {
            let (name, rest) = rest.split_once('(')?;
            let (before, _) = rest.split(')').next()?.split_once("code: &'static str")?;
            // A method is called without its self.
            let position = before.matches(',').count().checked_sub(usize::from(before.contains("self,")))?;
            let plain =
                name.chars().all(|c| c.is_alphanumeric() || c == '_') && !["new", "invalid"].contains(&name);
            plain.then_some(Helper { name, position })
        })
        .collect()
}

/// Codes that a Rust file hands to a helper, with their line.
pub(super) fn handed<'a>(text: &'a str, helper: &Helper<'_>) -> Vec<(&'a str, usize)> {
    let call = format!("{}(", helper.name);
    let found = text.match_indices(&call).filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let whole = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let mut rest = text.get(at + call.len()..)?;
        for _ in 0..helper.position {
            rest = rest.get(first_argument(rest).len()..)?.strip_prefix(',')?;
        }
        let code = first_argument(rest).trim().strip_prefix('"')?.strip_suffix('"')?;
        whole.then(|| (code, before.matches('\n').count() + 1))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_templates_are_found() {
        let template = r#"<p>{{ t("hello", name=t('who')) }}</p>
{{ t("state-" ~ case.state) }} {{ format("x") }} {{ t("a" if x == "y" else "b") }} {{ t(key) }}"#;
        let found = of_template(template);
        let expected = [
            (Use::Whole, "hello", 1),
            (Use::Whole, "who", 1),
            (Use::Start, "state-", 2),
            (Use::Whole, "a", 2),
            (Use::Whole, "b", 2),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn literals_are_found_whatever_stands_around_them() {
        let text = "a(\"x\\\"y\"); // \"no\nlet c = '\"'; b(r#\"q\"q\"#); c(\"z\");\n";
        let found: Vec<&str> = literals(text).into_iter().map(|(_, literal)| literal).collect();
        assert_eq!(found, ["x\\\"y", "q\"q", "z"]);
    }

    #[test]
    fn codes_handed_to_helpers_are_found() {
        let text = "fn no(field: u8, code: &'static str) -> Refusal {}\nfn new(code: &'static str) {}\n";
        let found = helpers(text);
        assert_eq!(found, [Helper { name: "no", position: 1 }]);
        let calls = "no(f(1, 2), \"late\")\nno(1, code) piano(1, \"x\")";
        assert_eq!(handed(calls, &found[0]), [("late", 1)]);
    }

    #[test]
    fn codes_of_refusals_are_found() {
        let text = "Refusal::new(RefusalKind::Conflict, \"one\")\nRefusal::invalid(\"field\", \"two\")\n\
                    Refusal::invalid(\n    field,\n    \"three\",\n)\n\
                    Refusal { kind: RefusalKind::Gone, code: \"four\" }\nother(\"five\", \"six\")";
        let found: Vec<&str> = refusals(text).into_iter().map(|(code, _)| code).collect();
        assert_eq!(found, ["one", "two", "three", "four"]);
    }
}
