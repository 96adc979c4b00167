//! Composition: everything the product runs on, put together once.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `settings.rs` | [`Settings`]: what whoever runs the server decides |
//! | `base_map.rs` | [`BaseMap`]: what lies under the grids on maps |
//! | `open.rs` | [`App::open`]: from an address of a database and a folder to something that runs |
//! | `rulebook.rs` | [`Rulebook`]: what a tenant's reports and cases are measured by, held until it changes |
//! | `keys.rs` | [`KeySource`]: where the master keys come from; what is sealed is brought under the newest |
//! | `providers.rs`, `providers/` | other services by which people sign in, and what they are asked |
//! | `reporting.rs` | a report on its way in: placed, given its code, taken |
//! | `retention.rs` | what is kept goes when its term is over: one job, a forecast |
//! | `rooted.rs` | whether the journal still comes to its roots, and these follow each other |
//! | `routing.rs` | routing rules change; the units and places that they speak of |
//! | `acting.rs` | a command on a case on its way in |
//! | `imports.rs` | files of places between being shown and being applied |
//! | `codes.rs` | a code to sign in with, on its way to somebody's phone |
//! | `covering.rs` | faces and plates on a stored picture are covered, and what it was erased |
//! | `documents.rs` | a file that is put beside a case: known by its content, stored, noted |
//! | `photos.rs` | a photo that came with a form: developed, stored, noted |
//! | `proofs.rs` | the signature or the scan that proves a consent: stored, to be noted with it |
//! | `reactions/` | what follows from an event: notices, what is erased |
//! | `under_lock.rs` | objects whose bytes are sealed, and bringing them under the newest key |
//! | `telling.rs`, `telling/` | notices on their way out: where a way leads, in which words, by which call |
//! | `verified.rs` | whether journals, cases, access log, points and the newest root hold |
//! | `worker.rs` | jobs and schedules, each with its handler |
//!
//! Never here: HTTP, HTML, the environment (the command line reads it), a rule of a capability.

mod acting;
mod base_map;
mod codes;
mod covering;
mod documents;
mod imports;
mod keys;
mod open;
mod photos;
mod proofs;
mod providers;
mod reactions;
mod reporting;
mod retention;
mod rooted;
mod routing;
mod rulebook;
mod settings;
mod telling;
mod under_lock;
mod verified;
mod worker;

use std::sync::{Arc, OnceLock};

use qige_blobs::{Darkroom, ObjectStore};
use qige_channels::Outbound;
use qige_channels::application::Tokens;
use qige_channels::push::PushKey;
use qige_db::Db;
use qige_identity::Vault;
use qige_kernel::{Clock, Entropy, Timestamp};
use qige_sync::Uploads;

pub use acting::Order;
pub use base_map::{BaseMap, BaseMapError, Ground, Outside};
pub use covering::CoverOrder;
pub use imports::HeldImport;
pub use keys::{KeySource, KeySourceError, KeysLost, SEALED, UnlockError};
pub use open::OpenError;
pub use photos::PhotoOf;
pub use providers::{CameBack, NamedProviders, Provider, ProviderError, Providers, ProvidersError};
pub use reactions::{LearnNow, MergeCommunity, MergedCommunity};
pub use reporting::Draft;
pub use retention::{FORECAST_DAYS, Forecast, forecast};
pub use rooted::{Rooted, root_file};
pub use routing::{ChangeRouting, RuleChange, routing_world};
pub use rulebook::{CASES_SETTING, Rulebook, Rulebooks, SUGGESTION_SETTING};
pub use settings::Settings;
pub use telling::{
    Allows, ApplicationOf, BRIEF_LETTERS_MAX, SENTENCE_LETTERS_MAX, Saying, Telling, WORDING_SETTING,
    WayAddress, Worded, Wording, Words,
};
pub use verified::Verified;
pub use worker::worker;

/// Everything the product runs on. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Where the bytes of photos are kept.
    pub store: ObjectStore,
    /// Where photos are prepared.
    pub darkroom: Darkroom,
    /// Files in pieces, on their way to the store.
    pub uploads: Uploads,
    /// What seals and opens sensitive fields.
    pub vault: Vault,
    /// What speaks to other hosts, and nothing else does.
    pub outbound: Outbound,
    /// What applications of WeCom and WeChat came in with.
    pub tokens: Tokens,
    /// Other services by which people sign in.
    pub providers: Providers,
    /// What puts notices into words; said by whoever has the texts.
    pub words: OnceLock<Words>,
    /// By what browsers know this server; made when it is first needed.
    pub push_key: OnceLock<PushKey>,
    /// What each tenant's reports and cases are measured by.
    pub rulebooks: Rulebooks,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids, salts and secrets come from.
    pub entropy: Entropy,
    /// What whoever runs the server decided.
    pub settings: Settings,
}

impl App {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
