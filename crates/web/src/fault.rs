//! One type for every answer that is a no, or an "I cannot".

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use qige_db::{DbError, Failure};
use qige_identity::Owed;
use qige_kernel::{Refusal, RefusalKind};

/// How long a caller is asked to wait when the database takes no work: a few commits of a busy writer.
const UNAVAILABLE_RETRY_SECONDS: u32 = 5;

/// The code of the no that leads to where a second step is set up.
pub(crate) const SECOND_STEP_FIRST: &str = "second-step-first";
/// The code of a refusal that leads to where a password is chosen.
pub(crate) const PASSWORD_FIRST: &str = "password-first";

/// Why there is no page. The edge renders it as a page that says what is wrong and the way back, or as an RFC
/// 9457 problem.
#[derive(Clone, Debug)]
pub struct Fault(Box<No>);

/// What a [`Fault`] says.
#[derive(Clone, Debug)]
pub struct No {
    /// The HTTP status.
    pub status: StatusCode,
    /// Names the sentence (`refusal-<code>`) and its values.
    pub refusal: Refusal,
    /// The field of the form at fault, as it is named there.
    pub field: Option<Cow<'static, str>>,
    /// What exactly was wrong, for a programmer (English; JSON only).
    pub reason: Option<String>,
    /// Seconds after which trying again makes sense.
    pub retry_seconds: Option<u32>,
    /// Methods that the address does take.
    pub allow: Option<HeaderValue>,
}

impl Fault {
    /// A no with a status of its own.
    #[must_use]
    pub fn new(status: StatusCode, refusal: Refusal) -> Self {
        let field = refusal.field.map(Cow::Borrowed);
        Self(Box::new(No { status, refusal, field, reason: None, retry_seconds: None, allow: None }))
    }

    /// There is no such thing, or not for this person.
    #[must_use]
    pub fn missing() -> Self {
        Refusal::new(RefusalKind::Missing, "not-found").into()
    }

    /// Nobody is signed in, and somebody must be.
    #[must_use]
    pub fn sign_in() -> Self {
        Refusal::new(RefusalKind::SignIn, "sign-in-first").into()
    }

    /// This person must do that first.
    #[must_use]
    pub fn owed(owed: Owed) -> Self {
        let code = match owed {
            Owed::Password => PASSWORD_FIRST,
            Owed::SecondStep => SECOND_STEP_FIRST,
        };
        Refusal::new(RefusalKind::Forbidden, code).into()
    }

    /// This person may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Refusal::new(RefusalKind::Forbidden, "not-allowed").into()
    }

    /// Too many requests; waiting helps.
    #[must_use]
    pub fn too_many(retry_seconds: u32) -> Self {
        let refusal = Refusal::new(RefusalKind::TooMany, "too-many-requests")
            .with("retry_after_seconds", retry_seconds);
        refusal.into()
    }

    /// Something broke that the caller cannot mend. Say the cause where it is known, then return this.
    #[must_use]
    pub fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Refusal::new(RefusalKind::Unavailable, "broken"))
    }

    /// What was sent cannot be read at all.
    #[must_use]
    pub fn unreadable(code: &'static str, reason: impl ToString) -> Self {
        let fault = Self::new(StatusCode::BAD_REQUEST, Refusal::new(RefusalKind::Invalid, code));
        fault.because(reason)
    }

    /// Says of which field it speaks.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds what a programmer wants to know.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over errors and texts as they are")]
    pub fn because(mut self, reason: impl ToString) -> Self {
        self.reason = Some(reason.to_string());
        self
    }

    /// Whether a person who corrects the form can do better.
    #[must_use]
    pub fn can_be_mended(&self) -> bool {
        self.status.is_client_error()
            && !matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED)
    }
}

impl std::ops::Deref for Fault {
    type Target = No;
    fn deref(&self) -> &No {
        &self.0
    }
}

impl std::ops::DerefMut for Fault {
    fn deref_mut(&mut self) -> &mut No {
        &mut self.0
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::SignIn => StatusCode::UNAUTHORIZED,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::Missing => StatusCode::NOT_FOUND,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::Gone => StatusCode::GONE,
            RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let retry = (refusal.kind == RefusalKind::Unavailable).then_some(UNAVAILABLE_RETRY_SECONDS);
        // A lock-out says itself how long it lasts.
        let said = refusal.args.get("retry_after_seconds").and_then(|seconds| seconds.parse().ok());
        let retry_seconds = if refusal.kind == RefusalKind::TooMany { said } else { retry };
        let mut fault = Self::new(status, refusal);
        fault.retry_seconds = retry_seconds;
        fault
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) | DbError::Retry(_) => {
                tracing::warn!(%error, "the database takes no work");
                Refusal::new(RefusalKind::Unavailable, "unavailable").into()
            }
            error => {
                tracing::error!(%error, "the database could not do it");
                Self::broken()
            }
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Db(error) => error.into(),
        }
    }
}

impl IntoResponse for Fault {
    /// Only marks the answer: the edge, which knows language and person, renders it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(allow) = self.allow.clone() {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_database_asks_to_come_back() {
        let fault = Fault::from(Failure::from(DbError::Unavailable("disk full".to_owned())));
        assert_eq!((fault.status.as_u16(), fault.retry_seconds), (503, Some(UNAVAILABLE_RETRY_SECONDS)));
        assert!(fault.reason.is_none(), "what the engine says is for the log");
        let response = fault.into_response();
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn a_field_at_fault_is_kept() {
        let fault = Fault::from(Refusal::invalid("phone", "phone-odd").with("digits", 11));
        assert_eq!(fault.field.as_deref(), Some("phone"));
        assert_eq!(fault.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
