//! Keys under which sensitive fields lie, what reading is out of the ordinary, and who must have a second
//! step at sign-in: for the security administrator.

use qige_identity::{
    Algorithm, KeyClass, Permission, READING_LIMITS, ReadingLimits, SECOND_STEP, SecondStepRule, SetSetting,
    setting,
};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View};

const MAY: Permission = Permission::ManageSecurity;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/keys", MAY, "Keys of sensitive fields, and what reading is unusual", show)
        .post("/admin/keys/renew", MAY, "Make a new key; everything is sealed anew under it", renew)
        .post("/admin/keys/limits", MAY, "Set what reading is out of the ordinary", limit)
        .post("/admin/keys/second-step", MAY, "Set who must have a second step at sign-in", require)
}

/// Keys of sensitive fields.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct KeysPage {
    keys: Vec<KeyLine>,
    /// The master key that locks all of them.
    master: Option<String>,
    limits: ReadingLimits,
    /// Who must have a second step at sign-in.
    second_step: SecondStepRule,
}

/// A key; it never leaves the server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct KeyLine {
    class: KeyClass,
    version: i64,
    algorithm: Algorithm,
    /// Which master key locks it.
    master: String,
    since: Timestamp,
    /// A newer one is there; what lies under this one is sealed anew.
    followed: bool,
}

impl View for KeysPage {
    const TEMPLATE: &'static str = "trust/keys.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("data-keys-title")
    }

    fn samples() -> Vec<Self> {
        let key = |class, version, algorithm, followed| KeyLine {
            class,
            version,
            algorithm,
            master: "own-1a2b".to_owned(),
            since: Timestamp::from_micros(1_790_000_000_000_000),
            followed,
        };
        let keys = vec![
            key(KeyClass::Contact, 1, Algorithm::Aes256Gcm, true),
            key(KeyClass::Contact, 2, Algorithm::Sm4Gcm, false),
            key(KeyClass::Index, 1, Algorithm::Aes256Gcm, false),
        ];
        let master = Some("own-1a2b".to_owned());
        let (limits, second_step) = (ReadingLimits::default(), SecondStepRule { staff: true });
        let none = Self { keys: Vec::new(), master: master.clone(), limits, second_step };
        vec![none.clone(), Self { keys, ..none }]
    }
}

async fn show(cx: Cx) -> Result<Page<KeysPage>, Fault> {
    let (keys, limits, second_step) = cx
        .read(|tx| {
            Box::pin(async move {
                let limits: Option<ReadingLimits> = setting(tx, READING_LIMITS).await?;
                let rule: Option<SecondStepRule> = setting(tx, SECOND_STEP).await?;
                let keys = qige_identity::keys_of(tx).await?;
                Ok((keys, limits.unwrap_or_default(), rule.unwrap_or_default()))
            })
        })
        .await?;
    let newest = |class| keys.iter().filter(|key| key.class == class).map(|key| key.version).max();
    let line = |key: &qige_identity::KeyRow| KeyLine {
        class: key.class,
        version: key.version,
        algorithm: key.algorithm,
        master: key.master.clone(),
        since: key.created_at,
        followed: newest(key.class) != Some(key.version),
    };
    let master = cx.app().vault.master().map(str::to_owned);
    Ok(Page(KeysPage { keys: keys.iter().map(line).collect(), master, limits, second_step }))
}

/// Which key.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Renewed {
    /// What it locks.
    class: KeyClass,
}

async fn renew(cx: Cx, input: Input<Renewed>) -> Result<Done<KeysPage>, Fault> {
    let class = input.value.class;
    cx.app().renew_key(cx.asker()?, class, stamp(&cx, MAY)?).await?;
    Ok(Done::see("/admin/keys").saying(Text::of("keys-renewed")))
}

/// What is ordinary.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Limits {
    /// Of how many people one may read in an hour.
    people_an_hour: u16,
    /// How often one may look at the same person in a week without a case of theirs in hand.
    looks_a_week: u16,
    /// The hour from which people are at work.
    from_hour: u8,
    /// The hour until which they are.
    until_hour: u8,
}

async fn limit(cx: Cx, input: Input<Limits>) -> Result<Done<KeysPage>, Fault> {
    let Limits { people_an_hour, looks_a_week, from_hour, until_hour } = input.value;
    let hour = |hour: u8| i8::try_from(hour).unwrap_or(i8::MAX);
    let limits = ReadingLimits {
        people_an_hour: people_an_hour.into(),
        looks_a_week: looks_a_week.into(),
        from_hour: hour(from_hour),
        until_hour: hour(until_hour),
    };
    limits.check()?;
    let value = serde_json::to_value(limits).unwrap_or_default();
    cx.write(SetSetting { key: READING_LIMITS, value, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/keys").saying(Text::of("admin-saved")))
}

/// Who must have a second step.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Required {
    /// Everybody with a role that is work.
    #[serde(default)]
    staff: bool,
}

async fn require(cx: Cx, input: Input<Required>) -> Result<Done<KeysPage>, Fault> {
    let rule = SecondStepRule { staff: input.value.staff };
    let value = serde_json::to_value(rule).unwrap_or_default();
    cx.write(SetSetting { key: SECOND_STEP, value, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/keys").saying(Text::of("admin-saved")))
}
