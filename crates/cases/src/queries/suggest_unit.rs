//! Which unit will probably be the right one.

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{PlaceId, UnitId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::MatterKey;

statements! {
    /// Who led cases of a matter, in a community first, and how often; a unit that is switched off is left
    /// out.
    WHO_LED = "SELECT c.lead_unit AS unit, COUNT(*) AS cases,
        CAST(COALESCE(SUM(CASE WHEN c.community = $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS here
        FROM cases c JOIN units u ON u.tenant = c.tenant AND u.id = c.lead_unit
        WHERE c.tenant = $1 AND c.matter = $2 AND c.lead_unit IS NOT NULL AND u.active = TRUE
        GROUP BY c.lead_unit ORDER BY 3 DESC, 2 DESC, c.lead_unit LIMIT 1";
}

from_row! {
    struct Led { unit: UnitId, cases: i64, here: i64 }
}

/// A unit, and why it is suggested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuggestedUnit {
    /// Which unit.
    pub unit: UnitId,
    /// Cases of this matter that it led.
    pub cases: i64,
    /// Of those, in the same community.
    pub here: i64,
}

/// The unit that most often led cases of this matter, in the same community before elsewhere; none where no
/// unit ever did.
///
/// # Errors
/// [`DbError`].
pub async fn suggest_unit(
    tx: &mut Tx<'_>,
    matter: MatterKey,
    community: Option<PlaceId>,
) -> Result<Option<SuggestedUnit>, DbError> {
    let led: Option<Led> = tx.optional(WHO_LED, params![tx.tenant(), matter, community]).await?;
    Ok(led.map(|Led { unit, cases, here }| SuggestedUnit { unit, cases, here }))
}
