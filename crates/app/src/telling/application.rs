//! Applications of WeCom and WeChat: what the tenant has set up, and messages through it.

use qige_channels::application::{Application, Maker, Note};
use qige_channels::{Destination, SendError};
use qige_db::{Asker, Failure};
use qige_identity::Tenant;
use qige_kernel::{Refusal, RefusalKind, TenantId, Timestamp};
use qige_notify::{Item, Outcome, WayKind, tenant_ways};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{INBOX, Sending, later, never, outcome};
use super::{Telling, WayAddress};
use crate::App;
use crate::telling::jobs::zone_of;

/// The day and the minute as fields of WeChat's templates take them.
const TIME: &str = "%Y年%-m月%-d日 %H:%M";

impl App {
    /// Where the application of that sort is, what it is known by and its secret; none where there is none.
    ///
    /// # Errors
    /// As [`App::open_way`].
    pub async fn application(&self, tenant: TenantId, kind: WayKind) -> Result<Option<WayAddress>, Failure> {
        let read = self.db.read(Asker::system(tenant), |tx| {
            Box::pin(async move { Ok::<_, Failure>(tenant_ways(tx).await?) })
        });
        match read.await?.into_iter().find(|way| way.kind == kind) {
            Some(way) => Ok(Some(self.open_way(tenant, &way).await?)),
            None => Ok(None),
        }
    }

    /// Asks the maker whether the application is known to it.
    pub async fn check_application(&self, kind: WayKind, leads: &WayAddress) -> Outcome {
        outcome(match application(kind, leads) {
            Some(application) => application.check(&self.outbound, &self.tokens, self.seconds()).await,
            None => Err(never("the address is none")),
        })
    }

    /// Sends the code that proves that an account of an application is somebody's.
    ///
    /// # Errors
    /// Refused as `application-off` where there is no such application, as `application-nobody` where it
    /// does not reach that account, as `application-not-sent` where it does not take the message now.
    pub async fn send_application_code(
        &self,
        tenant: &Tenant,
        locale: &str,
        (kind, to): (WayKind, &str),
        digits: &str,
    ) -> Result<(), Failure> {
        let leads = self.application(tenant.id, kind).await?.ok_or_else(off)?;
        let said = self.put(tenant, locale, Telling::BriefCode(digits)).await.map_err(|_| off())?;
        let id: Uuid = self.entropy.id(self.now());
        let sent = self.note(tenant, (kind, &leads), to, (&said.title, &said.text, ""), id).await;
        Ok(sent.map_err(|error| match error {
            SendError::Later(..) | SendError::Unsure(_) => {
                Refusal::new(RefusalKind::Unavailable, "application-not-sent")
            }
            SendError::Never(_) | SendError::Gone(_) => Refusal::invalid("address", "application-nobody"),
        })?)
    }

    /// Where a browser is sent so that the maker says whose account it is: it comes to `back` with a code and
    /// `state`.
    ///
    /// # Errors
    /// Refused as `application-off` where there is no such application.
    pub async fn application_page(
        &self,
        tenant: TenantId,
        kind: WayKind,
        back: &str,
        state: &str,
    ) -> Result<String, Failure> {
        let leads = self.application(tenant, kind).await?.ok_or_else(off)?;
        let page: Option<Destination> = leads.application.as_ref().and_then(|of| of.page.parse().ok());
        let (application, page) = application(kind, &leads).zip(page).ok_or_else(off)?;
        Ok(application.asks_at(&page, back, state))
    }

    /// Whose account it is that came back with this code.
    ///
    /// # Errors
    /// Refused as `application-off` where there is no such application, as `application-not-said` where its
    /// maker does not say it.
    pub async fn application_account(
        &self,
        tenant: TenantId,
        kind: WayKind,
        given: &str,
    ) -> Result<String, Failure> {
        let leads = self.application(tenant, kind).await?.ok_or_else(off)?;
        let application = application(kind, &leads).ok_or_else(off)?;
        let said = application.account(&self.outbound, &self.tokens, given, self.seconds()).await;
        Ok(said.map_err(|error| {
            tracing::warn!(%kind, %error, "an application's maker does not say whose account it is");
            Refusal::new(RefusalKind::Unavailable, "application-not-said")
        })?)
    }

    pub(super) async fn by_application(&self, sending: &Sending<'_>) -> Result<(), SendError> {
        let (tenant, kind) = (sending.tenant, sending.way.kind);
        let to = self.whom(sending).await?;
        let leads = self.application(tenant.id, kind).await.map_err(later)?;
        let leads = leads.ok_or_else(|| never("there is no such application any more"))?;
        let number = match sending.telling {
            Telling::Items { items: [item], .. } => item.args.get("number").and_then(Value::as_str),
            _ => None,
        };
        let number = number.unwrap_or_default();
        // A template has a field of its own for the number, and twenty letters for the rest.
        let bare = match sending.telling {
            Telling::Items { items, .. } if kind == WayKind::Wechat => {
                items.iter().map(without_values).collect()
            }
            _ => Vec::new(),
        };
        let telling =
            if bare.is_empty() { sending.telling } else { Telling::Items { items: &bare, brief: true } };
        let locale = to.locale.as_deref().unwrap_or(&tenant.locale);
        let said = self.put(tenant, locale, telling).await?;
        let account = self.leads(sending).await?.address;
        self.note(tenant, (kind, &leads), &account, (&said.title, &said.text, number), sending.id).await
    }

    async fn note(
        &self,
        tenant: &Tenant,
        (kind, leads): (WayKind, &WayAddress),
        to: &str,
        (title, text, number): (&str, &str, &str),
        id: Uuid,
    ) -> Result<(), SendError> {
        let application = application(kind, leads).ok_or_else(|| never("the address is none"))?;
        let time =
            Timestamp::to_jiff(self.now()).to_zoned_datetime(zone_of(tenant)).strftime(TIME).to_string();
        let id = id.simple().to_string();
        let url = self.link(INBOX);
        let note = Note { to, title, text, number, time: &time, url: &url, id: &id };
        application.send(&self.outbound, &self.tokens, &note, self.seconds()).await
    }
}

fn off() -> Refusal {
    Refusal::new(RefusalKind::Conflict, "application-off")
}

fn without_values(item: &Item) -> Item {
    Item { args: json!({}), ..item.clone() }
}

fn application(kind: WayKind, leads: &WayAddress) -> Option<Application> {
    let of = leads.application.clone()?;
    let maker = match kind {
        WayKind::WecomApp => Maker::WeCom { agent: of.agent },
        _ => Maker::WeChat { template: of.template, fields: of.fields },
    };
    let secret = leads.secret.clone()?;
    Some(Application { maker, base: leads.address.parse().ok()?, id: of.id, secret })
}
