//! The one table of endpoints. From it come the router, the permission check, the API's description and the
//! list that tests walk.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State as AxumState};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderValue, Method};
use qige_identity::{CredentialKind, Permission};
use qige_kernel::{Refusal, RefusalKind};

use crate::describe::{Described, Description};
use crate::{Cx, Fault, State};

/// Who may come in. There is no default: an endpoint that does not say does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Anybody with an account, by session or token.
    SignedIn,
    /// The same, also while they owe a password of their own or the second step that staff must have.
    Entering,
    /// Who may do this somewhere; where exactly, the handler checks against the thing at hand.
    May(Permission),
    /// Who may do one of these somewhere.
    MayAny(&'static [Permission]),
    /// A phone with its device credential, whether its owner has an account or not.
    Device,
    /// Anybody, but only until the subdistrict has been set up.
    SettingUp,
    /// Anybody, but only where the settings say that this is a workshop.
    Workshop,
}

impl From<Permission> for Access {
    fn from(permission: Permission) -> Self {
        Self::May(permission)
    }
}

impl From<&'static [Permission]> for Access {
    fn from(permissions: &'static [Permission]) -> Self {
        Self::MayAny(permissions)
    }
}

impl Access {
    /// Lets the request in or says why not.
    ///
    /// # Errors
    /// A [`Fault`] that asks to sign in, that says no, or that there is no such page.
    pub fn check(self, cx: &Cx) -> Result<(), Fault> {
        let owed = cx.who().and_then(|who| who.owes).filter(|_| self != Self::Entering);
        let may = |allowed: &dyn Fn(&qige_identity::Who) -> bool| match (cx.who(), owed) {
            (Some(_), Some(owed)) => Err(Fault::owed(owed)),
            // A lost phone's outbox must not open more than the outbox.
            (Some(who), None) if who.kind != CredentialKind::Device && allowed(who) => Ok(()),
            (Some(_), None) => Err(Fault::forbidden()),
            (None, _) => Err(Fault::sign_in()),
        };
        match self {
            Self::SignedIn | Self::Entering => may(&|_| true),
            Self::May(permission) => may(&|who| who.may(permission)),
            Self::MayAny(permissions) => may(&|who| permissions.iter().any(|one| who.may(*one))),
            Self::Device => match cx.device() {
                Some(_) => Ok(()),
                None if cx.who().is_some() => Err(Fault::forbidden()),
                None => Err(Refusal::new(RefusalKind::SignIn, "device-unknown").into()),
            },
            Self::SettingUp if cx.state().is_set_up() => Err(Fault::missing()),
            Self::Workshop if !cx.state().settings().dev => Err(Fault::missing()),
            Self::Public | Self::SettingUp | Self::Workshop => Ok(()),
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, `{name}` for what varies.
    pub path: &'static str,
    /// Who may come in.
    pub access: Access,
    /// One English sentence for programmers, without a full stop.
    pub summary: &'static str,
    /// The part of the product, as the API's description groups by.
    pub area: &'static str,
    /// What it takes and gives.
    pub description: Description,
}

/// The endpoint that answered, noted on its answer for figures and logs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered(pub(crate) &'static str);

type Mount = Arc<dyn Fn() -> MethodRouter<State> + Send + Sync>;

/// Endpoints of one part of the product.
#[derive(Clone)]
pub struct Routes {
    area: &'static str,
    lines: Vec<(Endpoint, Mount)>,
}

impl Routes {
    /// None yet, of the part called `area`.
    #[must_use]
    pub const fn of(area: &'static str) -> Self {
        Self { area, lines: Vec::new() }
    }

    /// A page.
    #[must_use]
    pub fn get<H, T>(
        self,
        path: &'static str,
        access: impl Into<Access>,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, State> + Described<T> + Sync,
        T: 'static,
    {
        self.on(Method::GET, path, access, summary, handler)
    }

    /// An action.
    #[must_use]
    pub fn post<H, T>(
        self,
        path: &'static str,
        access: impl Into<Access>,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, State> + Described<T> + Sync,
        T: 'static,
    {
        self.on(Method::POST, path, access, summary, handler)
    }

    /// Any method: uploads need `HEAD`, `PATCH` and `OPTIONS`.
    #[must_use]
    pub fn on<H, T>(
        mut self,
        method: Method,
        path: &'static str,
        access: impl Into<Access>,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, State> + Described<T> + Sync,
        T: 'static,
    {
        let access = access.into();
        let description = H::description();
        let endpoint =
            Endpoint { method: method.clone(), path, access, summary, area: self.area, description };
        let mount: Mount = Arc::new(move || {
            let handler = handler.clone();
            let guarded = move |AxumState(state): AxumState<State>, request: Request| {
                guard(handler.clone(), path, access, state, request)
            };
            // Every method there is has its filter; an invented one would be answered like a GET, not opened.
            on(MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET), guarded)
        });
        self.lines.push((endpoint, mount));
        self
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.lines.extend(others.lines);
        self
    }

    /// The table.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.lines.iter().map(|(endpoint, _)| endpoint)
    }

    /// The router, with every permission checked before its handler runs.
    pub(crate) fn router(&self) -> Router<State> {
        let router = self
            .lines
            .iter()
            .fold(Router::new(), |router, (endpoint, mount)| router.route(endpoint.path, mount()));
        let table: Vec<(Method, &'static str)> =
            self.endpoints().map(|endpoint| (endpoint.method.clone(), endpoint.path)).collect();
        router.fallback(|| async { Fault::missing() }).method_not_allowed_fallback(move |request: Request| {
            let fault = not_allowed(&table, &request);
            async move { fault }
        })
    }
}

async fn guard<H, T>(
    handler: H,
    path: &'static str,
    access: Access,
    state: State,
    request: Request,
) -> Response
where
    H: Handler<T, State>,
    T: 'static,
{
    let allowed = Cx::of(request.extensions()).and_then(|cx| access.check(&cx));
    let mut response = match allowed {
        Ok(()) => handler.call(request, state).await,
        Err(fault) => fault.into_response(),
    };
    response.extensions_mut().insert(Answered(path));
    response
}

fn not_allowed(table: &[(Method, &'static str)], request: &Request) -> Fault {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let mut methods: Vec<&str> =
        table.iter().filter(|(_, path)| Some(*path) == matched).map(|(method, _)| method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let refusal = Refusal::new(RefusalKind::Invalid, "method-not-allowed");
    let mut fault = Fault::new(http::StatusCode::METHOD_NOT_ALLOWED, refusal);
    fault.allow = HeaderValue::from_str(&methods.join(", ")).ok();
    fault
}
