//! How well the matter of what is reported in the town is guessed, by the catalogue and by a model made from
//! what came before. What is found stands in `docs/quality.md`.

use qige_cases::store::cell_of;
use qige_cases::suggest::{FiledCase, Lessons, Quality};
use qige_kernel::PersonId;

use super::*;

/// Eight weeks of the demo's town, as if all had been filed as what it was; the newest first.
fn measured() -> Quality {
    let from = "2026-09-20T16:00:00Z".parse().unwrap();
    let noticed = plan(&Town::new(1), Span { from, days: 56, reports_a_day: 60.0, riders: 520 }, 1);
    let mut lessons = Lessons::default();
    for one in noticed.iter().rev().filter(|one| !one.words.is_empty()) {
        let local = one.at.plus(UTC_OFFSET_MICROS).micros().div_euclid(Timestamp::HOUR);
        lessons.take(FiledCase {
            matter: one.kind.matter.parse().unwrap(),
            words: one.words.to_owned(),
            cell: Some(cell_of(one.position)),
            hour: local.rem_euclid(24),
            reporter: match one.by {
                Noticer::Rider(number) => {
                    Some(PersonId(uuid::Uuid::from_u128(u128::try_from(number).unwrap())))
                }
                Noticer::Resident => None,
            },
        });
    }
    let (model, quality) = lessons.learn_and_measure();
    println!("{} cases, {} words, {} bytes", lessons.len(), model.word_count(), model.bytes().len());
    quality
}

#[test]
fn what_was_filed_before_is_recognised() {
    let quality = measured();
    println!("{quality:#?}");
    assert!(quality.held_out >= 100 && quality.is_worth_it());
    assert!(quality.learned.first * 100 >= quality.held_out * 95, "{quality:?}");
    assert!(quality.learned.three * 100 >= quality.held_out * 97, "{quality:?}");
    // Whoever lets a rule file at 90 % relies on this.
    let sure = quality.sure.iter().find(|sure| sure.percent == 90).unwrap();
    assert!(sure.cases > 0 && sure.right * 100 >= sure.cases * 90, "{sure:?}");
}
