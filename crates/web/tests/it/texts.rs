//! Every text is there in every language, and used; every template renders in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use qige_web::Locale;

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Sources of every crate of ours, without comments and tests.
fn sources() -> Vec<(PathBuf, String)> {
    let crates = std::fs::read_dir(home().parent().unwrap()).unwrap();
    let folders = crates.map(|entry| entry.unwrap().path().join("src")).filter(|folder| folder.exists());
    let code = |text: &str| {
        let text = text.split("#[cfg(test)]").next().unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    };
    folders.flat_map(|folder| files(&folder, "rs")).map(|(path, text)| (path, code(&text))).collect()
}

fn files(folder: &Path, ext: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ext));
        } else if path.extension().is_some_and(|e| e == ext) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// Keys of one language with the names of their values.
fn keys(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in files(&home().join("locales").join(locale.tag()), "ftl") {
        let mut key = String::new();
        for line in text.lines() {
            let name = line.split('=').next().unwrap().trim();
            let is_key = line.contains('=')
                && line.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if is_key {
                key = name.to_owned();
                assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} twice in {path:?}");
            }
            for value in line.split('$').skip(1) {
                let value: String = value.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.get_mut(&key).unwrap().insert(value);
            }
        }
    }
    found
}

#[test]
fn every_language_has_the_same_texts_with_the_same_values() {
    let [first, second] = Locale::ALL.map(keys);
    let all: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut faults = Vec::new();
    for key in all {
        match (first.get(key), second.get(key)) {
            (Some(one), Some(other)) if one != other => {
                faults.push(format!("{key} has other values: {one:?}, {other:?}"));
            }
            (Some(_), Some(_)) => {}
            _ => faults.push(format!("{key} is missing in one language")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Texts chosen by something that is only known when the page is made: `t("role-" ~ role)`.
struct Used {
    exact: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

fn used() -> Used {
    let mut used = Used { exact: BTreeSet::new(), beginnings: BTreeSet::new() };
    let key_like = |text: &str| {
        !text.is_empty()
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    for (_, text) in files(&home().join("templates"), "html") {
        for call in text.split("t(\"").skip(1) {
            let key = call.split('"').next().unwrap();
            let rest = call[key.len() + 1..].trim_start();
            if rest.starts_with('~') {
                used.beginnings.insert(key.to_owned());
            } else {
                used.exact.insert(key.to_owned());
            }
        }
    }
    for (_, text) in sources() {
        for literal in text.split('"').skip(1).step_by(1) {
            if let Some((beginning, _)) = literal.split_once('{')
                && beginning.ends_with('-')
                && key_like(beginning)
            {
                used.beginnings.insert(beginning.to_owned());
            } else if key_like(literal) {
                used.exact.insert(literal.to_owned());
            }
        }
    }
    for code in refusal_codes() {
        used.exact.insert(format!("refusal-{code}"));
    }
    used
}

/// Codes of refusals, as the sources of every crate name them.
fn refusal_codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (_, text) in sources() {
        for marker in ["Refusal::new(", "Refusal::invalid(", "Fault::unreadable(", "refuse("] {
            for call in text.split(marker).skip(1) {
                let call = call.split(')').next().unwrap();
                let literal = call.split('"').nth(if marker == "Refusal::invalid(" { 3 } else { 1 });
                codes.extend(literal.filter(|text| !text.is_empty()).map(str::to_owned));
            }
        }
    }
    codes
}

#[test]
fn every_text_that_is_used_is_there() {
    let there = keys(Locale::ZhHans);
    let mut faults = Vec::new();
    for (path, text) in files(&home().join("templates"), "html") {
        for call in text.split(" t(\"").skip(1).chain(text.split("(t(\"").skip(1)) {
            let key = call.split('"').next().unwrap();
            let composed = call[key.len() + 1..].trim_start().starts_with('~');
            let known = if composed {
                there.keys().any(|known| known.starts_with(key))
            } else {
                there.contains_key(key)
            };
            if !known {
                faults.push(format!("{key} in {}", path.display()));
            }
        }
    }
    for code in refusal_codes() {
        if !there.contains_key(&format!("refusal-{code}")) {
            faults.push(format!("refusal-{code}"));
        }
    }
    for (path, text) in sources() {
        for call in text.split("Text::of(\"").skip(1) {
            let key = call.split('"').next().unwrap();
            if !there.contains_key(key) {
                faults.push(format!("{key} in {}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "no such text:\n{}", faults.join("\n"));
}

#[test]
fn every_text_that_is_there_is_used() {
    let used = used();
    let unused: Vec<String> = keys(Locale::ZhHans)
        .into_keys()
        .filter(|key| !used.exact.contains(key))
        .filter(|key| !used.beginnings.iter().any(|beginning| key.starts_with(beginning.as_str())))
        .collect();
    assert!(unused.is_empty(), "nobody says:\n{}", unused.join("\n"));
}

#[test]
fn every_template_renders_in_every_language_with_sample_data() {
    let faults = qige_web::try_every_template();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
