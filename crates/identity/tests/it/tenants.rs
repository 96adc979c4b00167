//! Subdistricts and their settings.

use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Failure, Tx, db_test};
use qige_identity::{
    ChangeTenant, CreateTenant, SESSION_TERMS, SessionTerms, SetSetting, Stamp, Tenant, TenantFacts,
    only_tenant, set_setting, setting, tenant_by_host, tenant_by_id, tenant_by_slug, tenants,
};
use qige_kernel::{RefusalKind, TenantId};
use serde_json::json;
use uuid::Uuid;

use crate::support::{NOON, Town, refusal};

fn facts(name: &str) -> TenantFacts {
    TenantFacts {
        name: name.parse().unwrap(),
        code: Some("320722001".to_owned()),
        zone: "Asia/Shanghai".to_owned(),
        locale: "zh-CN".to_owned(),
        host: None,
    }
}

impl Town {
    fn create(&self, number: u128, slug: &str, facts: TenantFacts) -> (Asker, CreateTenant) {
        let id = TenantId(Uuid::from_u128(number));
        let stamp = Stamp::new(NOON, None, &self.entropy);
        (Asker::system(id), CreateTenant { id, slug: slug.to_owned(), facts, stamp })
    }

    async fn terms(&self) -> Result<Option<SessionTerms>, Failure> {
        self.db.read(self.system(), |tx| Box::pin(async move { Ok(setting(tx, SESSION_TERMS).await?) })).await
    }

    async fn only(&self) -> Option<Tenant> {
        self.read(|tx| Box::pin(async move { Ok(only_tenant(tx).await?) })).await
    }
}

#[db_test]
async fn a_tenant_is_found_by_slug_host_id_or_being_the_only_one(db: TestDb) {
    let town = Town::new(db);
    assert_eq!(town.only().await, None);
    let (asker, create) = town.create(
        1,
        "niushan",
        TenantFacts { host: Some("niushan.example".to_owned()), ..facts("牛山街道") },
    );
    town.db.write(asker, create.clone()).await.unwrap();
    town.db.write(asker, create).await.unwrap();
    let only = town.only().await.unwrap();
    assert_eq!(
        (only.slug.as_str(), only.name.as_str(), only.zone.as_str()),
        ("niushan", "牛山街道", "Asia/Shanghai")
    );
    let (other, create) = town.create(2, "shilian", facts("石榴街道"));
    town.db.write(other, create).await.unwrap();
    assert_eq!(town.only().await, None);
    let found = town
        .read(|tx| {
            Box::pin(async move {
                Ok((
                    tenant_by_slug(tx, "niushan").await?,
                    tenant_by_host(tx, "niushan.example").await?,
                    tenant_by_id(tx, TenantId(Uuid::from_u128(1))).await?,
                    tenant_by_slug(tx, "nowhere").await?,
                    tenants(tx).await?.len(),
                ))
            })
        })
        .await;
    assert_eq!(found, (Some(only.clone()), Some(only.clone()), Some(only), None, 2));
    assert_eq!(town.journal("tenant", Uuid::from_u128(1)).await.len(), 1);
}

#[db_test]
async fn what_is_taken_or_makes_no_sense_is_refused(db: TestDb) {
    let town = Town::new(db);
    let host = || Some("niushan.example".to_owned());
    let (asker, create) = town.create(1, "niushan", TenantFacts { host: host(), ..facts("牛山街道") });
    town.db.write(asker, create).await.unwrap();
    let wrong = [
        ("niushan", facts("石榴街道"), "slug-taken"),
        ("shilian", TenantFacts { host: host(), ..facts("石榴街道") }, "host-taken"),
        ("Shilian", facts("石榴街道"), "slug-letters"),
        ("", facts("石榴街道"), "slug-letters"),
        (&"s".repeat(33), facts("石榴街道"), "slug-letters"),
        (
            "shilian",
            TenantFacts { code: Some("3207".to_owned()), ..facts("石榴街道") },
            "division-code-wrong",
        ),
        (
            "shilian",
            TenantFacts { code: Some("32072200x".to_owned()), ..facts("石榴街道") },
            "division-code-wrong",
        ),
        ("shilian", TenantFacts { zone: "Asia/Niushan".to_owned(), ..facts("石榴街道") }, "zone-unknown"),
        ("shilian", TenantFacts { locale: String::new(), ..facts("石榴街道") }, "locale-unknown"),
        ("shilian", TenantFacts { host: Some("a b".to_owned()), ..facts("石榴街道") }, "host-wrong"),
    ];
    for (slug, facts, code) in wrong {
        let (asker, create) = town.create(2, slug, facts);
        assert_eq!(refusal(town.db.write(asker, create).await).code, code, "{slug}");
    }
    let (other, create) = town.create(2, &"s".repeat(32), facts("石榴街道"));
    town.db.write(other, create).await.unwrap();
    let stamp = town.stamp(NOON);
    let change = ChangeTenant { facts: TenantFacts { host: host(), ..facts("石榴街道") }, stamp };
    assert_eq!(refusal(town.db.write(other, change).await).code, "host-taken");
    let change = ChangeTenant { facts: TenantFacts { host: host(), ..facts("牛山新街道") }, stamp };
    town.db.write(asker, change).await.unwrap();
    let change = ChangeTenant { facts: facts("无"), stamp };
    let missing = refusal(town.db.write(Asker::system(TenantId(Uuid::from_u128(3))), change).await);
    assert_eq!((missing.kind, missing.code), (RefusalKind::Missing, "tenant-missing"));
}

#[db_test]
async fn a_setting_is_typed_and_its_change_is_on_record(db: TestDb) {
    let town = Town::new(db);
    let terms = SessionTerms { staff_idle_minutes: 60, ..SessionTerms::default() };
    assert_eq!(town.terms().await.unwrap(), None);
    let value = serde_json::to_value(terms).unwrap();
    let set = SetSetting { key: SESSION_TERMS, value, stamp: town.stamp(NOON) };
    town.done(set.clone()).await;
    town.done(set).await;
    assert_eq!(town.terms().await.unwrap(), Some(terms));
    let lines = town.journal("settings", town.tenant).await;
    assert_eq!(lines.len(), 1, "what changes nothing leaves no line: {lines:?}");
    assert!(lines[0].1.contains("\"before\":null"), "{lines:?}");
    let value = json!("not terms");
    town.done(SetSetting { key: SESSION_TERMS, value, stamp: town.stamp(NOON) }).await;
    assert!(town.terms().await.is_err());
}

struct Direct;

impl Command for Direct {
    type Output = Option<Vec<i64>>;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Failure> {
        set_setting(tx, "numbers", &[1, 2], NOON).await?;
        set_setting(tx, "numbers", &[3], NOON).await?;
        Ok(setting(tx, "numbers").await?)
    }
}

#[db_test]
async fn commands_set_settings_on_their_way(db: TestDb) {
    let town = Town::new(db);
    assert_eq!(town.done(Direct).await, Some(vec![3]));
    let elsewhere = town
        .db
        .read(Asker::system(TenantId(Uuid::from_u128(2))), |tx| {
            Box::pin(async move { Ok(setting::<Vec<i64>>(tx, "numbers").await?) })
        })
        .await
        .unwrap();
    assert_eq!(elsewhere, None);
}
