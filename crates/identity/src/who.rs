//! Who is asking, and what that lets them do.

use qige_kernel::{CredentialId, PersonId, UnitId};

use crate::{CredentialKind, CsrfToken, Grant, Permission, Reach, Role, Scope};

/// The person behind a request. Made by [`crate::who_by_secret`] only, from a credential that holds.
#[derive(Clone, Debug)]
pub struct Who {
    /// Which person.
    pub person: PersonId,
    /// The name that others read.
    pub name: String,
    /// By which credential.
    pub credential: CredentialId,
    /// What sort of credential that is.
    pub kind: CredentialKind,
    /// What they must do before anything else.
    pub owes: Option<Owed>,
    /// The grants that hold now, and no others.
    pub grants: Vec<Grant>,
    /// The language the person chose, as BCP 47.
    pub locale: Option<String>,
    /// The size of text in CSS pixels, where the person asked for large text.
    pub elder: Option<u8>,
    /// How closely the person wants things set.
    pub density: Option<crate::Density>,
    /// What a form of this session must carry.
    pub csrf: CsrfToken,
    /// Whether [`crate::Touch`] is due for the credential.
    pub touch_due: bool,
}

/// What somebody must do before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// Choose a password in the place of one that somebody else drew.
    Password,
    /// Set up the second step.
    SecondStep,
}

impl Who {
    /// Whether the person may do this anywhere at all. Everybody with an account may look after it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        permission == Permission::ManageOwnAccount
            || self.grants.iter().any(|grant| grant.over(permission).is_some())
    }

    /// Whether the person may do this over the whole subdistrict.
    #[must_use]
    pub fn may_everywhere(&self, permission: Permission) -> bool {
        self.scopes(permission) == [Scope::Tenant]
    }

    /// Over what the person may do this: each scope once, the whole subdistrict alone where it is among them.
    #[must_use]
    pub fn scopes(&self, permission: Permission) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = self.grants.iter().filter_map(|grant| grant.over(permission)).collect();
        if scopes.contains(&Scope::Tenant) {
            return vec![Scope::Tenant];
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    /// Whether the person may do this to something that lies there.
    #[must_use]
    pub fn may_at(&self, permission: Permission, reach: &Reach) -> bool {
        self.grants.iter().filter_map(|grant| grant.over(permission)).any(|scope| scope.covers(reach))
    }

    /// Whether the person holds the role, over whatever.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// The units whose work the person does, each once.
    #[must_use]
    pub fn units(&self) -> Vec<UnitId> {
        let mut units: Vec<UnitId> = self
            .scopes(Permission::HandleCase)
            .into_iter()
            .filter_map(|scope| match scope {
                Scope::Unit(unit) => Some(unit),
                _ => None,
            })
            .collect();
        units.dedup();
        units
    }

    /// In which of their roles the person does this: what a journal line says.
    #[must_use]
    pub fn role_for(&self, permission: Permission) -> Option<Role> {
        self.grants.iter().find(|grant| grant.over(permission).is_some()).map(|grant| grant.role)
    }
}

#[cfg(test)]
mod tests {
    use qige_kernel::{Entropy, GrantId, PlaceId, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::{Secret, permissions};

    fn who(grants: &[(Role, Scope)]) -> Who {
        let grant = |(role, scope): &(Role, Scope)| Grant {
            id: GrantId(Uuid::nil()),
            role: *role,
            scope: *scope,
            from: Timestamp::from_micros(0),
            until: None,
        };
        Who {
            person: PersonId(Uuid::nil()),
            name: "坐席 03".to_owned(),
            credential: CredentialId(Uuid::nil()),
            kind: CredentialKind::Session,
            owes: None,
            grants: grants.iter().map(grant).collect(),
            locale: None,
            elder: None,
            density: None,
            csrf: Secret::draw(CredentialKind::Session, &Entropy::seeded(1)).csrf(),
            touch_due: false,
        }
    }

    fn community(number: u128) -> Scope {
        Scope::Community(PlaceId(Uuid::from_u128(number)))
    }

    fn unit(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    #[test]
    fn a_permission_holds_only_where_its_own_grant_reaches() {
        let who = who(&[(Role::GridWorker, community(1)), (Role::Dispatcher, community(2))]);
        let at = |number| Reach { community: Some(PlaceId(Uuid::from_u128(number))), ..Reach::default() };
        assert!(who.may_at(Permission::VerifyCase, &at(1)) && !who.may_at(Permission::VerifyCase, &at(2)));
        assert!(who.may_at(Permission::FileCase, &at(2)) && !who.may_at(Permission::FileCase, &at(1)));
        assert!(!who.may_at(Permission::FileCase, &Reach::default()));
        assert!(who.may(Permission::FileCase) && !who.may(Permission::VoidCase));
        assert_eq!(who.role_for(Permission::FileCase), Some(Role::Dispatcher));
        assert_eq!(who.role_for(Permission::VoidCase), None);
    }

    #[test]
    fn the_whole_subdistrict_swallows_the_smaller_scopes() {
        let who = who(&[
            (Role::Dispatcher, community(2)),
            (Role::Dispatcher, community(1)),
            (Role::Supervisor, community(1)),
        ]);
        assert_eq!(who.scopes(Permission::ReadQueue), [community(1), community(2)]);
        assert_eq!(who.scopes(Permission::VoidCase), [community(1)]);
        let mut who = who;
        who.grants.push(Grant { role: Role::Dispatcher, scope: Scope::Tenant, ..who.grants[0] });
        assert_eq!(who.scopes(Permission::ReadQueue), [Scope::Tenant]);
    }

    #[test]
    fn what_is_of_everybody_is_not_given_over_a_part_and_what_is_ones_own_holds_anywhere() {
        let part = who(&[(Role::Supervisor, community(1))]);
        assert!(!part.may(Permission::ManageRouting) && part.role_for(Permission::ManageRouting).is_none());
        assert!(!part.may(Permission::IssueReports) && part.scopes(Permission::IssueReports).is_empty());
        assert!(part.may_everywhere(Permission::Report) && part.may_everywhere(Permission::ReadRouting));
        assert!(part.may(Permission::ReadPeople) && !part.may_everywhere(Permission::ReadPeople));
        let whole = who(&[(Role::Supervisor, Scope::Tenant)]);
        for permission in Permission::ALL {
            assert_eq!(whole.may_everywhere(*permission), permissions::allows(Role::Supervisor, *permission));
        }
    }

    #[test]
    fn units_are_those_whose_work_one_does() {
        let who = who(&[
            (Role::UnitLead, Scope::Unit(unit(2))),
            (Role::UnitHandler, Scope::Unit(unit(2))),
            (Role::UnitHandler, Scope::Unit(unit(1))),
            (Role::GridWorker, community(1)),
        ]);
        assert_eq!(who.units(), [unit(1), unit(2)]);
        assert!(who.has(Role::UnitLead) && !who.has(Role::Rider));
    }

    #[test]
    fn somebody_without_a_role_keeps_their_own_account_and_nothing_else() {
        let who = who(&[]);
        for permission in Permission::ALL {
            assert_eq!(who.may(*permission), *permission == Permission::ManageOwnAccount);
            assert!(who.scopes(*permission).is_empty());
        }
    }
}
