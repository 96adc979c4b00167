//! What a unit's score is made of: the weights, and an example worked out from real figures.

use std::collections::BTreeMap;

use qige_cases::evaluation::{Dimension, Indicator, Key, MAX_WEIGHT, Reach, Score, Weights, figures};
use qige_db::{DbError, Failure};
use qige_identity::{Permission, SetSetting, setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::{SCORE_SETTING, table};
use crate::centre::names::Directory;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Query, Routes, Text, View};

pub(super) fn routes() -> Routes {
    Routes::of("evaluation")
        .get("/evaluation/score", Permission::ReadFigures, "What a unit's score is made of", show)
        .post("/evaluation/score", Permission::ManageSettings, "Change what weighs how much", change)
}

/// What a unit's score is made of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ScorePage {
    asked: Asked,
    /// The indicators that can weigh, with what they weigh.
    weights: Vec<Weighing>,
    /// A weight at most.
    max: u16,
    from: String,
    last: String,
    /// A unit of the period whose score is worked out.
    example: Option<Example>,
    may_change: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Weighing {
    indicator: Indicator,
    weight: u16,
    more_is_better: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Example {
    unit_name: String,
    score: Score,
}

impl View for ScorePage {
    const TEMPLATE: &'static str = "evaluation/score.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("evaluation-score-title")
    }

    fn samples() -> Vec<Self> {
        let weights = Weights::default();
        let example = weights
            .score(&table::sample_figures())
            .map(|score| Example { unit_name: "市政养护队".to_owned(), score });
        let page = Self {
            asked: Asked::default(),
            weights: weighing(&weights),
            max: MAX_WEIGHT,
            from: "2026-11-01".to_owned(),
            last: "2026-11-30".to_owned(),
            example,
            may_change: true,
        };
        vec![Self { example: None, may_change: false, ..page.clone() }, page]
    }
}

fn weighing(weights: &Weights) -> Vec<Weighing> {
    let one = |indicator: Indicator| Weighing {
        indicator,
        weight: weights.of(indicator),
        more_is_better: indicator.definition().more_is_better,
    };
    Indicator::of_units().map(one).collect()
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<ScorePage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, zone, grids) = (cx.now(), book.calendar.zone().clone(), book.grids.clone());
    let who = cx.signed_in()?;
    let period = asked.period(now, &zone)?;
    let (narrowed, span) = (asked.narrowed(Reach::of(who, Permission::ReadFigures))?, period.span(&zone));
    let (counted, directory, weights) = cx
        .read(move |tx| {
            Box::pin(async move {
                let counted = figures(tx, span, &narrowed, &[Dimension::Unit], now).await?;
                let weights: Option<Weights> = setting(tx, SCORE_SETTING).await?;
                Ok((counted, Directory::read(tx, grids).await?, weights.unwrap_or_default()))
            })
        })
        .await?;
    let scored = counted.by.get(&Dimension::Unit).into_iter().flatten().filter_map(|(key, figures)| {
        let Key::Unit(unit) = key else { return None };
        Some(Example { unit_name: directory.unit(*unit)?, score: weights.score(figures)? })
    });
    // The one with most to show of it.
    let example = scored.max_by_key(|example| {
        let counted: u64 = example.score.parts.iter().map(|part| part.share.of).sum();
        (example.score.parts.len(), counted)
    });
    Ok(Page(ScorePage {
        weights: weighing(&weights),
        max: MAX_WEIGHT,
        from: period.from.to_string(),
        last: period.last.to_string(),
        example,
        may_change: who.may(Permission::ManageSettings),
        asked,
    }))
}

/// New weights.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct NewWeights {
    /// By indicator, 0 to 100 each; what is left out weighs nothing.
    weights: BTreeMap<Indicator, u16>,
}

async fn change(cx: Cx, input: Input<NewWeights>) -> Result<Done<ScorePage>, Fault> {
    let weights = Weights(input.value.weights);
    weights.check()?;
    let decode = |error: serde_json::Error| {
        Failure::from(DbError::Decode { column: SCORE_SETTING.to_owned(), problem: error.to_string() })
    };
    let value = serde_json::to_value(&weights).map_err(decode)?;
    let role = cx.signed_in()?.role_for(Permission::ManageSettings);
    cx.write(SetSetting { key: SCORE_SETTING, value, stamp: cx.stamp(role) }).await?;
    Ok(Done::see("/evaluation/score").saying(Text::of("evaluation-weights-saved")))
}
