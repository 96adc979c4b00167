//! Who there is, what they may do, and how they prove it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `tenant.rs`, `tenant/` | the subdistricts, and what each has decided for itself |
//! | `role.rs` | [`Role`], [`Scope`], [`Grant`], [`Reach`]: what a person can be, and over what |
//! | `permissions.rs` | the one table of role and [`Permission`]; every endpoint names one |
//! | `who.rs` | [`Who`]: the person behind a request, and what that lets them do |
//! | `person.rs`, `person/` | people: added, changed, paused, gone; their preferences; the list |
//! | `name.rs`, `phone.rs` | what people are called, and their numbers |
//! | `sealed.rs` | [`Sealed`]: how sensitive fields are kept; [`BlindIndex`]: how they are found |
//! | `vault.rs`, `vault/` | [`Vault`]: the only way to seal and open them; the keys of tenants |
//! | `reading.rs`, `reading/` | what is sealed is read, and who read whose is noted, shown and looked at |
//! | `consent.rs`, `consent/` | to what somebody consents, and the one guard of what needs it |
//! | `four_eyes.rs`, `four_eyes/` | what another has to agree to |
//! | `member.rs`, `member/` | how somebody comes to report for the scheme, and goes |
//! | `grant.rs`, `grant/` | roles are given and taken back; the three powers stay apart |
//! | `secret.rs`, `credential.rs`, `credential/` | sessions, devices and tokens: one thing with kinds |
//! | `password.rs` | what is a good password, and its hash |
//! | `sign_in.rs`, `sign_in/`, `lockout.rs` | signing in, and how often one may be wrong |
//! | `passkey.rs`, `passkey/` | what a person's device signs with |
//! | `provider.rs`, `provider/` | signing in by another service (OpenID Connect) |
//! | `second_step.rs`, `second_step/` | the second step at sign-in: codes by time, recovery codes, who must |
//! | `set_up.rs` | the first administrators |
//! | `request_keys.rs` | requests that were already done |
//! | `stamp.rs` | when, in which role, and the chance that a journal line needs |
//! | `home.rs` | where people at work say that they live: held against whom they read of |
//! | `daily_root.rs` | what the journal came to, signed each day |
//! | `privacy.rs` | what the privacy notice says that only people know |
//! | `rights.rs` | what people ask for about their own data |
//! | `retention.rs` | how long what is kept, and the log of what went |
//! | `forget.rs` | letting go of what is of no use any more |
//!
//! Never here: a cookie or a header (the edge reads them), a decision whether somebody may ask for a command
//! (the edge names the permission), a password or a secret in clear in any table, journal line or log, a
//! record of where a person is or was.

mod consent;
mod credential;
mod daily_root;
mod forget;
mod four_eyes;
mod grant;
mod home;
pub mod lockout;
pub mod member;
mod name;
pub mod passkey;
pub mod password;
pub mod permissions;
mod person;
mod phone;
mod privacy;
pub mod provider;
mod reading;
pub mod request_keys;
mod retention;
mod rights;
mod role;
mod sealed;
mod second_step;
mod secret;
mod set_up;
mod sign_in;
mod stamp;
mod tenant;
mod vault;
mod who;

pub use consent::{
    CONSENT_GUARDIAN, CONSENT_TERM_DAYS, CONTACT_PHONE, CallBack, ConsentCount, ConsentEffect, ConsentFault,
    ConsentProof, ConsentRow, ConsentStanding, ConsentText, ConsentWords, Consented, EndRunOut, Ended,
    GiveConsent, GridMember, Guardian, LeaveNumber, NeedsConsent, PURPOSE_LETTERS_MAX, Points, PurposeKey,
    PurposeWords, Subject, WithdrawConsent, WriteConsentText, consent, consent_counts, consent_text,
    consent_texts, consented, consents_of, effects_of, erase_numbers, erase_old_consents,
    erase_old_guardians, in_need_of_renewal, number_to_call, old_consents, old_guardians, proofs, purposes,
    verify_consents,
};
pub use credential::{
    AdmitProgram, Credential, DEVICE_IDLE_MICROS, DEVICE_MICROS, Device, EndToken, IssueToken, RedrawSession,
    RegisterDevice, RevokeCredential, SESSIONS_MAX, SignOut, TOKEN_MICROS_MAX, TOUCH_MICROS, Token, Touch,
    credentials_of, device_by_secret, tokens, who_by_secret,
};
pub use daily_root::{
    Before, KeepRoot, KeptRoot, NoRootKey, RootFault, RootFile, RootKey, RootsKept, Seal, WrongRoot,
    newest_root, roots_kept, seals,
};
pub use forget::{CREDENTIAL_KEPT_MICROS, ForgetOld, Forgotten};
pub use four_eyes::{
    AnswerLook, AskLook, FOUR_EYES, FourEyes, LOOK_WORDS_MAX, LookFor, LookKind, SecondLook,
    erase_words_of_looks, may_export, second_look, second_looks, second_looks_of,
};
pub use grant::{
    COVER_MICROS_MAX, Colleague, CoverRow, EndCover, GiveCover, GrantRole, GrantRow, Holder, RevokeGrant,
    colleagues, covers_by, grants_of, hand_over, held_over, holders, holders_over, is_cover, may_be_covered,
};
pub use home::{DeclareHome, HOME_PLACE, KeptHome, lives_in, neighbourhood_of};
pub use name::{DisplayName, NAME_LETTERS_MAX, SignInName};
pub use password::{Password, PasswordHash};
pub use permissions::{Breadth, Permission};
pub use person::{
    AddPerson, ChangePerson, Circle, Density, ELDER_PIXELS, NewPerson, PEOPLE_ON_PAGE_MAX, PeopleFilter,
    Person, PersonState, SetPassword, SetPersonState, SetPreferences, forget_names, is_set_up,
    left_with_name, password_of, people, people_counts, person, person_name,
};
pub use phone::PhoneNumber;
pub use privacy::{PRIVACY, PrivacyFacts};
pub use qige_db::Unknown;
pub use reading::{
    Look, Purpose, READ_AGAIN_MICROS, READING_LIMITS, READINGS_ON_PAGE_MAX, ReadingFault, ReadingFilter,
    ReadingLimits, ReadingPlace, ReadingRow, Seen, Unusual, UnusualReading, Wanted, erase_old_readings,
    looks_at, looks_in_a_week, old_readings, readings, unusual_readings, verify_readings,
};
pub use retention::{
    KeptAction, KeptBounds, KeptClass, KeptRule, RETENTION, RETENTION_LOG_MAX, RetentionLine, RetentionRules,
    SetKeptRule, log_retention, retention_log, retention_rules,
};
pub use rights::{
    AnswerRight, AskRight, REQUESTS_ON_PAGE_MAX, RightKind, RightRow, erase_old_rights, old_rights, rights,
    rights_of,
};
pub use role::{Grant, Reach, Role, Scope, ScopeKind};
pub use sealed::{BlindIndex, Sealed};
pub use second_step::{
    BEGUN_MICROS, BeginSecondStep, EndSecondStep, RecoveryCode, RenewRecoveryCodes, SECOND_STEP,
    SECOND_STEP_SECRET, SecondStep, SecondStepRule, StepSecret, begun_second_step, confirm_second_step,
    second_step_of,
};
pub use secret::{CredentialKind, CsrfToken, Secret};
pub use set_up::{CreateFirstAdministrators, FirstAdministrator, SetUpToken};
pub use sign_in::{
    Address, Attempt, BROWSER_MICROS, BROWSER_SENDS, BROWSERS_MAX, CODE_MICROS, CODE_TRIES, CameBy, CodeAsk,
    CodeAttempt, DRAWN_MICROS, Entered, HALF_MICROS, HalfIn, NETWORK_SENDS, NUMBER_SENDS, PAIR_SENDS,
    RIDER_IDLE_MICROS, SEND_SPACING_MICROS, SESSION_MICROS, SESSION_TERMS, SIGN_INS_ON_PAGE_MAX,
    STAFF_IDLE_MICROS, SecondAttempt, SecondWay, SessionTerms, SignInPlace, SignInRow, SignInWay, SignedIn,
    TriedFrom, ask_code, confirm_password, forget_sign_ins, old_sign_ins, sign_in, sign_in_by_code,
    sign_in_second, sign_ins,
};
pub use stamp::Stamp;
pub use tenant::{
    ChangeTenant, CreateTenant, SetSetting, Tenant, TenantFacts, only_tenant, set_setting, setting,
    tenant_by_host, tenant_by_id, tenant_by_slug, tenants,
};
pub use vault::{
    Algorithm, FOLLOW_KEY, Field, FollowKey, IndexKey, KeptPhone, KeyClass, KeyRow, Lookup, MasterKeys,
    MasterKeysError, PEOPLE_PHONE, SEALED_HEAD_BYTES, SealedColumn, Vault, WAY_ADDRESS, holds_unsealed,
    keys_of,
};
pub use who::{Owed, Who};
