//! Mail by SMTP (RFC 5321), through the server that whoever runs this one names.

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::{Allowed, SendError};

/// Sends mail.
#[derive(Clone)]
pub struct Post {
    transport: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

/// Why mail cannot be sent with what was said.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// No address of a server.
    #[error("the mail server is named as smtps://user:password@host, or smtp://host?tls=required")]
    Server,
    /// Letters and the password would go in clear over networks of others.
    #[error(
        "letters to {0} would go in clear: smtps:// or tls=required encrypts them; smtp:// alone is for this \
         machine and for hosts that --outbound-allow names"
    )]
    InClear(String),
    /// No sender.
    #[error("the sender of mail is an address such as \"Qige <qige@example.org>\"")]
    Sender,
}

/// One letter.
#[derive(Clone)]
pub struct Letter<'a> {
    /// To whom.
    pub to: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// Plain text.
    pub text: &'a str,
    /// The same for each try; with the sender's host it makes the `Message-ID`, by which mail servers and
    /// programs know a letter that came twice.
    pub id: &'a str,
    /// Where to switch such letters off (RFC 2369).
    pub unsubscribe: &'a str,
}

impl Post {
    /// By a server's address (`smtps://user:password@host`, `smtp://host:25`) and a sender; in clear only to
    /// this machine and to what is `allowed`.
    ///
    /// # Errors
    /// [`PostError`].
    pub fn new(server: &str, from: &str, allowed: &Allowed) -> Result<Self, PostError> {
        let place: http::Uri = server.parse().map_err(|_| PostError::Server)?;
        let host = place.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let encrypted = place.scheme_str() != Some("smtp")
            || place.query().is_some_and(|query| query.split('&').any(|word| word == "tls=required"));
        if !encrypted && !allowed.takes_in_clear(host) {
            return Err(PostError::InClear(host.to_owned()));
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server);
        let transport = transport.map_err(|_| PostError::Server)?.timeout(Some(crate::outbound::CALL_MAX));
        Ok(Self { transport, from: from.parse().map_err(|_| PostError::Sender)? })
    }

    /// Says who we are to the server.
    #[must_use]
    pub fn signed_in(self, user: String, password: String) -> Self {
        Self { transport: self.transport.credentials(Credentials::new(user, password)), ..self }
    }

    /// Sends one letter.
    ///
    /// # Errors
    /// [`SendError`]; one that may have arrived may be sent again, since its `Message-ID` is the same.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), SendError> {
        let never = |words: &str| SendError::Never(words.to_owned());
        let to: Mailbox = letter.to.parse().map_err(|_| SendError::Gone("no address of mail".to_owned()))?;
        let header =
            |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("List-Unsubscribe", &format!("<{}>", letter.unsubscribe)))
            .body(letter.text.to_owned())
            .map_err(|_| never("the letter cannot be written"))?;
        let transport: AsyncSmtpTransport<Tokio1Executor> = self.transport.clone().build();
        transport.send(message).await.map(drop).map_err(|error| judged(&error))
    }
}

/// By the code of the answer (RFC 5321 §4.2, RFC 3463), without its words, which repeat the address.
fn judged(error: &SmtpError) -> SendError {
    let Some(code) = error.status() else {
        return if error.is_response() {
            SendError::Never("an answer that is none".to_owned())
        } else if error.is_timeout() {
            SendError::Unsure("the mail server did not answer in time".to_owned())
        } else {
            SendError::Later("the mail server cannot be reached".to_owned(), None)
        };
    };
    let words = format!("the mail server said {code}");
    match u16::from(code) {
        // No such mailbox (550, 551, 553); other refusals are about the letter or about us.
        550 | 551 | 553 => SendError::Gone(words),
        500.. => SendError::Never(words),
        _ => SendError::Later(words, None),
    }
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Post({})", self.from.email)
    }
}
