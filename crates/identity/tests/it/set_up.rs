//! The first administrators.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{
    AddPerson, CreateFirstAdministrators, FirstAdministrator, NewPerson, Password, Reach, Role, holders,
    is_set_up, password,
};
use qige_kernel::PersonId;

use crate::support::{NOON, Town, refusal};

impl Town {
    async fn first(&self, name: &str) -> FirstAdministrator {
        let chosen = Password::chosen("三员分立缺一不可", &[]).unwrap();
        let password = Some(password::hash(&chosen, &self.entropy).await.unwrap());
        FirstAdministrator {
            person: NewPerson { password, ..self.new_person(name) },
            grant: self.entropy.id(NOON),
        }
    }

    async fn first_three(&self, number: u32) -> CreateFirstAdministrators {
        CreateFirstAdministrators {
            tenant_admin: self.first(&format!("系统管理员 {number}")).await,
            security_admin: self.first(&format!("安全管理员 {number}")).await,
            auditor: Some(self.first(&format!("审计员 {number}")).await),
            stamp: self.stamp(NOON),
        }
    }

    async fn holding(&self, role: Role) -> Vec<PersonId> {
        self.read(move |tx| Box::pin(async move { Ok(holders(tx, role, &Reach::default(), NOON).await?) }))
            .await
    }

    async fn is_set_up(&self) -> bool {
        self.read(|tx| Box::pin(async move { Ok(is_set_up(tx).await?) })).await
    }
}

#[db_test]
async fn three_people_get_the_three_powers_once(db: TestDb) {
    let town = Town::new(db);
    assert!(!town.is_set_up().await);
    let create = town.first_three(1).await;
    town.done(create.clone()).await;
    assert!(town.is_set_up().await);
    assert_eq!(town.holding(Role::TenantAdmin).await, [create.tenant_admin.person.id]);
    assert_eq!(town.holding(Role::SecurityAdmin).await, [create.security_admin.person.id]);
    assert_eq!(town.holding(Role::Auditor).await, [create.auditor.as_ref().unwrap().person.id]);
    assert_eq!(town.refused(town.first_three(2).await).await.code, "already-set-up");
    let grant = create.auditor.unwrap().grant;
    assert_eq!(town.journal("grant", grant).await.len(), 1);
}

#[db_test]
async fn one_person_cannot_be_two_of_them(db: TestDb) {
    let town = Town::new(db);
    let mut create = town.first_three(1).await;
    create.security_admin.person = create.tenant_admin.person.clone();
    assert_eq!(town.refused(create.clone()).await.code, "sign-in-name-taken");
    assert!(!town.is_set_up().await, "nothing of it is kept");
    create.security_admin = town.first("安全管理员 9").await;
    create.security_admin.person.password = None;
    assert_eq!(town.refused(create.clone()).await.code, "password-missing");
    create.security_admin = town.first("安全管理员 9").await;
    create.auditor = None;
    town.done(create).await;
    assert!(town.holding(Role::Auditor).await.is_empty());
}

#[db_test]
async fn of_several_at_once_one_is_first(db: TestDb) {
    let town = Town::new(db);
    let mut creates = Vec::new();
    for number in 0..4 {
        creates.push(town.first_three(number).await);
    }
    let results = futures_util::future::join_all(creates.into_iter().map(|each| town.write(each))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(result).code, "already-set-up");
    }
    assert_eq!(town.holding(Role::SecurityAdmin).await.len(), 1);
}

#[db_test]
async fn a_tenant_with_anybody_in_it_is_set_up(db: TestDb) {
    let town = Town::new(db);
    let person = town.new_person("骑手 0017");
    town.done(AddPerson { person, stamp: town.stamp(NOON) }).await;
    assert_eq!(town.refused(town.first_three(1).await).await.code, "already-set-up");
}
