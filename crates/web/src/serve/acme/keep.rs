//! Sees to it that there is a certificate, and a new one in time.

use std::convert::Infallible;
use std::time::Duration;

use super::{Acme, order};
use crate::State;
use crate::metrics::CertificateTrouble;
use crate::serve::tls::Certificate;

/// How often is looked whether it is time: a machine that slept wakes up late.
const LOOK_MAX: Duration = Duration::from_secs(3_600);
/// Pause after the first try that failed. It doubles: the best-known authority lets five tries an hour fail.
const PAUSE: Duration = Duration::from_secs(300);
/// Pause at most.
const PAUSE_MAX: Duration = Duration::from_secs(6 * 3_600);

/// Works until it is dropped.
pub(crate) async fn keep(acme: &Acme, shown: &Certificate, state: &State) -> Infallible {
    let mut pause = PAUSE;
    loop {
        if let Some(left) = left(acme, shown, state) {
            pause = PAUSE;
            state.metrics().note_certificate_trouble(None);
            tokio::time::sleep(left.min(LOOK_MAX)).await;
            continue;
        }
        let reason = match order::fetch(acme, &state.settings().outbound, shown).await {
            Ok(()) => {
                shown.reload();
                if left(acme, shown, state).is_some() {
                    continue;
                }
                // Without a pause the authority would be asked again and again.
                "it would have to be renewed at once; is the clock of this machine right?".to_owned()
            }
            Err(error) => error.to_string(),
        };
        let (until, again) = (shown.term().map(|term| term.until), pause.as_secs());
        let ends = until.map(|until| until.to_string());
        tracing::error!(reason, until = ?ends, again, "no new certificate came; asked for again later");
        state.metrics().note_certificate_failure(CertificateTrouble { until, reason: Some(reason) });
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(PAUSE_MAX);
    }
}

/// How long the certificate is still to be used; none when one must be fetched now, because there is none, it
/// ends soon, or it is by another authority or for other names.
fn left(acme: &Acme, shown: &Certificate, state: &State) -> Option<Duration> {
    let ours = std::fs::read_to_string(acme.file()).is_ok_and(|text| text.starts_with(&acme.head()));
    let term = shown.term().filter(|_| ours)?;
    let micros = u64::try_from(term.due().since(state.app().now())).ok()?;
    (micros > 0).then(|| Duration::from_micros(micros))
}
