//! Whether all roots follow each other, are signed by a key that is known, and are where they should be: in
//! the database, in the journal, and in the files beside the database. Values only.

use std::collections::BTreeMap;
use std::fmt;

use qige_db::journal::Root;
use qige_kernel::{TenantId, Timestamp};

use super::{KeptRoot, RootKey, Seal};

/// Roots that are named as missing in one gap.
const MISSING_NAMED: i64 = 100;

qige_db::kebab! {
    /// What is wrong with a root.
    pub enum WrongRoot {
        /// The journal does not come to it: something from before was changed, taken out, put in or moved.
        Changed = "changed",
        /// The night after it was kept, the journal did not come to it any more. What was changed then is
        /// in the roots that came after, so this one word is what is left of it.
        DidNotHold = "did-not-hold",
        /// Its signature is not of what it says.
        Forged = "forged",
        /// It is signed by a key that is not known.
        UnknownKey = "unknown-key",
        /// It is not there, and others know of it.
        Missing = "missing",
        /// It does not follow the root before it.
        Unchained = "unchained",
        /// The journal does not say that it was kept, or says it of another one.
        Unsaid = "unsaid",
        /// A file says something else of it than the database, or is none.
        OtherFile = "other-file",
    }
}

impl WrongRoot {
    /// Whether it is about a night that is over: nothing that is done now makes it good, and whoever has
    /// looked into it knows it.
    #[must_use]
    pub const fn is_of_the_past(self) -> bool {
        matches!(self, Self::DidNotHold | Self::Missing)
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Changed => "the journal does not come to it: something from before was changed",
            Self::DidNotHold => "the night after, the journal did not come to it any more",
            Self::Forged => "it is not signed as it stands",
            Self::UnknownKey => "it is signed by a key that is not known",
            Self::Missing => "it is not there",
            Self::Unchained => "it does not follow the one before it",
            Self::Unsaid => "the journal does not say that it was kept",
            Self::OtherFile => "the file says something else",
        }
    }
}

/// A root that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootFault {
    /// Which one; none where nobody can say.
    pub number: Option<i64>,
    /// Up to when it reaches, where that is known.
    pub until: Option<Timestamp>,
    /// What is wrong.
    pub what: WrongRoot,
    /// In which file.
    pub file: Option<String>,
}

impl fmt::Display for RootFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("root")?;
        if let Some(number) = self.number {
            write!(f, " {number}")?;
        }
        if let Some(until) = self.until {
            write!(f, " of {until}")?;
        }
        if let Some(file) = &self.file {
            write!(f, ", {file}")?;
        }
        write!(f, ": {}", self.what.said())
    }
}

/// A file that should be a root.
#[derive(Clone, Debug)]
pub struct RootFile {
    /// What it is called.
    pub name: String,
    /// What it says; none where that is no root.
    pub said: Option<(TenantId, KeptRoot)>,
}

/// All that is known of the roots of a tenant.
#[derive(Clone, Copy, Debug)]
pub struct RootsKept<'a> {
    /// Whose.
    pub tenant: TenantId,
    /// Those in the database, the first first.
    pub roots: &'a [KeptRoot],
    /// What the journal says of them.
    pub seals: &'a [Seal],
    /// The keys that may have signed them.
    pub keys: &'a [RootKey],
}

impl RootsKept<'_> {
    /// Everything that is wrong, by number. `now` is what the journal comes to at the instant of the
    /// newest.
    #[must_use]
    pub fn faults(&self, now: Option<&Root>, files: &[RootFile]) -> Vec<RootFault> {
        let mut faults = Vec::new();
        let mut before: Option<&KeptRoot> = None;
        for root in self.roots {
            self.follows(before, root, &mut faults);
            faults.extend(self.unsigned(root));
            before = Some(root);
        }
        if let (Some(newest), Some(now)) = (before, now)
            && !newest.is_of(now)
        {
            faults.push(fault(newest, WrongRoot::Changed));
        }
        self.said(&mut faults);
        for file in files {
            faults.extend(self.of_file(file));
        }
        faults.sort_by_key(|fault| fault.number);
        faults
    }

    /// What is wrong with a root that was kept outside. `now` is what the journal comes to at its instant.
    #[must_use]
    pub fn outside(&self, file: &RootFile, now: Option<&Root>) -> Vec<RootFault> {
        let mut faults: Vec<RootFault> = self.of_file(file).into_iter().collect();
        if let Some((_, root)) = &file.said {
            faults.extend(self.unsigned(root));
            if now.is_none_or(|now| !root.is_of(now)) {
                faults.push(fault(root, WrongRoot::Changed));
            }
        }
        for fault in &mut faults {
            fault.file = Some(file.name.clone());
        }
        faults
    }

    /// From which root on each key signed.
    #[must_use]
    pub fn signers(&self) -> Vec<(i64, RootKey)> {
        let mut signers: Vec<(i64, RootKey)> = Vec::new();
        for root in self.roots {
            let Some(key) = root.key() else { continue };
            if signers.last().is_none_or(|(_, last)| *last != key) {
                signers.push((root.number, key));
            }
        }
        signers
    }

    fn follows(&self, before: Option<&KeptRoot>, root: &KeptRoot, faults: &mut Vec<RootFault>) {
        let (number, digest) = before.map_or((0, [0; 32]), |root| (root.number, root.digest(self.tenant)));
        for missing in (number + 1..root.number).take(usize::try_from(MISSING_NAMED).unwrap_or(usize::MAX)) {
            faults.push(named(missing, WrongRoot::Missing));
        }
        let next = root.number == number + 1;
        if before.is_some_and(|before| before.until >= root.until) || (next && root.before != digest) {
            faults.push(fault(root, WrongRoot::Unchained));
        }
        if !root.holds {
            let of_before = before.filter(|_| next);
            let night = named(root.number - 1, WrongRoot::DidNotHold);
            faults.push(of_before.map_or(night, |before| fault(before, WrongRoot::DidNotHold)));
        }
    }

    fn unsigned(&self, root: &KeptRoot) -> Option<RootFault> {
        let known = root.key().and_then(|key| self.keys.iter().find(|known| **known == key));
        match known {
            None => Some(fault(root, WrongRoot::UnknownKey)),
            Some(key) if !root.is_signed_by(key, self.tenant) => Some(fault(root, WrongRoot::Forged)),
            Some(_) => None,
        }
    }

    /// The journal and the table say the same of each root, once.
    fn said(&self, faults: &mut Vec<RootFault>) {
        let mut said: BTreeMap<i64, Vec<[u8; 32]>> = BTreeMap::new();
        for seal in self.seals {
            said.entry(seal.number).or_default().push(seal.digest);
        }
        for root in self.roots {
            if said.remove(&root.number).is_none_or(|said| said != [root.digest(self.tenant)]) {
                faults.push(fault(root, WrongRoot::Unsaid));
            }
        }
        let known = |number: &i64| faults.iter().any(|fault| fault.number == Some(*number));
        let missing: Vec<i64> = said.into_keys().filter(|number| !known(number)).collect();
        faults.extend(missing.into_iter().map(|number| named(number, WrongRoot::Missing)));
    }

    fn of_file(&self, file: &RootFile) -> Option<RootFault> {
        let in_file = |fault: RootFault| RootFault { file: Some(file.name.clone()), ..fault };
        let none = RootFault { number: None, until: None, what: WrongRoot::OtherFile, file: None };
        let Some((tenant, said)) = &file.said else { return Some(in_file(none)) };
        let kept = self.roots.iter().find(|root| root.number == said.number);
        match kept {
            _ if *tenant != self.tenant => Some(in_file(none)),
            None => Some(in_file(fault(said, WrongRoot::Missing))),
            Some(kept) if kept != said => Some(in_file(fault(said, WrongRoot::OtherFile))),
            Some(_) => None,
        }
    }
}

fn fault(root: &KeptRoot, what: WrongRoot) -> RootFault {
    RootFault { number: Some(root.number), until: Some(root.until), what, file: None }
}

const fn named(number: i64, what: WrongRoot) -> RootFault {
    RootFault { number: Some(number), until: None, what, file: None }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    const TENANT: TenantId = TenantId(uuid::Uuid::from_u128(7));

    struct Kept {
        roots: Vec<KeptRoot>,
        seals: Vec<Seal>,
        files: Vec<RootFile>,
        keys: Vec<RootKey>,
    }

    /// Three good nights, the third under a new key.
    fn kept() -> Kept {
        let mut roots: Vec<KeptRoot> = Vec::new();
        for (number, seed) in [(1, 1), (2, 1), (3, 2)] {
            let before = roots.last().map_or([0; 32], |root| root.digest(TENANT));
            roots.push(example(number, before, seed));
        }
        let seal = |root: &KeptRoot| Seal { number: root.number, digest: root.digest(TENANT) };
        let file = |root: &KeptRoot| RootFile {
            name: format!("{}.txt", root.number),
            said: KeptRoot::read(&root.text(TENANT)),
        };
        let (seals, files) = (roots.iter().map(seal).collect(), roots.iter().map(file).collect());
        let keys = [1, 2].map(|seed| RootKey::from_seed(&[seed; 32]).unwrap()).to_vec();
        Kept { roots, seals, files, keys }
    }

    fn now(root: &KeptRoot) -> Root {
        let count = |count| u64::try_from(count).unwrap();
        Root { until: root.until, streams: count(root.streams), lines: count(root.lines), hash: root.root }
    }

    impl Kept {
        fn faults(&self) -> Vec<(Option<i64>, &'static str)> {
            let newest = self.roots.last().map(now);
            let found = self.all().faults(newest.as_ref(), &self.files);
            found.iter().map(|fault| (fault.number, fault.what.as_str())).collect()
        }

        fn all(&self) -> RootsKept<'_> {
            RootsKept { tenant: TENANT, roots: &self.roots, seals: &self.seals, keys: &self.keys }
        }
    }

    #[test]
    fn good_nights_hold_and_a_change_of_keys_is_told() {
        let kept = kept();
        assert_eq!(kept.faults(), []);
        assert_eq!(kept.all().signers(), [(1, kept.keys[0]), (3, kept.keys[1])]);
        let none = Kept { roots: Vec::new(), seals: Vec::new(), files: Vec::new(), keys: Vec::new() };
        assert_eq!(none.faults(), [], "before the first night there is nothing to hold");
    }

    /// What is done, and which roots are named with what.
    type Tamper = (&'static str, fn(&mut Kept), &'static [(Option<i64>, &'static str)]);

    /// What is done to them, and what is said then.
    const DONE: [Tamper; 12] = [
        (
            "one is taken out",
            |kept| drop(kept.roots.remove(1)),
            &[(Some(2), "missing"), (Some(2), "missing")],
        ),
        (
            "the newest is taken out",
            |kept| drop(kept.roots.pop()),
            &[(Some(3), "missing"), (Some(3), "missing")],
        ),
        (
            "all are taken out, also the files",
            |kept| (kept.roots, kept.files) = Default::default(),
            &[(Some(1), "missing"), (Some(2), "missing"), (Some(3), "missing")],
        ),
        (
            "all and what the journal says",
            |kept| (kept.roots, kept.seals) = Default::default(),
            &[(Some(1), "missing"), (Some(2), "missing"), (Some(3), "missing")],
        ),
        (
            "two swap their numbers",
            |kept| {
                (kept.roots[0].number, kept.roots[1].number) = (2, 1);
                kept.roots.swap(0, 1);
            },
            &[
                (Some(1), "unchained"),
                (Some(1), "forged"),
                (Some(1), "unsaid"),
                (Some(1), "other-file"),
                (Some(2), "unchained"),
                (Some(2), "forged"),
                (Some(2), "unsaid"),
                (Some(2), "other-file"),
                (Some(3), "unchained"),
            ],
        ),
        (
            "one is put in by another key",
            |kept| {
                let before = kept.roots[2].digest(TENANT);
                kept.roots.push(example(4, before, 9));
            },
            &[(Some(4), "unknown-key"), (Some(4), "unsaid")],
        ),
        (
            "one is made anew by another key",
            |kept| kept.roots[2] = example(3, kept.roots[2].before, 9),
            &[(Some(3), "unknown-key"), (Some(3), "unsaid"), (Some(3), "other-file")],
        ),
        (
            "one says that the night before did not hold",
            |kept| kept.roots[2].holds = false,
            &[(Some(2), "did-not-hold"), (Some(3), "forged"), (Some(3), "unsaid"), (Some(3), "other-file")],
        ),
        ("the journal says it twice", |kept| kept.seals.push(kept.seals[1]), &[(Some(2), "unsaid")]),
        (
            "the journal does not say it",
            |kept| {
                kept.seals.remove(0);
            },
            &[(Some(1), "unsaid")],
        ),
        ("a file is no root", |kept| kept.files[1].said = None, &[(None, "other-file")]),
        (
            "a file is of another",
            |kept| {
                kept.files[1].said = Some((TENANT, example(2, [5; 32], 1)));
            },
            &[(Some(2), "other-file")],
        ),
    ];

    #[test]
    fn whatever_is_done_to_the_roots_is_named() {
        for (what, tamper, expected) in DONE {
            let mut kept = kept();
            tamper(&mut kept);
            assert_eq!(kept.faults(), expected, "{what}");
        }
    }

    #[test]
    fn a_root_from_outside_is_held_against_all() {
        let kept = kept();
        let faults = |file: &RootFile, now: Option<&Root>| {
            let found = kept.all().outside(file, now);
            found.iter().map(|fault| (fault.number, fault.what.as_str())).collect::<Vec<_>>()
        };
        let (file, same) = (&kept.files[1], now(&kept.roots[1]));
        assert_eq!(faults(file, Some(&same)), []);
        let other = Root { lines: 1, ..same.clone() };
        assert_eq!(faults(file, Some(&other)), [(Some(2), "changed")]);
        let theirs = RootFile { said: Some((TENANT, example(2, kept.roots[1].before, 9))), ..file.clone() };
        assert_eq!(faults(&theirs, Some(&same)), [(Some(2), "other-file"), (Some(2), "unknown-key")]);
    }
}
