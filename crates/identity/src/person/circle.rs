//! Whom somebody may look after whose role was given over a part of the subdistrict: who works there, reports
//! for it, or consents to something over it. Of whom no place is known, only the whole subdistrict knows.

use qige_db::{DbError, Sql, Tx, params, statements};
use qige_kernel::{PersonId, PlaceId, Timestamp};

use crate::Scope;

statements! {
    /// One person, to be followed by [`IN_CIRCLE`].
    fragment ONE = "SELECT p.id FROM people p WHERE p.tenant = $1 AND p.id = $5 AND";
    /// Whether a person is of the circle that `$3` and `$4` are, at `$2`.
    fragment IN_CIRCLE = {
        sqlite: "(?3 = ''
            OR EXISTS (SELECT 1 FROM grants g WHERE g.tenant = p.tenant AND g.person = p.id
                AND instr(?3, g.scope) > 0 AND g.starts_at <= ?2 AND (g.ends_at IS NULL OR g.ends_at > ?2))
            OR EXISTS (SELECT 1 FROM members m WHERE m.tenant = p.tenant AND m.person = p.id
                AND m.community IS NOT NULL AND instr(?4, lower(hex(m.community))) > 0)
            OR EXISTS (SELECT 1 FROM consents s WHERE s.tenant = p.tenant AND s.subject = p.id
                AND s.subject_kind = 'person' AND s.ended_at IS NULL AND instr(?3, s.scope) > 0))",
        postgres: "($3 = ''
            OR EXISTS (SELECT 1 FROM grants g WHERE g.tenant = p.tenant AND g.person = p.id
                AND strpos($3, g.scope) > 0 AND g.starts_at <= $2
                AND (g.ends_at IS NULL OR g.ends_at > $2))
            OR EXISTS (SELECT 1 FROM members m WHERE m.tenant = p.tenant AND m.person = p.id
                AND m.community = ANY(string_to_array($4, ',')::uuid[]))
            OR EXISTS (SELECT 1 FROM consents s WHERE s.tenant = p.tenant AND s.subject = p.id
                AND s.subject_kind = 'person' AND s.ended_at IS NULL AND strpos($3, s.scope) > 0))",
    };
}

/// Everybody, or the people of some places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// None: everybody.
    places: Option<Vec<Scope>>,
}

impl Circle {
    /// Everybody.
    pub const EVERYBODY: Self = Self { places: None };

    /// The people of these communities, grids and stations. What lies in one of them is named too: a
    /// community does not know its grids.
    #[must_use]
    pub fn of(places: Vec<Scope>) -> Self {
        Self { places: Some(places) }
    }

    /// The places as [`IN_CIRCLE`] has them: nothing means everybody, so that nobody is commas alone.
    pub(super) fn places(&self) -> String {
        let Some(places) = &self.places else { return String::new() };
        let named = places.iter().filter(|place| **place != Scope::Tenant).map(ToString::to_string);
        format!(",{},", named.collect::<Vec<_>>().join(","))
    }

    /// The communities among them.
    pub(super) fn communities(&self) -> String {
        let community = |place: &Scope| match place {
            Scope::Community(PlaceId(id)) => Some(id.simple().to_string()),
            _ => None,
        };
        self.places.iter().flatten().filter_map(community).collect::<Vec<_>>().join(",")
    }

    /// Whether somebody is one of them.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn holds(&self, tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<bool, DbError> {
        let values = params![tx.tenant(), now, self.places(), self.communities(), person];
        Ok(tx.optional::<(PersonId,)>(Sql::compose(&[ONE, IN_CIRCLE]), values).await?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use qige_kernel::uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_is_never_taken_for_everybody() {
        assert_eq!(Circle::EVERYBODY.places(), "");
        assert_eq!(Circle::of(Vec::new()).places(), ",,");
        let id = Uuid::from_u128(7);
        let circle = Circle::of(vec![Scope::Community(PlaceId(id)), Scope::Grid(PlaceId(id)), Scope::Tenant]);
        assert_eq!(circle.places(), format!(",community:{id},grid:{id},"));
        assert_eq!(circle.communities(), id.simple().to_string());
    }
}
