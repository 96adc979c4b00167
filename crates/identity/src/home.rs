//! Where people at work say that they live, of their own accord: so that the auditors are told when they
//! read of their own neighbours. It is held against where others live by its blind index, and opened for its
//! owner alone.

use qige_db::{Asker, Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{PersonId, PlaceId, Refusal, TenantId};
use serde_json::json;

use crate::{BlindIndex, IndexKey, KeyClass, Purpose, Scope, Sealed, SealedColumn, Stamp, Vault, Wanted};

/// What the index is made for.
const INDEX: &str = "homes.place";

statements! {
    /// Said, or said anew.
    KEEP = "INSERT INTO homes (tenant, person, place, place_index, declared_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, person) DO UPDATE SET place = excluded.place,
            place_index = excluded.place_index, declared_at = excluded.declared_at";
    /// Taken back.
    ERASE = "DELETE FROM homes WHERE tenant = $1 AND person = $2";
    /// What somebody said.
    KEPT = "SELECT place, place_index FROM homes WHERE tenant = $1 AND person = $2";
    /// For which community somebody reports.
    REPORTS_FOR = "SELECT community FROM members
        WHERE tenant = $1 AND person = $2 AND community IS NOT NULL";
    /// Over what they consent: a community is where they live.
    CONSENTS_OVER = "SELECT DISTINCT scope FROM consents WHERE tenant = $1 AND subject = $2
        AND subject_kind = 'person' AND ended_at IS NULL";
    /// Homes, some at a time.
    HOMES = "SELECT person, place, place_index FROM homes WHERE tenant = $1 AND person > $2
        ORDER BY person LIMIT $3";
    /// A home as it is kept now; nothing happens where it was changed meanwhile.
    PUT_HOME = "UPDATE homes SET place = $4, place_index = $5
        WHERE tenant = $1 AND person = $2 AND place = $3";
}

/// Where people at work live.
pub static HOME_PLACE: SealedColumn = SealedColumn {
    class: KeyClass::Home,
    name: "homes.place",
    index: Some(INDEX),
    read: HOMES,
    put: PUT_HOME,
};

/// What is sealed, and what its index is made of. It names the person: the indexes of two who live in the
/// same place have nothing in common.
fn plain(person: PersonId, place: Scope) -> String {
    format!("{person} {place}")
}

/// A home as it is kept, and what it is held against.
#[derive(Clone, Debug)]
pub struct KeptHome {
    sealed: Sealed,
    index: BlindIndex,
}

impl Vault {
    /// Seals where somebody lives.
    ///
    /// # Errors
    /// `home-odd` where that is neither a community nor a grid; as [`Vault::seal`].
    pub async fn seal_home(
        &self,
        tenant: TenantId,
        person: PersonId,
        place: Scope,
    ) -> Result<KeptHome, Failure> {
        if !matches!(place, Scope::Community(_) | Scope::Grid(_)) {
            return Err(Refusal::invalid("place", "home-odd").into());
        }
        let plain = plain(person, place);
        let sealed = self.seal(HOME_PLACE.field(tenant, person.0), &plain).await?;
        Ok(KeptHome { sealed, index: self.index_key(tenant).await?.of(INDEX, &plain).now })
    }

    /// Where whoever asks said that they live.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub async fn own_home(&self, asker: Asker, stamp: Stamp) -> Result<Option<Scope>, Failure> {
        let Some(person) = asker.actor.person() else { return Ok(None) };
        let kept = self.db().read(asker, move |tx| Box::pin(async move { Ok(kept(tx, person).await?) }));
        let Some(KeptHome { sealed, .. }) = kept.await? else { return Ok(None) };
        let wanted = [Wanted { column: &HOME_PLACE, row: person.0, owner: person.0, sealed }];
        let opened = self.read(asker, Purpose::LookAfterAccount, stamp, &wanted).await?;
        let place = opened.first().and_then(|plain| plain.split_once(' '));
        Ok(place.and_then(|(_, place)| place.parse().ok()))
    }
}

async fn kept(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<KeptHome>, DbError> {
    let row: Option<(Sealed, BlindIndex)> = tx.optional(KEPT, params![tx.tenant(), person]).await?;
    Ok(row.map(|(sealed, index)| KeptHome { sealed, index }))
}

/// Somebody says where they live, or takes it back.
#[derive(Clone, Debug)]
pub struct DeclareHome {
    /// Who: whoever asks.
    pub person: PersonId,
    /// Where; nothing to take it back.
    pub home: Option<KeptHome>,
    /// When.
    pub stamp: Stamp,
}

impl Command for DeclareHome {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (tenant, person) = (tx.tenant(), self.person);
        match &self.home {
            Some(KeptHome { sealed, index }) => {
                tx.execute(KEEP, params![tenant, person, sealed, index, self.stamp.at]).await?;
            }
            None => erase(tx, person).await?,
        }
        let body = json!({ "declared": self.home.is_some() });
        self.stamp.note(tx, "person", person.0, "declare-home", &body).await?;
        Ok(())
    }
}

/// It goes with whoever leaves.
pub(crate) async fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), DbError> {
    tx.execute(ERASE, params![tx.tenant(), person]).await.map(drop)
}

/// Whether somebody said that they live in one of these places.
///
/// # Errors
/// [`DbError`].
pub async fn lives_in(
    tx: &mut Tx<'_>,
    key: &IndexKey,
    person: PersonId,
    places: &[Scope],
) -> Result<bool, DbError> {
    let Some(KeptHome { index, .. }) = kept(tx, person).await? else { return Ok(false) };
    Ok(places.iter().any(|place| {
        let wanted = key.of(INDEX, &plain(person, *place));
        index == wanted.now || index == wanted.before
    }))
}

/// Where a person lives, as far as it is known without opening anything: the community they report for, and
/// those over which they consent to something.
///
/// # Errors
/// [`DbError`].
pub async fn neighbourhood_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Scope>, DbError> {
    let tenant = tx.tenant();
    let reports: Option<(PlaceId,)> = tx.optional(REPORTS_FOR, params![tenant, person]).await?;
    let consents: Vec<(Scope,)> = tx.all(CONSENTS_OVER, params![tenant, person]).await?;
    let consents = consents.into_iter().map(|(scope,)| scope).filter(|scope| *scope != Scope::Tenant);
    Ok(reports.into_iter().map(|(community,)| Scope::Community(community)).chain(consents).collect())
}
