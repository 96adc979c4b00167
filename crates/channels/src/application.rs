//! Messages to persons by an application of WeCom (企业微信) or an official account of WeChat (公众号), as
//! their maker publishes them.
//!
//! - WeCom: <https://developer.work.weixin.qq.com/document/path/91039> (token),
//!   <https://developer.work.weixin.qq.com/document/path/90236> (message); 30 a minute to one member.
//! - WeChat: <https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken> (token),
//!   <https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage> (message).

mod account;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use http::{HeaderValue, Method, header};
use ring::digest;
use serde_json::{Map, Value, json};

use crate::template::{Style, fill, percent_encoded};
use crate::{Answer, Call, Destination, Outbound, SendError};

/// Seconds before its end from which a token is not used any more: a call and two clocks that disagree.
const MARGIN_SECONDS: i64 = 300;
/// Bytes of a card's title and of its words at most (WeCom).
const TITLE_BYTES_MAX: usize = 128;
const WORDS_BYTES_MAX: usize = 512;
/// Letters of a value at most, by what its name begins with (WeChat).
const VALUE_LETTERS_MAX: &[(&str, usize)] =
    &[("thing", 20), ("character_string", 32), ("phrase", 5), ("const", 20), ("short_thing", 5)];
/// Letters of any other value.
const OTHER_LETTERS_MAX: usize = 32;

/// The token is not, or no more, good.
const TOKEN: &[i64] = &[40_001, 40_014, 42_001];
/// There is no such person, or they do not let themselves be told: WeCom 81013, 60111, 60102, 40031; WeChat
/// 40003, 43004 (does not follow), 43101 (refuses).
const GONE: &[i64] = &[81_013, 60_111, 60_102, 40_031, 40_003, 43_004, 43_101];
/// The message is wrong, and would be another time: WeCom 44004, 45002; WeChat 47001, 47003.
const NEVER: &[i64] = &[44_004, 45_002, 47_001, 47_003];

/// Whose application, and what only theirs has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// 企业微信.
    WeCom {
        /// Which application of the company (`agentid`).
        agent: i64,
    },
    /// 微信公众号.
    WeChat {
        /// Which template of the account (`template_id`).
        template: String,
        /// What stands in its fields: `{text}`, `{number}`, `{time}` and `{title}` are filled in.
        fields: Vec<(String, String)>,
    },
}

/// An application with the right to write to persons.
#[derive(Clone, PartialEq, Eq)]
pub struct Application {
    /// Whose it is.
    pub maker: Maker,
    /// Where its maker answers, without a path.
    pub base: Destination,
    /// `corpid` or `appid`.
    pub id: String,
    /// `corpsecret` or `secret`.
    pub secret: String,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Application({}, {:?})", self.id, self.base)
    }
}

/// A message to one person.
#[derive(Clone, Copy)]
pub struct Note<'a> {
    /// `userid` or `openid`.
    pub to: &'a str,
    /// Who says it.
    pub title: &'a str,
    /// What is said.
    pub text: &'a str,
    /// The case's number, where there is one.
    pub number: &'a str,
    /// When, as the person reads it.
    pub time: &'a str,
    /// Where it leads.
    pub url: &'a str,
    /// The same for each try: WeChat knows it again for ten minutes.
    pub id: &'a str,
}

/// Tokens of applications, kept until shortly before their end: their makers count how often one asks.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<Vec<u8>, (String, i64)>>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Application {
    /// Whether its maker gives it a token: for whoever sets it up.
    ///
    /// # Errors
    /// [`SendError::Later`] with the maker's code.
    pub async fn check(&self, outbound: &Outbound, tokens: &Tokens, now: i64) -> Result<(), SendError> {
        tokens.forget(self);
        tokens.of(self, outbound, now).await.map(drop)
    }

    /// Sends one message. `now` is in seconds since 1970. A token that is refused is drawn anew once.
    ///
    /// # Errors
    /// [`SendError`]; gone where the person is not there or does not want it. What is wrong with the
    /// application itself is an error for later, for whoever set it up can mend it.
    pub async fn send(
        &self,
        outbound: &Outbound,
        tokens: &Tokens,
        note: &Note<'_>,
        now: i64,
    ) -> Result<(), SendError> {
        for _ in 0..2 {
            let token = tokens.of(self, outbound, now).await?;
            match self.try_once(outbound, &token, note).await? {
                true => return Ok(()),
                false => tokens.forget(self),
            }
        }
        Err(SendError::Later("the token is not taken".to_owned(), None))
    }

    /// Whether the token was taken, and with it the message.
    async fn try_once(&self, outbound: &Outbound, token: &str, note: &Note<'_>) -> Result<bool, SendError> {
        let (path, body) = match &self.maker {
            Maker::WeCom { agent } => ("/cgi-bin/message/send", card(*agent, note)),
            Maker::WeChat { template, fields } => {
                ("/cgi-bin/message/template/send", filled(template, fields, note))
            }
        };
        let path = format!("{path}?access_token={}", percent_encoded(token));
        let call = self.call(Method::POST, &path, Some(&body))?;
        judge(&outbound.send(call).await?)
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Call, SendError> {
        let to = format!("{}{path}", self.base.origin());
        let to = to.parse().map_err(|_| SendError::Never("the address is none".to_owned()))?;
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        let headers = body.map(|_| (header::CONTENT_TYPE, kind)).into_iter().collect();
        let body = body.map(Value::to_string).unwrap_or_default().into();
        Ok(Call { method, to, headers, body })
    }

    fn token_call(&self) -> Result<Call, SendError> {
        match self.maker {
            Maker::WeCom { .. } => {
                let (id, secret) = (percent_encoded(&self.id), percent_encoded(&self.secret));
                let path = format!("/cgi-bin/gettoken?corpid={id}&corpsecret={secret}");
                self.call(Method::GET, &path, None)
            }
            Maker::WeChat { .. } => {
                let body = json!({
                    "grant_type": "client_credential", "appid": self.id, "secret": self.secret,
                    "force_refresh": false,
                });
                self.call(Method::POST, "/cgi-bin/stable_token", Some(&body))
            }
        }
    }

    /// By what its token is kept: another secret is another application.
    fn key(&self) -> Vec<u8> {
        let whole = format!("{}\n{}\n{}", self.base.origin(), self.id, self.secret);
        digest::digest(&digest::SHA256, whole.as_bytes()).as_ref().to_vec()
    }
}

impl Tokens {
    fn forget(&self, application: &Application) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&application.key());
    }

    async fn of(
        &self,
        application: &Application,
        outbound: &Outbound,
        now: i64,
    ) -> Result<String, SendError> {
        let key = application.key();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((token, _)) = known.filter(|(_, until)| now < *until) {
            return Ok(token);
        }
        // Nothing has been said to anybody yet, so whatever goes wrong here may be tried again.
        let later = |why: String| SendError::Later(why, None);
        let answer = outbound.send(application.token_call()?).await;
        let answer = answer.map_err(|error| match SendError::from(error) {
            SendError::Unsure(why) => later(why),
            other => other,
        })?;
        let said = said(&answer)?;
        let token = said.get("access_token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let Some(token) = token else {
            let code = code(&said).map_or_else(|| "no code".to_owned(), |code| format!("code {code}"));
            return Err(later(format!("no token: {code}")));
        };
        let seconds = said.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
        let until = now.saturating_add(seconds).saturating_sub(MARGIN_SECONDS);
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (_, until)| now < *until);
        tokens.insert(key, (token.to_owned(), until));
        Ok(token.to_owned())
    }
}

/// What an answer says of a message: whether it was taken; if not, another token may be asked for.
///
/// # Errors
/// [`SendError`], as far as the answer tells what to do next.
pub fn judge(answer: &Answer) -> Result<bool, SendError> {
    let said = said(answer)?;
    match code(&said) {
        Some(0) if names(&said, "invaliduser") || names(&said, "unlicenseduser") => {
            Err(SendError::Gone("the person is not in this application".to_owned()))
        }
        Some(0) => Ok(true),
        Some(code) if TOKEN.contains(&code) => Ok(false),
        Some(code) if GONE.contains(&code) => Err(SendError::Gone(format!("code {code}"))),
        Some(code) if NEVER.contains(&code) => Err(SendError::Never(format!("code {code}"))),
        // Too much at once (45009, 45011, 45033), a busy server (-1), or the application is not set up as it
        // should be (40013, 40056, 48002, 60020 …), which its administrator can mend.
        Some(code) => Err(SendError::Later(format!("code {code}"), None)),
        None => Err(SendError::Unsure("an answer without a code".to_owned())),
    }
}

/// JSON; a status other than success says nothing about the person.
fn said(answer: &Answer) -> Result<Value, SendError> {
    match answer.require_success() {
        Ok(()) => Ok(serde_json::from_slice(&answer.body).unwrap_or_default()),
        Err(SendError::Gone(why) | SendError::Never(why)) => Err(SendError::Later(why, None)),
        Err(other) => Err(other),
    }
}

fn code(said: &Value) -> Option<i64> {
    said.get("errcode")?.as_i64()
}

fn names(said: &Value, field: &str) -> bool {
    said.get(field).and_then(Value::as_str).is_some_and(|names| !names.is_empty())
}

/// A card that leads somewhere.
fn card(agent: i64, note: &Note<'_>) -> Value {
    json!({
        "touser": note.to, "msgtype": "textcard", "agentid": agent,
        "textcard": {
            "title": shortened(note.title, TITLE_BYTES_MAX),
            "description": shortened(note.text, WORDS_BYTES_MAX), "url": note.url,
        },
    })
}

/// A template with its fields.
fn filled(template: &str, fields: &[(String, String)], note: &Note<'_>) -> Value {
    let value = |name: &str| match name {
        "text" => note.text,
        "number" => note.number,
        "time" => note.time,
        "title" => note.title,
        _ => "",
    };
    let field = |(name, words): &(String, String)| {
        let most = VALUE_LETTERS_MAX.iter().find(|(kind, _)| is_of(name, kind));
        let most = most.map_or(OTHER_LETTERS_MAX, |(_, most)| *most);
        let words = fill(words, Style::Plain, |name| value(name).to_owned());
        let words: String = words.trim().chars().take(most).collect();
        // An empty value is refused.
        let words = if words.is_empty() { "—".to_owned() } else { words };
        (name.clone(), json!({ "value": words }))
    };
    let data: Map<String, Value> = fields.iter().map(field).collect();
    json!({
        "touser": note.to, "template_id": template, "url": note.url, "client_msg_id": note.id, "data": data,
    })
}

/// Whether a field is of a kind: `thing1` of `thing`.
fn is_of(name: &str, kind: &str) -> bool {
    name.strip_prefix(kind).is_some_and(|rest| rest.bytes().all(|c| c.is_ascii_digit()))
}

/// As much as is taken, whole letters only.
fn shortened(text: &str, bytes_max: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= bytes_max).last();
    text.get(..end.unwrap_or_default()).unwrap_or(text)
}
