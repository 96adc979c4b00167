//! Why a message did not leave, whichever way it was to go.

use http::header;

use crate::{Answer, OutboundError};

/// Why a message did not leave. Its words hold no address, number or secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The same may be taken later; where the other side said so, after so many seconds.
    #[error("later: {0}")]
    Later(String, Option<u32>),
    /// It may have arrived, and nobody said so.
    #[error("perhaps: {0}")]
    Unsure(String),
    /// It is not taken, now or later.
    #[error("refused: {0}")]
    Never(String),
    /// There is nobody at this address any more.
    #[error("gone: {0}")]
    Gone(String),
}

impl From<OutboundError> for SendError {
    fn from(error: OutboundError) -> Self {
        let words = error.to_string();
        match error {
            OutboundError::Slow(_) | OutboundError::Broken(..) => Self::Unsure(words),
            OutboundError::Unknown(..) | OutboundError::Unreachable(..) => Self::Later(words, None),
            // Whoever named the host need not learn what it stands for in here.
            OutboundError::Forbidden { .. } => Self::Never("the address is not one to speak to".to_owned()),
            OutboundError::InClear(_) | OutboundError::TooLarge => Self::Never(words),
        }
    }
}

impl Answer {
    /// A status of success; else what it means for the message.
    pub(crate) fn require_success(&self) -> Result<(), SendError> {
        let words = format!("status {}", self.status.as_u16());
        match self.status.as_u16() {
            200..=299 => Ok(()),
            404 | 410 => Err(SendError::Gone(words)),
            408 | 425 | 429 | 500.. => Err(SendError::Later(words, self.retry_after())),
            _ => Err(SendError::Never(words)),
        }
    }

    /// RFC 9110 §10.2.3, in seconds; the other form, a date, nobody sends to programs.
    fn retry_after(&self) -> Option<u32> {
        self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
    }
}
