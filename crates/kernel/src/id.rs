//! One newtype per kind of id, all of them UUID version 7 (RFC 9562) made by [`crate::Entropy`].

/// Declares an id type: a UUID that cannot be confused with another kind of id.
///
/// It reads and writes the same in JSON, URLs and forms (hyphenated lower-case text).
#[macro_export]
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                 $crate::serde::Serialize, $crate::serde::Deserialize, $crate::schemars::JsonSchema)]
        #[serde(transparent, crate = "qige_kernel::serde")]
        #[schemars(transparent, crate = "qige_kernel::schemars")]
        pub struct $name(pub $crate::uuid::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$crate::uuid::Uuid> for $name {
            fn from(id: $crate::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for $crate::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

extern crate self as qige_kernel;

id! {
    /// A subdistrict (租户) whose data is kept apart from every other's.
    TenantId;
    /// A person with an account.
    PersonId;
    /// A browser session, a device credential or an API token.
    CredentialId;
    /// One role given to one person over one scope for a time.
    GrantId;
    /// A grid (网格), a community (社区), a station or a venue: anything with a place of its own.
    PlaceId;
    /// A responsible unit (处置部门).
    UnitId;
    /// One person's report (上报).
    ReportId;
    /// A case (案卷), which one or more reports speak of.
    CaseId;
    /// One unit's part in a case.
    AssignmentId;
    /// A stored photo, voice note or file.
    ObjectId;
    /// A resumable upload under way.
    UploadId;
    /// A job waiting to be done.
    JobId;
    /// A notice to one person.
    NoticeId;
    /// A period in which a stage's clock runs.
    ClockId;
    /// A routing rule (派遣规则).
    RuleId;
    /// What one shift leaves to the next (交接班).
    HandoverId;
    /// A consent (知情同意) that somebody gave.
    ConsentId;
}
