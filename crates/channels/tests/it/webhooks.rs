//! Webhooks, against a receiver that checks them as the standard's libraries do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_channels::webhook::{Event, WebhookSecret, send};
use qige_channels::{Outbound, SendError};
use ring::hmac;
use serde_json::{Value, json};
use tokio_rustls::rustls::RootCertStore;

use crate::receiver::{Got, Receiver};

const NOW: i64 = 1_790_000_000;

fn outbound() -> Outbound {
    Outbound::trusting("127.0.0.1".parse().unwrap(), RootCertStore::empty())
}

async fn sent(receiver: &Receiver, secrets: &[WebhookSecret]) -> Result<(), SendError> {
    let event = Event {
        id: "0199-1",
        source: "https://qige.example/t/main",
        kind: "cn.qige.unit-dispatched",
        subject: "cases/0199-2",
        time: "2026-11-28T08:00:00Z",
        data: json!({ "number": "20261128-0007" }),
    };
    let address = format!("http://{}/hook", receiver.address).parse().unwrap();
    send(&outbound(), &address, secrets, &event, NOW).await
}

/// What a library of Standard Webhooks does.
fn verified(got: &Got, secret: &WebhookSecret) -> bool {
    let key = STANDARD.decode(secret.to_string().strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let (id, at) = (got.header("webhook-id"), got.header("webhook-timestamp"));
    let text = format!("{id}.{at}.{}", got.text());
    got.header("webhook-signature").split(' ').any(|one| {
        let signature = one.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
        signature.is_some_and(|signature| hmac::verify(&key, text.as_bytes(), &signature).is_ok())
    })
}

#[tokio::test]
async fn an_event_is_a_signed_cloud_event() {
    let receiver = Receiver::saying("204 No Content", "").await;
    let (old, new, other) =
        (WebhookSecret::new([1; 32]), WebhookSecret::new([2; 32]), WebhookSecret::new([3; 32]));
    sent(&receiver, &[new.clone(), old.clone()]).await.unwrap();
    let got = receiver.got().pop().unwrap();
    assert!(verified(&got, &old) && verified(&got, &new) && !verified(&got, &other));
    assert_eq!(got.header("content-type"), "application/cloudevents+json; charset=utf-8");
    let event: Value = serde_json::from_slice(&got.body).unwrap();
    // CloudEvents 1.0.2: what every event must have, and what ours has besides.
    assert_eq!(event["specversion"], "1.0");
    for (name, value) in [
        ("id", "0199-1"),
        ("source", "https://qige.example/t/main"),
        ("type", "cn.qige.unit-dispatched"),
        ("subject", "cases/0199-2"),
        ("time", "2026-11-28T08:00:00Z"),
        ("datacontenttype", "application/json"),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    assert_eq!(got.header("webhook-id"), event["id"]);
}

#[tokio::test]
async fn what_a_receiver_answers_is_understood() {
    for (status, wanted) in [
        ("200 OK", Ok(())),
        ("404 Not Found", Err(SendError::Later("status 404".to_owned(), None))),
        ("410 Gone", Err(SendError::Gone("status 410".to_owned()))),
        ("400 Bad", Err(SendError::Never("status 400".to_owned()))),
        ("302 Found", Err(SendError::Never("status 302".to_owned()))),
        ("500 Oh", Err(SendError::Later("status 500".to_owned(), None))),
    ] {
        let receiver = Receiver::saying(status, "").await;
        assert_eq!(sent(&receiver, &[WebhookSecret::new([1; 32])]).await, wanted, "{status}");
    }
    let receiver =
        Receiver::answering("HTTP/1.1 429 Slow\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n").await;
    let wanted = Err(SendError::Later("status 429".to_owned(), Some(120)));
    assert_eq!(sent(&receiver, &[WebhookSecret::new([1; 32])]).await, wanted);
    let silent = Receiver::answering("").await;
    assert!(matches!(sent(&silent, &[]).await, Err(SendError::Unsure(_))));
}
