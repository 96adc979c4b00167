//! Pages to try the templates with.

use qige_cases::Urgency;
use qige_cases::routing::{Against, Automatic, Flaw, Time};
use qige_kernel::uuid::Uuid;
use qige_kernel::{RuleId, Timestamp, UnitId};

use super::RoutingPage;
use super::form::RulePage;
use super::said::{RuleLine, Told};
use super::trial::{Routed, Trial};
use crate::admin::term::{Counted, Long};
use crate::centre::names::Choice;

fn line(place: usize, name: &str) -> RuleLine {
    RuleLine {
        told: Told {
            id: RuleId(Uuid::nil()),
            place,
            name: name.to_owned(),
            about: Some("占道经营 06012".to_owned()),
            within: Some("晶都社区".to_owned()),
            time: Time::Always,
            daily: Vec::new(),
            lead: UnitId(Uuid::nil()),
            lead_name: Some("城管中队".to_owned()),
            assist_names: vec!["环卫所".to_owned()],
            urgency: None,
            long: None,
            flaws: Vec::new(),
        },
        on: true,
        files: false,
        files_when_sure: None,
        dispatches: false,
        sample_percent: 10,
        hidden_by: None,
        against: None,
        wins: false,
    }
}

/// Where a rule leads with a case that another unit has.
pub(in crate::centre) fn routed() -> Routed {
    let rule = Told { flaws: vec![Flaw::LeadClosed, Flaw::AssistClosed], ..line(2, "市容").told };
    Routed { rule, assist: Vec::new(), due_at: Some("2026-11-26T17:00".to_owned()), elsewhere: true }
}

pub(super) fn lists() -> Vec<RoutingPage> {
    let at_night = line(2, "夜间");
    let night = Told {
        about: None,
        within: None,
        time: Time::Daily { from: 18 * 60, to: 6 * 60 },
        daily: vec!["18:00".to_owned(), "06:00".to_owned()],
        urgency: Some(Urgency::Urgent),
        long: Some(Long { count: 240, counted: Counted::ClockMinutes }),
        ..at_night.told.clone()
    };
    let broken = line(3, "");
    let rules = vec![
        RuleLine { against: Some(vec![Against::Matter, Against::Place]), ..line(1, "市容") },
        RuleLine { told: night, dispatches: true, against: Some(Vec::new()), wins: true, ..at_night },
        RuleLine {
            told: Told { flaws: vec![Flaw::LeadClosed], lead_name: None, ..broken.told.clone() },
            on: false,
            files: true,
            files_when_sure: Some(90),
            dispatches: true,
            hidden_by: Some(2),
            against: Some(vec![Against::Off]),
            ..broken
        },
    ];
    let trial = Trial {
        case: String::new(),
        coordinates: "118.752,34.542".to_owned(),
        typed_at: String::new(),
        matter: "占道经营 06012".to_owned(),
        place: Some("晶都社区 · 第三网格".to_owned()),
        at: Timestamp::from_micros(1_795_600_000_000_000),
        working: false,
    };
    let page = |rules, may_change, trial| RoutingPage {
        revision: 3,
        rules,
        may_change,
        trial,
        matters: vec!["占道经营 06012".to_owned()],
    };
    vec![
        page(vec![line(1, "市容"), line(2, "")], true, None),
        page(rules, true, Some(trial.clone())),
        page(Vec::new(), true, None),
        page(Vec::new(), false, Some(trial)),
    ]
}

pub(super) fn forms() -> Vec<RulePage> {
    let unit = |number| UnitId(Uuid::from_u128(number));
    let blank = RulePage {
        majors: vec![Choice::of(&"matter-06", "街面秩序")],
        matters: vec!["占道经营 06012".to_owned()],
        communities: vec![Choice::of(&format!("community:{}", Uuid::nil()), "晶都社区")],
        grids: vec![Choice::of(&Uuid::nil(), "晶都社区 · 第三网格")],
        units: vec![Choice::of(&unit(1), "城管中队"), Choice::of(&unit(2), "环卫所")],
        ..RulePage::blank()
    };
    let full = RulePage {
        id: Some(RuleId(Uuid::nil())),
        name: "夜间".to_owned(),
        matter: "占道经营 06012".to_owned(),
        hours: "daily",
        from: "18:00".to_owned(),
        to: "06:00".to_owned(),
        lead: Some(unit(1)),
        assist: vec![unit(2)],
        urgency: Some(Urgency::Urgent),
        long: Some(Long { count: 2, counted: Counted::WorkDays }),
        automatic: Automatic {
            files: true,
            files_when_sure: Some(95),
            dispatches: true,
            releases_photos: true,
            sample_percent: 20,
        },
        ..blank.clone()
    };
    vec![blank, full, RulePage::blank()]
}
