//! The invented town, lived through.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail loudly")]

mod life;
