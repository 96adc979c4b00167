//! A password that is drawn for somebody and shown once.

use qige_identity::{Password, PasswordHash, password as passwords};
use qige_kernel::PersonId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::page::Density;
use crate::{Cx, Fault, Text, View, Width};

/// Letters that nobody mistakes for another, as in Crockford's Base 32: no i, l, o, u.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a drawn password: 60 bits, out of reach of guessing through the sign-in page and offline.
const LENGTH: usize = 12;
/// Letters between hyphens: what people copy at a glance.
const GROUP: usize = 4;

/// Why a password was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Why {
    /// The account is new.
    Added,
    /// The one before is good no more.
    Replaced,
}

/// A password that was drawn, shown once.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct DrawnPage {
    pub(super) why: Why,
    pub(super) person: PersonId,
    pub(super) name: String,
    /// By what they sign in.
    pub(super) account: Option<String>,
    /// To be handed over; it is shown nowhere else and never again.
    pub(super) password: String,
}

impl std::fmt::Debug for DrawnPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DrawnPage({})", self.person)
    }
}

impl View for DrawnPage {
    const TEMPLATE: &'static str = "admin/drawn.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of(match self.why {
            Why::Added => "admin-drawn-added",
            Why::Replaced => "admin-drawn-replaced",
        })
    }

    fn samples() -> Vec<Self> {
        let page = |why, account: Option<&str>| Self {
            why,
            person: PersonId(uuid::Uuid::nil()),
            name: "骑手 0017".to_owned(),
            account: account.map(str::to_owned),
            password: "k7m2-0vq9-xd3c".to_owned(),
        };
        vec![page(Why::Added, Some("qishou0017")), page(Why::Replaced, None)]
    }
}

/// Draws one: in clear, to be shown, and what is kept of it.
pub(super) async fn password(cx: &Cx) -> Result<(String, PasswordHash), Fault> {
    let text = spelt(&cx.app().entropy.bytes());
    let hash = passwords::hash(&Password::drawn(&text), &cx.app().entropy).await?;
    Ok((text, hash))
}

fn spelt(chance: &[u8; LENGTH]) -> String {
    let mut text = String::new();
    for (at, byte) in chance.iter().enumerate() {
        if at > 0 && at.is_multiple_of(GROUP) {
            text.push('-');
        }
        // 256 is 8 times 32: every letter is as likely.
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or_default();
        text.push(char::from(letter));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_password_is_easy_to_copy() {
        assert_eq!(spelt(&[0, 1, 9, 10, 31, 32, 63, 255, 18, 19, 20, 21]), "019a-z0zz-jkmn");
        assert_eq!(LETTERS.iter().collect::<std::collections::BTreeSet<_>>().len(), 32);
    }
}
