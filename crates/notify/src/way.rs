//! Ways on which somebody is told besides the inbox: a person's own, and those of the tenant.

mod change;
mod code;

use qige_db::{DbError, Json, Statement, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Timestamp, UnitId};
use uuid::Uuid;

use crate::Topic;
use qige_db::kebab;

pub use change::{
    AddWay, ChangeWay, EndWay, Noted, ReopenWay, SetTopics, WAYS_OF_ONE_MAX, WAYS_OF_TENANT_MAX,
};
pub use code::{CODE_MICROS, CODE_TRIES, ConfirmWay, NewCode};

kebab! {
    /// What sort of way.
    pub enum WayKind {
        /// Mail to a person.
        Mail = "mail",
        /// A short message to the number of a person's account.
        Sms = "sms",
        /// A person's browser.
        Push = "push",
        /// A message of the subdistrict's application in 企业微信. Without a person: the application itself.
        WecomApp = "wecom-app",
        /// A template message of the subdistrict's 公众号. Without a person: the account itself.
        Wechat = "wechat",
        /// A robot in a group of 企业微信.
        WecomRobot = "wecom-robot",
        /// A robot in a group of 钉钉.
        DingtalkRobot = "dingtalk-robot",
        /// A robot in a group of 飞书.
        FeishuRobot = "feishu-robot",
        /// A program.
        Webhook = "webhook",
    }
}

impl WayKind {
    /// Whether it leads to a person.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Mail | Self::Sms | Self::Push) || self.is_application()
    }

    /// Whether it leads there through an application that the tenant has set up.
    #[must_use]
    pub const fn is_application(self) -> bool {
        matches!(self, Self::WecomApp | Self::Wechat)
    }

    /// Whether somebody has one of it at most, so that another takes the place of the one before.
    #[must_use]
    pub const fn is_single(self) -> bool {
        matches!(self, Self::Mail | Self::Sms) || self.is_application()
    }

    /// Whether the same message may be sent again when nobody knows whether it arrived: the other side knows
    /// it by its id (mail by `Message-ID`, a browser by its topic and tag, a program by `webhook-id`). A
    /// group or a phone would show it twice.
    #[must_use]
    pub const fn knows_again(self) -> bool {
        matches!(self, Self::Mail | Self::Push | Self::Webhook)
    }

    /// Notices in one message at most: a program gets each event by itself.
    #[must_use]
    pub const fn together(self) -> u32 {
        if matches!(self, Self::Webhook) { 1 } else { 50 }
    }

    /// Messages at most, and the microseconds within which they count; each of these holds. What makers of
    /// robots publish, less one where two clocks might disagree; for people, what anybody bears.
    #[must_use]
    pub const fn rates(self) -> &'static [(i64, i64)] {
        match self {
            Self::WecomRobot | Self::DingtalkRobot => &[(19, Timestamp::MINUTE)],
            Self::FeishuRobot => &[(4, Timestamp::SECOND), (99, Timestamp::MINUTE)],
            Self::Webhook => &[(50, Timestamp::SECOND)],
            Self::Sms => &[(10, Timestamp::DAY)],
            Self::Mail => &[(60, Timestamp::HOUR)],
            Self::Push | Self::WecomApp | Self::Wechat => &[(30, Timestamp::HOUR)],
        }
    }
}

/// Failures in a row after which a way is parked.
pub(crate) const FAILURES_MAX: i64 = 3;

statements! {
    /// Whether there is any.
    ANY_WAY = "SELECT id FROM ways WHERE tenant = $1 LIMIT 1";
    /// One.
    WAY = "SELECT id, kind, person, unit, name, sealed, topics, confirmed_at, failures, parked_at, parked_why,
            made_at FROM ways WHERE tenant = $1 AND id = $2";
    /// A person's.
    WAYS_OF_PERSON = "SELECT id, kind, person, unit, name, sealed, topics, confirmed_at, failures, parked_at,
            parked_why, made_at FROM ways WHERE tenant = $1 AND person = $2 ORDER BY made_at, id";
    /// The tenant's own.
    WAYS_OF_TENANT = "SELECT id, kind, person, unit, name, sealed, topics, confirmed_at, failures, parked_at,
            parked_why, made_at FROM ways WHERE tenant = $1 AND person IS NULL ORDER BY made_at, id";
    /// Addresses and secrets, some at a time; none of them is looked for.
    WAYS_SEALED = "SELECT id, sealed, CAST(NULL AS BYTEA) FROM ways
        WHERE tenant = $1 AND id > $2 AND sealed IS NOT NULL ORDER BY id LIMIT $3";
    /// As it is kept now; nothing happens where it was changed meanwhile.
    PUT_WAY_SEALED = "UPDATE ways SET sealed = $4 WHERE tenant = $1 AND id = $2 AND sealed = $3";
}

/// Reads addresses and secrets, some at a time, for whoever seals them anew.
pub const READ_SEALED_WAYS: &Statement = WAYS_SEALED;
/// Puts one back, sealed anew.
pub const PUT_SEALED_WAY: &Statement = PUT_WAY_SEALED;

from_row! {
    /// One way.
    pub struct Way {
        /// Which one.
        pub id: Uuid,
        /// What sort.
        pub kind: WayKind,
        /// Whose; none: the tenant's own.
        pub person: Option<PersonId>,
        /// Of the tenant's own: only what this unit is told.
        pub unit: Option<UnitId>,
        /// What it is called; without the address.
        pub name: String,
        /// Address and secrets, sealed; none where the account has the address.
        pub sealed: Option<String>,
        /// What goes this way.
        pub topics: Json<Vec<Topic>>,
        /// When it was proved; before that nothing goes this way.
        pub confirmed_at: Option<Timestamp>,
        /// Failures in a row.
        pub failures: i64,
        /// Since when nothing goes this way, since nothing arrives.
        pub parked_at: Option<Timestamp>,
        /// Why.
        pub parked_why: Option<String>,
        /// Since when it is there.
        pub made_at: Timestamp,
    }
}

impl Way {
    /// Whether anything goes this way now.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.confirmed_at.is_some() && self.parked_at.is_none()
    }
}

/// Whether the tenant has any way besides the inbox.
pub(crate) async fn any_way(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    Ok(tx.optional::<(Uuid,)>(ANY_WAY, params![tx.tenant()]).await?.is_some())
}

/// One way.
///
/// # Errors
/// [`DbError`].
pub async fn way(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Way>, DbError> {
    tx.optional(WAY, params![tx.tenant(), id]).await
}

/// A person's ways.
///
/// # Errors
/// [`DbError`].
pub async fn ways_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Way>, DbError> {
    tx.all(WAYS_OF_PERSON, params![tx.tenant(), person]).await
}

/// The tenant's own ways.
///
/// # Errors
/// [`DbError`].
pub async fn tenant_ways(tx: &mut Tx<'_>) -> Result<Vec<Way>, DbError> {
    tx.all(WAYS_OF_TENANT, params![tx.tenant()]).await
}
