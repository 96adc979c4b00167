//! Who may come in where, as it was agreed: `endpoints.txt` beside this file, one line an endpoint. It is
//! written by hand and not made from the program, so that an endpoint that is new, gone, or opened to others
//! fails here until somebody has thought about it and written the line.

use std::collections::BTreeSet;

use http::Method;
use qige_identity::{Breadth, Permission, Role, Scope, ScopeKind, permissions};
use qige_web::{Access, Endpoint};

use crate::parameters::{is_id, meant};

/// Who may come in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Who {
    /// Anybody, who is answered with this status and told this of the town besides what stands on the page:
    /// `places`, `units`, `own` (one's own report), `name` (one's own name), or nothing, `-`.
    Public { status: u16, told: String },
    /// By a rule of its own: `signed-in`, `entering`, `device`, `setting-up`, `workshop`.
    By(String),
    /// Who may do one of these somewhere.
    May(Vec<Permission>),
}

/// To whom what an endpoint's path names is shut although they may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// Its path names nothing, `-`.
    Nothing,
    /// To whoever has the permission over another community or unit.
    Scope,
    /// To all but its owner.
    Own,
    /// To nobody: only roles over the whole subdistrict come in.
    Whole,
    /// To nobody: it is the same for all of them.
    All,
}

/// One line.
pub(crate) struct Line {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    pub(crate) shut: Shut,
}

impl Line {
    fn read(line: &'static str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [method, path, who, rest @ ..] = words.as_slice() else { panic!("{line}") };
        let (who, shut) = match (*who, rest) {
            ("public", [status, told]) => {
                (Who::Public { status: status.parse().unwrap(), told: (*told).to_owned() }, Shut::Nothing)
            }
            (rule @ ("signed-in" | "entering" | "device" | "setting-up" | "workshop"), [shut]) => {
                (Who::By(rule.to_owned()), Shut::read(shut))
            }
            (many, [shut]) => {
                let many = many.split('|').map(|one| one.parse().unwrap_or_else(|_| panic!("{line}")));
                (Who::May(many.collect()), Shut::read(shut))
            }
            _ => panic!("{line}"),
        };
        Self { method: method.parse().unwrap(), path, who, shut }
    }

    pub(crate) fn named(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether this role over this scope comes in.
    pub(crate) fn allows(&self, role: Role, scope: Scope) -> bool {
        match &self.who {
            Who::Public { .. } => true,
            Who::By(rule) => rule == "signed-in" || rule == "entering",
            Who::May(many) => many.iter().any(|one| permissions::over(role, scope, *one).is_some()),
        }
    }

    /// What the program has there; that it has something is a test of its own.
    pub(crate) fn endpoint(&self) -> Endpoint {
        let here = |one: &Endpoint| one.method == self.method && one.path == self.path;
        let mut found = qige_web::endpoints().into_iter();
        found.find(here).unwrap_or_else(|| panic!("{} is not there", self.named()))
    }
}

impl Shut {
    fn read(word: &str) -> Self {
        match word {
            "-" => Self::Nothing,
            "scope" => Self::Scope,
            "own" => Self::Own,
            "whole" => Self::Whole,
            "all" => Self::All,
            _ => panic!("{word} is none of - scope own whole all"),
        }
    }
}

/// Every line.
pub(crate) fn lines() -> Vec<Line> {
    let text: &'static str = include_str!("endpoints.txt");
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(Line::read).collect()
}

/// Who may come in, as the program says and as the file spells it.
fn said(access: Access) -> String {
    match access {
        Access::Public => "public".to_owned(),
        Access::SignedIn => "signed-in".to_owned(),
        Access::Entering => "entering".to_owned(),
        Access::Device => "device".to_owned(),
        Access::SettingUp => "setting-up".to_owned(),
        Access::Workshop => "workshop".to_owned(),
        Access::May(one) => one.to_string(),
        Access::MayAny(many) => many.iter().map(|one| one.as_str()).collect::<Vec<_>>().join("|"),
    }
}

fn agreed(who: &Who) -> String {
    match who {
        Who::Public { .. } => "public".to_owned(),
        Who::By(rule) => rule.clone(),
        Who::May(many) => many.iter().map(|one| one.as_str()).collect::<Vec<_>>().join("|"),
    }
}

#[test]
fn every_endpoint_is_open_to_those_who_were_agreed_and_nobody_else() {
    let there = qige_web::endpoints();
    let there = there.iter().map(|one| format!("{} {} {}", one.method, one.path, said(one.access)));
    let lines = lines();
    let wanted: BTreeSet<_> =
        lines.iter().map(|line| format!("{} {}", line.named(), agreed(&line.who))).collect();
    assert_eq!(wanted.len(), lines.len(), "a line stands twice");
    let there: BTreeSet<_> = there.collect();
    let (new, gone): (Vec<_>, Vec<_>) =
        (there.difference(&wanted).collect(), wanted.difference(&there).collect());
    assert!(new.is_empty() && gone.is_empty(), "not agreed: {new:#?}\nagreed, and not there: {gone:#?}");
}

/// Whether somebody may have it over a part of the subdistrict only.
fn in_a_part(permission: Permission) -> bool {
    let narrow = |role: &&Role| role.scope_kinds() != [ScopeKind::Tenant];
    permission.breadth() != Breadth::Whole
        && Role::ALL.iter().filter(narrow).any(|role| permissions::allows(*role, permission))
}

/// What is said of reach cannot be a way around asking: only paths without ids, or of roles that have no
/// narrower scope, go without somebody from elsewhere.
#[test]
fn whoever_could_be_from_elsewhere_is_tried() {
    for line in lines().iter().filter(|line| !matches!(line.who, Who::Public { .. })) {
        let name = line.named();
        let ids = meant(&line.endpoint()).into_iter().any(is_id);
        match line.shut {
            Shut::Nothing => assert!(!ids, "{name} has ids"),
            Shut::Scope | Shut::Own => assert!(ids, "{name} has none"),
            Shut::All => {}
            Shut::Whole => {
                let Who::May(many) = &line.who else { panic!("{name} takes no permission") };
                let part = many.iter().copied().find(|one| in_a_part(*one));
                assert!(ids && part.is_none(), "{name}: {part:?}");
            }
        }
    }
}
