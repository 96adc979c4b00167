//! What notices say in this subdistrict: each template with the text that comes with the product beside it.

mod change;

use qige_app::{Allows, BRIEF_LETTERS_MAX, SENTENCE_LETTERS_MAX, Wording};
use qige_identity::Permission;
use qige_notify::Topic;
use schemars::JsonSchema;
use serde::Serialize;

use super::words::{self, VALUES};
use crate::locale::Texts;
use crate::page::Density;
use crate::sheet::{self, Listing, Rows, Said};
use crate::{Cx, Fault, Locale, Page, Path, Routes, Text, View, Width};

const MAY: Permission = Permission::ManageChannels;
const HERE: &str = "/admin/notice-words";
/// What the names of templates of what phones and groups read begin with.
const BRIEF: &str = "brief-";

pub(super) fn routes() -> Routes {
    let routes = Routes::of("admin").get(HERE, MAY, "What notices say", list).list::<WordingPage>(MAY).get(
        "/admin/notice-words/{name}",
        MAY,
        "What one notice says, in every language",
        show,
    );
    change::routes(routes)
}

/// What notices say.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct WordingPage {
    topics: Vec<OfTopic>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OfTopic {
    topic: Topic,
    /// What phones and groups read of all its kinds first, then each kind.
    templates: Vec<Template>,
}

/// One template.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Template {
    name: String,
    topic: Topic,
    /// Whether it goes to phones and groups, and so holds nothing that is anybody's own.
    brief: bool,
    /// The values that may stand in it.
    values: Vec<String>,
    /// Letters at most.
    letters_max: usize,
    /// In every language.
    texts: Vec<InLanguage>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct InLanguage {
    /// BCP 47.
    locale: String,
    /// What the language calls itself.
    language: String,
    /// As it stands, with values in braces.
    text: String,
    /// As it came.
    usual: String,
    /// Whether it is the subdistrict's own.
    own: bool,
    /// With the values of an example.
    preview: String,
}

/// Which template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The sentence of this kind of notice.
    Sentence(&'static str),
    /// What phones and groups read of this topic.
    Brief(Topic),
}

impl Which {
    fn named(name: &str) -> Option<Self> {
        if let Some(topic) = name.strip_prefix(BRIEF) {
            return topic.parse().ok().map(Self::Brief);
        }
        let mut kinds = Topic::ALL.iter().flat_map(|topic| topic.kinds());
        kinds.find(|kind| **kind == name).map(|kind| Self::Sentence(kind))
    }

    fn of(topic: Topic) -> impl Iterator<Item = Self> {
        std::iter::once(Self::Brief(topic)).chain(topic.kinds().iter().map(|kind| Self::Sentence(kind)))
    }

    fn name(self) -> String {
        match self {
            Self::Sentence(kind) => kind.to_owned(),
            Self::Brief(topic) => words::brief_name(topic),
        }
    }

    const fn is_brief(self) -> bool {
        matches!(self, Self::Brief(_))
    }

    fn usual(self, texts: &Texts, locale: Locale) -> String {
        match self {
            Self::Sentence(kind) => words::usual_sentence(texts, locale, kind),
            Self::Brief(topic) => words::usual_brief(texts, locale, topic),
        }
    }

    /// The values that our own texts have in any language.
    fn values(self, texts: &Texts) -> Vec<String> {
        let ours: Vec<String> = Locale::ALL.iter().map(|locale| self.usual(texts, *locale)).collect();
        let stands = |value: &&&str| ours.iter().any(|text| text.contains(&format!("{{{value}}}")));
        VALUES.iter().filter(stands).map(|value| (*value).to_owned()).collect()
    }

    const fn letters_max(self) -> usize {
        if self.is_brief() { BRIEF_LETTERS_MAX } else { SENTENCE_LETTERS_MAX }
    }

    fn check(self, texts: &Texts, field: &'static str, text: &str) -> Result<String, qige_kernel::Refusal> {
        let personal = if self.is_brief() { VALUES.as_slice() } else { &[] };
        Allows { values: &self.values(texts), personal, letters_max: self.letters_max() }.check(field, text)
    }

    fn template(self, texts: &Texts, wording: &Wording) -> Template {
        let name = self.name();
        let in_language = |locale: Locale| {
            let (usual, own) = (self.usual(texts, locale), wording.of(&name, locale.tag()));
            let text = own.map_or_else(|| usual.clone(), str::to_owned);
            InLanguage {
                locale: locale.tag().to_owned(),
                language: locale.own_name().to_owned(),
                preview: words::example(texts, locale, &text),
                own: own.is_some(),
                text,
                usual,
            }
        };
        Template {
            topic: match self {
                Self::Sentence(kind) => Topic::of(kind),
                Self::Brief(topic) => topic,
            },
            brief: self.is_brief(),
            values: self.values(texts),
            letters_max: self.letters_max(),
            texts: Locale::ALL.map(in_language).into(),
            name,
        }
    }
}

fn page(texts: &Texts, wording: &Wording) -> WordingPage {
    let of = |topic: &Topic| {
        let templates = Which::of(*topic).map(|which| which.template(texts, wording)).collect();
        OfTopic { topic: *topic, templates }
    };
    WordingPage { topics: Topic::ALL.iter().map(of).collect() }
}

impl View for WordingPage {
    const TEMPLATE: &'static str = "channels/wording.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("words-title")
    }

    fn samples() -> Vec<Self> {
        let mut wording = Wording::default();
        wording.put("unit-dispatched", Locale::En.tag(), Some("Please see to {what}".to_owned()));
        vec![page(&Texts::load().0, &wording)]
    }
}

impl Listing for WordingPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/admin/notice-words.csv", "/admin/notice-words.xlsx"];
    const SUMMARY: &'static str = "What notices say, as a file";
    const NAME: &'static str = "notice-words";
    const TITLE: &'static str = "words-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("delivery-topic", 20),
        ("words-where", 20),
        ("words-language", 12),
        ("words-text", 60),
        ("words-usual", 60),
        ("words-own", 10),
    ];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(list(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let templates = self.topics.iter().flat_map(|of| &of.templates);
        let row = |(template, text): (&Template, &InLanguage)| {
            vec![
                said.text(format!("topic-{}", template.topic)),
                said.text(if template.brief { "words-brief" } else { "words-sentence" }),
                text.language.clone().into(),
                text.text.clone().into(),
                text.usual.clone().into(),
                text.own.then(|| said.plain("list-yes")).into(),
            ]
        };
        let lines = templates.flat_map(|template| template.texts.iter().map(move |text| (template, text)));
        lines.map(row).collect()
    }
}

async fn wording(cx: &Cx) -> Result<Wording, Fault> {
    cx.read(|tx| Box::pin(async move { Ok(Wording::read(tx).await?) })).await
}

async fn list(cx: Cx) -> Result<Page<WordingPage>, Fault> {
    let wording = wording(&cx).await?;
    Ok(Page(page(cx.state().texts(), &wording)))
}

/// What one notice says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TemplatePage {
    template: Template,
    /// Whether it is a trial of what was written, which is not kept yet.
    trial: bool,
}

impl View for TemplatePage {
    const TEMPLATE: &'static str = "channels/words.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("words-one-title")
    }

    fn samples() -> Vec<Self> {
        let texts = Texts::load().0;
        let mut wording = Wording::default();
        wording.put("brief-unit", Locale::En.tag(), Some("A case for you: {number}".to_owned()));
        let page = |which: Which, trial| Self { template: which.template(&texts, &wording), trial };
        vec![
            page(Which::Brief(Topic::Unit), false),
            page(Which::Sentence("reading-many"), true),
            page(Which::Sentence("journal-changed"), false),
        ]
    }
}

async fn show(cx: Cx, Path(name): Path<String>) -> Result<Page<TemplatePage>, Fault> {
    let which = Which::named(&name).ok_or_else(Fault::missing)?;
    let template = which.template(cx.state().texts(), &wording(&cx).await?);
    Ok(Page(TemplatePage { template, trial: false }))
}
