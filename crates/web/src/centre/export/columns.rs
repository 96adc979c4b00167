//! The columns of a file of cases, and what stands in them.

use std::fmt::Display;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use qige_cases::catalogue::Catalogue;
use qige_cases::views::ListedCase;
use qige_cases::{DeclineReason, Stage, State, Tone, Urgency};
use qige_kernel::Timestamp;
use qige_kernel::personal::masked;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Locale;
use crate::centre::matters;
use crate::centre::names::Directory;
use crate::locale::Texts;
use crate::sheet::Cell;

macro_rules! columns {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)?) => {
        /// A column of a file of cases. There is none about who reported a case, nor about who at the centre
        /// had it in hand: a table of people's cases would be a ranking.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub(in crate::centre) enum Column { $($(#[$doc])* #[serde(rename = $text)] $variant),* }

        impl Column {
            /// All of them, in their usual order.
            pub(in crate::centre) const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

columns! {
    /// Its number, once it is filed.
    Number = "number",
    /// Where it stands.
    State = "state",
    /// The major class of its matter.
    Class = "class",
    /// Its matter.
    Matter = "matter",
    /// The matter's key, as in `matter-06-012`.
    MatterKey = "matter-key",
    /// How soon.
    Urgency = "urgency",
    /// The community it lies in.
    Community = "community",
    /// The grid it lies in.
    Grid = "grid",
    /// The unit that answers for it.
    Unit = "unit",
    /// What is the matter.
    Words = "words",
    /// Where, in words.
    Address = "address",
    /// Where, in WGS-84 degrees east.
    Longitude = "longitude",
    /// Where, in WGS-84 degrees north.
    Latitude = "latitude",
    /// How many reports speak of it.
    Reports = "reports",
    /// When its first report came in.
    Received = "received",
    /// When it was filed last.
    Filed = "filed",
    /// When it was given to a unit last.
    Dispatched = "dispatched",
    /// When the unit said last that it is done.
    Handled = "handled",
    /// When it was closed, declined, merged, withdrawn or voided.
    Ended = "ended",
    /// Whose clock runs.
    Stage = "stage",
    /// When that is over.
    Due = "due",
    /// How late it is.
    Tone = "tone",
    /// What is special about it.
    Flags = "flags",
    /// Times that units sent it back.
    SendBacks = "send-backs",
    /// Times that a check failed.
    Reworks = "reworks",
    /// Times that it was opened again.
    Reopenings = "reopenings",
    /// Why it was declined.
    DeclineReason = "decline-reason",
    /// The address of its page.
    Link = "link",
}

impl Column {
    /// What somebody gets who chooses nothing: what fits on a printed page and says where each case stands.
    pub(super) const USUAL: &'static [Self] = &[
        Self::Number,
        Self::State,
        Self::Class,
        Self::Matter,
        Self::Urgency,
        Self::Community,
        Self::Grid,
        Self::Unit,
        Self::Words,
        Self::Address,
        Self::Received,
        Self::Due,
        Self::Tone,
        Self::Ended,
    ];

    /// How wide it is in a workbook, in characters.
    pub(super) const fn width_chars(self) -> u8 {
        match self {
            Self::Words => 60,
            Self::Address | Self::Flags | Self::DeclineReason | Self::Link => 36,
            Self::Class | Self::Matter | Self::Unit => 22,
            Self::Received | Self::Filed | Self::Dispatched | Self::Handled | Self::Ended | Self::Due => 20,
            _ => 14,
        }
    }
}

/// The words of one list, each looked up once and not once for every case.
struct Said<T>(Vec<(T, String)>);

impl<T: Copy + PartialEq + Display> Said<T> {
    fn of(texts: &Texts, locale: Locale, prefix: &str, all: &[T]) -> Self {
        Self(all.iter().map(|one| (*one, texts.plain(locale, &format!("{prefix}-{one}")))).collect())
    }

    fn get(&self, wanted: T) -> Cell {
        self.0.iter().find(|(one, _)| *one == wanted).map(|(_, said)| said.clone()).into()
    }
}

/// What a table says besides the cases themselves.
pub(super) struct Around {
    /// What places and units are called.
    pub(super) directory: Directory,
    /// By whose clocks.
    pub(super) zone: TimeZone,
    /// When something counts as late.
    pub(super) now: Timestamp,
    /// What the addresses of cases begin with.
    pub(super) public_url: String,
}

/// Cases as rows of these columns, in the language of whoever asked.
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) headings: Vec<String>,
    around: Around,
    locale: Locale,
    states: Said<State>,
    urgencies: Said<Urgency>,
    stages: Said<Stage>,
    tones: Said<Tone>,
    reasons: Said<DeclineReason>,
    flags: Said<&'static str>,
    /// In the place of words whose term is over.
    words_erased: String,
}

impl Table {
    /// Each of the wanted columns once, in the order in which they are asked for; the usual ones where none
    /// is.
    pub(super) fn of(texts: &Texts, locale: Locale, wanted: &[Column], around: Around) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for column in if wanted.is_empty() { Column::USUAL } else { wanted } {
            if !columns.contains(column) {
                columns.push(*column);
            }
        }
        let heading = |column: &Column| texts.plain(locale, &format!("export-column-{}", column.as_str()));
        let flags =
            ["escalated", "supervised", "extension-asked", "suspended", "waiting", "transferred", "verified"];
        Self {
            headings: columns.iter().map(heading).collect(),
            columns,
            around,
            locale,
            states: Said::of(texts, locale, "state", State::ALL),
            urgencies: Said::of(texts, locale, "urgency", Urgency::ALL),
            stages: Said::of(texts, locale, "stage", Stage::ALL),
            tones: Said::of(texts, locale, "tone", Tone::ALL),
            reasons: Said::of(texts, locale, "decline-reason", DeclineReason::ALL),
            flags: Said::of(texts, locale, "flag", &flags),
            words_erased: texts.plain(locale, "words-erased-short"),
        }
    }

    /// The day on which it is made.
    pub(super) fn day(&self) -> Date {
        self.around.now.to_jiff().to_zoned_datetime(self.around.zone.clone()).date()
    }

    /// Headings with the widths of their columns.
    pub(super) fn columns(&self) -> Vec<(String, u8)> {
        let widths = self.columns.iter().map(|column| column.width_chars());
        self.headings.iter().cloned().zip(widths).collect()
    }

    /// One case, cell by cell.
    pub(super) fn cells(&self, case: &ListedCase) -> impl Iterator<Item = Cell> {
        self.columns.iter().map(|column| self.cell(*column, case))
    }

    fn cell(&self, column: Column, case: &ListedCase) -> Cell {
        let text = |text: &str| Cell::from(Some(text.to_owned()));
        match column {
            Column::Number => case.number.clone().into(),
            Column::State => self.states.get(case.state),
            Column::Class => case.matter.and_then(|key| self.class(key)).into(),
            Column::Matter => case.matter.map(|key| matters::name(key, self.locale)).into(),
            Column::MatterKey => case.matter.map(|key| key.to_string()).into(),
            Column::Urgency => case.urgency.map_or(Cell::Nothing, |urgency| self.urgencies.get(urgency)),
            Column::Community => case.community.and_then(|id| self.around.directory.community(id)).into(),
            Column::Grid => case.grid.and_then(|id| self.around.directory.grid(id)).into(),
            Column::Unit => case.lead_unit.and_then(|id| self.around.directory.unit(id)).into(),
            Column::Words if case.words_erased_at.is_some() => text(&self.words_erased),
            // As the queue shows them: whoever needs a number of somebody opens the case.
            Column::Words => text(&masked(&case.words)),
            Column::Address => case.address.as_deref().map(masked).into(),
            Column::Longitude => case.position().map_or(Cell::Nothing, |at| Cell::Number(at.lng())),
            Column::Latitude => case.position().map_or(Cell::Nothing, |at| Cell::Number(at.lat())),
            Column::Reports => Cell::count(case.reports),
            Column::Received => self.time(Some(case.received_at)),
            Column::Filed => self.time(case.filed_at),
            Column::Dispatched => self.time(case.dispatched_at),
            Column::Handled => self.time(case.handled_at),
            Column::Ended => self.time(case.ended_at),
            Column::Stage => case.stage.map_or(Cell::Nothing, |stage| self.stages.get(stage)),
            Column::Due => self.time(case.due_at),
            // What nobody owes anything about is neither early nor late.
            Column::Tone if !case.state.is_open() => Cell::Nothing,
            Column::Tone => self.tones.get(case.tone(self.around.now)),
            Column::Flags => self.flags(case),
            Column::SendBacks => Cell::count(case.send_backs),
            Column::Reworks => Cell::count(case.reworks),
            Column::Reopenings => Cell::count(case.reopenings),
            Column::DeclineReason => {
                case.decline_reason.map_or(Cell::Nothing, |reason| self.reasons.get(reason))
            }
            Column::Link => text(&format!("{}/cases/{}", self.around.public_url, case.id)),
        }
    }

    fn class(&self, key: qige_cases::MatterKey) -> Option<String> {
        let major = Catalogue::standard().major_of(key)?;
        Some(if self.locale == Locale::En { &major.english } else { &major.name }.clone())
    }

    fn time(&self, at: Option<Timestamp>) -> Cell {
        let there = at.map(|at| at.to_jiff().to_zoned_datetime(self.around.zone.clone()));
        there.map_or(Cell::Nothing, |there| Cell::Time(there.strftime("%Y-%m-%d %H:%M:%S").to_string()))
    }

    fn flags(&self, case: &ListedCase) -> Cell {
        let raised = [
            case.is_escalated(self.around.now),
            case.supervised,
            case.extension_asked,
            case.suspended,
            case.question_open,
            case.transferred,
            case.verified,
        ];
        let said = self.flags.0.iter().zip(raised).filter(|(_, raised)| *raised);
        let said: Vec<&str> = said.map(|((_, said), _)| said.as_str()).collect();
        Some(said.join(if self.locale == Locale::En { "; " } else { "；" })).into()
    }
}
