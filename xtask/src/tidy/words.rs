//! Words that have no place in a public repository.

use super::tree::Tree;

/// What must not stand in a file, spelt in two parts so that this file does not breach its own rule; and why.
const BANNED: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/home", "/"), "a path of one machine"),
    (concat!("registry.npm", "js"), "the host of a registry"),
    (concat!("index.crates", ".io"), "the host of a registry"),
    (concat!("static.crates", ".io"), "the host of a registry"),
    (concat!("deb.deb", "ian.org"), "the host of a registry"),
    (concat!("pypi.", "org"), "the host of a registry"),
    (concat!("\"resol", "ved\": \"http"), "the host of a registry (npm: omit-lockfile-registry-resolved)"),
    (concat!("TO", "DO"), "unfinished work; finish it, or leave it out and say so where the reader looks"),
    (concat!("FIX", "ME"), "unfinished work; finish it, or leave it out and say so where the reader looks"),
];

/// Words found, with their line.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    // Cargo writes its own file, which names its registry.
    let files = tree.files().filter(|(path, _)| *path != "Cargo.lock");
    let lines = files.flat_map(|(path, text)| (1..).zip(text.lines()).map(move |line| (path, line)));
    lines
        .flat_map(|(path, (number, line))| {
            BANNED
                .iter()
                .filter(|(word, _)| contains(line, word))
                .map(move |(word, why)| format!("{path}:{number}: `{word}` is {why}"))
        })
        .collect()
}

/// Whether the word stands in the line by itself, not as the tail of a longer path or word.
fn contains(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '-' | '_' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_path_is_named_and_a_part_of_a_longer_path_is_not() {
        let path = concat!("/wo", "rk/");
        let text = format!("see {path}main\nsee framework{path}x and ./{path}\n");
        let tree = Tree::of(&[("a.md", &text), ("Cargo.lock", &text)]);
        let found = breaches(&tree);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a.md:1: ") && found[1].starts_with("a.md:2: "), "{found:?}");
    }
}
