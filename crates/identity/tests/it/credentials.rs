//! From a secret to the person behind it, and when that ends.

use qige_db::testing::TestDb;
use qige_db::{Asker, db_test};
use qige_identity::{
    AdmitProgram, CREDENTIAL_KEPT_MICROS, Credential, CredentialKind, DEVICE_IDLE_MICROS, DEVICE_MICROS,
    Device, EndToken, ForgetOld, Grant, GrantRole, IssueToken, Permission, PersonState, RegisterDevice,
    RevokeCredential, RevokeGrant, Role, Scope, Secret, SetPersonState, SignOut, TOKEN_MICROS_MAX,
    TOUCH_MICROS, Touch, credentials_of, device_by_secret, tokens, who_by_secret,
};
use qige_kernel::{CredentialId, PersonId, PlaceId, TenantId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after};

impl Town {
    fn token(&self, person: PersonId, life_micros: i64) -> (Secret, IssueToken) {
        let secret = Secret::draw(CredentialKind::Token, &self.entropy);
        let issue = IssueToken {
            id: self.entropy.id(NOON),
            person,
            digest: secret.digest(),
            label: "对接程序".to_owned(),
            expires_at: after(life_micros),
            stamp: self.stamp(NOON),
        };
        (secret, issue)
    }

    fn register(&self, device: u128, person: Option<PersonId>, at: Timestamp) -> (Secret, RegisterDevice) {
        let secret = Secret::draw(CredentialKind::Device, &self.entropy);
        let register = RegisterDevice {
            id: self.entropy.id(at),
            device: Uuid::from_u128(device),
            person,
            digest: secret.digest(),
            label: "安卓手机".to_owned(),
            at,
        };
        (secret, register)
    }

    async fn device(&self, secret: &Secret, now: Timestamp) -> Option<Device> {
        let secret = secret.clone();
        self.read(move |tx| Box::pin(async move { Ok(device_by_secret(tx, &secret, now).await?) })).await
    }

    async fn credentials(&self, person: PersonId, now: Timestamp) -> Vec<Credential> {
        self.read(move |tx| Box::pin(async move { Ok(credentials_of(tx, person, now).await?) })).await
    }
}

#[db_test]
async fn a_secret_leads_to_the_person_and_the_grants_that_hold_now(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let (secret, issue) = town.token(person, 10 * Timestamp::DAY);
    town.done(issue.clone()).await;
    let who = town.who(&secret, NOON).await.unwrap();
    assert_eq!((who.person, who.name.as_str(), who.credential), (person, "坐席 03", issue.id));
    assert_eq!(who.kind, CredentialKind::Token);
    assert!(who.grants.is_empty() && who.may(Permission::ManageOwnAccount));
    let here = Scope::Community(PlaceId(Uuid::from_u128(5)));
    let first = town.give(person, Role::Dispatcher, here).await;
    let tomorrow = town.grant(Role::Supervisor, Scope::Tenant, after(Timestamp::DAY));
    town.done(GrantRole { person, grant: tomorrow, stamp: town.stamp(NOON) }).await;
    let who = town.who(&secret, after(1)).await.unwrap();
    assert_eq!(who.scopes(Permission::ReadQueue), [here]);
    assert!(!who.has(Role::Supervisor));
    let who = town.who(&secret, after(Timestamp::DAY)).await.unwrap();
    assert_eq!(who.scopes(Permission::ReadQueue), [Scope::Tenant]);
    assert_eq!(who.grants.len(), 2);
    town.done(RevokeGrant { grant: first, stamp: town.stamp(after(Timestamp::DAY)) }).await;
    let who = town.who(&secret, after(Timestamp::DAY)).await.unwrap();
    assert_eq!(who.grants, [tomorrow]);
}

#[db_test]
async fn nothing_but_the_secret_of_this_tenant_opens(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let (secret, issue) = town.token(person, Timestamp::DAY);
    town.done(issue).await;
    let other = Secret::draw(CredentialKind::Token, &town.entropy);
    assert!(town.who(&other, NOON).await.is_none());
    let renamed: Secret = secret.to_string().replace("qt_", "qs_").parse().unwrap();
    assert!(town.who(&renamed, NOON).await.is_none(), "a token is no session");
    let elsewhere = Asker::system(TenantId(Uuid::from_u128(2)));
    let shown = secret.clone();
    let found = town
        .db
        .read(elsewhere, |tx| Box::pin(async move { Ok(who_by_secret(tx, &shown, NOON).await?) }))
        .await
        .unwrap();
    assert!(found.is_none());
    assert!(town.who(&secret, NOON).await.is_some());
}

#[db_test]
async fn a_token_ends_when_it_was_said_to(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let (secret, issue) = town.token(person, TOKEN_MICROS_MAX);
    town.done(issue.clone()).await;
    assert!(town.who(&secret, after(TOKEN_MICROS_MAX - 1)).await.is_some());
    assert!(town.who(&secret, after(TOKEN_MICROS_MAX)).await.is_none());
    for life in [TOKEN_MICROS_MAX + 1, 0, -1] {
        assert_eq!(town.refused(town.token(person, life).1).await.code, "token-life");
    }
    let no_label = IssueToken { label: " ".to_owned(), ..town.token(person, 1).1 };
    assert_eq!(town.refused(no_label).await.code, "label-length");
    let long = IssueToken { label: "字".repeat(101), ..town.token(person, 1).1 };
    assert_eq!(town.refused(long).await.code, "label-length");
    let fits = IssueToken { label: "字".repeat(100), ..town.token(person, 1).1 };
    town.done(fits).await;
    let nobody = town.token(PersonId(Uuid::nil()), 1).1;
    assert_eq!(town.refused(nobody).await.code, "person-missing");
    let journal = town.journal("person", person).await;
    assert!(journal.iter().all(|(_, body)| !body.contains(&secret.to_string()[3..])));
}

#[db_test]
async fn what_is_revoked_or_signed_out_is_over(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let other = town.person("坐席 04").await;
    let (one, issue_one) = town.token(person, Timestamp::DAY);
    let (two, issue_two) = town.token(person, Timestamp::DAY);
    town.done(issue_one.clone()).await;
    town.done(issue_two.clone()).await;
    let revoke = |person, credential| RevokeCredential { credential, person, stamp: town.stamp(after(1)) };
    assert_eq!(town.refused(revoke(other, issue_one.id)).await.code, "credential-missing");
    let unknown = CredentialId(Uuid::nil());
    assert_eq!(town.refused(revoke(person, unknown)).await.code, "credential-missing");
    assert_eq!(town.credentials(person, after(1)).await.len(), 2);
    town.done(revoke(person, issue_one.id)).await;
    town.done(revoke(person, issue_one.id)).await;
    assert!(town.who(&one, after(2)).await.is_none() && town.who(&two, after(2)).await.is_some());
    assert_eq!(town.credentials(person, after(2)).await[0].id, issue_two.id);
    town.done(SignOut { credential: issue_two.id, at: after(3) }).await;
    town.done(SignOut { credential: issue_two.id, at: after(4) }).await;
    assert!(town.who(&two, after(4)).await.is_none());
    let commands: Vec<_> = town.journal("person", person).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["add-person", "issue-token", "issue-token", "revoke-credential"]);
}

#[db_test]
async fn whoever_is_paused_is_out_and_comes_back_by_signing_in_again(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let (secret, issue) = town.token(person, Timestamp::DAY);
    town.done(issue).await;
    let set = |state| SetPersonState { person, state, stamp: town.stamp(after(1)) };
    town.done(set(PersonState::Paused)).await;
    assert!(town.who(&secret, after(1)).await.is_none());
    assert_eq!(town.refused(town.token(person, Timestamp::DAY).1).await.code, "person-paused");
    assert_eq!(town.refused(town.register(1, Some(person), NOON).1).await.code, "person-paused");
    town.done(set(PersonState::Active)).await;
    assert!(town.who(&secret, after(1)).await.is_none());
}

#[db_test]
async fn use_is_noted_every_five_minutes_at_most(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let (secret, register) = town.register(1, Some(person), NOON);
    town.done(register.clone()).await;
    let mut due = Vec::new();
    for at in [after(TOUCH_MICROS - 1), after(TOUCH_MICROS)] {
        due.push(town.who(&secret, at).await.unwrap().touch_due);
        town.done(Touch { credential: register.id, at }).await;
    }
    assert_eq!(due, [false, true]);
    assert_eq!(town.credentials(person, after(TOUCH_MICROS)).await[0].last_used_at, after(TOUCH_MICROS));
    assert!(!town.who(&secret, after(TOUCH_MICROS + 1)).await.unwrap().touch_due);
    let used = TOUCH_MICROS;
    assert!(town.who(&secret, after(used + DEVICE_IDLE_MICROS - 1)).await.is_some());
    assert!(town.who(&secret, after(used + DEVICE_IDLE_MICROS)).await.is_none());
}

#[db_test]
async fn a_phone_is_known_by_its_own_credential(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let (old, first) = town.register(1, Some(person), NOON);
    town.done(first).await;
    let (new, again) = town.register(1, Some(person), after(1));
    town.done(again.clone()).await;
    assert!(town.device(&old, after(1)).await.is_none() && town.who(&old, after(1)).await.is_none());
    let device = town.device(&new, after(1)).await.unwrap();
    assert_eq!((device.credential, device.device), (again.id, Uuid::from_u128(1)));
    assert_eq!((device.person, device.touch_due), (Some(person), false));
    assert_eq!(town.who(&new, after(1)).await.unwrap().kind, CredentialKind::Device);
    let other = town.person("骑手 0018").await;
    assert_eq!(town.refused(town.register(1, Some(other), after(2)).1).await.code, "device-known");
    assert_eq!(town.refused(town.register(1, None, after(2)).1).await.code, "device-known");
    assert!(town.device(&new, after(2)).await.is_some(), "a stranger's try changes nothing");
    town.done(Touch { credential: again.id, at: after(DEVICE_IDLE_MICROS - 1) }).await;
    assert!(town.device(&new, after(DEVICE_MICROS + 1)).await.is_none());
}

#[db_test]
async fn a_phone_without_an_account_has_one_too(db: TestDb) {
    let town = Town::new(db);
    let (secret, register) = town.register(2, None, NOON);
    town.done(register).await;
    assert_eq!(town.device(&secret, NOON).await.unwrap().person, None);
    assert!(town.who(&secret, NOON).await.is_none(), "nobody is behind it");
    let person = town.person("骑手 0017").await;
    assert_eq!(town.refused(town.register(2, Some(person), NOON).1).await.code, "device-known");
    assert_eq!(town.refused(town.register(2, None, NOON).1).await.code, "device-known");
}

#[db_test]
async fn what_ended_long_ago_is_forgotten(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("坐席 03").await;
    let (_, short) = town.token(person, Timestamp::DAY);
    let (kept, long) = town.token(person, 300 * Timestamp::DAY);
    town.done(short).await;
    town.done(long).await;
    let end = Timestamp::DAY + CREDENTIAL_KEPT_MICROS;
    assert_eq!(town.done(ForgetOld { at: after(end - 1) }).await.credentials, 0);
    assert_eq!(town.done(ForgetOld { at: after(end) }).await.credentials, 1);
    assert!(town.who(&kept, after(end)).await.is_some());
}

#[db_test]
async fn a_program_has_one_role_and_ends_with_its_token(db: TestDb) {
    let town = Town::new(db);
    let admitted = |role: Role, scope: Scope, life_micros: Option<i64>| {
        let secret = Secret::draw(CredentialKind::Token, &town.entropy);
        let until = life_micros.map(after);
        let command = AdmitProgram {
            person: town.entropy.id(NOON),
            name: "热线对接".parse().unwrap(),
            grant: Grant { until, ..town.grant(role, scope, NOON) },
            token: town.entropy.id(NOON),
            digest: secret.digest(),
            stamp: town.stamp(NOON),
        };
        (secret, command)
    };
    for role in Role::THREE_POWERS {
        let power = admitted(role, Scope::Tenant, Some(Timestamp::DAY)).1;
        assert_eq!(town.refused(power).await.code, "program-no-power");
    }
    for life in [None, Some(0), Some(TOKEN_MICROS_MAX + 1)] {
        let command = admitted(Role::Dispatcher, Scope::Tenant, life).1;
        assert_eq!(town.refused(command).await.code, "token-life");
    }
    let misplaced = admitted(Role::UnitHandler, Scope::Tenant, Some(1)).1;
    assert_eq!(town.refused(misplaced).await.code, "scope-not-for-role");
    let (secret, command) = admitted(Role::Dispatcher, Scope::Tenant, Some(TOKEN_MICROS_MAX));
    town.done(command.clone()).await;
    let who = town.who(&secret, after(TOKEN_MICROS_MAX - 1)).await.unwrap();
    assert_eq!((who.name.as_str(), who.has(Role::Dispatcher), who.grants.len()), ("热线对接", true, 1));
    assert!(town.who(&secret, after(TOKEN_MICROS_MAX)).await.is_none());
    // A person's own token ends alone.
    let person = town.person("坐席 03").await;
    let (_, issue) = town.token(person, Timestamp::DAY);
    town.done(issue.clone()).await;
    let all = town.read(|tx| Box::pin(async move { Ok(tokens(tx, after(1)).await?) })).await;
    let order: Vec<_> = all.iter().map(|token| token.id).collect();
    assert_eq!(order, [command.token, issue.id], "the program's first, though it is older");
    for token in [issue.id, command.token, command.token] {
        town.done(EndToken { token, stamp: town.stamp(after(2)) }).await;
    }
    let gone = town.read(|tx| Box::pin(async move { Ok(tokens(tx, after(3)).await?) })).await;
    assert!(gone.is_empty() && town.who(&secret, after(3)).await.is_none());
    let unknown = EndToken { token: CredentialId(Uuid::nil()), stamp: town.stamp(after(2)) };
    assert_eq!(town.refused(unknown).await.code, "credential-missing");
    let commands: Vec<_> =
        town.journal("person", command.person).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["add-person", "issue-token", "revoke-credential", "set-state"]);
    let commands: Vec<_> = town.journal("person", person).await.into_iter().map(|line| line.0).collect();
    assert_eq!(commands, ["add-person", "issue-token", "revoke-credential"], "the person stays");
}
