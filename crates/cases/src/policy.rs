//! What a tenant may set about cases.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deadlines::TermRule;

/// The tenant's settings about cases (setting `cases`). What is left out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Policy {
    /// Days after closing within which the reporter may open a case again; 0 to 365.
    pub reopen_days: u16,
    /// Extensions that may be granted per dispatch.
    pub extensions: u32,
    /// The send-back with which a case becomes the supervisor's to place.
    pub supervisor_send_back: u32,
    /// Seconds within which the last step can be taken back; notices are held that long. 0 to 600.
    pub undo_seconds: u16,
    /// Whether the clock stands still while an external body has a case.
    pub transfer_stops_clock: bool,
    /// Days back that an open case counts as perhaps the same.
    pub duplicate_days: u16,
    /// Metres within which a case counts as perhaps the same, by major class, where the catalogue's
    /// radius does not suit.
    pub duplicate_radius_metres: BTreeMap<u8, u16>,
    /// Terms other than the default ones. Of those that fit, the one that names the most counts.
    pub terms: Vec<TermRule>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reopen_days: 14,
            extensions: 1,
            supervisor_send_back: 2,
            undo_seconds: 60,
            transfer_stops_clock: true,
            duplicate_days: 14,
            duplicate_radius_metres: BTreeMap::new(),
            terms: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn what_is_left_out_has_its_default() {
        let policy: Policy = serde_json::from_str(r#"{"reopen_days": 7}"#).unwrap();
        assert_eq!(policy, Policy { reopen_days: 7, ..Policy::default() });
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }
}
