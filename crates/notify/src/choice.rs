//! Where somebody wants a kind of notice otherwise than its topic goes. Kept are the differences alone: a
//! kind that is added later goes as its topic does.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal};

use crate::way::ways_of;
use crate::{Topic, Way, WayKind};

statements! {
    /// One person's.
    CHOICES = "SELECT kind, way_kind, wanted FROM notice_choices WHERE tenant = $1 AND person = $2
        ORDER BY kind, way_kind";
    /// Those of one kind of notice.
    CHOICES_OF_KIND = "SELECT kind, way_kind, wanted FROM notice_choices
        WHERE tenant = $1 AND person = $2 AND kind = $3 ORDER BY way_kind";
    /// This goes otherwise.
    KEEP_CHOICE = "INSERT INTO notice_choices (tenant, person, kind, way_kind, wanted)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, person, kind, way_kind) DO UPDATE SET
            wanted = excluded.wanted";
    /// This goes as its topic does.
    DROP_CHOICE = "DELETE FROM notice_choices
        WHERE tenant = $1 AND person = $2 AND kind = $3 AND way_kind = $4";
}

from_row! {
    /// One difference.
    #[derive(PartialEq, Eq)]
    pub struct Choice {
        /// Of this kind of notice.
        pub kind: String,
        /// On this sort of way.
        pub way_kind: WayKind,
        /// Whether it goes there.
        pub wanted: bool,
    }
}

impl Way {
    /// Whether notices of that kind go this way now, by its topics and where its owner chose otherwise.
    #[must_use]
    pub fn takes(&self, kind: &str, choices: &[Choice]) -> bool {
        let own = choices.iter().find(|choice| choice.way_kind == self.kind && choice.kind == kind);
        self.is_open() && own.map_or_else(|| self.topics.0.contains(&Topic::of(kind)), |own| own.wanted)
    }
}

/// One person's differences.
///
/// # Errors
/// [`DbError`].
pub async fn choices_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Choice>, DbError> {
    tx.all(CHOICES, params![tx.tenant(), person]).await
}

/// One person's differences about one kind of notice.
pub(crate) async fn choices_about(
    tx: &mut Tx<'_>,
    person: PersonId,
    kind: &str,
) -> Result<Vec<Choice>, DbError> {
    tx.all(CHOICES_OF_KIND, params![tx.tenant(), person, kind]).await
}

/// Chooses, kind by kind, what of one topic goes which sort of way. Their own doing, so nothing is written in
/// the journal.
#[derive(Clone, Debug)]
pub struct SetChoices {
    /// Who.
    pub person: PersonId,
    /// Of this topic.
    pub topic: Topic,
    /// By sort of way: the kinds that go there. Sorts that the person does not have stay as they are.
    pub wanted: Vec<(WayKind, Vec<String>)>,
}

impl Command for SetChoices {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let ways = ways_of(tx, self.person).await?;
        for (way_kind, wanted) in &self.wanted {
            if wanted.iter().any(|kind| !self.topic.kinds().contains(&kind.as_str())) {
                return Err(Refusal::invalid(way_kind.as_str(), "notice-kind").into());
            }
            let Some(way) = ways.iter().find(|way| way.kind == *way_kind) else { continue };
            let usual = way.topics.0.contains(&self.topic);
            for kind in self.topic.kinds() {
                let wanted = wanted.iter().any(|one| one == kind);
                if wanted == usual {
                    drop_choice(tx, self.person, kind, *way_kind).await?;
                } else {
                    let values = params![tx.tenant(), self.person, *kind, way_kind, wanted];
                    tx.execute(KEEP_CHOICE, values).await?;
                }
            }
        }
        Ok(())
    }
}

async fn drop_choice(
    tx: &mut Tx<'_>,
    person: PersonId,
    kind: &str,
    way_kind: WayKind,
) -> Result<(), DbError> {
    tx.execute(DROP_CHOICE, params![tx.tenant(), person, kind, way_kind]).await.map(drop)
}

/// Lets go of what differs no more, now that these topics go that sort of way.
pub(crate) async fn settle_choices(
    tx: &mut Tx<'_>,
    person: PersonId,
    way_kind: WayKind,
    topics: &[Topic],
) -> Result<(), DbError> {
    for choice in choices_of(tx, person).await?.iter().filter(|choice| choice.way_kind == way_kind) {
        if choice.wanted == topics.contains(&Topic::of(&choice.kind)) {
            drop_choice(tx, person, &choice.kind, way_kind).await?;
        }
    }
    Ok(())
}
