//! Whether a rule fits a case.

use qige_kernel::{Timestamp, WorkCalendar};

use super::{About, Rule, Subject, Time, Where};
use crate::text_enum::text_enum;

text_enum! {
    /// What stands against a rule's fitting.
    Against {
        /// It is switched off.
        Off = "off",
        /// It is about something else.
        Matter = "matter",
        /// It is for another place.
        Place = "place",
        /// It is for another time.
        Time = "time",
    }
}

impl Rule {
    /// What stands against its fitting; nothing where it fits.
    #[must_use]
    pub fn against(&self, subject: &Subject, calendar: &WorkCalendar) -> Vec<Against> {
        let asked = [
            (self.on, Against::Off),
            (self.about.fits(subject), Against::Matter),
            (self.place.fits(subject), Against::Place),
            (self.time.fits(subject.at, calendar), Against::Time),
        ];
        asked.into_iter().filter(|(fits, _)| !fits).map(|(_, against)| against).collect()
    }
}

impl About {
    fn fits(self, subject: &Subject) -> bool {
        match self {
            Self::Anything => true,
            Self::Class(kind, major) => {
                subject.matter.is_some_and(|key| (key.kind(), key.major()) == (kind, major))
            }
            Self::Matter(key) => subject.matter == Some(key),
        }
    }
}

impl Where {
    fn fits(self, subject: &Subject) -> bool {
        match self {
            Self::Whole => true,
            Self::Community(place) => subject.community == Some(place),
            Self::Grid(place) => subject.grid == Some(place),
        }
    }
}

impl Time {
    fn fits(self, at: Timestamp, calendar: &WorkCalendar) -> bool {
        match self {
            Self::Always => true,
            Self::Working => calendar.is_open_at(at),
            Self::Outside => !calendar.is_open_at(at),
            Self::Daily { from, to } => {
                let now = calendar.minute_at(at);
                if from < to { (from..to).contains(&now) } else { now >= from || now < to }
            }
        }
    }
}
