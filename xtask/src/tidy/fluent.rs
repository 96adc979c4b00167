//! Reading locale files (Project Fluent): as much of the syntax as the rules need.

use std::collections::BTreeSet;

/// One text of a locale file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its name; terms keep their leading minus.
    pub key: String,
    /// Where it begins.
    pub line: usize,
    /// Values it wants, without the dollar.
    pub variables: BTreeSet<String>,
    /// Other texts and terms it takes in.
    pub refers: BTreeSet<String>,
}

/// The texts of a file, in order.
pub(super) fn texts(file: &str) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    for (line, content) in (1..).zip(file.lines()) {
        let begins = content.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-');
        let named = begins.then(|| content.split_once('=')).flatten();
        let body = if let Some((key, body)) = named {
            let (variables, refers) = (BTreeSet::new(), BTreeSet::new());
            found.push(Text { key: key.trim().to_owned(), line, variables, refers });
            body
        } else if content.starts_with(' ') {
            content
        } else {
            continue;
        };
        if let Some(text) = found.last_mut() {
            text.variables.extend(names(body, '$').map(str::to_owned));
            let refers =
                names(body, '{').filter(|name| !name.starts_with(|first: char| first.is_uppercase()));
            text.refers.extend(refers.map(str::to_owned));
        }
    }
    found
}

/// Identifiers that follow a mark, spaces between or not.
fn names(body: &str, mark: char) -> impl Iterator<Item = &str> {
    body.split(mark).skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        name.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_values_and_references_are_read() {
        let file = "# comment = no\n-brand = Qige\nhello = Good { $when } to {-brand}\n\
                    count =\n    { NUMBER($n) ->\n        \
                    [one] one\n       *[other] {$n} {unit-of}\n    }\n    .title = T\n";
        let found = texts(file);
        let keys: Vec<&str> = found.iter().map(|text| text.key.as_str()).collect();
        assert_eq!(keys, ["-brand", "hello", "count"]);
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!((&found[1].variables, &found[1].refers), (&set(&["when"]), &set(&["-brand"])));
        assert_eq!((&found[2].variables, &found[2].refers), (&set(&["n"]), &set(&["unit-of"])));
        assert_eq!(found[2].line, 4);
    }
}
