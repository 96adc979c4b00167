//! A founded town and people with tokens.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use qige_app::{App, Settings};
use qige_cases::By;
use qige_db::Asker;
use qige_identity::{CredentialKind, IssueToken, Secret, Stamp, who_by_secret};
use qige_kernel::{Clock, CredentialId, Entropy, Timestamp};
use qige_sim::founding::{Cast, Part, found};
use qige_sim::town::Town as Map;

use super::{Run, SEED, said};

/// Riders of the published scheme, roughly.
const RIDERS: usize = 500;
/// How long a token holds: longer than any measurement.
const TOKEN_MICROS: i64 = 300 * Timestamp::DAY;
/// Commands on their way at once while something is prepared.
pub(super) const AT_ONCE: usize = 256;

/// A town of its own, in a database of its own.
pub(super) struct Town {
    pub(super) app: App,
    pub(super) cast: Cast,
    pub(super) url: String,
}

impl Town {
    /// Founds one; `name` names its database and folder.
    pub(super) async fn found(run: &Run<'_>, name: &str, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let url = run.scratch.database(name).await?;
        let settings = Settings::standard(run.scratch.folder_of(name)?);
        let app = App::open(&url, settings, clock, Entropy::seeded(SEED)).await.map_err(said)?;
        let cast = found(&app, &Map::parted(SEED, run.grid_parts), RIDERS).await.map_err(said)?;
        Ok(Self { app, cast, url })
    }

    /// So many tokens, shared out among these people.
    pub(super) async fn tokens(&self, people: &[Part], count: usize) -> Result<Vec<String>, String> {
        let secrets = people.iter().cycle().take(count).map(|part| self.token(part));
        let secrets: Vec<Secret> = stream::iter(secrets).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(secrets.iter().map(ToString::to_string).collect())
    }

    async fn token(&self, part: &Part) -> Result<Secret, String> {
        let (app, asker, now) = (&self.app, Asker::system(self.cast.tenant), self.app.now());
        let secret = Secret::draw(CredentialKind::Token, &app.entropy);
        let id: CredentialId = app.entropy.id(now);
        let stamp = Stamp::new(now, None, &app.entropy);
        let (person, digest, label) = (part.person, secret.digest(), "bench".to_owned());
        let expires_at = now.plus(TOKEN_MICROS);
        let issue = IssueToken { id, person, digest, label, expires_at, stamp };
        app.db.write(asker, issue).await.map_err(said)?;
        Ok(secret)
    }

    /// Somebody, let in by a token.
    pub(super) async fn by(&self, part: Option<&Part>) -> Result<By, String> {
        let secret = self.token(part.ok_or("the town lacks somebody")?).await?;
        let now = self.app.now();
        let found = self.app.db.read(Asker::system(self.cast.tenant), move |tx| {
            Box::pin(async move { Ok(who_by_secret(tx, &secret, now).await?) })
        });
        Ok(By::Person(found.await.map_err(said)?.ok_or("a token just given does not hold")?))
    }
}
