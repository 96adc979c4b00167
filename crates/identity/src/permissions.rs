//! Which role may do what: one table. Every endpoint names a permission from it.

use crate::{Role, Scope};
use qige_db::kebab;

kebab! {
    /// One thing that can be allowed. Some hold only inside the scope of the grant that gives them.
    pub enum Permission {
        /// Look after one's own account: name, password, language, where one is signed in.
        ManageOwnAccount = "manage-own-account",
        /// Send a report.
        Report = "report",
        /// Read what came of one's own reports.
        ReadOwnReports = "read-own-reports",
        /// Put a matter right and report it done (当场办结).
        SolveOnSpot = "solve-on-spot",
        /// Say whether a case is so when asked to look (核实), for whoever was asked by name.
        VerifyWhenAsked = "verify-when-asked",
        /// Say whether a case of one's own area is so (核实).
        VerifyCase = "verify-case",
        /// Look whether a case of one's own area is done (核查).
        CheckCase = "check-case",
        /// See the queue of cases, its counts and its map.
        ReadQueue = "read-queue",
        /// Read a case as the grid centre does.
        ReadCase = "read-case",
        /// Take the list of cases out as a file.
        ExportCases = "export-cases",
        /// File, decline, merge and correct cases (立案).
        FileCase = "file-case",
        /// Cover faces and plates on photos of cases for good.
        CoverPhoto = "cover-photo",
        /// Give cases to units, to external bodies and to checkers (派遣).
        DispatchCase = "dispatch-case",
        /// Put a case under supervision, answer requests for more time (督办, 延期).
        SuperviseCase = "supervise-case",
        /// Stop and restart a case's clock (挂账).
        SuspendCase = "suspend-case",
        /// Say that a case was entered by mistake (作废).
        VoidCase = "void-case",
        /// Open a closed case again.
        ReopenCase = "reopen-case",
        /// Do the work of a case that one's unit has in hand (处置).
        HandleCase = "handle-case",
        /// Send a case back, ask for more time, answer supervision (退单, 延期, 督办): the unit's word.
        SpeakForUnit = "speak-for-unit",
        /// See figures by unit, grid, community, matter and month.
        ReadFigures = "read-figures",
        /// See the wall: how things stand, in counts.
        ReadWall = "read-wall",
        /// Open the list of cases behind a figure.
        OpenFigures = "open-figures",
        /// Issue the report of a month, and corrections of it.
        IssueReports = "issue-reports",
        /// See communities, grids, units and calendars.
        ReadPlaces = "read-places",
        /// Change communities, grids and stations.
        ManagePlaces = "manage-places",
        /// Change the responsible units.
        ManageUnits = "manage-units",
        /// See who has an account.
        ReadPeople = "read-people",
        /// Add people, change their names and numbers, pause them.
        ManagePeople = "manage-people",
        /// Write down consents that people gave on paper, and withdraw them for them.
        RecordConsents = "record-consents",
        /// Say to what people are asked to consent, in which words.
        ManageConsents = "manage-consents",
        /// Recommend somebody to report for the scheme (推荐流动网格员).
        RecommendMember = "recommend-member",
        /// Give roles and take them back.
        ManageGrants = "manage-grants",
        /// End others' sessions, set others' passwords, issue tokens.
        ManageCredentials = "manage-credentials",
        /// Change the subdistrict's settings, calendars and deadlines.
        ManageSettings = "manage-settings",
        /// Set up robots of groups and webhooks, see what was sent.
        ManageChannels = "manage-channels",
        /// See the routing rules, and try them.
        ReadRouting = "read-routing",
        /// Change the routing rules.
        ManageRouting = "manage-routing",
        /// See jobs, the waiting and the failed.
        ReadJobs = "read-jobs",
        /// Run failed jobs again.
        RetryJobs = "retry-jobs",
        /// Read the journal.
        ReadJournal = "read-journal",
        /// Have the journal's chain checked.
        VerifyJournal = "verify-journal",
        /// See who read whose sensitive data.
        ReadAccessLog = "read-access-log",
        /// Renew the keys of sensitive fields, set what reading is out of the ordinary.
        ManageSecurity = "manage-security",
    }
}

kebab! {
    /// What becomes of a permission whose role was given over a part of the subdistrict only.
    pub enum Breadth {
        /// It holds all the same: it is about oneself, about what one is asked by name, or about what is no
        /// secret to anybody who has it.
        Anywhere = "anywhere",
        /// It holds for what and whom lie in that part.
        Part = "part",
        /// It is not given: what it opens or changes is of the whole subdistrict.
        Whole = "whole",
    }
}

impl Breadth {
    /// Names its text in the locale files: `breadth-part`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("breadth-{self}")
    }
}

use Permission as P;

impl Permission {
    /// Names its text in the locale files: `permission-read-queue`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("permission-{self}")
    }

    /// What becomes of it where the role was given over a part of the subdistrict only.
    #[must_use]
    pub const fn breadth(self) -> Breadth {
        match self {
            Self::ManageOwnAccount
            | Self::Report
            | Self::ReadOwnReports
            | Self::SolveOnSpot
            | Self::VerifyWhenAsked
            | Self::ReadPlaces
            | Self::ReadRouting => Breadth::Anywhere,
            Self::VerifyCase
            | Self::CheckCase
            | Self::ReadQueue
            | Self::ReadCase
            | Self::ExportCases
            | Self::FileCase
            | Self::CoverPhoto
            | Self::DispatchCase
            | Self::SuperviseCase
            | Self::SuspendCase
            | Self::VoidCase
            | Self::ReopenCase
            | Self::HandleCase
            | Self::SpeakForUnit
            | Self::ReadFigures
            | Self::ReadWall
            | Self::OpenFigures
            | Self::ReadPeople
            | Self::RecordConsents
            | Self::RecommendMember => Breadth::Part,
            Self::IssueReports
            | Self::ManagePlaces
            | Self::ManageUnits
            | Self::ManagePeople
            | Self::ManageConsents
            | Self::ManageGrants
            | Self::ManageCredentials
            | Self::ManageSettings
            | Self::ManageChannels
            | Self::ManageRouting
            | Self::ReadJobs
            | Self::RetryJobs
            | Self::ReadJournal
            | Self::VerifyJournal
            | Self::ReadAccessLog
            | Self::ManageSecurity => Breadth::Whole,
        }
    }
}

/// What a role may do. The one place where this is said.
///
/// Reading cases and administering are kept apart: the tenant administrator, who could make an account for
/// anybody, reads no case; the security administrator, who could give anybody a role, reads none either; the
/// auditor changes nothing (三员分立, GB/T 22239-2019 8.1.5).
#[must_use]
pub const fn of(role: Role) -> &'static [Permission] {
    match role {
        Role::Rider => RIDER,
        Role::GridWorker => GRID_WORKER,
        Role::Dispatcher => DISPATCHER,
        Role::Supervisor => SUPERVISOR,
        Role::UnitHandler => &[P::ManageOwnAccount, P::HandleCase, P::SpeakForUnit, P::ReadPlaces],
        Role::UnitLead => UNIT_LEAD,
        Role::CareCoordinator
        | Role::Mediator
        | Role::StationKeeper
        | Role::SessionOrganiser
        | Role::BranchSecretary
        | Role::GeneralBranchSecretary => &[P::ManageOwnAccount, P::ReadPlaces],
        Role::PlatformLiaison | Role::Donor => &[P::ManageOwnAccount],
        Role::TenantAdmin => TENANT_ADMIN,
        Role::SecurityAdmin => SECURITY_ADMIN,
        Role::Auditor => AUDITOR,
    }
}

const RIDER: &[P] =
    &[P::ManageOwnAccount, P::Report, P::ReadOwnReports, P::SolveOnSpot, P::VerifyWhenAsked, P::ReadPlaces];

const GRID_WORKER: &[P] = &[
    P::ManageOwnAccount,
    P::Report,
    P::ReadOwnReports,
    P::SolveOnSpot,
    P::VerifyWhenAsked,
    P::VerifyCase,
    P::CheckCase,
    P::RecommendMember,
    P::ReadPlaces,
];

const DISPATCHER: &[P] = &[
    P::ManageOwnAccount,
    P::Report,
    P::ReadOwnReports,
    P::ReadQueue,
    P::ReadCase,
    P::ExportCases,
    P::FileCase,
    P::CoverPhoto,
    P::DispatchCase,
    P::ReadFigures,
    P::ReadWall,
    P::OpenFigures,
    P::ReadPlaces,
    P::ReadRouting,
];

const SUPERVISOR: &[P] = &[
    P::ManageOwnAccount,
    P::Report,
    P::ReadOwnReports,
    P::ReadQueue,
    P::ReadCase,
    P::ExportCases,
    P::FileCase,
    P::CoverPhoto,
    P::DispatchCase,
    P::SuperviseCase,
    P::SuspendCase,
    P::VoidCase,
    P::ReopenCase,
    P::ReadFigures,
    P::ReadWall,
    P::OpenFigures,
    P::IssueReports,
    P::ReadPlaces,
    P::ReadPeople,
    P::RecordConsents,
    P::ReadRouting,
    P::ManageRouting,
];

const UNIT_LEAD: &[P] =
    &[P::ManageOwnAccount, P::HandleCase, P::SpeakForUnit, P::ReadFigures, P::OpenFigures, P::ReadPlaces];

const TENANT_ADMIN: &[P] = &[
    P::ManageOwnAccount,
    P::ReadFigures,
    P::IssueReports,
    P::ReadPlaces,
    P::ManagePlaces,
    P::ManageUnits,
    P::ReadPeople,
    P::ManagePeople,
    P::RecordConsents,
    P::ManageConsents,
    P::RecommendMember,
    P::ManageSettings,
    P::ManageChannels,
    P::ReadRouting,
    P::ManageRouting,
    P::ReadJobs,
    P::RetryJobs,
];

const SECURITY_ADMIN: &[P] = &[
    P::ManageOwnAccount,
    P::ReadPlaces,
    P::ReadPeople,
    P::ManageGrants,
    P::ManageCredentials,
    P::ManageSecurity,
    P::ReadJobs,
];

const AUDITOR: &[P] =
    &[P::ManageOwnAccount, P::ReadPeople, P::ReadJournal, P::VerifyJournal, P::ReadAccessLog, P::ReadJobs];

/// Whether `role` may.
#[must_use]
pub fn allows(role: Role, permission: Permission) -> bool {
    of(role).contains(&permission)
}

/// Over what somebody may who holds `role` over `scope`; none where they may not. The one place where scopes
/// and permissions meet: pages, checks and the page that tells what somebody can see all ask here.
#[must_use]
pub fn over(role: Role, scope: Scope, permission: Permission) -> Option<Scope> {
    if !allows(role, permission) {
        return None;
    }
    match permission.breadth() {
        Breadth::Anywhere => Some(Scope::Tenant),
        Breadth::Part => Some(scope),
        Breadth::Whole => (scope == Scope::Tenant).then_some(scope),
    }
}

/// The table as a page shows it: each permission with the roles that have it.
pub fn table() -> impl Iterator<Item = (Permission, Vec<Role>)> {
    Permission::ALL.iter().map(|permission| {
        let roles = Role::ALL.iter().copied().filter(|role| allows(*role, *permission)).collect();
        (*permission, roles)
    })
}
