//! One reading, as a page shows it.

use qige_identity::{KeyClass, Purpose, ReadingPlace, ReadingRow, Role};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// Somebody read something of somebody.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ReadingLine {
    pub(crate) at: Timestamp,
    /// Whose it was.
    pub(crate) owner: Uuid,
    pub(crate) owner_name: Option<String>,
    /// Who read it; none for the product itself.
    pub(crate) reader: Option<PersonId>,
    pub(crate) reader_name: Option<String>,
    /// In which role; none for the product itself.
    pub(crate) role: Option<Role>,
    /// What sort of thing.
    pub(crate) class: KeyClass,
    /// For what.
    pub(crate) purpose: Purpose,
}

impl From<ReadingRow> for ReadingLine {
    fn from(row: ReadingRow) -> Self {
        let ReadingRow { owner, owner_name, at, reader, reader_name, role, class, purpose, .. } = row;
        Self { at, owner, owner_name, reader, reader_name, role: role.parse().ok(), class, purpose }
    }
}

/// What fits on a page, and from which place the next one goes on.
pub(crate) fn page_of(mut rows: Vec<ReadingRow>, on_page: u32) -> (Vec<ReadingLine>, Option<ReadingPlace>) {
    let on_page = usize::try_from(on_page).unwrap_or(usize::MAX);
    let more = rows.len() > on_page;
    rows.truncate(on_page);
    let next = rows.last().filter(|_| more).map(ReadingRow::place);
    (rows.into_iter().map(ReadingLine::from).collect(), next)
}

pub(crate) fn samples() -> Vec<ReadingLine> {
    let by_somebody = ReadingLine {
        at: Timestamp::from_micros(1_790_000_000_000_000),
        owner: Uuid::nil(),
        owner_name: Some("骑手 0017".to_owned()),
        reader: Some(PersonId(Uuid::nil())),
        reader_name: Some("系统管理员 01".to_owned()),
        role: Some(Role::TenantAdmin),
        class: KeyClass::Contact,
        purpose: Purpose::LookAfterAccount,
    };
    let by_the_product = ReadingLine {
        reader: None,
        reader_name: None,
        role: None,
        purpose: Purpose::Reach,
        ..by_somebody.clone()
    };
    vec![by_somebody, by_the_product]
}
