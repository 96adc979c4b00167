//! The templates, and what they can call.

mod functions;
mod icons;

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Object;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, UndefinedBehavior, Value};
use qige_kernel::Timestamp;
use rust_embed::RustEmbed;

use crate::assets::Assets;
use crate::locale::{Locale, Texts, Zone};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Files;

/// The name under which the render's own facts lie in the context, for functions.
const FACTS: &str = "_facts";

/// The compiled templates.
pub struct Templates {
    environment: Environment<'static>,
}

/// What functions of templates know of the page being rendered.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) locale: Locale,
    pub(crate) zone: Zone,
    pub(crate) now: Timestamp,
    pub(crate) csrf: String,
    /// A form that was refused: where it posts to, what was sent, which field was wrong and why.
    pub(crate) refused: Option<RefusedForm>,
    /// A fresh key for each form on the page.
    pub(crate) keys: Keys,
}

/// See [`Facts::refused`].
#[derive(Clone, Debug)]
pub(crate) struct RefusedForm {
    pub(crate) action: String,
    pub(crate) sent: serde_json::Value,
    pub(crate) field: Option<String>,
    /// What stands at the field as its label, as HTML; none where the page does not show it.
    pub(crate) label: Option<String>,
    pub(crate) sentence: String,
}

pub(crate) use functions::{ANY_FORM, Keys};
pub(crate) use icons::names as icon_names;

impl Object for Facts {}

impl Templates {
    /// Every template of the binary. In a workshop they are read from disk each time and a missing text is an
    /// error; elsewhere its key is shown.
    #[must_use]
    pub fn load(texts: &Arc<Texts>, assets: Assets, workshop: bool) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(written);
        environment.set_loader(|name| Ok(source(name)));
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.unwrap_or_default());
        environment.set_auto_reload(workshop);
        functions::add(&mut environment, texts, assets, workshop);
        Self { environment }
    }

    /// Renders the template `name`.
    ///
    /// # Errors
    /// When there is no such template, or it asks for what is not there.
    pub(crate) fn render(&self, name: &str, facts: Facts, context: Value) -> Result<String, Error> {
        let facts = minijinja::context! { _facts => Value::from_object(facts) };
        let whole = minijinja::context! { ..context, ..facts };
        self.environment.get_template(name)?.render(whole)
    }

    /// Whether a template is a page of its own, not a part that others are made of.
    pub(crate) fn is_page(name: &str) -> bool {
        source(name).is_some_and(|text| text.contains("{% extends"))
    }

    /// Names of all templates.
    pub fn names() -> impl Iterator<Item = String> {
        Files::iter().map(|name| name.to_string())
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Templates")
    }
}

/// Writes a value into a page: nothing for none, and text with the five characters escaped that mean
/// something in HTML (WHATWG HTML §13.3). The engine's own escapes slashes too, which makes every link
/// longer.
fn written(
    output: &mut Output<'_>,
    state: &mut minijinja::State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        _ if value.is_none() => Ok(()),
        Some(text) if !value.is_safe() => Ok(output.write_str(&escaped(text))?),
        _ => minijinja::escape_formatter(output, state, value),
    }
}

/// Text as it may stand in HTML, between tags and in quoted attributes.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => said.push_str("&amp;"),
            '<' => said.push_str("&lt;"),
            '>' => said.push_str("&gt;"),
            '"' => said.push_str("&quot;"),
            '\'' => said.push_str("&#39;"),
            c => said.push(c),
        }
    }
    Cow::Owned(said)
}

fn source(name: &str) -> Option<String> {
    let file = Files::get(name)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// What the page being rendered is about.
fn facts(state: &minijinja::State<'_, '_>) -> Result<Arc<Facts>, Error> {
    let found = state.lookup(FACTS).and_then(|value| value.downcast_object::<Facts>());
    found.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "called outside a page"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_people_stays_text() {
        assert_eq!(escaped("/cases?a=1"), "/cases?a=1");
        assert_eq!(escaped("<b a=\"x\" b='y'>&"), "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
    }

    /// Lists, texts of the subdistrict's own and reasons that are about no case; the report has an island of
    /// its own that looks at its words.
    const NOT_ABOUT_CASES: &[&str] = &[
        "channels/applications.html",
        "channels/words.html",
        "consent/form.html",
        "dev/components.html",
        "evaluation/report.html",
        "members/preview.html",
        "places/place.html",
        "rider/report.html",
        "setup/setup.html",
        "trust/impact.html",
    ];

    #[test]
    fn what_is_written_about_a_case_is_looked_at_while_it_is_typed() {
        let mut fields = 0;
        for file in Files::iter().filter(|file| !NOT_ABOUT_CASES.contains(&file.as_ref())) {
            let text = String::from_utf8(Files::get(&file).unwrap().data.into_owned()).unwrap();
            for line in text.lines() {
                let is_area = line.contains("<textarea") && !line.contains("{# ");
                assert!(!is_area || line.contains("noticed()"), "{file}: {line}");
                let is_words = line.contains("c.words(");
                assert!(!is_words || line.contains("free=true"), "{file}: {line}");
                fields += usize::from(is_area || is_words);
            }
        }
        assert!(fields >= 10, "{fields} were found");
    }
}
