//! What a reporter may do to a case, signed in or by code: the forms, each with the version of the case that
//! the person saw.

use qige_app::Order;
use qige_cases::By;
use qige_cases::actions::{Action, Answer, Appeal, Comment, Rate, Reopen, Withdraw};
use qige_cases::views::MainCase;
use qige_db::{Actor, Asker};
use qige_kernel::CaseId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Cx, Done, Fault, Input, Text, View};

/// A form that becomes a command.
pub(crate) trait Wish: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What the next page says about it.
    const SAID: &'static str;

    /// The version of the case that the person saw, and what is to be done.
    fn order(self) -> (Option<i64>, Action);
}

macro_rules! wishes {
    ($(
        $(#[$doc:meta])* $name:ident says $said:literal {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        } => $action:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        pub(crate) struct $name {
            /// The version of the case that was looked at; without it the latest counts.
            version: Option<i64>,
            $($(#[$field_doc])* $field: $type,)*
        }

        impl Wish for $name {
            const SAID: &'static str = $said;

            fn order(self) -> (Option<i64>, Action) {
                let Self { version, $($field),* } = self;
                (version, $action)
            }
        }
    )*};
}

wishes! {
    /// Takes a report back.
    WithdrawWish says "own-done-withdraw" {
        /// Why, if one likes to say.
        #[serde(default)]
        words: String,
    } => Withdraw { words }.into();
    /// Asks to look again at what was declined.
    AppealWish says "own-done-appeal" {
        /// Why.
        #[serde(default)]
        words: String,
    } => Appeal { words }.into();
    /// Says how satisfied one is.
    RateWish says "own-done-rate" {
        /// 1 to 5.
        rating: u8,
        /// In one's own words.
        #[serde(default)]
        words: String,
    } => Rate { stars: rating, words }.into();
    /// Opens a closed case again.
    ReopenWish says "own-done-reopen" {
        /// Why.
        #[serde(default)]
        reason: String,
    } => Reopen { reason }.into();
    /// Answers a question.
    AnswerWish says "own-done-answer" {
        /// The answer.
        #[serde(default)]
        words: String,
    } => Answer { words }.into();
    /// Adds something.
    CommentWish says "own-done-comment" {
        /// What.
        #[serde(default)]
        words: String,
    } => Comment { words, public: true, ..Comment::default() }.into();
    /// Takes the last step back.
    UndoWish says "own-done-undo" {
    } => Action::Undo;
}

/// One's own case, as it is acted on.
pub(crate) struct Own {
    pub(crate) case: CaseId,
    /// The case that it follows.
    pub(crate) main: Option<MainCase>,
    pub(crate) by: By,
    /// The address of its page.
    pub(crate) page: String,
}

impl Own {
    /// Does what was wished, to the case or, where that is what one may, to the one that it follows.
    pub(crate) async fn act<W: Wish, V: View>(self, cx: &Cx, input: Input<W>) -> Result<Done<V>, Fault> {
        let Input { value, key } = input;
        let (mut expected_version, action) = value.order();
        let mut case = self.case;
        if let Some(main) = self.main.filter(|main| main.may.contains(&action.name())) {
            // The version that was looked at is that of one's own case.
            (case, expected_version) = (main.case, None);
        }
        let asker = match self.by {
            // Whoever acts by a code acts as nobody, also where somebody happens to be signed in.
            By::Follower { .. } => Asker { tenant: cx.tenant()?.id, actor: Actor::Anonymous },
            By::Person(_) | By::System | By::Rule(_) => cx.asker()?,
        };
        let order = Order { case, expected_version, by: self.by, action, key };
        let acted = cx.app().act(asker, order).await?;
        let undo = format!("{}/undo", self.page);
        let done = Done::see(self.page).saying(Text::of(W::SAID));
        Ok(match acted.undo_until {
            Some(until) => done.undo(undo, until),
            None => done,
        })
    }
}
