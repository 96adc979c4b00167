//! Links between documents lead somewhere, and both guides have the same chapters.

use std::collections::BTreeSet;

use super::tree::Tree;

/// The two guides: what one has, the other has.
const GUIDES: [&str; 2] = ["docs/guide/zh/src/", "docs/guide/en/src/"];

/// Links that lead nowhere; chapters missing in one language or in a table of contents.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    let mut found: Vec<String> = tree.ending(".md").flat_map(|(path, text)| dead(tree, path, text)).collect();
    let [first, second] = GUIDES.map(|guide| chapters(tree, guide));
    found.extend(first.difference(&second).map(|name| format!("{}{name}: is missing", GUIDES[1])));
    found.extend(second.difference(&first).map(|name| format!("{}{name}: is missing", GUIDES[0])));
    found.extend(GUIDES.iter().flat_map(|guide| unlisted(tree, guide)));
    found
}

fn chapters(tree: &Tree, guide: &str) -> BTreeSet<String> {
    tree.ending(".md").filter_map(|(path, _)| path.strip_prefix(guide)).map(str::to_owned).collect()
}

fn unlisted(tree: &Tree, guide: &str) -> Vec<String> {
    let contents = format!("{guide}SUMMARY.md");
    let listed: BTreeSet<&str> = tree
        .files()
        .filter(|(path, _)| **path == contents)
        .flat_map(|(_, text)| targets(text))
        .map(|(_, target)| target)
        .collect();
    chapters(tree, guide)
        .into_iter()
        .filter(|name| name != "SUMMARY.md" && !listed.contains(name.as_str()))
        .map(|name| format!("{contents}: does not list {name}"))
        .collect()
}

fn dead(tree: &Tree, path: &str, text: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    targets(text)
        .filter(|(_, target)| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|(number, target)| {
            let file = target.split(['#', '?']).next().unwrap_or_default();
            let there = file.is_empty() || resolved(folder, file).is_some_and(|file| tree.has(&file));
            (!there).then(|| format!("{path}:{number}: the link to {target} leads nowhere"))
        })
        .collect()
}

/// Line and target of every link and picture outside code.
fn targets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    let outside = (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    outside.flat_map(|(number, line)| {
        // What stands between backticks is code: every second piece.
        line.split('`').step_by(2).flat_map(|piece| piece.split("](").skip(1)).filter_map(move |rest| {
            let target = rest.split([')', ' ']).next()?;
            Some((number, target))
        })
    })
}

/// The path that a link means, from the top of the checkout; none when it leaves it.
fn resolved(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_followed_from_where_it_stands() {
        let text = "[a](../README.md#top) [b](gone.md) `[c](gone.md)` [d](https://example.org/x)\n\
                    ```\n[e](gone.md)\n```\n![f](pictures/) [g](../../out.md)\n";
        let tree = Tree::of(&[("README.md", ""), ("docs/a.md", text), ("docs/pictures/p.png", "")]);
        let found = breaches(&tree);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("docs/a.md:1: the link to gone.md"), "{found:?}");
        assert!(found[1].starts_with("docs/a.md:5: the link to ../../out.md"), "{found:?}");
    }

    #[test]
    fn guides_have_the_same_chapters_and_list_them() {
        let tree = Tree::of(&[
            ("docs/guide/zh/src/SUMMARY.md", "[a](rider.md)"),
            ("docs/guide/zh/src/rider.md", ""),
            ("docs/guide/en/src/SUMMARY.md", ""),
            ("docs/guide/en/src/rider.md", ""),
            ("docs/guide/en/src/unit.md", ""),
        ]);
        let found = breaches(&tree);
        assert!(found.contains(&"docs/guide/zh/src/unit.md: is missing".to_owned()), "{found:?}");
        assert!(found.contains(&"docs/guide/en/src/SUMMARY.md: does not list rider.md".to_owned()));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
