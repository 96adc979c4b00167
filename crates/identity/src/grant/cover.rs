//! Leave cover (代班): somebody hands a role of their own to a colleague until a day. It stays theirs all the
//! while, the cover ends with it, and nobody hands on what they only cover.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{GrantId, PersonId, Refusal, RefusalKind, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use super::GrantRow;
use super::give::give;
use super::revoke::{end, grant_row};
use crate::{Grant, Role, Scope, Stamp};

/// How long one may be away, microseconds: whoever is away longer needs a successor.
pub const COVER_MICROS_MAX: i64 = 90 * Timestamp::DAY;
/// Colleagues to choose from at most.
const COLLEAGUES_MAX: i64 = 500;

statements! {
    /// Whose it is.
    NOTE = "INSERT INTO covers (tenant, id, of_grant) VALUES ($1, $2, $3)";
    /// Of what a role is a cover.
    COVERED = "SELECT of_grant FROM covers WHERE tenant = $1 AND id = $2";
    /// The covers of a role.
    OF_GRANT = "SELECT g.id, g.person, g.role, g.scope, g.starts_at, g.ends_at, g.granted_at, g.granted_by
        FROM covers c JOIN grants g ON g.tenant = c.tenant AND g.id = c.id
        WHERE c.tenant = $1 AND c.of_grant = $2";
    /// The covers that somebody gave and that are not over.
    GIVEN = "SELECT g.id, p.name, g.role, g.scope, g.ends_at FROM grants o
        JOIN covers c ON c.tenant = o.tenant AND c.of_grant = o.id
        JOIN grants g ON g.tenant = c.tenant AND g.id = c.id
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person
        WHERE o.tenant = $1 AND o.person = $2 AND g.ends_at > $3 ORDER BY g.ends_at, g.id";
    /// Who works over the same unit.
    IN_UNIT = "SELECT DISTINCT p.id AS person, p.name FROM grants g
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person
        WHERE g.tenant = $1 AND g.scope = $2 AND p.state = 'active' AND p.id <> $3
            AND g.starts_at <= $4 AND (g.ends_at IS NULL OR g.ends_at > $4) ORDER BY p.name, p.id LIMIT $5";
    /// Who works for the subdistrict itself.
    AT_WORK = "SELECT DISTINCT p.id AS person, p.name FROM grants g
        JOIN people p ON p.tenant = g.tenant AND p.id = g.person
        WHERE g.tenant = $1 AND g.role IN ('grid-worker', 'dispatcher', 'supervisor', 'care-coordinator',
                'mediator', 'station-keeper', 'session-organiser', 'branch-secretary',
                'general-branch-secretary')
            AND p.state = 'active' AND p.id <> $2
            AND g.starts_at <= $3 AND (g.ends_at IS NULL OR g.ends_at > $3) ORDER BY p.name, p.id LIMIT $4";
}

from_row! {
    /// A cover that somebody gave.
    pub struct CoverRow {
        /// The colleague's role.
        pub id: GrantId,
        /// Who covers.
        pub name: String,
        /// As what.
        pub role: Role,
        /// Over what.
        pub scope: Scope,
        /// Until when, not included.
        pub ends_at: Timestamp,
    }
}

from_row! {
    /// Somebody who could cover.
    pub struct Colleague {
        /// Who.
        pub person: PersonId,
        /// The name that others read.
        pub name: String,
    }
}

/// Whether somebody may hand a role on: work, but none of the three powers, which are given by one who holds
/// neither.
#[must_use]
pub fn may_be_covered(role: Role) -> bool {
    role.is_staff() && !role.is_power()
}

/// The covers that somebody gave and that are not over.
///
/// # Errors
/// [`DbError`].
pub async fn covers_by(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<Vec<CoverRow>, DbError> {
    tx.all(GIVEN, params![tx.tenant(), person, now]).await
}

/// Whether a role is only covered.
///
/// # Errors
/// [`DbError`].
pub async fn is_cover(tx: &mut Tx<'_>, grant: GrantId) -> Result<bool, DbError> {
    Ok(tx.optional::<(GrantId,)>(COVERED, params![tx.tenant(), grant]).await?.is_some())
}

/// Who could cover for somebody over this: of a unit its own people, else who works for the subdistrict.
///
/// # Errors
/// [`DbError`].
pub async fn colleagues(
    tx: &mut Tx<'_>,
    of: PersonId,
    scope: Scope,
    now: Timestamp,
) -> Result<Vec<Colleague>, DbError> {
    match scope {
        Scope::Unit(_) => tx.all(IN_UNIT, params![tx.tenant(), scope, of, now, COLLEAGUES_MAX]).await,
        _ => tx.all(AT_WORK, params![tx.tenant(), of, now, COLLEAGUES_MAX]).await,
    }
}

/// Hands a role of one's own to a colleague until a day.
#[derive(Clone, Copy, Debug)]
pub struct GiveCover {
    /// Which of one's roles.
    pub of: GrantId,
    /// To whom.
    pub to: PersonId,
    /// The id of the colleague's role.
    pub id: GrantId,
    /// Until when, not included.
    pub until: Timestamp,
    /// When.
    pub stamp: Stamp,
}

impl Command for GiveCover {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let at = self.stamp.at;
        let me = tx.actor().person();
        let own =
            grant_row(tx, self.of).await?.filter(|row| Some(row.person) == me && row.grant().is_live(at));
        let Some(own) = own else { return Err(Refusal::new(RefusalKind::Missing, "grant-missing").into()) };
        if !may_be_covered(own.role) || is_cover(tx, own.id).await? {
            return Err(Refusal::invalid("of", "cover-not-this").into());
        }
        let longest = at.plus(COVER_MICROS_MAX).min(own.ends_at.unwrap_or(Timestamp::from_micros(i64::MAX)));
        if self.until <= at || self.until > longest {
            return Err(Refusal::invalid("until", "cover-too-long")
                .with("until", longest.to_string())
                .into());
        }
        let could = colleagues(tx, own.person, own.scope, at).await?;
        if !could.iter().any(|colleague| colleague.person == self.to) {
            return Err(Refusal::invalid("to", "cover-no-colleague").into());
        }
        let (role, scope) = (own.role, own.scope);
        let grant = Grant { id: self.id, role, scope, from: at, until: Some(self.until) };
        give(tx, self.to, &grant, &self.stamp).await?;
        tx.execute(NOTE, params![tx.tenant(), self.id, own.id]).await?;
        let notice = NewNotice {
            recipient: Recipient::Person(self.to),
            kind: "cover-given",
            args: json!({}),
            about: About::new("cover", self.id),
            dedupe: format!("cover/{}", self.id),
            at,
            hold_until: None,
        };
        post(tx, &notice).await?;
        Ok(())
    }
}

/// Whoever was away is back before the day.
#[derive(Clone, Copy, Debug)]
pub struct EndCover {
    /// The colleague's role.
    pub id: GrantId,
    /// When.
    pub stamp: Stamp,
}

impl Command for EndCover {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let missing = || Refusal::new(RefusalKind::Missing, "grant-missing");
        let of: Option<(GrantId,)> = tx.optional(COVERED, params![tx.tenant(), self.id]).await?;
        let (of,) = of.ok_or_else(missing)?;
        let owner = grant_row(tx, of).await?.ok_or_else(missing)?.person;
        if tx.actor().person() != Some(owner) {
            return Err(missing().into());
        }
        let row = grant_row(tx, self.id).await?.ok_or_else(missing)?;
        end(tx, &row, &self.stamp).await
    }
}

/// A role ends, and those who cover it are relieved.
pub(super) async fn end_covers(tx: &mut Tx<'_>, of: GrantId, stamp: &Stamp) -> Result<(), Failure> {
    let covers: Vec<GrantRow> = tx.all(OF_GRANT, params![tx.tenant(), of]).await?;
    for cover in covers {
        super::revoke::end_one(tx, &cover, stamp).await?;
    }
    Ok(())
}
