//! A certificate that an authority gives by itself (ACME, RFC 8555), proved over the HTTPS port alone
//! (tls-alpn-01, RFC 8737) and renewed while the server runs.

mod caller;
mod keep;
mod order;

use std::path::{Path, PathBuf};

use qige_channels::{Allowed, Destination};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

pub(super) use keep::keep;

/// Names in one certificate at most: what the best-known authority takes.
const NAMES_MAX: usize = 100;

/// Who gives the certificate, for which names, and where it is kept.
#[derive(Clone, Debug)]
pub struct Acme {
    names: Vec<String>,
    contact: Vec<String>,
    directory: String,
    folder: PathBuf,
    roots: Option<RootCertStore>,
}

/// What whoever runs the server says of it.
#[derive(Clone, Debug, Default)]
pub struct AcmeSettings {
    /// The names in the certificate.
    pub names: Vec<String>,
    /// To whom the authority writes: mail addresses.
    pub contact: Vec<String>,
    /// Where the authority's interface begins.
    pub directory: String,
    /// Where account and certificate are kept.
    pub folder: PathBuf,
    /// Whether the authority's terms are agreed to.
    pub agreed: bool,
    /// A private authority's own root, PEM, that alone is trusted when it is spoken to.
    pub root: Option<PathBuf>,
}

/// Why no certificate can be asked for with these settings.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// Nobody agreed.
    #[error("the terms of {0} must be agreed to: read them, then set --acme-agree")]
    Terms(String),
    /// No name, or too many.
    #[error("--acme-domain takes one to {NAMES_MAX} names")]
    Count,
    /// It cannot be proved that this name is ours.
    #[error("--acme-domain {0}: not a host name that can be proved over HTTPS (no address, no *)")]
    Name(String),
    /// Not a mail address.
    #[error("--acme-contact {0}: not a mail address")]
    Contact(String),
    /// Not an address of HTTPS.
    #[error("--acme-directory {0}: must begin with https://")]
    Directory(String),
    /// The root cannot be read.
    #[error("--acme-root {0}: {1}")]
    Root(String, String),
}

impl Acme {
    /// What was said, looked into: whoever starts the server is the one who can mend it.
    ///
    /// # Errors
    /// [`AcmeError`].
    pub fn new(said: AcmeSettings) -> Result<Self, AcmeError> {
        let directory = said.directory.trim().to_owned();
        if !directory.parse::<Destination>().is_ok_and(|to| to.is_tls()) {
            return Err(AcmeError::Directory(directory));
        }
        if !said.agreed {
            return Err(AcmeError::Terms(directory));
        }
        let filled = |words: Vec<String>| -> Vec<String> {
            let words = words.iter().map(|word| word.trim().to_lowercase());
            words.filter(|word| !word.is_empty()).collect()
        };
        let (names, contact) = (filled(said.names), filled(said.contact));
        if !(1..=NAMES_MAX).contains(&names.len()) {
            return Err(AcmeError::Count);
        }
        if let Some(wrong) = names.iter().find(|name| !is_host_name(name)) {
            return Err(AcmeError::Name(wrong.clone()));
        }
        let is_mail = |word: &String| {
            let parts = word.split_once('@');
            parts.is_some_and(|(who, host)| !who.is_empty() && is_host_name(host) && !who.contains(':'))
        };
        if let Some(wrong) = contact.iter().find(|word| !is_mail(word)) {
            return Err(AcmeError::Contact(wrong.clone()));
        }
        let roots = said.root.as_deref().map(roots).transpose()?;
        let contact = contact.iter().map(|word| format!("mailto:{word}")).collect();
        Ok(Self { names, contact, directory, folder: said.folder, roots })
    }

    /// Where the newest certificate lies, chain and key in one file: both change in one step.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    /// Where the account at the authority lies.
    fn account_file(&self) -> PathBuf {
        self.folder.join("account.json")
    }

    /// For whom it was made, as it stands at the head of the file.
    fn head(&self) -> String {
        format!("{} by {}\n", self.names.join(" "), self.directory)
    }

    fn outbound(&self, allowed: &Allowed) -> qige_channels::Outbound {
        match &self.roots {
            Some(roots) => qige_channels::Outbound::trusting(allowed.clone(), roots.clone()),
            None => qige_channels::Outbound::new(allowed.clone()),
        }
    }
}

/// Letters, digits and hyphens between dots (RFC 1123); international names in their ASCII form.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.parse::<std::net::IpAddr>().is_err()
}

fn roots(file: &Path) -> Result<RootCertStore, AcmeError> {
    let wrong = |error: String| AcmeError::Root(file.display().to_string(), error);
    let found: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for one in found {
        roots.add(one).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() { Err(wrong("no certificate in it".to_owned())) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&str]) -> AcmeSettings {
        AcmeSettings {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            contact: vec!["it@qige.example".to_owned()],
            directory: "https://ca.example/directory".to_owned(),
            agreed: true,
            ..AcmeSettings::default()
        }
    }

    #[test]
    fn what_cannot_work_is_said_at_once() {
        let folded = Acme::new(said(&["Qige.Example ", ""])).unwrap();
        assert_eq!(folded.names, ["qige.example"]);
        assert_eq!(folded.contact, ["mailto:it@qige.example"]);
        let wrong = |change: &dyn Fn(&mut AcmeSettings)| {
            let mut settings = said(&["qige.example"]);
            change(&mut settings);
            Acme::new(settings).unwrap_err().to_string()
        };
        for name in ["*.qige.example", "192.0.2.1", "qige..example", "-a.example", "骑格.example", "a/b"] {
            assert!(wrong(&|said| said.names = vec![name.to_owned()]).contains(name), "{name}");
        }
        assert!(wrong(&|said| said.names.clear()).contains("one to 100"));
        assert!(wrong(&|said| said.agreed = false).contains("--acme-agree"));
        for mail in ["it", "@qige.example", "mailto:it@qige.example"] {
            assert!(wrong(&|said| said.contact = vec![mail.to_owned()]).contains(mail), "{mail}");
        }
        assert!(wrong(&|said| said.directory = "http://ca.example".to_owned()).contains("https://"));
        assert!(wrong(&|said| said.root = Some("/nowhere.pem".into())).contains("--acme-root /nowhere.pem"));
    }
}
