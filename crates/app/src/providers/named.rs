//! Services as they are named in a file.

use std::fmt;
use std::str::FromStr;

use qige_channels::{Allowed, Destination};
use serde::Deserialize;

/// Letters of a service's name at most: it stands in addresses.
const NAME_LETTERS_MAX: usize = 32;

/// One service.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What stands for it in addresses: small letters, digits and hyphens. Accounts are linked under it.
    pub name: String,
    /// As it calls itself, to the letter.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it; nothing where it knows us by the address alone.
    #[serde(default)]
    pub client_secret: String,
    /// What people read, in Chinese.
    pub label_zh: String,
    /// And in English.
    pub label_en: String,
    /// What is asked for besides `openid`.
    #[serde(default)]
    pub scope: String,
    /// The claim that holds a mobile number by which people here are meant; none: nobody is.
    #[serde(default)]
    pub phone_claim: Option<String>,
    /// The claim that holds a sign-in name by which people here are meant.
    #[serde(default)]
    pub name_claim: Option<String>,
    /// The one subdistrict it is for, by its short name; all of them where it is left out.
    #[serde(default)]
    pub tenant: Option<String>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.name)
    }
}

/// All of them: a list in JSON.
#[derive(Clone, Debug, Default)]
pub struct NamedProviders(Vec<Provider>);

/// What is wrong with a file of services, in a sentence for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    /// Not such a list.
    #[error("this is no list of sign-in services: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A name that does not do.
    #[error(
        "{0:?} is no name for a sign-in service: 1 to 32 small letters, digits and hyphens, each name once"
    )]
    Name(String),
    /// An issuer that does not do.
    #[error(
        "the issuer of {0} does not begin with https:// (http:// is for this machine alone), or has a query"
    )]
    Issuer(String),
    /// Nothing to call it by.
    #[error("{0} has no client_id or no label")]
    Missing(String),
}

impl FromStr for NamedProviders {
    type Err = ProvidersError;

    fn from_str(text: &str) -> Result<Self, ProvidersError> {
        let all: Vec<Provider> = serde_json::from_str(text)?;
        for (at, one) in all.iter().enumerate() {
            let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let fits = (1..=NAME_LETTERS_MAX).contains(&one.name.len()) && one.name.chars().all(letter);
            if !fits || all.iter().take(at).any(|before| before.name == one.name) {
                return Err(ProvidersError::Name(one.name.clone()));
            }
            let issuer: Option<Destination> = one.issuer.parse().ok();
            let safe = |host: &Destination| {
                host.is_tls() || matches!(host.host(), "localhost" | "127.0.0.1" | "::1")
            };
            if !issuer.is_some_and(|host| safe(&host)) || one.issuer.contains(['?', '#']) {
                return Err(ProvidersError::Issuer(one.name.clone()));
            }
            if [&one.client_id, &one.label_zh, &one.label_en].iter().any(|text| text.trim().is_empty()) {
                return Err(ProvidersError::Missing(one.name.clone()));
            }
        }
        Ok(Self(all))
    }
}

impl NamedProviders {
    pub(super) fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// Their hosts.
    pub(super) fn hosts(&self) -> impl Iterator<Item = Allowed> {
        let issuers = self.0.iter().filter_map(|one| one.issuer.parse::<Destination>().ok());
        issuers.filter_map(|issuer| issuer.host().parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, issuer: &str) -> String {
        format!(
            r#"[{{"name":"{name}","issuer":"{issuer}","client_id":"qige","label_zh":"县","label_en":"A"}}]"#
        )
    }

    #[test]
    fn what_cannot_work_is_said_at_the_start() {
        let fault = |text: &str| text.parse::<NamedProviders>().unwrap_err().to_string();
        for name in ["", "Town", "a b", "a/b", &"x".repeat(33)] {
            assert!(fault(&said(name, "https://id.example")).contains("is no name"), "{name}");
        }
        for issuer in
            ["", "id.example", "http://id.example", "https://id.example?x=1", "https://u@id.example"]
        {
            assert!(fault(&said("town", issuer)).contains("does not begin"), "{issuer}");
        }
        assert!(fault("{}").contains("no list"));
        let unknown = said("town", "https://id.example").replace("client_id", "client");
        assert!(fault(&unknown).contains("no list"));
        for issuer in ["https://id.example/realms/town", "http://127.0.0.1:4000", "http://localhost:4000"] {
            let named: NamedProviders = said("town", issuer).parse().unwrap();
            assert_eq!(named.all().count(), 1);
            assert_eq!(format!("{named:?}"), "NamedProviders([Provider(town)])");
        }
    }
}
