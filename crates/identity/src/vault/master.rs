//! The keys that lock the keys in the database. They are never in the database themselves.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_kernel::Entropy;

use super::cipher::{Algorithm, KEY_BYTES, Key};

/// Letters of a key's name at most.
const NAME_LETTERS_MAX: usize = 40;

/// Keys as a file, a variable or a command gives them: one a line, a name, a colon and 32 bytes in base64.
/// The first one locks; all of them open. Lines that begin with `#` are for people.
#[derive(Clone)]
pub struct MasterKeys(Vec<(String, [u8; KEY_BYTES])>);

/// Why a text holds no keys. Says the line, never what is on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeysError {
    /// No line with a key.
    #[error("there is no key in it; a key is a line like `2026:` and 32 bytes in base64")]
    None,
    /// A line that is no key.
    #[error("line {0} is not a name, a colon and 32 bytes in base64")]
    Line(usize),
    /// A name that is there twice.
    #[error("line {0} names a key that is there already")]
    Twice(usize),
}

impl MasterKeys {
    /// One new key of that name.
    #[must_use]
    pub fn draw(name: &str, entropy: &Entropy) -> Self {
        Self(vec![(name.to_owned(), entropy.bytes())])
    }

    /// As it is kept in a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let line = |(name, bytes): &(String, [u8; KEY_BYTES])| format!("{name}:{}\n", STANDARD.encode(bytes));
        self.0.iter().map(line).collect()
    }

    /// The one that locks.
    pub(crate) fn current(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }

    /// All names, for saying which are there.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn key(&self, name: &str, algorithm: Algorithm) -> Option<Key> {
        let (_, bytes) = self.0.iter().find(|(known, _)| known == name)?;
        Some(Key::new(algorithm, *bytes))
    }
}

impl FromStr for MasterKeys {
    type Err = MasterKeysError;

    fn from_str(text: &str) -> Result<Self, MasterKeysError> {
        let mut keys: Vec<(String, [u8; KEY_BYTES])> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let (number, line) = (number + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, bytes) = key_of(line).ok_or(MasterKeysError::Line(number))?;
            if keys.iter().any(|(known, _)| *known == name) {
                return Err(MasterKeysError::Twice(number));
            }
            keys.push((name, bytes));
        }
        if keys.is_empty() { Err(MasterKeysError::None) } else { Ok(Self(keys)) }
    }
}

fn key_of(line: &str) -> Option<(String, [u8; KEY_BYTES])> {
    let (name, bytes) = line.split_once(':')?;
    let name = name.trim();
    let letter = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter);
    if name.is_empty() || name.len() > NAME_LETTERS_MAX || !name.bytes().all(letter) {
        return None;
    }
    let bytes = STANDARD.decode(bytes.trim()).ok()?.try_into().ok()?;
    Some((name.to_owned(), bytes))
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MasterKeys").field(&self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_keys_is_read_as_it_was_written() {
        let keys = MasterKeys::draw("2026", &Entropy::seeded(1));
        let text = format!(
            "# ours\n\n{} {}",
            keys.to_text(),
            MasterKeys::draw("2025", &Entropy::seeded(2)).to_text()
        );
        let read: MasterKeys = text.parse().unwrap();
        assert_eq!((read.current(), read.names()), (Some("2026"), vec!["2026", "2025"]));
        assert_eq!(format!("{read:?}"), r#"MasterKeys(["2026", "2025"])"#);
    }

    #[test]
    fn what_is_no_key_is_named_by_its_line_and_not_repeated() {
        let refused = [
            ("", MasterKeysError::None),
            ("# nothing\n", MasterKeysError::None),
            ("2026", MasterKeysError::Line(1)),
            ("\n2026:c2hvcnQ=", MasterKeysError::Line(2)),
            ("a b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", MasterKeysError::Line(1)),
        ];
        for (text, error) in refused {
            assert_eq!(text.parse::<MasterKeys>().unwrap_err(), error, "{text}");
        }
        let twice = MasterKeys::draw("2026", &Entropy::seeded(1)).to_text().repeat(2);
        assert_eq!(twice.parse::<MasterKeys>().unwrap_err(), MasterKeysError::Twice(2));
    }
}
