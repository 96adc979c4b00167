//! How long what is kept: a term and an action for each class, as a tenant sets them within what is lawful,
//! and the log of what went.

use std::collections::BTreeMap;

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Stamp, set_setting, setting};
use qige_db::kebab;

/// The setting under which a tenant keeps its [`RetentionRules`].
pub const RETENTION: &str = "retention";
/// Days of a term at most: ten years.
const TERM_DAYS_MAX: i64 = 3_653;
/// Three years: claims lapse so long after somebody learns of a wrong (Civil Code, article 188).
const CLAIM_DAYS: i64 = 1_096;
/// Ten years: the shorter of the two terms that files of authorities are archived for where it is not for
/// good (National Archives Administration, order 8 of 2006).
const ARCHIVE_DAYS: i64 = 3_653;
/// Thirty years: the longer of them.
const ARCHIVE_DAYS_MAX: i64 = 10_958;
/// Lines of the log on one page at most.
pub const RETENTION_LOG_MAX: u32 = 2_000;

kebab! {
    /// What is kept.
    pub enum KeptClass {
        /// Photos and files of cases.
        Photos = "photos",
        /// Voice notes of cases that were not closed; closing erases them.
        Voice = "voice",
        /// Numbers left with a report to be called back by.
        Contacts = "contacts",
        /// Notices in the inbox.
        Notices = "notices",
        /// Who read whose sensitive data.
        AccessLog = "access-log",
        /// Names of people who have left.
        People = "people",
        /// Who gave a consent for a child, with signature or scan.
        Children = "children",
        /// Consents and what proves them.
        Consents = "consents",
        /// What people asked for about their own data, and how it was answered.
        Requests = "requests",
        /// What was written about cases: by reporters, units and the centre.
        Words = "words",
        /// Cases without their words, and that their journals have the lines they have.
        Cases = "cases",
        /// Who came in, when and how.
        SignInLog = "sign-in-log",
        /// What was sent to whom on which way, and what came of it.
        Deliveries = "deliveries",
        /// Ended sessions, wrong tries to sign in, keys of requests.
        SignIns = "sign-ins",
        /// Uploads that never ended, files that nothing holds.
        Leftovers = "leftovers",
    }
}

kebab! {
    /// What becomes of it when its term is over.
    pub enum KeptAction {
        /// It is erased.
        Erase = "erase",
        /// What tells who it was is erased; the rest stays.
        Anonymise = "anonymise",
        /// It stays.
        Keep = "keep",
    }
}

/// What a class may be set to.
#[derive(Clone, Copy, Debug)]
pub struct KeptBounds {
    /// Days at least.
    pub min_days: i64,
    /// Days at most.
    pub max_days: i64,
    /// What may become of it.
    pub actions: &'static [KeptAction],
    /// As it is where nobody says anything.
    pub usual: KeptRule,
}

/// A term and an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct KeptRule {
    /// Days after the end of what it belongs to.
    pub days: i64,
    /// What becomes of it then.
    pub action: KeptAction,
}

impl KeptClass {
    /// What it may be set to. Days are counted from: the end of the case (photos, voice, contacts, words),
    /// when it was shown (notices), when it was read (access log), when they left (people), when it ended
    /// (consents, children), when it was answered (requests), when it ended or was last touched (sign-ins,
    /// left-overs).
    #[must_use]
    pub const fn bounds(self) -> KeptBounds {
        use KeptAction::{Anonymise, Erase, Keep};
        const fn bounds(
            min_days: i64,
            max_days: i64,
            days: i64,
            actions: &'static [KeptAction],
            action: KeptAction,
        ) -> KeptBounds {
            KeptBounds { min_days, max_days, actions, usual: KeptRule { days, action } }
        }
        match self {
            // A month, in which a case may still be opened again.
            Self::Photos => bounds(30, TERM_DAYS_MAX, 90, &[Erase, Keep], Erase),
            Self::Voice => bounds(14, 90, 14, &[Erase], Erase),
            Self::Contacts => bounds(0, 365, 30, &[Erase], Erase),
            Self::Notices => bounds(30, TERM_DAYS_MAX, 183, &[Erase], Erase),
            // Logs are kept for six months at least (Cybersecurity Law, article 21).
            Self::AccessLog => bounds(183, TERM_DAYS_MAX, 1_096, &[Erase, Keep], Erase),
            Self::People => bounds(0, 1_096, 30, &[Anonymise, Keep], Anonymise),
            Self::Children => bounds(0, 30, 30, &[Erase], Erase),
            // As long as there may be claims, an answer may be disputed too.
            Self::Consents | Self::Requests => {
                bounds(CLAIM_DAYS, TERM_DAYS_MAX, CLAIM_DAYS, &[Erase, Keep], Erase)
            }
            // As long as there may be claims, it must be known what was reported and done. No longer than is
            // needed (Personal Information Protection Law, article 19): so they go by themselves, by the
            // shorter term of archives unless the subdistrict knows that less will do.
            Self::Words => bounds(CLAIM_DAYS, ARCHIVE_DAYS_MAX, ARCHIVE_DAYS, &[Erase, Keep], Erase),
            Self::Cases => bounds(TERM_DAYS_MAX, TERM_DAYS_MAX, TERM_DAYS_MAX, &[Keep], Keep),
            // Logs too.
            Self::SignInLog | Self::Deliveries => bounds(183, TERM_DAYS_MAX, 183, &[Erase], Erase),
            Self::SignIns => bounds(30, 30, 30, &[Erase], Erase),
            Self::Leftovers => bounds(7, 7, 7, &[Erase], Erase),
        }
    }

    /// Whether there is anything to set.
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        let bounds = self.bounds();
        bounds.min_days == bounds.max_days && bounds.actions.len() == 1
    }

    /// Names its text in the locale files: `kept-photos`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("kept-{self}")
    }
}

impl KeptAction {
    /// Names its text in the locale files: `kept-action-erase`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("kept-action-{self}")
    }
}

/// The rules of a tenant: those that differ from the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetentionRules(BTreeMap<KeptClass, KeptRule>);

impl RetentionRules {
    /// The rule of a class. One that was set before what is lawful changed is brought within it.
    #[must_use]
    pub fn of(&self, class: KeptClass) -> KeptRule {
        let bounds = class.bounds();
        let Some(own) = self.0.get(&class) else { return bounds.usual };
        let action = if bounds.actions.contains(&own.action) { own.action } else { bounds.usual.action };
        KeptRule { days: own.days.clamp(bounds.min_days, bounds.max_days), action }
    }
}

/// The rules that hold.
///
/// # Errors
/// [`DbError`].
pub async fn retention_rules(tx: &mut Tx<'_>) -> Result<RetentionRules, DbError> {
    Ok(setting(tx, RETENTION).await?.unwrap_or_default())
}

/// Sets term and action of one class.
#[derive(Clone, Copy, Debug)]
pub struct SetKeptRule {
    /// Which.
    pub class: KeptClass,
    /// To what.
    pub rule: KeptRule,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for SetKeptRule {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (bounds, KeptRule { days, action }) = (self.class.bounds(), self.rule);
        if !bounds.actions.contains(&action) {
            return Err(Refusal::invalid("action", "kept-action-not").into());
        }
        if !(bounds.min_days..=bounds.max_days).contains(&days) {
            let refusal = Refusal::invalid("days", "kept-days");
            return Err(refusal.with("min", bounds.min_days).with("max", bounds.max_days).into());
        }
        let mut rules = retention_rules(tx).await?;
        let before = rules.of(self.class);
        if before == self.rule {
            return Ok(());
        }
        rules.0.insert(self.class, self.rule);
        set_setting(tx, RETENTION, &rules, self.stamp.at).await?;
        let body = json!({ "key": RETENTION, "class": self.class, "before": before, "after": self.rule });
        let tenant = tx.tenant().0;
        self.stamp.note(tx, "settings", tenant, "set-retention", &body).await?;
        tx.announce("settings", tenant);
        Ok(())
    }
}

statements! {
    /// So many more went in this run.
    LOG = "INSERT INTO retention_log (tenant, run_at, class, action, items) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, run_at, class) DO UPDATE SET items = retention_log.items + excluded.items";
    /// What went, the newest first, from the one after $2 and $3.
    LOGGED = "SELECT run_at, class, action, items FROM retention_log WHERE tenant = $1
        AND (run_at, class) < ($2, $3) ORDER BY run_at DESC, class DESC LIMIT $4";
}

from_row! {
    /// What went of one class in one run.
    #[derive(PartialEq, Eq)]
    pub struct RetentionLine {
        /// When the run began.
        pub run_at: Timestamp,
        /// What.
        pub class: KeptClass,
        /// What became of it.
        pub action: KeptAction,
        /// How many.
        pub items: i64,
    }
}

/// Notes how many went; nothing where none did.
///
/// # Errors
/// [`DbError`].
pub async fn log_retention(
    tx: &mut Tx<'_>,
    run_at: Timestamp,
    class: KeptClass,
    action: KeptAction,
    items: u64,
) -> Result<(), DbError> {
    let items = i64::try_from(items).unwrap_or(i64::MAX);
    if items > 0 {
        tx.execute(LOG, params![tx.tenant(), run_at, class, action, items]).await?;
    }
    Ok(())
}

/// What went, the newest first, from the one after `after`; at most `limit` and [`RETENTION_LOG_MAX`].
///
/// # Errors
/// [`DbError`].
pub async fn retention_log(
    tx: &mut Tx<'_>,
    after: Option<(Timestamp, KeptClass)>,
    limit: u32,
) -> Result<Vec<RetentionLine>, DbError> {
    let (at, class) = after
        .map_or((Timestamp::from_micros(i64::MAX), String::new()), |(at, class)| (at, class.to_string()));
    tx.all(LOGGED, params![tx.tenant(), at, class, limit.min(RETENTION_LOG_MAX)]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_is_lawful_and_what_is_not_is_brought_within_it() {
        for class in KeptClass::ALL.iter().copied() {
            let bounds = class.bounds();
            let KeptRule { days, action } = bounds.usual;
            assert!((bounds.min_days..=bounds.max_days).contains(&days), "{class}");
            assert!(bounds.actions.contains(&action), "{class}");
            let odd = KeptRule { days: -1, action: KeptAction::Anonymise };
            let rules = RetentionRules(BTreeMap::from([(class, odd)]));
            assert_eq!(rules.of(class).days, bounds.min_days, "{class}");
            assert!(bounds.actions.contains(&rules.of(class).action), "{class}");
        }
        assert_eq!(KeptClass::Photos.bounds().usual.days, 90);
        for log in [KeptClass::AccessLog, KeptClass::SignInLog, KeptClass::Deliveries] {
            assert!(log.bounds().min_days >= 183 && !log.is_fixed(), "{log}");
        }
        assert!(KeptClass::Cases.is_fixed());
    }
}
