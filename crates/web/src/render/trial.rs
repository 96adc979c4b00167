//! Every template with the sample data of its view, in every language, with and without somebody signed in.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Value, context};
use qige_kernel::{Entropy, Timestamp};
use serde_json::json;

use super::chrome;
use super::problem::ProblemPage;
use crate::assets::Assets;
use crate::locale::{Locale, Texts, Zone};
use crate::page::AnyView;
use crate::templates::{ANY_FORM, Facts, Keys, RefusedForm};
use crate::{Templates, View};

/// Renders every template as its view's samples allow, in every language, for a stranger, for somebody who is
/// signed in, and with a form refused; a missing text is an error. Gives back what went wrong, one text each.
#[must_use]
pub fn try_every_template() -> Vec<String> {
    let (texts, mut faults) = Texts::load();
    let texts = Arc::new(texts);
    let templates = Templates::load(&texts, Assets::load(false), true);
    let mut views: Vec<AnyView> = ProblemPage::samples().into_iter().map(AnyView::new).collect();
    for endpoint in crate::endpoints() {
        let Some(samples) = endpoint.description.samples else { continue };
        let samples = samples();
        if samples.is_empty() {
            faults.push(format!("{} has no samples", endpoint.path));
        }
        views.extend(samples);
    }
    let mut tried = BTreeSet::new();
    for view in &views {
        let look = view.look();
        tried.insert(look.template.to_owned());
        for locale in Locale::ALL {
            let title = texts.get(locale, &look.title.key, &look.title.args);
            if title.is_none() {
                faults.push(format!("{}: no title {} in {}", look.template, look.title.key, locale.tag()));
            }
            for (signed_in, refused) in [(false, false), (true, false), (true, true)] {
                let around = chrome::sample(locale, &look, signed_in);
                let whole = context! {
                    page => view.value(),
                    title => title.clone(),
                    banner => refused.then_some("…"),
                    ..Value::from(Serde(&around))
                };
                if let Err(error) = templates.render(look.template, facts(locale, refused), whole) {
                    faults.push(format!("{} in {}: {error:#}", look.template, locale.tag()));
                }
            }
        }
    }
    let unseen = Templates::names().filter(|name| !tried.contains(name) && Templates::is_page(name));
    faults.extend(unseen.map(|name| format!("{name} belongs to no view")));
    faults.sort();
    faults.dedup();
    faults
}

fn facts(locale: Locale, refused: bool) -> Facts {
    let now = Timestamp::from_micros(1_790_000_000_000_000);
    Facts {
        locale,
        zone: Zone::default(),
        now,
        csrf: "token".to_owned(),
        refused: refused.then(|| RefusedForm {
            action: ANY_FORM.to_owned(),
            sent: json!({"name": "骑手 0017", "reason": "<b>"}),
            field: Some("reason".to_owned()),
            label: Some("…".to_owned()),
            sentence: "…".to_owned(),
        }),
        keys: Keys::new(Entropy::seeded(1), now),
    }
}
