//! What the tenant set about cases changes, one group of settings at a time.

use qige_app::CASES_SETTING;
use qige_cases::deadlines::TermRule;
use qige_cases::{MatterKey, Policy, Stage, Urgency};
use qige_db::{Command, DbError, Failure, Tx};
use qige_identity::{Permission, SetSetting, Stamp, setting};
use schemars::JsonSchema;
use serde::Deserialize;

use super::SettingsPage;
use crate::admin::stamp;
use crate::admin::term::Counted;
use crate::{Cx, Done, Fault, Input, Routes, Text};

pub(super) fn routes() -> Routes {
    let may = Permission::ManageSettings;
    Routes::of("admin")
        .post("/admin/settings/cases", may, "Change the settings about cases", numbers)
        .post("/admin/settings/terms", may, "Set a term of the tenant's own", put_term)
        .post("/admin/settings/terms/remove", may, "Go back to the usual term", drop_term)
        .post("/admin/settings/radii", may, "Set how near a case is perhaps the same", put_radius)
        .post("/admin/settings/radii/remove", may, "Go back to the usual distance", drop_radius)
}

/// One change.
#[derive(Clone, Debug)]
enum Change {
    Numbers(Numbers),
    PutTerm(TermRule),
    DropTerm(OfTerm),
    PutRadius(Distance),
    DropRadius(u8),
}

/// Applies one change to whatever is set by then.
#[derive(Clone, Debug)]
struct ChangePolicy {
    change: Change,
    stamp: Stamp,
}

impl Command for ChangePolicy {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut policy: Policy = setting(tx, CASES_SETTING).await?.unwrap_or_default();
        self.change.apply(&mut policy);
        policy.check()?;
        let value = serde_json::to_value(&policy).map_err(|error| DbError::Decode {
            column: CASES_SETTING.to_owned(),
            problem: error.to_string(),
        })?;
        SetSetting { key: CASES_SETTING, value, stamp: self.stamp }.run(tx).await
    }
}

impl Change {
    fn apply(&self, policy: &mut Policy) {
        match self {
            Self::Numbers(new) => {
                policy.reopen_days = new.reopen_days;
                policy.extensions = new.extensions;
                policy.supervisor_send_back = new.supervisor_send_back;
                policy.undo_seconds = new.undo_seconds;
                policy.transfer_stops_clock = new.transfer_stops_clock;
                policy.duplicate_days = new.duplicate_days;
            }
            Self::PutTerm(rule) => {
                policy.terms.retain(|known| !OfTerm::of(rule).is_of(known));
                policy.terms.push(rule.clone());
            }
            Self::DropTerm(of) => policy.terms.retain(|known| !of.is_of(known)),
            Self::PutRadius(Distance { major, metres }) => {
                policy.duplicate_radius_metres.insert(*major, *metres);
            }
            Self::DropRadius(major) => {
                policy.duplicate_radius_metres.remove(major);
            }
        }
    }
}

async fn apply(cx: &Cx, change: Change, said: &'static str) -> Result<Done<SettingsPage>, Fault> {
    cx.write(ChangePolicy { change, stamp: stamp(cx, Permission::ManageSettings)? }).await?;
    Ok(Done::see("/admin/settings").saying(Text::of(said)))
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Numbers {
    /// Days after closing within which the reporter may open a case again; 0 to 365.
    reopen_days: u16,
    /// Extensions that may be granted per dispatch; 0 to 5.
    extensions: u32,
    /// The send-back with which a case becomes the supervisor's; 1 to 10.
    supervisor_send_back: u32,
    /// Seconds within which the last step can be taken back; 0 to 600.
    undo_seconds: u16,
    /// Whether the clock stands still while an external body has a case; no where it is left out.
    #[serde(default)]
    transfer_stops_clock: bool,
    /// Days back that an open case counts as perhaps the same; 0 to 90.
    duplicate_days: u16,
}

async fn numbers(cx: Cx, input: Input<Numbers>) -> Result<Done<SettingsPage>, Fault> {
    apply(&cx, Change::Numbers(input.value), "admin-saved").await
}

/// For what a term holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
struct OfTerm {
    /// For which stage.
    stage: Stage,
    /// For cases of this urgency; of all, where it is left out.
    urgency: Option<Urgency>,
    /// For this matter; for all, where it is left out.
    matter: Option<MatterKey>,
}

impl OfTerm {
    const fn of(rule: &TermRule) -> Self {
        Self { stage: rule.stage, urgency: rule.urgency, matter: rule.matter }
    }

    fn is_of(&self, rule: &TermRule) -> bool {
        *self == Self::of(rule)
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct NewTerm {
    /// For which stage.
    stage: Stage,
    /// For cases of this urgency; of all, where it is left out.
    urgency: Option<Urgency>,
    /// For this matter; for all, where it is left out.
    matter: Option<MatterKey>,
    /// How many; at most 250 working days, or as many minutes as a year has.
    count: u32,
    /// Of what.
    counted: Counted,
}

async fn put_term(cx: Cx, input: Input<NewTerm>) -> Result<Done<SettingsPage>, Fault> {
    let NewTerm { stage, urgency, matter, count, counted } = input.value;
    let rule = TermRule { stage, urgency, matter, term: counted.term(count) };
    apply(&cx, Change::PutTerm(rule), "admin-term-put").await
}

async fn drop_term(cx: Cx, input: Input<OfTerm>) -> Result<Done<SettingsPage>, Fault> {
    apply(&cx, Change::DropTerm(input.value), "admin-term-dropped").await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Distance {
    /// The two digits of the major class.
    major: u8,
    /// Metres within which two of its cases may be the same; 5 to 500.
    metres: u16,
}

async fn put_radius(cx: Cx, input: Input<Distance>) -> Result<Done<SettingsPage>, Fault> {
    apply(&cx, Change::PutRadius(input.value), "admin-saved").await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfClass {
    /// The two digits of the major class.
    major: u8,
}

async fn drop_radius(cx: Cx, input: Input<OfClass>) -> Result<Done<SettingsPage>, Fault> {
    apply(&cx, Change::DropRadius(input.value.major), "admin-saved").await
}
