//! How a load is let in: by a token, or as somebody who signs in as on the page.

use std::net::SocketAddr;

use serde_json::json;
use tokio::net::TcpStream;

use super::LoadError;
use super::wire::{Answer, Exchange};

/// Lets requests in: the lines of their heads that say in whose name they come.
#[derive(Clone, Debug)]
pub struct Entry(String);

impl Entry {
    /// By a token.
    #[must_use]
    pub fn token(token: &str) -> Self {
        Self(format!("Authorization: Bearer {token}\r\n"))
    }

    /// The lines, each with its end.
    pub(super) fn headers(&self) -> &str {
        &self.0
    }

    /// Signs in at `address` by name or phone number and password, as a browser does: with a session, and the
    /// token of its forms.
    ///
    /// # Errors
    /// [`LoadError::NotLetIn`] where that is refused, and what connections do.
    pub async fn sign_in(
        address: SocketAddr,
        host: &str,
        account: &str,
        password: &str,
    ) -> Result<Self, LoadError> {
        let kept_out = |why: &str| LoadError::NotLetIn { account: account.to_owned(), why: why.to_owned() };
        let mut exchange = Exchange::new(TcpStream::connect(address).await?);
        let body = json!({ "account": account, "password": password }).to_string();
        let length = body.len();
        let entered = exchange
            .ask(&format!(
                "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nContent-Type: \
                 application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            ))
            .await?;
        let cookies = cookies(&entered);
        if entered.status >= 400 || !cookies.contains("qige=") {
            return Err(kept_out(&format!("the server answers {}: {}", entered.status, entered.body)));
        }
        let page = exchange
            .ask(&format!(
                "GET /report HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {cookies}\r\n\r\n"
            ))
            .await?;
        let token = page.body.split_once("data-csrf=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (token, _) = token.ok_or_else(|| kept_out("the page has no token for its forms"))?;
        Ok(Self(format!("Cookie: {cookies}\r\nX-Csrf-Token: {token}\r\n")))
    }
}

/// What the server gave to be shown again.
fn cookies(answer: &Answer) -> String {
    let lines = answer.head.split("\r\n").filter_map(|line| line.split_once(':'));
    let given = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let pairs = given.filter_map(|(_, value)| value.split(';').next());
    pairs.map(str::trim).collect::<Vec<_>>().join("; ")
}
