//! The town as it is on the morning of its first day: a subdistrict, its communities, villages and grids, its
//! units, and everybody who has a part in it. Done by the product's own commands, as an administrator would.

mod members;
mod rules;
mod trust;

use futures_util::future::try_join_all;
use qige_app::App;
use qige_db::{Asker, DbError, Failure};
use qige_identity::{
    AddPerson, CreateTenant, Grant, GrantRole, NewPerson, Password, PasswordHash, Role, Scope, Stamp,
    TenantFacts, password,
};
use qige_kernel::{Datum, PersonId, PlaceId, TenantId, UnitId};
use qige_places::import::{ApplyImport, ImportOptions, Layer, preview, read};
use qige_places::units::{CreateUnit, UnitFacts, UnitKind};
use qige_places::{Edit, PlaceKind, divisions, store};
use serde_json::Value;

use crate::plan::units;
use crate::town::{SUBDISTRICT, SUBDISTRICT_NAME, Town};

/// The published divisions of the county.
const DIVISIONS: &str = include_str!("../../places/data/donghai-divisions.csv");
/// What everybody who can sign in signs in with. A demonstration is not a secret; a real subdistrict draws
/// its own.
pub const PASSWORD: &str = "qige-demo-2026";
/// The first of the telephone numbers, all of them made up.
const PHONES_FROM: u64 = 13_900_000_000;
/// Dispatchers, who take turns.
const DISPATCHERS: usize = 4;
/// Supervisors.
const SUPERVISORS: usize = 2;

/// Somebody who has a part in the town.
#[derive(Clone, Debug)]
pub struct Part {
    /// Who.
    pub person: PersonId,
    /// What others call them: role and number, never a real name.
    pub name: String,
    /// By which they sign in.
    pub phone: String,
    /// What they are.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// A unit with those who work in it.
#[derive(Clone, Debug)]
pub struct Crew {
    /// As in the plan.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Which unit.
    pub unit: UnitId,
    /// Who handles.
    pub handler: Part,
    /// Who leads it.
    pub lead: Part,
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Whose town.
    pub tenant: TenantId,
    /// Riders, by number.
    pub riders: Vec<Part>,
    /// Grid workers, one for each community and village, with where they work.
    pub grid_workers: Vec<Part>,
    /// Dispatchers.
    pub dispatchers: Vec<Part>,
    /// Supervisors.
    pub supervisors: Vec<Part>,
    /// Units, in the order of the plan.
    pub crews: Vec<Crew>,
    /// The three powers: tenant administrator, security administrator, auditor.
    pub powers: Vec<Part>,
}

/// Founds the town with so many riders.
///
/// # Errors
/// [`Failure`]; nothing is expected to be refused in an empty database.
pub async fn found(app: &App, town: &Town, riders: usize) -> Result<Cast, Failure> {
    let now = app.now();
    let tenant: TenantId = app.entropy.id(now);
    let asker = Asker::system(tenant);
    let facts = TenantFacts {
        name: SUBDISTRICT_NAME.parse()?,
        code: Some(SUBDISTRICT.to_owned()),
        zone: "Asia/Shanghai".to_owned(),
        locale: "zh-Hans".to_owned(),
        host: None,
    };
    let stamp = Stamp::new(now, None, &app.entropy);
    app.db.write(asker, CreateTenant { id: tenant, slug: "niushan".to_owned(), facts, stamp }).await?;
    draw_map(app, asker, town).await?;
    let communities = communities(app, asker).await?;
    let hash = password::hash(&Password::typed(PASSWORD), &app.entropy).await?;
    let mut hiring = Hiring { app, asker, hash, hired: 0, waiting: Vec::new() };
    let powers =
        [(Role::TenantAdmin, "系统管理员"), (Role::SecurityAdmin, "安全管理员"), (Role::Auditor, "审计员")];
    let powers = powers.map(|(role, name)| hiring.part(name.to_owned(), role, Scope::Tenant)).to_vec();
    let dispatchers = hiring.many(DISPATCHERS, "坐席", Role::Dispatcher);
    let supervisors = hiring.many(SUPERVISORS, "值班长", Role::Supervisor);
    let crews = crews(&mut hiring).await?;
    let grid_workers = (1..)
        .zip(communities)
        .map(|(n, place)| hiring.part(format!("网格员 {n:03}"), Role::GridWorker, Scope::Community(place)))
        .collect::<Vec<Part>>();
    let riders = hiring.many(riders, "骑手", Role::Rider);
    hiring.finish().await?;
    if let Some(worker) = grid_workers.first() {
        members::on_their_way(&mut hiring, worker).await?;
    }
    rules::write_down(app, asker, &crews).await?;
    trust::write_down(app, asker, &riders).await?;
    Ok(Cast { tenant, riders, grid_workers, dispatchers, supervisors, crews, powers })
}

/// Communities, villages and grids: first the published list, then what is drawn.
async fn draw_map(app: &App, asker: Asker, town: &Town) -> Result<(), Failure> {
    let now = app.now();
    let edit = || Edit::new(now, "system", &app.entropy);
    let ours = |division: &divisions::Division| division.code.to_string().starts_with(SUBDISTRICT);
    let list = divisions::read(DIVISIONS)?.into_iter().filter(ours).collect();
    app.db.write(asker, divisions::SeedDivisions::new(list, edit(), &app.entropy)).await?;
    for (layer, drawn) in
        [(Layer::Communities, town.divisions_geojson()), (Layer::Grids, town.grids_geojson())]
    {
        import(app, asker, layer, &drawn).await?;
    }
    Ok(())
}

async fn import(app: &App, asker: Asker, layer: Layer, drawn: &Value) -> Result<(), Failure> {
    let existing = app.db.read(asker, |tx| Box::pin(async move { Ok(store::existing(tx).await?) })).await?;
    // Nothing is drawn yet that the file could be held against, so the datum is said.
    let options = ImportOptions { datum: Some(Datum::Wgs84), ..ImportOptions::new(layer) };
    let reading = read(drawn.to_string().as_bytes())?;
    let preview = preview(reading, &options, &existing)?;
    let edit = Edit::new(app.now(), "system", &app.entropy);
    app.db.write(asker, ApplyImport::new(preview, edit, &app.entropy)).await.map(drop)
}

async fn communities(app: &App, asker: Asker) -> Result<Vec<PlaceId>, Failure> {
    let found = app.db.read(asker, |tx| {
        Box::pin(async move {
            let mut places = store::list(tx, PlaceKind::Community).await?;
            places.extend(store::list(tx, PlaceKind::Village).await?);
            Ok(places)
        })
    });
    Ok(found.await?.into_iter().map(|place| place.id).collect())
}

async fn crews(hiring: &mut Hiring<'_>) -> Result<Vec<Crew>, Failure> {
    let (app, asker) = (hiring.app, hiring.asker);
    let mut crews = Vec::new();
    for (n, plan) in (1_u32..).zip(units()) {
        let id: UnitId = app.entropy.id(app.now());
        let kind = match plan.key {
            "power" | "water" | "gas" => UnitKind::Enterprise,
            "property" => UnitKind::Property,
            _ => UnitKind::Department,
        };
        let facts = UnitFacts { name: plan.name.to_owned(), kind, contact: String::new() };
        let edit = Edit::new(app.now(), "system", &app.entropy);
        app.db.write(asker, CreateUnit { id, facts, edit }).await?;
        let handler = hiring.part(format!("处置员 {n:02}"), Role::UnitHandler, Scope::Unit(id));
        let lead = hiring.part(format!("处置负责人 {n:02}"), Role::UnitLead, Scope::Unit(id));
        crews.push(Crew { key: plan.key, name: plan.name, unit: id, handler, lead });
    }
    Ok(crews)
}

/// Gives people accounts and roles, many at a time.
struct Hiring<'a> {
    app: &'a App,
    asker: Asker,
    hash: PasswordHash,
    hired: u64,
    waiting: Vec<Part>,
}

impl Hiring<'_> {
    fn many(&mut self, count: usize, title: &str, role: Role) -> Vec<Part> {
        (1..=count).map(|n| self.part(format!("{title} {n:04}"), role, Scope::Tenant)).collect()
    }

    /// Somebody who waits for an account.
    fn part(&mut self, name: String, role: Role, scope: Scope) -> Part {
        let part = self.named(name, role, scope);
        self.waiting.push(part.clone());
        part
    }

    fn named(&mut self, name: String, role: Role, scope: Scope) -> Part {
        self.hired += 1;
        let phone = (PHONES_FROM + self.hired).to_string();
        Part { person: self.app.entropy.id(self.app.now()), name, phone, role, scope }
    }

    /// Everybody who waits, in one go: the commands do not need each other.
    async fn finish(&mut self) -> Result<(), Failure> {
        let (app, asker) = (self.app, self.asker);
        let now = app.now();
        let stamp = || Stamp::new(now, None, &app.entropy);
        let mut people = Vec::new();
        let mut grants = Vec::new();
        for part in self.waiting.drain(..) {
            let name = part.name.parse()?;
            let number = part.phone.parse()?;
            let phone = app.vault.seal_phone(asker.tenant, part.person.0, &number).await?;
            people.push(AddPerson {
                person: NewPerson {
                    id: part.person,
                    name,
                    sign_in_name: None,
                    phone: Some(phone),
                    password: Some(self.hash.clone()),
                    locale: None,
                },
                stamp: stamp(),
            });
            let id = app.entropy.id(now);
            let grant = Grant { id, role: part.role, scope: part.scope, from: now, until: None };
            grants.push(GrantRole { person: part.person, grant, stamp: stamp() });
        }
        try_join_all(people.into_iter().map(|person| app.db.write(asker, person))).await?;
        try_join_all(grants.into_iter().map(|grant| app.db.write(asker, grant))).await?;
        Ok(())
    }
}

impl Cast {
    /// The crew of the unit that the plan calls so.
    ///
    /// # Errors
    /// When the plan names a unit that the town does not have.
    pub fn crew(&self, key: &str) -> Result<&Crew, Failure> {
        let known = self.crews.iter().find(|crew| crew.key == key);
        known.ok_or_else(|| DbError::NotFound("a unit of the plan").into())
    }
}
