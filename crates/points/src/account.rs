//! Where points lie.

use std::fmt;
use std::str::FromStr;

use qige_db::Unknown;
use qige_kernel::PersonId;

/// An account of the ledger. The sum over all of them is always zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// From where the points of a year come: alone may it be below zero, down to that year's budget.
    Issuance(i16),
    /// What a person has to spend.
    Available(PersonId),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuance(year) => write!(f, "issuance:{year}"),
            Self::Available(person) => write!(f, "available:{person}"),
        }
    }
}

impl FromStr for Account {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        match text.split_once(':').ok_or(Unknown)? {
            ("issuance", year) => year.parse().map(Self::Issuance).map_err(|_| Unknown),
            ("available", person) => person.parse().map(Self::Available).map_err(|_| Unknown),
            _ => Err(Unknown),
        }
    }
}

qige_db::column_text!(Account);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_as_they_are_written() {
        let person: PersonId = "01890000-0000-7000-8000-000000000017".parse().unwrap();
        for account in [Account::Issuance(2026), Account::Available(person)] {
            assert_eq!(account.to_string().parse(), Ok(account));
        }
        for text in ["", "issuance", "issuance:x", "held:1", "available:1"] {
            assert_eq!(text.parse::<Account>(), Err(Unknown), "{text}");
        }
    }
}
