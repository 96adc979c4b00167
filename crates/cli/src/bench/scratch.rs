//! Databases and folders that are removed afterwards.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use qige_db::PostgresServer;
use tokio_postgres::Client;

use super::said;

/// Where everything is made that a run needs.
pub(super) struct Scratch {
    /// Where databases are made; none for SQLite, whose databases are files in the folder.
    server: Option<String>,
    folder: PathBuf,
    made: Mutex<Vec<String>>,
}

impl Scratch {
    /// `database` is `sqlite` or the URL of a PostgreSQL server.
    pub(super) async fn open(database: &str, folder: &Path) -> Result<Self, String> {
        let server = match database {
            "sqlite" => None,
            url if url.starts_with("postgres:") || url.starts_with("postgresql:") => Some(url.to_owned()),
            other => return Err(format!("--database is sqlite or postgres://…, not {other}")),
        };
        let folder = folder.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let scratch = Self { server, folder, made: Mutex::default() };
        if let Some(server) = &scratch.server {
            connect(server).await?;
        }
        Ok(scratch)
    }

    /// A folder of this run's own.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder of that name.
    pub(super) fn folder_of(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).map_err(said)?;
        Ok(folder)
    }

    pub(super) const fn is_sqlite(&self) -> bool {
        self.server.is_none()
    }

    /// The URL of a new, empty database.
    pub(super) async fn database(&self, name: &str) -> Result<String, String> {
        let Some(server) = &self.server else {
            return Ok(format!("sqlite:{}", self.folder.join(format!("{name}.db")).display()));
        };
        let (front, words) = server.split_at(server.find('?').unwrap_or(server.len()));
        let (front, _) = front.rsplit_once('/').ok_or("the server's URL ends in /database")?;
        let name = format!("qige_bench_{}_{name}", std::process::id());
        connect(server).await?.batch_execute(&format!("CREATE DATABASE {name}")).await.map_err(said)?;
        let url = format!("{front}/{name}{words}");
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        Ok(url)
    }

    /// The engine and its version.
    pub(super) async fn about(&self) -> Result<String, String> {
        let Some(server) = &self.server else {
            return Ok(format!("SQLite {}", rusqlite::version()));
        };
        let client = connect(server).await?;
        let mut about = String::from("PostgreSQL");
        for setting in ["server_version", "fsync", "synchronous_commit"] {
            let row = client.query_one(&format!("SHOW {setting}"), &[]).await.map_err(said)?;
            let value: String = row.try_get(0).map_err(said)?;
            about.push_str(&match setting {
                "server_version" => format!(" {value}"),
                other => format!(", {other} {value}"),
            });
        }
        Ok(about)
    }

    /// Does at once what PostgreSQL does beside its work: a year made in minutes leaves it no time to.
    pub(super) async fn tidy(&self, url: &str) -> Result<(), String> {
        if self.is_sqlite() {
            return Ok(());
        }
        connect(url).await?.batch_execute("VACUUM (ANALYZE)").await.map_err(said)
    }

    /// Removes everything that was made.
    pub(super) async fn clear(self) -> Result<(), String> {
        std::fs::remove_dir_all(&self.folder).map_err(said)?;
        let made = self.made.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = &self.server {
            let client = connect(server).await?;
            for name in made {
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                client.batch_execute(&drop).await.map_err(said)?;
            }
        }
        Ok(())
    }
}

/// A connection of one's own.
pub(super) async fn connect(url: &str) -> Result<Client, String> {
    PostgresServer::named(url).map_err(said)?.connect().await.map_err(|error| format!("{url}: {error}"))
}
