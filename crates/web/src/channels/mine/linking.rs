//! An account of WeCom or WeChat is linked by its owner: the maker's own browser says whose it is, and nobody
//! has to know their `userid` or `openid`.

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use qige_app::WayAddress;
use qige_identity::{CredentialKind, Secret};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use qige_notify::{AddWay, WayKind};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::doing::{looks_like_account, new_way, own_ways, shown_in_part};
use super::{HERE, MAY, MyWaysPage};
use crate::account::{is_from_elsewhere, sent_off, site};
use crate::{Cx, Done, Fault, Path, Query, Routes, Text, cookies};

/// How long a turn takes at most, seconds: it is one look of the maker's browser.
const TURN_SECONDS: i64 = 10 * 60;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/me/notices/link/{kind}", MAY, "Have the maker's own browser say whose account it is", go)
        .get("/me/notices/link/{kind}/back", MAY, "Come back from the maker, with an account", back)
}

fn named(kind: &str) -> Result<WayKind, Fault> {
    let kind: WayKind = kind.parse().map_err(|_| Fault::missing())?;
    if kind.is_application() { Ok(kind) } else { Err(Fault::missing()) }
}

/// What the maker gives back: letters and digits, as both makers want them.
fn state_of(turn: &str) -> String {
    Sha256::digest(turn).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn go(cx: Cx, headers: HeaderMap, Path(kind): Path<String>) -> Result<Response, Fault> {
    let kind = named(&kind)?;
    if is_from_elsewhere(&cx, &headers) {
        return Ok(Done::<()>::see(HERE).into_response());
    }
    let until = cx.now().plus(TURN_SECONDS.saturating_mul(Timestamp::SECOND)).micros();
    let secret = Secret::draw(CredentialKind::Browser, &cx.app().entropy);
    let turn = format!("{kind} {secret} {} {until}", cx.signed_in()?.person);
    let turn = cx.state().signer().seal(&turn);
    let back = format!("{}/me/notices/link/{kind}/back", site(&cx, &headers).origin);
    let address = cx.app().application_page(cx.tenant()?.id, kind, &back, &state_of(&turn)).await?;
    sent_off(&address, cookies::set(cookies::LINK, &turn, Some(TURN_SECONDS), cx.is_secure()))
}

/// Whether this browser was sent off for that person with that state, and is back in time.
fn is_own_turn(cx: &Cx, headers: &HeaderMap, (kind, person): (WayKind, PersonId), state: &str) -> bool {
    let turn = cookies::get(headers, cookies::LINK, cx.is_secure());
    let Some(turn) = turn.filter(|turn| state_of(turn) == state) else { return false };
    let said = cx.state().signer().open(turn).unwrap_or_default();
    let mut parts = said.split(' ');
    let begun = [parts.next(), parts.next().and(parts.next())];
    let until = parts.next().and_then(|until| until.parse().ok()).map(Timestamp::from_micros);
    begun == [Some(kind.as_str()), Some(person.to_string().as_str())]
        && until.is_some_and(|until| cx.now() < until)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct CameWith {
    /// What was sent off with.
    #[serde(default)]
    state: String,
    /// What the maker is asked with.
    code: Option<String>,
}

async fn back(
    cx: Cx,
    headers: HeaderMap,
    Path(kind): Path<String>,
    Query(with): Query<CameWith>,
) -> Result<Done<MyWaysPage>, Fault> {
    let kind = named(&kind)?;
    let (me, ways) = own_ways(&cx).await?;
    let over = || Refusal::new(RefusalKind::Conflict, "application-link-over");
    let given = with.code.filter(|_| is_own_turn(&cx, &headers, (kind, me), &with.state)).ok_or_else(over)?;
    let tenant = cx.tenant()?.id;
    let address = cx.app().application_account(tenant, kind, &given).await?;
    if !looks_like_account(&address) {
        return Err(Refusal::new(RefusalKind::Unavailable, "application-not-said").into());
    }
    let (id, name): (Uuid, _) = (cx.id(), shown_in_part(&address));
    let sealed = cx.app().seal_way(tenant, id, &WayAddress { address, ..WayAddress::default() }).await?;
    // The maker has said whose it is: no code goes there first.
    cx.write(AddWay { sealed: Some(sealed), ..new_way(&cx, id, me, kind, name, &ways) }).await?;
    let done = Done::see(HERE).saying(Text::of("way-linked"));
    Ok(cookies::set(cookies::LINK, "", Some(0), cx.is_secure()).into_iter().fold(done, Done::cookie))
}
