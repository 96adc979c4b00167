//! Every text is there in every language, and somebody reads it.

use std::collections::{BTreeMap, BTreeSet};

use super::fluent::{Text, texts};
use super::tree::Tree;
use super::uses::{Use, handed, helpers, literals, of_template, refusals};

/// Families whose second half is a code in Rust: the text of code `x` is `refusal-x`.
const FAMILIES: &[&str] = &["refusal-", "notice-"];

/// Locale → key → the text and its file.
type Locales<'a> = BTreeMap<&'a str, BTreeMap<String, (&'a str, Text)>>;

/// Texts missing, unlike, unknown or unused.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    let (locales, mut found) = read(tree);
    if locales.is_empty() {
        return found;
    }
    found.extend(unlike(&locales));
    found.extend(
        tree.files().filter(|(path, _)| is_template(path)).flat_map(|(path, text)| spoken(path, text)),
    );
    let known: BTreeSet<&str> = locales.values().flat_map(|texts| texts.keys()).map(String::as_str).collect();
    let asked = Asked::of(tree);
    found.extend(asked.unknown(&known));
    let taken: BTreeSet<&str> = locales
        .values()
        .flat_map(|texts| texts.values())
        .flat_map(|(_, text)| &text.refers)
        .map(String::as_str)
        .collect();
    let unused = |key: &&str| !taken.contains(*key) && !asked.uses(key);
    found.extend(
        known.iter().copied().filter(unused).map(|key| format!("text {key}: nobody reads it; delete it")),
    );
    found
}

/// The locale is the folder under `locales/`, or the file's name where there is none.
fn read(tree: &Tree) -> (Locales<'_>, Vec<String>) {
    let mut locales = Locales::new();
    let mut found = Vec::new();
    for (path, content) in tree.ending(".ftl") {
        let Some((_, inside)) = path.split_once("/locales/") else { continue };
        let locale = inside.split('/').next().unwrap_or_default().trim_end_matches(".ftl");
        let texts_of_locale = locales.entry(locale).or_default();
        for text in texts(content) {
            let (key, line) = (text.key.clone(), text.line);
            if texts_of_locale.insert(key.clone(), (path, text)).is_some() {
                found.push(format!("{path}:{line}: {key} is there twice in {locale}"));
            }
        }
    }
    (locales, found)
}

/// Texts that one locale lacks, or that want other values there.
fn unlike(locales: &Locales<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (locale, texts) in locales {
        for (other, others) in locales.iter().filter(|(other, _)| *other != locale) {
            for (key, (path, text)) in texts {
                match others.get(key) {
                    None => found.push(format!("{path}:{}: {key} is missing in {other}", text.line)),
                    Some((_, twin)) if locale < other && twin.variables != text.variables => {
                        found.push(format!("{path}:{}: {key} wants other values than in {other}", text.line));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    found
}

/// What pages and code ask for.
#[derive(Default)]
struct Asked<'a> {
    /// Whole names with where they stand: those must exist.
    wanted: BTreeMap<String, String>,
    /// Beginnings with where they stand: at least one text begins so.
    starts: BTreeMap<&'a str, String>,
    /// Every literal of shipped Rust and of templates: a text of that name may be meant.
    said: BTreeSet<&'a str>,
    /// Beginnings in Rust, `format!("state-{}")`.
    formats: BTreeSet<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut asked = Self::default();
        for (path, text) in tree.files().filter(|(path, _)| is_template(path)) {
            for (how, name, line) in of_template(text) {
                let place = format!("{path}:{line}");
                match how {
                    Use::Whole => drop(asked.wanted.insert(name.to_owned(), place)),
                    Use::Start => drop(asked.starts.insert(name, place)),
                }
            }
            asked.said.extend(text.split(['"', '\'']));
        }
        let helpers: Vec<_> = tree.shipped().flat_map(|(_, text)| helpers(text)).collect();
        for (path, text) in tree.shipped() {
            let handed = helpers.iter().flat_map(|helper| handed(text, helper));
            for (code, line) in refusals(text).into_iter().chain(handed) {
                asked.wanted.insert(format!("refusal-{code}"), format!("{path}:{line}"));
            }
            for (_, literal) in literals(text) {
                asked.said.insert(literal);
                asked
                    .formats
                    .extend(literal.split_once('{').map(|(start, _)| start).filter(|s| s.ends_with('-')));
                asked.formats.extend(Some(literal).filter(|literal| literal.ends_with('-')));
            }
        }
        asked
    }

    fn unknown(&self, known: &BTreeSet<&str>) -> Vec<String> {
        let wanted = self.wanted.iter().filter(|(key, _)| !known.contains(key.as_str()));
        let starts =
            self.starts.iter().filter(|(start, _)| !known.iter().any(|key| key.starts_with(**start)));
        let wanted = wanted.map(|(key, place)| format!("{place}: there is no text {key}"));
        wanted.chain(starts.map(|(start, place)| format!("{place}: no text begins with {start}"))).collect()
    }

    fn uses(&self, key: &str) -> bool {
        let family = FAMILIES.iter().find_map(|family| key.strip_prefix(family));
        self.wanted.contains_key(key)
            || family.is_some_and(|code| self.said.contains(code))
            || family.is_none() && self.said.contains(key)
            || self.starts.keys().any(|start| key.starts_with(start))
            || family.is_none() && self.formats.iter().any(|start| key.starts_with(start))
    }
}

/// Chinese letters and punctuation in a template: what people read stands in the locales. The page of
/// components for programmers has samples of its own.
fn spoken(path: &str, text: &str) -> Vec<String> {
    let chinese =
        |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("{#"));
    let said = lines.filter(|(_, line)| !path.contains("/templates/dev/") && line.contains(chinese));
    said.map(|(number, _)| format!("{path}:{number}: what people read belongs into the locales")).collect()
}

fn is_template(path: &str) -> bool {
    path.starts_with("crates/") && (path.contains("/templates/") || path.contains("/components/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: &str = "crates/web/locales/zh-Hans/a.ftl";
    const EN: &str = "crates/web/locales/en/a.ftl";

    #[test]
    fn a_complete_set_is_fine() {
        let texts = "hello = Hi {$name}\nstate-open = Open\nrefusal-late = Late\nkind-a = A\n\
                     -brand = Q\nin = {-brand}\n";
        let tree = Tree::of(&[
            (ZH, texts),
            (EN, texts),
            (
                "crates/web/templates/a.html",
                "{{ t(\"hello\", name=x) }} {{ t(\"state-\" ~ s) }} {{ t(\"in\") }}",
            ),
            ("crates/x/src/a.rs", "Refusal::new(RefusalKind::Gone, \"late\"); format!(\"kind-{kind}\")"),
        ]);
        assert_eq!(breaches(&tree), Vec::<String>::new());
    }

    #[test]
    fn each_breach_is_named() {
        let tree = Tree::of(&[
            (ZH, "a = {$n}\nb = B\nb = C\nrefusal-idle = I\n"),
            (EN, "a = A\nrefusal-idle = I\n"),
            (
                "crates/web/templates/a.html",
                "{{ t(\"a\") }}：{{ t(\"b\") }}\n{{ t(\"gone\") }} {{ t(\"no-\" ~ s) }}\n{# 好 #}",
            ),
            ("crates/x/src/a.rs", "\nRefusal::new(RefusalKind::Gone, \"late\")"),
        ]);
        let found = breaches(&tree);
        for expected in [
            "crates/web/locales/zh-Hans/a.ftl:3: b is there twice in zh-Hans",
            "crates/web/locales/en/a.ftl:1: a wants other values than in zh-Hans",
            "crates/web/locales/zh-Hans/a.ftl:3: b is missing in en",
            "crates/web/templates/a.html:2: there is no text gone",
            "crates/x/src/a.rs:2: there is no text refusal-late",
            "crates/web/templates/a.html:2: no text begins with no-",
            "crates/web/templates/a.html:1: what people read belongs into the locales",
            "text refusal-idle: nobody reads it; delete it",
        ] {
            assert!(found.iter().any(|breach| breach == expected), "{expected} is not in {found:#?}");
        }
        assert_eq!(found.len(), 8, "{found:#?}");
    }
}
