//! The texts themselves: Fluent files of `locales/<tag>/`, put into the binary.

use std::collections::BTreeMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::Locale;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// A value in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Words, as they are.
    Text(String),
    /// A number, which may choose a plural form.
    Number(f64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Every text in every language.
pub struct Texts {
    bundles: Vec<(Locale, FluentBundle<FluentResource>)>,
}

impl Texts {
    /// Reads the files. What is wrong in one is listed, and the rest of it still speaks.
    #[must_use]
    pub fn load() -> (Self, Vec<String>) {
        let mut faults = Vec::new();
        let bundles = Locale::ALL.map(|locale| (locale, bundle(locale, &mut faults)));
        (Self { bundles: bundles.into() }, faults)
    }

    /// The text `key` in `locale`; none where there is no such text.
    #[must_use]
    pub fn get(&self, locale: Locale, key: &str, args: &BTreeMap<String, Arg>) -> Option<String> {
        let bundle = &self.bundles.iter().find(|(of, _)| *of == locale)?.1;
        let pattern = bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (name.as_str(), fluent(value))).collect();
        // A missing value is shown as its name: a text with a hole says more than no text.
        let mut holes = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&args), &mut holes).into_owned())
    }

    /// The text `key` without values, or the key itself where there is no such text.
    #[must_use]
    pub fn plain(&self, locale: Locale, key: &str) -> String {
        self.get(locale, key, &BTreeMap::new()).unwrap_or_else(|| key.to_owned())
    }

    /// Whether every language has this text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundles.iter().all(|(_, bundle)| bundle.has_message(key))
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

fn bundle(locale: Locale, faults: &mut Vec<String>) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Neither language is written from right to left, and the marks would stand in copied texts.
    bundle.set_use_isolating(false);
    for file in Files::iter().filter(|file| file.split('/').next() == Some(locale.tag())) {
        let Some(data) = Files::get(&file) else { continue };
        let text = String::from_utf8_lossy(&data.data).into_owned();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
            faults.extend(errors.iter().map(|error| format!("{file}: {error}")));
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            faults.extend(errors.iter().map(|error| format!("{file}: {error}")));
        }
    }
    bundle
}

fn fluent(arg: &Arg) -> FluentValue<'_> {
    match arg {
        Arg::Text(text) => FluentValue::from(text.as_str()),
        Arg::Number(number) => FluentValue::from(*number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read() {
        let (texts, faults) = Texts::load();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(texts.has("product-name"));
    }
}
