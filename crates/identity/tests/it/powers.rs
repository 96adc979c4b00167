//! No sequence of grants, one after another or all at once, lets one person hold two of the three powers.

use qige_db::testing::TestDb;
use qige_db::{Engine, db_test};
use qige_identity::{
    Grant, GrantRole, GrantRow, PersonState, RevokeGrant, Role, Scope, SetPersonState, grants_of,
};
use qige_kernel::{Entropy, GrantId, PersonId, Timestamp};

use crate::support::{Town, after, refusal};

const PEOPLE: usize = 3;
const STEPS: usize = 120;

/// What a grant is to the model: days, in which it holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    id: GrantId,
    person: usize,
    role: Role,
    from: i64,
    until: i64,
}

const FOREVER: i64 = 10_000;

#[derive(Default)]
struct Model {
    held: Vec<Held>,
    today: i64,
}

impl Model {
    /// On every day, to the end of time: the same question asked the slow way.
    fn allows(&self, new: &Held) -> bool {
        (new.from..new.until.min(200)).all(|day| {
            self.held
                .iter()
                .filter(|held| held.person == new.person && held.from <= day && day < held.until)
                .all(|held| if held.role.is_power() { !new.role.is_power() } else { held.role != new.role })
        })
    }
}

fn day(day: i64) -> Timestamp {
    after(day * Timestamp::DAY)
}

fn below(entropy: &Entropy, limit: u64) -> i64 {
    i64::try_from(u64::from_be_bytes(entropy.bytes()) % limit).unwrap()
}

fn roll<T: Copy>(entropy: &Entropy, choices: &[T]) -> T {
    choices[usize::try_from(below(entropy, choices.len() as u64)).unwrap()]
}

async fn rows(town: &Town, person: PersonId) -> Vec<GrantRow> {
    town.read(move |tx| Box::pin(async move { Ok(grants_of(tx, person).await?) })).await
}

/// Two powers on one day.
fn assert_apart(rows: &[GrantRow], context: &str) {
    for today in 0..200 {
        let powers: Vec<Role> = rows
            .iter()
            .filter(|row| row.role.is_power() && row.grant().is_live(day(today)))
            .map(|row| row.role)
            .collect();
        assert!(powers.len() <= 1, "{context}: {powers:?} on day {today}");
    }
}

#[db_test]
async fn one_after_another(db: TestDb) {
    let town = Town::new(db);
    for seed in 0..4 {
        let entropy = Entropy::seeded(seed);
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(town.person(&format!("人员 {seed}{number}")).await);
        }
        let mut model = Model::default();
        for step in 0..STEPS {
            take_step(&town, &entropy, &people, &mut model, &format!("seed {seed} step {step}")).await;
        }
        for person in &people {
            assert_apart(&rows(&town, *person).await, &format!("seed {seed}"));
        }
    }
}

async fn take_step(town: &Town, entropy: &Entropy, people: &[PersonId], model: &mut Model, context: &str) {
    let stamp = town.stamp(day(model.today));
    match below(entropy, 10) {
        0 => model.today += 1,
        1..=3 if !model.held.is_empty() => {
            let at = usize::try_from(below(entropy, model.held.len() as u64)).unwrap();
            let held = &mut model.held[at];
            if town.write(RevokeGrant { grant: held.id, stamp }).await.is_ok() {
                held.until = held.until.min(model.today.max(held.from));
            }
        }
        _ => {
            let from = model.today + below(entropy, 6);
            let until = roll(entropy, &[FOREVER, from + 1, from + 2, from + 5]);
            let role = roll(entropy, &[Role::TenantAdmin, Role::SecurityAdmin, Role::Auditor, Role::Rider]);
            let person = usize::try_from(below(entropy, PEOPLE as u64)).unwrap();
            let id = town.entropy.id(day(0));
            let new = Held { id, person, role, from, until };
            let grant = Grant {
                until: (until < FOREVER).then(|| day(until)),
                ..town.grant(role, Scope::Tenant, day(from))
            };
            let grant = Grant { id, ..grant };
            let result = town.write(GrantRole { person: people[person], grant, stamp }).await;
            assert_eq!(result.is_ok(), model.allows(&new), "{context}: {new:?} {result:?} {:?}", model.held);
            if result.is_ok() {
                model.held.push(new);
            } else {
                let code = refusal(result).code;
                assert!(matches!(code, "powers-kept-apart" | "grant-held"), "{context}: {code}");
            }
        }
    }
}

#[db_test]
async fn all_at_once(db: TestDb) {
    let rounds = if db.engine() == Engine::Postgres { 6 } else { 20 };
    let town = Town::new(db);
    for round in 0..rounds {
        let person = town.person(&format!("人员 {round}")).await;
        let tries = Role::THREE_POWERS.iter().flat_map(|role| {
            [0, 1].map(|from| {
                let grant = town.grant(*role, Scope::Tenant, day(from));
                town.write(GrantRole { person, grant, stamp: town.stamp(day(0)) })
            })
        });
        let results = futures_util::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "round {round}: {results:?}");
        assert_apart(&rows(&town, person).await, &format!("round {round}"));
    }
}

/// Handing one power over for another, with revoking, granting and leaving all under way.
#[db_test]
async fn while_one_is_taken_back(db: TestDb) {
    let town = Town::new(db);
    for round in 0..6 {
        let person = town.person(&format!("人员 {round}")).await;
        let first = town.give(person, Role::TenantAdmin, Scope::Tenant).await;
        let give = |role| GrantRole {
            person,
            grant: town.grant(role, Scope::Tenant, day(1)),
            stamp: town.stamp(day(1)),
        };
        let (revoked, auditor, security, left) = tokio::join!(
            town.write(RevokeGrant { grant: first, stamp: town.stamp(day(1)) }),
            town.write(give(Role::Auditor)),
            town.write(give(Role::SecurityAdmin)),
            async {
                let state = PersonState::Left;
                if round % 2 == 0 {
                    return Ok(());
                }
                town.write(SetPersonState { person, state, stamp: town.stamp(day(1)) }).await
            },
        );
        revoked.unwrap();
        assert!(!(auditor.is_ok() && security.is_ok()), "round {round}: {auditor:?} {security:?} {left:?}");
        let rows = rows(&town, person).await;
        assert_apart(&rows, &format!("round {round}"));
        if round % 2 == 1 && left.is_ok() {
            assert!(rows.iter().all(|row| !row.grant().is_live(day(2))), "round {round}: {rows:?}");
        }
    }
}
