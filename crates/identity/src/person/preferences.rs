//! How a person likes to read.

use std::ops::RangeInclusive;

use qige_db::{Command, Failure, Isolation, Tx, params, statements};
use qige_kernel::{PersonId, Refusal, Timestamp};

use super::{Density, missing};

/// Sizes of large text in CSS pixels (长辈版: GB/T 37668 asks for 18 at least; over 30 a phone's line is too
/// short).
pub const ELDER_PIXELS: RangeInclusive<u8> = 18..=30;

statements! {
    /// How a person likes to read.
    SET = "UPDATE people SET locale = $3, elder = $4, density = $5, updated_at = $6
        WHERE tenant = $1 AND id = $2";
}

/// Keeps how a person likes to read. Their own doing, so nothing is written in the journal.
#[derive(Clone, Debug)]
pub struct SetPreferences {
    /// Who.
    pub person: PersonId,
    /// Their language, as BCP 47; none for the tenant's.
    pub locale: Option<String>,
    /// Size of large text in CSS pixels; none for ordinary text.
    pub elder: Option<u8>,
    /// How closely things are set; none for what fits the role.
    pub density: Option<Density>,
    /// When.
    pub at: Timestamp,
}

impl Command for SetPreferences {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if !self.elder.is_none_or(|pixels| ELDER_PIXELS.contains(&pixels)) {
            return Err(Refusal::invalid("elder", "text-size")
                .with("min", ELDER_PIXELS.start())
                .with("max", ELDER_PIXELS.end())
                .into());
        }
        let values = params![tx.tenant(), self.person, self.locale, self.elder, self.density, self.at];
        if tx.execute(SET, values).await? == 0 {
            return Err(missing().into());
        }
        tx.announce("person", self.person.0);
        Ok(())
    }
}
