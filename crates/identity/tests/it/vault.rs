//! Numbers under lock: in the database, found without being opened, and followed from key to key.

use std::sync::Arc;

use qige_db::testing::TestDb;
use qige_db::{Asker, Engine, Failure, db_test, params, statements};
use qige_identity::{
    AddPerson, Algorithm, KeyClass, MasterKeys, PEOPLE_PHONE, PersonState, PhoneNumber, Purpose,
    SealedColumn, Vault, Wanted,
};
use qige_kernel::{Clock, Entropy, ManualClock, PersonId, TenantId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

statements! {
    /// What is kept.
    KEPT = "SELECT phone FROM people WHERE tenant = $1 AND id = $2";
    /// Which keys there are.
    KEYS = "SELECT class, version, master FROM data_keys WHERE tenant = $1 ORDER BY class, version";
}

const NUMBER: &str = "+8613800001234";

fn another(town: &Town, masters: &MasterKeys, algorithm: Algorithm, clock: &ManualClock) -> Vault {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    Vault::new(town.db.clone(), masters.clone(), algorithm, clock, town.entropy.clone())
}

impl Town {
    async fn kept(&self, person: PersonId) -> String {
        self.read(move |tx| {
            Box::pin(async move { Ok(tx.one::<(String,)>(KEPT, params![tx.tenant(), person]).await?.0) })
        })
        .await
    }

    async fn keys(&self) -> Vec<(String, i64, String)> {
        self.read(|tx| Box::pin(async move { Ok(tx.all(KEYS, params![tx.tenant()]).await?) })).await
    }

    pub(crate) async fn number(&self, vault: &Vault, person: PersonId) -> Result<PhoneNumber, Failure> {
        let sealed = self.load(person).await.phone.unwrap();
        let (wanted, stamp) = (vec![(person.0, sealed)], self.stamp(NOON));
        Ok(vault.read_phones(self.system(), Purpose::Reach, stamp, wanted).await?.remove(0))
    }

    async fn somebody(&self) -> PersonId {
        let person = self.new_person_by("骑手 0017", NUMBER).await;
        self.done(AddPerson { person, stamp: self.stamp(NOON) }).await
    }
}

static COLUMNS: [SealedColumn; 2] = [
    SealedColumn { name: "test.address", ..PEOPLE_PHONE },
    SealedColumn { class: KeyClass::Care, ..PEOPLE_PHONE },
];

#[db_test]
async fn a_field_opens_for_the_row_it_was_sealed_for_and_no_other(db: TestDb) {
    let town = Town::new(db);
    let (one, other) = (Uuid::from_u128(17), Uuid::from_u128(18));
    let sealed = town.vault.seal(COLUMNS[0].field(town.tenant, one), "河边巷 3 号").await.unwrap();
    let read = |asker, column, owner| {
        let wanted = [Wanted { column, row: owner, owner, sealed: sealed.clone() }];
        let (vault, stamp) = (&town.vault, town.stamp(NOON));
        async move { vault.read(asker, Purpose::Reach, stamp, &wanted).await }
    };
    let us = town.system();
    assert_eq!(read(us, &COLUMNS[0], one).await.unwrap(), ["河边巷 3 号"]);
    assert_eq!(refusal(read(us, &COLUMNS[0], other).await).code, "sealed-broken", "another row");
    assert_eq!(refusal(read(us, &PEOPLE_PHONE, one).await).code, "sealed-broken", "another column");
    assert_eq!(refusal(read(us, &COLUMNS[1], one).await).code, "key-unknown", "another class");
    let elsewhere = Asker::system(TenantId(Uuid::from_u128(2)));
    assert_eq!(refusal(read(elsewhere, &COLUMNS[0], one).await).code, "key-unknown", "another tenant");
    let again = town.vault.seal(COLUMNS[0].field(town.tenant, one), "河边巷 3 号").await.unwrap();
    assert_ne!(again, sealed, "the same text is never sealed alike");
}

#[db_test]
async fn an_index_is_good_in_one_tenant_and_one_column(db: TestDb) {
    let town = Town::new(db);
    let key = town.vault.index_key(town.tenant).await.unwrap();
    let other = town.vault.index_key(TenantId(Uuid::from_u128(2))).await.unwrap();
    assert_eq!(key.of("phone", NUMBER), key.of("phone", NUMBER));
    assert_eq!(key.of("phone", NUMBER).now, key.of("phone", NUMBER).before);
    assert_ne!(key.of("phone", NUMBER), key.of("mail", NUMBER));
    assert_ne!(key.of("phone", NUMBER), key.of("phone", "+8613800001235"));
    assert_ne!(key.of("phone", NUMBER), other.of("phone", NUMBER));
}

#[db_test]
async fn a_number_follows_from_key_to_key_and_is_found_all_the_while(db: TestDb) {
    let town = Town::new(db);
    let person = town.somebody().await;
    let clock = ManualClock::at(NOON);
    let masters = MasterKeys::draw("master", &Entropy::seeded(17));
    let vault = another(&town, &masters, Algorithm::Sm4Gcm, &clock);
    assert_eq!(vault.relock(town.tenant).await.unwrap(), Vec::<String>::new());
    let before = town.kept(person).await;
    for class in [KeyClass::Contact, KeyClass::Index] {
        assert_eq!(vault.renew(town.system(), class, town.stamp(NOON)).await.unwrap(), 2);
    }
    let number: PhoneNumber = NUMBER.parse().unwrap();
    let lookup = number.lookup(&vault.index_key(town.tenant).await.unwrap());
    assert_ne!(lookup.now, lookup.before, "until all are made anew, both are looked for");
    let again = NewPersonAgain { town: &town, vault: &vault };
    assert_eq!(again.code().await, "phone-taken");
    assert_eq!(vault.reseal(town.tenant, &[&PEOPLE_PHONE]).await.unwrap(), 1);
    assert_eq!(vault.reseal(town.tenant, &[&PEOPLE_PHONE]).await.unwrap(), 0);
    let after_it = town.kept(person).await;
    assert!(before.starts_with("1.1.") && after_it.starts_with("1.2."), "{before} {after_it}");
    assert_eq!(town.number(&vault, person).await.unwrap(), number);
    assert_eq!(again.code().await, "phone-taken");
    // Whoever has not heard of the new keys yet still opens and finds, and so the old ones stay a day.
    assert_eq!(town.keys().await.len(), 4);
    assert_eq!(town.number(&town.vault, person).await.unwrap(), number);
    clock.set(after(2 * Timestamp::DAY));
    vault.reseal(town.tenant, &[&PEOPLE_PHONE]).await.unwrap();
    let left: Vec<_> = town.keys().await.into_iter().map(|(class, version, _)| (class, version)).collect();
    assert_eq!(left, [("contact".to_owned(), 2), ("index".to_owned(), 2)]);
    assert_eq!(town.number(&vault, person).await.unwrap(), number);
    let commands: Vec<_> =
        town.journal("settings", town.tenant).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["renew-key", "renew-key"]);
}

struct NewPersonAgain<'a> {
    town: &'a Town,
    vault: &'a Vault,
}

impl NewPersonAgain<'_> {
    /// What is said to somebody else with the same number.
    async fn code(&self) -> &'static str {
        let person = self.town.new_person("骑手 0018");
        let number = NUMBER.parse().unwrap();
        let phone = Some(self.vault.seal_phone(self.town.tenant, person.id.0, &number).await.unwrap());
        let person = qige_identity::NewPerson { phone, ..person };
        self.town.refused(AddPerson { person, stamp: self.town.stamp(NOON) }).await.code
    }
}

#[db_test]
async fn numbers_from_before_there_were_locks_are_sealed_and_found(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let index = "07".repeat(32);
    let index = match town.db.engine() {
        Engine::Sqlite => format!("X'{index}'"),
        Engine::Postgres => format!("'\\x{index}'"),
    };
    town.db.tamper(&format!("UPDATE people SET phone = '{NUMBER}', phone_index = {index}")).await;
    assert_eq!(town.vault.reseal(town.tenant, &[&PEOPLE_PHONE]).await.unwrap(), 1);
    assert!(!town.kept(person).await.contains("1380000"));
    assert_eq!(town.number(&town.vault, person).await.unwrap(), NUMBER.parse().unwrap());
    assert_eq!(NewPersonAgain { town: &town, vault: &town.vault }.code().await, "phone-taken");
}

#[db_test]
async fn another_master_key_takes_over_and_a_lost_one_is_named(db: TestDb) {
    let town = Town::new(db);
    let person = town.somebody().await;
    let clock = ManualClock::at(NOON);
    let old = MasterKeys::draw("master", &Entropy::seeded(17));
    let new = MasterKeys::draw("2027", &Entropy::seeded(27));
    // Without the old one nothing opens, and it is said which is missing.
    let without = another(&town, &new, Algorithm::Aes256Gcm, &clock);
    assert_eq!(without.relock(town.tenant).await.unwrap(), ["master"]);
    let lost = refusal(town.number(&without, person).await);
    assert_eq!((lost.code, lost.args.get("key").map(String::as_str)), ("key-lost", Some("master")));
    assert_eq!(refusal(town.vault_phone(&without).await).code, "key-lost");
    // A key of the same name that is another one is as good as none.
    let wrong = MasterKeys::draw("master", &Entropy::seeded(99));
    let with_wrong = another(&town, &wrong, Algorithm::Aes256Gcm, &clock);
    assert_eq!(with_wrong.relock(town.tenant).await.unwrap(), ["master"]);
    // Both: the new one takes over, and the old one can go.
    let both = format!("{}{}", new.to_text(), old.to_text()).parse().unwrap();
    let both = another(&town, &both, Algorithm::Aes256Gcm, &clock);
    assert_eq!(both.relock(town.tenant).await.unwrap(), Vec::<String>::new());
    assert!(town.keys().await.iter().all(|(_, _, master)| master == "2027"));
    let only_new = another(&town, &new, Algorithm::Aes256Gcm, &clock);
    assert_eq!(town.number(&only_new, person).await.unwrap(), NUMBER.parse().unwrap());
    assert_eq!(town.load(person).await.state, PersonState::Active);
}

impl Town {
    async fn vault_phone(&self, vault: &Vault) -> Result<(), Failure> {
        let person = self.new_person("骑手 0018").id;
        vault.seal_phone(self.tenant, person.0, &NUMBER.parse().unwrap()).await.map(drop)
    }
}
