//! A code to sign in with, on its way to somebody's phone.

use qige_channels::sms::Message;
use qige_db::Failure;
use qige_identity::{CodeAsk, ask_code};
use qige_kernel::{Refusal, RefusalKind};
use uuid::Uuid;

use crate::App;

impl App {
    /// Takes a wish for a code and sends it, where somebody has the number. `text` makes the message of the
    /// code. The message leaves after the answer: how long that takes says nothing about who has an account.
    ///
    /// # Errors
    /// As [`ask_code`]; refused as `codes-off` where no gateway is set up.
    pub async fn send_code(&self, ask: CodeAsk, text: impl FnOnce(&str) -> String) -> Result<(), Failure> {
        if !self.settings.sms.is_on() {
            return Err(Refusal::new(RefusalKind::Missing, "codes-off").into());
        }
        let (phone, id): (_, Uuid) = (ask.phone.clone(), self.entropy.id(ask.at));
        let Some(code) = ask_code(&self.vault, ask, &self.entropy).await? else { return Ok(()) };
        let (app, text) = (self.clone(), text(&code));
        tokio::spawn(async move {
            let (to, id) = (phone.as_str(), id.to_string());
            let message =
                Message { to, kind: "sign-in", text: &text, code: Some(&code), link: None, id: &id };
            // Whoever waits for it asks again; a code is no use to anybody an hour later.
            if let Err(error) = app.settings.sms.send(&app.outbound, &message).await {
                tracing::error!(%error, "a code to sign in did not leave");
            }
        });
        Ok(())
    }
}
