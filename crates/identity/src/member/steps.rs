//! The one table of states and steps.

use qige_kernel::Refusal;

use super::odd;
use qige_db::kebab;

kebab! {
    /// How far somebody is.
    pub enum MemberState {
        /// A community worker thinks of them (推荐).
        Recommended = "recommended",
        /// They have an invitation with a code (邀请).
        Invited = "invited",
        /// They have read the rules, consented, and chosen how to sign in (同意并培训).
        Prepared = "prepared",
        /// They report (在岗).
        Active = "active",
        /// Not for a while (暂停).
        Paused = "paused",
        /// Not any more (退出).
        Left = "left",
    }
}

kebab! {
    /// What leads from one state to another.
    pub enum MemberStep {
        /// An invitation goes out, also another one, and to whoever accepted in words that count no more.
        Invite = "invite",
        /// The invited accepts.
        Accept = "accept",
        /// The role is given.
        Activate = "activate",
        /// Signed out everywhere, the role stays.
        Pause = "pause",
        /// Back again.
        Resume = "resume",
        /// For good; also when an invitation is declined.
        Leave = "leave",
    }
}

/// Every step: from where, to where.
const TABLE: &[(MemberStep, &[MemberState], MemberState)] = {
    use MemberState::{Active, Invited, Left, Paused, Prepared, Recommended};
    &[
        (MemberStep::Invite, &[Recommended, Invited, Prepared], Invited),
        (MemberStep::Accept, &[Invited], Prepared),
        (MemberStep::Activate, &[Prepared], Active),
        (MemberStep::Pause, &[Active], Paused),
        (MemberStep::Resume, &[Paused], Active),
        (MemberStep::Leave, &[Recommended, Invited, Prepared, Active, Paused], Left),
    ]
};

/// Where a step leads.
///
/// # Errors
/// Refused as `member-step` where it leads nowhere from there.
pub fn next(step: MemberStep, from: MemberState) -> Result<MemberState, Refusal> {
    let found = TABLE.iter().find(|(one, before, _)| *one == step && before.contains(&from));
    found.map(|(.., to)| *to).ok_or_else(|| odd(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_where_the_table_says_and_nowhere_else() {
        let mut led = Vec::new();
        for step in MemberStep::ALL {
            for from in MemberState::ALL {
                if let Ok(to) = next(*step, *from) {
                    led.push(format!("{from} {step} {to}"));
                }
            }
        }
        assert_eq!(
            led,
            [
                "recommended invite invited",
                "invited invite invited",
                "prepared invite invited",
                "invited accept prepared",
                "prepared activate active",
                "active pause paused",
                "paused resume active",
                "recommended leave left",
                "invited leave left",
                "prepared leave left",
                "active leave left",
                "paused leave left",
            ]
        );
        assert_eq!(next(MemberStep::Invite, MemberState::Left).unwrap_err().args["state"], "left");
    }
}
