//! A no as a page, and as an RFC 9457 problem.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::locale::Arg;
use crate::{Cx, Fault, Text, View, Width};

/// What is wrong, where, and the way back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ProblemPage {
    /// The HTTP status.
    status: u16,
    /// Which no.
    code: String,
    /// What is wrong, in the reader's language.
    sentence: String,
    /// What of the address or the form it is about, by its name there.
    field: Option<String>,
    /// Where the page before lies, where there is one.
    back: Option<String>,
    /// What to quote when asking for help.
    request: String,
    /// Seconds after which trying again makes sense.
    retry_seconds: Option<u32>,
}

impl View for ProblemPage {
    const TEMPLATE: &'static str = "pages/problem.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of(title_key(self.status))
    }

    fn samples() -> Vec<Self> {
        let page = |status, retry_seconds| Self {
            status,
            code: "not-found".to_owned(),
            sentence: "没有这个页面，或者它不是给您看的。".to_owned(),
            field: (status == 422).then(|| "state".to_owned()),
            back: Some("/cases?state=filed".to_owned()),
            request: "019a0000-0000-7000-8000-000000000001".to_owned(),
            retry_seconds,
        };
        let second = Self { code: "look-export-first".to_owned(), ..page(403, None) };
        vec![page(404, None), page(503, Some(5)), page(422, None), second]
    }
}

/// The sentence of a no, in the reader's language. A no that has no sentence yet is still said.
pub(super) fn sentence(cx: &Cx, fault: &Fault) -> String {
    let texts = cx.state().texts();
    let refusal = &fault.refusal;
    let args = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), Arg::Text(value.clone())));
    let key = format!("refusal-{}", refusal.code);
    texts.get(cx.locale(), &key, &args.collect()).unwrap_or_else(|| {
        tracing::error!(code = refusal.code, "a refusal has no sentence");
        texts.plain(cx.locale(), "problem-unsaid")
    })
}

/// The page for people.
pub(super) fn view(cx: &Cx, fault: &Fault) -> ProblemPage {
    let here = cx.address();
    ProblemPage {
        status: fault.status.as_u16(),
        code: fault.refusal.code.to_owned(),
        sentence: sentence(cx, fault),
        field: fault.field.as_ref().map(ToString::to_string),
        back: cx.from().filter(|from| *from != here).map(str::to_owned),
        request: cx.seen().request_id.clone(),
        retry_seconds: fault.retry_seconds,
    }
}

/// The problem for programs.
pub(super) fn json(cx: &Cx, fault: &Fault) -> Response {
    let code = fault.refusal.code;
    let mut problem = Map::new();
    let mut put = |name: &str, value: Value| problem.insert(name.to_owned(), value);
    for (name, value) in &fault.refusal.args {
        put(name, value.clone().into());
    }
    put("type", format!("/problems/{code}").into());
    put("title", cx.say(&Text::of(title_key(fault.status.as_u16()))).into());
    put("status", fault.status.as_u16().into());
    put("detail", sentence(cx, fault).into());
    put("instance", format!("urn:uuid:{}", cx.seen().request_id).into());
    if let Some(field) = &fault.field {
        put("field", field.as_ref().into());
    }
    if let Some(reason) = &fault.reason {
        put("reason", reason.clone().into());
    }
    let mut response = Response::new(Body::from(Value::Object(problem).to_string()));
    *response.status_mut() = fault.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, super::VARY);
    if fault.status == StatusCode::UNAUTHORIZED {
        // RFC 9110 §11.6.1 wants to hear which scheme helps.
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn title_key(status: u16) -> &'static str {
    match status {
        400 | 414 | 422 => "problem-title-invalid",
        401 => "problem-title-sign-in",
        403 => "problem-title-forbidden",
        404 => "problem-title-missing",
        405 => "problem-title-method",
        409 => "problem-title-conflict",
        410 => "problem-title-gone",
        413 => "problem-title-too-large",
        415 => "problem-title-unsupported",
        429 => "problem-title-too-many",
        503 => "problem-title-unavailable",
        _ => "problem-title-broken",
    }
}

/// The shape of a problem, for the API's description.
pub(crate) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What a person reads, in the language asked for"},
            "instance": {"type": "string", "format": "uri"},
            "field": {"type": "string", "description": "The field at fault, dotted"},
            "reason": {"type": "string", "description": "What exactly was wrong, for programmers"}
        },
        "additionalProperties": true
    })
}
