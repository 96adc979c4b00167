//! People are added, changed, paused and let go.

use qige_db::testing::TestDb;
use qige_db::{Asker, db_test};
use qige_identity::{
    AddPerson, ChangePerson, Density, KeptPhone, NewPerson, PeopleFilter, Person, PersonState, PhoneNumber,
    Role, Scope, SetPersonState, SetPreferences, grants_of, people, person, person_name,
};
use qige_kernel::{PersonId, TenantId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

impl Town {
    async fn list(&self, filter: PeopleFilter, from: Option<PersonId>, limit: u32) -> Vec<String> {
        let found: Vec<Person> = self
            .read(move |tx| {
                Box::pin(async move { Ok(people(tx, &filter, from, limit, after(Timestamp::HOUR)).await?) })
            })
            .await;
        found.into_iter().map(|person| person.name).collect()
    }

    pub(crate) async fn load(&self, id: PersonId) -> Person {
        self.read(move |tx| Box::pin(async move { Ok(person(tx, id).await?) })).await.unwrap()
    }

    fn state(&self, person: PersonId, state: PersonState, at: Timestamp) -> SetPersonState {
        SetPersonState { person, state, stamp: self.stamp(at) }
    }
}

fn words(words: &str) -> PeopleFilter {
    PeopleFilter { words: words.to_owned(), ..PeopleFilter::default() }
}

#[db_test]
async fn names_and_numbers_belong_to_one_person_of_a_tenant(db: TestDb) {
    let town = Town::new(db);
    let first = town.new_person_by("骑手 0017", "138 0000 1234").await;
    town.done(AddPerson { person: first.clone(), stamp: town.stamp(NOON) }).await;
    let refused = |new: NewPerson| AddPerson { person: new, stamp: town.stamp(NOON) };
    let second = town.new_person("骑手 0018");
    let same_name = NewPerson { sign_in_name: first.sign_in_name.clone(), ..second.clone() };
    let name_taken = town.refused(refused(same_name)).await;
    assert_eq!((name_taken.code, name_taken.field), ("sign-in-name-taken", Some("sign_in_name")));
    let same_phone = NewPerson { phone: first.phone.clone(), ..second.clone() };
    assert_eq!(town.refused(refused(same_phone.clone())).await.code, "phone-taken");
    let same_id = NewPerson { id: first.id, ..second.clone() };
    assert_eq!(town.refused(refused(same_id)).await.code, "person-known");
    let no_way = NewPerson { sign_in_name: None, ..second };
    assert_eq!(town.refused(refused(no_way)).await.code, "sign-in-way-missing");
    // Another tenant has its own people.
    let elsewhere = Asker::system(TenantId(Uuid::from_u128(2)));
    town.db.write(elsewhere, refused(same_phone)).await.unwrap();
    let lines = town.journal("person", first.id).await;
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].1.contains("13800001234"), "no number in the journal: {lines:?}");
}

#[db_test]
async fn two_at_once_do_not_get_the_same_number(db: TestDb) {
    let town = &Town::new(db);
    let tries = (0..8).map(|number| async move {
        let person = town.new_person_by(&format!("骑手 {number}"), "13800001234").await;
        town.write(AddPerson { person, stamp: town.stamp(NOON) }).await
    });
    let results = futures_util::future::join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(result).code, "phone-taken");
    }
}

#[db_test]
async fn a_person_changes_without_losing_who_they_are(db: TestDb) {
    let town = Town::new(db);
    let id = town.person("骑手 0017").await;
    let other = town.person("骑手 0018").await;
    let number = "13800001234".parse().unwrap();
    let phone = town.vault.seal_phone(town.tenant, id.0, &number).await.unwrap();
    let change = |name: &str, sign_in: Option<&str>, phone: Option<&KeptPhone>| ChangePerson {
        person: id,
        name: name.parse().unwrap(),
        sign_in_name: sign_in.map(|name| name.parse().unwrap()),
        phone: phone.cloned(),
        stamp: town.stamp(after(1)),
    };
    town.done(change("骑手 0017 🛵", Some("rider17"), Some(&phone))).await;
    town.done(change("骑手 0017 🛵", Some("RIDER17"), Some(&phone))).await;
    let loaded = town.load(id).await;
    assert_eq!(loaded.name, "骑手 0017 🛵");
    assert_eq!(loaded.sign_in_name.as_deref(), Some("rider17"));
    assert_eq!(town.number(&town.vault, id).await.unwrap(), number);
    assert!(!format!("{loaded:?}").contains("13800001234"));
    assert_eq!(town.refused(change("骑手", Some("骑手-0018"), None)).await.code, "sign-in-name-taken");
    assert_eq!(town.refused(change("骑手", None, None)).await.code, "sign-in-way-missing");
    let steal = ChangePerson { person: other, ..change("骑手 0018", None, Some(&phone)) };
    assert_eq!(town.refused(steal).await.code, "phone-taken");
    let nobody = ChangePerson { person: PersonId(Uuid::nil()), ..change("骑手", Some("nobody"), None) };
    assert_eq!(town.refused(nobody).await.code, "person-missing");
    let name = town.read(move |tx| Box::pin(async move { Ok(person_name(tx, other).await?) })).await;
    assert_eq!(name.as_deref(), Some("骑手 0018"));
}

#[db_test]
async fn whoever_leaves_leaves_nothing_to_come_in_by(db: TestDb) {
    let town = Town::new(db);
    let rider = town.new_person_by("骑手 0017", "13800001234").await;
    town.done(AddPerson { person: rider.clone(), stamp: town.stamp(NOON) }).await;
    town.give(rider.id, Role::Rider, Scope::Tenant).await;
    town.done(town.state(rider.id, PersonState::Paused, after(1))).await;
    town.done(town.state(rider.id, PersonState::Paused, after(2))).await;
    town.done(town.state(rider.id, PersonState::Active, after(3))).await;
    town.done(town.state(rider.id, PersonState::Left, after(4))).await;
    let gone = town.load(rider.id).await;
    assert_eq!((gone.state, gone.sign_in_name, gone.phone), (PersonState::Left, None, None));
    assert_eq!(gone.name, "骑手 0017", "what they did keeps its name");
    let id = rider.id;
    let grants = town.read(move |tx| Box::pin(async move { Ok(grants_of(tx, id).await?) })).await;
    assert_eq!(grants.iter().map(|grant| grant.ends_at).collect::<Vec<_>>(), [Some(after(4))]);
    assert_eq!(town.refused(town.state(rider.id, PersonState::Active, after(5))).await.code, "person-left");
    let commands: Vec<_> = town.journal("person", rider.id).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["add-person", "set-state", "set-state", "set-state"]);
    // The number is free again.
    let again = NewPerson { id: town.entropy.id(NOON), ..rider };
    town.done(AddPerson { person: again, stamp: town.stamp(after(6)) }).await;
}

#[db_test]
async fn the_list_is_searched_by_name_and_by_whole_number(db: TestDb) {
    let town = Town::new(db);
    for name in ["坐席 03", "骑手 0017", "骑手 0018", "Rider_A", "RiderBA", "100x"] {
        town.person(name).await;
    }
    let phone = town.new_person_by("值班长 01", "13800001234").await;
    town.done(AddPerson { person: phone.clone(), stamp: town.stamp(NOON) }).await;
    town.give(phone.id, Role::Supervisor, Scope::Tenant).await;
    town.done(town.state(phone.id, PersonState::Paused, after(1))).await;
    let all = town.list(PeopleFilter::default(), None, 100).await;
    assert_eq!(all, ["100x", "Rider_A", "RiderBA", "值班长 01", "坐席 03", "骑手 0017", "骑手 0018"]);
    assert_eq!(town.list(words("骑手"), None, 100).await, ["骑手 0017", "骑手 0018"]);
    assert_eq!(town.list(words("RIDER_"), None, 100).await, ["Rider_A"]);
    assert_eq!(town.list(words("%"), None, 100).await, Vec::<String>::new());
    let number: PhoneNumber = "+86 138 0000 1234".parse().unwrap();
    let lookup = number.lookup(&town.vault.index_key(town.tenant).await.unwrap());
    let by_number = PeopleFilter { phone: Some(lookup), ..words("+86 138 0000 1234") };
    assert_eq!(town.list(by_number, None, 100).await, ["值班长 01"]);
    assert_eq!(town.list(words("1380000"), None, 100).await, Vec::<String>::new());
    let paused = PeopleFilter { state: Some(PersonState::Paused), ..PeopleFilter::default() };
    assert_eq!(town.list(paused, None, 100).await, ["值班长 01"]);
    let supervisors = PeopleFilter { role: Some(Role::Supervisor), ..PeopleFilter::default() };
    assert_eq!(town.list(supervisors, None, 100).await, ["值班长 01"]);
    let riders = PeopleFilter { role: Some(Role::Rider), ..PeopleFilter::default() };
    assert_eq!(town.list(riders, None, 100).await, Vec::<String>::new());
}

#[db_test]
async fn the_list_is_read_page_by_page(db: TestDb) {
    let town = Town::new(db);
    for number in 0..7 {
        // Two of each name: the id decides between them.
        let person = NewPerson {
            sign_in_name: Some(format!("rider{number}").parse().unwrap()),
            ..town.new_person(&format!("骑手 {}", number / 2))
        };
        town.done(AddPerson { person, stamp: town.stamp(NOON) }).await;
    }
    let mut seen = Vec::new();
    let mut from = None;
    loop {
        let page: Vec<Person> = town
            .read(move |tx| {
                Box::pin(async move { Ok(people(tx, &PeopleFilter::default(), from, 3, NOON).await?) })
            })
            .await;
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        from = Some(last.id);
        seen.extend(page.into_iter().map(|person| (person.name, person.id)));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted());
}

#[db_test]
async fn large_text_has_a_size_between_two_limits(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let set = |elder| SetPreferences {
        person,
        locale: Some("en".to_owned()),
        elder,
        density: Some(Density::Roomy),
        at: NOON,
    };
    for (pixels, code) in [(17, Some("text-size")), (18, None), (30, None), (31, Some("text-size"))] {
        let refused =
            town.write(set(Some(pixels))).await.err().map(|failure| refusal::<()>(Err(failure)).code);
        assert_eq!(refused, code, "{pixels}");
    }
    town.done(set(None)).await;
    assert_eq!(town.load(person).await.locale.as_deref(), Some("en"));
    let nobody = SetPreferences { person: PersonId(Uuid::nil()), ..set(None) };
    assert_eq!(town.refused(nobody).await.code, "person-missing");
}
