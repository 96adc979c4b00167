//! What a tenant's reports and cases are measured by, held in memory until it changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qige_cases::routing::Routing;
use qige_cases::suggest::keep::{model, version_in_use};
use qige_cases::suggest::{Evidence, Learned, Source, Suggesting, Suggestion, suggest};
use qige_cases::{FollowCode, Policy};
use qige_db::{Announcement, Asker, Db, Failure, Tx};
use qige_identity::{FollowKey, Vault, setting};
use qige_kernel::{Refusal, ReportId, TenantId, Timestamp, WorkCalendar};
use qige_places::{CalendarCache, GridIndex, IndexCache};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Setting: how the tenant deals with cases, see [`Policy`].
pub const CASES_SETTING: &str = "cases";
/// Setting: which unit a case goes to, see [`Routing`].
pub(crate) const ROUTING_SETTING: &str = "routing";
/// Setting: how matters are suggested, see [`Suggesting`].
pub const SUGGESTION_SETTING: &str = "suggestion";
/// How long a rulebook is believed where nothing was heard: word from another process may be lost.
const BELIEVED_MICROS: i64 = 10 * Timestamp::SECOND;
/// What a rulebook is made of, by the topics under which changes are announced.
const TOPICS: [&str; 3] = ["places", "calendar", "settings"];

/// What a tenant's reports and cases are measured by.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Which grid a point lies in.
    pub grids: Arc<GridIndex>,
    /// Working hours and working days.
    pub calendar: Arc<WorkCalendar>,
    /// The tenant's settings about cases.
    pub policy: Arc<Policy>,
    /// Which unit a case goes to.
    pub routing: Arc<Routing>,
    /// What matters are suggested from.
    pub suggesting: Source,
    /// What was learnt from filed cases, with its version; none where nothing was, or nothing worth it.
    pub learned: Option<(i64, Arc<Learned>)>,
    /// The key from which follow codes are computed, or why it cannot be opened: only those who report
    /// without an account need it.
    follow_key: Result<FollowKey, Refusal>,
}

impl Rulebook {
    /// The code by which a report is followed without an account.
    pub(crate) fn follow_code(&self, report: ReportId) -> Result<FollowCode, Refusal> {
        self.follow_key.as_ref().map(|key| FollowCode::of(key.bytes(), report)).map_err(Refusal::clone)
    }

    /// The matters that fit best, at most `count`, from what this tenant lets them be suggested from.
    #[must_use]
    pub fn suggest(&self, evidence: &Evidence<'_>, count: usize) -> Vec<Suggestion> {
        if self.suggesting == Source::Off {
            return Vec::new();
        }
        let learned = self.learned.as_ref().map(|(_, model)| &**model);
        suggest(&Evidence { learned, ..*evidence }, count)
    }
}

/// Each tenant's rulebook.
pub struct Rulebooks {
    db: Db,
    grids: IndexCache,
    calendars: CalendarCache,
    vault: Vault,
    held: Mutex<Held>,
}

struct Held {
    news: Receiver<Announcement>,
    books: HashMap<TenantId, (Timestamp, Arc<Rulebook>)>,
    models: HashMap<TenantId, (i64, Arc<Learned>)>,
}

impl Rulebooks {
    pub(crate) fn new(db: &Db, grids: IndexCache, calendars: CalendarCache, vault: Vault) -> Self {
        let held = Mutex::new(Held { news: db.subscribe(), books: HashMap::new(), models: HashMap::new() });
        Self { db: db.clone(), grids, calendars, vault, held }
    }

    /// The rulebook of a tenant as of `now`.
    ///
    /// # Errors
    /// [`Failure::Db`].
    pub async fn of(&self, tenant: TenantId, now: Timestamp) -> Result<Arc<Rulebook>, Failure> {
        if let Some(book) = self.held(tenant, now) {
            return Ok(book);
        }
        let asker = Asker::system(tenant);
        let grids = self.grids.get(&self.db, asker).await?;
        let calendar = self.calendars.get(&self.db, asker).await?;
        let (policy, routing) = self.db.read(asker, |tx| Box::pin(read_settings(tx))).await?;
        let (suggesting, learned) = self.learned(asker).await?;
        let follow_key = match self.vault.follow_key(tenant, now).await {
            Ok(key) => Ok(key),
            Err(Failure::Refused(lost)) => Err(lost),
            Err(failure) => return Err(failure),
        };
        let (policy, routing) = (Arc::new(policy), Arc::new(routing));
        let book = Arc::new(Rulebook { grids, calendar, policy, routing, suggesting, learned, follow_key });
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.books.insert(tenant, (now, book.clone()));
        Ok(book)
    }

    /// What matters are suggested from. A model is some megabytes: the one at hand is read no second time.
    async fn learned(&self, asker: Asker) -> Result<(Source, Option<(i64, Arc<Learned>)>), Failure> {
        let at_hand = {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.models.get(&asker.tenant).cloned()
        };
        let known = at_hand.as_ref().map(|(version, _)| *version);
        let (from, version, read) = self.db.read(asker, move |tx| Box::pin(read_learned(tx, known))).await?;
        let learned = match (version, read) {
            (Some(version), Some(model)) => Some((version, Arc::new(model))),
            (Some(version), None) => at_hand.filter(|(known, _)| *known == version),
            (None, _) => None,
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match learned.clone() {
            Some(learned) => held.models.insert(asker.tenant, learned),
            None => held.models.remove(&asker.tenant),
        };
        Ok((from, learned))
    }

    fn held(&self, tenant: TenantId, now: Timestamp) -> Option<Arc<Rulebook>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.hear();
        let (at, book) = held.books.get(&tenant)?;
        (0..BELIEVED_MICROS).contains(&now.since(*at)).then(|| book.clone())
    }
}

impl Held {
    /// Forgets what changed since the last look.
    fn hear(&mut self) {
        loop {
            match self.news.try_recv() {
                Ok(news) if TOPICS.contains(&news.topic.as_ref()) => {
                    self.books.remove(&news.tenant);
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => self.books.clear(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

async fn read_settings(tx: &mut Tx<'_>) -> Result<(Policy, Routing), Failure> {
    let policy = setting(tx, CASES_SETTING).await?.unwrap_or_default();
    let routing = setting(tx, ROUTING_SETTING).await?.unwrap_or_default();
    Ok((policy, routing))
}

/// What matters are suggested from, the version of the model, and the model where it is not the `known` one.
async fn read_learned(
    tx: &mut Tx<'_>,
    known: Option<i64>,
) -> Result<(Source, Option<i64>, Option<Learned>), Failure> {
    let suggesting: Suggesting = setting(tx, SUGGESTION_SETTING).await?.unwrap_or_default();
    let version = version_in_use(tx, suggesting).await?;
    let read = match version.filter(|version| Some(*version) != known) {
        Some(version) => model(tx, version).await?,
        None => None,
    };
    Ok((suggesting.from, version, read))
}
