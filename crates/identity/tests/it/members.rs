//! How people come to report for the scheme, and go.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::member::{
    AcceptInvitation, ActivateMember, INVITE_MICROS, Invite, InviteCode, MemberCount, MemberFilter,
    MemberState, NewMember, Recommend, Recommended, invitee, member_counts, members, owes_consent,
};
use qige_identity::{
    ConsentEffect, ConsentProof, ConsentRow, EndRunOut, Ended, GiveConsent, GridMember, Password,
    PasswordHash, PersonState, PurposeKey, Role, Scope, SetPersonState, Stamp, Subject, WithdrawConsent,
    WriteConsentText, consents_of, grants_of, password, person,
};
use qige_kernel::{PersonId, PlaceId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after};

const PHONE: &str = "13800001234";

impl Town {
    async fn recommend(&self, name: &str, phone: &str) -> (PersonId, Recommended) {
        let person = self.new_person_by(name, phone).await;
        let (id, community) = (person.id, Some(PlaceId(Uuid::from_u128(9))));
        let people = vec![NewMember { person, community }];
        (id, self.done(Recommend { people, stamp: self.stamp(NOON) }).await)
    }

    async fn invite(&self, person: PersonId) -> InviteCode {
        let code = InviteCode::draw(&self.entropy);
        self.done(Invite { people: vec![(person, code.digest())], stamp: self.stamp(NOON) }).await;
        code
    }

    async fn accept(&self, code: &InviteCode, at: Timestamp) -> AcceptInvitation {
        AcceptInvitation {
            digest: code.digest(),
            password: Some(self.hash().await),
            locale: "zh-Hans".to_owned(),
            rules_version: 1,
            consent: self.entropy.id(at),
            text_version: 1,
            stamp: self.stamp(at),
        }
    }

    async fn hash(&self) -> PasswordHash {
        password::hash(&Password::typed("桥下的灯亮 37"), &self.entropy).await.unwrap()
    }

    fn activate(&self, person: PersonId) -> ActivateMember {
        ActivateMember { person, grant: self.entropy.id(NOON), stamp: self.stamp(NOON) }
    }

    async fn how_far(&self, id: PersonId) -> (MemberState, PersonState) {
        self.read(move |tx| {
            Box::pin(async move {
                let all = members(tx, MemberFilter::default(), None, 200, NOON).await?;
                let member = all.iter().find(|one| one.person == id).unwrap().state;
                Ok((member, person(tx, id).await?.unwrap().state))
            })
        })
        .await
    }

    /// Invited, and accepted.
    async fn prepared(&self, name: &str, phone: &str) -> PersonId {
        let (rider, _) = self.recommend(name, phone).await;
        let code = self.invite(rider).await;
        self.done(self.accept(&code, NOON).await).await
    }

    /// The newest consent of somebody.
    async fn consent(&self, person: PersonId, at: Timestamp) -> ConsentRow {
        let subject = Subject::Person(person);
        let rows =
            self.read(move |tx| Box::pin(async move { Ok(consents_of(tx, subject, at).await?) })).await;
        rows.into_iter().next().unwrap().0
    }

    fn set(&self, person: PersonId, state: PersonState) -> SetPersonState {
        SetPersonState { person, state, stamp: self.stamp(NOON) }
    }
}

#[db_test]
async fn from_recommended_to_gone(db: TestDb) {
    let town = Town::new(db);
    let (rider, done) = town.recommend("骑手 0017", PHONE).await;
    assert_eq!(done, Recommended { added: 1, known: 0 });
    assert_eq!(town.how_far(rider).await, (MemberState::Recommended, PersonState::Paused));
    assert_eq!(town.refused(town.set(rider, PersonState::Active)).await.code, "member-step");
    assert_eq!(town.refused(town.activate(rider)).await.code, "member-step");

    let first = town.invite(rider).await;
    let code = town.invite(rider).await;
    assert_eq!(town.refused(town.accept(&first, NOON).await).await.code, "invitation-over", "replaced");
    let late = town.accept(&code, after(INVITE_MICROS)).await;
    assert_eq!(town.refused(late).await.code, "invitation-over");
    let (digest, soon) = (code.digest(), after(INVITE_MICROS - 1));
    let found = town.read(move |tx| Box::pin(async move { Ok(invitee(tx, digest, soon).await?) })).await;
    assert_eq!(found.unwrap().name, "骑手 0017");
    assert_eq!(InviteCode::typed(&code.to_string().to_uppercase()), Some(code.clone()));
    town.done(town.accept(&code, soon).await).await;
    assert_eq!(town.refused(town.accept(&code, NOON).await).await.code, "invitation-over", "once");
    assert_eq!(town.how_far(rider).await, (MemberState::Prepared, PersonState::Paused));

    town.done(town.activate(rider)).await;
    assert_eq!(town.how_far(rider).await, (MemberState::Active, PersonState::Active));
    let grants = town.read(move |tx| Box::pin(async move { Ok(grants_of(tx, rider).await?) })).await;
    assert_eq!(
        (grants[0].role, grants[0].scope),
        (Role::Rider, Scope::Community(PlaceId(Uuid::from_u128(9))))
    );
    for (to, state) in [
        (PersonState::Paused, MemberState::Paused),
        (PersonState::Active, MemberState::Active),
        (PersonState::Left, MemberState::Left),
    ] {
        town.done(town.set(rider, to)).await;
        assert_eq!(town.how_far(rider).await, (state, to));
    }
    let again = Invite { people: vec![(rider, [7; 32])], stamp: town.stamp(NOON) };
    assert_eq!(town.refused(again).await.code, "member-step");
    let commands: Vec<String> = town.journal("person", rider).await.into_iter().map(|line| line.0).collect();
    let wanted = ["add-person", "recommend", "invite", "invite", "accept-invitation", "activate-member"];
    assert_eq!(commands[..6], wanted);
}

#[db_test]
async fn the_same_list_again_changes_nothing_and_half_a_list_is_never_taken(db: TestDb) {
    let town = Town::new(db);
    let mut people = Vec::new();
    for (name, phone) in [("骑手 1", "13800000001"), ("骑手 2", "13800000002")] {
        people.push(NewMember { person: town.new_person_by(name, phone).await, community: None });
    }
    let list = Recommend { people, stamp: town.stamp(NOON) };
    assert_eq!(town.done(list.clone()).await, Recommended { added: 2, known: 0 });
    assert_eq!(town.done(list.clone()).await, Recommended { added: 0, known: 2 });
    let nameless = NewMember { person: town.new_person("骑手 4"), community: None };
    let good = NewMember { person: town.new_person_by("骑手 3", "13800000003").await, community: None };
    let broken = Recommend { people: vec![good, nameless], stamp: town.stamp(NOON) };
    assert_eq!(town.refused(broken).await.code, "member-phone");
    let counts = town.read(|tx| Box::pin(async move { Ok(member_counts(tx, None, NOON).await?) })).await;
    assert_eq!(counts, [MemberCount { state: MemberState::Recommended, count: 2, owing: 0 }]);
}

#[db_test]
async fn whoever_recommended_sees_their_own(db: TestDb) {
    let town = Town::new(db);
    let worker = town.person("网格员 07").await;
    let person = town.new_person_by("骑手 1", "13800000001").await;
    let people = vec![NewMember { person, community: None }];
    town.db.write(town.by(worker), Recommend { people, stamp: town.stamp(NOON) }).await.unwrap();
    town.recommend("骑手 2", "13800000002").await;
    let own = MemberFilter { recommended_by: Some(worker), ..MemberFilter::default() };
    let found =
        town.read(move |tx| Box::pin(async move { Ok(members(tx, own, None, 10, NOON).await?) })).await;
    assert_eq!((found.len(), found[0].name.as_str(), found[0].recommended_by), (1, "骑手 1", Some(worker)));
    let gone = MemberFilter { state: Some(MemberState::Left), ..own };
    assert!(
        town.read(move |tx| Box::pin(async move { Ok(members(tx, gone, None, 10, NOON).await?) }))
            .await
            .is_empty()
    );
}

#[db_test]
async fn accepting_leaves_a_consent_and_withdrawing_it_is_leaving(db: TestDb) {
    let town = Town::new(db);
    let rider = town.prepared("骑手 0017", PHONE).await;
    let kept = town.consent(rider, NOON).await;
    assert_eq!((kept.purpose, kept.version), (PurposeKey::of::<GridMember>(), 1));
    assert_eq!((kept.scope, kept.proof, kept.recorded_by), (Scope::Tenant, ConsentProof::Tick, None));
    assert_eq!(kept.until, after(1_096 * Timestamp::DAY));
    town.done(town.activate(rider)).await;
    let stamp = Stamp::new(after(1), None, &town.entropy);
    let withdraw = WithdrawConsent { id: kept.id, subject: Subject::Person(rider), stamp };
    let effects = town.db.write(town.by(rider), withdraw).await.unwrap();
    assert_eq!(effects, [ConsentEffect::MembershipEnds]);
    assert_eq!(town.how_far(rider).await, (MemberState::Left, PersonState::Left));
    let gone = town.read(move |tx| Box::pin(async move { Ok(person(tx, rider).await?.unwrap()) })).await;
    assert!(gone.phone.is_none());
    let kept = town.consent(rider, after(2)).await;
    assert_eq!((kept.ended_how, kept.ended_by), (Some(Ended::Withdrawn), Some(rider)));
}

#[db_test]
async fn nobody_is_active_in_words_that_count_no_more(db: TestDb) {
    let town = Town::new(db);
    let rider = town.prepared("骑手 0017", PHONE).await;
    let renewed = town.text(1, "grid-member", true);
    let retired = WriteConsentText { retired: true, ..renewed.clone() };
    assert_eq!(town.refused(retired).await.code, "consent-purpose-needed");
    town.done(renewed).await;
    assert_eq!(town.refused(town.activate(rider)).await.code, "consent-missing");
    let code = town.invite(rider).await;
    let old = town.accept(&code, NOON).await;
    assert_eq!(town.refused(old.clone()).await.code, "consent-text-renewed");
    assert_eq!(town.how_far(rider).await.0, MemberState::Invited, "a refusal changes nothing");
    town.done(AcceptInvitation { text_version: 2, ..old }).await;
    town.done(town.activate(rider)).await;
    assert_eq!(town.how_far(rider).await.0, MemberState::Active);
}

#[db_test]
async fn whose_consent_runs_out_is_paused_until_they_consent_again(db: TestDb) {
    let town = Town::new(db);
    let (rider, guard) =
        (town.prepared("骑手 0017", PHONE).await, town.prepared("骑手 2", "13800000002").await);
    for person in [rider, guard] {
        town.done(town.activate(person)).await;
    }
    town.give(guard, Role::SecurityAdmin, Scope::Tenant).await;
    let late = after(1_096 * Timestamp::DAY);
    assert_eq!(town.done(EndRunOut { stamp: town.stamp(late), limit: 10 }).await, 2);
    assert_eq!(town.how_far(rider).await, (MemberState::Paused, PersonState::Paused));
    assert_eq!(town.consent(rider, late).await.effects.unwrap().0, [ConsentEffect::MembershipPauses]);
    assert_eq!(town.how_far(guard).await.1, PersonState::Active, "somebody must be able to give roles");
    assert_eq!(town.consent(guard, late).await.effects.unwrap().0, []);
    let back = SetPersonState { person: rider, state: PersonState::Active, stamp: town.stamp(late) };
    assert_eq!(town.refused(back).await.code, "consent-missing");
    let id = town.entropy.id(late);
    let anew = GiveConsent {
        id,
        subject: Subject::Person(rider),
        purpose: PurposeKey::of::<GridMember>(),
        version: 1,
        scope: Scope::Community(PlaceId(Uuid::from_u128(9))),
        proof: ConsentProof::Paper,
        object: Some(town.scan(id)),
        guardian: None,
        stamp: town.stamp(late),
    };
    town.db.write(town.by(guard), anew).await.unwrap();
    town.done(back).await;
    assert_eq!(town.how_far(rider).await, (MemberState::Active, PersonState::Active));
}

#[db_test]
async fn whoever_is_in_the_scheme_without_a_consent_owes_one_and_is_listed(db: TestDb) {
    let town = Town::new(db);
    let elsewhere = Scope::Community(PlaceId(Uuid::from_u128(8)));
    let there = Scope::Community(PlaceId(Uuid::from_u128(9)));
    let rider = town.prepared("骑手 0017", PHONE).await;
    town.done(town.activate(rider)).await;
    let (thinking, _) = town.recommend("骑手 0018", "13800005678").await;
    let owing = async |at: Timestamp| {
        town.read(move |tx| {
            Box::pin(async move {
                let filter = MemberFilter { owing: true, ..MemberFilter::default() };
                let listed = members(tx, filter, None, 10, at).await?;
                let counted: i64 = member_counts(tx, None, at).await?.iter().map(|one| one.owing).sum();
                assert_eq!(i64::try_from(listed.len()).ok(), Some(counted));
                let own = [owes_consent(tx, rider, at).await?, owes_consent(tx, thinking, at).await?];
                assert_eq!(own, [counted == 1, false]);
                Ok(listed.into_iter().map(|one| one.person).collect::<Vec<_>>())
            })
        })
        .await
    };
    assert_eq!(owing(NOON).await, []);
    // Whoever was active before the consent was asked for has none: as after its text is renewed.
    town.done(town.text(1, "grid-member", true)).await;
    assert_eq!(owing(NOON).await, [rider]);
    let give = |scope| GiveConsent {
        purpose: PurposeKey::of::<GridMember>(),
        version: 2,
        scope,
        ..town.giving(Subject::Person(rider), NOON)
    };
    town.by_themself(rider, give(elsewhere)).await.unwrap();
    assert_eq!(owing(NOON).await, [rider], "elsewhere");
    let until = town.by_themself(rider, give(there)).await.unwrap();
    assert_eq!(owing(NOON).await, []);
    assert_eq!(owing(until.plus(-1)).await, []);
    assert_eq!(owing(until).await, [rider]);
    town.done(town.set(rider, PersonState::Left)).await;
    assert_eq!(owing(until).await, []);
}
