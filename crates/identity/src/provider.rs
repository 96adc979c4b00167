//! Signing in by another service (OpenID Connect Core 1.0): the subdistrict's or the county's own accounts.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `token.rs` | what a service says of somebody, and whether it was the service that said so; pure |
//! | `flow.rs` | [`Flow`]: what a browser is sent off with and must come back with; pure |
//! | `link.rs` | accounts there that open accounts here: linked, found, ended |
//!
//! Never here: an account that comes into being because somebody has one elsewhere.

mod flow;
mod link;
mod token;

pub use flow::Flow;
pub use link::{
    Arriving, LinkProvider, Linked, ProviderLink, UnlinkProvider, provider_links_of, sign_in_by_provider,
};
pub use token::{Claims, Expected, TokenFault, id_token};
