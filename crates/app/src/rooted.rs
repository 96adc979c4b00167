//! Whether the journal still comes to a root that was kept of it.

use std::fmt;

use qige_db::{Asker, Failure, journal};
use qige_identity::{KeptRoot, roots_kept};
use qige_kernel::Timestamp;

use crate::App;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rooted {
    /// No root was kept yet.
    Never,
    /// Up to this instant everything is as it was.
    Holds(Timestamp),
    /// Something from before this instant was changed, taken out, put in or moved.
    Changed(Timestamp),
    /// The root itself was changed: its signature is not of it.
    Forged(Timestamp),
}

impl Rooted {
    /// Whether nothing speaks against the journal.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Never | Self::Holds(_))
    }
}

impl fmt::Display for Rooted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => {
                f.write_str("no root was kept yet: what is cut off at the end of a journal is not seen")
            }
            Self::Holds(until) => {
                write!(f, "the root of {until} holds; what came later is seen by the next one")
            }
            Self::Changed(until) => {
                write!(f, "the root of {until} does not hold: something from before was changed")
            }
            Self::Forged(until) => write!(f, "the root of {until} is not signed as it stands"),
        }
    }
}

impl App {
    /// Holds the tenant's journal against the newest root that was kept.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rooted(&self, asker: Asker) -> Result<Rooted, Failure> {
        let newest =
            self.db.read(asker, |tx| Box::pin(async move { Ok(roots_kept(tx, 1).await?.pop()) })).await?;
        match newest {
            Some(root) => self.holds_against(asker, &root).await,
            None => Ok(Rooted::Never),
        }
    }

    /// Holds the tenant's journal against a root, for example one that was kept outside.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn holds_against(&self, asker: Asker, root: &KeptRoot) -> Result<Rooted, Failure> {
        let until = root.until;
        if !root.is_signed(asker.tenant) {
            return Ok(Rooted::Forged(until));
        }
        let now = self
            .db
            .read(asker, move |tx| Box::pin(async move { Ok(journal::roots(tx, &[until]).await?) }))
            .await?;
        let same = now.first().is_some_and(|now| root.is_of(now));
        Ok(if same { Rooted::Holds(until) } else { Rooted::Changed(until) })
    }
}
