//! What ties a case to another one or to a body outside.

use qige_cases::{Merge, TakeBack, Transfer, Unmerge};

use super::wishes;

wishes! {
    /// Follows another case from now on.
    MergeWish {
        /// Which one: its id or its number.
        main: String,
        /// The number of another one, typed beside a choice: counts before `main`.
        number: Option<String>,
        /// Why.
        #[serde(default)]
        reason: String,
    } |desk| {
        let (field, text) = number.as_deref().map_or(("main", main.as_str()), |number| ("number", number));
        Merge { main: desk.case_named(field, text).await?, reason }
    };

    /// Stands by itself again.
    UnmergeWish {
        /// Why.
        #[serde(default)]
        reason: String,
    } |_desk| Unmerge { reason };

    /// Gives it to a body outside. The same body and reference again change nothing.
    TransferWish {
        /// Which body, for example the county's hotline.
        body: String,
        /// The number that it goes by there.
        reference: String,
        /// What was said to it.
        #[serde(default)]
        words: String,
    } |_desk| Transfer { body, reference, words };

    /// Takes it back from there.
    TakeBackWish {
        /// Why.
        #[serde(default)]
        reason: String,
    } |_desk| TakeBack { reason };
}
