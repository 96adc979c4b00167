//! What matters are suggested from: the models that were made from filed cases, how well each guesses, going
//! back to an earlier one, and trying words.

use qige_app::{LearnNow, SUGGESTION_SETTING};
use qige_cases::suggest::keep::{Version, in_use, needed, versions};
use qige_cases::suggest::{Evidence, MIN_LESSONS, Quality, SUGGESTED, Source, Suggesting, Suggestion};
use qige_db::{Command, DbError, Failure, Tx};
use qige_identity::{Permission, SetSetting, Stamp, setting};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stamp;
use crate::page::Density;
use crate::sheet::{self, Cell, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Query, Routes, Text, View};

const MAY: Permission = Permission::ManageSettings;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/suggestions", MAY, "What matters are suggested from, and how well", show)
        .list::<SuggestionsPage>(MAY)
        .post("/admin/suggestions/source", MAY, "Change what matters are suggested from", choose)
        .post("/admin/suggestions/model", MAY, "Keep to one model, or take the newest", keep_to)
        .post("/admin/suggestions/learn", MAY, "Make a model now from the cases that were filed", learn)
}

/// What matters are suggested from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SuggestionsPage {
    suggesting: Suggesting,
    /// What can be chosen.
    sources: Vec<Source>,
    /// The models that are kept, newest first.
    versions: Vec<Known>,
    /// The one that is used; none where nothing is learnt, or nothing worth it.
    in_use: Option<i64>,
    /// Filed cases from which on something is learnt.
    least_cases: usize,
    /// What was tried, and what is suggested for it.
    tried: Option<Tried>,
}

/// A model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Known {
    version: i64,
    trained_at: Timestamp,
    cases: i64,
    words: i64,
    quality: Quality,
    /// It finds the matter at least as often as the catalogue alone.
    worth_it: bool,
}

impl From<Version> for Known {
    fn from(known: Version) -> Self {
        let Version { version, trained_at, cases, words, quality } = known;
        let worth_it = quality.0.is_worth_it();
        Self { version, trained_at, cases, words, quality: quality.0, worth_it }
    }
}

/// Words that were tried.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Tried {
    words: String,
    found: Vec<Suggestion>,
}

impl View for SuggestionsPage {
    const TEMPLATE: &'static str = "admin/suggestions.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("suggestions-title")
    }

    fn samples() -> Vec<Self> {
        samples()
    }
}

impl Listing for SuggestionsPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/admin/suggestions.csv", "/admin/suggestions.xlsx"];
    const SUMMARY: &'static str = "The models that matters were suggested from, as a file";
    const NAME: &'static str = "models";
    const TITLE: &'static str = "suggestions-models";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("suggestions-version", 8),
        ("list-at", 20),
        ("suggestions-cases", 10),
        ("suggestions-known-words", 10),
        ("suggestions-held-out", 14),
        ("suggestions-first", 14),
        ("suggestions-three", 14),
        ("suggestions-alone", 18),
        ("admin-state", 14),
    ];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(show(cx, Query(Wanted::default())).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |one: &Known| {
            let Quality { held_out, learned, catalogue, .. } = &one.quality;
            let state = match (self.in_use == Some(one.version), one.worth_it) {
                (true, _) => Some("suggestions-in-use"),
                (false, false) => Some("suggestions-not-worth-it"),
                (false, true) => None,
            };
            vec![
                Cell::count(one.version),
                said.time(one.trained_at),
                Cell::count(one.cases),
                Cell::count(one.words),
                Cell::count(*held_out),
                Cell::count(learned.first),
                Cell::count(learned.three),
                Cell::count(catalogue.first),
                state.map_or(Cell::Nothing, |key| said.text(key)),
            ]
        };
        self.versions.iter().map(row).collect()
    }
}

/// What is tried.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Wanted {
    /// As somebody would write it.
    words: Option<String>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<SuggestionsPage>, Fault> {
    let (suggesting, known) =
        cx.read(|tx| Box::pin(async move { Ok((suggesting(tx).await?, versions(tx).await?)) })).await?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let words = wanted.words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    let tried = words.map(|words| {
        let evidence = Evidence { words: &words, all: true, ..Evidence::default() };
        Tried { found: book.suggest(&evidence, SUGGESTED), words }
    });
    Ok(Page(SuggestionsPage {
        suggesting,
        sources: Source::ALL.to_vec(),
        in_use: in_use(&known, suggesting),
        versions: known.into_iter().map(Known::from).collect(),
        least_cases: MIN_LESSONS,
        tried,
    }))
}

async fn suggesting(tx: &mut Tx<'_>) -> Result<Suggesting, DbError> {
    Ok(setting(tx, SUGGESTION_SETTING).await?.unwrap_or_default())
}

/// What is chosen.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Chosen {
    /// From what matters are suggested.
    from: Source,
}

async fn choose(cx: Cx, input: Input<Chosen>) -> Result<Done<SuggestionsPage>, Fault> {
    let change = Change::From(input.value.from);
    cx.write(ChangeSuggesting { change, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/suggestions").saying(Text::of("admin-saved")))
}

/// Which model.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Which {
    /// Its version; the newest from now on when left out.
    model: Option<i64>,
}

async fn keep_to(cx: Cx, input: Input<Which>) -> Result<Done<SuggestionsPage>, Fault> {
    let change = Change::Version(input.value.model);
    cx.write(ChangeSuggesting { change, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/suggestions").saying(Text::of("admin-saved")))
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn learn(cx: Cx, _input: Input<Nothing>) -> Result<Done<SuggestionsPage>, Fault> {
    cx.write(LearnNow { at: cx.now() }).await?;
    Ok(Done::see("/admin/suggestions").saying(Text::of("suggestions-learning")))
}

#[derive(Clone, Copy, Debug)]
enum Change {
    From(Source),
    Version(Option<i64>),
}

/// Changes one part of the setting, and leaves the other as it is by then.
struct ChangeSuggesting {
    change: Change,
    stamp: Stamp,
}

impl Command for ChangeSuggesting {
    type Output = ();

    /// # Errors
    /// `model-missing` for a version that is not kept any more.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut suggesting = suggesting(tx).await?;
        match self.change {
            Change::From(from) => suggesting.from = from,
            Change::Version(version) => {
                if let Some(version) = version {
                    needed(tx, version).await?;
                }
                suggesting.version = version;
            }
        }
        let value = serde_json::to_value(suggesting).unwrap_or_default();
        SetSetting { key: SUGGESTION_SETTING, value, stamp: self.stamp }.run(tx).await
    }
}

fn samples() -> Vec<SuggestionsPage> {
    use qige_cases::suggest::{Confusion, Hits, SURE_PERCENT, SuggestReason, Sure};

    let matter = |key: &str| key.parse().ok();
    let confusion = matter("matter-06-010").zip(matter("matter-06-042"));
    let sure = |percent| Sure { percent, cases: 60, right: if percent > 80 { 58 } else { 50 } };
    let quality = |first| Quality {
        held_out: 80,
        catalogue: Hits { first: 61, three: 74 },
        learned: Hits { first, three: 78 },
        sure: SURE_PERCENT.map(sure).to_vec(),
        confusions: confusion
            .map(|(filed, suggested)| Confusion { filed, suggested, cases: 3 })
            .into_iter()
            .collect(),
    };
    let known = |version, first| Known {
        version,
        trained_at: Timestamp::from_micros(1_790_000_000_000_000),
        cases: 812,
        words: 1_204,
        worth_it: quality(first).is_worth_it(),
        quality: quality(first),
    };
    let suggestion = |key: &str, because: &[&str], here| {
        let because = because.iter().map(|word| (*word).to_owned()).collect();
        matter(key).map(|matter| Suggestion {
            matter,
            reason: SuggestReason::Words,
            percent: 87,
            because,
            here,
        })
    };
    let found = [suggestion("matter-01-003", &["井盖"], 12), suggestion("matter-06-013", &[], 0)];
    let tried = |found: Vec<Suggestion>| Some(Tried { words: "井盖没了".to_owned(), found });
    let page = |from, version, versions: Vec<Known>, in_use, tried| SuggestionsPage {
        suggesting: Suggesting { from, version },
        sources: Source::ALL.to_vec(),
        versions,
        in_use,
        least_cases: MIN_LESSONS,
        tried,
    };
    let some = || vec![known(3, 60), known(2, 75), known(1, 70)];
    vec![
        page(Source::Learned, None, some(), Some(2), tried(found.into_iter().flatten().collect())),
        page(Source::Learned, Some(1), some(), Some(1), None),
        page(Source::Learned, None, Vec::new(), None, None),
        page(Source::Off, None, some(), None, tried(Vec::new())),
    ]
}
