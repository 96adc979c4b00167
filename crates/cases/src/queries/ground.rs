//! What somebody on the ground is asked to look at.

use std::collections::BTreeMap;

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::personal::masked;
use qige_kernel::{CaseId, PersonId, Timestamp};

use super::seen;
use crate::perform::By;
use crate::store::{AskKind, AskRow, Dossier, PhotoRole, position};
use crate::views::{GroundCase, GroundKind, GroundTask};
use crate::{MatterKey, Policy, State, Tone, Urgency};

/// Tasks in one person's list at most: more than a day's work.
const MAX_TASKS: i64 = 100;

statements! {
    /// What waits for one person, what will be late first.
    GROUND_LIST = "SELECT c.id, c.version, c.number, c.state, c.matter, c.urgency, c.address, c.lng, c.lat,
        c.due_at, c.amber_at, a.words, a.asked_at
        FROM case_asks a JOIN cases c ON c.tenant = a.tenant AND c.id = a.case_id
        WHERE a.tenant = $1 AND a.person = $2 AND a.open = TRUE
        AND ((a.kind = 'verification' AND c.state = 'verifying' AND c.verifier = $2)
            OR (a.kind = 'check' AND c.state = 'checking' AND c.checker = $2))
        ORDER BY c.late_at, c.id LIMIT $3";
    /// How much waits for one person; two looks, since each has its own index.
    GROUND_COUNT = "SELECT (SELECT COUNT(*) FROM cases
            WHERE tenant = $1 AND verifier = $2 AND state = 'verifying')
        + (SELECT COUNT(*) FROM cases WHERE tenant = $1 AND checker = $2 AND state = 'checking')";
    /// How much waits for everybody for whom something waits.
    GROUND_COUNTS = "SELECT person, COUNT(*) FROM (
            SELECT verifier AS person FROM cases WHERE tenant = $1 AND state = 'verifying'
            UNION ALL SELECT checker FROM cases WHERE tenant = $1 AND state = 'checking') AS asked
        WHERE person IS NOT NULL GROUP BY person";
}

from_row! {
    struct Found {
        id: CaseId,
        version: i64,
        number: Option<String>,
        state: State,
        matter: Option<MatterKey>,
        urgency: Option<Urgency>,
        address: Option<String>,
        lng: Option<f64>,
        lat: Option<f64>,
        due_at: Option<Timestamp>,
        amber_at: Option<Timestamp>,
        words: Option<String>,
        asked_at: Timestamp,
    }
}

/// The verifications and checks that wait for this person, what will be late first.
///
/// # Errors
/// As the engine has them.
pub async fn ground_list(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<GroundTask>, Failure> {
    let found: Vec<Found> = tx.all(GROUND_LIST, params![tx.tenant(), person, MAX_TASKS]).await?;
    Ok(found.into_iter().map(|row| row.shown(now)).collect())
}

/// How many verifications and checks wait for this person.
///
/// # Errors
/// As the engine has them.
pub async fn ground_count(tx: &mut Tx<'_>, person: PersonId) -> Result<u32, DbError> {
    let (count,): (i64,) = tx.one(GROUND_COUNT, params![tx.tenant(), person]).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The same of everybody for whom something waits.
///
/// # Errors
/// As the engine has them.
pub async fn ground_counts(tx: &mut Tx<'_>) -> Result<BTreeMap<PersonId, u32>, DbError> {
    let counts: Vec<(PersonId, i64)> = tx.all(GROUND_COUNTS, params![tx.tenant()]).await?;
    let counts = counts.into_iter().map(|(person, count)| (person, u32::try_from(count).unwrap_or(u32::MAX)));
    Ok(counts.collect())
}

impl Found {
    fn shown(self, now: Timestamp) -> GroundTask {
        GroundTask {
            case: self.id,
            version: self.version,
            kind: if self.state == State::Checking { GroundKind::Check } else { GroundKind::Verify },
            number: self.number,
            matter: self.matter,
            urgency: self.urgency,
            words: self.words,
            address: self.address.as_deref().map(masked),
            position: position(self.lng, self.lat),
            asked_at: self.asked_at,
            due_at: self.due_at,
            tone: Tone::at(now, self.amber_at, self.due_at),
        }
    }
}

/// A case for the person who is asked to verify or to check it; none for anybody else.
///
/// # Errors
/// As the engine has them.
pub async fn ground_case(
    tx: &mut Tx<'_>,
    id: CaseId,
    by: &By,
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<GroundCase>, Failure> {
    let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
    let row = &dossier.row;
    let asked = |kind: AskKind| -> Option<&AskRow> {
        let asks = dossier.asks.iter().rev();
        asks.into_iter().find(|ask| ask.open && ask.kind == kind && ask.person == by.person())
    };
    let (kind, ask) = match (asked(AskKind::Verification), asked(AskKind::Check)) {
        (Some(ask), _) if by.person().is_some() && row.verifier == by.person() => (GroundKind::Verify, ask),
        (_, Some(ask)) if by.person().is_some() && row.checker == by.person() => (GroundKind::Check, ask),
        _ => return Ok(None),
    };
    let task = GroundTask {
        case: id,
        version: row.version,
        kind,
        number: row.number.clone(),
        matter: row.matter,
        urgency: row.urgency,
        words: ask.words.clone(),
        address: row.address.as_deref().map(masked),
        position: row.position(),
        asked_at: ask.asked_at,
        due_at: row.due_at,
        tone: row.tone(now),
    };
    let photos = seen::photos(tx, id).await?;
    let offer = seen::offer(tx, by, &dossier, policy, now).await?;
    let shown = photos.iter().filter(|photo| photo.released || photo.role == PhotoRole::After);
    Ok(Some(GroundCase {
        task,
        released_words: row.released_words.clone(),
        accuracy_metres: row.accuracy,
        photos: shown.map(seen::SeenPhoto::shown).collect(),
        may: offer.may,
        undo_until: offer.undo.map(|undo| undo.until),
    }))
}
