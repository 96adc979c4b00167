use proptest::prelude::*;
use qige_kernel::uuid::Uuid;
use qige_kernel::{CaseId, Term, UnitId, WorkRule};

use super::*;
use crate::MatterKind;

fn office() -> WorkCalendar {
    WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), Vec::new(), [2026]).unwrap()
}

fn place(number: u128) -> PlaceId {
    PlaceId(Uuid::from_u128(number))
}

fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

/// Two communities, the first with the grids 11 and 12, the second with 21; units 1 to 3.
fn world() -> World {
    World {
        units: [1, 2, 3].map(unit).into(),
        communities: [1, 2].map(place).into(),
        grids: [(11, 1), (12, 1), (21, 2)].map(|(grid, of)| (place(grid), Some(place(of)))).into(),
    }
}

fn rule(number: u128, about: &str, within: Where, lead: u128) -> Rule {
    Rule {
        id: RuleId(Uuid::from_u128(number)),
        name: format!("{number}"),
        on: true,
        about: about.parse().unwrap(),
        place: within,
        time: Time::Always,
        lead: unit(lead),
        assist: Vec::new(),
        urgency: None,
        term: None,
        automatic: Automatic::default(),
    }
}

fn routing(rules: &[Rule]) -> Routing {
    Routing { revision: 0, rules: rules.to_vec() }
}

fn subject(matter: &str, community: u128, grid: u128) -> Subject {
    Subject {
        matter: matter.parse().ok(),
        community: Some(place(community)),
        grid: Some(place(grid)),
        // Tuesday, 12:00 in Shanghai.
        at: "2026-11-24T04:00:00Z".parse().unwrap(),
    }
}

fn wins(routing: &Routing, subject: &Subject) -> Option<u128> {
    match routing.route(subject, &office(), &world()) {
        Route::To(rule) => Some(rule.id.0.as_u128()),
        Route::Broken(_) | Route::Nowhere => None,
    }
}

#[test]
fn the_first_rule_that_fits_counts() {
    let routing = routing(&[
        rule(1, "matter-06-010", Where::Grid(place(11)), 1),
        rule(2, "matter-06", Where::Community(place(1)), 2),
        rule(3, "any", Where::Whole, 3),
    ]);
    assert_eq!(wins(&routing, &subject("matter-06-010", 1, 11)), Some(1));
    assert_eq!(wins(&routing, &subject("matter-06-010", 1, 12)), Some(2));
    assert_eq!(wins(&routing, &subject("matter-06-042", 1, 11)), Some(2));
    assert_eq!(wins(&routing, &subject("component-06-010", 1, 11)), Some(3));
    assert_eq!(wins(&routing, &subject("matter-06-010", 2, 21)), Some(3));
    // Nobody knows yet what it is.
    assert_eq!(wins(&routing, &subject("", 1, 11)), Some(3));
}

#[test]
fn a_rule_that_cannot_work_leaves_the_case_to_the_dispatcher() {
    let broken = rule(1, "matter-06", Where::Whole, 9);
    let routing = routing(&[broken.clone(), rule(2, "any", Where::Whole, 3)]);
    let (subject, calendar) = (subject("matter-06-010", 1, 11), office());
    assert_eq!(routing.route(&subject, &calendar, &world()), Route::Broken(&broken));
    let said = routing.explain(&subject, &calendar, &world());
    let brief: Vec<_> = said.iter().map(|asked| (asked.wins, asked.flaws.as_slice())).collect();
    assert_eq!(brief, [(true, &[Flaw::LeadClosed][..]), (false, &[])]);
}

#[test]
fn time_is_the_tenants() {
    let at = |time, instant: &str| {
        let rules = routing(&[Rule { time, ..rule(1, "any", Where::Whole, 1) }]);
        wins(&rules, &Subject { at: instant.parse().unwrap(), ..subject("", 1, 11) }).is_some()
    };
    // 12:00 is the lunch break of the office week, 10:00 is not; Saturday is off.
    let (morning, night, saturday) = ("2026-11-24T02:00:00Z", "2026-11-24T15:30:00Z", "2026-11-28T02:00:00Z");
    for (instant, open) in [(morning, true), (night, false), (saturday, false)] {
        assert_eq!(at(Time::Working, instant), open, "{instant}");
        assert_eq!(at(Time::Outside, instant), !open, "{instant}");
    }
    let evening = Time::Daily { from: 18 * 60, to: 6 * 60 };
    assert!(at(evening, night) && !at(evening, morning));
    // From its first minute to before its last.
    let ten = Time::Daily { from: 600, to: 601 };
    assert!(at(ten, morning) && !at(ten, "2026-11-24T02:01:00Z") && !at(ten, "2026-11-24T01:59:59Z"));
}

#[test]
fn what_speaks_against_a_rule_is_said_in_full() {
    let rules = routing(&[Rule {
        on: false,
        time: Time::Outside,
        ..rule(1, "matter-09", Where::Grid(place(12)), 1)
    }]);
    let subject = Subject { at: "2026-11-24T02:00:00Z".parse().unwrap(), ..subject("matter-06-010", 1, 11) };
    let said = rules.explain(&subject, &office(), &world());
    assert_eq!(said[0].against, Against::ALL);
    assert!(!said[0].wins);
}

#[test]
fn a_rule_that_cannot_work_is_not_kept() {
    let good = rule(1, "matter-06", Where::Grid(place(11)), 1);
    assert_eq!(good.check(&world()), Ok(()));
    let refused = |change: &dyn Fn(&mut Rule)| {
        let mut rule = good.clone();
        change(&mut rule);
        let refusal = rule.check(&world()).unwrap_err();
        (refusal.field.unwrap(), refusal.code)
    };
    assert_eq!(refused(&|rule| rule.lead = unit(9)), ("lead", "rule-lead-closed"));
    assert_eq!(refused(&|rule| rule.assist = vec![unit(9)]), ("assist", "rule-assist-closed"));
    assert_eq!(refused(&|rule| rule.assist = vec![unit(1)]), ("assist", "rule-assist-twice"));
    assert_eq!(refused(&|rule| rule.assist = vec![unit(2); 6]), ("assist", "rule-assist-many"));
    assert_eq!(refused(&|rule| rule.place = Where::Community(place(9))), ("place", "rule-community-gone"));
    assert_eq!(refused(&|rule| rule.place = Where::Grid(place(9))), ("place", "rule-grid-gone"));
    assert_eq!(refused(&|rule| rule.about = "matter-77".parse().unwrap()), ("about", "rule-matter-gone"));
    assert_eq!(refused(&|rule| rule.about = "matter-06-999".parse().unwrap()), ("about", "rule-matter-gone"));
    assert_eq!(refused(&|rule| rule.name = "长".repeat(41)), ("name", "rule-name-long"));
    assert_eq!(refused(&|rule| rule.automatic.sample_percent = 101), ("sample_percent", "rule-sample-range"));
    for percent in [49, 100] {
        let sure = refused(&|rule| rule.automatic.files_when_sure = Some(percent));
        assert_eq!(sure, ("files_when_sure", "rule-sure-range"));
    }
    for (from, to) in [(60, 60), (1_440, 0), (0, 1_440)] {
        assert_eq!(refused(&|rule| rule.time = Time::Daily { from, to }), ("from", "rule-time-empty"));
    }
    for term in [Term::WorkDays(0), Term::WorkDays(251), Term::ClockMinutes(0)] {
        assert_eq!(refused(&|rule| rule.term = Some(term)), ("count", "rule-term-range"));
    }
}

#[test]
fn a_rule_behind_one_that_takes_all_of_its_cases_is_not_kept() {
    let general = rule(1, "matter-06", Where::Community(place(1)), 1);
    let special = rule(2, "matter-06-010", Where::Grid(place(11)), 2);
    let refused = |rules: &[Rule], rule: &Rule| routing(rules).check(rule, &world()).err();
    let refusal = refused(&[general.clone(), special.clone()], &special).unwrap();
    assert_eq!((refusal.code, refusal.args["place"].as_str()), ("rule-hidden", "1"));
    assert_eq!(refused(&[special.clone(), general.clone()], &general), None);
    let elsewhere = Rule { place: Where::Grid(place(21)), ..special.clone() };
    assert_eq!(refused(&[general.clone(), elsewhere.clone()], &elsewhere), None);
    let off = Rule { on: false, ..general.clone() };
    assert_eq!(refused(&[off, special.clone()], &special), None);
    let at_night = Rule { time: Time::Outside, ..general };
    assert_eq!(refused(&[at_night, special.clone()], &special), None);
    let many = vec![elsewhere; MAX_RULES + 1];
    assert_eq!(refused(&many, &special).unwrap().code, "rules-too-many");
}

#[test]
fn what_a_rule_is_about_is_read_as_it_is_written() {
    for about in ["any", "matter-06", "component-01", "matter-06-010"] {
        assert_eq!(about.parse::<About>().unwrap().to_string(), about);
    }
    assert_eq!("matter-06".parse(), Ok(About::Class(MatterKind::Matter, 6)));
    for wrong in ["", "all", "matter", "matter-6", "matter-06-10", "matter-06-010-1", "thing-06"] {
        assert!(wrong.parse::<About>().is_err(), "{wrong}");
    }
}

#[test]
fn about_as_many_cases_are_left_to_a_person_as_was_said() {
    let cases: Vec<CaseId> = (0..10_000).map(|number| CaseId(Uuid::from_u128(number << 40))).collect();
    let left = |sample_percent| {
        let automatic = Automatic { sample_percent, ..Automatic::default() };
        cases.iter().filter(|case| automatic.leaves(**case)).count()
    };
    assert_eq!((left(0), left(100)), (0, 10_000));
    assert!((850..1_150).contains(&left(10)), "{}", left(10));
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let about = prop::sample::select(vec!["any", "matter-06", "matter-06-010", "matter-06-042", "matter-09"]);
    let within = prop::sample::select(vec![
        Where::Whole,
        Where::Community(place(1)),
        Where::Community(place(2)),
        Where::Grid(place(11)),
        Where::Grid(place(21)),
    ]);
    let time = prop::sample::select(vec![Time::Always, Time::Working, Time::Outside]);
    (any::<u64>(), about, within, time, any::<bool>()).prop_map(|(number, about, within, time, on)| Rule {
        time,
        on,
        ..rule(number.into(), about, within, 1)
    })
}

fn any_subject() -> impl Strategy<Value = Subject> {
    let matter = prop::sample::select(vec!["", "matter-06-010", "matter-06-042", "matter-09-010"]);
    let lies = prop::sample::select(vec![(1, 11), (1, 12), (2, 21)]);
    (matter, lies, 0..7 * 24 * 60_i64).prop_map(|(matter, (community, grid), minutes)| {
        let subject = subject(matter, community, grid);
        Subject { at: subject.at.plus(minutes * Timestamp::MINUTE), ..subject }
    })
}

proptest! {
    /// Against a reading of the list as somebody would do it with a finger.
    #[test]
    fn the_list_is_read_from_the_top(
        rules in prop::collection::vec(any_rule(), 0..12),
        subject in any_subject(),
    ) {
        let (routing, calendar, world) = (routing(&rules), office(), world());
        let by_hand = rules.iter().find(|rule| rule.against(&subject, &calendar).is_empty());
        let asked = routing.explain(&subject, &calendar, &world);
        let winners: Vec<_> = asked.iter().filter(|asked| asked.wins).map(|asked| asked.rule).collect();
        prop_assert_eq!(winners, by_hand.into_iter().collect::<Vec<_>>());
        let routed = match routing.route(&subject, &calendar, &world) {
            Route::To(rule) | Route::Broken(rule) => Some(rule),
            Route::Nowhere => None,
        };
        prop_assert_eq!(routed, by_hand);
    }

    /// A rule that is said to be hidden never wins.
    #[test]
    fn what_is_hidden_never_wins(
        rules in prop::collection::vec(any_rule(), 1..12),
        subjects in prop::collection::vec(any_subject(), 20),
    ) {
        let (routing, calendar, world) = (routing(&rules), office(), world());
        let hidden: Vec<_> =
            rules.iter().filter(|rule| routing.hidden_by(rule.id, &world).is_some()).collect();
        for subject in &subjects {
            if let Route::To(rule) = routing.route(subject, &calendar, &world) {
                prop_assert!(!hidden.contains(&rule));
            }
        }
    }
}
