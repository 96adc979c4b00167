//! What stands around every page: language, navigation, who is looking, the word about what was just done.

use qige_identity::CredentialKind;
use serde::Serialize;

use crate::base_map::{self, GroundOfPages};
use crate::nav::{self, Link};
use crate::page::{Density, Look, Undo, Width};
use crate::{Cx, Locale};

/// Everything around the page itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chrome {
    lang: &'static str,
    languages: Vec<Language>,
    elder: Option<u8>,
    theme: Option<&'static str>,
    density: Option<&'static str>,
    width: &'static str,
    path: String,
    who: Option<Person>,
    csrf: String,
    nav: Vec<Link>,
    unread: u32,
    flash: Option<String>,
    undo: Option<Undo>,
    tenant: Option<String>,
    base_map: GroundOfPages,
    dev: bool,
    secure: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Language {
    tag: &'static str,
    name: &'static str,
    current: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Person {
    id: String,
    name: String,
    roles: Vec<&'static str>,
}

pub(super) async fn of(cx: &Cx, look: &Look) -> Chrome {
    let seen = cx.seen();
    let who = cx.who().map(|who| Person {
        id: who.person.to_string(),
        name: who.name.clone(),
        roles: nav::roles(who),
    });
    let languages = Locale::ALL.map(|locale| Language {
        tag: locale.tag(),
        name: locale.own_name(),
        current: locale == seen.locale,
    });
    let wants = cx.who().and_then(|who| who.density);
    let compact = match look.density {
        Density::Roomy => false,
        Density::Compact => wants != Some(qige_identity::Density::Roomy),
    };
    Chrome {
        lang: seen.locale.tag(),
        languages: languages.into(),
        elder: seen.elder,
        theme: seen.theme,
        density: compact.then_some("compact"),
        width: match look.width {
            Width::Narrow => "q-page--narrow",
            Width::Normal => "",
            Width::Wide => "q-page--wide",
        },
        path: seen.address.clone(),
        who,
        csrf: csrf(cx),
        nav: nav::links(cx).await,
        unread: crate::notices::unread(cx).await,
        flash: seen.flash.as_ref().map(|flash| cx.say(&flash.text())),
        undo: seen.flash.as_ref().and_then(|flash| flash.undo.clone()),
        tenant: seen.tenant.as_ref().map(|tenant| tenant.name.clone()),
        base_map: base_map::of_pages(&cx.state().settings().base_map),
        dev: cx.state().settings().dev,
        secure: seen.secure,
    }
}

/// What could stand around a page, for trying templates.
pub(super) fn sample(locale: Locale, look: &Look, signed_in: bool) -> Chrome {
    let id = "019a0000-0000-7000-8000-000000000001".to_owned();
    let undo = Undo { action: "/undo".to_owned(), until: qige_kernel::Timestamp::from_micros(0) };
    Chrome {
        lang: locale.tag(),
        languages: vec![Language { tag: "en", name: "English", current: false }],
        elder: signed_in.then_some(22),
        theme: signed_in.then_some("dark"),
        density: (look.density == Density::Compact).then_some("compact"),
        width: "",
        path: "/somewhere?with=a&query=b".to_owned(),
        who: signed_in.then(|| Person { id, name: "坐席 03".to_owned(), roles: vec!["dispatcher"] }),
        csrf: "token".to_owned(),
        nav: Vec::new(),
        unread: if signed_in { 3 } else { 0 },
        flash: signed_in.then(|| "done".to_owned()),
        undo: signed_in.then_some(undo),
        tenant: signed_in.then(|| "牛山街道".to_owned()),
        base_map: base_map::of_pages(&qige_app::BaseMap::default()),
        dev: signed_in,
        secure: signed_in,
    }
}

/// What forms of this session must carry; nothing where there is no session to misuse.
pub(super) fn csrf(cx: &Cx) -> String {
    if let Some((secret, _)) = cx.seen().redrawn.get() {
        return secret.csrf().as_str().to_owned();
    }
    let session = cx.who().filter(|who| who.kind == CredentialKind::Session);
    session.map(|who| who.csrf.as_str().to_owned()).unwrap_or_default()
}
