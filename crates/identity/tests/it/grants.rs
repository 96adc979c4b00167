//! Roles are given and taken back.

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test};
use qige_identity::{
    Grant, GrantRole, PersonState, Reach, RevokeGrant, Role, Scope, SetPersonState, Stamp, grants_of,
    hand_over, holders,
};
use qige_kernel::{GrantId, PersonId, PlaceId, Timestamp, UnitId};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

impl Town {
    async fn holders(&self, role: Role, reach: Reach, now: Timestamp) -> Vec<PersonId> {
        self.read(move |tx| Box::pin(async move { Ok(holders(tx, role, &reach, now).await?) })).await
    }
}

#[db_test]
async fn a_grant_begins_and_ends(db: TestDb) {
    let town = Town::new(db);
    let rider = town.person("骑手 0017").await;
    let grant = Grant {
        until: Some(after(2 * Timestamp::DAY)),
        ..town.grant(Role::Rider, Scope::Tenant, after(Timestamp::DAY))
    };
    let give = GrantRole { person: rider, grant, stamp: town.stamp(NOON) };
    town.done(give).await;
    let mut held = Vec::new();
    for hours in [23, 24, 47, 48] {
        let now = after(hours * Timestamp::HOUR);
        held.push(!town.holders(Role::Rider, Reach::default(), now).await.is_empty());
    }
    assert_eq!(held, [false, true, true, false]);
    assert_eq!(town.refused(give).await.code, "grant-held");
    let follows = Grant { id: grant.id, from: grant.until.unwrap(), until: None, ..grant };
    assert_eq!(town.refused(GrantRole { grant: follows, ..give }).await.code, "grant-known");
    let follows = Grant { id: town.entropy.id(NOON), ..follows };
    town.done(GrantRole { grant: follows, ..give }).await;
}

#[db_test]
async fn what_is_taken_back_ends_now_and_once(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let given = town.give(person, Role::Dispatcher, Scope::Tenant).await;
    let later = town.grant(Role::Supervisor, Scope::Tenant, after(Timestamp::DAY));
    town.done(GrantRole { person, grant: later, stamp: town.stamp(NOON) }).await;
    for grant in [given, later.id, given] {
        town.done(RevokeGrant { grant, stamp: town.stamp(after(5)) }).await;
    }
    let rows = town.read(move |tx| Box::pin(async move { Ok(grants_of(tx, person).await?) })).await;
    let ends: Vec<_> = rows.iter().map(|row| (row.role, row.starts_at, row.ends_at)).collect();
    let day = after(Timestamp::DAY);
    assert_eq!(ends, [(Role::Supervisor, day, Some(day)), (Role::Dispatcher, NOON, Some(after(5)))]);
    let commands: Vec<_> = town.journal("grant", given).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["grant", "revoke"]);
    let nothing = RevokeGrant { grant: GrantId(Uuid::nil()), stamp: town.stamp(NOON) };
    assert_eq!(town.refused(nothing).await.code, "grant-missing");
}

#[db_test]
async fn holders_are_those_whose_scope_reaches_there(db: TestDb) {
    let town = Town::new(db);
    let place = |number| PlaceId(Uuid::from_u128(number));
    let unit = UnitId(Uuid::from_u128(9));
    let everywhere = town.person("网格员 01").await;
    let here = town.person("网格员 02").await;
    let there = town.person("网格员 03").await;
    let lead = town.person("处置 01").await;
    town.give(everywhere, Role::GridWorker, Scope::Tenant).await;
    town.give(here, Role::GridWorker, Scope::Grid(place(1))).await;
    town.give(here, Role::GridWorker, Scope::Community(place(7))).await;
    town.give(there, Role::GridWorker, Scope::Grid(place(2))).await;
    town.give(lead, Role::UnitLead, Scope::Unit(unit)).await;
    let reach = Reach { community: Some(place(7)), grid: Some(place(1)), unit: Some(unit) };
    assert_eq!(town.holders(Role::GridWorker, reach, NOON).await, sorted([everywhere, here]));
    assert_eq!(town.holders(Role::GridWorker, Reach::default(), NOON).await, [everywhere]);
    assert_eq!(town.holders(Role::UnitLead, reach, NOON).await, [lead]);
    let paused = SetPersonState { person: here, state: PersonState::Paused, stamp: town.stamp(NOON) };
    town.done(paused).await;
    assert_eq!(town.holders(Role::GridWorker, reach, NOON).await, [everywhere]);
}

fn sorted<const N: usize>(mut people: [PersonId; N]) -> [PersonId; N] {
    people.sort_unstable();
    people
}

#[db_test]
async fn nobody_gives_themself_a_role_and_nobody_who_left_gets_one(db: TestDb) {
    let town = Town::new(db);
    let admin = town.person("安全管理员 01").await;
    let other = town.person("安全管理员 02").await;
    town.give(admin, Role::SecurityAdmin, Scope::Tenant).await;
    let grant = town.grant(Role::Dispatcher, Scope::Tenant, NOON);
    let give = GrantRole { person: admin, grant, stamp: town.stamp(NOON) };
    assert_eq!(refusal(town.db.write(town.by(admin), give).await).code, "grant-to-self");
    town.db.write(town.by(other), give).await.unwrap();
    let left = SetPersonState { person: other, state: PersonState::Left, stamp: town.stamp(NOON) };
    town.done(left).await;
    assert_eq!(town.refused(GrantRole { person: other, ..give }).await.code, "person-left");
    let nobody = GrantRole { person: PersonId(Uuid::nil()), ..give };
    assert_eq!(town.refused(nobody).await.code, "person-missing");
}

#[db_test]
async fn the_last_security_administrator_stays(db: TestDb) {
    let town = Town::new(db);
    let first = town.person("安全管理员 01").await;
    let second = town.person("安全管理员 02").await;
    let grant = town.give(first, Role::SecurityAdmin, Scope::Tenant).await;
    let revoke = RevokeGrant { grant, stamp: town.stamp(after(1)) };
    let pause = SetPersonState { person: first, state: PersonState::Paused, stamp: town.stamp(after(1)) };
    assert_eq!(town.refused(revoke).await.code, "last-security-admin");
    assert_eq!(town.refused(pause).await.code, "last-security-admin");
    town.give(second, Role::SecurityAdmin, Scope::Tenant).await;
    town.done(pause).await;
    let other = SetPersonState { person: second, state: PersonState::Left, stamp: town.stamp(after(1)) };
    assert_eq!(town.refused(other).await.code, "last-security-admin");
    town.done(revoke).await;
}

#[db_test]
async fn two_security_administrators_do_not_leave_at_once(db: TestDb) {
    let town = Town::new(db);
    let mut people = Vec::new();
    for number in 0..2 {
        let person = town.person(&format!("安全管理员 0{number}")).await;
        town.give(person, Role::SecurityAdmin, Scope::Tenant).await;
        people.push(person);
    }
    let leaving = people.iter().map(|person| {
        let state = PersonState::Left;
        town.write(SetPersonState { person: *person, state, stamp: town.stamp(after(1)) })
    });
    let results = futures_util::future::join_all(leaving).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(town.holders(Role::SecurityAdmin, Reach::default(), after(2)).await.len(), 1);
}

/// What a merge of two communities does to roles.
struct HandOver {
    from: Scope,
    to: Scope,
    stamp: Stamp,
}

impl Command for HandOver {
    type Output = usize;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Failure> {
        hand_over(tx, self.from, self.to, &self.stamp).await
    }
}

#[db_test]
async fn a_scope_goes_over_into_another_for_as_long_as_it_was_given(db: TestDb) {
    let town = Town::new(db);
    let community = |number| PlaceId(Uuid::from_u128(number));
    let (old, new) = (Scope::Community(community(1)), Scope::Community(community(2)));
    let (moved, holds_both, holds_shorter) =
        (town.person("网格员 01").await, town.person("网格员 02").await, town.person("网格员 03").await);
    let until = Some(after(30 * Timestamp::DAY));
    let give = async |person, scope, until| {
        let grant = Grant { until, ..town.grant(Role::GridWorker, scope, NOON) };
        town.done(GrantRole { person, grant, stamp: town.stamp(NOON) }).await;
        grant.id
    };
    let first = give(moved, old, until).await;
    let ended = give(holds_both, old, until).await;
    give(holds_both, new, None).await;
    let longer = give(holds_shorter, old, None).await;
    give(holds_shorter, new, until).await;
    let untouched = give(town.person("网格员 04").await, Scope::Community(community(3)), None).await;
    let before = town.give(town.person("网格员 05").await, Role::GridWorker, old).await;
    town.done(RevokeGrant { grant: before, stamp: town.stamp(after(1)) }).await;

    let over = HandOver { from: old, to: new, stamp: town.stamp(after(2)) };
    assert_eq!(town.done(over).await, 3, "not what has ended");
    let again = HandOver { from: old, to: new, stamp: town.stamp(after(3)) };
    assert_eq!(town.done(again).await, 0);
    let held = async |person| -> Vec<(Scope, Option<Timestamp>)> {
        let rows = town.read(move |tx| Box::pin(async move { Ok(grants_of(tx, person).await?) })).await;
        let mut held: Vec<_> = rows.iter().map(|row| (row.scope, row.ends_at)).collect();
        held.sort_unstable();
        held
    };
    assert_eq!(held(moved).await, [(new, until)]);
    assert_eq!(held(holds_both).await, [(old, Some(after(2))), (new, None)], "one is enough");
    assert_eq!(held(holds_shorter).await, [(new, None), (new, until)], "no term gets shorter");
    let reach = Reach { community: Some(community(2)), ..Reach::default() };
    let mut here = town.holders(Role::GridWorker, reach, after(4)).await;
    here.sort_unstable();
    let mut wanted = vec![moved, holds_both, holds_shorter];
    wanted.sort_unstable();
    assert_eq!(here, wanted);
    for (grant, commands) in [
        (first, &["grant", "hand-over"][..]),
        (longer, &["grant", "hand-over"]),
        (ended, &["grant", "revoke"]),
        (before, &["grant", "revoke"]),
        (untouched, &["grant"]),
    ] {
        let lines: Vec<_> = town.journal("grant", grant).await.into_iter().map(|line| line.0).collect();
        assert_eq!(lines, commands);
    }
}
