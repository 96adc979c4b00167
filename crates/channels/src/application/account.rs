//! Whose account it is that opens a page in the maker's own browser: asked by OAuth 2, so that nobody has to
//! know their `userid` or `openid`.
//!
//! - WeCom: <https://developer.work.weixin.qq.com/document/path/91022> (asking),
//!   <https://developer.work.weixin.qq.com/document/path/91023> (the account).
//! - WeChat: <https://developers.weixin.qq.com/doc/service/guide/h5/auth.html>.

use http::Method;
use serde_json::Value;

use super::{Application, Maker, TOKEN, Tokens, code, said};
use crate::template::percent_encoded;
use crate::{Destination, Outbound, SendError};

impl Application {
    /// Where a browser is sent that shall be recognised: it comes to `back` with a code and `state`, letters
    /// and digits, 128 of them at most. `page` is where the maker's own browser answers.
    #[must_use]
    pub fn asks_at(&self, page: &Destination, back: &str, state: &str) -> String {
        let (page, id, back) = (page.origin(), percent_encoded(&self.id), percent_encoded(back));
        let agent = match self.maker {
            Maker::WeCom { agent } => format!("&agentid={agent}"),
            Maker::WeChat { .. } => String::new(),
        };
        format!(
            "{page}/connect/oauth2/authorize?appid={id}&redirect_uri={back}&response_type=code\
             &scope=snsapi_base&state={state}{agent}#wechat_redirect"
        )
    }

    /// The account that a code was given for: `userid` or `openid`. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`SendError`]; never, where the code is used or old, or whoever it is has no account here.
    pub async fn account(
        &self,
        outbound: &Outbound,
        tokens: &Tokens,
        given: &str,
        now: i64,
    ) -> Result<String, SendError> {
        for _ in 0..2 {
            let path = self.account_path(outbound, tokens, given, now).await?;
            let answer = said(&outbound.send(self.call(Method::GET, &path, None)?).await?)?;
            // WeCom names those who are not of the company by `openid` too: they cannot be written to.
            let name = if self.is_wechat() { "openid" } else { "userid" };
            let account = answer.get(name).and_then(Value::as_str);
            match (account.filter(|account| !account.is_empty()), code(&answer)) {
                (Some(account), None | Some(0)) => return Ok(account.to_owned()),
                (_, Some(code)) if TOKEN.contains(&code) && !self.is_wechat() => tokens.forget(self),
                (_, Some(code)) if code != 0 => return Err(SendError::Never(format!("code {code}"))),
                _ => return Err(SendError::Never("not an account of this application".to_owned())),
            }
        }
        Err(SendError::Later("the token is not taken".to_owned(), None))
    }

    async fn account_path(
        &self,
        outbound: &Outbound,
        tokens: &Tokens,
        given: &str,
        now: i64,
    ) -> Result<String, SendError> {
        let given = percent_encoded(given);
        if self.is_wechat() {
            let (id, secret) = (percent_encoded(&self.id), percent_encoded(&self.secret));
            return Ok(format!(
                "/sns/oauth2/access_token?appid={id}&secret={secret}&code={given}\
                 &grant_type=authorization_code"
            ));
        }
        let token = percent_encoded(&tokens.of(self, outbound, now).await?);
        Ok(format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={given}"))
    }

    const fn is_wechat(&self) -> bool {
        matches!(self.maker, Maker::WeChat { .. })
    }
}
