//! Robots of group chats, against a receiver that checks what the makers publish.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qige_channels::{Outbound, Robot, SendError};
use ring::hmac;
use serde_json::{Value, json};
use tokio_rustls::rustls::RootCertStore;

use crate::receiver::{Got, Receiver};

const NOW: i64 = 1_700_000_000;

fn outbound() -> Outbound {
    Outbound::trusting("127.0.0.1".parse().unwrap(), RootCertStore::empty())
}

async fn said(robot: Robot, secret: Option<&str>, answer: &str) -> (Got, Result<(), SendError>) {
    let receiver = Receiver::saying("200 OK", answer).await;
    let address = format!("http://{}/hook?key=k1", receiver.address).parse().unwrap();
    let result = robot.send(&outbound(), &address, secret, "有 1 件事等您：20261128-0007", NOW).await;
    (receiver.got().pop().unwrap(), result)
}

fn body(got: &Got) -> Value {
    assert!(got.header("content-type").starts_with("application/json"));
    serde_json::from_slice(&got.body).unwrap()
}

fn hmac_sha256(key: &str, text: &str) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), text.as_bytes()))
}

#[tokio::test]
async fn wecom_gets_a_text_at_its_key() {
    let (got, result) = said(Robot::WeCom, None, r#"{"errcode":0,"errmsg":"ok"}"#).await;
    assert_eq!(result, Ok(()));
    assert_eq!(got.line, "POST /hook?key=k1");
    assert_eq!(
        body(&got),
        json!({ "msgtype": "text", "text": { "content": "有 1 件事等您：20261128-0007" } })
    );
}

#[tokio::test]
async fn dingtalk_gets_the_signature_in_the_address() {
    let (got, result) = said(Robot::DingTalk, Some("SECtest"), r#"{"errcode":0,"errmsg":"ok"}"#).await;
    assert_eq!(result, Ok(()));
    let sign = hmac_sha256("SECtest", "1700000000000\nSECtest").replace('=', "%3D").replace('/', "%2F");
    let sign = sign.replace('+', "%2B");
    assert_eq!(got.line, format!("POST /hook?key=k1&timestamp=1700000000000&sign={sign}"));
    assert_eq!(body(&got)["msgtype"], "text");
    let (got, _) = said(Robot::DingTalk, None, r#"{"errcode":0}"#).await;
    assert_eq!(got.line, "POST /hook?key=k1");
}

#[tokio::test]
async fn feishu_gets_the_signature_in_the_body() {
    let (got, result) = said(Robot::Feishu, Some("testsecret"), r#"{"code":0,"msg":"success"}"#).await;
    assert_eq!(result, Ok(()));
    let body = body(&got);
    assert_eq!((&body["timestamp"], &body["msg_type"]), (&json!("1700000000"), &json!("text")));
    assert_eq!(body["sign"], hmac_sha256("1700000000\ntestsecret", ""));
    let (got, _) = said(Robot::Feishu, Some(""), r#"{"StatusCode":0}"#).await;
    assert!(serde_json::from_slice::<Value>(&got.body).unwrap().get("sign").is_none());
}

#[tokio::test]
async fn a_no_is_understood_by_its_code() {
    use SendError::{Gone, Later, Never};
    for (robot, answer, wanted) in [
        (Robot::WeCom, r#"{"errcode":45009}"#, Later("code 45009".to_owned(), None)),
        (Robot::WeCom, r#"{"errcode":93000}"#, Gone("code 93000".to_owned())),
        (Robot::WeCom, r#"{"errcode":40058}"#, Never("code 40058".to_owned())),
        (Robot::DingTalk, r#"{"errcode":130101}"#, Later("code 130101".to_owned(), None)),
        (Robot::DingTalk, r#"{"errcode":310000}"#, Never("code 310000".to_owned())),
        (Robot::Feishu, r#"{"code":11232}"#, Later("code 11232".to_owned(), None)),
        (Robot::Feishu, r#"{"code":19021}"#, Never("code 19021".to_owned())),
        (Robot::Feishu, "<html>", Never("an answer without a code".to_owned())),
    ] {
        assert_eq!(said(robot, None, answer).await.1, Err(wanted), "{answer}");
    }
}
