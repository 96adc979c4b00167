//! A person gets an account.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind};
use serde_json::json;

use super::change::{BY_SIGN_IN_NAME, name_taken, phone_taken, who_has};
use crate::{DisplayName, KeptPhone, PasswordHash, SignInName, Stamp};

statements! {
    /// A new person; no row comes back when the id, the sign-in name or the number is taken.
    INSERT = "INSERT INTO people (tenant, id, name, name_key, sign_in_name, phone, phone_index, password_hash,
            password_until, state, locale, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11, $11)
        ON CONFLICT DO NOTHING RETURNING id";
}

/// A person to be.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their id.
    pub id: PersonId,
    /// The name that others read.
    pub name: DisplayName,
    /// By which name they sign in.
    pub sign_in_name: Option<SignInName>,
    /// By which number they sign in.
    pub phone: Option<KeptPhone>,
    /// Their first password; without one they cannot sign in yet.
    pub password: Option<PasswordHash>,
    /// Their language, as BCP 47.
    pub locale: Option<String>,
}

/// Gives a person an account, without any role.
#[derive(Clone, Debug)]
pub struct AddPerson {
    /// Who.
    pub person: NewPerson,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for AddPerson {
    type Output = PersonId;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<PersonId, Failure> {
        add(tx, &self.person, &self.stamp).await?;
        Ok(self.person.id)
    }
}

pub(crate) async fn add(tx: &mut Tx<'_>, new: &NewPerson, stamp: &Stamp) -> Result<(), Failure> {
    if new.sign_in_name.is_none() && new.phone.is_none() {
        return Err(Refusal::invalid("phone", "sign-in-way-missing").into());
    }
    keep(tx, new, stamp).await
}

/// The same without asking how they sign in: a program never does.
pub(crate) async fn keep(tx: &mut Tx<'_>, new: &NewPerson, stamp: &Stamp) -> Result<(), Failure> {
    let tenant = tx.tenant();
    let sign_in_name = new.sign_in_name.as_ref().map(SignInName::as_str);
    if let Some(phone) = &new.phone
        && who_has(tx, &phone.lookup).await?.is_some()
    {
        return Err(phone_taken().into());
    }
    let phone = new.phone.as_ref().map(|phone| &phone.sealed);
    let index = new.phone.as_ref().map(|phone| phone.lookup.now);
    let (name, key, password) = (new.name.as_str(), new.name.key(), &new.password);
    let until = password.as_ref().and_then(|password| password.until(stamp.at));
    let values =
        params![tenant, new.id, name, key, sign_in_name, phone, index, password, until, new.locale, stamp.at];
    if tx.optional::<(PersonId,)>(INSERT, values).await?.is_none() {
        return Err(why_taken(tx, new).await?.into());
    }
    let body = json!({
        "name": new.name, "sign-in-name": sign_in_name, "phone": new.phone.is_some(),
        "password": new.password.is_some(),
    });
    stamp.note(tx, "person", new.id.0, "add-person", &body).await?;
    tx.announce("person", new.id.0);
    Ok(())
}

async fn why_taken(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Refusal, Failure> {
    let tenant = tx.tenant();
    if let Some(name) = &new.sign_in_name
        && tx.optional::<(PersonId,)>(BY_SIGN_IN_NAME, params![tenant, name.as_str()]).await?.is_some()
    {
        return Ok(name_taken());
    }
    // Somebody else may have taken the number at this very moment.
    if let Some(phone) = &new.phone
        && who_has(tx, &phone.lookup).await?.is_some()
    {
        return Ok(phone_taken());
    }
    Ok(Refusal::new(RefusalKind::Conflict, "person-known"))
}
