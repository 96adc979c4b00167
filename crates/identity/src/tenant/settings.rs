//! What a tenant has decided for itself. Whoever owns a key knows the shape of its value.

use qige_db::{Command, DbError, Failure, Json, Tx, params, statements};
use qige_kernel::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Stamp;

statements! {
    /// One decision.
    READ = "SELECT value FROM tenant_settings WHERE tenant = $1 AND key = $2";
    /// Puts one in the place of the one before.
    WRITE = "INSERT INTO tenant_settings (tenant, key, value, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
}

/// What the tenant decided; none while it has not.
///
/// # Errors
/// [`DbError::Decode`] when what is kept is of another shape; else as [`Tx::all`].
pub async fn setting<T: DeserializeOwned>(tx: &mut Tx<'_>, key: &str) -> Result<Option<T>, DbError> {
    let row: Option<(Json<T>,)> = tx.optional(READ, params![tx.tenant(), key]).await?;
    Ok(row.map(|(Json(value),)| value))
}

/// Notes a decision, for commands that do more than that; [`SetSetting`] also says in the journal who made
/// it.
///
/// # Errors
/// [`DbError`].
pub async fn set_setting<T: Serialize + Sync>(
    tx: &mut Tx<'_>,
    key: &str,
    value: &T,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(WRITE, params![tx.tenant(), key, Json(value), at]).await.map(drop)
}

/// Changes one setting.
#[derive(Clone, Debug)]
pub struct SetSetting {
    /// Which one.
    pub key: &'static str,
    /// To what; its owner has checked the shape.
    pub value: Value,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for SetSetting {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let before: Option<Value> = setting(tx, self.key).await?;
        if before.as_ref() == Some(&self.value) {
            return Ok(());
        }
        set_setting(tx, self.key, &self.value, self.stamp.at).await?;
        let body = json!({ "key": self.key, "before": before, "after": self.value });
        let tenant = tx.tenant();
        self.stamp.note(tx, "settings", tenant.0, "set-setting", &body).await?;
        tx.announce("settings", tenant.0);
        Ok(())
    }
}
