//! What may be said on the command line, and in the environment (12-factor: every setting has a variable).

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, value_parser};
use qige_identity::RootKey;

use crate::verify::KnownNight;

/// Qige 骑格: delivery riders as the eyes and hands of their neighbourhood.
#[derive(Parser)]
#[command(name = "qige", version, about)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) task: Task,
    /// Where the data are.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is written to the log, as in `warn,qige_web=debug`.
    #[arg(long, env = "QIGE_LOG", default_value = "info", global = true)]
    pub(crate) log: String,
    /// Write the log as lines of JSON.
    #[arg(long, env = "QIGE_LOG_JSON", global = true)]
    pub(crate) log_json: bool,
}

/// What every task needs to know.
#[derive(Args, Clone)]
pub(crate) struct Common {
    /// The database: `sqlite:path/to/file.db` or `postgres://user@host/database`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:data/qige.db", global = true)]
    pub(crate) database_url: String,
    /// Folder of photos, of uploads under way and, where no other is named, of the master keys.
    #[arg(long, env = "QIGE_DATA", default_value = "data", global = true)]
    pub(crate) data: PathBuf,
    /// The keys that lock the keys of sensitive fields.
    #[command(flatten)]
    pub(crate) keys: KeyOptions,
}

/// Where the master keys come from: the file `master.keys` in the data folder, unless one of these says
/// otherwise or the variable `QIGE_KEYS` holds them: what stands on a command line is seen by everybody on
/// the machine.
#[derive(Args, Clone)]
pub(crate) struct KeyOptions {
    /// A file of master keys: one a line, a name, a colon and 32 bytes in base64. The first one locks, all
    /// of them open.
    #[arg(long, env = "QIGE_KEY_FILE", global = true, conflicts_with = "key_command")]
    pub(crate) key_file: Option<PathBuf>,
    /// A command that prints them, for example one that asks a key store; run by `sh -c` at the start.
    #[arg(long, env = "QIGE_KEY_COMMAND", global = true)]
    pub(crate) key_command: Option<String>,
    /// By what new keys seal: `aes-256-gcm`, or `sm4-gcm` where national algorithms are asked for.
    #[arg(long, env = "QIGE_SEAL_WITH", default_value = "aes-256-gcm", global = true)]
    pub(crate) seal_with: String,
}

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Answer people and programs until told to stop.
    Serve(Box<Serve>),
    /// Make a demonstration in a folder of its own, say how to sign in, and serve it.
    Demo(Demo),
    /// Make a subdistrict and its administrators.
    Init(Init),
    /// Bring the database's schema up to date.
    Migrate,
    /// Check that no journal was tampered with and that the cases agree with theirs.
    Verify(Verify),
    /// Measure, and print what was seen. Only a release build says anything of use.
    Bench(Bench),
    /// Send a running server of your own as many reports as it takes, and print what was seen.
    Load(Load),
}

/// How a server listens and what it says of itself.
#[derive(Args, Clone)]
pub(crate) struct Serve {
    /// Where to listen for plain HTTP; empty: nowhere.
    #[arg(long, env = "QIGE_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,
    /// Where to listen for HTTPS.
    #[arg(long, env = "QIGE_LISTEN_TLS")]
    pub(crate) listen_tls: Option<SocketAddr>,
    /// The certificate chain, PEM.
    #[arg(long, env = "QIGE_TLS_CERTIFICATE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, env = "QIGE_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Who gives the certificate where no files do.
    #[command(flatten)]
    pub(crate) acme: AcmeOptions,
    /// The address that people type, without a slash at the end.
    #[arg(long, env = "QIGE_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// How many proxies of yours stand in front and append to `X-Forwarded-For`.
    #[arg(long, env = "QIGE_TRUSTED_HOPS", default_value_t = 0)]
    pub(crate) trusted_hops: u8,
    /// What a connection may take.
    #[command(flatten)]
    pub(crate) connections: ConnectionOptions,
    /// What lies under the grids on maps.
    #[command(flatten)]
    pub(crate) base_map: BaseMapOptions,
    /// What this server says to other hosts.
    #[command(flatten)]
    pub(crate) outgoing: OutgoingOptions,
    /// Answer `/metrics` for Prometheus.
    #[arg(long, env = "QIGE_METRICS")]
    pub(crate) metrics: bool,
    /// A workshop: templates from disk, `/dev` pages.
    #[arg(long, env = "QIGE_DEV")]
    pub(crate) dev: bool,
    /// Do no jobs in this process: another one does.
    #[arg(long, env = "QIGE_NO_WORKER")]
    pub(crate) no_worker: bool,
}

/// What a connection may take before it is given up.
#[derive(Args, Clone)]
pub(crate) struct ConnectionOptions {
    /// Connections from one address at once; 0: no limit. Behind a proxy of yours (`--trusted-hops`) it does
    /// not hold for this machine and private networks; where the proxy stands elsewhere, say 0 here.
    #[arg(long, env = "QIGE_CONNECTIONS_PER_ADDRESS", default_value_t = 512)]
    pub(crate) connections_per_address: usize,
    /// Seconds for a TLS handshake.
    #[arg(long, env = "QIGE_HANDSHAKE_SECONDS", default_value_t = 10, value_parser = seconds())]
    pub(crate) handshake_seconds: u64,
    /// Seconds from there to the end of the first request's headers.
    #[arg(long, env = "QIGE_HEADER_SECONDS", default_value_t = 15, value_parser = seconds())]
    pub(crate) header_seconds: u64,
    /// Seconds between an answer and the headers of the next request.
    #[arg(long, env = "QIGE_IDLE_SECONDS", default_value_t = 75, value_parser = seconds())]
    pub(crate) idle_seconds: u64,
    /// Seconds in which nothing of an answer is taken.
    #[arg(long, env = "QIGE_STALLED_SECONDS", default_value_t = 60, value_parser = seconds())]
    pub(crate) stalled_seconds: u64,
    /// Seconds of silence after which whoever speaks HTTP/2 is asked whether they are there, and for the
    /// answer.
    #[arg(long, env = "QIGE_PING_SECONDS", default_value_t = 30, value_parser = seconds())]
    pub(crate) ping_seconds: u64,
}

/// A second at least, an hour at most: less cuts off everybody, more waits for nobody.
fn seconds() -> RangedU64ValueParser<u64> {
    value_parser!(u64).range(1..=3_600)
}

/// A certificate by ACME (RFC 8555), from Let's Encrypt unless another authority is named. It comes to port
/// 443 of each name to make sure of it (tls-alpn-01).
#[derive(Args, Clone)]
pub(crate) struct AcmeOptions {
    /// The names in the certificate, with commas between them; the first one is the address that people type.
    #[arg(long, env = "QIGE_ACME_DOMAIN", value_delimiter = ',')]
    pub(crate) acme_domain: Vec<String>,
    /// Mail addresses to which the authority may write, with commas between them.
    #[arg(long, env = "QIGE_ACME_CONTACT", value_delimiter = ',')]
    pub(crate) acme_contact: Vec<String>,
    /// Where the authority's interface begins.
    #[arg(
        long,
        env = "QIGE_ACME_DIRECTORY",
        default_value = "https://acme-v02.api.letsencrypt.org/directory"
    )]
    pub(crate) acme_directory: String,
    /// Where the account and the certificate with its key are kept; `acme` in the data folder by itself.
    #[arg(long, env = "QIGE_ACME_FOLDER")]
    pub(crate) acme_folder: Option<PathBuf>,
    /// The authority's terms were read and are agreed to.
    #[arg(long, env = "QIGE_ACME_AGREE")]
    pub(crate) acme_agree: bool,
    /// The root of a private authority, PEM, that alone is trusted when it is spoken to.
    #[arg(long, env = "QIGE_ACME_ROOT")]
    pub(crate) acme_root: Option<PathBuf>,
}

/// What lies under the grids on maps: plain ground, unless one of these names something.
#[derive(Args, Clone)]
pub(crate) struct BaseMapOptions {
    /// Where map tiles come from: an address with `{z}`, `{x}` and `{y}`, in WGS-84 or CGCS2000. Browsers ask
    /// that host, and no other.
    #[arg(long, env = "QIGE_TILE_TEMPLATE", conflicts_with = "pmtiles")]
    pub(crate) tile_template: Option<String>,
    /// A PMTiles archive (version 3) as base map: a file on this machine, which is served from here, or an
    /// address.
    #[arg(long, env = "QIGE_PMTILES")]
    pub(crate) pmtiles: Option<String>,
    /// Whose map it is, in words that stand on it.
    #[arg(long, env = "QIGE_MAP_ATTRIBUTION")]
    pub(crate) map_attribution: Option<String>,
}

/// What this server says to other hosts: nothing, unless these or the pages of administrators name some.
#[derive(Args, Clone)]
pub(crate) struct OutgoingOptions {
    /// Hosts and networks of your own that may be spoken to, with commas between them: `sms.intranet`,
    /// `10.1.0.0/16`. Without it, only addresses that anybody on the internet may reach.
    #[arg(long, env = "QIGE_OUTBOUND_ALLOW", default_value = "")]
    pub(crate) outbound_allow: String,
    /// A file with other services by which people sign in (OpenID Connect): a list in JSON, as the guide
    /// describes it.
    #[arg(long, env = "QIGE_PROVIDERS")]
    pub(crate) providers: Option<PathBuf>,
    /// The server that takes mail: `smtps://host`, or `smtp://host?tls=required`. User and password stand in
    /// `QIGE_SMTP_USER` and `QIGE_SMTP_PASSWORD`, or in the address.
    #[arg(long, env = "QIGE_SMTP_URL", default_value = "")]
    pub(crate) smtp_url: String,
    /// From whom mail comes: `Qige <qige@example.org>`.
    #[arg(long, env = "QIGE_MAIL_FROM", default_value = "")]
    pub(crate) mail_from: String,
    /// How short messages leave: `console:` or `file:path` for trying out, or the address of a gateway.
    /// `{phone}`, `{e164}`, `{text}`, `{code}`, `{link}`, `{id}`, `{template}` and `{secret}` are filled in
    /// here, in headers and in the body; `{secret}` is what `QIGE_SMS_SECRET` holds.
    #[arg(long, env = "QIGE_SMS_GATEWAY", default_value = "")]
    pub(crate) sms_gateway: String,
    /// The method of the call.
    #[arg(long, env = "QIGE_SMS_METHOD", default_value = "POST")]
    pub(crate) sms_method: String,
    /// `Name: value`; several times, or on several lines of the variable.
    #[arg(long, env = "QIGE_SMS_HEADERS", value_delimiter = '\n')]
    pub(crate) sms_header: Vec<String>,
    /// What is sent. Values are written as `Content-Type` asks: into JSON, or into a form.
    #[arg(long, env = "QIGE_SMS_BODY", default_value = "")]
    pub(crate) sms_body: String,
    /// The gateway's own templates: `sign-in=SMS_1,notice=SMS_2`.
    #[arg(long, env = "QIGE_SMS_TEMPLATES", value_delimiter = ',')]
    pub(crate) sms_template: Vec<String>,
    /// Which answer means success besides the status: `/code=0` (a place in JSON) or `text:ok`.
    #[arg(long, env = "QIGE_SMS_SUCCESS", default_value = "")]
    pub(crate) sms_success: String,
}

/// How a demonstration is made.
#[derive(Args, Clone)]
pub(crate) struct Demo {
    /// Its folder, with database and photos in it whatever the other options say. What is there is served
    /// again as it was left.
    #[arg(long, default_value = "demo")]
    pub(crate) folder: PathBuf,
    /// The same seed makes the same town.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Port for HTTP; the next one is for HTTPS. 0: any that is free.
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Days of life before now.
    #[arg(long, default_value_t = 60)]
    pub(crate) days: u32,
    /// Three days of life and a few riders instead: for tests and a first look.
    #[arg(long)]
    pub(crate) fast: bool,
    /// Say where to look and how to sign in as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Make it and end, without serving.
    #[arg(long)]
    pub(crate) only_make: bool,
    /// A workshop: templates from disk, `/dev` pages.
    #[arg(long)]
    pub(crate) dev: bool,
    /// A file with other services by which people sign in; see `serve`.
    #[arg(long, env = "QIGE_PROVIDERS")]
    pub(crate) providers: Option<PathBuf>,
    /// Make it anew, throwing away what is there.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// What lies under the grids on maps.
    #[command(flatten)]
    pub(crate) base_map: BaseMapOptions,
}

/// A subdistrict and its administrators.
#[derive(Args, Clone)]
pub(crate) struct Init {
    /// Name of the subdistrict, for example 牛山街道.
    #[arg(long)]
    pub(crate) name: String,
    /// Its division code, nine digits.
    #[arg(long)]
    pub(crate) code: Option<String>,
    /// What stands for it in addresses: letters, digits and hyphens.
    #[arg(long, default_value = "main")]
    pub(crate) slug: String,
}

/// What the journals are held against besides themselves.
#[derive(Args, Clone)]
pub(crate) struct Verify {
    /// A root that was kept outside, as it is made each night in the folder `roots`; may be given several
    /// times.
    #[arg(long)]
    pub(crate) root: Vec<PathBuf>,
    /// By which key roots are signed, as it stands in a root that was kept outside; may be given several
    /// times. Without it, by a key that is in the database, locked under the master key.
    #[arg(long)]
    pub(crate) root_key: Vec<RootKey>,
    /// A night that is known not to have held, or whose root is known to be lost, as `SUBDISTRICT/NUMBER`;
    /// it is still named and not counted. May be given several times.
    #[arg(long, value_parser = KnownNight::read)]
    pub(crate) known: Vec<KnownNight>,
}

/// What is measured.
#[derive(Args, Clone)]
pub(crate) struct Bench {
    /// The engine: `sqlite` or the URL of a PostgreSQL server whose role may create databases.
    #[arg(long, env = "QIGE_BENCH_DATABASE", default_value = "sqlite")]
    pub(crate) database: String,
    /// Folder for what is made while measuring; it is emptied afterwards. The disk matters.
    #[arg(long, default_value = "target/bench")]
    pub(crate) folder: PathBuf,
    /// Seconds for each figure that is measured over time.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Cases for the lists and the map.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) cases: usize,
    /// Part each of the 192 grids into so many by so many: 4 makes 3,072.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) grid_parts: u8,
    /// Which parts, by letter; none: all.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<char>,
    /// Leave what was made, to be looked at by hand or measured again.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Measure the lists over what an earlier run kept: its `lists.json`.
    #[arg(long)]
    pub(crate) again: Option<PathBuf>,
    /// Also measure the cost of a report at 1,000 to 1,000,000 cases.
    #[arg(long)]
    pub(crate) growth: bool,
    /// Serve the bare handler that reports are held against; started by the measurement itself.
    #[arg(long, hide = true, requires = "bare_rows")]
    pub(crate) bare: Option<SocketAddr>,
    /// Where the bare handler's rows go.
    #[arg(long, hide = true)]
    pub(crate) bare_rows: Option<String>,
    /// On SQLite the bare handler writes through the product's own writer.
    #[arg(long, hide = true)]
    pub(crate) bare_through_writer: bool,
}

/// Who reports, where to, and how much. Every report is a case for the dispatchers there: for demonstrations
/// and servers that nobody works with yet.
#[derive(Args, Clone)]
pub(crate) struct Load {
    /// The server: `http://127.0.0.1:8080`.
    #[arg(long)]
    pub(crate) url: String,
    /// A token by which reports are sent; with commas between several.
    #[arg(long, env = "QIGE_LOAD_TOKENS", value_delimiter = ',', hide_env_values = true)]
    pub(crate) token: Vec<String>,
    /// Riders who sign in and report, by phone number or name; with commas between several.
    #[arg(long, value_delimiter = ',')]
    pub(crate) rider: Vec<String>,
    /// Their password; without it, that of demonstrations.
    #[arg(long, env = "QIGE_LOAD_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Connections open at once.
    #[arg(long, default_value_t = 32)]
    pub(crate) connections: usize,
    /// For how long it sends.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Seed of what is reported: that of the demonstration, so that it lies in its grids.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The server is on another machine, and it is yours. A load on somebody else's is an attack: without
    /// this only this machine itself is taken.
    #[arg(long)]
    pub(crate) i_run_this_server: bool,
}
