//! A root is kept, and the journal says so in the same step: whoever takes roots away must change the
//! journal, and whoever changes the journal is found by the roots.

use qige_db::journal::{self, Stream};
use qige_db::{Command, DbError, Failure, Tx, params, statements};
use serde::Deserialize;
use serde_json::json;

use super::{KeptRoot, bytes, hex};
use crate::Stamp;

/// The journal of the roots of a tenant.
const STREAM: &str = "root";

statements! {
    /// One more; nothing happens where there is one of that number.
    INSERT = "INSERT INTO journal_roots (tenant, number, made_at, until, streams, lines, root, before, holds,
            public_key, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    /// The newest.
    NEWEST = "SELECT number, made_at, until, streams, lines, root, before, holds, public_key, signature
        FROM journal_roots WHERE tenant = $1 ORDER BY number DESC LIMIT $2";
}

/// Keeps a root.
#[derive(Debug)]
pub struct KeepRoot {
    /// The root.
    pub root: KeptRoot,
    /// When.
    pub stamp: Stamp,
}

impl Command for KeepRoot {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let tenant = tx.tenant();
        let digest = hex(&self.root.digest(tenant));
        let KeptRoot { number, made_at, until, streams, lines, root, before, holds, public_key, signature } =
            &self.root;
        let values = params![
            tenant, number, made_at, until, streams, lines, root, before, holds, public_key, signature
        ];
        if tx.execute(INSERT, values).await? > 0 {
            let body = json!({ "number": number, "until": until, "sha256": digest });
            self.stamp.note(tx, STREAM, tenant.0, "keep-root", &body).await?;
        }
        Ok(())
    }
}

/// That a root was kept, as the journal says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Which root.
    pub number: i64,
    /// Its [`KeptRoot::digest`].
    pub digest: [u8; 32],
}

/// All that the journal says of roots. What it does not say any more is left out: so it is missing.
///
/// # Errors
/// [`DbError`].
pub async fn seals(tx: &mut Tx<'_>) -> Result<Vec<Seal>, DbError> {
    #[derive(Deserialize)]
    struct Said {
        number: i64,
        sha256: String,
    }
    let lines = journal::read(tx, Stream::new(STREAM, tx.tenant().0)).await?;
    let seal = |line: &journal::Line| {
        let said: Said = serde_json::from_str(line.body.as_deref()?).ok()?;
        Some(Seal { number: said.number, digest: bytes(&said.sha256)? })
    };
    Ok(lines.iter().filter_map(seal).collect())
}

/// Roots that were kept, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn roots_kept(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<KeptRoot>, DbError> {
    tx.all(NEWEST, params![tx.tenant(), limit]).await
}

/// The newest of them.
///
/// # Errors
/// [`DbError`].
pub async fn newest_root(tx: &mut Tx<'_>) -> Result<Option<KeptRoot>, DbError> {
    Ok(roots_kept(tx, 1).await?.pop())
}
