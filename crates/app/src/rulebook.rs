//! What a tenant's reports and cases are measured by, held in memory until it changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qige_cases::Policy;
use qige_cases::routing::Routing;
use qige_cases::suggest::keep::{model, version_in_use};
use qige_cases::suggest::{Evidence, Learned, Source, Suggesting, Suggestion, suggest};
use qige_db::{Announcement, Asker, Command, Db, DbError, Failure, Tx};
use qige_identity::{set_setting, setting};
use qige_kernel::{Entropy, TenantId, Timestamp, WorkCalendar};
use qige_places::{CalendarCache, GridIndex, IndexCache};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Setting: how the tenant deals with cases, see [`Policy`].
pub const CASES_SETTING: &str = "cases";
/// Setting: which unit a case goes to, see [`Routing`].
pub(crate) const ROUTING_SETTING: &str = "routing";
/// Setting: how matters are suggested, see [`Suggesting`].
pub const SUGGESTION_SETTING: &str = "suggestion";
/// Setting: the key from which follow codes are computed, as hexadecimal digits.
const FOLLOW_KEY_SETTING: &str = "follow-key";
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
    /// The key from which follow codes are computed.
    pub(crate) follow_key: [u8; 32],
}

impl Rulebook {
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
    entropy: Entropy,
    held: Mutex<Held>,
}

struct Held {
    news: Receiver<Announcement>,
    books: HashMap<TenantId, (Timestamp, Arc<Rulebook>)>,
    models: HashMap<TenantId, (i64, Arc<Learned>)>,
}

impl Rulebooks {
    pub(crate) fn new(db: &Db, grids: IndexCache, calendars: CalendarCache, entropy: Entropy) -> Self {
        let held = Mutex::new(Held { news: db.subscribe(), books: HashMap::new(), models: HashMap::new() });
        Self { db: db.clone(), grids, calendars, entropy, held }
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
        let (policy, routing, known) = self.db.read(asker, |tx| Box::pin(read_settings(tx))).await?;
        let (suggesting, learned) = self.learned(asker).await?;
        let known = match known {
            Some(known) => known,
            None => {
                let key = hex::encode(self.entropy.bytes::<32>());
                self.db.write(asker, EnsureFollowKey { key, now }).await?
            }
        };
        let follow_key = follow_key(&known)?;
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

/// A key that is no key is said and not made up: from one that everybody knows, everybody could compute the
/// codes of others.
fn follow_key(kept: &str) -> Result<[u8; 32], DbError> {
    let mut key = [0; 32];
    hex::decode_to_slice(kept, &mut key).map_err(|error| DbError::Decode {
        column: format!("tenant_settings.{FOLLOW_KEY_SETTING}"),
        problem: error.to_string(),
    })?;
    Ok(key)
}

async fn read_settings(tx: &mut Tx<'_>) -> Result<(Policy, Routing, Option<String>), Failure> {
    let policy = setting(tx, CASES_SETTING).await?.unwrap_or_default();
    let routing = setting(tx, ROUTING_SETTING).await?.unwrap_or_default();
    Ok((policy, routing, setting(tx, FOLLOW_KEY_SETTING).await?))
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

/// Draws the key once; whoever comes second gets the first one's.
struct EnsureFollowKey {
    key: String,
    now: Timestamp,
}

impl Command for EnsureFollowKey {
    type Output = String;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<String, Failure> {
        if let Some(known) = setting(tx, FOLLOW_KEY_SETTING).await? {
            return Ok(known);
        }
        set_setting(tx, FOLLOW_KEY_SETTING, &self.key, self.now).await?;
        Ok(self.key.clone())
    }
}
