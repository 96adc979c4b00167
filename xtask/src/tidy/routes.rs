//! Every address is in the one table that states its permission.

use super::tree::Tree;

/// Where addresses may be given to the router.
const TABLE: &str = "crates/web/src/routes.rs";
/// Where what is at no address is answered.
const DOOR: &str = "crates/web/src/edge.rs";
/// What the product is compared with: a bare handler without people, and so without permissions.
const COMPARED_WITH: &str = "crates/cli/src/bench/bare.rs";
/// Calls that would open an address beside the table.
const CALLS: &[&str] =
    &[".route(", ".route_service(", ".nest(", ".nest_service(", ".fallback(", ".fallback_service("];

/// Addresses opened elsewhere.
pub(super) fn breaches(tree: &Tree) -> Vec<String> {
    let elsewhere = tree.shipped().filter(|(path, _)| ![TABLE, DOOR, COMPARED_WITH].contains(path));
    elsewhere
        .flat_map(|(path, text)| (1..).zip(text.lines()).map(move |(number, line)| (path, number, line)))
        .filter(|(_, _, line)| CALLS.iter().any(|call| line.trim_start().starts_with(call)))
        .map(|(path, number, _)| {
            format!("{path}:{number}: an address without a stated permission; put it into {TABLE}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_beside_the_table_is_named() {
        let call = "fn router() {\n    Router::new()\n        .route(\"/a\", get(a))\n}\n";
        let tree = Tree::of(&[
            ("crates/web/src/routes.rs", call),
            ("crates/web/src/queue.rs", call),
            ("crates/web/tests/it/main.rs", call),
        ]);
        let found = breaches(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("crates/web/src/queue.rs:3:"), "{found:?}");
    }
}
