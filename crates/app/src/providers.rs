//! Other services by which people sign in (OpenID Connect Core 1.0, Discovery 1.0), as whoever runs the
//! server names them.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `named.rs` | [`Provider`]: one service, as it is named in a file |
//! | `asked.rs` | what a service is asked: where to send people, and who came back |

mod asked;
mod named;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use qige_channels::{Allowed, Outbound};
use qige_kernel::Timestamp;

use asked::Endpoints;
pub use asked::{CameBack, ProviderError};
pub use named::{NamedProviders, Provider, ProvidersError};

/// How long what a service says of itself is believed, microseconds.
const ENDPOINTS_MICROS: i64 = Timestamp::HOUR;

/// The services, and what they said of themselves.
pub struct Providers {
    named: NamedProviders,
    outbound: Outbound,
    endpoints: Mutex<HashMap<String, (Timestamp, Endpoints)>>,
}

impl Providers {
    /// Their hosts may be spoken to: whoever names a service means it.
    pub(crate) fn new(named: NamedProviders, allowed: Allowed) -> Self {
        let outbound = Outbound::new(named.hosts().fold(allowed, Allowed::and));
        Self { named, outbound, endpoints: Mutex::default() }
    }

    /// Those of one tenant, in the order in which they are named.
    pub fn of<'a>(&'a self, tenant: &'a str) -> impl Iterator<Item = &'a Provider> {
        self.named.all().filter(move |one| one.tenant.as_deref().is_none_or(|only| only == tenant))
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, tenant: &str, name: &str) -> Option<&Provider> {
        self.named
            .all()
            .find(|one| one.name == name && one.tenant.as_deref().is_none_or(|only| only == tenant))
    }

    fn remembered(&self, provider: &Provider, now: Timestamp) -> Option<Endpoints> {
        let known = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, endpoints) = known.get(&provider.name)?;
        (0..ENDPOINTS_MICROS).contains(&now.since(*at)).then(|| endpoints.clone())
    }

    fn remember(&self, provider: &Provider, endpoints: &Endpoints, now: Timestamp) {
        let mut known = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(provider.name.clone(), (now, endpoints.clone()));
    }
}
