//! Passwords: what is a good one, and how its hash is made and compared.
//!
//! Argon2id (RFC 9106) with the parameters of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one
//! lane. Hashing is slow on purpose: it happens on threads of its own, outside every transaction, and only a
//! few at once, so that a flood of tries fills neither the memory nor the processor.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use qige_db::{Cell, DbError, Failure, FromColumn, Param, ToParam};
use qige_kernel::{Entropy, Refusal, Timestamp};
use tokio::sync::Semaphore;
use zxcvbn::zxcvbn;

use crate::DRAWN_MICROS;
use crate::name::search_key;

/// Letters of a password at least (NIST SP 800-63B, 3.1.1.2).
pub const PASSWORD_LETTERS_MIN: usize = 8;
/// Bytes of a password at most: enough for any sentence, and a bound on what has to be hashed.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Memory for one hash, KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of salt (RFC 9106, 3.1).
const SALT_BYTES: usize = 16;
/// Hashes made at once at most: 76 MiB, and a processor left for everybody else.
const HASHES_AT_ONCE: usize = 4;

/// Guesses after which whoever knows what people choose has tried it. The thirty thousand most common
/// passwords (11,611 of them long enough here) are all tried before, with capitals and with signs for
/// letters, and so are runs, repetitions, dates and rows of the keyboard.
const SOON_GUESSED: u64 = 1_000_000;

/// What people here choose and [`zxcvbn`] does not know: numbers of love, a name as it is typed.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());
/// Words that a password must not be, nor with digits and signs around them or in the place of letters: those
/// that people choose again and again, and [`OWN_WORDS`].
static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/common-words.txt").lines().chain(OWN_WORDS).collect());
/// Words of this product, of the work, of signing in. The guide lists them.
const OWN_WORDS: [&str; 16] = [
    "qige", "骑格", "qishou", "骑手", "wangge", "网格", "jiedao", "街道", "shequ", "社区", "admin",
    "password", "mima", "密码", "demo", "welcome",
];

static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// A password in clear. Never shown, never kept.
#[derive(Clone)]
pub struct Password {
    text: String,
    by: By,
}

/// Who made a password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// Its owner.
    Owner,
    /// Somebody else, for a time.
    Somebody,
    /// Whoever set the subdistrict up: nobody is there yet who could draw another, so it is good until it is
    /// used.
    Founder,
}

impl Password {
    /// One that a person chooses. `about` is what others know of them: a password is not made of that.
    ///
    /// # Errors
    /// Refused when it is too short, too long or too easily guessed.
    pub fn chosen(text: &str, about: &[&str]) -> Result<Self, Refusal> {
        if text.chars().count() < PASSWORD_LETTERS_MIN {
            return Err(Refusal::invalid("password", "password-short").with("min", PASSWORD_LETTERS_MIN));
        }
        if text.len() > PASSWORD_BYTES_MAX {
            return Err(Refusal::invalid("password", "password-long").with("max", PASSWORD_BYTES_MAX));
        }
        let key = search_key(text);
        let is_of = |known: &str| !known.is_empty() && (known == key || is_word_of(known, &key));
        let known = about.iter().any(|text| is_of(&search_key(text)));
        if known || is_a_common_word(&key) || COMMON.contains(key.as_str()) || is_soon_guessed(&key, about) {
            return Err(Refusal::invalid("password", "password-easy"));
        }
        Ok(Self { text: text.to_owned(), by: By::Owner })
    }

    /// One that a person signs in with; it may be anything.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self { text: text.to_owned(), by: By::Owner }
    }

    /// One that was drawn for somebody else, who is to choose another.
    #[must_use]
    pub fn drawn(text: &str) -> Self {
        Self { text: text.to_owned(), by: By::Somebody }
    }

    /// The same for the first administrators.
    #[must_use]
    pub fn drawn_first(text: &str) -> Self {
        Self { text: text.to_owned(), by: By::Founder }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether both are the same word, whatever digits and signs stand around it: 骑手 0017, qishou123!
fn is_word_of(known: &str, key: &str) -> bool {
    let word = bare(key);
    !word.is_empty() && word == bare(known)
}

/// Without the digits and signs around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|sign: char| !sign.is_alphabetic())
}

/// Whether it is one of [`WORDS`], as it is or with the usual signs for letters: password1, p@ssw0rd!
fn is_a_common_word(key: &str) -> bool {
    let word = bare(key);
    let letter = |sign| match sign {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    WORDS.contains(word) || WORDS.contains(word.chars().map(letter).collect::<String>().as_str())
}

/// Whether it is found within [`SOON_GUESSED`] by somebody who knows this much about its owner.
fn is_soon_guessed(text: &str, about: &[&str]) -> bool {
    zxcvbn(text, about).guesses() < SOON_GUESSED
}

/// What is kept of a password, in the PHC string format, and who made it.
#[derive(Clone)]
pub struct PasswordHash {
    text: String,
    by: By,
}

impl PasswordHash {
    /// Until when a password is good that is set now: for ever, where its owner chose it.
    pub(crate) fn until(&self, at: Timestamp) -> Option<Timestamp> {
        match self.by {
            By::Owner => None,
            By::Somebody => Some(at.plus(DRAWN_MICROS)),
            By::Founder => Some(Timestamp::from_micros(i64::MAX)),
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl ToParam for PasswordHash {
    fn to_param(&self) -> Param {
        Param::Text(self.text.clone())
    }
}

impl FromColumn for PasswordHash {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        String::from_cell(cell).map(|text| Self { text, by: By::Owner })
    }
}

/// Makes the hash of a password.
///
/// # Errors
/// [`DbError::Unavailable`] when the process is ending.
pub async fn hash(password: &Password, entropy: &Entropy) -> Result<PasswordHash, Failure> {
    let (password, salt) = (password.clone(), entropy.bytes::<SALT_BYTES>());
    apart(move || made(&password, &salt)).await?.map_err(|error| broken(&error))
}

/// Whether `password` is the one that `hash` was made of. Without a hash it takes as long and says no, so
/// that the time does not tell whether there is such an account.
///
/// # Errors
/// As [`hash`].
pub async fn verify(password: &Password, hash: Option<&PasswordHash>) -> Result<bool, Failure> {
    let (password, hash) = (password.clone(), hash.cloned());
    apart(move || {
        if password.text.len() > PASSWORD_BYTES_MAX {
            return false;
        }
        let Some(hash) = hash else {
            let _as_long = std::hint::black_box(made(&password, &[0; SALT_BYTES]));
            return false;
        };
        let Ok(parsed) = Phc::new(&hash.text) else { return false };
        argon2().is_ok_and(|argon2| argon2.verify_password(password.text.as_bytes(), &parsed).is_ok())
    })
    .await
}

fn argon2() -> argon2::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn made(password: &Password, salt: &[u8]) -> Result<PasswordHash, String> {
    let argon2 = argon2().map_err(|error| error.to_string())?;
    let hash: Phc =
        argon2.hash_password_with_salt(password.text.as_bytes(), salt).map_err(|error| error.to_string())?;
    Ok(PasswordHash { text: hash.to_string(), by: password.by })
}

/// Runs slow work on a thread of its own, when its turn has come.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let turn = HASHING.acquire().await.map_err(|error| broken(&error))?;
    let result = tokio::task::spawn_blocking(work).await.map_err(|error| broken(&error));
    drop(turn);
    result
}

fn broken(error: &dyn fmt::Display) -> Failure {
    DbError::Unavailable(format!("password hashing: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, about: &[&str]) -> &'static str {
        Password::chosen(text, about).map_or_else(|refusal| refusal.code, |_| "good")
    }

    #[test]
    fn a_password_has_a_length() {
        assert_eq!(code("七个字不够长啊", &[]), "password-short");
        assert_eq!(code("八个字就已经够了", &[]), "good");
        let long = "桥下灯亮着慢慢走，".repeat(9);
        let long: String = std::iter::once('a').chain(long.chars()).chain("bcdefghijklm".chars()).collect();
        assert_eq!((long.len(), code(&long, &[])), (PASSWORD_BYTES_MAX, "good"));
        assert_eq!(code(&format!("{long}n"), &[]), "password-long");
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        let easy =
            ["12345678", "87654321", "aaaaaaaa", "abcdefgh", "Password", "１２３４５６７８", "1Q2W3E4R"];
        for text in
            easy.into_iter().chain(["woaini1314", "5201314520", "qige2026", "QIGE-1234!", "网格---2026"])
        {
            assert_eq!(code(text, &[]), "password-easy", "{text}");
        }
        for text in ["P@ssw0rd", "iloveyou!", "dragon2024", "Woaini520", "Sunsh1ne99", "qwertyuiop123"] {
            assert_eq!(code(text, &[]), "password-easy", "{text}");
        }
        // A few thousand places down the list of what is chosen most, by its owner's name, and by a date.
        for (text, about) in
            [("metallica1", ""), ("Snowball", ""), ("liuxiaohong7", "liuxiaohong"), ("19991231", "")]
        {
            assert_eq!(code(text, &[about]), "password-easy", "{text}");
        }
        assert!(COMMON.iter().all(|one| code(one, &[]) == "password-easy" && !is_soon_guessed(one, &[])));
        assert!(WORDS.iter().all(|one| code(&format!("{one}2026!!!!"), &[]) != "good"));
        assert_eq!(code("13800001234", &["zuoxi.03", "13800001234"]), "password-easy");
        assert_eq!(code("Dispatcher.03", &["dispatcher.03"]), "password-easy");
        assert_eq!(code("骑行者 0017", &["骑行者 2046"]), "password-easy");
        assert_eq!(code("13846279035", &["", "13846279036"]), "good");
        assert_eq!(code("qige-demo-2026", &[]), "good");
        assert_eq!(code("骑车慢慢走123", &[]), "good");
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let entropy = Entropy::seeded(1);
        let password = Password::chosen("桥下的灯亮 37", &[]).unwrap();
        let hash = hash(&password, &entropy).await.unwrap();
        assert!(hash.text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.text);
        assert!(verify(&Password::typed("桥下的灯亮 37"), Some(&hash)).await.unwrap());
        assert!(!verify(&Password::typed("桥下的灯亮 38"), Some(&hash)).await.unwrap());
        assert!(!verify(&Password::typed(&"x".repeat(300)), Some(&hash)).await.unwrap());
        assert!(
            !verify(&password, Some(&PasswordHash { text: "broken".to_owned(), by: By::Owner }))
                .await
                .unwrap()
        );
        assert!(!verify(&password, None).await.unwrap());
        let again = super::hash(&password, &entropy).await.unwrap();
        assert!(again.text != hash.text, "each hash has its own salt");
        assert_eq!(format!("{password:?} {hash:?}"), "Password(…) PasswordHash(…)");
    }
}
