//! Short messages.

use http::Method;
use qige_channels::Outbound;
use qige_channels::sms::{Gateway, GatewayError, HttpGateway, Message, SmsError};
use tokio_rustls::rustls::RootCertStore;

use crate::receiver::Receiver;

fn outbound() -> Outbound {
    Outbound::trusting("127.0.0.1".parse().unwrap(), RootCertStore::empty())
}

fn message() -> Message<'static> {
    Message {
        to: "+8613800001234",
        kind: "sign-in",
        text: "验证码 482913，5 分钟内有效",
        code: Some("482913"),
        link: None,
        id: "m-1",
    }
}

fn described() -> HttpGateway {
    HttpGateway {
        method: Method::POST,
        headers: vec![
            "Content-Type: application/json".to_owned(),
            "Authorization: Bearer {secret}".to_owned(),
        ],
        body: r#"{"to":"{phone}","tpl":"{template}","args":{"code":"{code}"},"say":"{text}","ref":"{id}"}"#
            .to_owned(),
        templates: [("sign-in".to_owned(), "SMS_001".to_owned())].into(),
        secret: "s3cr3t".to_owned(),
        success: "/code=0".parse().unwrap(),
        ..HttpGateway::default()
    }
}

#[tokio::test]
async fn a_gateway_is_called_as_it_is_described() {
    let receiver = Receiver::saying("200 OK", r#"{"code":0}"#).await;
    let gateway =
        Gateway::of(&format!("http://{}/v1/send?n={{e164}}", receiver.address), described()).unwrap();
    gateway.send(&outbound(), &message()).await.unwrap();
    let got = &receiver.got()[0];
    assert_eq!(got.line, "POST /v1/send?n=%2B8613800001234");
    assert_eq!(got.header("authorization"), "Bearer s3cr3t");
    let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
    let wanted = serde_json::json!({
        "to": "13800001234", "tpl": "SMS_001", "args": { "code": "482913" },
        "say": "验证码 482913，5 分钟内有效", "ref": "m-1",
    });
    assert_eq!(body, wanted);
    assert!(!format!("{gateway:?}{:?}", message()).contains(['8', '4']));
}

#[tokio::test]
async fn a_form_is_written_as_a_form() {
    let receiver = Receiver::saying("200 OK", "1,ok").await;
    let form = HttpGateway {
        headers: vec!["content-type: application/x-www-form-urlencoded".to_owned()],
        body: "m={phone}&t={text}".to_owned(),
        success: "text:ok".parse().unwrap(),
        ..described()
    };
    let gateway = Gateway::of(&format!("http://{}/", receiver.address), form).unwrap();
    gateway.send(&outbound(), &Message { text: "a&b=c 井", ..message() }).await.unwrap();
    assert_eq!(receiver.got()[0].text(), "m=13800001234&t=a%26b%3Dc%20%E4%BA%95");
}

#[tokio::test]
async fn a_gateway_that_says_no_is_believed() {
    for (status, body, later) in [
        ("200 OK", r#"{"code":17}"#, false),
        ("403 Forbidden", "", false),
        ("503 Later", "", true),
        ("429 Slow", "", true),
    ] {
        let receiver = Receiver::saying(status, body).await;
        let gateway = Gateway::of(&format!("http://{}/", receiver.address), described()).unwrap();
        let error = gateway.send(&outbound(), &message()).await.unwrap_err();
        assert!(matches!(error, SmsError::Refused { .. }));
        assert_eq!(error.may_work_later(), later, "{error}");
        assert!(!error.to_string().contains("482913"), "{error}");
    }
}

#[tokio::test]
async fn a_file_is_written_for_trying_out() {
    let path = std::env::temp_dir().join(format!("qige-sms-{}.jsonl", std::process::id()));
    let gateway = Gateway::of(&format!("file:{}", path.display()), HttpGateway::default()).unwrap();
    for _ in 0..2 {
        gateway.send(&outbound(), &message()).await.unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (lines.len(), &lines[1]["code"], &lines[1]["to"]),
        (2, &"482913".into(), &"+8613800001234".into())
    );
    assert!(matches!(Gateway::Off.send(&outbound(), &message()).await, Err(SmsError::Off)));
}

#[test]
fn what_is_wrong_is_said_before_the_first_message() {
    let wrong = |place: &str, change: &dyn Fn(&mut HttpGateway)| {
        let mut described = described();
        change(&mut described);
        Gateway::of(place, described).unwrap_err()
    };
    let fine = "https://sms.example/";
    for place in ["sms.example", "ftp://sms.example/{phone}", "file:"] {
        assert_eq!(wrong(place, &|_| ()), GatewayError::Address, "{place}");
    }
    assert_eq!(wrong("https://{phone}.example/", &|_| ()), GatewayError::Host);
    assert_eq!(wrong(fine, &|gateway| gateway.body.push_str("{nr}")), GatewayError::Value("nr".to_owned()));
    assert_eq!(wrong(fine, &|gateway| gateway.body.clear()), GatewayError::Nobody);
    assert_eq!(wrong(fine, &|gateway| gateway.headers.push("no colon".to_owned())), GatewayError::Header(3));
    assert!(!Gateway::of("", HttpGateway::default()).unwrap().is_on());
}
