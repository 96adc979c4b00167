//! What reports earn, worked out from what is so now: a case that is merged, taken apart, declined or opened
//! again earns what it would have earned had it been so from the beginning.

use std::collections::BTreeSet;

use qige_kernel::{CaseId, PersonId, ReportId, Timestamp};

use crate::PointRules;

qige_db::kebab! {
    /// Why a report earns what it earns.
    pub enum Why {
        /// The first to say so, and it was filed.
        Valid = "valid",
        /// The same, and it was filed as critical.
        Hazard = "hazard",
        /// Others had said so before.
        Joined = "joined",
        /// The same person had said so before: each person earns once by one thing.
        SaidBefore = "said-before",
        /// It is not filed, or not any more.
        NotFiled = "not-filed",
        /// It turned out to be about people, for which nobody earns points (domain.md §2.4).
        AboutPeople = "about-people",
    }
}

/// How the case stands that the reports are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Filed.
    Filed,
    /// Filed as critical.
    Critical,
    /// Not, or not any more.
    NotFiled,
    /// About people.
    AboutPeople,
}

/// One person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which report.
    pub report: ReportId,
    /// Of whom; none without an account.
    pub person: Option<PersonId>,
    /// Of which case, which may follow another.
    pub case: CaseId,
    /// When it reached us.
    pub at: Timestamp,
}

/// A case with all that follow it, as one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How the main case stands.
    pub standing: Standing,
    /// All that was said of it.
    pub reports: Vec<Told>,
}

/// What somebody has earned by their report of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub person: PersonId,
    /// Of which case.
    pub case: CaseId,
    /// When it reached us.
    pub at: Timestamp,
    /// Why so much.
    pub why: Why,
    /// How much.
    pub points: i64,
    /// By which version of the rules.
    pub version: i64,
}

/// What every report of a group earns, by when they were received: who came first is a fact, and which case
/// is the main one only somebody's choice. Nothing is said of reports from times without points.
#[must_use]
pub fn due(group: &Group, rules: &PointRules) -> Vec<Due> {
    let mut reports = group.reports.clone();
    reports.sort_by_key(|told| (told.at, told.report));
    let (mut said, mut dues) = (BTreeSet::new(), Vec::new());
    for (place, told) in reports.iter().enumerate() {
        let Some(person) = told.person else { continue };
        let again = !said.insert(person);
        if dues.iter().any(|known: &Due| (known.person, known.case) == (person, told.case)) {
            continue;
        }
        let Some((version, amounts)) = rules.at(told.at) else { continue };
        let (why, points) = match group.standing {
            Standing::NotFiled => (Why::NotFiled, 0),
            Standing::AboutPeople => (Why::AboutPeople, 0),
            _ if again => (Why::SaidBefore, 0),
            _ if place > 0 => (Why::Joined, amounts.joined),
            Standing::Critical => (Why::Hazard, amounts.hazard),
            Standing::Filed => (Why::Valid, amounts.report),
        };
        dues.push(Due { person, case: told.case, at: told.at, why, points, version });
    }
    dues
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qige_kernel::uuid::Uuid;

    use super::*;
    use crate::{Amounts, RuleVersion};

    fn id<T: From<Uuid>>(n: u8) -> T {
        Uuid::from_u128(u128::from(n)).into()
    }

    fn rules() -> PointRules {
        let version = RuleVersion { from: Timestamp::from_micros(0), on: true, amounts: Amounts::default() };
        PointRules { versions: vec![version], ..PointRules::default() }
    }

    fn told(at: u8, person: Option<u8>, case: u8) -> Told {
        Told {
            report: id(at),
            person: person.map(id),
            case: id(case),
            at: Timestamp::from_micros(i64::from(at)),
        }
    }

    fn earned(standing: Standing, reports: &[Told]) -> Vec<(PersonId, CaseId, Why, i64)> {
        let group = Group { standing, reports: reports.to_vec() };
        due(&group, &rules()).into_iter().map(|due| (due.person, due.case, due.why, due.points)).collect()
    }

    #[test]
    fn the_first_earns_in_full_and_others_one() {
        let reports = [told(2, Some(2), 1), told(1, Some(1), 1), told(3, None, 1), told(4, Some(3), 2)];
        assert_eq!(
            earned(Standing::Filed, &reports),
            [(id(1), id(1), Why::Valid, 5), (id(2), id(1), Why::Joined, 1), (id(3), id(2), Why::Joined, 1)]
        );
        assert_eq!(earned(Standing::Critical, &reports)[0].3, 20);
    }

    #[test]
    fn each_person_earns_once_by_one_thing() {
        let reports = [told(1, Some(1), 1), told(2, Some(1), 2), told(3, Some(1), 2)];
        assert_eq!(
            earned(Standing::Filed, &reports),
            [(id(1), id(1), Why::Valid, 5), (id(1), id(2), Why::SaidBefore, 0)]
        );
    }

    #[test]
    fn a_resident_who_was_first_stays_first() {
        let reports = [told(1, None, 1), told(2, Some(1), 1)];
        assert_eq!(earned(Standing::Filed, &reports), [(id(1), id(1), Why::Joined, 1)]);
    }

    #[test]
    fn nothing_is_earned_by_people_or_by_what_is_not_filed() {
        for (standing, why) in
            [(Standing::AboutPeople, Why::AboutPeople), (Standing::NotFiled, Why::NotFiled)]
        {
            assert_eq!(earned(standing, &[told(1, Some(1), 1)]), [(id(1), id(1), why, 0)]);
        }
    }

    #[test]
    fn nothing_is_said_of_times_without_points() {
        let group = Group { standing: Standing::Filed, reports: vec![told(1, Some(1), 1)] };
        assert_eq!(due(&group, &PointRules::default()), []);
    }

    proptest! {
        /// Whatever was said by whom in which order: one report earns in full at most, and no person more
        /// than once.
        #[test]
        fn no_group_earns_more_than_its_reports(
            said in prop::collection::vec((0_u8..9, prop::option::of(0_u8..4), 0_u8..3), 0..12)
        ) {
            let told = said.into_iter().map(|(at, person, case)| told(at, person, case));
            let reports: Vec<Told> = told.collect();
            let earned = earned(Standing::Filed, &reports);
            prop_assert!(earned.iter().filter(|line| line.2 == Why::Valid).count() <= 1);
            for person in 0..4 {
                let person: PersonId = id(person);
                prop_assert!(earned.iter().filter(|line| line.0 == person && line.3 > 0).count() <= 1);
            }
        }
    }
}
