//! A small subdistrict with people, units and a clock, on which commands are tried.

use std::sync::Arc;

use qige_cases::actions::{self, Action};
use qige_cases::{
    Act, By, CaseRole, Done, Ids, MatterKey, NewReport, Origin, PhotoRef, PhotoRole, Policy, Receipt,
    Reporter, State, Urgency, act,
};
use qige_db::testing::TestDb;
use qige_db::{Actor, Asker, BoxFuture, Failure, Tx};
use qige_identity::{
    AddPerson, CredentialKind, Grant, GrantRole, NewPerson, Role, Scope, Secret, Stamp, Who,
};
use qige_kernel::calendar::WorkRule;
use qige_kernel::{
    CaseId, Clock, CredentialId, Entropy, ManualClock, ObjectId, PersonId, PlaceId, Position, Refusal,
    ReportId, TenantId, Timestamp, UnitId, WorkCalendar,
};
use qige_places::Edit;
use qige_places::units::{CreateUnit, UnitFacts, UnitKind};

/// Monday 2026-11-23, 09:00 in Donghai.
pub(crate) const MORNING: &str = "2026-11-23T01:00:00Z";

/// Everybody and everything.
pub(crate) struct World {
    pub(crate) db: Arc<TestDb>,
    pub(crate) tenant: TenantId,
    pub(crate) entropy: Entropy,
    pub(crate) clock: ManualClock,
    pub(crate) calendar: Arc<WorkCalendar>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) community: PlaceId,
    pub(crate) roads: UnitId,
    pub(crate) water: UnitId,
    pub(crate) closed: UnitId,
    pub(crate) rider: Who,
    pub(crate) second_rider: Who,
    pub(crate) worker: Who,
    pub(crate) dispatcher: Who,
    pub(crate) supervisor: Who,
    pub(crate) roads_handler: Who,
    pub(crate) roads_lead: Who,
    pub(crate) water_lead: Who,
    pub(crate) outsider: Who,
}

impl World {
    pub(crate) async fn new(db: TestDb) -> Self {
        let entropy = Entropy::seeded(7);
        let clock = ManualClock::at(MORNING.parse().unwrap());
        let now = clock.now();
        let tenant = entropy.id(now);
        let community = entropy.id(now);
        let (roads, water, closed) = (entropy.id(now), entropy.id(now), entropy.id(now));
        let calendar =
            WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), Vec::new(), [2026]).unwrap();
        let db = Arc::new(db);
        let people = People { db: &db, tenant, entropy: &entropy, now };
        for (id, name) in [(roads, "市政养护队"), (water, "自来水公司"), (closed, "旧路灯所")] {
            people.unit(id, name).await;
        }
        let here = Scope::Community(community);
        let rider = people.person("骑手 0017", 17, &[(Role::Rider, Scope::Tenant)]).await;
        let second_rider = people.person("骑手 0018", 18, &[(Role::Rider, Scope::Tenant)]).await;
        let worker = people.person("网格员 01", 1, &[(Role::GridWorker, here)]).await;
        let dispatcher = people.person("坐席 03", 3, &[(Role::Dispatcher, Scope::Tenant)]).await;
        let supervisor = people.person("值班长 01", 4, &[(Role::Supervisor, Scope::Tenant)]).await;
        let roads_handler = people.person("处置员 11", 11, &[(Role::UnitHandler, Scope::Unit(roads))]).await;
        let roads_lead = people.person("处置员 12", 12, &[(Role::UnitLead, Scope::Unit(roads))]).await;
        let water_lead = people.person("处置员 21", 21, &[(Role::UnitLead, Scope::Unit(water))]).await;
        let outsider = people.person("处置员 31", 31, &[(Role::UnitLead, Scope::Unit(closed))]).await;
        people.close(closed, "旧路灯所").await;
        Self {
            db,
            tenant,
            entropy,
            clock,
            calendar: Arc::new(calendar),
            policy: Arc::new(Policy::default()),
            community,
            roads,
            water,
            closed,
            rider,
            second_rider,
            worker,
            dispatcher,
            supervisor,
            roads_handler,
            roads_lead,
            water_lead,
            outsider,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, micros: i64) {
        self.clock.advance(micros);
    }

    pub(crate) fn as_person(&self, person: PersonId) -> Asker {
        Asker { tenant: self.tenant, actor: Actor::Person(person) }
    }

    pub(crate) fn as_stranger(&self) -> Asker {
        Asker { tenant: self.tenant, actor: Actor::Anonymous }
    }

    /// A report of a missing manhole cover by the first rider, to be changed at will.
    pub(crate) fn report(&self) -> NewReport {
        let now = self.now();
        let id: ReportId = self.entropy.id(now);
        NewReport {
            id,
            case: qige_cases::new_case_id(&self.entropy, now),
            clock: self.entropy.id(now),
            by: Reporter::Person(self.rider.person, CaseRole::Rider),
            follow_code_hash: Some(self.entropy.bytes()),
            matter: Some(manhole()),
            words: "井盖没了，路口东边".to_owned(),
            position: Some(Position::new(118.752, 34.542).unwrap()),
            accuracy: None,
            community: Some(self.community),
            grid: None,
            beside_metres: None,
            photos: vec![PhotoRef { id: self.entropy.id(now), role: PhotoRole::Before }],
            voice: None,
            made_at: now,
            received_at: now,
            joins: None,
            solved: false,
            origin: Origin::Phone,
            salt: self.entropy.bytes(),
            calendar: self.calendar.clone(),
            policy: self.policy.clone(),
            ready: qige_cases::Ready::default(),
        }
    }

    pub(crate) async fn send(&self, report: NewReport) -> Result<Receipt, Failure> {
        let asker = match report.by {
            Reporter::Person(person, _) => self.as_person(person),
            Reporter::Stranger => self.as_stranger(),
        };
        self.db.write(asker, report).await
    }

    /// A fresh case in `reported`.
    pub(crate) async fn case(&self) -> CaseId {
        self.send(self.report()).await.unwrap().case
    }

    /// A command by somebody, ready to be changed.
    pub(crate) fn command(&self, by: By, case: CaseId, action: impl Into<Action>) -> Act {
        Act {
            case,
            expected_version: None,
            by,
            action: action.into(),
            key: None,
            at: self.now(),
            ids: Ids::draw(&self.entropy, self.now()),
            calendar: self.calendar.clone(),
            policy: self.policy.clone(),
        }
    }

    pub(crate) async fn run(&self, command: Act) -> Result<Done, Failure> {
        let asker = match &command.by {
            By::Person(who) => self.as_person(who.person),
            By::Follower { .. } => self.as_stranger(),
            By::System | By::Rule(_) => Asker::system(self.tenant),
        };
        act(&self.db, asker, command).await
    }

    /// One of each role, and a second rider: those who may do what there is to do.
    pub(crate) const fn everybody(&self) -> [&Who; 7] {
        [
            &self.rider,
            &self.second_rider,
            &self.worker,
            &self.dispatcher,
            &self.supervisor,
            &self.roads_lead,
            &self.water_lead,
        ]
    }

    /// Whoever may do it does; whether anybody may.
    pub(crate) async fn done_by_anybody(&self, case: CaseId, action: &Action) -> bool {
        for who in self.everybody() {
            match self.run(self.command(By::Person(who.clone()), case, action.clone())).await {
                Ok(_) => return true,
                Err(Failure::Refused(_)) => {}
                Err(Failure::Db(error)) => panic!("{}: {error}", action.name()),
            }
        }
        false
    }

    /// Somebody does something; the clock moves on by a second.
    pub(crate) async fn act(
        &self,
        who: &Who,
        case: CaseId,
        action: impl Into<Action>,
    ) -> Result<Done, Refusal> {
        let command = self.command(By::Person(who.clone()), case, action);
        self.pass(Timestamp::SECOND);
        refusal(self.run(command).await)
    }

    /// As [`World::act`], where it must succeed.
    pub(crate) async fn done(&self, who: &Who, case: CaseId, action: impl Into<Action>) -> Done {
        let action = action.into();
        let name = action.name();
        self.act(who, case, action).await.unwrap_or_else(|no| panic!("{name}: {no}"))
    }

    /// Reads.
    pub(crate) async fn read<T, Q>(&self, query: Q) -> T
    where
        T: Send + 'static,
        Q: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    {
        self.db.read(Asker::system(self.tenant), query).await.unwrap()
    }

    pub(crate) async fn row(&self, case: CaseId) -> qige_cases::store::CaseRow {
        self.read(move |tx| Box::pin(async move { Ok(qige_cases::store::by_id(tx, case).await?.unwrap()) }))
            .await
    }

    pub(crate) async fn state(&self, case: CaseId) -> State {
        self.row(case).await.state
    }

    pub(crate) fn photo(&self) -> ObjectId {
        self.entropy.id(self.now())
    }

    pub(crate) fn file(&self) -> actions::File {
        actions::File { matter: manhole(), urgency: Urgency::Normal }
    }

    pub(crate) fn dispatch(&self) -> actions::Dispatch {
        actions::Dispatch {
            lead: self.roads,
            assist: vec![self.water],
            due_at: None,
            released_words: Some("路口井盖缺失".to_owned()),
            with_numbers: false,
            released_photos: Vec::new(),
        }
    }

    pub(crate) fn hand_in(&self) -> actions::HandIn {
        actions::HandIn { note: "已补装".to_owned(), photos: vec![self.photo()] }
    }

    pub(crate) fn ask_check(&self) -> actions::AskCheck {
        actions::AskCheck { checker: self.worker.person, words: String::new() }
    }

    pub(crate) fn pass_check(&self) -> actions::Pass {
        actions::Pass { words: "已看过".to_owned(), photos: vec![self.photo()] }
    }

    /// A case brought to a state along the shortest way.
    pub(crate) async fn case_in(&self, state: State) -> CaseId {
        let case = self.case().await;
        let way = [
            State::Filed,
            State::Dispatched,
            State::Handling,
            State::Handled,
            State::Checking,
            State::Closed,
        ];
        let steps = way.iter().position(|step| *step == state).map_or(0, |at| at + 1);
        for step in way.iter().take(steps) {
            match step {
                State::Filed => self.done(&self.dispatcher, case, self.file()).await,
                State::Dispatched => self.done(&self.dispatcher, case, self.dispatch()).await,
                State::Handling => self.done(&self.roads_handler, case, actions::Start {}).await,
                State::Handled => self.done(&self.roads_handler, case, self.hand_in()).await,
                State::Checking => self.done(&self.dispatcher, case, self.ask_check()).await,
                _ => self.done(&self.worker, case, self.pass_check()).await,
            };
        }
        case
    }
}

pub(crate) fn manhole() -> MatterKey {
    "matter-01-003".parse().unwrap()
}

/// The refusal; an error of the engine fails the test.
pub(crate) fn refusal<T>(result: Result<T, Failure>) -> Result<T, Refusal> {
    result.map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Db(error) => panic!("{error}"),
    })
}

/// The code of a refusal that must have come.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code
}

struct People<'a> {
    db: &'a TestDb,
    tenant: TenantId,
    entropy: &'a Entropy,
    now: Timestamp,
}

impl People<'_> {
    async fn unit(&self, id: UnitId, name: &str) {
        let facts = UnitFacts { name: name.to_owned(), kind: UnitKind::Department, contact: String::new() };
        let edit = Edit::new(self.now, "tenant-admin", self.entropy);
        self.db.write(Asker::system(self.tenant), CreateUnit { id, facts, edit }).await.unwrap();
    }

    async fn close(&self, id: UnitId, name: &str) {
        let facts = UnitFacts { name: name.to_owned(), kind: UnitKind::Department, contact: String::new() };
        let edit = Edit::new(self.now, "tenant-admin", self.entropy);
        let update = qige_places::units::UpdateUnit { id, facts, active: false, edit };
        self.db.write(Asker::system(self.tenant), update).await.unwrap();
    }

    async fn person(&self, name: &str, number: u32, roles: &[(Role, Scope)]) -> Who {
        let us = Asker::system(self.tenant);
        let id: PersonId = self.entropy.id(self.now);
        let stamp = || Stamp::new(self.now, None, self.entropy);
        let person = NewPerson {
            id,
            name: name.parse().unwrap(),
            sign_in_name: Some(format!("person{number}").parse().unwrap()),
            phone: None,
            password: None,
            locale: None,
        };
        self.db.write(us, AddPerson { person, stamp: stamp() }).await.unwrap();
        let mut grants = Vec::new();
        for (role, scope) in roles {
            let grant_id = self.entropy.id(self.now);
            let grant = Grant { id: grant_id, role: *role, scope: *scope, from: self.now, until: None };
            self.db.write(us, GrantRole { person: id, grant, stamp: stamp() }).await.unwrap();
            grants.push(grant);
        }
        Who {
            person: id,
            name: name.to_owned(),
            credential: CredentialId(id.0),
            kind: CredentialKind::Session,
            owes: None,
            grants,
            locale: None,
            elder: None,
            density: None,
            csrf: Secret::draw(CredentialKind::Session, self.entropy).csrf(),
            touch_due: false,
        }
    }
}
