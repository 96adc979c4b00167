//! Contact details: kept, found and read in one way only.

use std::fmt;

use qige_db::{Cell, FromColumn, Param, ToParam};
use qige_kernel::TenantId;
use sha2::{Digest, Sha256};

/// A contact detail as it is kept. What is in it is read by [`Sealed::open`] and nothing else: it has no
/// `Display`, no `Serialize`, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Seals a detail.
    #[must_use]
    pub fn seal(plain: &str) -> Self {
        Self(plain.to_owned())
    }

    /// What is in it.
    #[must_use]
    pub fn open(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl ToParam for Sealed {
    fn to_param(&self) -> Param {
        Param::Text(self.0.clone())
    }
}

impl FromColumn for Sealed {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        String::from_cell(cell).map(Self)
    }
}

/// Finds a sealed detail without opening it: the same detail has the same index within one tenant and one
/// column, and another one everywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindIndex([u8; 32]);

impl BlindIndex {
    /// The index of `plain` in the column called `column`. `plain` must be in its one normal form.
    #[must_use]
    pub fn of(tenant: TenantId, column: &str, plain: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(tenant.0.as_bytes());
        hash.update(column.as_bytes());
        hash.update([0]);
        hash.update(plain.as_bytes());
        Self(hash.finalize().into())
    }

    pub(crate) const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl ToParam for BlindIndex {
    fn to_param(&self) -> Param {
        self.0.to_param()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sealed_detail_is_shown_to_nobody() {
        let sealed = Sealed::seal("+8613800001234");
        assert_eq!(sealed.open(), "+8613800001234");
        assert_eq!(format!("{sealed:?}"), "Sealed(…)");
    }

    #[test]
    fn an_index_is_good_in_one_tenant_and_one_column() {
        let tenant = |number| TenantId(Uuid::from_u128(number));
        let index = BlindIndex::of(tenant(1), "phone", "+8613800001234");
        assert_eq!(index, BlindIndex::of(tenant(1), "phone", "+8613800001234"));
        assert_ne!(index, BlindIndex::of(tenant(2), "phone", "+8613800001234"));
        assert_ne!(index, BlindIndex::of(tenant(1), "mail", "+8613800001234"));
        assert_ne!(index, BlindIndex::of(tenant(1), "phone", "+8613800001235"));
    }
}
