//! One message by the call that its way asks for.

use std::time::Duration;

use qige_channels::mail::Letter;
use qige_channels::push::{self, Subscription};
use qige_channels::sms::Message;
use qige_channels::webhook::{self, Event, WebhookSecret};
use qige_channels::{Destination, Robot, SendError};
use qige_db::{Asker, Failure};
use qige_identity::{Person, PersonState, Purpose, Stamp, Tenant, person};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use qige_notify::{Item, Outcome, Way, WayKind};
use serde_json::json;
use uuid::Uuid;

use super::{Saying, Telling, WayAddress, Worded, Wording};
use crate::App;

/// A message takes no longer, whatever its way: shorter than what was under way is believed to be.
const MESSAGE_MAX: Duration = Duration::from_secs(40);
/// What types of events begin with (a domain in reverse, as CloudEvents asks).
const EVENT_PREFIX: &str = "cn.qige.notice";
/// Where notices are read.
pub(super) const INBOX: &str = "/notices";
/// Where somebody chooses how to be told.
const CHOICES: &str = "/me/notices";

/// What is to be sent.
pub(super) struct Sending<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) way: &'a Way,
    pub(super) id: Uuid,
    pub(super) telling: Telling<'a>,
}

impl App {
    /// Sends one message and says what came of it.
    pub(super) async fn call(&self, sending: &Sending<'_>) -> Outcome {
        let called = tokio::time::timeout(MESSAGE_MAX, self.call_at_length(sending)).await;
        outcome(called.unwrap_or_else(|_| Err(SendError::Unsure("no answer in time".to_owned()))))
    }

    /// Sends a test message on a way, and says what came of it.
    pub async fn try_way(&self, tenant: &Tenant, way: &Way) -> Outcome {
        let id = self.entropy.id(self.now());
        self.call(&Sending { tenant, way, id, telling: Telling::Test }).await
    }

    /// Sends the code that proves an address of mail.
    ///
    /// # Errors
    /// Refused as `mail-off` where no server of mail is named, as `mail-not-sent` where it does not take it.
    pub async fn send_mail_code(
        &self,
        tenant: &Tenant,
        locale: &str,
        address: &str,
        digits: &str,
    ) -> Result<(), Failure> {
        let off = || Refusal::new(RefusalKind::Conflict, "mail-off");
        let post = self.settings.post.as_ref().ok_or_else(off)?;
        let said = self.put(tenant, locale, Telling::Code(digits)).await.map_err(|_| off())?;
        let id: Uuid = self.entropy.id(self.now());
        let letter = Letter {
            to: address,
            subject: &said.title,
            text: &said.text,
            id: &id.simple().to_string(),
            unsubscribe: &self.link(CHOICES),
        };
        let refused = |error: SendError| match error {
            SendError::Later(..) | SendError::Unsure(_) => {
                Refusal::new(RefusalKind::Unavailable, "mail-not-sent")
            }
            SendError::Never(_) | SendError::Gone(_) => Refusal::invalid("address", "mail-address"),
        };
        Ok(post.send(&letter).await.map_err(refused)?)
    }

    async fn call_at_length(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        match sending.way.kind {
            WayKind::Mail => self.by_mail(sending).await,
            WayKind::Sms => self.by_sms(sending).await,
            WayKind::Push => self.by_push(sending).await,
            WayKind::WecomApp | WayKind::Wechat => self.by_application(sending).await,
            WayKind::WecomRobot => self.by_robot(sending, Robot::WeCom).await,
            WayKind::DingtalkRobot => self.by_robot(sending, Robot::DingTalk).await,
            WayKind::FeishuRobot => self.by_robot(sending, Robot::Feishu).await,
            WayKind::Webhook => self.by_webhook(sending).await,
        }
    }

    async fn by_mail(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        let to = self.whom(sending).await?;
        let said = self.said(sending, to.locale.as_deref()).await?;
        let address = self.leads(sending).await?.address;
        let post = self.settings.post.as_ref().ok_or_else(|| never("no server of mail is named"))?;
        let text = format!("{}\n\n{}\n\n--\n{}\n", said.text, self.link(INBOX), self.link(CHOICES));
        let letter = Letter {
            to: &address,
            subject: &format!("{}: {}", said.title, said.text.lines().next().unwrap_or_default()),
            text: &text,
            id: &sending.id.simple().to_string(),
            unsubscribe: &self.link(CHOICES),
        };
        post.send(&letter).await
    }

    async fn by_sms(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        let to = self.whom(sending).await?;
        let said = self.said(sending, to.locale.as_deref()).await?;
        let sealed = to.phone.ok_or_else(|| SendError::Gone("the account has no number".to_owned()))?;
        let stamp = Stamp::new(self.now(), None, &self.entropy);
        let asker = Asker::system(sending.tenant.id);
        let opened = self.vault.read_phones(asker, Purpose::Reach, stamp, vec![(to.id.0, sealed)]).await;
        let number = opened.map_err(later)?.pop().ok_or_else(|| never("the number cannot be read"))?;
        let link = self.link(INBOX);
        let message = Message {
            to: number.as_str(),
            kind: "notice",
            text: &format!("{} {link}", said.text),
            code: None,
            link: Some(&link),
            id: &sending.id.simple().to_string(),
        };
        Ok(self.settings.sms.send(&self.outbound, &message).await?)
    }

    async fn by_push(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        let to = self.whom(sending).await?;
        let said = self.said(sending, to.locale.as_deref()).await?;
        let address = self.leads(sending).await?.address;
        let browser: Subscription = serde_json::from_str(&address).map_err(|_| never("no subscription"))?;
        let key = self.push_key().map_err(|error| SendError::Later(error.to_string(), None))?;
        let tag = sending.id.simple().to_string();
        let message = json!({ "title": said.title, "body": said.text, "url": INBOX, "tag": tag }).to_string();
        let (salt, now) = (self.entropy.bytes(), self.seconds());
        push::send(&self.outbound, key, &browser, message.as_bytes(), &tag, salt, now).await
    }

    async fn by_robot(&self, sending: &Sending<'_>, robot: Robot) -> Result<(), SendError> {
        let said = self.said(sending, None).await?;
        let WayAddress { address, secret, .. } = self.leads(sending).await?;
        let to: Destination = address.parse().map_err(|_| never("the address is none"))?;
        let link = self.link(&page_of(sending.telling, sending.way));
        let text = format!("{}\n{}\n{link}", said.title, said.text);
        robot.send(&self.outbound, &to, secret.as_deref(), &text, self.seconds()).await
    }

    async fn by_webhook(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        let leads = self.leads(sending).await?;
        let to: Destination = leads.address.parse().map_err(|_| never("the address is none"))?;
        let secrets: Result<Vec<WebhookSecret>, _> =
            leads.secrets(self.now()).into_iter().map(str::parse).collect();
        let secrets = secrets.map_err(|_| never("the secret is none"))?;
        let source = format!("{}/#{}", self.settings.public_url, sending.tenant.slug);
        let (kind, subject, at, data) = event(sending.telling, self.now());
        let event = Event {
            id: &sending.id.to_string(),
            source: &source,
            kind: &kind,
            subject: &subject,
            time: &at.to_string(),
            data,
        };
        webhook::send(&self.outbound, &to, &secrets, &event, self.seconds()).await
    }

    /// To whom a way of a person's leads.
    pub(super) async fn whom(&self, sending: &Sending<'_>) -> Result<Person, SendError> {
        let id: PersonId = sending.way.person.ok_or_else(|| never("nobody's way"))?;
        let asker = Asker::system(sending.tenant.id);
        let found = self.db.read(asker, move |tx| Box::pin(async move { Ok(person(tx, id).await?) })).await;
        let here = |person: &Person| person.state == PersonState::Active;
        found.map_err(later)?.filter(here).ok_or_else(|| never("the person is not here"))
    }

    pub(super) async fn leads(&self, sending: &Sending<'_>) -> Result<WayAddress, SendError> {
        self.open_way(sending.tenant.id, sending.way).await.map_err(later)
    }

    async fn said(&self, sending: &Sending<'_>, locale: Option<&str>) -> Result<Worded, SendError> {
        self.put(sending.tenant, locale.unwrap_or(&sending.tenant.locale), sending.telling).await
    }

    pub(super) async fn put(
        &self,
        tenant: &Tenant,
        locale: &str,
        telling: Telling<'_>,
    ) -> Result<Worded, SendError> {
        let words = self.words.get().ok_or_else(|| SendError::Later("no texts here".to_owned(), None))?;
        let asker = Asker::system(tenant.id);
        let read = self.db.read(asker, |tx| Box::pin(async move { Ok(Wording::read(tx).await?) }));
        let wording = read.await.map_err(later)?;
        Ok(words(Saying { tenant: &tenant.name, wording: &wording, locale, telling }))
    }

    pub(super) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }

    pub(super) fn seconds(&self) -> i64 {
        self.now().micros().div_euclid(Timestamp::SECOND)
    }
}

/// What came of a call.
pub(super) fn outcome(called: Result<(), SendError>) -> Outcome {
    match called {
        Ok(()) => Outcome::Sent,
        Err(SendError::Later(why, after)) => Outcome::Later(why, after),
        Err(SendError::Unsure(why)) => Outcome::Unsure(why),
        Err(SendError::Never(why)) => Outcome::Never(why),
        Err(SendError::Gone(why)) => Outcome::Gone(why),
    }
}

/// Where a group reads what it is told of: the case where there is one, else the list.
fn page_of(telling: Telling<'_>, way: &Way) -> String {
    let (list, one) = if way.unit.is_some() { ("/unit", "/unit/cases") } else { ("/cases", "/cases") };
    match telling {
        Telling::Items { items: [item], .. } if item.about_kind == "case" => format!("{one}/{}", item.about),
        _ => list.to_owned(),
    }
}

/// An event: what happened to which case, and nothing that is anybody's own.
fn event(telling: Telling<'_>, now: Timestamp) -> (String, String, Timestamp, serde_json::Value) {
    let Telling::Items { items: [Item { kind, topic, args, about_kind, about, at, unit, .. }, ..], .. } =
        telling
    else {
        return (format!("{EVENT_PREFIX}.test"), "test".to_owned(), now, json!({}));
    };
    let part = |name: &str| args.get(name).cloned().unwrap_or_default();
    let data = json!({
        "kind": kind, "topic": topic, "number": part("number"), "matter": part("matter"), "unit": unit,
    });
    (format!("{EVENT_PREFIX}.{kind}"), format!("{about_kind}s/{about}"), *at, data)
}

pub(super) fn never(why: &str) -> SendError {
    SendError::Never(why.to_owned())
}

/// What the database or the keys cannot do now they may do later.
#[expect(clippy::needless_pass_by_value, reason = "stands in `map_err`")]
pub(super) fn later(failure: Failure) -> SendError {
    SendError::Later(failure.to_string(), None)
}
