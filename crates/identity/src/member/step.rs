//! A member is made active; what else happens to their account is followed.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{GrantId, PersonId, Timestamp};

use super::{MemberStep, begin, missing, next, of, step_on};
use crate::grant::give;
use crate::{Grant, PersonState, Role, Scope, Stamp};

statements! {
    /// Their account opens.
    OPEN = "UPDATE people SET state = $3, updated_at = $4 WHERE tenant = $1 AND id = $2";
}

/// Gives somebody who is prepared the role of a rider, over the community they were recommended for.
#[derive(Clone, Copy, Debug)]
pub struct ActivateMember {
    /// Whom.
    pub person: PersonId,
    /// The grant's id.
    pub grant: GrantId,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for ActivateMember {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { person, grant: id, stamp } = *self;
        let (state, community) = of(tx, person).await?.ok_or_else(missing)?;
        next(MemberStep::Activate, state)?;
        begin(tx, person, community, state, stamp.at).await?;
        tx.execute(OPEN, params![tx.tenant(), person, PersonState::Active, stamp.at]).await?;
        let scope = community.map_or(Scope::Tenant, Scope::Community);
        let grant = Grant { id, role: Role::Rider, scope, from: stamp.at, until: None };
        give(tx, person, &grant, &stamp).await?;
        stamp.note(tx, "person", person.0, "activate-member", &serde_json::json!({})).await?;
        tx.announce("person", person.0);
        Ok(())
    }
}

/// A person's account is paused, brought back or left: so is what they are for the scheme. Refused where that
/// leads nowhere from there: nobody is brought back who was never active, or does not consent.
pub(crate) async fn follow(
    tx: &mut Tx<'_>,
    person: PersonId,
    to: PersonState,
    at: Timestamp,
) -> Result<(), Failure> {
    let Some((state, community)) = of(tx, person).await? else { return Ok(()) };
    let step = match to {
        PersonState::Active => MemberStep::Resume,
        PersonState::Paused => MemberStep::Pause,
        PersonState::Left => MemberStep::Leave,
    };
    let after = next(step, state)?;
    match step {
        MemberStep::Resume => begin(tx, person, community, state, at).await,
        _ => step_on(tx, person, (state, after), at).await,
    }
}
