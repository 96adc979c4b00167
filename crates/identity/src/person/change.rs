//! A person is called otherwise, or signs in otherwise.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{CredentialId, PersonId, Refusal, RefusalKind};
use serde_json::json;

use super::{PersonState, require};
use crate::credential::revoke_all;
use crate::{DisplayName, KeptPhone, Lookup, PasswordHash, SignInName, Stamp};

statements! {
    /// Who signs in by this name.
    BY_SIGN_IN_NAME = "SELECT id FROM people WHERE tenant = $1 AND sign_in_name = $2";
    /// Who signs in by this number.
    BY_PHONE = "SELECT id FROM people WHERE tenant = $1 AND phone_index IN ($2, $3)";
    /// How a person is called and reached.
    CHANGE = "UPDATE people SET name = $3, name_key = $4, sign_in_name = $5, phone = $6, phone_index = $7,
        updated_at = $8 WHERE tenant = $1 AND id = $2";
    /// Another password.
    SET_PASSWORD = "UPDATE people SET password_hash = $3, password_until = $4, updated_at = $5
        WHERE tenant = $1 AND id = $2";
}

/// Who has this number.
pub(crate) async fn who_has(tx: &mut Tx<'_>, lookup: &Lookup) -> Result<Option<PersonId>, DbError> {
    let values = params![tx.tenant(), lookup.now, lookup.before];
    Ok(tx.optional::<(PersonId,)>(BY_PHONE, values).await?.map(|(id,)| id))
}

pub(super) fn name_taken() -> Refusal {
    Refusal { field: Some("sign_in_name"), ..Refusal::new(RefusalKind::Conflict, "sign-in-name-taken") }
}

pub(super) fn phone_taken() -> Refusal {
    Refusal { field: Some("phone"), ..Refusal::new(RefusalKind::Conflict, "phone-taken") }
}

/// Changes how a person is called and by what they sign in.
#[derive(Clone, Debug)]
pub struct ChangePerson {
    /// Who.
    pub person: PersonId,
    /// The name that others read.
    pub name: DisplayName,
    /// By which name they sign in.
    pub sign_in_name: Option<SignInName>,
    /// By which number they sign in.
    pub phone: Option<KeptPhone>,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for ChangePerson {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let tenant = tx.tenant();
        let before = require(tx, self.person).await?;
        if before.state == PersonState::Left {
            return Err(Refusal::new(RefusalKind::Conflict, "person-left").into());
        }
        if self.sign_in_name.is_none() && self.phone.is_none() {
            return Err(Refusal::invalid("phone", "sign-in-way-missing").into());
        }
        let sign_in_name = self.sign_in_name.as_ref().map(SignInName::as_str);
        let is_other = |found: Option<(PersonId,)>| found.is_some_and(|(id,)| id != self.person);
        if is_other(tx.optional(BY_SIGN_IN_NAME, params![tenant, sign_in_name]).await?) {
            return Err(name_taken().into());
        }
        let mut same_phone = self.phone.is_none() && before.phone.is_none();
        if let Some(phone) = &self.phone {
            let found = who_has(tx, &phone.lookup).await?;
            same_phone = found == Some(self.person);
            if is_other(found.map(|found| (found,))) {
                return Err(phone_taken().into());
            }
        }
        let phone = self.phone.as_ref().map(|phone| &phone.sealed);
        let index = self.phone.as_ref().map(|phone| phone.lookup.now);
        let (name, key) = (self.name.as_str(), self.name.key());
        let values = params![tenant, self.person, name, key, sign_in_name, phone, index, self.stamp.at];
        tx.execute(CHANGE, values).await?;
        let body = json!({
            "name": (before.name != name).then_some([before.name.as_str(), name]),
            "sign-in-name": before.sign_in_name.as_deref() != sign_in_name,
            "phone": !same_phone,
        });
        self.stamp.note(tx, "person", self.person.0, "change-person", &body).await?;
        tx.announce("person", self.person.0);
        Ok(())
    }
}

/// Gives a person another password and signs them out everywhere else: whoever knew the old one is out too.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// Whose.
    pub person: PersonId,
    /// The new one; the old one was asked for before, where a person changes their own.
    pub password: PasswordHash,
    /// The session in which a person changes their own, which stays.
    pub keep: Option<CredentialId>,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for SetPassword {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if require(tx, self.person).await?.state == PersonState::Left {
            return Err(Refusal::new(RefusalKind::Conflict, "person-left").into());
        }
        let until = self.password.until(self.stamp.at);
        let values = params![tx.tenant(), self.person, self.password, until, self.stamp.at];
        tx.execute(SET_PASSWORD, values).await?;
        revoke_all(tx, self.person, self.keep, self.stamp.at).await?;
        Ok(self.stamp.note(tx, "person", self.person.0, "set-password", &json!({})).await?)
    }
}
