//! What a person can be here, and over what.

use std::fmt;
use std::str::FromStr;

use qige_kernel::{GrantId, PlaceId, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::{Permission, Unknown, permissions};
use qige_db::kebab;

kebab! {
    /// A role. A resident without an account has none.
    pub enum Role {
        /// 骑手
        Rider = "rider",
        /// 专职网格员
        GridWorker = "grid-worker",
        /// 坐席
        Dispatcher = "dispatcher",
        /// 值班长
        Supervisor = "supervisor",
        /// 处置员
        UnitHandler = "unit-handler",
        /// Lead of a unit that handles cases.
        UnitLead = "unit-lead",
        /// 探访关爱 co-ordinator.
        CareCoordinator = "care-coordinator",
        /// 人民调解员
        Mediator = "mediator",
        /// Keeper of a 驿站.
        StationKeeper = "station-keeper",
        /// Organiser of 活动场次.
        SessionOrganiser = "session-organiser",
        /// 党支部 secretary.
        BranchSecretary = "branch-secretary",
        /// 党总支 secretary: several branches.
        GeneralBranchSecretary = "general-branch-secretary",
        /// The delivery platform's contact.
        PlatformLiaison = "platform-liaison",
        /// Somebody who gives things.
        Donor = "donor",
        /// 系统管理员, first of the three powers.
        TenantAdmin = "tenant-admin",
        /// 安全保密管理员, second of the three powers.
        SecurityAdmin = "security-admin",
        /// 安全审计员, third of the three powers.
        Auditor = "auditor",
    }
}

impl Role {
    /// The roles of which no person holds two (三员分立).
    pub const THREE_POWERS: [Self; 3] = [Self::TenantAdmin, Self::SecurityAdmin, Self::Auditor];

    /// Whether it is one of the three powers.
    #[must_use]
    pub fn is_power(self) -> bool {
        Self::THREE_POWERS.contains(&self)
    }

    /// Whether whoever holds it works for the scheme, and so has the shorter session. Riders, donors and the
    /// platform's contact use it from phones of their own.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Rider | Self::Donor | Self::PlatformLiaison)
    }

    /// Over what kinds of scope it can be given.
    #[must_use]
    pub const fn scope_kinds(self) -> &'static [ScopeKind] {
        use ScopeKind::{Branch, Community, Grid, Station, Tenant, Unit};
        match self {
            Self::Rider | Self::CareCoordinator | Self::Mediator => &[Tenant, Community],
            Self::GridWorker | Self::Dispatcher | Self::Supervisor => &[Tenant, Community, Grid],
            Self::UnitHandler | Self::UnitLead => &[Unit],
            Self::StationKeeper => &[Station],
            Self::SessionOrganiser => &[Tenant, Community, Station],
            Self::BranchSecretary | Self::GeneralBranchSecretary => &[Branch],
            Self::PlatformLiaison | Self::Donor | Self::TenantAdmin | Self::SecurityAdmin | Self::Auditor => {
                &[Tenant]
            }
        }
    }

    /// Names its text in the locale files: `role-grid-worker`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("role-{self}")
    }
}

kebab! {
    /// What sort of thing a scope is.
    pub enum ScopeKind {
        /// The whole subdistrict.
        Tenant = "tenant",
        /// One community or village.
        Community = "community",
        /// One grid.
        Grid = "grid",
        /// One responsible unit.
        Unit = "unit",
        /// One station.
        Station = "station",
        /// One Party branch.
        Branch = "branch",
    }
}

/// Over what a role is given. As text: `tenant`, or kind and id: `grid:01890a5d-ac96-774b-bcce-b302099a8057`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole subdistrict.
    Tenant,
    /// One community or village.
    Community(PlaceId),
    /// One grid.
    Grid(PlaceId),
    /// One responsible unit.
    Unit(UnitId),
    /// One station.
    Station(PlaceId),
    /// One Party branch.
    Branch(Uuid),
}

impl Scope {
    /// What sort of thing it is.
    #[must_use]
    pub const fn kind(self) -> ScopeKind {
        match self {
            Self::Tenant => ScopeKind::Tenant,
            Self::Community(_) => ScopeKind::Community,
            Self::Grid(_) => ScopeKind::Grid,
            Self::Unit(_) => ScopeKind::Unit,
            Self::Station(_) => ScopeKind::Station,
            Self::Branch(_) => ScopeKind::Branch,
        }
    }

    /// Which one, but for the whole subdistrict.
    #[must_use]
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Tenant => None,
            Self::Community(PlaceId(id))
            | Self::Grid(PlaceId(id))
            | Self::Station(PlaceId(id))
            | Self::Unit(UnitId(id))
            | Self::Branch(id) => Some(id),
        }
    }

    /// Whether something that lies at `reach` is inside it. A station and a branch hold no cases.
    #[must_use]
    pub fn covers(self, reach: &Reach) -> bool {
        match self {
            Self::Tenant => true,
            Self::Community(id) => reach.community == Some(id),
            Self::Grid(id) => reach.grid == Some(id),
            Self::Unit(id) => reach.unit == Some(id),
            Self::Station(_) | Self::Branch(_) => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id() {
            None => write!(f, "{}", self.kind()),
            Some(id) => write!(f, "{}:{id}", self.kind()),
        }
    }
}

impl FromStr for Scope {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let Some((kind, id)) = text.split_once(':') else {
            return if text == "tenant" { Ok(Self::Tenant) } else { Err(Unknown) };
        };
        let id: Uuid = id.parse().map_err(|_| Unknown)?;
        match kind.parse()? {
            ScopeKind::Tenant => Err(Unknown),
            ScopeKind::Community => Ok(Self::Community(id.into())),
            ScopeKind::Grid => Ok(Self::Grid(id.into())),
            ScopeKind::Unit => Ok(Self::Unit(id.into())),
            ScopeKind::Station => Ok(Self::Station(id.into())),
            ScopeKind::Branch => Ok(Self::Branch(id)),
        }
    }
}

qige_db::column_text!(Scope);

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Scope {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(tenant|(community|grid|unit|station|branch):[0-9a-f-]{36})$",
        })
    }
}

/// Where a thing lies. What is not known is in no scope but the whole subdistrict's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Its community or village.
    pub community: Option<PlaceId>,
    /// Its grid.
    pub grid: Option<PlaceId>,
    /// The unit that has it in hand.
    pub unit: Option<UnitId>,
}

/// One role given to one person over one scope for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Grant {
    /// Which grant.
    pub id: GrantId,
    /// What the person is.
    pub role: Role,
    /// Over what.
    pub scope: Scope,
    /// From when on.
    pub from: Timestamp,
    /// Until when, not included; open-ended where there is none.
    pub until: Option<Timestamp>,
}

impl Grant {
    /// Over what it gives a permission; none where it does not.
    #[must_use]
    pub fn over(&self, permission: Permission) -> Option<Scope> {
        permissions::over(self.role, self.scope, permission)
    }

    /// Whether it holds at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: u128) -> PlaceId {
        PlaceId(Uuid::from_u128(number))
    }

    #[test]
    fn every_text_reads_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        let id = Uuid::from_u128(7);
        let scopes = [
            Scope::Tenant,
            Scope::Community(PlaceId(id)),
            Scope::Grid(PlaceId(id)),
            Scope::Unit(UnitId(id)),
            Scope::Station(PlaceId(id)),
            Scope::Branch(id),
        ];
        for scope in scopes {
            assert_eq!(scope.to_string().parse(), Ok(scope));
            let json = serde_json::to_string(&scope).unwrap();
            assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope);
        }
        for wrong in ["", "grid", "grid:", "grid:7", "tenant:", "moon:00000000-0000-0000-0000-000000000007"] {
            assert_eq!(wrong.parse::<Scope>(), Err(Unknown), "{wrong}");
        }
        assert_eq!(format!("tenant:{id}").parse::<Scope>(), Err(Unknown));
    }

    #[test]
    fn a_scope_covers_what_lies_in_it_and_nothing_else() {
        let here =
            Reach { community: Some(place(1)), grid: Some(place(2)), unit: Some(UnitId(Uuid::from_u128(3))) };
        assert!(Scope::Tenant.covers(&here) && Scope::Tenant.covers(&Reach::default()));
        assert!(Scope::Community(place(1)).covers(&here) && !Scope::Community(place(2)).covers(&here));
        assert!(Scope::Grid(place(2)).covers(&here) && !Scope::Grid(place(1)).covers(&here));
        assert!(Scope::Unit(UnitId(Uuid::from_u128(3))).covers(&here));
        assert!(!Scope::Unit(UnitId(Uuid::from_u128(3))).covers(&Reach::default()));
        assert!(!Scope::Station(place(1)).covers(&here) && !Scope::Branch(Uuid::from_u128(1)).covers(&here));
    }

    #[test]
    fn a_grant_holds_from_its_first_instant_until_before_its_last() {
        let at = Timestamp::from_micros;
        let mut grant = Grant {
            id: GrantId(Uuid::nil()),
            role: Role::Rider,
            scope: Scope::Tenant,
            from: at(10),
            until: Some(at(20)),
        };
        let live: Vec<_> = [9, 10, 19, 20].into_iter().map(|now| grant.is_live(at(now))).collect();
        assert_eq!(live, [false, true, true, false]);
        grant.until = None;
        assert!(grant.is_live(at(i64::MAX)));
    }

    #[test]
    fn the_three_powers_reach_over_the_whole_subdistrict_only() {
        for role in Role::ALL {
            assert!(!role.scope_kinds().is_empty());
            assert_eq!(role.is_power(), Role::THREE_POWERS.contains(role));
            if role.is_power() {
                assert_eq!(role.scope_kinds(), [ScopeKind::Tenant]);
            }
        }
    }
}
