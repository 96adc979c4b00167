//! By what somebody comes in.

use qige_db::kebab;

kebab! {
    /// What was shown first.
    pub enum SignInWay {
        /// A password.
        Password = "password",
        /// A code that was sent to a phone.
        Message = "message",
        /// An account at another service.
        Service = "service",
        /// A passkey, which stands for both steps.
        Passkey = "passkey",
    }
}

kebab! {
    /// What was shown for the second step.
    pub enum SecondWay {
        /// A code of an authenticator.
        Code = "code",
        /// A recovery code.
        RecoveryCode = "recovery-code",
    }
}

/// Both together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) way: SignInWay,
    pub(crate) second: Option<SecondWay>,
}
