//! The permission table, and that every statement can be prepared.

use std::fmt::Write as _;

use qige_db::db_test;
use qige_db::testing::{TestDb, unprepared};
use qige_identity::{Permission, Role, permissions};

#[db_test]
async fn every_statement_can_be_prepared(db: TestDb) {
    assert_eq!(unprepared(&db).await, Vec::<String>::new());
}

/// A column is a role, named by its first letters.
#[test]
fn the_table_is_the_one_that_was_agreed() {
    let short = |role: &Role| role.as_str().split('-').map(|word| &word[..1]).collect::<String>();
    let mut text = format!("{:20}", "");
    for role in Role::ALL {
        write!(text, "{:>4}", short(role)).unwrap();
    }
    for (permission, roles) in permissions::table() {
        write!(text, "\n{:20}", permission.as_str()).unwrap();
        for role in Role::ALL {
            write!(text, "{:>4}", if roles.contains(role) { "x" } else { "·" }).unwrap();
        }
    }
    insta::assert_snapshot!(text, @"
                           r  gw   d   s  uh  ul  cc   m  sk  so  bs gbs  pl   d  ta  sa   a
    manage-own-account     x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
    report                 x   x   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    read-own-reports       x   x   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    solve-on-spot          x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    verify-when-asked      x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    verify-case            ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    check-case             ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    read-queue             ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    read-case              ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    export-cases           ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    file-case              ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    cover-photo            ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    dispatch-case          ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    supervise-case         ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    suspend-case           ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    void-case              ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    reopen-case            ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    handle-case            ·   ·   ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    speak-for-unit         ·   ·   ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    read-figures           ·   ·   x   x   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-wall              ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    open-figures           ·   ·   x   x   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
    issue-reports          ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-places            x   x   x   x   x   x   x   x   x   x   x   x   ·   ·   x   x   ·
    manage-places          ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    manage-units           ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-people            ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   x   x
    manage-people          ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    record-consents        ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    manage-consents        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    recommend-member       ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    manage-grants          ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·
    manage-credentials     ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·
    manage-settings        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    manage-channels        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-routing           ·   ·   x   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    manage-routing         ·   ·   ·   x   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-jobs              ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   x   x
    retry-jobs             ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·   ·
    read-journal           ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x
    verify-journal         ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x
    read-access-log        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x
    manage-security        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   x   ·
    ");
}

#[test]
fn every_permission_is_somebodys_and_every_role_has_one() {
    for (permission, roles) in permissions::table() {
        assert!(!roles.is_empty(), "{permission}");
        assert_eq!(permission.label_key(), format!("permission-{permission}"));
    }
    for role in Role::ALL {
        let mut own = permissions::of(*role).to_vec();
        assert!(own.contains(&Permission::ManageOwnAccount), "{role}");
        own.sort_unstable();
        let count = own.len();
        own.dedup();
        assert_eq!(own.len(), count, "{role} has something twice");
    }
}

/// Whoever could make an account or give a role reads no case; whoever reads the journal changes nothing.
#[test]
fn administering_and_reading_cases_are_kept_apart() {
    use Permission as P;
    let cases = [P::ReadQueue, P::ReadCase, P::HandleCase, P::VerifyCase, P::CheckCase, P::ReadOwnReports];
    for role in Role::THREE_POWERS {
        for permission in cases {
            assert!(!permissions::allows(role, permission), "{role} {permission}");
        }
    }
    let with = |permission| permissions::table().find(|(each, _)| *each == permission).unwrap().1;
    assert_eq!(with(P::ManageGrants), [Role::SecurityAdmin]);
    assert_eq!(with(P::ManageCredentials), [Role::SecurityAdmin]);
    assert_eq!(with(P::ManagePeople), [Role::TenantAdmin]);
    assert_eq!(with(P::ReadJournal), [Role::Auditor]);
}

/// The unit never sees the centre's view of a case, in which the reporter could stand.
#[test]
fn a_unit_reads_no_case_as_the_centre_does() {
    for role in [Role::UnitHandler, Role::UnitLead, Role::PlatformLiaison, Role::Rider, Role::GridWorker] {
        assert!(!permissions::allows(role, Permission::ReadCase), "{role}");
        assert!(!permissions::allows(role, Permission::ReadQueue), "{role}");
        assert!(!permissions::allows(role, Permission::ReadPeople), "{role}");
    }
}
