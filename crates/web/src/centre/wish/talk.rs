//! What is said about a case and put right in it.

use qige_cases::{Action, Answer, Comment, Correct, Place, Question, Urgency};
use qige_kernel::{ObjectId, PlaceId, Position, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Desk, Then, Wish, wishes};
use crate::Fault;
use crate::centre::bring::Brings;
use crate::input::pasted_position;

wishes! {
    /// Asks the reporter; the clock stands still until the answer.
    QuestionWish {
        /// The question.
        #[serde(default)]
        words: String,
    } |_desk| Question { words };

    /// The reporter's answer.
    AnswerWish {
        /// The answer.
        #[serde(default)]
        words: String,
    } |_desk| Answer { words };

    /// Puts facts right. What is left out stays as it is.
    CorrectWish {
        /// What it is about: a key, or a name that finds one matter.
        matter: Option<String>,
        /// How soon.
        urgency: Option<Urgency>,
        /// Where: longitude and latitude as other maps give them, `118.752,34.542`.
        coordinates: Option<String>,
        /// In which datum those are; WGS-84 when left out.
        datum: Option<qige_kernel::Datum>,
        /// The grid, where the point does not say it.
        grid: Option<PlaceId>,
        /// Where, in words.
        address: Option<String>,
        /// What is the matter.
        words: Option<String>,
        /// What units may read of it.
        released_words: Option<String>,
        /// Numbers of people in it stay as they are, since the unit needs them; else they are masked.
        #[serde(default)]
        with_numbers: bool,
        /// Photos that units may see from now on.
        #[serde(default)]
        release_photos: Vec<ObjectId>,
        /// Why.
        #[serde(default)]
        reason: String,
    } |desk| {
        let place = place(desk, coordinates.as_deref(), datum, grid).await?;
        let matter = desk.matter(matter.as_deref())?;
        Correct {
            matter,
            urgency,
            place,
            address,
            words,
            released_words,
            with_numbers,
            release_photos,
            reason,
        }
    };

    /// Takes the last step back.
    UndoWish {} |_desk| Action::Undo;
}

/// Where the case lies from now on, if anything was said about it.
async fn place(
    desk: &Desk,
    coordinates: Option<&str>,
    datum: Option<qige_kernel::Datum>,
    grid: Option<PlaceId>,
) -> Result<Option<Place>, Fault> {
    let position = match coordinates {
        Some(text) => Some(pasted_position(text, datum)?),
        None if grid.is_none() => return Ok(None),
        None => desk.row().await?.position(),
    };
    Ok(Some(located(desk, position, grid)?))
}

/// The grid that was named, else the one in which the point lies.
fn located(desk: &Desk, position: Option<Position>, grid: Option<PlaceId>) -> Result<Place, Refusal> {
    let grids = &desk.book.grids;
    let named = match grid {
        Some(id) => {
            let known = grids.grid(id).ok_or(Refusal::invalid("grid", "grid-missing"))?;
            Some((known.id, known.community, None))
        }
        None => {
            let found = position.and_then(|position| grids.locate(position));
            found.map(|found| (found.grid, found.community, found.how.beside_metres()))
        }
    };
    let Some((grid, community, beside_metres)) = named else {
        return Ok(Place { position, ..Place::default() });
    };
    Ok(Place { position, community, grid: Some(grid), beside_metres })
}

/// Words beside the course of things, and files that belong to them (`file`, up to five).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(crate) struct CommentWish {
    /// The version of the case that was looked at; without it the latest counts.
    version: Option<i64>,
    /// Where a browser goes afterwards.
    then: Option<Then>,
    /// The words; may be left out where a file comes.
    #[serde(default)]
    words: String,
    /// For the reporter too, and the units; else among staff.
    #[serde(default)]
    public: bool,
    /// For the units that have a part in the case, and not the reporter.
    #[serde(default)]
    units: bool,
}

impl Wish for CommentWish {
    const BRINGS: Brings = Brings::Files;

    fn envelope(&self) -> (Option<i64>, Option<Then>) {
        (self.version, self.then)
    }

    async fn action(self, desk: &Desk) -> Result<Action, Fault> {
        let Self { words, public, units, .. } = self;
        Ok(Comment { words, public, units, attachments: desk.brought.files.clone() }.into())
    }
}
