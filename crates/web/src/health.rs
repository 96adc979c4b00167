//! Whether the process lives, and whether it can work.

use axum::Json;
use axum::extract::State as AxumState;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Access, Routes, State};

/// How it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Health {
    /// Whether requests can be answered.
    ready: bool,
    /// Whether the database answers.
    database: bool,
}

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("operation").get("/healthz", Access::Public, "Whether the process lives", alive).get(
        "/readyz",
        Access::Public,
        "Whether requests can be answered",
        ready,
    )
}

async fn alive() -> StatusCode {
    StatusCode::OK
}

async fn ready(AxumState(state): AxumState<State>) -> (StatusCode, Json<Health>) {
    let database = match state.look_whether_set_up().await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            false
        }
    };
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Health { ready: database, database }))
}
