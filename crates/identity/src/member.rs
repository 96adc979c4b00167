//! How somebody comes to report for the scheme (流动网格员), and goes.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `steps.rs` | the one table of states and steps; pure |
//! | `code.rs` | [`InviteCode`]: what stands on an invitation; pure |
//! | `recommend.rs` | recommended, one by one or by a list |
//! | `invite.rs` | invited; the invitation accepted |
//! | `step.rs` | made active; what else happens to the account is followed |
//! | `let_go.rs` | somebody else ends it for them, and says why |
//! | `list.rs` | who is how far |

mod code;
mod invite;
mod let_go;
mod list;
mod recommend;
mod step;
mod steps;

use qige_db::{DbError, Failure, Tx, params, statements};
use qige_kernel::{PersonId, PlaceId, Refusal, RefusalKind, Timestamp};

use crate::{GridMember, Reach, Subject, consented};

pub use code::InviteCode;
pub use invite::{AcceptInvitation, INVITE_MICROS, INVITES_MAX, Invite, Invitee, invitee};
pub(crate) use let_go::why;
pub use let_go::{LET_GO_WORDS_MAX, LetGo, LetGoBy};
pub use list::{
    MEMBERS_ON_PAGE_MAX, MemberCount, MemberFilter, MemberPlace, MemberRow, member, member_counts, members,
};
pub use recommend::{MEMBERS_AT_ONCE_MAX, NewMember, Recommend, Recommended};
pub use step::ActivateMember;
pub(crate) use step::follow;
pub use steps::{MemberState, MemberStep, next};

statements! {
    /// How far somebody is.
    OF = "SELECT state, community FROM members WHERE tenant = $1 AND person = $2";
    /// Whether they are on their way or here.
    MEMBER = "SELECT person FROM members WHERE tenant = $1 AND person = $2 AND state <> 'left'";
    /// One step on.
    MOVE = "UPDATE members SET state = $4, changed_at = $5 WHERE tenant = $1 AND person = $2 AND state = $3
        RETURNING person";
}

/// How far somebody is, and for which community; none where they came another way.
async fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<(MemberState, Option<PlaceId>)>, DbError> {
    tx.optional(OF, params![tx.tenant(), person]).await
}

/// Whether somebody was recommended for the scheme and has not left it.
///
/// # Errors
/// [`DbError`].
pub async fn is_member(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
    Ok(tx.optional::<(PersonId,)>(MEMBER, params![tx.tenant(), person]).await?.is_some())
}

/// Whether somebody is in the scheme without a consent to it that holds: whoever was active before it was
/// asked for, or whose text was renewed since.
///
/// # Errors
/// Those of the database.
pub async fn owes_consent(tx: &mut Tx<'_>, person: PersonId, at: Timestamp) -> Result<bool, Failure> {
    let Some((state, community)) = of(tx, person).await? else { return Ok(false) };
    if !matches!(state, MemberState::Prepared | MemberState::Active | MemberState::Paused) {
        return Ok(false);
    }
    let reach = Reach { community, ..Reach::default() };
    match consented::<GridMember>(tx, Subject::Person(person), &reach, at).await {
        Ok(_) => Ok(false),
        Err(Failure::Refused(_)) => Ok(true),
        Err(failure) => Err(failure),
    }
}

/// They report from now on, for the first time or again: by their consent alone.
async fn begin(
    tx: &mut Tx<'_>,
    person: PersonId,
    community: Option<PlaceId>,
    from: MemberState,
    at: Timestamp,
) -> Result<(), Failure> {
    let reach = Reach { community, ..Reach::default() };
    consented::<GridMember>(tx, Subject::Person(person), &reach, at).await?;
    step_on(tx, person, (from, MemberState::Active), at).await
}

/// From one state to the next.
async fn step_on(
    tx: &mut Tx<'_>,
    person: PersonId,
    (from, to): (MemberState, MemberState),
    at: Timestamp,
) -> Result<(), Failure> {
    let moved: Option<(PersonId,)> = tx.optional(MOVE, params![tx.tenant(), person, from, to, at]).await?;
    // Somebody else was quicker.
    Ok(moved.map(drop).ok_or_else(|| odd(from))?)
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "member-missing")
}

fn odd(state: MemberState) -> Refusal {
    Refusal::new(RefusalKind::Conflict, "member-step").with("state", state)
}
