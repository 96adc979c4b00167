//! An address of a person is proved by a code that was sent there, so that nobody's notices go to somebody
//! else.

use qige_db::{Command, Failure, Tx, from_row, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long a code is good, microseconds.
pub const CODE_MICROS: i64 = 30 * Timestamp::MINUTE;
/// How often one may be wrong: of a million codes, five guesses find one in two hundred thousand times.
pub const CODE_TRIES: i64 = 5;

statements! {
    /// What waits for its code.
    CODE = "SELECT code_sha256, code_until, code_tries FROM ways
        WHERE tenant = $1 AND id = $2 AND person = $3 AND confirmed_at IS NULL";
    /// One more guess.
    GUESSED = "UPDATE ways SET code_tries = code_tries + 1 WHERE tenant = $1 AND id = $2";
    /// It came right.
    CONFIRMED = "UPDATE ways SET confirmed_at = $3, code_sha256 = NULL, code_until = NULL
        WHERE tenant = $1 AND id = $2";
}

/// A code of six digits: shown to nobody, sent once, kept as its hash.
#[derive(Clone)]
pub struct NewCode {
    /// What is sent.
    pub digits: String,
    pub(super) digest: [u8; 32],
    pub(super) until: Timestamp,
}

impl NewCode {
    /// From chance, for that way.
    #[must_use]
    pub fn draw(way: Uuid, now: Timestamp, entropy: &Entropy) -> Self {
        let number = u32::from_be_bytes(entropy.bytes()) % 1_000_000;
        let digits = format!("{number:06}");
        Self { digest: digest(way, &digits), digits, until: now.plus(CODE_MICROS) }
    }
}

impl std::fmt::Debug for NewCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewCode(…)")
    }
}

fn digest(way: Uuid, digits: &str) -> [u8; 32] {
    Sha256::new().chain_update(way.as_bytes()).chain_update(digits).finalize().into()
}

from_row! {
    struct Waiting { code_sha256: Vec<u8>, code_until: Timestamp, code_tries: i64 }
}

/// Proves an address by its code. Answers false where the code is another: that is counted, so it is no
/// refusal, which would leave nothing behind.
#[derive(Clone, Debug)]
pub struct ConfirmWay {
    /// Which way.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// What was typed.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

impl Command for ConfirmWay {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let waiting: Option<Waiting> = tx.optional(CODE, params![tx.tenant(), self.id, self.person]).await?;
        let gone = || Refusal::new(RefusalKind::Conflict, "way-code-gone");
        let good = |waiting: &Waiting| self.at <= waiting.code_until && waiting.code_tries < CODE_TRIES;
        let waiting = waiting.filter(good).ok_or_else(gone)?;
        let typed: String = self.code.chars().filter(char::is_ascii_digit).collect();
        if waiting.code_sha256 != digest(self.id, &typed) {
            tx.execute(GUESSED, params![tx.tenant(), self.id]).await?;
            return Ok(false);
        }
        tx.execute(CONFIRMED, params![tx.tenant(), self.id, self.at]).await?;
        Ok(true)
    }
}
