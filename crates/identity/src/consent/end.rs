//! A consent ends: withdrawn in one step, given anew, or run out. What rests on it ends in the same
//! transaction.

use qige_db::{Command, DbError, Failure, Json, Tx, params, statements};
use qige_kernel::{ConsentId, PersonId, Refusal, RefusalKind, Timestamp};
use serde_json::json;

use super::contact::{erase_number, has_number};
use super::give::{self, STREAM};
use super::record::ConsentRow;
use super::{CallBack, Ended, GridMember, NeedsConsent, Points, Subject, consent};
use crate::grant::is_last_security_admin;
use crate::member::{is_member, why};
use crate::{PersonState, SetPersonState, Stamp};
use qige_db::kebab;

kebab! {
    /// What ends with a consent, besides what its text says.
    pub enum ConsentEffect {
        /// The grid centre cannot open the number of one's account any more.
        CallsEnd = "calls-end",
        /// The number that was left with the report is erased.
        NumberErased = "number-erased",
        /// They leave the scheme: account, roles and ways in end.
        MembershipEnds = "membership-ends",
        /// They are away from the scheme until they consent again.
        MembershipPauses = "membership-pauses",
        /// Reports earn no points any more; those that were earned stay.
        PointsStop = "points-stop",
        /// The product does nothing under it by itself; whoever does is told by its name.
        DoneElsewhere = "done-elsewhere",
    }
}

impl ConsentEffect {
    /// Names its text in the locale files: `consent-effect-calls-end`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("consent-effect-{self}")
    }
}

statements! {
    /// No row is touched where it has ended.
    END = "UPDATE consents SET ended_at = $3, ended_how = $4, ended_by = $5, effects = $6
        WHERE tenant = $1 AND id = $2 AND ended_at IS NULL";
    /// Those whose term is over and that were not ended.
    RUN_OUT = "SELECT * FROM consents WHERE tenant = $1 AND until <= $2 AND ended_at IS NULL
        ORDER BY until, id LIMIT $3";
}

/// What would end with a consent that is withdrawn.
///
/// # Errors
/// [`DbError`].
pub async fn effects_of(tx: &mut Tx<'_>, row: &ConsentRow) -> Result<Vec<ConsentEffect>, DbError> {
    Ok(match (row.purpose.as_str(), row.subject()?) {
        (CallBack::KEY, Subject::Person(_)) => vec![ConsentEffect::CallsEnd],
        (CallBack::KEY, Subject::Report(report)) if has_number(tx, report).await? => {
            vec![ConsentEffect::NumberErased]
        }
        (GridMember::KEY, Subject::Person(person)) if is_member(tx, person).await? => {
            vec![ConsentEffect::MembershipEnds]
        }
        (Points::KEY, _) => vec![ConsentEffect::PointsStop],
        (CallBack::KEY | GridMember::KEY, _) => Vec::new(),
        _ => vec![ConsentEffect::DoneElsewhere],
    })
}

/// What ends where a term is over: nobody loses their account by a day that went by.
async fn effects_of_time(
    tx: &mut Tx<'_>,
    row: &ConsentRow,
    at: Timestamp,
) -> Result<Vec<ConsentEffect>, DbError> {
    let effects = effects_of(tx, row).await?;
    Ok(match row.subject()? {
        Subject::Person(person) if effects == [ConsentEffect::MembershipEnds] => {
            let stays = is_last_security_admin(tx, person, at).await?;
            if stays { Vec::new() } else { vec![ConsentEffect::MembershipPauses] }
        }
        _ => effects,
    })
}

/// Ends one, with all that rests on it.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    row: &ConsentRow,
    how: Ended,
    stamp: &Stamp,
) -> Result<Vec<ConsentEffect>, Failure> {
    let effects = match how {
        // What rests on it goes on.
        Ended::Renewed => Vec::new(),
        Ended::RunOut => effects_of_time(tx, row, stamp.at).await?,
        Ended::Withdrawn | Ended::Left => effects_of(tx, row).await?,
    };
    let (tenant, actor) = (tx.tenant(), tx.actor().person());
    let values = params![tenant, row.id, stamp.at, how, actor, Json(&effects)];
    if tx.execute(END, values).await? == 0 {
        return Ok(Vec::new());
    }
    let subject = row.subject()?;
    if effects.contains(&ConsentEffect::NumberErased)
        && let Subject::Report(report) = subject
    {
        erase_number(tx, report).await?;
    }
    let body = json!({
        "consent": row.id, "subject": subject.to_string(), "purpose": row.purpose, "how": how,
        "effects": effects,
    });
    stamp.note(tx, STREAM, subject.id(), give::END, &body).await?;
    tx.announce(STREAM, subject.id());
    Ok(effects)
}

/// Ends one by itself, not with the account: the account follows.
async fn end_alone(
    tx: &mut Tx<'_>,
    row: &ConsentRow,
    how: Ended,
    stamp: &Stamp,
) -> Result<Vec<ConsentEffect>, Failure> {
    let effects = end(tx, row, how, stamp).await?;
    let state = effects.iter().find_map(|effect| match effect {
        ConsentEffect::MembershipEnds => Some(PersonState::Left),
        ConsentEffect::MembershipPauses => Some(PersonState::Paused),
        _ => None,
    });
    if let (Some(state), Subject::Person(person)) = (state, row.subject()?) {
        SetPersonState { person, state, stamp: *stamp }.run(tx).await?;
    }
    Ok(effects)
}

/// Withdraws a consent. What was done under it before stays lawful (Personal Information Protection Law,
/// article 15).
#[derive(Clone, Copy, Debug)]
pub struct WithdrawConsent {
    /// Which one.
    pub id: ConsentId,
    /// Whose it must be.
    pub subject: Subject,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for WithdrawConsent {
    type Output = Vec<ConsentEffect>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ConsentEffect>, Failure> {
        let row = of_subject(tx, self.id, self.subject).await?;
        let others = tx.actor().person().map(Subject::Person) != Some(self.subject);
        let ends =
            row.ended_at.is_none() && effects_of(tx, &row).await?.contains(&ConsentEffect::MembershipEnds);
        // Nobody is let go by somebody else without a reason.
        if others && ends {
            return Err(why().into());
        }
        withdrawn(tx, row, &self.stamp).await
    }
}

/// Withdraws a consent for somebody else, who is let go by it.
pub(crate) async fn withdraw_for(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: ConsentId,
    stamp: &Stamp,
) -> Result<Vec<ConsentEffect>, Failure> {
    let row = of_subject(tx, id, Subject::Person(person)).await?;
    withdrawn(tx, row, stamp).await
}

async fn of_subject(tx: &mut Tx<'_>, id: ConsentId, subject: Subject) -> Result<ConsentRow, Failure> {
    let missing = || Refusal::new(RefusalKind::Missing, "consent-unknown");
    let row = consent(tx, id).await?.ok_or_else(missing)?;
    if row.subject()? == subject { Ok(row) } else { Err(missing().into()) }
}

/// Withdrawing again changes nothing.
async fn withdrawn(tx: &mut Tx<'_>, row: ConsentRow, stamp: &Stamp) -> Result<Vec<ConsentEffect>, Failure> {
    if row.ended_at.is_some() {
        return Ok(row.effects.map(|effects| effects.0).unwrap_or_default());
    }
    end_alone(tx, &row, Ended::Withdrawn, stamp).await
}

/// Ends consents whose term is over, some at a time, and says how many there were.
#[derive(Clone, Copy, Debug)]
pub struct EndRunOut {
    /// When.
    pub stamp: Stamp,
    /// How many at most.
    pub limit: i64,
}

impl Command for EndRunOut {
    type Output = usize;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Failure> {
        let at: Timestamp = self.stamp.at;
        let rows: Vec<ConsentRow> = tx.all(RUN_OUT, params![tx.tenant(), at, self.limit]).await?;
        for row in &rows {
            end_alone(tx, row, Ended::RunOut, &self.stamp).await?;
        }
        Ok(rows.len())
    }
}
