//! Everything the server runs on, shared by all requests.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use qige_app::{App, Settings};
use qige_db::{Asker, Db, Failure};
use qige_identity::{SetUpToken, Tenant, only_tenant, tenant_by_host};
use qige_kernel::{TenantId, Timestamp};
use tokio::sync::watch;
use uuid::Uuid;

use crate::assets::Assets;
use crate::cookies::Signer;
use crate::edge::Known;
use crate::limits::Limits;
use crate::locale::Texts;
use crate::metrics::Metrics;
use crate::security::Security;
use crate::sheet::Turns;
use crate::templates::Templates;

/// How long a tenant looked up by its host is believed: a new name or zone shows within this time.
const TENANT_MICROS: i64 = 5 * Timestamp::SECOND;
/// Hosts remembered at most: a caller can make any up.
const HOSTS_MAX: usize = 256;

/// Everything the server runs on. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    app: App,
    texts: Arc<Texts>,
    templates: Templates,
    assets: Assets,
    limits: Limits,
    files: Turns,
    known: Known,
    security: Security,
    metrics: Metrics,
    signer: Signer,
    setup_token: SetUpToken,
    set_up: AtomicBool,
    tenants: RwLock<HashMap<String, (Timestamp, Option<Tenant>)>>,
    stop: watch::Sender<bool>,
}

impl State {
    /// Loads texts and templates, and draws the secrets of this run.
    #[must_use]
    pub fn new(app: App) -> Self {
        let workshop = app.settings.dev;
        let (texts, faults) = Texts::load();
        for fault in faults {
            tracing::error!(fault, "a text file has a fault");
        }
        let (texts, assets) = (Arc::new(texts), Assets::load(workshop));
        // Said once for each application; a second state over it says the same.
        let _said = app.words.set(crate::channels::words(texts.clone()));
        Self(Arc::new(Inner {
            templates: Templates::load(&texts, assets.clone(), workshop),
            texts,
            assets,
            limits: Limits::default(),
            files: Turns::default(),
            known: Known::new(&app.db),
            security: Security::new(&app.settings),
            metrics: Metrics::default(),
            signer: Signer::new(app.entropy.bytes()),
            setup_token: SetUpToken::draw(&app.entropy),
            set_up: AtomicBool::new(false),
            tenants: RwLock::default(),
            stop: watch::Sender::new(false),
            app,
        }))
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Whose files are being made.
    pub(crate) fn files(&self) -> &Turns {
        &self.0.files
    }

    /// What whoever runs the server decided.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.app.settings
    }

    /// The texts of every language.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// Where scripts and styles lie.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// The figures of this process.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.0.templates
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn security(&self) -> &Security {
        &self.0.security
    }

    pub(crate) fn known(&self) -> &Known {
        &self.0.known
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// The code that whoever starts the server reads, and whoever sets the subdistrict up must type.
    #[must_use]
    pub fn setup_token(&self) -> &SetUpToken {
        &self.0.setup_token
    }

    /// Whether the subdistrict has been set up, as far as is known: see [`State::look_whether_set_up`].
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.0.set_up.load(Ordering::Acquire)
    }

    /// Looks whether there are people. Once there are, nobody looks again.
    ///
    /// # Errors
    /// When the database cannot say.
    pub async fn look_whether_set_up(&self) -> Result<bool, Failure> {
        if !self.is_set_up() {
            let found = crate::setup::has_people(&self.0.app.db).await?;
            self.0.set_up.fetch_or(found, Ordering::AcqRel);
        }
        Ok(self.is_set_up())
    }

    /// The tenant that a host name (lower case, no port) stands for: the one of that name, else the only one.
    ///
    /// # Errors
    /// When the database cannot say.
    pub(crate) async fn tenant(&self, host: &str, now: Timestamp) -> Result<Option<Tenant>, Failure> {
        {
            let known = self.0.tenants.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, Some(tenant))) = known.get(host)
                && (0..TENANT_MICROS).contains(&now.since(*at))
            {
                return Ok(Some(tenant.clone()));
            }
        }
        let found = tenant_of_host(&self.0.app.db, host.to_owned()).await?;
        let mut known = self.0.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HOSTS_MAX {
            known.clear();
        }
        known.insert(host.to_owned(), (now, found.clone()));
        Ok(found)
    }

    /// Tells those who listen for changes that the server stops.
    pub(crate) fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Over when the server stops.
    pub(crate) async fn stopping(&self) {
        // An error would mean that the state is gone, which is stopped too.
        let mut stop = self.0.stop.subscribe();
        let _stopped = stop.wait_for(|stopped| *stopped).await;
    }

    pub(crate) fn forget_tenants(&self) {
        self.0.tenants.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Tenants stand in no tenant; a look at them is the product's own.
pub(crate) const NO_TENANT: Asker = Asker::system(TenantId(Uuid::nil()));

async fn tenant_of_host(db: &Db, host: String) -> Result<Option<Tenant>, Failure> {
    db.read(NO_TENANT, move |tx| {
        Box::pin(async move {
            match tenant_by_host(tx, &host).await? {
                Some(tenant) => Ok(Some(tenant)),
                None => Ok(only_tenant(tx).await?),
            }
        })
    })
    .await
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}
