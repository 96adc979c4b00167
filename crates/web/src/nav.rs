//! What stands in the header, by what somebody may do.

use qige_identity::{Permission, Role, Who};
use serde::Serialize;

use crate::Cx;

/// One entry, in the order in which they stand.
struct Entry {
    href: &'static str,
    /// Its text is `nav-<name>`.
    name: &'static str,
    icon: &'static str,
    /// Who sees it: nobody in particular, or who may do one of these.
    needs: &'static [Permission],
    /// Whether somebody who signs in may be sent here first.
    home: bool,
}

/// Every entry. A page that is a place of its own adds a line here.
const ENTRIES: &[Entry] = &[
    Entry { href: "/report", name: "report", icon: "camera", needs: &[Permission::Report], home: true },
    Entry { href: "/mine", name: "mine", icon: "list", needs: &[Permission::ReadOwnReports], home: false },
    Entry { href: "/ground", name: "ground", icon: "pin", needs: &[Permission::CheckCase], home: true },
    Entry {
        href: "/members",
        name: "members",
        icon: "people",
        needs: &[Permission::RecommendMember, Permission::ManageGrants],
        home: false,
    },
    Entry { href: "/unit", name: "unit", icon: "unit", needs: &[Permission::HandleCase], home: true },
    Entry { href: "/cases", name: "cases", icon: "case", needs: &[Permission::ReadQueue], home: true },
    Entry { href: "/wall", name: "wall", icon: "chart", needs: &[Permission::ReadWall], home: false },
    Entry { href: "/routing", name: "routing", icon: "unit", needs: &[Permission::ReadRouting], home: false },
    Entry {
        href: "/evaluation",
        name: "evaluation",
        icon: "list",
        needs: &[Permission::ReadFigures],
        home: false,
    },
    Entry {
        href: "/admin",
        name: "admin",
        icon: "grid",
        needs: &[Permission::ManagePeople, Permission::ManageGrants, Permission::ReadJournal],
        home: true,
    },
];

/// An entry as it stands on a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    href: &'static str,
    text: String,
    icon: &'static str,
    current: bool,
    /// How much waits there.
    count: u32,
}

/// What this person sees. Riders are asked to look now and then: the way there stands while something waits.
pub(crate) async fn links(cx: &Cx) -> Vec<Link> {
    let path = cx.address().split('?').next().unwrap_or_default();
    let waiting = crate::ground::waiting(cx).await;
    let count = |entry: &Entry| if entry.name == "ground" { waiting } else { 0 };
    let seen = ENTRIES.iter().filter(|entry| is_for(entry, cx.who()) || count(entry) > 0);
    seen.map(|entry| Link {
        count: count(entry),
        href: entry.href,
        text: cx.state().texts().plain(cx.locale(), &format!("nav-{}", entry.name)),
        icon: entry.icon,
        current: path == entry.href || path.starts_with(&format!("{}/", entry.href)),
    })
    .collect()
}

/// Where somebody starts who has just signed in.
pub(crate) fn home(who: &Who) -> &'static str {
    // Everybody may report; what only some may do says more about what they come for, and stands later.
    let own = ENTRIES.iter().rfind(|entry| entry.home && is_for(entry, Some(who)));
    own.map_or("/me", |entry| entry.href)
}

/// The person's roles, each once.
pub(crate) fn roles(who: &Who) -> Vec<&'static str> {
    let mut roles: Vec<_> = who.grants.iter().map(|grant| grant.role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.into_iter().map(Role::as_str).collect()
}

fn is_for(entry: &Entry, who: Option<&Who>) -> bool {
    entry.needs.is_empty() || who.is_some_and(|who| entry.needs.iter().any(|one| who.may(*one)))
}
