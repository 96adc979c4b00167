//! Consent: given, proved, renewed, withdrawn, and what needs it.

use qige_blobs::{Holder, HolderKind, NewObject, RetentionClass, by_id};
use qige_db::db_test;
use qige_db::testing::{Tampering, TestDb};
use qige_db::{Actor, Asker, Command, Failure};
use qige_identity::{
    CONTACT_PHONE, CallBack, ConsentEffect, ConsentProof, ConsentStanding, ConsentWords, EndRunOut, Ended,
    GiveConsent, Guardian, LeaveNumber, PersonState, Purpose, PurposeKey, PurposeWords, Reach, Role, Scope,
    SetPersonState, Stamp, Subject, Wanted, WithdrawConsent, WriteConsentText, consent_counts, consented,
    consents_of, in_need_of_renewal, number_to_call, purposes, verify_consents,
};
use qige_kernel::{ConsentId, ObjectId, PersonId, PlaceId, ReportId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

fn call_back() -> PurposeKey {
    PurposeKey::of::<CallBack>()
}

impl Town {
    fn own_stamp(&self, at: Timestamp) -> Stamp {
        Stamp::new(at, None, &self.entropy)
    }

    pub(crate) fn giving(&self, subject: Subject, at: Timestamp) -> GiveConsent {
        GiveConsent {
            id: self.entropy.id(at),
            subject,
            purpose: call_back(),
            version: 1,
            scope: Scope::Tenant,
            proof: ConsentProof::Tick,
            object: None,
            guardian: None,
            stamp: self.own_stamp(at),
        }
    }

    pub(crate) async fn by_themself<C: Command>(
        &self,
        person: PersonId,
        command: C,
    ) -> Result<C::Output, Failure> {
        self.db.write(self.by(person), command).await
    }

    /// Whether the guard lets them through, and else why not.
    async fn lets(&self, subject: Subject, reach: Reach, at: Timestamp) -> Result<ConsentId, &'static str> {
        let asked = self
            .db
            .read(self.system(), move |tx| {
                Box::pin(async move { Ok(consented::<CallBack>(tx, subject, &reach, at).await?.consent()) })
            })
            .await;
        asked.map_err(|failure| refusal::<()>(Err(failure)).code)
    }

    async fn standings(&self, subject: Subject, at: Timestamp) -> Vec<ConsentStanding> {
        let rows =
            self.read(move |tx| Box::pin(async move { Ok(consents_of(tx, subject, at).await?) })).await;
        rows.into_iter().map(|(_, standing)| standing).collect()
    }

    pub(crate) fn scan(&self, consent: ConsentId) -> NewObject {
        NewObject {
            id: self.entropy.id(NOON),
            owner: Holder { kind: HolderKind::Consent, id: consent.0 },
            class: RetentionClass::Consent,
            media_type: "image/jpeg",
            bytes: 3,
            sha256: [7; 32],
            width: Some(1),
            height: Some(1),
            created_at: NOON,
        }
    }

    pub(crate) fn text(&self, after_version: i64, purpose: &str, asks_again: bool) -> WriteConsentText {
        let words = |name: &str| PurposeWords {
            name: name.to_owned(),
            text: "a".to_owned(),
            done: "b".to_owned(),
            ends: "c".to_owned(),
        };
        WriteConsentText {
            purpose: purpose.parse().unwrap(),
            after: after_version,
            sensitive: true,
            guardian: true,
            term_days: 30,
            words: ConsentWords { zh_hans: words("名"), en: words("name") },
            asks_again,
            retired: false,
            stamp: self.stamp(NOON),
        }
    }
}

#[db_test]
async fn nothing_goes_without_it_and_withdrawing_ends_it_at_once(db: TestDb) {
    let town = Town::new(db);
    let rider = town.person("rider 1").await;
    let subject = Subject::Person(rider);
    let here = Reach::default();
    assert_eq!(town.lets(subject, here, NOON).await, Err("consent-missing"));
    let give = town.giving(subject, NOON);
    let id = give.id;
    let until = town.by_themself(rider, give).await.unwrap();
    assert_eq!(until, after(365 * Timestamp::DAY));
    assert_eq!(town.lets(subject, here, NOON).await, Ok(id));
    assert_eq!(town.lets(Subject::Report(ReportId(rider.0)), here, NOON).await, Err("consent-missing"));
    // The last instant is the one before the end.
    assert_eq!(town.lets(subject, here, until.plus(-1)).await, Ok(id));
    assert_eq!(town.lets(subject, here, until).await, Err("consent-missing"));
    let other =
        WithdrawConsent { id, subject: Subject::Person(PersonId(Uuid::nil())), stamp: town.own_stamp(NOON) };
    assert_eq!(town.refused(other).await.code, "consent-unknown");
    let withdraw = WithdrawConsent { id, subject, stamp: town.own_stamp(after(Timestamp::HOUR)) };
    assert_eq!(town.by_themself(rider, withdraw).await.unwrap(), [ConsentEffect::CallsEnd]);
    assert_eq!(town.by_themself(rider, withdraw).await.unwrap(), [ConsentEffect::CallsEnd], "twice is once");
    assert_eq!(town.lets(subject, here, after(Timestamp::HOUR)).await, Err("consent-missing"));
    let told: Vec<_> =
        town.journal("consent", rider.0).await.into_iter().map(|(command, _)| command).collect();
    assert_eq!(told, ["give-consent", "end-consent"]);
}

#[db_test]
async fn it_holds_where_it_was_given_for_and_the_newer_takes_the_place_of_the_older(db: TestDb) {
    let town = Town::new(db);
    let rider = town.person("rider 1").await;
    let subject = Subject::Person(rider);
    let community = PlaceId(Uuid::from_u128(5));
    let there = Reach { community: Some(community), ..Reach::default() };
    let narrow = GiveConsent { scope: Scope::Community(community), ..town.giving(subject, NOON) };
    town.by_themself(rider, narrow.clone()).await.unwrap();
    assert!(town.lets(subject, there, NOON).await.is_ok());
    assert_eq!(town.lets(subject, Reach::default(), NOON).await, Err("consent-missing"));
    let again = GiveConsent { id: town.entropy.id(NOON), stamp: town.own_stamp(after(1)), ..narrow };
    town.by_themself(rider, again).await.unwrap();
    use ConsentStanding::{Ended as Over, Holds};
    assert_eq!(town.standings(subject, after(1)).await, [Holds, Over]);
    let counts = town.read(|tx| Box::pin(async move { Ok(consent_counts(tx, after(2)).await?) })).await;
    assert_eq!(counts.iter().map(|one| one.count).collect::<Vec<_>>(), [1]);
}

#[db_test]
async fn a_renewed_text_asks_again_and_what_was_read_is_kept(db: TestDb) {
    let town = Town::new(db);
    let rider = town.person("rider 1").await;
    let subject = Subject::Person(rider);
    town.by_themself(rider, town.giving(subject, NOON)).await.unwrap();
    // Another wording that changes nothing leaves it standing.
    assert_eq!(town.done(town.text(1, "call-back", false)).await, 2);
    assert_eq!(town.standings(subject, NOON).await, [ConsentStanding::Holds]);
    assert_eq!(town.done(town.text(2, "call-back", true)).await, 3);
    assert_eq!(town.refused(town.text(2, "call-back", true)).await.code, "consent-text-renewed");
    assert_eq!(town.standings(subject, NOON).await, [ConsentStanding::Outdated]);
    assert_eq!(town.lets(subject, Reach::default(), NOON).await, Err("consent-missing"));
    let asked = async |after| {
        town.read(move |tx| Box::pin(async move { Ok(in_need_of_renewal(tx, NOON, NOON, after, 10).await?) }))
            .await
    };
    let first = asked(None).await;
    assert_eq!(first.len(), 1);
    assert!(asked(Some((first[0].until, first[0].id))).await.is_empty(), "the next page begins behind it");
    let old = town.by_themself(rider, town.giving(subject, NOON)).await;
    assert_eq!(refusal(old).code, "consent-text-renewed", "nobody consents to words that are gone");
    let new = GiveConsent { version: 3, ..town.giving(subject, NOON) };
    assert_eq!(town.by_themself(rider, new).await.unwrap(), after(30 * Timestamp::DAY));
    assert!(town.lets(subject, Reach::default(), NOON).await.is_ok());
    let retired = WriteConsentText { retired: true, ..town.text(3, "call-back", false) };
    town.done(retired).await;
    let late = GiveConsent { version: 4, ..town.giving(subject, NOON) };
    assert_eq!(refusal(town.by_themself(rider, late).await).code, "consent-retired");
}

#[db_test]
async fn purposes_of_ones_own_stand_behind_those_of_the_product(db: TestDb) {
    let town = Town::new(db);
    assert_eq!(town.refused(town.text(0, "call-back", false)).await.field, Some("purpose"));
    assert_eq!(town.done(town.text(0, "a-class", false)).await, 1);
    assert_eq!(town.refused(town.text(0, "a-class", false)).await.code, "consent-purpose-taken");
    assert_eq!(town.refused(town.text(4, "another", false)).await.code, "consent-text-renewed");
    for (term_days, fits) in [(0, false), (1, true), (1_827, true), (1_828, false)] {
        let text = WriteConsentText { term_days, ..town.text(0, "x", false) };
        assert_eq!(text.check().is_ok(), fits, "{term_days}");
    }
    let keys = town.read(|tx| Box::pin(async move { Ok(purposes(tx).await?) })).await;
    let keys: Vec<_> = keys.iter().map(|text| text.purpose.as_str()).collect();
    assert_eq!(keys, ["call-back", "grid-member", "points", "a-class"]);
}

#[db_test]
async fn nobody_ticks_for_somebody_else_and_a_guardian_only_where_one_may(db: TestDb) {
    let town = Town::new(db);
    let (rider, staff) = (town.person("rider 1").await, town.person("staff 1").await);
    let subject = Subject::Person(rider);
    let stamp = Stamp::new(NOON, Some(Role::TenantAdmin), &town.entropy);
    let for_them = || GiveConsent { stamp, ..town.giving(subject, NOON) };
    let tried = |give: GiveConsent| town.by_themself(staff, give);
    assert_eq!(refusal(tried(for_them()).await).code, "consent-proof-missing");
    let bare = GiveConsent { proof: ConsentProof::Paper, ..for_them() };
    assert_eq!(refusal(tried(bare.clone()).await).field, Some("scan"));
    let own = GiveConsent { object: Some(town.scan(bare.id)), ..bare.clone() };
    let own = GiveConsent { stamp: town.own_stamp(NOON), ..own };
    assert_eq!(refusal(town.by_themself(rider, own.clone()).await).code, "consent-paper-own");
    let field = qige_identity::CONSENT_GUARDIAN.field(town.tenant, bare.id.0);
    let name = town.vault.seal(field, "家长 01").await.unwrap();
    let guardian = Some(Guardian { name });
    let with_guardian = GiveConsent { stamp, guardian, ..own };
    assert_eq!(refusal(tried(with_guardian.clone()).await).code, "consent-guardian-not");
    town.done(town.text(0, "a-class", false)).await;
    let class = GiveConsent { purpose: "a-class".parse().unwrap(), ..with_guardian };
    let object: ObjectId = class.object.as_ref().unwrap().id;
    tried(class).await.unwrap();
    let kept = town.read(move |tx| Box::pin(async move { Ok(by_id(tx, object).await?) })).await.unwrap();
    assert_eq!((kept.class, kept.refs), (RetentionClass::Consent, 1));
    let (row, _) = town
        .read(move |tx| Box::pin(async move { Ok(consents_of(tx, subject, NOON).await?.remove(0)) }))
        .await;
    assert_eq!((row.recorded_by, row.proof), (Some(staff), ConsentProof::Paper));
    assert!(row.guardian.is_some());
    let everything = town.db.everything().await;
    assert!(everything.holds("a-class"), "the purpose is there: the right thing was searched");
    assert!(!everything.holds("家长 01"), "the guardian lies in clear");
}

#[db_test]
async fn a_number_is_left_under_a_consent_and_goes_with_it(db: TestDb) {
    let town = Town::new(db);
    let report = ReportId(town.entropy.id(NOON));
    let subject = Subject::Report(report);
    let phone = town.vault.seal(CONTACT_PHONE.field(town.tenant, report.0), "+8613812345678").await.unwrap();
    let give = town.giving(subject, NOON);
    let id = give.id;
    let leave = LeaveNumber { consent: give, report, phone };
    let anybody = Asker { tenant: town.tenant, actor: Actor::Anonymous };
    town.db.write(anybody, leave).await.unwrap();
    let number = || {
        town.db.read(town.system(), move |tx| {
            Box::pin(async move {
                let proof = consented::<CallBack>(tx, subject, &Reach::default(), NOON).await?;
                Ok(number_to_call(tx, &proof).await?)
            })
        })
    };
    let wanted: Wanted = number().await.unwrap().unwrap();
    let opened = town.vault.read(town.system(), Purpose::Reach, town.stamp(NOON), &[wanted]).await.unwrap();
    assert_eq!(opened, ["+8613812345678"]);
    let withdraw = WithdrawConsent { id, subject, stamp: town.own_stamp(NOON) };
    assert_eq!(town.db.write(anybody, withdraw).await.unwrap(), [ConsentEffect::NumberErased]);
    assert_eq!(refusal(number().await).code, "consent-missing");
    let left: Option<(i64,)> =
        town.read(|tx| Box::pin(async move { Ok(tx.optional(LEFT, &[]).await?) })).await;
    assert_eq!(left, Some((0,)));
    let lines = town.journal("consent", report.0).await;
    assert!(lines.iter().all(|(_, body)| !body.contains("138123")), "{lines:?}");
}

qige_db::statements! {
    /// Numbers that are kept.
    LEFT = "SELECT COUNT(*) FROM contacts";
}

#[db_test]
async fn what_runs_out_or_is_left_behind_ends(db: TestDb) {
    let town = Town::new(db);
    let (one, two) = (town.person("rider 1").await, town.person("rider 2").await);
    for person in [one, two] {
        town.by_themself(person, town.giving(Subject::Person(person), NOON)).await.unwrap();
    }
    let leave = SetPersonState { person: two, state: PersonState::Left, stamp: town.stamp(after(1)) };
    town.done(leave).await;
    assert_eq!(town.standings(Subject::Person(two), after(2)).await, [ConsentStanding::Ended]);
    let late = after(365 * Timestamp::DAY);
    assert_eq!(town.standings(Subject::Person(one), late).await, [ConsentStanding::Over]);
    assert_eq!(town.done(EndRunOut { stamp: town.stamp(late), limit: 10 }).await, 1);
    assert_eq!(town.done(EndRunOut { stamp: town.stamp(late), limit: 10 }).await, 0);
    let (row, _) = town
        .read(move |tx| {
            Box::pin(async move { Ok(consents_of(tx, Subject::Person(one), late).await?.remove(0)) })
        })
        .await;
    assert_eq!(row.ended_how, Some(Ended::RunOut));
}

#[db_test]
async fn however_often_one_gave_and_withdrew_leaving_ends_what_is_left(db: TestDb) {
    // More than are ever shown.
    const ROUNDS: i64 = 510;
    let town = Town::new(db);
    let (person, community) = (town.person("rider 1").await, PlaceId(town.entropy.id(NOON)));
    let subject = Subject::Person(person);
    let first = GiveConsent { scope: Scope::Community(community), ..town.giving(subject, NOON) };
    let kept = first.id;
    town.by_themself(person, first).await.unwrap();
    for round in 1..=ROUNDS {
        let give = town.giving(subject, after(round));
        let withdraw = WithdrawConsent { id: give.id, subject, stamp: town.own_stamp(after(round)) };
        town.by_themself(person, give).await.unwrap();
        town.by_themself(person, withdraw).await.unwrap();
    }
    let now = after(ROUNDS + 1);
    let shown = town.read(move |tx| Box::pin(async move { Ok(consents_of(tx, subject, now).await?) })).await;
    let held = shown.iter().find(|(row, _)| row.id == kept).map(|(_, standing)| *standing);
    assert_eq!(held, Some(ConsentStanding::Holds), "of {}", shown.len());
    town.done(SetPersonState { person, state: PersonState::Left, stamp: town.stamp(now) }).await;
    let standings = town.standings(subject, now).await;
    assert!(standings.iter().all(|standing| *standing == ConsentStanding::Ended), "{standings:?}");
    let reach = Reach { community: Some(community), ..Reach::default() };
    assert_eq!(town.lets(subject, reach, now).await, Err("consent-missing"));
}

/// Each is done behind the product's back, to consents that stood as they were given.
#[db_test]
async fn whatever_is_done_to_consents_is_named(db: TestDb) {
    let town = Town::new(db);
    let rider = town.person("rider 1").await;
    let subject = Subject::Person(rider);
    let first = town.giving(subject, NOON);
    town.by_themself(rider, first.clone()).await.unwrap();
    let again = town.giving(subject, after(Timestamp::SECOND));
    town.by_themself(rider, again).await.unwrap();
    let faults = async |now| {
        let read = town.read(move |tx| Box::pin(async move { Ok(verify_consents(tx, now).await?) })).await;
        read.into_iter().map(|fault| fault.what).collect::<Vec<_>>()
    };
    assert_eq!(faults(after(Timestamp::HOUR)).await, [""; 0]);
    let other = town.db.id(9);
    let changes = [
        ("tenant", other.as_str()),
        ("id", other.as_str()),
        ("subject_kind", "'report'"),
        ("subject", other.as_str()),
        ("purpose", "'points'"),
        ("version", "2"),
        ("scope", "'community:00000000-0000-0000-0000-000000000009'"),
        ("given_at", "given_at + 1"),
        ("until", "until + 1"),
        ("proof", "'paper'"),
        ("object", other.as_str()),
        ("recorded_by", other.as_str()),
        ("guardian", "'x'"),
        ("ended_at", "ended_at + 1"),
        ("ended_how", "'withdrawn'"),
        ("ended_by", other.as_str()),
        ("effects", "'[\"number-erased\"]'"),
    ];
    let tampering = Tampering {
        table: "consents",
        key: "id",
        among: "TRUE",
        spare: other.clone(),
        changes: &changes,
        fresh: &[],
    };
    for way in town.db.ways_to_tamper(&tampering).await {
        town.db.tamper(&way.sql).await;
        let expected = match way.what.as_str() {
            "tenant" => "row",
            "row" if way.sql.contains("DELETE") => "row",
            "id" | "subject" | "row" => "line",
            "places" => "given_at",
            column => column,
        };
        let named = faults(after(Timestamp::HOUR)).await;
        assert!(named.contains(&expected), "{}: {named:?}", way.what);
        town.db.put_back("consents").await;
        assert_eq!(faults(after(Timestamp::HOUR)).await, [""; 0], "{}", way.what);
    }
    // One that ended may go when nobody can ask for it any more; one that holds may not.
    let late = after(1_097 * Timestamp::DAY);
    town.db.tamper("DELETE FROM consents WHERE ended_at IS NOT NULL").await;
    assert_eq!(faults(after(Timestamp::HOUR)).await, ["row"]);
    assert_eq!(faults(late).await, [""; 0]);
    town.db.tamper("DELETE FROM consents").await;
    assert_eq!(faults(late).await, ["row"]);
}
