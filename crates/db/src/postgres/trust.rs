//! Which server is believed, by the words of libpq (PostgreSQL documentation, §34.19 "SSL Support").

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// How much is asked of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// None is encrypted.
    Disable,
    /// Encrypted where the server does, in clear else; whoever answers is believed.
    Prefer,
    /// Encrypted; whoever answers is believed.
    Require,
    /// Encrypted, with a certificate that was signed by somebody who is believed.
    VerifyCa,
    /// The same, and it is for the host that was named.
    VerifyFull,
}

/// What `sslmode` says.
const MODES: [(&str, Mode); 5] = [
    ("disable", Mode::Disable),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::VerifyCa),
    ("verify-full", Mode::VerifyFull),
];

impl Mode {
    fn named(text: &str) -> Result<Self, String> {
        let found = MODES.iter().find(|(name, _)| *name == text);
        found.map(|(_, mode)| *mode).ok_or_else(|| {
            format!("sslmode is disable, prefer, require, verify-ca or verify-full, not {text}")
        })
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MODES.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name))
    }
}

/// The words of a URL that are about encryption.
pub(super) struct Trust {
    pub(super) mode: Mode,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// `sslrootcert` where it means what this machine trusts.
const SYSTEM: &str = "system";

impl Trust {
    /// Takes them out of a URL; answers with what is left of it, which is the driver's.
    pub(super) fn taken_from(url: &str) -> Result<(String, Self), String> {
        let mut trust = Self { mode: Mode::Prefer, root: None, certificate: None, key: None };
        let Some((front, query)) = url.split_once('?') else { return Ok((url.to_owned(), trust)) };
        let mut mode = None;
        let mut left = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8().map_err(|_| format!("{name} is no text"))?;
            match name {
                "sslmode" => mode = Some(Mode::named(&value)?),
                "sslrootcert" => trust.root = Some(value.into_owned()),
                "sslcert" => trust.certificate = Some(value.into_owned()),
                "sslkey" => trust.key = Some(value.into_owned()),
                _ => left.push(pair),
            }
        }
        trust.mode = meant(mode, trust.root.as_deref())?;
        let query = if left.is_empty() { String::new() } else { format!("?{}", left.join("&")) };
        Ok((format!("{front}{query}"), trust))
    }

    /// What speaks TLS by these words.
    pub(super) fn client(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(ring::default_provider());
        let judge = Judge {
            roots: self.roots()?,
            mode: self.mode,
            algorithms: provider.signature_verification_algorithms,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(judge));
        let mut client = match (&self.certificate, &self.key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let mine =
                    PrivateKeyDer::from_pem_file(key).map_err(|error| format!("sslkey {key}: {error}"))?;
                let shown = certificates("sslcert", certificate)?;
                builder
                    .with_client_auth_cert(shown, mine)
                    .map_err(|error| format!("sslcert {certificate} and sslkey {key}: {error}"))?
            }
            _ => return Err("sslcert and sslkey go together".to_owned()),
        };
        client.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(client)
    }

    /// Who is believed: nobody in particular, where no certificate is looked at.
    fn roots(&self) -> Result<Roots, String> {
        let mut roots = Roots { signers: RootCertStore::empty(), themselves: Vec::new() };
        match self.root.as_deref() {
            _ if matches!(self.mode, Mode::Disable | Mode::Prefer | Mode::Require) => {}
            None | Some(SYSTEM) => {
                let found = rustls_native_certs::load_native_certs();
                if roots.signers.add_parsable_certificates(found.certs).0 == 0 {
                    return Err(
                        "this machine trusts no certificates: name a file with sslrootcert".to_owned()
                    );
                }
            }
            Some(file) => {
                for certificate in certificates("sslrootcert", file)? {
                    let added = roots.signers.add(certificate.clone());
                    added.map_err(|error| format!("sslrootcert {file}: {error}"))?;
                    roots.themselves.push(certificate);
                }
            }
        }
        Ok(roots)
    }
}

/// What the two words ask for together. A file beside a word that believes anybody would be looked at by
/// nobody, so it is refused.
fn meant(mode: Option<Mode>, root: Option<&str>) -> Result<Mode, String> {
    match (mode, root) {
        (None, None) => Ok(Mode::Prefer),
        (None, Some(_)) => Ok(Mode::VerifyFull),
        (Some(Mode::VerifyCa), None) => {
            Err("sslmode=verify-ca needs sslrootcert, the file of whoever is believed".to_owned())
        }
        (Some(mode @ (Mode::Disable | Mode::Prefer)), Some(_)) => {
            Err(format!("sslmode={mode} believes anybody, so sslrootcert goes with sslmode=verify-full"))
        }
        // Whoever has a certificate for any host would be believed.
        (Some(mode @ (Mode::Require | Mode::VerifyCa)), Some(SYSTEM)) => {
            Err(format!("sslrootcert=system goes with sslmode=verify-full, not {mode}"))
        }
        // So it is with libpq.
        (Some(Mode::Require), Some(_)) => Ok(Mode::VerifyCa),
        (Some(mode), _) => Ok(mode),
    }
}

fn certificates(word: &str, file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |error| format!("{word} {file}: {error}");
    let read = CertificateDer::pem_file_iter(file).map_err(wrong)?;
    let found: Vec<_> = read.collect::<Result<_, _>>().map_err(wrong)?;
    if found.is_empty() { Err(format!("{word} {file} holds no certificate")) } else { Ok(found) }
}

#[derive(Debug)]
struct Roots {
    signers: RootCertStore,
    /// The same where a file was named. PostgreSQL's own instructions make a certificate that signs itself
    /// and is called an authority; a server that shows one of these very certificates is believed.
    themselves: Vec<CertificateDer<'static>>,
}

/// Judges the certificate that a server shows.
#[derive(Debug)]
struct Judge {
    roots: Roots,
    mode: Mode,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _revoked: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if matches!(self.mode, Mode::VerifyCa | Mode::VerifyFull) {
            let certificate = ParsedCertificate::try_from(shown)?;
            if !self.roots.themselves.iter().any(|known| known == shown) {
                let (signers, all) = (&self.roots.signers, self.algorithms.all);
                verify_server_cert_signed_by_trust_anchor(&certificate, signers, between, now, all)?;
            }
            if self.mode == Mode::VerifyFull {
                verify_server_name(&certificate, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(query: &str) -> Result<(String, Mode), String> {
        Trust::taken_from(&format!("postgres://qige@db.example/qige{query}"))
            .map(|(url, trust)| (url.replace("postgres://qige@db.example/qige", ""), trust.mode))
    }

    #[test]
    fn the_words_of_libpq_are_taken_out_and_the_rest_is_left() {
        let left = |query: &str| taken(query).unwrap();
        assert_eq!(left(""), (String::new(), Mode::Prefer));
        assert_eq!(left("?options=-c%20role%3Dq"), ("?options=-c%20role%3Dq".to_owned(), Mode::Prefer));
        assert_eq!(
            left("?sslmode=verify-full&connect_timeout=9"),
            ("?connect_timeout=9".to_owned(), Mode::VerifyFull)
        );
        assert_eq!(left("?sslmode=require"), (String::new(), Mode::Require));
        assert_eq!(left("?sslmode=require&sslrootcert=a.pem"), (String::new(), Mode::VerifyCa));
        for root in ["system", "a.pem"] {
            assert_eq!(left(&format!("?sslrootcert={root}")), (String::new(), Mode::VerifyFull));
        }
        let (_, trust) = Trust::taken_from("postgres://a/b?sslrootcert=/etc/a%20b.pem").unwrap();
        assert_eq!(trust.root.as_deref(), Some("/etc/a b.pem"));
    }

    #[test]
    fn what_means_nothing_or_less_than_it_seems_is_said() {
        for (query, said) in [
            ("?sslmode=allow", "sslmode is disable, prefer, require, verify-ca or verify-full, not allow"),
            ("?sslmode=verify-ca", "needs sslrootcert"),
            ("?sslmode=require&sslrootcert=system", "goes with sslmode=verify-full, not require"),
            ("?sslmode=prefer&sslrootcert=a.pem", "sslmode=prefer believes anybody"),
            ("?sslcert=%ff", "sslcert is no text"),
        ] {
            let heard = taken(query).unwrap_err();
            assert!(heard.contains(said), "{query}: {heard}");
        }
        for (query, said) in [
            ("?sslmode=verify-full&sslrootcert=/nowhere/root.pem", "sslrootcert /nowhere/root.pem: "),
            ("?sslcert=/nowhere/mine.pem", "sslcert and sslkey go together"),
            ("?sslcert=/nowhere/mine.pem&sslkey=/nowhere/mine.key", "sslkey /nowhere/mine.key: "),
        ] {
            let (_, trust) = Trust::taken_from(&format!("postgres://a/b{query}")).unwrap();
            let heard = trust.client().map(drop).unwrap_err();
            assert!(heard.contains(said), "{query}: {heard}");
        }
    }
}
