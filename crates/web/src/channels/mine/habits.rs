//! When one wants to be told.

use jiff::civil::Time;
use qige_kernel::{Refusal, Timestamp};
use qige_notify::{Habits, SetHabits, habits_of};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{HERE, MAY, MyWaysPage};
use crate::{Cx, Done, Fault, Input, Routes, Text};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/me/notices/habits", MAY, "Choose quiet hours and a digest", keep).post(
        "/me/notices/pause",
        MAY,
        "Be told nothing for some hours",
        pause,
    )
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wished {
    /// From this time on not, as `22:00`.
    quiet_from: Option<String>,
    /// Until this time.
    quiet_until: Option<String>,
    /// Once a day at this time, all together; nothing: each at once.
    digest_at: Option<String>,
}

/// The minute of the day.
fn minute(text: Option<String>, field: &'static str) -> Result<Option<i64>, Refusal> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let time: Time = text.trim().parse().map_err(|_| Refusal::invalid(field, "notice-minute"))?;
    Ok(Some(i64::from(time.hour()) * 60 + i64::from(time.minute())))
}

async fn before(cx: &Cx) -> Result<Habits, Fault> {
    let person = cx.signed_in()?.person;
    cx.read(move |tx| Box::pin(async move { Ok(habits_of(tx, person).await?) })).await
}

async fn keep(cx: Cx, input: Input<Wished>) -> Result<Done<MyWaysPage>, Fault> {
    let Wished { quiet_from, quiet_until, digest_at } = input.value;
    let habits = Habits {
        quiet_from: minute(quiet_from, "quiet_from")?,
        quiet_until: minute(quiet_until, "quiet_until")?,
        digest_at: minute(digest_at, "digest_at")?,
        ..before(&cx).await?
    };
    cx.write(SetHabits { person: cx.signed_in()?.person, habits, at: cx.now() }).await?;
    Ok(Done::see(HERE).saying(Text::of("my-ways-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Pause {
    /// For so many hours from now, up to 72; 0 ends the pause.
    hours: u16,
}

async fn pause(cx: Cx, input: Input<Pause>) -> Result<Done<MyWaysPage>, Fault> {
    let hours = i64::from(input.value.hours);
    let paused_until = (hours > 0).then(|| cx.now().plus(hours * Timestamp::HOUR));
    let habits = Habits { paused_until, ..before(&cx).await? };
    cx.write(SetHabits { person: cx.signed_in()?.person, habits, at: cx.now() }).await?;
    Ok(Done::see(HERE).saying(Text::of(if hours > 0 { "my-ways-paused" } else { "my-ways-unpaused" })))
}
