//! What notices are about: every kind of them, and the topics by which people choose among them.

use qige_db::kebab;

kebab! {
    /// What a notice is about. People choose by these: nobody wants to go through sixty kinds first.
    pub enum Topic {
        /// What came of one's own reports.
        Reports = "reports",
        /// Please go and look.
        Tasks = "tasks",
        /// Cases that one's unit has in hand.
        Unit = "unit",
        /// What waits at the grid centre.
        Centre = "centre",
        /// A term comes near or has passed.
        Deadlines = "deadlines",
        /// One's own account, roles and data, and whether all is as it should be.
        Safety = "safety",
    }
}

/// Every kind of notice with its topic, in the order in which people choose.
pub const KINDS: &[(Topic, &[&str])] = &[
    (
        Topic::Reports,
        &[
            "report-filed",
            "report-declined",
            "report-merged",
            "report-unmerged",
            "report-dispatched",
            "report-question",
            "report-commented",
            "report-suspended",
            "report-transferred",
            "report-closed",
            "report-reopened",
            "report-void",
        ],
    ),
    (Topic::Tasks, &["verify-asked", "check-asked"]),
    (
        Topic::Unit,
        &[
            "unit-dispatched",
            "unit-called",
            "unit-taken-away",
            "unit-help-ended",
            "unit-corrected",
            "unit-commented",
            "unit-supervised",
            "part-accepted",
            "part-handed-in",
            "extension-granted",
            "extension-refused",
            "unit-suspended",
            "unit-resumed",
            "unit-rework",
            "unit-passed",
            "unit-void",
        ],
    ),
    (
        Topic::Centre,
        &[
            "critical-arrived",
            "reports-arrived",
            "verify-confirmed",
            "verify-refuted",
            "sent-back",
            "escalated",
            "rerouted",
            "extension-asked",
            "handed-in",
            "check-failed",
            "commented",
            "question-answered",
            "appeal-made",
            "withdrawn",
            "reopened",
            "supervised",
            "supervision-answered",
        ],
    ),
    (Topic::Deadlines, &["case-amber", "case-red", "case-over"]),
    (
        Topic::Safety,
        &[
            "new-sign-in",
            "consent-ends",
            "consent-again",
            "consent-owed",
            "right-asked",
            "right-answered",
            "look-asked",
            "look-granted",
            "look-refused",
            "cover-given",
            "reading-many",
            "reading-late",
            "reading-neighbour",
            "reading-again",
            "journal-changed",
        ],
    ),
];

/// What does not wait: neither for the morning, nor for a digest, nor for the end of a pause.
const URGENT: &[&str] = &[
    "critical-arrived",
    "new-sign-in",
    "reading-many",
    "reading-late",
    "reading-neighbour",
    "reading-again",
    "journal-changed",
];

/// Whether a kind of notice does not wait.
pub(crate) fn is_urgent(kind: &str) -> bool {
    URGENT.contains(&kind)
}

impl Topic {
    /// Of a kind of notice.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        KINDS.iter().find(|(_, kinds)| kinds.contains(&kind)).map_or(Self::Centre, |(topic, _)| *topic)
    }

    /// Its kinds of notices.
    #[must_use]
    pub fn kinds(self) -> &'static [&'static str] {
        KINDS.iter().find(|(topic, _)| *topic == self).map_or(&[], |(_, kinds)| kinds)
    }

    /// Whether groups and programs may be told: what concerns one person does not go to a group.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::Reports | Self::Safety)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_its_kinds_and_every_kind_one_topic() {
        let topics: Vec<Topic> = KINDS.iter().map(|(topic, _)| *topic).collect();
        assert_eq!(topics, Topic::ALL);
        for topic in Topic::ALL {
            for kind in topic.kinds() {
                assert_eq!(Topic::of(kind), *topic, "{kind} stands in two topics");
            }
        }
        let elsewhere: Vec<_> = URGENT.iter().filter(|kind| Topic::of(kind) != Topic::Safety).collect();
        assert_eq!(elsewhere, [&"critical-arrived"], "what may cost a life, and nothing else of work");
        // No alarm about somebody's reading waits for the morning.
        let alarms = Topic::Safety.kinds().iter().filter(|kind| kind.starts_with("reading-"));
        assert_eq!(alarms.filter(|kind| is_urgent(kind)).count(), 4);
    }
}
