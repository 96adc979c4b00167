//! Mobile numbers under lock: sealed for one person, opened for somebody who may.

use std::collections::HashMap;

use qige_identity::{KeptPhone, Lookup, Permission, PhoneNumber, Purpose, Sealed};
use qige_kernel::PersonId;
use uuid::Uuid;

use crate::admin::stamp;
use crate::{Cx, Fault};

/// A number as it is kept for that person.
pub(crate) async fn sealed(
    cx: &Cx,
    person: PersonId,
    number: Option<&PhoneNumber>,
) -> Result<Option<KeptPhone>, Fault> {
    let Some(number) = number else { return Ok(None) };
    Ok(Some(cx.app().vault.seal_phone(cx.tenant()?.id, person.0, number).await?))
}

/// What finds a number, where the words are one.
pub(super) async fn looked_for(cx: &Cx, words: &str) -> Result<Option<Lookup>, Fault> {
    let Ok(number) = words.parse::<PhoneNumber>() else { return Ok(None) };
    Ok(Some(number.lookup(&cx.app().vault.index_key(cx.tenant()?.id).await?)))
}

/// The numbers of these people, noted in the access log of each.
pub(super) async fn opened(
    cx: &Cx,
    purpose: Purpose,
    kept: Vec<(PersonId, Sealed)>,
) -> Result<HashMap<PersonId, PhoneNumber>, Fault> {
    if kept.is_empty() {
        return Ok(HashMap::new());
    }
    let people: Vec<PersonId> = kept.iter().map(|(person, _)| *person).collect();
    let wanted: Vec<(Uuid, Sealed)> = kept.into_iter().map(|(person, sealed)| (person.0, sealed)).collect();
    let stamp = stamp(cx, Permission::ManagePeople)?;
    let numbers = cx.app().vault.read_phones(cx.asker()?, purpose, stamp, wanted).await?;
    Ok(people.into_iter().zip(numbers).collect())
}
