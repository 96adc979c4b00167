//! What lines said is erased, and a line elsewhere says that it was: which lines, when, by whom and why. A
//! line that says nothing and of which no such witness speaks was silenced behind the product's back.
//!
//! The witnesses of a thing stand in a stream of their own under the same id, so that whoever reads the
//! thing's stream finds nothing in it that did not happen to it. They are chained and sealed like all
//! others, and are never erased themselves.

use std::ops::RangeInclusive;

use qige_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entry, SALT_BYTES, Stream, append, read};
use crate::{DbError, Tx, params, statements};

/// Streams that say what was erased of the thing of that id.
pub const ERASED_STREAM: &str = "erased";
/// What such a line is called.
const ERASE: &str = "erase";

statements! {
    /// The lines of a stream that still say something.
    SAYING = "SELECT seq FROM journal WHERE tenant = $1 AND stream = $2 AND id = $3 AND body IS NOT NULL
        ORDER BY seq";
    /// Erases what they say, keeping that it was said.
    ERASE_BODIES = "UPDATE journal SET salt = NULL, body = NULL
        WHERE tenant = $1 AND stream = $2 AND id = $3 AND seq >= $4 AND seq <= $5
        AND body IS NOT NULL";
}

/// What is to be erased, and why.
#[derive(Clone, Copy, Debug)]
pub struct Erasure<'a> {
    /// Of which thing.
    pub stream: Stream,
    /// Which of its lines; none for all that there are.
    pub lines: Option<&'a [i64]>,
    /// By which rule, in a word: the class of retention whose term is over.
    pub why: &'a str,
    /// When.
    pub at: Timestamp,
    /// In which role.
    pub role: &'a str,
    /// Chance, for the line that says so.
    pub salt: [u8; SALT_BYTES],
}

/// What a witness says.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    stream: String,
    /// The lines: first and last of each run.
    lines: Vec<(i64, i64)>,
    why: String,
}

/// Erases what the lines of a stream say, and says so; that they were written stays provable. Says how many
/// there were; of none nothing is said.
///
/// # Errors
/// [`DbError`].
pub async fn erase(tx: &mut Tx<'_>, erasure: Erasure<'_>) -> Result<u64, DbError> {
    let Erasure { stream, lines, why, at, role, salt } = erasure;
    let mut lines = match lines {
        Some(lines) => lines.to_vec(),
        None => {
            let saying: Vec<(i64,)> = tx.all(SAYING, params![tx.tenant(), stream.kind, stream.id]).await?;
            saying.into_iter().map(|(seq,)| seq).collect()
        }
    };
    lines.sort_unstable();
    let lines = runs(&lines);
    let mut erased = 0;
    for (first, last) in &lines {
        let values = params![tx.tenant(), stream.kind, stream.id, first, last];
        erased += tx.execute(ERASE_BODIES, values).await?;
    }
    if erased > 0 {
        let said = Said { stream: stream.kind.to_owned(), lines, why: why.to_owned() };
        let body = serde_json::to_string(&said).map_err(|error| DbError::Schema(error.to_string()))?;
        let stream = Stream::new(ERASED_STREAM, stream.id);
        append(tx, Entry { stream, at, role, command: ERASE, body: &body, salt }).await?;
    }
    Ok(erased)
}

/// Numbers in ascending order as runs without a gap.
fn runs(numbers: &[i64]) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for number in numbers.iter().copied() {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

/// What is witnessed of one stream.
#[derive(Debug, Default)]
pub(super) struct Witnesses(Vec<(RangeInclusive<i64>, Timestamp, String)>);

impl Witnesses {
    /// Of a stream that may have been made by any version of the product.
    pub(super) async fn of(tx: &mut Tx<'_>, stream: &str, id: Uuid) -> Result<Self, DbError> {
        let mut witnesses = Vec::new();
        for line in read(tx, Stream::new(ERASED_STREAM, id)).await? {
            let said = line.body.as_deref().and_then(|body| serde_json::from_str::<Said>(body).ok());
            let Some(said) = said.filter(|said| said.stream == stream && line.command == ERASE) else {
                continue;
            };
            let runs = said.lines.into_iter();
            witnesses.extend(runs.map(|(first, last)| (first..=last, line.at, said.why.clone())));
        }
        Ok(Self(witnesses))
    }

    /// Why a line of that time says nothing any more; none where nothing witnesses it.
    pub(super) fn why(&self, seq: i64, at: Timestamp) -> Option<&str> {
        let mut later = self.0.iter().filter(|(lines, when, _)| lines.contains(&seq) && *when >= at);
        later.next().map(|(.., why)| why.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn numbers_are_told_as_runs() {
        assert_eq!(runs(&[0, 1, 2, 5, 7, 8]), [(0, 2), (5, 5), (7, 8)]);
        assert_eq!(runs(&[]), []);
    }
}
