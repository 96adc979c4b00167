//! One certificate, from the question to the file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use qige_channels::Allowed;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::Acme;
use super::caller::Caller;
use crate::serve::tls::{Certificate, certified};
use crate::serve::validity::Validity;

/// How long an authority may look at names, and how long it may write the certificate.
const PATIENCE: Duration = Duration::from_secs(90);

/// What an authority says of an account that it does not know (RFC 8555, 6.7).
const FORGOTTEN: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// Why no certificate came.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Authority(#[from] instant_acme::Error),
    #[error("{0} was not proved: {1}")]
    Unproved(String, String),
    #[error("the authority does not offer tls-alpn-01 for {0}")]
    NotOffered(String),
    #[error("what the authority gave is no certificate that can be used: {0}")]
    Unusable(String),
    #[error("{0}")]
    Files(#[from] io::Error),
}

/// The account, with where it is one: another authority knows nothing of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    directory: String,
    contact: Vec<String>,
    credentials: AccountCredentials,
}

/// Has names proved, fetches a certificate and writes it beside its key.
pub(super) async fn fetch(acme: &Acme, allowed: &Allowed, shown: &Certificate) -> Result<(), Failure> {
    let mut order = match ordered(acme, allowed).await {
        Err(Failure::Authority(error)) if is_forgotten(&error) => {
            fs::remove_file(acme.account_file())?;
            ordered(acme, allowed).await?
        }
        ordered => ordered?,
    };
    let proved = prove(&mut order, shown).await;
    shown.proved();
    proved?;
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&RetryPolicy::new().timeout(PATIENCE)).await?;
    check(&chain, &key)?;
    write_secret(&acme.file(), &format!("{}{key}{chain}", acme.head()))?;
    Ok(())
}

async fn ordered(acme: &Acme, allowed: &Allowed) -> Result<Order, Failure> {
    let account = account(acme, allowed).await?;
    let names: Vec<Identifier> = acme.names.iter().cloned().map(Identifier::Dns).collect();
    Ok(account.new_order(&NewOrder::new(&names)).await?)
}

/// Whether the authority knows nothing of the account: it began anew, or let old ones go.
fn is_forgotten(error: &instant_acme::Error) -> bool {
    let instant_acme::Error::Api(problem) = error else { return false };
    problem.r#type.as_deref() == Some(FORGOTTEN)
}

async fn account(acme: &Acme, allowed: &Allowed) -> Result<Account, Failure> {
    let file = acme.account_file();
    let caller = || Box::new(Caller(acme.outbound(allowed)));
    let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| kept.directory == acme.directory && kept.contact == acme.contact) {
        return Ok(Account::builder_with_http(caller()).from_credentials(kept.credentials).await?);
    }
    let contact: Vec<&str> = acme.contact.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let made = Account::builder_with_http(caller()).create(&new, acme.directory.clone(), None);
    let (account, credentials) = made.await?;
    let (directory, contact) = (acme.directory.clone(), acme.contact.clone());
    let kept = serde_json::to_string(&Kept { directory, contact, credentials }).map_err(io::Error::from)?;
    write_secret(&file, &kept)?;
    Ok(account)
}

async fn prove(order: &mut Order, shown: &Certificate) -> Result<(), Failure> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            return Err(Failure::NotOffered(name));
        };
        let digest = challenge.key_authorization().digest().as_ref().to_vec();
        shown.prove(name.clone(), proof(&name, &digest)?);
        challenge.set_ready().await?;
    }
    if order.poll_ready(&RetryPolicy::new().timeout(PATIENCE)).await? == OrderStatus::Ready {
        return Ok(());
    }
    Err(why(order).await)
}

/// What the authority says of the name that it could not prove.
async fn why(order: &mut Order) -> Failure {
    let mut authorizations = order.authorizations();
    while let Some(Ok(authorization)) = authorizations.next().await {
        let problem = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            return Failure::Unproved(authorization.identifier().to_string(), problem.to_string());
        }
    }
    Failure::Unproved("a name".to_owned(), "the authority does not say why".to_owned())
}

/// The certificate that proves a name (RFC 8737, 3). It is not looked into as others are: its one extension
/// is critical, and known to authorities alone.
fn proof(name: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Unproved(name.to_owned(), error.to_string());
    let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(|error| failed(&error))?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let made = params.self_signed(&key).map_err(|error| failed(&error))?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| failed(&error))?;
    let key = any_supported_type(&key).map_err(|error| failed(&error))?;
    Ok(Arc::new(CertifiedKey::new(vec![made.der().clone()], key)))
}

/// Nothing takes the place of a certificate that works unless it works too.
fn check(chain: &str, key: &str) -> Result<(), Failure> {
    let unusable = |error: &dyn std::fmt::Display| Failure::Unusable(error.to_string());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(&error))?;
    let term = chain.first().and_then(|leaf| Validity::of(leaf));
    term.ok_or_else(|| Failure::Unusable("it does not say until when it is good".to_owned()))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| unusable(&error))?;
    certified(chain, key).map(drop).map_err(|error| unusable(&error))
}

/// Writes what only its owner may read, whole or not at all.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let said = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let beside = path.with_extension("new");
    let mut folder = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    folder.recursive(true).create(path.parent().unwrap_or(path)).map_err(said)?;
    // One that was left with other rights would keep them.
    let _none_left = fs::remove_file(&beside);
    let mut file = options.open(&beside).map_err(said)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(said)?;
    fs::rename(&beside, path).map_err(said)
}
