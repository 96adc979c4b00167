//! Who shows which secret, remembered for some seconds: so that a phone's batch of requests, or a page with
//! its pictures, costs one look.
//!
//! Whatever changes about a person or a credential is announced, and forgotten here before the change is
//! answered. Another process's word travels through the database and may be lost with its connection; then
//! what is remembered is wrong for [`REMEMBERED_MICROS`] at most.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use qige_db::{Announcement, Db};
use qige_identity::{Device, Who};
use qige_kernel::{TenantId, Timestamp};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// How long a look is believed.
const REMEMBERED_MICROS: i64 = 5 * Timestamp::SECOND;
/// Secrets remembered at most, half a kilobyte each; then all are looked up anew.
const REMEMBERED_MAX: usize = 8_192;

/// The person and the phone behind a secret.
pub(super) type Holder = (Option<Who>, Option<Device>);

/// A tenant, and the hash of a secret.
type Key = (TenantId, [u8; 32]);

/// Who shows which secret.
pub(crate) struct Known(Mutex<Held>);

struct Held {
    news: Receiver<Announcement>,
    /// Counts what was heard about people, so that a look that began before is not kept.
    heard: u64,
    holders: HashMap<Key, (Timestamp, Holder)>,
}

impl Known {
    pub(crate) fn new(db: &Db) -> Self {
        Self(Mutex::new(Held { news: db.subscribe(), heard: 0, holders: HashMap::new() }))
    }

    /// The holder, if remembered; else what [`Known::keep`] wants to be told.
    pub(super) fn find(&self, key: &Key, now: Timestamp) -> Result<Holder, u64> {
        let held = self.held();
        let (at, holder) = held.holders.get(key).ok_or(held.heard)?;
        if (0..REMEMBERED_MICROS).contains(&now.since(*at)) { Ok(holder.clone()) } else { Err(held.heard) }
    }

    /// Remembers a holder that was looked up after `heard`, unless something changed meanwhile.
    pub(super) fn keep(&self, key: Key, (who, device): &Holder, heard: u64, now: Timestamp) {
        if who.is_none() && device.is_none() {
            return;
        }
        let mut held = self.held();
        if held.heard != heard {
            return;
        }
        if held.holders.len() >= REMEMBERED_MAX {
            held.holders.clear();
        }
        // That its use is to be noted was said once, and is done.
        let who = who.clone().map(|who| Who { touch_due: false, ..who });
        let device = device.map(|device| Device { touch_due: false, ..device });
        held.holders.insert(key, (now, (who, device)));
    }

    /// Without what has changed.
    fn held(&self) -> MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.hear();
        held
    }
}

impl Held {
    fn hear(&mut self) {
        loop {
            match self.news.try_recv() {
                Ok(news) if matches!(news.topic.as_ref(), "person" | "credential") => {
                    self.heard = self.heard.wrapping_add(1);
                    self.holders.retain(|_, (_, (who, device))| {
                        let of_who = who.iter().flat_map(|who| [who.person.0, who.credential.0]);
                        let of_device = device.iter().flat_map(|device| {
                            [Some(device.credential.0), device.person.map(|person| person.0)]
                        });
                        of_who.chain(of_device.flatten()).all(|id| id != news.id)
                    });
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => {
                    self.heard = self.heard.wrapping_add(1);
                    self.holders.clear();
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}
