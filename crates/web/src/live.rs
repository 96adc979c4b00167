//! What changed, told to pages that are looking: server-sent events.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use qige_db::Announcement;
use qige_identity::{Permission, Who};
use qige_kernel::TenantId;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::{Access, Cx, Fault, Query, Routes, State};

/// A comment comes this often, so that a proxy or a phone does not take the silence for the end.
const COMMENT_SECONDS: u64 = 20;
/// A listener is sent away after this long and comes back by itself: an ended session must not listen on.
const LISTEN_SECONDS: u64 = 15 * 60;

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("live").get(
        "/live",
        Access::SignedIn,
        "Changes as they are committed (text/event-stream)",
        live,
    )
}

/// Which changes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Topics, separated by commas; all that one may hear of when missing.
    topics: Option<String>,
}

/// Who may hear of a topic. What is not listed is told to nobody.
fn may_hear(who: &Who, topic: &str) -> bool {
    let needs: &[Permission] = match topic {
        "case" => &[Permission::ReadQueue, Permission::HandleCase, Permission::VerifyCase],
        "inbox" => &[Permission::ManageOwnAccount],
        "places" | "units" | "calendar" => &[Permission::ReadPlaces],
        "job" => &[Permission::ReadJobs],
        "person" => &[Permission::ReadPeople],
        _ => return false,
    };
    needs.iter().any(|permission| who.may(*permission))
}

struct Listener {
    news: Receiver<Announcement>,
    tenant: TenantId,
    who: Who,
    topics: Option<Vec<String>>,
    ends: tokio::time::Instant,
    state: State,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.state.metrics().listeners.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn live(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Response, Fault> {
    let (who, state) = (cx.signed_in()?.clone(), cx.state().clone());
    let topics = wanted.topics.map(|topics| topics.split(',').map(|one| one.trim().to_owned()).collect());
    let ends = tokio::time::Instant::now() + Duration::from_secs(LISTEN_SECONDS);
    state.metrics().listeners.fetch_add(1, Ordering::Relaxed);
    let listener =
        Listener { news: cx.app().db.subscribe(), tenant: cx.tenant()?.id, who, topics, ends, state };
    let alive = KeepAlive::new().interval(Duration::from_secs(COMMENT_SECONDS));
    let mut response = Sse::new(events(listener)).keep_alive(alive).into_response();
    // nginx would otherwise keep events until its buffer is full.
    response.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    Ok(response)
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(listener, |mut listener| async move {
        loop {
            let next = tokio::select! {
                next = listener.news.recv() => next,
                () = tokio::time::sleep_until(listener.ends) => return None,
                () = listener.state.stopping() => return None,
            };
            match next {
                Ok(news) if concerns(&listener, &news) => {
                    let data = serde_json::json!({"topic": news.topic, "id": news.id});
                    return Some((Ok(Event::default().event("change").data(data.to_string())), listener));
                }
                Ok(_) => {}
                // The page cannot know what it missed, so it looks at everything again.
                Err(RecvError::Lagged(_)) => {
                    return Some((Ok(Event::default().event("reload").data("{}")), listener));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

fn concerns(listener: &Listener, news: &Announcement) -> bool {
    // An inbox is announced under its reader's id.
    let own = news.topic != "inbox"
        || news.id == listener.who.person.0
        || listener.who.units().iter().any(|unit| unit.0 == news.id);
    let wanted = listener.topics.as_ref().is_none_or(|topics| topics.iter().any(|one| *one == news.topic));
    news.tenant == listener.tenant && own && wanted && may_hear(&listener.who, &news.topic)
}
