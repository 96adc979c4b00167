//! Where a document names a file or folder of ours, there is one: what is moved takes its mentions along.

use super::tree::Tree;

/// A name that begins so is a path from the top of the checkout.
const OURS: [&str; 5] = ["crates/", "docs/", "e2e/", "frontend/", "xtask/"];

/// What is made when the frontend is built: no checkout has it.
const BUILT: &str = "frontend/dist/";

/// Paths that documents name and that are not there.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    let documents =
        tree.ending(".md").flat_map(|(path, text)| (1..).zip(text.lines()).map(move |at| (path, at)));
    documents
        .flat_map(|(path, (number, line))| named(line).map(move |name| (path, number, name)))
        .filter(|(_, _, name)| !there(tree, name))
        .map(|(path, number, name)| format!("{path}:{number}: there is no {name}; say where it is now"))
        .collect()
}

/// What stands between backticks and is a path of ours.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split('`').skip(1).step_by(2);
    code.filter(|name| {
        OURS.iter().any(|ours| name.starts_with(ours)) && !name.contains([' ', '<', '$']) && *name != BUILT
    })
}

/// Whether something of that path is there; `*` stands for any one name.
fn there(tree: &Tree, name: &str) -> bool {
    let wanted: Vec<&str> = name.trim_end_matches('/').split('/').collect();
    let fits = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        parts.len() >= wanted.len()
            && parts.iter().zip(&wanted).all(|(part, want)| *want == "*" || part == want)
    };
    tree.files().any(|(path, _)| fits(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_there() {
        let text = "`crates/a/src` and `crates/*/tests/it`, `crates/a/src/lib.rs`\n\
                    `crates/b/src/gone.rs`, `docs/`, `/cases/{id}`, `cargo demo`, `e2e/<name>`\n";
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", text),
            ("crates/a/src/lib.rs", ""),
            ("crates/a/tests/it/main.rs", ""),
            ("docs/a.txt", ""),
        ]);
        let found = breaches(&tree);
        assert_eq!(found, ["ARCHITECTURE.md:2: there is no crates/b/src/gone.rs; say where it is now"]);
    }
}
