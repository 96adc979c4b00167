//! What goes out: one value, two faces.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use qige_kernel::{Refusal, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::locale::Arg;

/// A text of the locale files with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Which text.
    pub key: Cow<'static, str>,
    /// Its values.
    pub args: BTreeMap<String, Arg>,
}

impl Text {
    /// A text without values.
    #[must_use]
    pub fn of(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    /// Words that are data (a name, a number), where a text is wanted.
    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        Self::of("plain").with("text", words.into())
    }

    /// Why something was refused.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        let text = Self::of(format!("refusal-{}", refusal.code));
        refusal.args.iter().fold(text, |text, (name, value)| text.with(name, value.clone()))
    }

    /// Adds words to it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a number to it, which may choose a plural form.
    #[must_use]
    pub fn number(self, name: &str, value: impl Into<f64>) -> Self {
        self.with(name, Arg::Number(value.into()))
    }
}

/// How closely a page is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// For thumbs and tired eyes: riders, residents, units.
    #[default]
    Roomy,
    /// For desks: the centre, administration.
    Compact,
}

/// How wide a page may become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// One column to read or fill in.
    Narrow,
    /// The usual.
    #[default]
    Normal,
    /// The whole screen.
    Wide,
}

/// What a page shows. One type per audience: what a template would hide does not exist in the type. As JSON
/// it is the API. Navigation, language, CSRF token and who is looking stay outside.
pub trait View: Serialize + JsonSchema + Send + Sync + Sized + 'static {
    /// The template's path below `templates/`.
    const TEMPLATE: &'static str;
    /// How closely it is set.
    const DENSITY: Density = Density::Roomy;
    /// How wide it may become.
    const WIDTH: Width = Width::Normal;

    /// The page's title, without the product's name.
    fn title(&self) -> Text;

    /// Views in each of the states that the template distinguishes: empty, full, refused… Every one is
    /// rendered in every language by a test.
    fn samples() -> Vec<Self>;
}

/// A view on its way out.
#[derive(Clone, Debug)]
pub struct Page<T>(pub T);

impl<T: View> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(AnyView::new(self.0));
        response
    }
}

/// A view whose type has been forgotten.
#[derive(Clone)]
pub(crate) struct AnyView(Arc<dyn Shown>);

impl std::fmt::Debug for AnyView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnyView")
    }
}

trait Shown: Send + Sync {
    fn look(&self) -> Look;
    fn value(&self) -> minijinja::Value;
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

/// What the edge must know of a view to render it.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) template: &'static str,
    pub(crate) density: Density,
    pub(crate) width: Width,
    pub(crate) title: Text,
}

impl<T: View> Shown for T {
    fn look(&self) -> Look {
        Look { template: T::TEMPLATE, density: T::DENSITY, width: T::WIDTH, title: self.title() }
    }

    fn value(&self) -> minijinja::Value {
        minijinja::Value::from(minijinja::value::Serde(self))
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl AnyView {
    pub(crate) fn new(view: impl View) -> Self {
        Self(Arc::new(view))
    }

    pub(crate) fn look(&self) -> Look {
        self.0.look()
    }

    pub(crate) fn value(&self) -> minijinja::Value {
        self.0.value()
    }

    pub(crate) fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.0.json()
    }
}

/// An action is done. A browser is sent to the page that shows it, with a word about it and, where it can be
/// undone, the way back; a program gets that page's view, `T`, at once (nothing where `T` is `()`).
#[derive(Clone, Debug)]
pub struct Done<T = ()> {
    pub(crate) to: Redirect,
    view: PhantomData<fn() -> T>,
}

/// The part of [`Done`] that does not depend on the view.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    pub(crate) path: String,
    pub(crate) created: bool,
    pub(crate) has_view: bool,
    pub(crate) view: Option<AnyView>,
    pub(crate) said: Option<Text>,
    pub(crate) undo: Option<Undo>,
    pub(crate) cookies: Vec<HeaderValue>,
    /// Whether the browser is to forget what it keeps of our pages and pictures.
    pub(crate) forgets: bool,
}

/// The way back from an action, for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Where the form of the undo button posts to.
    pub action: String,
    /// Until when it works.
    pub until: Timestamp,
}

impl<T: 'static> Done<T> {
    /// Look at `path` now.
    #[must_use]
    pub fn see(path: impl Into<String>) -> Self {
        let has_view = std::any::TypeId::of::<T>() != std::any::TypeId::of::<()>();
        let to = Redirect {
            path: path.into(),
            created: false,
            has_view,
            view: None,
            said: None,
            undo: None,
            cookies: Vec::new(),
            forgets: false,
        };
        Self { to, view: PhantomData }
    }

    /// Something new lies at `path` now.
    #[must_use]
    pub fn created(path: impl Into<String>) -> Self {
        let mut done = Self::see(path);
        done.to.created = true;
        done
    }

    /// What the page at that path shows, where it is known already: a program gets it without another look.
    #[must_use]
    pub fn showing(mut self, view: T) -> Self
    where
        T: View,
    {
        self.to.view = Some(AnyView::new(view));
        self
    }

    /// What a person reads on the next page.
    #[must_use]
    pub fn saying(mut self, text: Text) -> Self {
        self.to.said = Some(text);
        self
    }

    /// The way back: a `POST` to `action`, until `until`.
    #[must_use]
    pub fn undo(mut self, action: impl Into<String>, until: Timestamp) -> Self {
        self.to.undo = Some(Undo { action: action.into(), until });
        self
    }

    /// Has the browser forget what it keeps of our pages and pictures. Its storage stays: reports that were
    /// not sent yet lie there.
    #[must_use]
    pub fn forgetting(mut self) -> Self {
        self.to.forgets = true;
        self
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: HeaderValue) -> Self {
        self.to.cookies.push(cookie);
        self
    }
}

impl<T> IntoResponse for Done<T> {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(self.to);
        response
    }
}

/// One of two answers.
#[derive(Clone, Debug)]
pub enum Either<L, R> {
    /// This.
    Left(L),
    /// Or that.
    Right(R),
}

impl<L: IntoResponse, R: IntoResponse> IntoResponse for Either<L, R> {
    fn into_response(self) -> Response {
        match self {
            Self::Left(left) => left.into_response(),
            Self::Right(right) => right.into_response(),
        }
    }
}
