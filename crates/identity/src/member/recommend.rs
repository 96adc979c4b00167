//! People are recommended, one by one or by a list: all of a list, or nothing of it.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{PersonId, PlaceId, Refusal};
use serde_json::json;

use super::MemberState;
use crate::person::{NewPerson, add, who_has};
use crate::{PersonState, Stamp};

/// People on one list at most: all riders of a county, some times over.
pub const MEMBERS_AT_ONCE_MAX: usize = 1_000;

statements! {
    /// Their account opens nothing yet.
    CLOSE = "UPDATE people SET state = $3 WHERE tenant = $1 AND id = $2";
    /// Recommended.
    KEEP = "INSERT INTO members (tenant, person, state, community, recommended_by, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
}

/// Somebody who is recommended.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Who; with a number, by which they are known and sign in.
    pub person: NewPerson,
    /// For which community; none for the whole subdistrict.
    pub community: Option<PlaceId>,
}

/// Recommends people. Whose number somebody here has already is left as they are, so that the same list again
/// changes nothing.
#[derive(Clone, Debug)]
pub struct Recommend {
    /// Whom.
    pub people: Vec<NewMember>,
    /// When and in which role.
    pub stamp: Stamp,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recommended {
    /// Who is new.
    pub added: usize,
    /// Who was here already.
    pub known: usize,
}

impl Command for Recommend {
    type Output = Recommended;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Recommended, Failure> {
        let mut done = Recommended::default();
        for new in &self.people {
            if keep(tx, new, &self.stamp).await? {
                done.added += 1;
            } else {
                done.known += 1;
            }
        }
        Ok(done)
    }
}

async fn keep(tx: &mut Tx<'_>, new: &NewMember, stamp: &Stamp) -> Result<bool, Failure> {
    let phone = new.person.phone.as_ref().ok_or_else(|| Refusal::invalid("phone", "member-phone"))?;
    if who_has(tx, &phone.lookup).await?.is_some() {
        return Ok(false);
    }
    let (tenant, person): (_, PersonId) = (tx.tenant(), new.person.id);
    add(tx, &new.person, stamp).await?;
    tx.execute(CLOSE, params![tenant, person, PersonState::Paused]).await?;
    let by = tx.actor().person();
    let values = params![tenant, person, MemberState::Recommended, new.community, by, stamp.at];
    tx.execute(KEEP, values).await?;
    let body = json!({ "community": new.community });
    stamp.note(tx, "person", person.0, "recommend", &body).await?;
    Ok(true)
}
