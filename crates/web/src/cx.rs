//! What every handler knows of its request.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, Method};
use qige_db::{Actor, Asker, BoxFuture, Command, Failure, Tx};
use qige_identity::{CredentialKind, Device, Role, Secret, Stamp, Tenant, TriedFrom, Who};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::cookies::Flash;
use crate::{Fault, Locale, State};

/// Which face of a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// For people.
    Html,
    /// For programs.
    Json,
}

/// What every handler knows of its request: whose data, who asks, in which language, when. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Arc<Seen>);

#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) state: State,
    /// The table itself, for looking at another page within the same request.
    pub(crate) table: axum::Router,
    pub(crate) tenant: Option<Tenant>,
    pub(crate) who: Option<Who>,
    pub(crate) device: Option<Device>,
    pub(crate) by_cookie: bool,
    pub(crate) locale: Locale,
    pub(crate) elder: Option<u8>,
    pub(crate) theme: Option<&'static str>,
    pub(crate) face: Face,
    pub(crate) now: Timestamp,
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) address: String,
    /// The page of ours that the request came from.
    pub(crate) from: Option<String>,
    pub(crate) peer: IpAddr,
    pub(crate) secure: bool,
    pub(crate) request_id: String,
    pub(crate) flash: Option<Flash>,
    /// What the browser shows of having let somebody in before.
    pub(crate) browser: Option<Secret>,
    pub(crate) setup_code: Option<String>,
    pub(crate) refill: Option<Refill>,
    pub(crate) sent: Arc<Mutex<Value>>,
    /// What the session's browser shows from now on, where that was drawn anew, and until when.
    pub(crate) redrawn: Arc<OnceLock<(Secret, Timestamp)>>,
}

/// A form that was refused: shown again with what was sent, and with what is wrong.
#[derive(Clone)]
pub(crate) struct Refill {
    pub(crate) action: String,
    pub(crate) sent: Value,
    pub(crate) fault: Fault,
}

impl Cx {
    pub(crate) fn new(seen: Seen) -> Self {
        Self(Arc::new(seen))
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.0
    }

    /// The context that the edge has put beside the request.
    ///
    /// # Errors
    /// When the request did not pass the edge, which is our fault.
    pub(crate) fn of(extensions: &Extensions) -> Result<Self, Fault> {
        extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("a request reached the table without passing the edge");
            Fault::broken()
        })
    }

    /// Everything the server runs on.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.0.state
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &qige_app::App {
        self.0.state.app()
    }

    /// Whose data this request is about.
    ///
    /// # Errors
    /// Before the subdistrict is set up there is none.
    pub fn tenant(&self) -> Result<&Tenant, Fault> {
        self.0.tenant.as_ref().ok_or_else(|| Refusal::new(RefusalKind::Unavailable, "not-set-up").into())
    }

    /// Who is signed in.
    #[must_use]
    pub fn who(&self) -> Option<&Who> {
        self.0.who.as_ref()
    }

    /// Who is signed in, where somebody must be.
    ///
    /// # Errors
    /// [`Fault::sign_in`].
    pub fn signed_in(&self) -> Result<&Who, Fault> {
        self.who().ok_or_else(Fault::sign_in)
    }

    /// The phone that asks, where it showed a device credential.
    #[must_use]
    pub fn device(&self) -> Option<&Device> {
        self.0.device.as_ref()
    }

    /// The language of the answer.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// Which face of a page is wanted.
    #[must_use]
    pub fn face(&self) -> Face {
        self.0.face
    }

    /// When the request came.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Where the request came from, as far as our own proxies can be believed.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.0.peer
    }

    /// Where a try to sign in comes from. A browser that shows nothing of itself gets something to show.
    #[must_use]
    pub fn tried_from(&self) -> TriedFrom {
        let shown = self.0.browser.clone().filter(|secret| secret.kind() == CredentialKind::Browser);
        let browser = shown.unwrap_or_else(|| Secret::draw(CredentialKind::Browser, &self.app().entropy));
        TriedFrom { address: self.0.peer.into(), browser }
    }

    /// Whether the browser speaks HTTPS with us.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.secure
    }

    /// Path and query of the request.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Path and query of the page of ours that the request came from.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.0.from.as_deref()
    }

    /// A new id of the wanted kind.
    #[must_use]
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.app().entropy.id(self.0.now)
    }

    /// A text in the language of the answer.
    #[must_use]
    pub fn say(&self, text: &crate::Text) -> String {
        let texts = self.0.state.texts();
        texts.get(self.0.locale, &text.key, &text.args).unwrap_or_else(|| text.key.clone().into_owned())
    }

    /// What a command of identity must carry, in the given role.
    #[must_use]
    pub fn stamp(&self, role: Option<Role>) -> Stamp {
        let session = self.who().map(|who| who.credential);
        Stamp::new(self.0.now, role, &self.app().entropy).in_session(session)
    }

    /// For whom and by whom a transaction of this request runs.
    ///
    /// # Errors
    /// As [`Cx::tenant`].
    pub fn asker(&self) -> Result<Asker, Fault> {
        let actor = self.who().map_or(Actor::Anonymous, |who| Actor::Person(who.person));
        Ok(Asker { tenant: self.tenant()?.id, actor })
    }

    /// Runs a query: `cx.read(move |tx| Box::pin(async move { Ok(things(tx, id).await?) })).await?`.
    ///
    /// # Errors
    /// What the query refuses, or what the database cannot do.
    pub async fn read<T, Q>(&self, query: Q) -> Result<T, Fault>
    where
        T: Send + 'static,
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    {
        Ok(self.app().db.read(self.asker()?, query).await?)
    }

    /// Runs a command.
    ///
    /// # Errors
    /// What the command refuses, or what the database cannot do.
    pub async fn write<C: Command>(&self, command: C) -> Result<C::Output, Fault> {
        Ok(self.app().db.write(self.asker()?, command).await?)
    }

    /// Whether a request may change something: it came without a session, or with its token.
    pub(crate) fn csrf_holds(&self, sent: Option<&str>) -> bool {
        match self.who() {
            Some(who) if self.0.by_cookie && who.kind == CredentialKind::Session => {
                sent.is_some_and(|sent| who.csrf.matches(sent))
            }
            _ => true,
        }
    }

    /// Keeps what was sent, so that a refused form can be shown again as it was.
    pub(crate) fn note_sent(&self, tree: &Value) {
        let mut kept = tree.clone();
        if let Value::Object(fields) = &mut kept {
            fields.retain(|name, _| !is_secret(name));
        }
        *self.0.sent.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }

    pub(crate) fn sent(&self) -> Value {
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same person looking at another page of ours, within the same request.
    pub(crate) fn looking_at(&self, address: &str, face: Face, refill: Option<Refill>) -> Self {
        let mut seen = (*self.0).clone();
        seen.address = address.to_owned();
        seen.method = Method::GET;
        (seen.face, seen.refill) = (face, refill);
        Self::new(seen)
    }
}

/// Whether a field of that name must not be sent back into a page.
fn is_secret(name: &str) -> bool {
    ["password", "secret", "token"].iter().any(|part| name.contains(part))
}

impl std::fmt::Debug for Cx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cx({} {})", self.0.method, self.0.address)
    }
}

impl FromRequestParts<State> for Cx {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Fault> {
        Self::of(&parts.extensions)
    }
}

/// Taken by handlers that read their body themselves: refuses what came with a session's cookie, so that no
/// other site can make a browser send it.
#[derive(Clone, Copy, Debug)]
pub struct BearerOnly;

impl FromRequestParts<State> for BearerOnly {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Fault> {
        let cx = Cx::of(&parts.extensions)?;
        if cx.seen().by_cookie && cx.who().is_some() {
            return Err(Refusal::new(RefusalKind::Forbidden, "token-only").into());
        }
        Ok(Self)
    }
}
