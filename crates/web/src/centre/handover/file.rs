//! What one shift leaves to the next, as files: every case that waits, sort by sort, and the notes.

use qige_cases::handover::handover_notes;
use qige_cases::queries::{MAX_PAGE_ROWS, Order, Sight, queue};
use qige_cases::views::Page as Found;
use qige_identity::{Permission, Purpose};
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::names::{Directory, people};
use super::{KINDS, LATEST, Line, NoteLine, Teller, asked, read_cursor, spoken_of};
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Fault, taken_out};

/// Where the cases go on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Further {
    /// Of which sort.
    sort: Option<String>,
    /// After which of them.
    after: Option<String>,
}

/// Cases that wait for the same, a batch of them.
pub(super) struct Waits {
    kind: &'static str,
    rows: Vec<Line>,
    /// Where the same sort goes on.
    next: Option<String>,
}

impl Listing for Waits {
    type Asked = Further;
    const PATHS: [&'static str; 2] = ["/handover.csv", "/handover.xlsx"];
    const SUMMARY: &'static str = "Every case that waits at the end of a shift, as a file";
    const NAME: &'static str = "handover";
    const TITLE: &'static str = "handover-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-waits", 22),
        ("export-column-number", 14),
        ("export-column-state", 14),
        ("export-column-matter", 22),
        ("list-place", 30),
        ("export-column-unit", 22),
        ("export-column-due", 20),
    ];

    async fn read(cx: Cx, further: Further) -> Result<Self, Fault> {
        if further.sort.is_none() {
            taken_out::of_all(&cx, Purpose::ExportCases, Permission::ExportCases, "cases").await?;
        }
        let who = cx.signed_in()?.clone();
        let book = cx.app().rulebook(cx.tenant()?.id).await?;
        let (now, locale, me) = (cx.now(), cx.locale(), who.person);
        let known = KINDS.iter().find(|kind| further.sort.as_deref() == Some(**kind));
        let kind = *known.or(KINDS.first()).ok_or_else(Fault::missing)?;
        let filter = asked(kind).conditions(me, book.calendar.zone(), locale)?;
        let (sight, grids) = (Sight::of(&who, Permission::ExportCases), book.grids.clone());
        let (found, directory) = cx
            .read(move |tx| {
                Box::pin(async move {
                    let after = further.after.as_deref();
                    let found =
                        queue(tx, &filter, &sight, Order::Lateness, now, after, MAX_PAGE_ROWS).await?;
                    Ok((found, Directory::read(tx, grids).await?))
                })
            })
            .await?;
        let Found { rows, next } = found;
        let teller = Teller { directory: &directory, now, locale };
        Ok(Self { kind, rows: rows.into_iter().map(|case| teller.line(case)).collect(), next })
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &Line| {
            vec![
                said.text(format!("handover-{}", self.kind)),
                line.case.number.clone().into(),
                said.text(format!("state-{}", line.case.state)),
                line.matter_name.clone().into(),
                line.place.clone().into(),
                line.unit_name.clone().into(),
                said.time(line.case.due_at),
            ]
        };
        self.rows.iter().map(row).collect()
    }

    fn first(_: Further) -> Further {
        Further::default()
    }

    fn next(&self, _: &Further) -> Option<Further> {
        let sort = match &self.next {
            Some(_) => Some(self.kind),
            None => KINDS.iter().skip_while(|kind| **kind != self.kind).nth(1).copied(),
        };
        Some(Further { sort: Some(sort?.to_owned()), after: self.next.clone() })
    }
}

/// Notes in a row, a batch of them.
pub(super) struct Notes(Vec<NoteLine>);

/// Where the notes go on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Earlier {
    /// Before which of them.
    before: Option<String>,
}

impl Listing for Notes {
    type Asked = Earlier;
    const PATHS: [&'static str; 2] = ["/handover/notes.csv", "/handover/notes.xlsx"];
    const SUMMARY: &'static str = "What shifts left to the next, as a file";
    const NAME: &'static str = "notes";
    const TITLE: &'static str = "handover-notes";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("list-at", 20), ("list-by", 22), ("list-said", 60), ("list-taken-by", 22), ("list-taken-at", 20)];

    async fn read(cx: Cx, earlier: Earlier) -> Result<Self, Fault> {
        if !cx.signed_in()?.may_everywhere(Permission::ReadQueue) {
            // They may speak of any place.
            return Err(Fault::forbidden());
        }
        let before = earlier.before.as_deref().and_then(read_cursor).unwrap_or(LATEST);
        let (notes, names) = cx
            .read(move |tx| {
                Box::pin(async move {
                    let notes = handover_notes(tx, before, MAX_PAGE_ROWS).await?;
                    let names = people(tx, spoken_of(&notes)).await?;
                    Ok((notes, names))
                })
            })
            .await?;
        Ok(Self(notes.into_iter().map(|note| NoteLine::of(note, &names, None)).collect()))
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |note: &NoteLine| {
            vec![
                said.time(note.at),
                note.by.clone().into(),
                note.words.clone().into(),
                note.taken_by.clone().into(),
                said.time(note.taken_at),
            ]
        };
        self.0.iter().map(row).collect()
    }

    fn first(_: Earlier) -> Earlier {
        Earlier::default()
    }

    /// After the last note comes an empty batch, and the end.
    fn next(&self, _: &Earlier) -> Option<Earlier> {
        Some(Earlier { before: Some(self.0.last()?.cursor()) })
    }
}
