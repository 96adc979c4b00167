//! Short messages: by a templated call over HTTP to whatever gateway a town has a contract with, or, for
//! trying out, into a file or onto the console.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `success.rs` | [`Success`]: which answer of a gateway means that it took the message |
//!
//! Neither a number nor a code is ever logged, nor stands in an error; only the two ways for trying out show
//! them, which is what they are for.

mod success;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use http::{HeaderName, HeaderValue, Method, header};
use tokio::io::AsyncWriteExt;

use crate::template::{Style, fill, unknown_value};
use crate::{Call, Destination, Outbound, OutboundError, SendError};
pub use success::{Success, SuccessError};

/// Values that a template may name in braces.
const VALUES: [&str; 8] = ["phone", "e164", "text", "code", "link", "id", "template", "secret"];

/// One message to one number.
#[derive(Clone)]
pub struct Message<'a> {
    /// The number as E.164 has it: `+8613800001234`.
    pub to: &'a str,
    /// What kind of message it is, by which the gateway's own template is chosen; kebab-case.
    pub kind: &'a str,
    /// The message in words, for gateways that take words. Nothing personal but what `code` says.
    pub text: &'a str,
    /// A code to sign in with, where this is about one.
    pub code: Option<&'a str>,
    /// A link, where there is one.
    pub link: Option<&'a str>,
    /// The same for each try, so that a gateway that knows it sends once.
    pub id: &'a str,
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("kind", &self.kind).field("id", &self.id).finish_non_exhaustive()
    }
}

/// How messages leave.
#[derive(Clone, Debug, Default)]
pub enum Gateway {
    /// Not at all.
    #[default]
    Off,
    /// Onto the console, for trying out.
    Console,
    /// One line of JSON each at the end of a file, for trying out.
    File(PathBuf),
    /// A call over HTTP.
    Http(Box<HttpGateway>),
}

/// A gateway as it is described: texts with values in braces.
#[derive(Clone, Default)]
pub struct HttpGateway {
    /// `POST`, unless said otherwise.
    pub method: Method,
    /// Where; values are percent-encoded.
    pub address: String,
    /// `Name: value`. By `Content-Type` the values in the body are written: for JSON, for a form, or as they
    /// are.
    pub headers: Vec<String>,
    /// What is sent.
    pub body: String,
    /// The gateway's own template for a kind of message.
    pub templates: BTreeMap<String, String>,
    /// What stands for `{secret}`, so that it need not stand on a command line.
    pub secret: String,
    /// Which answer means that it was taken.
    pub success: Success,
}

/// Why a message did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// No gateway is set up.
    #[error("no gateway for short messages is set up")]
    Off,
    /// The gateway cannot be spoken to.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The gateway said no.
    #[error("the gateway did not take the message: status {status}{reason}")]
    Refused {
        /// Its status.
        status: u16,
        /// What the sign of success was instead, where the answer has it; else nothing.
        reason: String,
    },
    /// What was described cannot be called.
    #[error("the gateway as it is described cannot be called: {0}")]
    Description(GatewayError),
    /// The file cannot be written.
    #[error("the file of messages cannot be written: {0}")]
    File(io::Error),
}

impl From<SmsError> for SendError {
    fn from(error: SmsError) -> Self {
        let (later, words) = (error.may_work_later(), error.to_string());
        match error {
            SmsError::Outbound(error) => error.into(),
            _ if later => Self::Later(words, None),
            _ => Self::Never(words),
        }
    }
}

impl SmsError {
    /// Whether the same message can be taken another time.
    #[must_use]
    pub const fn may_work_later(&self) -> bool {
        match self {
            Self::Outbound(error) => error.may_work_later(),
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
            Self::File(_) => true,
            Self::Off | Self::Description(_) => false,
        }
    }
}

/// What is wrong with a gateway's description, in a sentence for whoever starts the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Braces that nobody fills in.
    #[error("nobody fills in {{{0}}}; {known} are filled in", known = known())]
    Value(String),
    /// Not an address.
    #[error("the gateway's address is none: it is console:, file:path, or begins with https:// or http://")]
    Address,
    /// Values may stand in its path and behind it, not in its host.
    #[error("the gateway's host is fixed: values in braces may stand behind it only")]
    Host,
    /// Not a header field.
    #[error("header number {0} is not a name, a colon and a value")]
    Header(usize),
    /// Nowhere is there a number.
    #[error("neither the address nor the body names {{phone}} or {{e164}}: nobody would get the message")]
    Nobody,
}

fn known() -> String {
    VALUES.map(|name| format!("{{{name}}}")).join(", ")
}

impl Gateway {
    /// By where messages go: nothing, `console:`, `file:path`, or an address of HTTP that `described`
    /// completes.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub fn of(place: &str, described: HttpGateway) -> Result<Self, GatewayError> {
        match place.trim() {
            "" => Ok(Self::Off),
            "console:" => Ok(Self::Console),
            place => match place.strip_prefix("file:") {
                Some("") => Err(GatewayError::Address),
                Some(path) => Ok(Self::File(path.into())),
                None => {
                    let gateway = HttpGateway { address: place.to_owned(), ..described };
                    gateway.check()?;
                    Ok(Self::Http(Box::new(gateway)))
                }
            },
        }
    }

    /// Whether messages go anywhere.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// The host to which messages would go in clear.
    #[must_use]
    pub fn in_clear(&self) -> Option<&str> {
        let Self::Http(gateway) = self else { return None };
        gateway.address.strip_prefix("http://")?.split(['/', ':', '?']).next()
    }

    /// Sends one message.
    ///
    /// # Errors
    /// [`SmsError`].
    pub async fn send(&self, outbound: &Outbound, message: &Message<'_>) -> Result<(), SmsError> {
        match self {
            Self::Off => Err(SmsError::Off),
            Self::Console => io::stdout().lock().write_all(line(message).as_bytes()).map_err(SmsError::File),
            Self::File(path) => {
                let file = tokio::fs::OpenOptions::new().create(true).append(true).open(path).await;
                let mut file = file.map_err(SmsError::File)?;
                file.write_all(line(message).as_bytes()).await.map_err(SmsError::File)?;
                file.sync_all().await.map_err(SmsError::File)
            }
            Self::Http(gateway) => {
                let call = gateway.call(message).map_err(SmsError::Description)?;
                let answer = outbound.send(call).await?;
                gateway.success.judge(&answer)
            }
        }
    }
}

/// One line of JSON.
fn line(message: &Message<'_>) -> String {
    let Message { to, kind, text, code, link, id } = message;
    let line = serde_json::json!({
        "to": to, "kind": kind, "text": text, "code": code, "link": link, "id": id,
    });
    format!("{line}\n")
}

impl HttpGateway {
    /// Looks at everything that can be seen before the first message.
    fn check(&self) -> Result<(), GatewayError> {
        for text in self.headers.iter().chain([&self.address, &self.body]) {
            if let Some(name) = unknown_value(text, &VALUES) {
                return Err(GatewayError::Value(name));
            }
        }
        let somebody = |text: &String| text.contains("{phone}") || text.contains("{e164}");
        if ![&self.address, &self.body].into_iter().any(somebody) {
            return Err(GatewayError::Nobody);
        }
        let (_, rest) = self.address.split_once("://").ok_or(GatewayError::Address)?;
        if rest.split(['/', '?']).next().unwrap_or_default().contains('{') {
            return Err(GatewayError::Host);
        }
        let sample = Message { to: "+8613800001234", kind: "", text: "", code: None, link: None, id: "" };
        self.call(&sample).map(drop)
    }

    fn call(&self, message: &Message<'_>) -> Result<Call, GatewayError> {
        let headers = self.headers(message)?;
        let kind = headers.iter().find(|(name, _)| name == header::CONTENT_TYPE);
        let style = Style::of(kind.and_then(|(_, value)| value.to_str().ok()).unwrap_or_default());
        let value = |name: &str| self.value(name, message);
        let to: Destination =
            fill(&self.address, Style::Address, value).parse().map_err(|_| GatewayError::Address)?;
        let body = fill(&self.body, style, value).into();
        Ok(Call { method: self.method.clone(), to, headers, body })
    }

    fn headers(&self, message: &Message<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, GatewayError> {
        let field = |(at, line): (usize, &String)| {
            let wrong = || GatewayError::Header(at + 1);
            let (name, value) = line.split_once(':').ok_or_else(wrong)?;
            let value = fill(value.trim(), Style::Plain, |name| self.value(name, message));
            let mut value = HeaderValue::from_str(&value).map_err(|_| wrong())?;
            value.set_sensitive(true);
            Ok((name.trim().parse().map_err(|_| wrong())?, value))
        };
        self.headers.iter().enumerate().map(field).collect()
    }

    fn value(&self, name: &str, message: &Message<'_>) -> String {
        match name {
            // Gateways of the mainland take eleven digits.
            "phone" => message.to.strip_prefix("+86").unwrap_or(message.to).to_owned(),
            "e164" => message.to.to_owned(),
            "text" => message.text.to_owned(),
            "code" => message.code.unwrap_or_default().to_owned(),
            "link" => message.link.unwrap_or_default().to_owned(),
            "id" => message.id.to_owned(),
            "template" => self.templates.get(message.kind).cloned().unwrap_or_default(),
            "secret" => self.secret.clone(),
            _ => String::new(),
        }
    }
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpGateway(…)")
    }
}
