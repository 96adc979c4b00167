//! What whoever runs the server decides, read once by the command line.

use std::path::PathBuf;

use qige_channels::Allowed;
use qige_channels::mail::Post;
use qige_channels::sms::Gateway;
use qige_identity::Algorithm;

use crate::{BaseMap, KeySource, NamedProviders};

/// Settings of one running server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people type, without a slash at the end: `https://qige.example.org`. Links in notices and
    /// codes to scan begin with it.
    pub public_url: String,
    /// A workshop: templates and styles are read from disk, `/dev/…` pages are there, missing texts are
    /// errors.
    pub dev: bool,
    /// How many proxies of ours stand in front and append to `X-Forwarded-For`.
    pub trusted_hops: u8,
    /// What lies under the grids on maps.
    pub base_map: BaseMap,
    /// Where files are kept: photos, uploads under way.
    pub data_folder: PathBuf,
    /// Where the master keys come from.
    pub master_keys: KeySource,
    /// By what new keys seal.
    pub algorithm: Algorithm,
    /// Whether `/metrics` answers.
    pub metrics: bool,
    /// What may be spoken to besides public addresses.
    pub outbound: Allowed,
    /// How short messages leave.
    pub sms: Gateway,
    /// Other services by which people sign in.
    pub providers: NamedProviders,
    /// How mail leaves; none: not at all.
    pub post: Option<Post>,
}

impl Settings {
    /// Everything as it is when nobody says anything.
    #[must_use]
    pub fn standard(data_folder: PathBuf) -> Self {
        Self {
            public_url: "http://localhost:8080".to_owned(),
            dev: false,
            trusted_hops: 0,
            base_map: BaseMap::default(),
            data_folder,
            master_keys: KeySource::DataFolder,
            algorithm: Algorithm::Aes256Gcm,
            metrics: false,
            outbound: Allowed::default(),
            sms: Gateway::Off,
            providers: NamedProviders::default(),
            post: None,
        }
    }
}
