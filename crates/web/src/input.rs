//! What comes in: forms, JSON and files, queries and paths, each with a clear word when it cannot be read.
//!
//! Every extractor here also describes itself ([`crate::describe::Describe`]), and no other is taken by the
//! route table.

mod body;
mod pasted;
mod reader;

pub use body::{FILE_BYTES_MAX, FILES_MAX, FORM_BYTES_MAX, FilePart, UPLOAD_BYTES_MAX};
pub(crate) use pasted::{pasted, pasted_position};
pub use reader::TEXT_CHARS_MAX;

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;
use qige_kernel::{Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Cx, Fault, State};
use body::Sent;
use reader::{Bad, What};

/// The name by which the reader knows a [`LongText`].
const LONG_TEXT: &str = "qige:long-text";

/// A text that may be longer than [`TEXT_CHARS_MAX`], up to the limit of the body: a pasted table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "qige:long-text")]
#[schemars(rename = "LongText")]
pub struct LongText(pub String);

/// A form (`application/x-www-form-urlencoded`) or JSON, read into the same type. In a form numbers and truth
/// are text, an empty field is no field, `a.b` lies in `a`, and a name that comes twice is a list; a type
/// with `#[serde(flatten)]` or an internal tag cannot read numbers from a form. Checks the CSRF token of
/// sessions.
#[derive(Debug)]
pub struct Input<T> {
    /// What was sent.
    pub value: T,
    /// The `Idempotency-Key` header or the form's `_key`: the same request again must do nothing again.
    pub key: Option<Uuid>,
}

/// As [`Input`], and `multipart/form-data` with files too.
#[derive(Debug)]
pub struct Upload<T> {
    /// What was sent beside the files.
    pub value: T,
    /// The files, in their order. Empty file fields are left out.
    pub files: Vec<FilePart>,
    /// As [`Input::key`].
    pub key: Option<Uuid>,
}

/// The query of the address. Empty values count as not there, as forms with `method="get"` send them.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

/// The values in the path. What cannot be read is a page that does not exist.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest<State> for Input<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &State) -> Result<Self, Fault> {
        let cx = Cx::of(request.extensions())?;
        let sent = body::plain(&cx, request).await?;
        let key = sent.key()?;
        Ok(Self { value: typed(&sent)?, key })
    }
}

impl<T: DeserializeOwned> FromRequest<State> for Upload<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &State) -> Result<Self, Fault> {
        let cx = Cx::of(request.extensions())?;
        let mut sent = body::with_files(&cx, request, state).await?;
        let (key, files) = (sent.key()?, std::mem::take(&mut sent.files));
        Ok(Self { value: typed(&sent)?, files, key })
    }
}

impl<T: DeserializeOwned> FromRequestParts<State> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Fault> {
        let query = parts.uri.query().unwrap_or_default();
        let tree = reader::tree(body::pairs(query.as_bytes())?);
        reader::read(&tree, true).map(Self).map_err(fault)
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<State> for Path<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Fault> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Fault::missing().because(rejection.body_text())),
        }
    }
}

fn typed<T: DeserializeOwned>(sent: &Sent) -> Result<T, Fault> {
    reader::read(&sent.tree, sent.form).map_err(fault)
}

fn fault(bad: Bad) -> Fault {
    let refuse = |code| Refusal::new(RefusalKind::Invalid, code);
    let reason = bad.to_string();
    let refusal = match bad.what {
        What::Missing => refuse("field-missing"),
        What::Unknown => refuse("field-unknown"),
        What::Odd(_) => refuse("field-odd"),
        What::TooLong => refuse("text-too-long").with("max", TEXT_CHARS_MAX),
        What::Control => refuse("text-control"),
    };
    let field = bad.field.unwrap_or_default();
    let refusal = refusal.with("field", &field);
    let fault = Fault::from(refusal).because(reason);
    if field.is_empty() { fault } else { fault.at(field) }
}

/// A UUID given in a header or in a form.
fn key_from(text: &str) -> Result<Uuid, Fault> {
    text.trim_matches('"').parse().map_err(|_| Fault::unreadable("key-odd", "Idempotency-Key takes a UUID"))
}

impl Sent {
    fn key(&self) -> Result<Option<Uuid>, Fault> {
        self.key.as_deref().map(key_from).transpose()
    }
}

/// What a body was, before it has a type.
impl From<Value> for Sent {
    fn from(tree: Value) -> Self {
        Self { tree, form: false, csrf: None, key: None, files: Vec::new() }
    }
}
