//! What a tenant's reports and cases are measured by, held in memory until it changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qige_cases::Policy;
use qige_cases::routing::Routing;
use qige_db::{Announcement, Asker, Command, Db, Failure, Tx};
use qige_identity::{set_setting, setting};
use qige_kernel::{Entropy, TenantId, Timestamp, WorkCalendar};
use qige_places::{CalendarCache, GridIndex, IndexCache};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Setting: how the tenant deals with cases, see [`Policy`].
pub const CASES_SETTING: &str = "cases";
/// Setting: which unit a case goes to, see [`Routing`].
pub(crate) const ROUTING_SETTING: &str = "routing";
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
    /// The key from which follow codes are computed.
    pub(crate) follow_key: [u8; 32],
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
}

impl Rulebooks {
    pub(crate) fn new(db: &Db, grids: IndexCache, calendars: CalendarCache, entropy: Entropy) -> Self {
        let held = Mutex::new(Held { news: db.subscribe(), books: HashMap::new() });
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
        let known = match known {
            Some(known) => known,
            None => {
                let key = hex::encode(self.entropy.bytes::<32>());
                self.db.write(asker, EnsureFollowKey { key, now }).await?
            }
        };
        let mut follow_key = [0; 32];
        // A key that is no key gives codes that nobody was given: then following fails, and nothing else.
        let _unreadable = hex::decode_to_slice(&known, &mut follow_key);
        let (policy, routing) = (Arc::new(policy), Arc::new(routing));
        let book = Arc::new(Rulebook { grids, calendar, policy, routing, follow_key });
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.books.insert(tenant, (now, book.clone()));
        Ok(book)
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

async fn read_settings(tx: &mut Tx<'_>) -> Result<(Policy, Routing, Option<String>), Failure> {
    let policy = setting(tx, CASES_SETTING).await?.unwrap_or_default();
    let routing = setting(tx, ROUTING_SETTING).await?.unwrap_or_default();
    Ok((policy, routing, setting(tx, FOLLOW_KEY_SETTING).await?))
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
