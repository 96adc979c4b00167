//! The holidays and make-up workdays of China as the General Office of the State Council published them.
//!
//! Only years that have been published stand here (the notice for a year comes out in the autumn before it);
//! a tenant adds later ones, and days of its own, on its calendar page.

use jiff::civil::{Date, date};

use super::DayException;

/// One year's arrangement (部分节假日安排).
struct Year {
    year: i16,
    notice: &'static str,
    holidays: &'static [Holiday],
}

/// One holiday: first and last day off, both included, and the days worked in exchange.
struct Holiday {
    name: &'static str,
    first: Date,
    last: Date,
    worked: &'static [Date],
}

const fn holiday(name: &'static str, first: Date, last: Date, worked: &'static [Date]) -> Holiday {
    Holiday { name, first, last, worked }
}

const YEARS: &[Year] = &[
    Year {
        year: 2024,
        notice: "国办发明电〔2023〕7号",
        holidays: &[
            holiday("元旦", date(2024, 1, 1), date(2024, 1, 1), &[]),
            holiday("春节", date(2024, 2, 10), date(2024, 2, 17), &[date(2024, 2, 4), date(2024, 2, 18)]),
            holiday("清明节", date(2024, 4, 4), date(2024, 4, 6), &[date(2024, 4, 7)]),
            holiday("劳动节", date(2024, 5, 1), date(2024, 5, 5), &[date(2024, 4, 28), date(2024, 5, 11)]),
            holiday("端午节", date(2024, 6, 10), date(2024, 6, 10), &[]),
            holiday("中秋节", date(2024, 9, 15), date(2024, 9, 17), &[date(2024, 9, 14)]),
            holiday("国庆节", date(2024, 10, 1), date(2024, 10, 7), &[date(2024, 9, 29), date(2024, 10, 12)]),
        ],
    },
    Year {
        year: 2025,
        notice: "国办发明电〔2024〕12号",
        holidays: &[
            holiday("元旦", date(2025, 1, 1), date(2025, 1, 1), &[]),
            holiday("春节", date(2025, 1, 28), date(2025, 2, 4), &[date(2025, 1, 26), date(2025, 2, 8)]),
            holiday("清明节", date(2025, 4, 4), date(2025, 4, 6), &[]),
            holiday("劳动节", date(2025, 5, 1), date(2025, 5, 5), &[date(2025, 4, 27)]),
            holiday("端午节", date(2025, 5, 31), date(2025, 6, 2), &[]),
            holiday(
                "国庆节、中秋节",
                date(2025, 10, 1),
                date(2025, 10, 8),
                &[date(2025, 9, 28), date(2025, 10, 11)],
            ),
        ],
    },
    Year {
        year: 2026,
        notice: "国办发明电〔2025〕7号",
        holidays: &[
            holiday("元旦", date(2026, 1, 1), date(2026, 1, 3), &[date(2026, 1, 4)]),
            holiday("春节", date(2026, 2, 15), date(2026, 2, 23), &[date(2026, 2, 14), date(2026, 2, 28)]),
            holiday("清明节", date(2026, 4, 4), date(2026, 4, 6), &[]),
            holiday("劳动节", date(2026, 5, 1), date(2026, 5, 5), &[date(2026, 5, 9)]),
            holiday("端午节", date(2026, 6, 19), date(2026, 6, 21), &[]),
            holiday("中秋节", date(2026, 9, 25), date(2026, 9, 27), &[]),
            holiday("国庆节", date(2026, 10, 1), date(2026, 10, 7), &[date(2026, 9, 20), date(2026, 10, 10)]),
        ],
    },
];

/// The years that are known here, in order.
pub fn years() -> impl Iterator<Item = i16> {
    YEARS.iter().map(|year| year.year)
}

/// The number of the State Council's notice for a year, for example `国办发明电〔2025〕7号`.
#[must_use]
pub fn notice(year: i16) -> Option<&'static str> {
    YEARS.iter().find(|entry| entry.year == year).map(|entry| entry.notice)
}

/// Every day of a year that is off or worked by the published arrangement, in order; none when the year is
/// not known here.
#[must_use]
pub fn days(year: i16) -> Option<Vec<DayException>> {
    let entry = YEARS.iter().find(|entry| entry.year == year)?;
    let mut days: Vec<DayException> = entry.holidays.iter().flat_map(days_of).collect();
    days.sort_by_key(|day| day.date);
    Some(days)
}

fn days_of(holiday: &Holiday) -> impl Iterator<Item = DayException> {
    let last = holiday.last;
    let off = std::iter::successors(Some(holiday.first), |date| date.tomorrow().ok())
        .take_while(move |date| *date <= last);
    let day = |date, off| DayException { date, off, name: holiday.name.to_owned() };
    off.map(move |date| day(date, true)).chain(holiday.worked.iter().map(move |date| day(*date, false)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;

    #[test]
    fn what_is_worked_is_a_weekend_and_lies_near_its_holiday() {
        for entry in YEARS {
            for holiday in entry.holidays {
                assert!(holiday.first <= holiday.last && holiday.first.year() == entry.year);
                for day in holiday.worked {
                    assert!(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{day}");
                    assert!(holiday.first.duration_since(*day).as_hours().abs() < 24 * 16, "{day}");
                }
            }
        }
    }

    #[test]
    fn a_year_that_is_not_published_is_not_guessed() {
        assert_eq!(years().collect::<Vec<_>>(), [2024, 2025, 2026]);
        assert_eq!(days(2027), None);
        assert_eq!(notice(2027), None);
        assert_eq!(notice(2026), Some("国办发明电〔2025〕7号"));
    }
}
