//! The icons: strokes on a square of 24, in the colour of the text around them.

/// Name and path of each. They only accompany words, so screen readers pass them over.
const ICONS: &[(&str, &str)] = &[
    ("add", "M12 5v14M5 12h14"),
    ("arrow-left", "M19 12H5M11 6l-6 6 6 6"),
    ("arrow-right", "M5 12h14M13 6l6 6-6 6"),
    ("bell", "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"),
    ("calendar", "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"),
    ("camera", "M3 8h4l2-3h6l2 3h4v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8"),
    ("case", "M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h7"),
    ("chart", "M4 20V4M4 20h16M8 16v-5M13 16V7M18 16v-8"),
    ("check", "M4 13l5 5L20 6"),
    ("clock", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l4 2"),
    ("close", "M6 6l12 12M18 6L6 18"),
    ("covered", "M4 4h16v16H4zM8 9h8v6H8zM8 12h8"),
    ("dispatch", "M3 11l18-8-7 18-3-8z"),
    ("download", "M12 4v11M7 11l5 5 5-5M5 20h14"),
    ("edit", "M4 20l1-5L16 4l4 4L9 19z"),
    ("elder", "M4 19L9 6h1l5 13M6 14h7M15 19l3-8h1l3 8M16 16h5"),
    ("filter", "M3 5h18l-7 8v6l-4 2v-8z"),
    ("globe", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"),
    ("grid", "M4 4h16v16H4zM4 12h16M12 4v16"),
    (
        "hand",
        "M7 12V6a1.5 1.5 0 0 1 3 0v5V4a1.5 1.5 0 0 1 3 0v7V6a1.5 1.5 0 0 1 3 0v9a6 6 0 0 1-12 1l-2-4 2-1z",
    ),
    ("home", "M4 11l8-7 8 7v9h-5v-6H9v6H4z"),
    ("info", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v6M12 7v1"),
    ("key", "M8 17a4.5 4.5 0 1 1 4-6.5h9v4h-3v3h-3.5v-3H12A4.5 4.5 0 0 1 8 17M8 12.5v.1"),
    ("link", "M10 14l4-4M8 11l-3 3a3.5 3.5 0 0 0 5 5l3-3M16 13l3-3a3.5 3.5 0 0 0-5-5l-3 3"),
    ("list", "M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1"),
    ("lock", "M6 11h12v9H6zM9 11V7a3 3 0 0 1 6 0v4"),
    ("map", "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14"),
    ("menu", "M4 6h16M4 12h16M4 18h16"),
    ("merge", "M6 4v5c0 4 6 3 6 8v3M18 4v5c0 4-6 3-6 8"),
    ("moon", "M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10"),
    (
        "people",
        "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 20a6 6 0 0 1 12 0\
         M16 11a3 3 0 1 0 0-6M17 14a6 6 0 0 1 4 6",
    ),
    ("person", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0"),
    ("phone", "M8 3h8v18H8zM11 18h2"),
    ("photo", "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.1"),
    ("pin", "M12 21s7-7 7-12a7 7 0 0 0-14 0c0 5 7 12 7 12M12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5"),
    ("print", "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z"),
    ("search", "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5"),
    ("send-back", "M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v2"),
    (
        "settings",
        "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5\
         M9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
    ),
    ("share", "M12 15V4M8 8l4-4 4 4M5 12v8h14v-8"),
    ("sign-out", "M10 4H4v16h6M14 8l4 4-4 4M18 12H9"),
    ("star", "M12 3l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2-5.6-3.2L6.400 20l1.300-6.200L3 9.500l6.300-.7z"),
    ("station", "M4 10l8-6 8 6M6 9v11h12V9M10 20v-6h4v6"),
    ("undo", "M8 5L3 10l5 5M3 10h11a6 6 0 0 1 0 12h-3"),
    ("unit", "M4 21V8l8-5 8 5v13M9 21v-5h6v5M9 11h.1M15 11h.1"),
    ("warning", "M12 3l10 18H2zM12 10v5M12 18v.1"),
];

/// The icon as inline SVG.
pub(super) fn svg(name: &str) -> Option<String> {
    let (_, path) = ICONS.iter().find(|(known, _)| *known == name)?;
    Some(format!(
        "<svg class=\"q-icon\" viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" fill=\"none\" \
         stroke=\"currentColor\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\" \
         aria-hidden=\"true\" focusable=\"false\"><path d=\"{path}\"/></svg>"
    ))
}

/// Every icon's name, for the page that shows them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ICONS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_paths_are_paths() {
        assert!(ICONS.is_sorted_by_key(|(name, _)| *name));
        for (name, path) in ICONS {
            assert!(path.starts_with('M') && !path.contains(['"', '<']), "{name}");
        }
        assert!(svg("camera").unwrap().starts_with("<svg"));
        assert!(svg("nothing").is_none());
    }
}
