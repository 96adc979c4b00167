//! The pages, which are the API too: one URL, two faces.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `routes.rs`, `describe.rs`, `openapi.rs` | the one table of endpoints, and what is read off it |
//! | `page.rs` | [`View`], [`Page`], [`Done`], [`Text`]: what goes out |
//! | `input.rs`, `input/` | [`Input`], [`Upload`], [`Query`], [`Path`]: what comes in |
//! | `fault.rs` | [`Fault`]: every answer that is a no |
//! | `cx.rs` | [`Cx`]: what every handler knows of its request |
//! | `edge.rs`, `edge/` | what every request passes: panics, figures, buckets, session, language |
//! | `render.rs`, `render/` | a marked answer becomes HTML, JSON, a problem or a redirect |
//! | `locale.rs`, `templates.rs` | texts (`locales/<tag>/`) and templates (`templates/<area>/`) |
//! | `circle.rs` | whom whoever asks may look after, where their role is narrower than the subdistrict |
//! | `nav.rs` | what stands in the header, by what somebody may do |
//! | `once.rs` | [`Once`]: the same request again does nothing again |
//! | `security.rs`, `cookies.rs`, `limits.rs` | headers, cookies, token buckets |
//! | `assets.rs`, `base_map.rs` | the product's own files, and the file of a base map |
//! | `drawn.rs` | the town as a drawing: outlines, classes, dots |
//! | `download.rs`, `sheet.rs`, `sheet/` | a file that is made while it is sent; lists as such files |
//! | `taken_out.rs` | files with what is known of people: agreed to by another, and noted |
//! | `looked_for.rs` | what somebody looks for in a list of their own |
//! | `live.rs`, `health.rs`, `metrics.rs` | server-sent events, health, figures |
//! | `serve.rs`, `serve/` | connections, TLS, shutdown |
//! | `account/`, `setup/`, `home.rs`, `notices.rs`, `problems.rs`, `dev.rs` | pages of the foundation |
//! | `rider/`, `public/`, `centre/`, `unit/`, `places/`, `admin/` | the other pages, one file each |
//! | `channels.rs`, `channels/` | how people, units and programs are told besides the inbox |
//! | `members.rs`, `members/` | how people come to report for the scheme |
//! | `evaluation.rs`, `evaluation/` | figures, and reports of months |
//! | `points.rs`, `points/` | what earns points, and one's own statement |
//! | `trust.rs`, `trust/`, `consent.rs`, `consent/` | who read what under which keys; who consents to what |
//!
//! Never here: SQL, a rule of a capability, a text in Rust, an endpoint outside the table, a second surface
//! for programs.
//!
//! # Adding a page
//!
//! 1. `src/<area>/<page>.rs`: the view, its handler and its line of the table.
//!
//! ```ignore
//! /// What came of my reports.
//! #[derive(Clone, Debug, Serialize, JsonSchema)]
//! pub struct MyReports { reports: Vec<ReporterCase> }
//!
//! impl View for MyReports {
//!     const TEMPLATE: &'static str = "rider/my_reports.html";
//!     fn title(&self) -> Text { Text::of("my-reports-title") }
//!     fn samples() -> Vec<Self> { vec![Self { reports: vec![] }, Self { reports: vec![sample()] }] }
//! }
//!
//! pub(crate) fn routes() -> Routes {
//!     Routes::of("rider")
//!         .get("/mine", Permission::ReadOwnReports, "What came of my reports", show)
//!         .post("/cases/{id}/withdraw", Permission::ReadOwnReports, "Take a report back", withdraw)
//! }
//!
//! async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<MyReports>, Fault> {
//!     let me = cx.signed_in()?.person;
//!     let reports = cx.read(move |tx| Box::pin(async move { Ok(reports_of(tx, me).await?) })).await?;
//!     Ok(Page(MyReports { reports }))
//! }
//!
//! async fn withdraw(cx: Cx, Path(id): Path<CaseId>, input: Input<Withdraw>)
//!     -> Result<Done<MyReports>, Fault>
//! {
//!     let done = cx.write(Act { … }).await?;            // a refusal turns into a Fault by `?`
//!     let undo = format!("/cases/{id}/undo");
//!     Ok(Done::see("/mine").saying(Text::of("report-withdrawn")).undo(undo, done.until))
//! }
//! ```
//!
//!    The argument types are what the API's description is made of; `Cx`, `Query`, `Path`, `Input`, `Upload`,
//!    `HeaderMap`, `BearerOnly` (for handlers that read the body themselves) and axum's `State` can be taken;
//!    [`Page`], [`Done`], [`page::Either`], axum's `Json` and `Response` can be returned, plain or in a
//!    `Result<_, Fault>`. A form that is refused is shown again with what was sent and what is wrong, with
//!    nothing to do for it; a program gets the view of the page that [`Done`] points to.
//!
//! 2. `mod <page>` and `.and(<page>::routes())` in `src/<area>.rs` (the area itself: in [`table`]), and a
//!    line in `nav.rs` where it is a place of its own.
//! 3. `templates/<area>/<page>.html`; the view is `page`:
//!
//! ```jinja
//! {% extends "layout.html" %}
//! {% import "components.html" as c %}
//! {% block main %}
//! <h1>{{ title }}</h1>
//! {% set f = form("/cases/" ~ page.id ~ "/withdraw") %}
//! <form method="post" action="{{ f.action }}">{{ f.hidden }}
//!   {{ c.problem(f) }}
//!   {{ c.field(f, "reason", t("reason-label"), hint=t("reason-hint")) }}
//!   {{ c.submit(t("withdraw-button")) }}
//! </form>
//! {% endblock %}
//! ```
//!
//!    In templates: `t(key, name=value)`, `say(text)` for a serialised key and args, `date(at)`,
//!    `date_text(at)`, `day(at)`, `duration(minutes)`, `number(n)`, `percent(share)`, `distance(metres)`,
//!    `matter_name(key)`, `asset(name)`, `preload(name)`, `icon(name)`, `form(action)`; around the page:
//!    `title`, `lang`, `path`, `who` (`id`, `name`, `roles`), `csrf`, `elder`, `density`, `base_map`,
//!    `tenant`, `dev`. `/dev/components` shows every component of `components.html`. A form inside
//!    `<details>` opens it where `f.sentence` is.
//! 4. Texts in `locales/zh-Hans/<area>.ftl` and `locales/en/<area>.ftl`. A refusal's sentence is
//!    `refusal-<code>` in `refusals.ftl`. `cargo xtask tidy` says which are missing or unused.
//! 5. A test in `tests/it/<area>.rs`: see `tests/it/actors.rs`.

mod account;
mod admin;
mod assets;
mod base_map;
mod centre;
mod channels;
mod circle;
mod consent;
mod cookies;
mod cx;
pub mod describe;
mod dev;
mod download;
mod drawn;
mod edge;
mod evaluation;
mod fault;
mod ground;
mod health;
mod home;
mod input;
mod limits;
mod live;
pub mod locale;
mod looked_for;
mod members;
mod metrics;
mod nav;
mod notices;
mod once;
pub mod openapi;
pub mod page;
mod places;
mod points;
mod problems;
mod public;
mod qr;
mod render;
mod rider;
mod routes;
mod security;
mod serve;
mod setup;
mod sheet;
mod state;
mod taken_out;
mod templates;
mod trust;
mod unit;

use axum::Router;

pub use cx::{BearerOnly, Cx, Face};
pub use evaluation::definitions;
pub use fault::Fault;
pub use input::{
    FILE_BYTES_MAX, FILES_MAX, FORM_BYTES_MAX, FilePart, Input, LongText, Path, Query, TEXT_CHARS_MAX,
    UPLOAD_BYTES_MAX, Upload,
};
pub use locale::Locale;
pub use once::Once;
pub use page::{Density, Done, Page, Text, View, Width};
pub use render::try_every_template;
pub use routes::{Access, Endpoint, Routes};
pub use serve::{
    Acme, AcmeError, AcmeSettings, Bound, CertificateFrom, ConnectionBounds, HttpListener, HttpsListener,
    serve,
};
pub use state::State;
pub use templates::Templates;

/// The whole table. Every part of the product adds its endpoints here.
#[must_use]
pub fn table() -> Routes {
    account::routes()
        .and(admin::routes())
        .and(trust::routes())
        .and(consent::routes())
        .and(points::routes())
        .and(assets::routes())
        .and(base_map::routes())
        .and(centre::routes())
        .and(channels::routes())
        .and(dev::routes())
        .and(evaluation::routes())
        .and(ground::routes())
        .and(health::routes())
        .and(home::routes())
        .and(live::routes())
        .and(members::routes())
        .and(metrics::routes())
        .and(notices::routes())
        .and(places::routes())
        .and(problems::routes())
        .and(public::routes())
        .and(rider::routes())
        .and(setup::routes())
        .and(unit::routes())
}

/// Every endpoint: method, path, who may come in, what it takes and gives.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    table().endpoints().cloned().collect()
}

/// The whole site behind its edge, ready to answer.
pub fn router(state: &State) -> Router {
    router_of(state, &table())
}

/// These endpoints alone behind the same edge: for trying one part.
pub fn router_of(state: &State, table: &Routes) -> Router {
    edge::site(state, table)
}
