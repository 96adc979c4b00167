//! What changed, told to pages that are looking.

use std::borrow::Cow;

use qige_kernel::TenantId;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::Asker;

/// How many announcements a slow listener may fall behind before it is told that it missed some.
const BACKLOG_ANNOUNCEMENTS: usize = 4_096;

/// Something changed and was committed. Says what to look at, never what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Whose data.
    pub tenant: TenantId,
    /// Kind of thing, for example `case`.
    pub topic: Cow<'static, str>,
    /// Which one.
    pub id: Uuid,
}

impl Announcement {
    pub(crate) fn new(asker: Asker, topic: &'static str, id: Uuid) -> Self {
        Self { tenant: asker.tenant, topic: topic.into(), id }
    }
}

/// The place where announcements are handed on inside this process.
#[derive(Clone, Debug)]
pub(crate) struct Live(broadcast::Sender<Announcement>);

impl Live {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG_ANNOUNCEMENTS))
    }

    pub(crate) fn tell(&self, news: impl IntoIterator<Item = Announcement>) {
        for announcement in news {
            // An error only means that nobody listens.
            let _nobody = self.0.send(announcement);
        }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Announcement> {
        self.0.subscribe()
    }
}
