//! One subdistrict to try things on.

use std::net::IpAddr;
use std::sync::Arc;

use qige_db::testing::TestDb;
use qige_db::{Actor, Asker, BoxFuture, Command, Failure, Tx, journal};
use qige_identity::{
    AddPerson, Address, Algorithm, CredentialKind, DisplayName, Grant, GrantRole, MasterKeys, NewPerson,
    PasswordHash, PhoneNumber, Role, Scope, Secret, SignInName, Stamp, TriedFrom, Vault, Who, who_by_secret,
};
use qige_kernel::{Entropy, GrantId, ManualClock, PersonId, Refusal, TenantId, Timestamp};
use uuid::Uuid;

/// Noon, 3 November 2026, in the subdistrict.
pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_793_678_400_000_000);

pub(crate) fn after(micros: i64) -> Timestamp {
    NOON.plus(micros)
}

pub(crate) struct Town {
    pub(crate) db: TestDb,
    pub(crate) tenant: TenantId,
    pub(crate) entropy: Entropy,
    pub(crate) vault: Vault,
}

impl Town {
    pub(crate) fn new(db: TestDb) -> Self {
        let entropy = Entropy::seeded(17);
        let clock = Arc::new(ManualClock::at(NOON));
        let masters = MasterKeys::draw("master", &entropy);
        let vault = Vault::new(db.clone(), masters, Algorithm::Aes256Gcm, clock, entropy.clone());
        Self { db, tenant: TenantId(Uuid::from_u128(1)), entropy, vault }
    }

    pub(crate) fn system(&self) -> Asker {
        Asker::system(self.tenant)
    }

    pub(crate) fn by(&self, person: PersonId) -> Asker {
        Asker { tenant: self.tenant, actor: Actor::Person(person) }
    }

    /// From an address, by a browser never used before.
    pub(crate) fn from(&self, number: u8) -> TriedFrom {
        let address = Address::from(IpAddr::from([192, 0, 2, number]));
        TriedFrom { address, browser: Secret::draw(CredentialKind::Browser, &self.entropy) }
    }

    pub(crate) fn stamp(&self, at: Timestamp) -> Stamp {
        Stamp::new(at, Some(Role::SecurityAdmin), &self.entropy)
    }

    pub(crate) async fn write<C: Command>(&self, command: C) -> Result<C::Output, Failure> {
        self.db.write(self.system(), command).await
    }

    pub(crate) async fn done<C: Command>(&self, command: C) -> C::Output {
        self.write(command).await.unwrap()
    }

    pub(crate) async fn refused<C: Command>(&self, command: C) -> Refusal
    where
        C::Output: std::fmt::Debug,
    {
        refusal(self.write(command).await)
    }

    pub(crate) async fn read<T, Q>(&self, query: Q) -> T
    where
        T: Send + 'static,
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    {
        self.db.read(self.system(), query).await.unwrap()
    }

    pub(crate) fn new_person(&self, name: &str) -> NewPerson {
        NewPerson {
            id: self.entropy.id(NOON),
            name: name.parse::<DisplayName>().unwrap(),
            sign_in_name: Some(name.replace(' ', "-").parse::<SignInName>().unwrap()),
            phone: None,
            password: None,
            locale: None,
        }
    }

    /// Somebody with a number.
    pub(crate) async fn new_person_by(&self, name: &str, phone: &str) -> NewPerson {
        let person = self.new_person(name);
        let number: PhoneNumber = phone.parse().unwrap();
        let phone = self.vault.seal_phone(self.tenant, person.id.0, &number).await.unwrap();
        NewPerson { phone: Some(phone), ..person }
    }

    pub(crate) async fn person(&self, name: &str) -> PersonId {
        let person = self.new_person(name);
        self.done(AddPerson { person, stamp: self.stamp(NOON) }).await
    }

    pub(crate) async fn person_with(&self, name: &str, phone: &str, password: PasswordHash) -> PersonId {
        let person = NewPerson { password: Some(password), ..self.new_person_by(name, phone).await };
        self.done(AddPerson { person, stamp: self.stamp(NOON) }).await
    }

    pub(crate) fn grant(&self, role: Role, scope: Scope, from: Timestamp) -> Grant {
        Grant { id: self.entropy.id(from), role, scope, from, until: None }
    }

    pub(crate) async fn give(&self, person: PersonId, role: Role, scope: Scope) -> GrantId {
        let grant = self.grant(role, scope, NOON);
        self.done(GrantRole { person, grant, stamp: self.stamp(NOON) }).await;
        grant.id
    }

    pub(crate) async fn who(&self, secret: &Secret, now: Timestamp) -> Option<Who> {
        let secret = secret.clone();
        self.read(move |tx| Box::pin(async move { Ok(who_by_secret(tx, &secret, now).await?) })).await
    }

    /// What the journal holds of a stream: command and body, oldest first.
    pub(crate) async fn journal(&self, kind: &'static str, id: impl Into<Uuid>) -> Vec<(String, String)> {
        let stream = journal::Stream::new(kind, id);
        let lines = self.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
        lines.into_iter().map(|line| (line.command.clone(), line.body().to_string())).collect()
    }
}

pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Failure>) -> Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
