//! What is consented to, in versions: a consent says which one was read.

use std::sync::LazyLock;

use qige_db::{Command, DbError, Failure, Json, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{GridMember, PurposeKey};
use crate::Stamp;

/// Days that a consent may hold: what is asked for longer is asked for again.
pub const CONSENT_TERM_DAYS: std::ops::RangeInclusive<i64> = 1..=1_827;
/// Letters of a name at most: it stands in lists.
const NAME_LETTERS_MAX: usize = 60;
/// Letters of a text at most: beyond that nobody reads it.
const TEXT_LETTERS_MAX: usize = 2_000;

statements! {
    /// The newest version of each purpose.
    NEWEST = "SELECT t.purpose, t.version, t.sensitive, t.guardian, t.term_days, t.words, t.asks_again,
            t.retired, t.made_at, t.made_by
        FROM consent_texts t WHERE t.tenant = $1 AND t.version = (SELECT MAX(n.version) FROM consent_texts n
            WHERE n.tenant = t.tenant AND n.purpose = t.purpose) ORDER BY t.purpose";
    /// Every version of one, the newest first.
    VERSIONS = "SELECT purpose, version, sensitive, guardian, term_days, words, asks_again, retired, made_at,
            made_by
        FROM consent_texts WHERE tenant = $1 AND purpose = $2 ORDER BY version DESC";
    /// One more; nothing happens where that version is there.
    INSERT = "INSERT INTO consent_texts (tenant, purpose, version, sensitive, guardian, term_days, words,
            asks_again, retired, made_at, made_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    /// The first version that still counts.
    FLOOR = "SELECT COALESCE(MAX(version), 1) FROM consent_texts
        WHERE tenant = $1 AND purpose = $2 AND asks_again";
}

/// The words in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PurposeWords {
    /// What the purpose is called.
    pub name: String,
    /// What one consents to.
    pub text: String,
    /// What is done under it.
    pub done: String,
    /// What ends when it is withdrawn.
    pub ends: String,
}

/// The words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentWords {
    /// In Chinese.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: PurposeWords,
    /// In English.
    pub en: PurposeWords,
}

impl ConsentWords {
    /// The words in the language of that tag; Chinese where there is none such.
    #[must_use]
    pub fn by_tag(&self, tag: &str) -> &PurposeWords {
        if tag == "en" { &self.en } else { &self.zh_hans }
    }

    fn check(&self) -> Result<(), Refusal> {
        let fields = [
            ("zh_name", &self.zh_hans.name, NAME_LETTERS_MAX),
            ("zh_text", &self.zh_hans.text, TEXT_LETTERS_MAX),
            ("zh_done", &self.zh_hans.done, TEXT_LETTERS_MAX),
            ("zh_ends", &self.zh_hans.ends, TEXT_LETTERS_MAX),
            ("en_name", &self.en.name, NAME_LETTERS_MAX),
            ("en_text", &self.en.text, TEXT_LETTERS_MAX),
            ("en_done", &self.en.done, TEXT_LETTERS_MAX),
            ("en_ends", &self.en.ends, TEXT_LETTERS_MAX),
        ];
        for (field, words, max) in fields {
            if words.trim().is_empty() || words.chars().count() > max {
                return Err(Refusal::invalid(field, "consent-words").with("max", max));
            }
        }
        Ok(())
    }
}

/// What is consented to, as one version says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentText {
    /// For what.
    pub purpose: PurposeKey,
    /// From 1.
    pub version: i64,
    /// Sensitive personal information is processed under it, so it is asked for by itself.
    pub sensitive: bool,
    /// Whether a guardian may give it for somebody.
    pub guardian: bool,
    /// Days that it holds.
    pub term_days: i64,
    /// The words.
    pub words: ConsentWords,
    /// Consents to the versions before hold no more.
    pub asks_again: bool,
    /// Nobody is asked any more.
    pub retired: bool,
    /// Since when it is read; none for the product's own text that nobody has consented to.
    pub made_at: Option<Timestamp>,
    /// Who wrote it; none for the product's own.
    pub made_by: Option<PersonId>,
}

from_row! {
    struct Row {
        purpose: PurposeKey,
        version: i64,
        sensitive: bool,
        guardian: bool,
        term_days: i64,
        words: Json<ConsentWords>,
        asks_again: bool,
        retired: bool,
        made_at: Timestamp,
        made_by: Option<PersonId>,
    }
}

impl From<Row> for ConsentText {
    fn from(row: Row) -> Self {
        let Row { purpose, version, sensitive, guardian, term_days, words, asks_again, retired, .. } = row;
        let (made_at, made_by) = (Some(row.made_at), row.made_by);
        let words = words.0;
        Self {
            purpose,
            version,
            sensitive,
            guardian,
            term_days,
            words,
            asks_again,
            retired,
            made_at,
            made_by,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Own {
    purpose: PurposeKey,
    sensitive: bool,
    guardian: bool,
    term_days: i64,
    words: ConsentWords,
}

/// The product's own purposes, as they are until somebody writes them otherwise.
static OWN: LazyLock<Vec<ConsentText>> = LazyLock::new(|| {
    let own: Vec<Own> = serde_json::from_str(include_str!("../../data/purposes.json")).unwrap_or_default();
    let text = |own: Own| ConsentText {
        purpose: own.purpose,
        version: 1,
        sensitive: own.sensitive,
        guardian: own.guardian,
        term_days: own.term_days,
        words: own.words,
        asks_again: false,
        retired: false,
        made_at: None,
        made_by: None,
    };
    own.into_iter().map(text).collect()
});

/// What is asked for, each purpose as it is read now: the product's own first.
///
/// # Errors
/// [`DbError`].
pub async fn purposes(tx: &mut Tx<'_>) -> Result<Vec<ConsentText>, DbError> {
    let rows: Vec<Row> = tx.all(NEWEST, params![tx.tenant()]).await?;
    let mut kept: Vec<ConsentText> = rows.into_iter().map(ConsentText::from).collect();
    let mut all = Vec::new();
    for own in OWN.iter() {
        let known = kept.iter().position(|text| text.purpose == own.purpose);
        all.push(known.map_or_else(|| own.clone(), |at| kept.remove(at)));
    }
    all.extend(kept);
    Ok(all)
}

/// What is read now for one purpose; none where there is no such purpose.
///
/// # Errors
/// [`DbError`].
pub async fn consent_text(tx: &mut Tx<'_>, purpose: &PurposeKey) -> Result<Option<ConsentText>, DbError> {
    Ok(consent_texts(tx, purpose).await?.into_iter().next())
}

/// Every version of one purpose, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn consent_texts(tx: &mut Tx<'_>, purpose: &PurposeKey) -> Result<Vec<ConsentText>, DbError> {
    let rows: Vec<Row> = tx.all(VERSIONS, params![tx.tenant(), purpose]).await?;
    if rows.is_empty() {
        return Ok(OWN.iter().filter(|own| own.purpose == *purpose).cloned().collect());
    }
    Ok(rows.into_iter().map(ConsentText::from).collect())
}

/// The first version that still counts.
pub(super) async fn floor(tx: &mut Tx<'_>, purpose: &PurposeKey) -> Result<i64, DbError> {
    let (floor,): (i64,) = tx.one(FLOOR, params![tx.tenant(), purpose]).await?;
    Ok(floor)
}

/// Writes a text down as it is read: what somebody consents to must not change with the product.
pub(super) async fn pin(tx: &mut Tx<'_>, text: &ConsentText, at: Timestamp) -> Result<bool, DbError> {
    let ConsentText { purpose, version, sensitive, guardian, term_days, words, asks_again, retired, .. } =
        text;
    let words = Json(words);
    let values = params![
        tx.tenant(),
        purpose,
        *version,
        *sensitive,
        *guardian,
        *term_days,
        words,
        *asks_again,
        *retired,
        at,
        text.made_by
    ];
    Ok(tx.execute(INSERT, values).await? > 0)
}

/// Writes the next version of a purpose, or the first of a new one.
#[derive(Clone, Debug)]
pub struct WriteConsentText {
    /// For what.
    pub purpose: PurposeKey,
    /// The version that it is written after, as its writer saw it; 0 for a new purpose.
    pub after: i64,
    /// See [`ConsentText::sensitive`].
    pub sensitive: bool,
    /// See [`ConsentText::guardian`].
    pub guardian: bool,
    /// See [`ConsentText::term_days`].
    pub term_days: i64,
    /// The words.
    pub words: ConsentWords,
    /// See [`ConsentText::asks_again`].
    pub asks_again: bool,
    /// See [`ConsentText::retired`].
    pub retired: bool,
    /// When and in which role.
    pub stamp: Stamp,
}

impl WriteConsentText {
    /// Whether it can be what people read.
    ///
    /// # Errors
    /// Names the field that cannot be.
    pub fn check(&self) -> Result<(), Refusal> {
        if !CONSENT_TERM_DAYS.contains(&self.term_days) {
            let refusal = Refusal::invalid("term_days", "consent-term");
            return Err(refusal.with("max", CONSENT_TERM_DAYS.end()));
        }
        if self.retired && self.purpose == PurposeKey::of::<GridMember>() {
            // Nobody could be invited any more.
            return Err(Refusal::invalid("retired", "consent-purpose-needed"));
        }
        self.words.check()
    }
}

impl Command for WriteConsentText {
    type Output = i64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Failure> {
        self.check()?;
        let at = self.stamp.at;
        let before = consent_text(tx, &self.purpose).await?;
        match &before {
            None if self.after == 0 => {}
            Some(_) if self.after == 0 => {
                return Err(Refusal::invalid("purpose", "consent-purpose-taken").into());
            }
            Some(before) if before.version == self.after => {
                pin(tx, before, at).await?;
            }
            _ => return Err(changed().into()),
        }
        let text = ConsentText {
            purpose: self.purpose.clone(),
            version: self.after + 1,
            sensitive: self.sensitive,
            guardian: self.guardian,
            term_days: self.term_days,
            words: self.words.clone(),
            asks_again: self.asks_again && self.after > 0,
            retired: self.retired,
            made_at: Some(at),
            made_by: tx.actor().person(),
        };
        if !pin(tx, &text, at).await? {
            return Err(changed().into());
        }
        let body = json!({
            "purpose": self.purpose, "version": text.version, "asks-again": text.asks_again,
            "retired": text.retired, "term-days": text.term_days, "words": text.words,
        });
        let tenant = tx.tenant().0;
        self.stamp.note(tx, "consent-texts", tenant, "write-consent-text", &body).await?;
        tx.announce("consent-texts", tenant);
        Ok(text.version)
    }
}

/// Somebody has written another version meanwhile.
pub(super) fn changed() -> Refusal {
    Refusal::new(RefusalKind::Conflict, "consent-text-renewed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{CallBack, GridMember, NeedsConsent};

    #[test]
    fn what_the_product_does_by_consent_has_a_text_in_both_languages() {
        for key in [CallBack::KEY, GridMember::KEY] {
            assert!(OWN.iter().any(|own| own.purpose.as_str() == key), "{key}");
        }
        for own in OWN.iter() {
            assert_eq!(own.words.check(), Ok(()), "{}", own.purpose);
            assert!(CONSENT_TERM_DAYS.contains(&own.term_days), "{}", own.purpose);
        }
    }

    #[test]
    fn words_at_the_limit_pass_and_past_it_do_not() {
        let words = |letters: usize| {
            let one = PurposeWords {
                name: "名".repeat(NAME_LETTERS_MAX),
                text: "字".repeat(letters),
                done: "字".to_owned(),
                ends: "字".to_owned(),
            };
            ConsentWords { zh_hans: one.clone(), en: one }
        };
        assert_eq!(words(TEXT_LETTERS_MAX).check(), Ok(()));
        let field = |words: ConsentWords| words.check().unwrap_err().field;
        assert_eq!(field(words(TEXT_LETTERS_MAX + 1)), Some("zh_text"));
        let mut blank = words(1);
        blank.en.ends = " ".to_owned();
        assert_eq!(field(blank), Some("en_ends"));
    }
}
