//! What an endpoint takes and gives, read off its handler's own signature, so that it cannot be said wrongly.

use axum::Json;
use axum::extract::{Request, State as AxumState};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::download::{Download, FileKind};
use crate::page::{AnyView, Done, Either, Page, View};
use crate::{BearerOnly, Cx, Fault, Input, Path, Query, State, Upload};

/// Makes the schema of one type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;
/// Makes sample pages of one view.
pub(crate) type SamplesOf = fn() -> Vec<AnyView>;

/// What an endpoint takes and gives.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// The query of the address, in parts.
    pub query: Vec<SchemaOf>,
    /// The form or JSON.
    pub request: Option<SchemaOf>,
    /// Whether files may come along.
    pub takes_files: bool,
    /// Whether a request that came with a session's cookie must prove that it came from one of our pages.
    pub guards_sessions: bool,
    /// The answer as JSON; none where the answer is something else.
    pub response: Option<SchemaOf>,
    /// The media type of the answer, where it is a file.
    pub file: Option<&'static str>,
    /// Whether the answer is a page too.
    pub is_page: bool,
    /// Whether a browser is sent on after it.
    pub redirects: bool,
    pub(crate) samples: Option<SamplesOf>,
}

/// Something a handler takes or gives.
pub trait Describe {
    /// Writes down what it means for the endpoint.
    fn describe(to: &mut Description);
}

macro_rules! says_nothing {
    ($($type:ty),*) => {$(
        impl Describe for $type {
            fn describe(_: &mut Description) {}
        }
    )*};
}
says_nothing!(Cx, AxumState<State>, HeaderMap, StatusCode, Response, Request, ());

impl Describe for BearerOnly {
    fn describe(to: &mut Description) {
        to.guards_sessions = true;
    }
}

impl<T: JsonSchema> Describe for Query<T> {
    fn describe(to: &mut Description) {
        to.query.push(SchemaGenerator::subschema_for::<T>);
    }
}

impl<T> Describe for Path<T> {
    fn describe(_: &mut Description) {}
}

impl<T: JsonSchema> Describe for Input<T> {
    fn describe(to: &mut Description) {
        to.request = Some(SchemaGenerator::subschema_for::<T>);
        to.guards_sessions = true;
    }
}

impl<T: JsonSchema> Describe for Upload<T> {
    fn describe(to: &mut Description) {
        Input::<T>::describe(to);
        to.takes_files = true;
    }
}

impl<T: View> Describe for Page<T> {
    fn describe(to: &mut Description) {
        to.response = Some(SchemaGenerator::subschema_for::<T>);
        to.is_page = true;
        to.samples = Some(|| T::samples().into_iter().map(AnyView::new).collect());
    }
}

impl<K: FileKind> Describe for Download<K> {
    fn describe(to: &mut Description) {
        to.file = Some(K::MEDIA_TYPE);
    }
}

impl<T: JsonSchema> Describe for Done<T> {
    fn describe(to: &mut Description) {
        to.response = Some(SchemaGenerator::subschema_for::<T>);
        to.redirects = true;
    }
}

impl<T: JsonSchema> Describe for Json<T> {
    fn describe(to: &mut Description) {
        to.response = Some(SchemaGenerator::subschema_for::<T>);
    }
}

impl<T: Describe> Describe for (StatusCode, T) {
    fn describe(to: &mut Description) {
        T::describe(to);
    }
}

/// With header fields besides, such as a cookie.
impl<T: Describe> Describe for (HeaderMap, T) {
    fn describe(to: &mut Description) {
        T::describe(to);
    }
}

impl<T: Describe> Describe for Result<T, Fault> {
    fn describe(to: &mut Description) {
        T::describe(to);
    }
}

impl<L: Describe, R: Describe> Describe for Either<L, R> {
    /// The first is what it is about; the second is where one is sent instead.
    fn describe(to: &mut Description) {
        R::describe(to);
        L::describe(to);
    }
}

/// A handler whose every argument and answer is described. The parameter is axum's own, so that both see the
/// same signature.
pub trait Described<T> {
    /// What it takes and gives.
    fn description() -> Description;
}

impl<F, Fut, R> Described<((),)> for F
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = R>,
    R: Describe,
{
    fn description() -> Description {
        let mut description = Description::default();
        R::describe(&mut description);
        description
    }
}

macro_rules! described {
    ($($argument:ident),+) => {
        impl<F, Fut, R, M, $($argument),+> Described<(M, $($argument,)+)> for F
        where
            F: FnOnce($($argument),+) -> Fut,
            Fut: Future<Output = R>,
            R: Describe,
            $($argument: Describe,)+
        {
            fn description() -> Description {
                let mut description = Description::default();
                $($argument::describe(&mut description);)+
                R::describe(&mut description);
                description
            }
        }
    };
}
described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);
described!(A, B, C, D, E);
