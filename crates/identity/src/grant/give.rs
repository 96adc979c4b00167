//! A role is given.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{GrantId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::grants_of;
use crate::person::{PersonState, require};
use crate::{Grant, SESSION_TERMS, SessionTerms, Stamp, setting};

statements! {
    /// A new grant.
    INSERT = "INSERT INTO grants (tenant, id, person, role, scope, starts_at, ends_at, granted_at, granted_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id";
    /// Staff have the shorter session, also in browsers where they are signed in already.
    SHORTEN = "UPDATE credentials SET idle_micros = $3
        WHERE tenant = $1 AND person = $2 AND kind = 'session' AND idle_micros > $3";
}

/// Gives a person a role over a scope for a time.
#[derive(Clone, Copy, Debug)]
pub struct GrantRole {
    /// To whom.
    pub person: PersonId,
    /// What.
    pub grant: Grant,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for GrantRole {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        // Whoever gives roles must not be able to help themself to one.
        if tx.actor().person() == Some(self.person) {
            return Err(Refusal::new(RefusalKind::Forbidden, "grant-to-self").into());
        }
        give(tx, self.person, &self.grant, &self.stamp).await
    }
}

pub(crate) async fn give(
    tx: &mut Tx<'_>,
    person: PersonId,
    grant: &Grant,
    stamp: &Stamp,
) -> Result<(), Failure> {
    givable(tx, person, grant, stamp.at).await?;
    let Grant { id, role, scope, from, until } = *grant;
    let by = tx.actor().person();
    let values = params![tx.tenant(), id, person, role, scope, from, until, stamp.at, by];
    if tx.optional::<(GrantId,)>(INSERT, values).await?.is_none() {
        return Err(Refusal::new(RefusalKind::Conflict, "grant-known").into());
    }
    if role.is_staff() {
        let terms: SessionTerms = setting(tx, SESSION_TERMS).await?.unwrap_or_default();
        tx.execute(SHORTEN, params![tx.tenant(), person, terms.idle_micros(true)]).await?;
    }
    let body = json!({ "person": person, "grant": grant });
    stamp.note(tx, "grant", id.0, "grant", &body).await?;
    tx.announce("person", person.0);
    Ok(())
}

/// Whether a person could be given a role, as things stand.
pub(crate) async fn givable(
    tx: &mut Tx<'_>,
    person: PersonId,
    grant: &Grant,
    at: Timestamp,
) -> Result<(), Failure> {
    check(grant, at)?;
    if require(tx, person).await?.state == PersonState::Left {
        return Err(Refusal::new(RefusalKind::Conflict, "person-left").into());
    }
    for held in grants_of(tx, person).await? {
        clash(grant, &held.grant())?;
    }
    Ok(())
}

/// What a grant must be like in itself.
fn check(grant: &Grant, now: Timestamp) -> Result<(), Refusal> {
    if !grant.role.scope_kinds().contains(&grant.scope.kind()) {
        return Err(Refusal::invalid("scope", "scope-not-for-role")
            .with("role", grant.role)
            .with("scope", grant.scope.kind()));
    }
    if grant.from < now {
        return Err(Refusal::invalid("from", "grant-in-the-past"));
    }
    if grant.until.is_some_and(|until| until <= grant.from) {
        return Err(Refusal::invalid("until", "grant-ends-before-it-begins"));
    }
    Ok(())
}

/// What it must be like beside the others of the same person: no two of the three powers at the same time
/// (三员分立, GB/T 22239-2019 8.1.5), and nothing twice.
fn clash(new: &Grant, held: &Grant) -> Result<(), Refusal> {
    let overlap = held.until.is_none_or(|until| new.from < until)
        && new.until.is_none_or(|until| held.from < until)
        && held.until != Some(held.from);
    if !overlap {
        return Ok(());
    }
    if new.role.is_power() && held.role.is_power() && new.role != held.role {
        let refusal = Refusal::new(RefusalKind::Conflict, "powers-kept-apart");
        return Err(refusal.with("role", new.role).with("held", held.role));
    }
    if new.role == held.role && new.scope == held.scope {
        return Err(Refusal::new(RefusalKind::Conflict, "grant-held").with("role", new.role));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Role, Scope};

    fn grant(role: Role, from: i64, until: Option<i64>) -> Grant {
        let at = Timestamp::from_micros;
        Grant { id: GrantId(Uuid::nil()), role, scope: Scope::Tenant, from: at(from), until: until.map(at) }
    }

    fn code(result: Result<(), Refusal>) -> &'static str {
        result.map_or_else(|refusal| refusal.code, |()| "given")
    }

    #[test]
    fn powers_may_follow_one_another_but_not_meet() {
        let held = grant(Role::TenantAdmin, 10, Some(20));
        let clash_at = |from, until| code(clash(&grant(Role::Auditor, from, until), &held));
        assert_eq!(clash_at(20, None), "given");
        assert_eq!(clash_at(19, None), "powers-kept-apart");
        assert_eq!(clash_at(0, Some(10)), "given");
        assert_eq!(clash_at(0, Some(11)), "powers-kept-apart");
        assert_eq!(clash_at(0, None), "powers-kept-apart");
        let never_began = grant(Role::TenantAdmin, 10, Some(10));
        assert_eq!(code(clash(&grant(Role::Auditor, 0, None), &never_began)), "given");
    }

    #[test]
    fn nothing_is_given_twice() {
        let held = grant(Role::Rider, 10, None);
        assert_eq!(code(clash(&grant(Role::Rider, 30, None), &held)), "grant-held");
        assert_eq!(code(clash(&grant(Role::Rider, 0, Some(10)), &held)), "given");
        assert_eq!(code(clash(&grant(Role::Dispatcher, 30, None), &held)), "given");
        let community = Scope::Community(qige_kernel::PlaceId(Uuid::nil()));
        assert_eq!(code(clash(&Grant { scope: community, ..held }, &held)), "given");
    }

    #[test]
    fn a_grant_makes_sense_in_itself() {
        let now = Timestamp::from_micros(10);
        assert_eq!(code(check(&grant(Role::Rider, 10, Some(11)), now)), "given");
        assert_eq!(code(check(&grant(Role::Rider, 9, None), now)), "grant-in-the-past");
        assert_eq!(code(check(&grant(Role::Rider, 10, Some(10)), now)), "grant-ends-before-it-begins");
        assert_eq!(code(check(&grant(Role::UnitLead, 10, None), now)), "scope-not-for-role");
    }
}
