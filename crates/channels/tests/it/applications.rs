//! Applications that write to persons, against a receiver that checks what their makers publish.

use std::sync::Mutex;

use qige_channels::application::{Application, Maker, Note, Tokens};
use qige_channels::{Outbound, SendError};
use serde_json::{Value, json};
use tokio_rustls::rustls::RootCertStore;

use crate::receiver::{Got, Receiver};

const NOW: i64 = 1_700_000_000;
const TAKEN: &str = r#"{"errcode":0,"errmsg":"ok","msgid":"1"}"#;

fn outbound() -> Outbound {
    Outbound::trusting("127.0.0.1".parse().unwrap(), RootCertStore::empty())
}

fn note() -> Note<'static> {
    Note {
        to: "u-017",
        title: "骑格 · 牛山街道",
        text: "有案卷需要贵部门处理。",
        number: "20261128-0007",
        time: "2026-11-28 16:00",
        url: "https://qige.example/notices",
        id: "0199c0de000070008000000000000001",
    }
}

fn wecom(receiver: &Receiver) -> Application {
    Application {
        maker: Maker::WeCom { agent: 1_000_002 },
        base: format!("http://{}", receiver.address).parse().unwrap(),
        id: "ww1".to_owned(),
        secret: "s&1".to_owned(),
    }
}

fn wechat(receiver: &Receiver) -> Application {
    let field = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    let fields =
        vec![field("thing1", "{text}"), field("character_string2", "{number}"), field("time3", "{time}")];
    Application {
        maker: Maker::WeChat { template: "tpl-1".to_owned(), fields },
        id: "wx1".to_owned(),
        ..wecom(receiver)
    }
}

/// A maker: gives tokens in a row, takes those that it is told to, and answers messages as it is told.
async fn maker(good: &'static str, answer: &'static str) -> Receiver {
    let drawn = Mutex::new(0);
    Receiver::replying(move |got: &Got| {
        if got.line.contains("token?") && got.line.starts_with("GET") || got.line.ends_with("/stable_token") {
            let mut drawn = drawn.lock().unwrap();
            *drawn += 1;
            return format!(r#"{{"errcode":0,"access_token":"t/{drawn}","expires_in":7200}}"#);
        }
        let token = got.line.split("access_token=").nth(1).unwrap();
        if token == good || good == "any" { answer.to_owned() } else { r#"{"errcode":42001}"#.to_owned() }
    })
    .await
}

fn body(got: &Got) -> Value {
    assert!(got.header("content-type").starts_with("application/json"));
    serde_json::from_slice(&got.body).unwrap()
}

#[tokio::test]
async fn wecom_gets_a_card_and_its_token_is_kept_until_shortly_before_its_end() {
    let receiver = maker("any", TAKEN).await;
    let (outbound, tokens, app) = (outbound(), Tokens::default(), wecom(&receiver));
    for now in [NOW, NOW + 6_899, NOW + 6_900] {
        app.send(&outbound, &tokens, &note(), now).await.unwrap();
    }
    let got = receiver.got();
    let lines: Vec<&str> = got.iter().map(|got| got.line.as_str()).collect();
    let token = "GET /cgi-bin/gettoken?corpid=ww1&corpsecret=s%261";
    let message = |n: u8| format!("POST /cgi-bin/message/send?access_token=t%2F{n}");
    assert_eq!(lines, [token, &message(1), &message(1), token, &message(2)]);
    let wanted = json!({
        "touser": "u-017", "msgtype": "textcard", "agentid": 1_000_002,
        "textcard": {
            "title": "骑格 · 牛山街道", "description": "有案卷需要贵部门处理。",
            "url": "https://qige.example/notices",
        },
    });
    assert_eq!(body(&got[1]), wanted);
    assert!(!format!("{app:?}{tokens:?}").contains("s&1"));
}

#[tokio::test]
async fn wechat_gets_a_template_whose_values_are_as_long_as_it_takes() {
    let receiver = maker("any", r#"{"errcode":0,"errmsg":"ok","msgid":200228332}"#).await;
    let app = wechat(&receiver);
    let long = "井".repeat(21);
    let note = Note { text: &long, number: "", ..note() };
    app.send(&outbound(), &Tokens::default(), &note, NOW).await.unwrap();
    let got = receiver.got();
    assert_eq!(got[0].line, "POST /cgi-bin/stable_token");
    let wanted = json!({
        "grant_type": "client_credential", "appid": "wx1", "secret": "s&1", "force_refresh": false,
    });
    assert_eq!(body(&got[0]), wanted);
    assert_eq!(got[1].line, "POST /cgi-bin/message/template/send?access_token=t%2F1");
    let wanted = json!({
        "touser": "u-017", "template_id": "tpl-1", "url": "https://qige.example/notices",
        "client_msg_id": "0199c0de000070008000000000000001",
        "data": {
            "thing1": { "value": "井".repeat(20) }, "character_string2": { "value": "—" },
            "time3": { "value": "2026-11-28 16:00" },
        },
    });
    assert_eq!(body(&got[1]), wanted);
}

#[tokio::test]
async fn a_token_that_is_refused_is_drawn_anew_once() {
    let (outbound, tokens) = (outbound(), Tokens::default());
    let receiver = maker("t%2F2", TAKEN).await;
    wecom(&receiver).send(&outbound, &tokens, &note(), NOW).await.unwrap();
    assert_eq!(receiver.got().len(), 4);
    wecom(&receiver).send(&outbound, &tokens, &note(), NOW).await.unwrap();
    assert_eq!(receiver.got().len(), 5, "the second is kept");
    let receiver = maker("none", TAKEN).await;
    let error = wechat(&receiver).send(&outbound, &tokens, &note(), NOW).await.unwrap_err();
    assert_eq!(error, SendError::Later("the token is not taken".to_owned(), None));
    assert_eq!(receiver.got().len(), 4);
}

#[tokio::test]
async fn a_no_is_understood_by_its_code() {
    use SendError::{Gone, Later, Never, Unsure};
    let code = |code: i64| format!("code {code}");
    let not_here = "the person is not in this application".to_owned();
    for (answer, wanted) in [
        (r#"{"errcode":81013}"#, Gone(code(81_013))),
        (r#"{"errcode":60111}"#, Gone(code(60_111))),
        (r#"{"errcode":43004}"#, Gone(code(43_004))),
        (r#"{"errcode":40003}"#, Gone(code(40_003))),
        (r#"{"errcode":0,"invaliduser":"u-017"}"#, Gone(not_here)),
        (r#"{"errcode":45009}"#, Later(code(45_009), None)),
        (r#"{"errcode":45033}"#, Later(code(45_033), None)),
        (r#"{"errcode":-1}"#, Later(code(-1), None)),
        (r#"{"errcode":60020}"#, Later(code(60_020), None)),
        (r#"{"errcode":47003}"#, Never(code(47_003))),
        ("<html>", Unsure("an answer without a code".to_owned())),
    ] {
        let receiver = maker("any", answer).await;
        let result = wecom(&receiver).send(&outbound(), &Tokens::default(), &note(), NOW).await;
        assert_eq!(result, Err(wanted), "{answer}");
    }
}

#[tokio::test]
async fn an_application_that_gets_no_token_harms_nobodys_address() {
    for (status, answer, wanted) in [
        ("200 OK", r#"{"errcode":40013,"errmsg":"invalid corpid ww1"}"#, "no token: code 40013"),
        ("200 OK", "", "no token: no code"),
        ("404 Not Found", "", "status 404"),
        ("403 Forbidden", "", "status 403"),
    ] {
        let receiver = Receiver::saying(status, answer).await;
        let tokens = Tokens::default();
        let error = wecom(&receiver).send(&outbound(), &tokens, &note(), NOW).await.unwrap_err();
        assert_eq!(error, SendError::Later(wanted.to_owned(), None));
        assert_eq!(wecom(&receiver).check(&outbound(), &tokens, NOW).await, Err(error));
    }
    let receiver = maker("any", TAKEN).await;
    assert_eq!(wechat(&receiver).check(&outbound(), &Tokens::default(), NOW).await, Ok(()));
}

/// A maker that says whose account a code was given for.
async fn recognising(account: &'static str) -> Receiver {
    let refused = Mutex::new(false);
    Receiver::replying(move |got: &Got| {
        if got.line.contains("gettoken?") {
            return r#"{"errcode":0,"access_token":"t","expires_in":7200}"#.to_owned();
        }
        // The first token is not taken any more.
        let first = !std::mem::replace(&mut *refused.lock().unwrap(), true);
        if first && got.line.contains("getuserinfo") {
            r#"{"errcode":42001}"#.to_owned()
        } else {
            account.to_owned()
        }
    })
    .await
}

#[tokio::test]
async fn the_maker_says_whose_account_it_is() {
    let (outbound, tokens) = (outbound(), Tokens::default());
    let receiver =
        recognising(r#"{"access_token":"a","expires_in":7200,"openid":"oABC","scope":"snsapi_base"}"#).await;
    let app = wechat(&receiver);
    assert_eq!(app.account(&outbound, &tokens, "c/1", NOW).await.unwrap(), "oABC");
    let asked =
        "GET /sns/oauth2/access_token?appid=wx1&secret=s%261&code=c%2F1&grant_type=authorization_code";
    assert_eq!(receiver.got()[0].line, asked);

    let receiver = recognising(r#"{"errcode":0,"errmsg":"ok","userid":"u-017"}"#).await;
    let app = wecom(&receiver);
    assert_eq!(app.account(&outbound, &tokens, "c/1", NOW).await.unwrap(), "u-017");
    let got = receiver.got();
    let lines: Vec<&str> = got.iter().map(|got| got.line.as_str()).collect();
    let (token, asked) = (lines[0], "GET /cgi-bin/auth/getuserinfo?access_token=t&code=c%2F1");
    assert_eq!(lines, [token, asked, token, asked], "a token that is refused is drawn anew once");
}

#[tokio::test]
async fn who_has_no_account_there_is_nobody() {
    let (outbound, tokens) = (outbound(), Tokens::default());
    // WeCom: somebody of another company. A code that was used, as both say it.
    for said in [r#"{"errcode":0,"openid":"oABC"}"#, r#"{"errcode":40029,"errmsg":"invalid code"}"#, "{}"] {
        let receiver = recognising(said).await;
        let other = wecom(&receiver).account(&outbound, &tokens, "c", NOW).await;
        assert!(matches!(other, Err(SendError::Never(_))), "{said}: {other:?}");
    }
    let receiver = recognising(r#"{"errcode":40029,"errmsg":"invalid code"}"#).await;
    let other = wechat(&receiver).account(&outbound, &tokens, "c", NOW).await;
    assert_eq!(other, Err(SendError::Never("code 40029".to_owned())));
}

#[test]
fn a_browser_is_sent_to_the_maker_as_it_is_published() {
    let page = "https://open.weixin.qq.com".parse().unwrap();
    let app = Application {
        maker: Maker::WeCom { agent: 7 },
        base: "https://qyapi.weixin.qq.com".parse().unwrap(),
        id: "ww1".to_owned(),
        secret: String::new(),
    };
    let back = "https://qige.example/me/notices/link/wecom-app/back";
    assert_eq!(
        app.asks_at(&page, back, "0af1"),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1&redirect_uri=https%3A%2F%2F\
         qige.example%2Fme%2Fnotices%2Flink%2Fwecom-app%2Fback&response_type=code&scope=snsapi_base\
         &state=0af1&agentid=7#wechat_redirect"
    );
    let maker = Maker::WeChat { template: String::new(), fields: Vec::new() };
    assert!(
        Application { maker, ..app }.asks_at(&page, back, "0af1").ends_with("&state=0af1#wechat_redirect")
    );
}
