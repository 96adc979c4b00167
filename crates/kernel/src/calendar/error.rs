//! Why a calendar cannot be used.

use jiff::civil::Date;

use crate::Refusal;

/// Why a calendar cannot be used. Each becomes a [`Refusal`] that names the part to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The time zone database does not know the name.
    #[error("there is no time zone {zone:?}")]
    UnknownZone {
        /// As it was given.
        zone: String,
    },
    /// No weekday has working hours, so that no term would ever end.
    #[error("no weekday has working hours")]
    NoWorkingTime,
    /// The hours of a day overlap or are not in order.
    #[error("the hours of {day} overlap or are out of order")]
    HoursOverlap {
        /// `monday` to `sunday`, or `makeup` for make-up workdays.
        day: &'static str,
    },
    /// A day has more stretches of hours than [`super::rule::MOST_STRETCHES`].
    #[error("{day} has too many stretches of hours")]
    TooManyHours {
        /// As in [`CalendarError::HoursOverlap`].
        day: &'static str,
    },
    /// Make-up workdays are given no hours at all: leave them out to have an ordinary day's.
    #[error("make-up workdays have no hours")]
    MakeupWithoutHours,
    /// Text that is no stretch of hours such as `08:30-12:00`.
    #[error("{text:?} is no stretch of hours such as 08:30-12:00")]
    NoHours {
        /// As it was given.
        text: String,
    },
    /// One day stands twice among the days that differ from the week.
    #[error("{date} stands twice")]
    DayTwice {
        /// Which day.
        date: Date,
    },
    /// More days differ from the week than [`super::MOST_EXCEPTIONS`].
    #[error("{count} days differ from the week; at most {most} may", most = super::MOST_EXCEPTIONS)]
    TooManyDays {
        /// How many there were.
        count: usize,
    },
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::UnknownZone { zone } => {
                Self::invalid("zone", "calendar-zone-unknown").with("zone", zone)
            }
            CalendarError::NoWorkingTime => Self::invalid("week", "calendar-no-working-time"),
            CalendarError::HoursOverlap { day } => {
                Self::invalid("week", "calendar-hours-overlap").with("day", day)
            }
            CalendarError::TooManyHours { day } => {
                Self::invalid("week", "calendar-hours-too-many").with("day", day)
            }
            CalendarError::MakeupWithoutHours => Self::invalid("makeup", "calendar-makeup-without-hours"),
            CalendarError::NoHours { text } => {
                Self::invalid("week", "calendar-hours-unreadable").with("text", text)
            }
            CalendarError::DayTwice { date } => {
                Self::invalid("days", "calendar-day-twice").with("date", date)
            }
            CalendarError::TooManyDays { count } => Self::invalid("days", "calendar-days-too-many")
                .with("count", count)
                .with("most", super::MOST_EXCEPTIONS),
        }
    }
}
