//! A person goes away for a while, comes back, or leaves for good.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind};
use qige_notify::{Recipient, erase_of, erase_ways_of};
use serde_json::json;

use super::{PersonState, require};
use crate::credential::revoke_all;
use crate::grant::{end_all, require_other_security_admin};
use crate::member::follow;
use crate::{Ended, Stamp, Subject, consent, home, second_step};

statements! {
    /// Here or away.
    SET_STATE = "UPDATE people SET state = $3, updated_at = $4 WHERE tenant = $1 AND id = $2";
    /// Gone: what would let them in, or let others reach them, is erased.
    LEAVE = "UPDATE people SET state = 'left', sign_in_name = NULL, phone = NULL, phone_index = NULL,
        password_hash = NULL, password_until = NULL, updated_at = $3 WHERE tenant = $1 AND id = $2";
    /// So is every other way in: passkeys,
    PASSKEYS = "DELETE FROM passkeys WHERE tenant = $1 AND person = $2";
    /// accounts elsewhere,
    LINKS = "DELETE FROM provider_links WHERE tenant = $1 AND person = $2";
    /// browsers by which they came in,
    BROWSERS = "DELETE FROM known_browsers WHERE tenant = $1 AND person = $2";
    /// and codes that are on their way.
    CODES = "DELETE FROM sign_in_codes WHERE tenant = $1 AND person = $2";
}

/// Pauses a person, brings them back, or lets them go. Pausing and leaving sign them out everywhere; leaving
/// ends their roles and consents, erases number, password and notices, and cannot be taken back.
#[derive(Clone, Copy, Debug)]
pub struct SetPersonState {
    /// Who.
    pub person: PersonId,
    /// How it shall be.
    pub state: PersonState,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for SetPersonState {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let before = require(tx, self.person).await?.state;
        if before == self.state {
            return Ok(());
        }
        if before == PersonState::Left {
            return Err(Refusal::new(RefusalKind::Conflict, "person-left").into());
        }
        let (tenant, at) = (tx.tenant(), self.stamp.at);
        if self.state != PersonState::Active {
            require_other_security_admin(tx, self.person, at).await?;
            revoke_all(tx, self.person, None, at).await?;
        }
        if self.state == PersonState::Left {
            end_all(tx, self.person, &self.stamp).await?;
            tx.execute(LEAVE, params![tenant, self.person, at]).await?;
            for way in [PASSKEYS, LINKS, BROWSERS, CODES] {
                tx.execute(way, params![tenant, self.person]).await?;
            }
            second_step::erase(tx, self.person).await?;
            home::erase(tx, self.person).await?;
            erase_of(tx, Recipient::Person(self.person)).await?;
            consent::end_all_of(tx, Subject::Person(self.person), Ended::Left, &self.stamp).await?;
            erase_ways_of(tx, self.person).await?;
        } else {
            tx.execute(SET_STATE, params![tenant, self.person, self.state, at]).await?;
        }
        follow(tx, self.person, self.state, at).await?;
        let body = json!({ "before": before, "after": self.state });
        self.stamp.note(tx, "person", self.person.0, "set-state", &body).await?;
        tx.announce("person", self.person.0);
        Ok(())
    }
}
