//! Those who act, each let in by a credential of their own once: the town asks as anybody else does.

use std::collections::HashMap;

use qige_app::App;
use qige_cases::By;
use qige_db::{Asker, DbError, Failure};
use qige_identity::{CredentialKind, IssueToken, RevokeCredential, Secret, Stamp, Who, who_by_secret};
use qige_kernel::{CredentialId, PersonId, TenantId, Timestamp};

use crate::founding::Part;

/// How long a credential of the town would hold.
const HOLDS_MICROS: i64 = Timestamp::DAY;

/// Who was already let in.
#[derive(Debug, Default)]
pub(super) struct People(HashMap<PersonId, Who>);

impl People {
    /// Somebody, let in when they act for the first time.
    pub(super) async fn by(&mut self, app: &App, tenant: TenantId, part: &Part) -> Result<By, Failure> {
        if let Some(who) = self.0.get(&part.person) {
            return Ok(By::Person(who.clone()));
        }
        let now = app.now();
        let asker = Asker::system(tenant);
        let secret = Secret::draw(CredentialKind::Token, &app.entropy);
        let id: CredentialId = app.entropy.id(now);
        let stamp = Stamp::new(now, None, &app.entropy);
        let (person, digest) = (part.person, secret.digest());
        let (label, expires_at) = ("demonstration".to_owned(), now.plus(HOLDS_MICROS));
        app.db.write(asker, IssueToken { id, person, digest, label, expires_at, stamp }).await?;
        let found =
            app.db.read(asker, move |tx| Box::pin(async move { Ok(who_by_secret(tx, &secret, now).await?) }));
        let who = found.await?.ok_or(DbError::NotFound("the token just given"))?;
        // Nobody shows it again, and the list of programs is for programs.
        let stamp = Stamp::new(now, None, &app.entropy);
        app.db.write(asker, RevokeCredential { credential: id, person, stamp }).await?;
        self.0.insert(part.person, who.clone());
        Ok(By::Person(who))
    }
}
