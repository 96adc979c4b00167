//! Robots of group chats: WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), as their makers publish them.
//!
//! - WeCom: <https://developer.work.weixin.qq.com/document/path/91770>; no signature, the key is in the
//!   address; 20 messages a minute for each robot.
//! - DingTalk: <https://open.dingtalk.com/document/robots/customize-robot-security-settings>; 20 a minute,
//!   and ten minutes of silence for whoever sends more.
//! - Feishu: <https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>; 5 a second, 100 a minute.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, header};
use ring::hmac;
use serde_json::{Value, json};

use crate::template::percent_encoded;
use crate::{Answer, Call, Destination, Outbound, SendError};

/// Whose robot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Robot {
    /// 企业微信.
    WeCom,
    /// 钉钉.
    DingTalk,
    /// 飞书.
    Feishu,
}

/// Bytes of a text at most: WeCom cuts at 2,048, the others take more.
pub const TEXT_BYTES_MAX: usize = 2_048;

/// Codes that mean "later": the server is busy, or too much was sent.
const LATER: &[(Robot, &[i64])] = &[
    (Robot::WeCom, &[-1, 45009, 45033]),
    (Robot::DingTalk, &[-1, 130_101, 410_100]),
    (Robot::Feishu, &[9499, 11_232, 11_233]),
];
/// Codes that mean that the robot is no more.
const GONE: &[(Robot, &[i64])] =
    &[(Robot::WeCom, &[93_000]), (Robot::DingTalk, &[300_005, 400_013]), (Robot::Feishu, &[19_001, 19_002])];

impl Robot {
    /// Sends a text. `now` is in seconds since 1970; makers refuse signatures that are an hour off.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(
        self,
        outbound: &Outbound,
        address: &Destination,
        secret: Option<&str>,
        text: &str,
        now: i64,
    ) -> Result<(), SendError> {
        let call = self.call(address, secret.filter(|secret| !secret.is_empty()), text, now)?;
        let answer = outbound.send(call).await?;
        self.judge(&answer)
    }

    fn call(
        self,
        address: &Destination,
        secret: Option<&str>,
        text: &str,
        now: i64,
    ) -> Result<Call, SendError> {
        let text = shortened(text);
        let mut to = address.clone();
        let body = match (self, secret) {
            (Self::WeCom, _) | (Self::DingTalk, None) => {
                json!({ "msgtype": "text", "text": { "content": text } })
            }
            (Self::DingTalk, Some(secret)) => {
                let millis = now.saturating_mul(1_000);
                let sign = percent_encoded(&dingtalk_signature(millis, secret));
                let whole = format!("{}&timestamp={millis}&sign={sign}", address.reveal());
                to = whole.parse().map_err(|_| SendError::Never("the address is none".to_owned()))?;
                json!({ "msgtype": "text", "text": { "content": text } })
            }
            (Self::Feishu, None) => json!({ "msg_type": "text", "content": { "text": text } }),
            (Self::Feishu, Some(secret)) => json!({
                "timestamp": now.to_string(), "sign": feishu_signature(now, secret),
                "msg_type": "text", "content": { "text": text },
            }),
        };
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        let headers = vec![(header::CONTENT_TYPE, kind)];
        Ok(Call { method: Method::POST, to, headers, body: body.to_string().into() })
    }

    /// What an answer of its maker says of the message.
    ///
    /// # Errors
    /// [`SendError`], as far as the answer tells what to do next.
    pub fn judge(self, answer: &Answer) -> Result<(), SendError> {
        answer.require_success()?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = ["errcode", "code", "StatusCode"].iter().find_map(|name| said.get(name)?.as_i64());
        let among = |codes: &[(Self, &[i64])], code: i64| {
            codes.iter().any(|(robot, codes)| *robot == self && codes.contains(&code))
        };
        match code {
            Some(0) => Ok(()),
            Some(code) if among(LATER, code) => Err(SendError::Later(format!("code {code}"), None)),
            Some(code) if among(GONE, code) => Err(SendError::Gone(format!("code {code}"))),
            Some(code) => Err(SendError::Never(format!("code {code}"))),
            None => Err(SendError::Never("an answer without a code".to_owned())),
        }
    }
}

/// HMAC-SHA-256 under the secret of the time in milliseconds, a line break and the secret.
fn dingtalk_signature(millis: i64, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, format!("{millis}\n{secret}").as_bytes()))
}

/// HMAC-SHA-256 of nothing under the time in seconds, a line break and the secret.
fn feishu_signature(seconds: i64, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, format!("{seconds}\n{secret}").as_bytes());
    STANDARD.encode(hmac::sign(&key, b""))
}

/// As much as is taken, whole letters only.
fn shortened(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_as_published() {
        assert_eq!(
            dingtalk_signature(1_700_000_000_000, "SECtest"),
            "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g="
        );
        assert_eq!(
            feishu_signature(1_700_000_000, "testsecret"),
            "AOc8oJ7//5OlQlfWC3nRL0R+IkuzcD1FKcAyibRK9Q8="
        );
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let text = "井".repeat(TEXT_BYTES_MAX);
        assert_eq!(shortened(&text).len(), TEXT_BYTES_MAX - TEXT_BYTES_MAX % 3);
        assert_eq!(shortened("short"), "short");
    }
}
