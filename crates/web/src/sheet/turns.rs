//! How many files are made at once: each reads without end and writes as fast as it is fetched.

use std::sync::{Arc, Mutex, PoisonError};

use qige_kernel::{PersonId, Refusal, RefusalKind};

/// Files at once: as many as there are readers of the database, less those that pages need.
const FILES_AT_ONCE: usize = 3;
/// Files of one person at once: a second while the first is still on its way.
const FILES_OF_ONE: usize = 2;
/// Files at once of all who are not signed in: whoever works here finds a turn, however many come.
const FILES_OF_STRANGERS: usize = 1;

/// Whose files are being made in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Arc<Mutex<Vec<Option<PersonId>>>>);

/// Somebody's turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(Turns, Option<PersonId>);

impl Turns {
    /// A turn of `person`; of a stranger where it is none.
    ///
    /// # Errors
    /// `files-too-many` while others, or this person, have as many under way as there may be.
    pub(crate) fn take(&self, person: Option<PersonId>) -> Result<Turn, Refusal> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.iter().filter(|known| **known == person).count();
        let most = if person.is_some() { FILES_OF_ONE } else { FILES_OF_STRANGERS };
        if held.len() >= FILES_AT_ONCE || own >= most {
            return Err(Refusal::new(RefusalKind::TooMany, "files-too-many"));
        }
        held.push(person);
        Ok(Turn(self.clone(), person))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut held = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = held.iter().position(|known| *known == self.1) {
            held.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_takes_all_turns_and_they_come_back() {
        let turns = Turns::default();
        let [one, other] = [1, 2].map(|number| Some(PersonId(Uuid::from_u128(number))));
        let own = [turns.take(one).unwrap(), turns.take(one).unwrap()];
        assert_eq!(turns.take(one).unwrap_err().code, "files-too-many");
        let last = turns.take(other).unwrap();
        assert_eq!(
            turns.take(other).unwrap_err().code,
            "files-too-many",
            "three are as many as there may be"
        );
        drop((own, last));
        assert!(turns.0.lock().unwrap().is_empty());
        let stranger = turns.take(None).unwrap();
        assert_eq!(turns.take(None).unwrap_err().code, "files-too-many", "strangers have one together");
        drop((turns.take(one).unwrap(), turns.take(other).unwrap(), stranger));
    }
}
