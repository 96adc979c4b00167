//! A phone's outbox gets a credential of its own, so that an ended session strands nothing.

use axum::Json;
use http::HeaderMap;
use qige_identity::{CredentialKind, RegisterDevice, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::label_of;
use crate::{Access, Cx, Fault, Input, Routes};

pub(super) fn routes() -> Routes {
    Routes::of("account").post("/me/device", Access::Public, "A credential for a phone's outbox", register)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct NewDevice {
    /// Chosen by the phone.
    device: Uuid,
}

/// What the phone shows from now on.
#[derive(Debug, Serialize, JsonSchema)]
struct Registered {
    /// The same device.
    device: Uuid,
    /// `Authorization: Bearer <token>`.
    token: String,
}

async fn register(cx: Cx, headers: HeaderMap, input: Input<NewDevice>) -> Result<Json<Registered>, Fault> {
    let secret = Secret::draw(CredentialKind::Device, &cx.app().entropy);
    let device = input.value.device;
    let command = RegisterDevice {
        id: cx.id(),
        device,
        person: cx.who().map(|who| who.person),
        digest: secret.digest(),
        label: label_of(&headers),
        at: cx.now(),
    };
    cx.write(command).await?;
    Ok(Json(Registered { device, token: secret.to_string() }))
}
