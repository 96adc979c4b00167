//! The first administrators: the only accounts that nobody gave.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_db::{Command, Failure, Tx};
use qige_kernel::{Entropy, GrantId, Refusal, RefusalKind};

use crate::grant::give;
use crate::person::{NewPerson, add, is_set_up};
use crate::secret::same;
use crate::{Grant, Role, Scope, Stamp};

/// Bytes of chance in a set-up token.
const TOKEN_BYTES: usize = 24;

/// What whoever started the program shows in the browser, so that nobody else sets it up first. Lives in
/// memory only, as long as the program runs; written out by `Display` alone.
#[derive(Clone)]
pub struct SetUpToken(String);

impl SetUpToken {
    /// A new one.
    #[must_use]
    pub fn draw(entropy: &Entropy) -> Self {
        Self(URL_SAFE_NO_PAD.encode(entropy.bytes::<TOKEN_BYTES>()))
    }

    /// Whether `shown` is it; takes as long whatever differs.
    #[must_use]
    pub fn matches(&self, shown: &str) -> bool {
        same(self.0.as_bytes(), shown.trim().as_bytes())
    }
}

impl fmt::Display for SetUpToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SetUpToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpToken(…)")
    }
}

/// One of the first administrators.
#[derive(Clone, Debug)]
pub struct FirstAdministrator {
    /// Who.
    pub person: NewPerson,
    /// The id of the grant that they get.
    pub grant: GrantId,
}

/// Makes the first administrators: three people for the three powers, since no person holds two. The auditor
/// may be named later, by the security administrator. Works only while the tenant has nobody.
#[derive(Clone, Debug)]
pub struct CreateFirstAdministrators {
    /// Looks after places, units, people and settings.
    pub tenant_admin: FirstAdministrator,
    /// Looks after roles and credentials.
    pub security_admin: FirstAdministrator,
    /// Reads the journal.
    pub auditor: Option<FirstAdministrator>,
    /// When.
    pub stamp: Stamp,
}

impl Command for CreateFirstAdministrators {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if is_set_up(tx).await? {
            return Err(Refusal::new(RefusalKind::Conflict, "already-set-up").into());
        }
        let administrators = [
            (Role::TenantAdmin, Some(&self.tenant_admin)),
            (Role::SecurityAdmin, Some(&self.security_admin)),
            (Role::Auditor, self.auditor.as_ref()),
        ];
        for (role, administrator) in administrators {
            let Some(FirstAdministrator { person, grant }) = administrator else { continue };
            if person.password.is_none() {
                return Err(Refusal::invalid("password", "password-missing").with("role", role).into());
            }
            add(tx, person, &self.stamp).await?;
            let grant = Grant { id: *grant, role, scope: Scope::Tenant, from: self.stamp.at, until: None };
            give(tx, person.id, &grant, &self.stamp).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_known_to_whoever_started_the_program() {
        let token = SetUpToken::draw(&Entropy::seeded(1));
        assert_eq!(token.to_string().len(), 32);
        assert!(token.matches(&token.to_string()) && token.matches(&format!(" {token}\n")));
        assert!(!token.matches("") && !token.matches(&SetUpToken::draw(&Entropy::seeded(2)).to_string()));
        assert_eq!(format!("{token:?}"), "SetUpToken(…)");
    }
}
