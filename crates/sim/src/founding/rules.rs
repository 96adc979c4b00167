//! The routing rules of the town: each matter that goes wrong there to the unit that puts it right.

use qige_app::{App, ChangeRouting, RuleChange};
use qige_cases::MatterKey;
use qige_cases::routing::{About, Automatic, Rule, Time, Where};
use qige_db::{Asker, DbError, Failure};
use qige_identity::Stamp;
use qige_kernel::{Term, UnitId};

use super::Crew;
use crate::plan::kinds;

/// Stalls on the pavement come out in the evening, when the office is closed: minutes after midnight.
const EVENING: Time = Time::Daily { from: 17 * 60 + 30, to: 22 * 60 };
/// The matter of stalls.
const STALLS: &str = "matter-09-006";

/// Writes them down, as an administrator would.
pub(super) async fn write_down(app: &App, asker: Asker, crews: &[Crew]) -> Result<(), Failure> {
    let unit = |key: &str| {
        let known = crews.iter().find(|crew| crew.key == key).map(|crew| crew.unit);
        known.ok_or(Failure::Db(DbError::NotFound("a unit of the plan")))
    };
    let mut rules: Vec<Rule> = Vec::new();
    for kind in kinds() {
        let Some(matter) = kind.matter.parse::<MatterKey>().ok() else { continue };
        let about = About::Matter(matter);
        if rules.iter().any(|known| known.about == about) {
            continue;
        }
        let lead = unit(kind.unit)?;
        if kind.matter == STALLS {
            let assist = vec![unit("property")?];
            let term = Some(Term::ClockMinutes(120));
            let evening = Rule { time: EVENING, assist, term, ..rule(app, about, lead) };
            rules.push(Rule { name: "傍晚摊点".to_owned(), ..evening });
        }
        rules.push(rule(app, about, lead));
    }
    let grids = app.rulebook(asker.tenant).await?.grids.clone();
    for rule in rules {
        let stamp = Stamp::new(app.now(), None, &app.entropy);
        let change = RuleChange::Put(Box::new(rule));
        app.db.write(asker, ChangeRouting { change, revision: None, grids: grids.clone(), stamp }).await?;
    }
    Ok(())
}

fn rule(app: &App, about: About, lead: UnitId) -> Rule {
    Rule {
        id: app.entropy.id(app.now()),
        name: String::new(),
        on: true,
        about,
        place: Where::Whole,
        time: Time::Always,
        lead,
        assist: Vec::new(),
        urgency: None,
        term: None,
        automatic: Automatic::default(),
    }
}
