//! [`PostgresServer`]: where a server is, and how it is spoken to.

use std::error::Error as _;
use std::net::IpAddr;

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_rustls::rustls;

use super::encrypted::{Encrypted, Encrypting};
use super::trust::{Mode, Trust};
use crate::DbError;
use crate::error::chain;

/// What every connection begins with. As PostgreSQL comes, it takes a page off its turn to cost four times as
/// much, which was true of turning disks, and so reads all of a table where an index holds what is wanted.
const SETTINGS: &str = "-c random_page_cost=1.1";
/// How the driver's words begin where no connection under TLS came about, and how they end where the server
/// has none.
const NO_HANDSHAKE: &str = "error performing TLS handshake";
const NO_TLS: &str = "server does not support TLS";
/// A server as `DATABASE_URL` names it: host, role and database, and besides, as libpq has them, `sslmode`,
/// `sslrootcert`, `sslcert` and `sslkey`. Cheap to clone.
#[derive(Clone)]
pub struct PostgresServer {
    pub(super) config: Config,
    tls: Encrypting,
    mode: Mode,
}

impl PostgresServer {
    /// Reads the URL, and the certificates that it names.
    ///
    /// # Errors
    /// [`DbError::Schema`] when one of its words means nothing, or a file that it names cannot be used.
    pub fn named(url: &str) -> Result<Self, DbError> {
        let (url, trust) = Trust::taken_from(url).map_err(|text| said(&text))?;
        let mut config: Config = url.parse()?;
        // What the URL says comes after ours, and so stands.
        let asked = config.get_options().unwrap_or_default();
        config.options(format!("{SETTINGS} {asked}"));
        let on_this_machine = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        // A socket of this machine is never encrypted, whatever is asked; so it is with libpq.
        config.ssl_mode(match trust.mode {
            _ if on_this_machine && config.get_hostaddrs().is_empty() => SslMode::Disable,
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        let tls = Encrypting::of(trust.client().map_err(|text| said(&text))?);
        Ok(Self { config, tls, mode: trust.mode })
    }

    /// A connection of one's own, kept up by a task.
    ///
    /// # Errors
    /// As [`DbError`] says; where the server cannot be spoken to as asked, what to do is said too.
    pub async fn connect(&self) -> Result<Client, DbError> {
        let (client, connection) = self.dialled().await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// What a pool makes its connections by.
    #[must_use]
    pub fn manager(&self) -> Manager {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        Manager::from_config(self.config.clone(), self.tls.clone(), recycling)
    }

    pub(super) async fn dialled(&self) -> Result<(Client, Connection<Socket, Encrypted>), DbError> {
        self.config.connect(self.tls.clone()).await.map_err(|error| self.explained(error))
    }

    /// Connects for the first time. Where encryption is only preferred and does not come about, the server is
    /// spoken to in clear from now on, as libpq does.
    pub(super) async fn reached(mut self) -> Result<(Self, Client), DbError> {
        let first = self.config.connect(self.tls.clone()).await;
        if self.mode == Mode::Prefer
            && let Err(error) = &first
            && error.to_string().starts_with(NO_HANDSHAKE)
        {
            tracing::warn!(error = chain(error), "PostgreSQL offers encryption that does not come about");
            self.config.ssl_mode(SslMode::Disable);
            let client = self.connect().await?;
            return Ok((self, client));
        }
        let (client, connection) = first.map_err(|error| self.explained(error))?;
        tokio::spawn(connection);
        Ok((self, client))
    }

    /// Says how the server is spoken to, aloud where others could read along.
    pub(super) fn say_how(&self) {
        if self.tls.came_about() {
            tracing::info!(sslmode = %self.mode, "connections to PostgreSQL are encrypted");
        } else if !self.is_near() {
            tracing::warn!(
                "connections to PostgreSQL are not encrypted and leave this machine: set ssl = on there, and \
                 sslmode=verify-full in DATABASE_URL"
            );
        }
    }

    /// Whether it is on this machine.
    fn is_near(&self) -> bool {
        let hosts = self.config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        });
        hosts && self.config.get_hostaddrs().iter().all(IpAddr::is_loopback)
    }

    fn explained(&self, error: tokio_postgres::Error) -> DbError {
        let text = chain(&error);
        if !error.to_string().starts_with(NO_HANDSHAKE) {
            return DbError::from(error);
        }
        let mode = self.mode;
        DbError::Unavailable(if text.ends_with(NO_TLS) {
            format!(
                "sslmode={mode} asks for an encrypted connection, and PostgreSQL offers none: set ssl = on \
                 there, or, on a network of your own, sslmode=disable"
            )
        } else if let Some(why) = not_believed(&error) {
            format!(
                "the certificate of PostgreSQL is not believed ({why}): sslrootcert names the file with the \
                 certificate of whoever signed it, and the host in DATABASE_URL must be one that it is for \
                 (sslmode=verify-ca does not ask for the host)"
            )
        } else {
            text
        })
    }
}

fn said(text: &str) -> DbError {
    DbError::Schema(format!("DATABASE_URL: {text}"))
}

/// What is wrong with the server's certificate, where that was the reason.
fn not_believed(error: &tokio_postgres::Error) -> Option<String> {
    let under: &std::io::Error = error.source()?.downcast_ref()?;
    match under.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(why) => Some(why.to_string()),
        _ => None,
    }
}
