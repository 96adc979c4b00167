//! Where people at work say that they live, and what it is held against.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::member::{NewMember, Recommend};
use qige_identity::{
    AddPerson, ConsentProof, DeclareHome, GiveConsent, HOME_PLACE, KeyClass, Look, PersonState, Purpose,
    PurposeKey, ReadingFilter, Scope, SetPersonState, Stamp, Subject, lives_in, looks_at, looks_in_a_week,
    neighbourhood_of, readings,
};
use qige_kernel::{PersonId, PlaceId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

const HERE: Scope = Scope::Community(PlaceId(Uuid::from_u128(0x0009_a11e)));
const THERE: Scope = Scope::Grid(PlaceId(Uuid::from_u128(0x0009_a11f)));

impl Town {
    fn own(&self, at: Timestamp) -> Stamp {
        Stamp::new(at, None, &self.entropy)
    }

    async fn declare(&self, person: PersonId, place: Option<Scope>) {
        let home = match place {
            Some(place) => Some(self.vault.seal_home(self.tenant, person, place).await.unwrap()),
            None => None,
        };
        let command = DeclareHome { person, home, stamp: self.own(NOON) };
        self.db.write(self.by(person), command).await.unwrap();
    }

    async fn lives(&self, person: PersonId, places: &[Scope]) -> bool {
        let (key, places) = (self.vault.index_key(self.tenant).await.unwrap(), places.to_vec());
        self.read(move |tx| Box::pin(async move { Ok(lives_in(tx, &key, person, &places).await?) })).await
    }

    async fn said(&self, person: PersonId) -> Option<Scope> {
        self.vault.own_home(self.by(person), self.own(NOON)).await.unwrap()
    }
}

#[db_test]
async fn a_home_is_held_against_others_and_opened_for_its_owner_alone(db: TestDb) {
    let town = Town::new(db);
    let (one, two) = (town.person("网格员 01").await, town.person("网格员 02").await);
    assert_eq!((town.said(one).await, town.lives(one, &[HERE]).await), (None, false));
    for person in [one, two] {
        town.declare(person, Some(HERE)).await;
    }
    assert_eq!(town.said(one).await, Some(HERE));
    assert!(town.lives(one, &[THERE, HERE]).await && !town.lives(one, &[THERE]).await);
    let everything = town.db.everything().await;
    assert!(everything.holds("网格员 01"), "the name is there: the right thing was searched");
    let id = HERE.id().unwrap();
    for place in [HERE.to_string(), id.to_string(), id.simple().to_string()] {
        assert!(!everything.holds(&place), "{place} lies in clear");
    }
    assert!(!everything.holds(id.as_bytes()), "its id lies in clear");
    let indexes: Vec<(Vec<u8>,)> =
        town.read(|tx| Box::pin(async move { Ok(tx.all(INDEXES, &[]).await?) })).await;
    assert_ne!(indexes[0], indexes[1], "who lives with whom is nobody's business");
    let noted = town.read(|tx| {
        Box::pin(async move { Ok(readings(tx, &ReadingFilter::default(), None, 9).await?.len()) })
    });
    assert_eq!(noted.await, 0, "one reads one's own");
    for class in [KeyClass::Home, KeyClass::Index] {
        town.vault.renew(town.system(), class, town.stamp(NOON)).await.unwrap();
        assert!(town.lives(one, &[HERE]).await, "{class}: while it is sealed anew");
        town.vault.reseal(town.tenant, &[&HOME_PLACE]).await.unwrap();
        assert!(town.lives(one, &[HERE]).await && town.said(one).await == Some(HERE), "{class}");
    }
    town.declare(one, Some(THERE)).await;
    assert!(town.lives(one, &[THERE]).await && !town.lives(one, &[HERE]).await);
    town.declare(one, None).await;
    assert_eq!(town.said(one).await, None);
    town.done(SetPersonState { person: two, state: PersonState::Left, stamp: town.stamp(NOON) }).await;
    assert!(!town.lives(two, &[HERE]).await, "it goes with whoever leaves");
    let odd = town.vault.seal_home(town.tenant, one, Scope::Tenant).await;
    assert_eq!(refusal(odd).field, Some("place"));
    let lines = town.journal("person", one).await;
    assert!(lines.iter().all(|(_, body)| !body.contains("community")), "{lines:?}");
}

qige_db::statements! {
    /// What homes are held against.
    INDEXES = "SELECT place_index FROM homes";
}

#[db_test]
async fn where_people_live_is_known_by_what_they_report_for_and_consent_to(db: TestDb) {
    let town = Town::new(db);
    let person = town.new_person_by("骑手 0017", "13800001234").await;
    let (rider, Scope::Community(community)) = (person.id, HERE) else { return };
    let people = vec![NewMember { person, community: Some(community) }];
    town.done(Recommend { people, stamp: town.stamp(NOON) }).await;
    let known =
        |person| town.read(move |tx| Box::pin(async move { Ok(neighbourhood_of(tx, person).await?) }));
    assert_eq!(known(rider).await, [HERE]);
    let other = town.person("居民 01").await;
    assert_eq!(known(other).await, []);
    for scope in [Scope::Tenant, HERE] {
        let give = GiveConsent {
            id: town.entropy.id(NOON),
            subject: Subject::Person(other),
            purpose: "call-back".parse::<PurposeKey>().unwrap(),
            version: 1,
            scope,
            proof: ConsentProof::Tick,
            object: None,
            guardian: None,
            stamp: town.own(NOON),
        };
        town.db.write(town.by(other), give).await.unwrap();
    }
    assert_eq!(known(other).await, [HERE]);
}

#[db_test]
async fn looks_at_one_person_are_counted_and_lists_are_none(db: TestDb) {
    let town = Town::new(db);
    let admin = town.person("系统管理员 01").await;
    let person = town.new_person_by("骑手 0017", "13800001234").await;
    let rider = town.done(AddPerson { person, stamp: town.stamp(NOON) }).await;
    let read = async |purpose, at| {
        let wanted = vec![(rider.0, town.load(rider).await.phone.unwrap())];
        town.vault.read_phones(town.by(admin), purpose, town.stamp(at), wanted).await.unwrap();
    };
    read(Purpose::ListPeople, NOON).await;
    let looks = |from| town.read(move |tx| Box::pin(async move { Ok(looks_at(tx, from).await?) }));
    assert_eq!(looks(NOON).await, []);
    for hour in 0..3 {
        read(Purpose::LookAfterAccount, after(hour * Timestamp::HOUR)).await;
    }
    let look = Look { reader: admin, owner: rider.0 };
    assert_eq!(looks(NOON).await, [look]);
    let count =
        |until| town.read(move |tx| Box::pin(async move { Ok(looks_in_a_week(tx, look, until).await?) }));
    assert_eq!(count(after(2 * Timestamp::HOUR)).await, 2);
    assert_eq!(count(after(3 * Timestamp::HOUR)).await, 3);
    assert_eq!(count(after(7 * Timestamp::DAY + 1)).await, 2, "a week ago is over");
}
