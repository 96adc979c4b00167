//! What each parameter of each endpoint's path means.

use qige_web::Endpoint;

use crate::every_stage::named;

/// What the parameter at the end of a path is. What begins with `=` is a word that is the same everywhere.
/// An endpoint whose parameter has no line here fails every test that asks.
const MEANT: &[(&str, &str)] = &[
    ("/admin/applications/{kind}", "=wecom-app"),
    ("/admin/channels/{id}", "channel"),
    ("/admin/consents/{purpose}", "=call-back"),
    ("/admin/deliveries/{id}", "delivery"),
    ("/admin/jobs/{id}", "job"),
    ("/admin/notice-words/{name}", "=sent-back"),
    ("/admin/people/{id}", "person"),
    ("/admin/people/{id}/consents/to/{purpose}", "=call-back"),
    ("/admin/people/{id}/consents/{consent}", "consent"),
    ("/admin/people/{id}/credentials/{credential}", "credential"),
    ("/admin/people/{id}/grants/{grant}", "grant"),
    ("/admin/places/import/{id}", "import"),
    ("/admin/places/{id}", "place"),
    ("/admin/requests/{id}", "request"),
    ("/admin/retention/{class}", "=photos"),
    ("/admin/tokens/{id}", "token"),
    ("/admin/units/{id}", "unit"),
    ("/assets/{file}", "=nothing.css"),
    ("/cases/filters/{id}", "filter"),
    ("/cases/{id}", "case"),
    ("/cases/{id}/files/{object}", "file"),
    ("/cases/{id}/reports/{report}", "report"),
    ("/follow/{code}", "code"),
    ("/follow/{code}/files/{object}", "followed-file"),
    ("/follow/{code}/photos/{object}", "followed-photo"),
    ("/follow/{code}/photos/{object}/{variant}", "=thumb"),
    ("/ground/{case}", "asked-case"),
    ("/handover/{id}", "handover"),
    ("/invited/{code}", "invitation"),
    ("/looks/{id}", "look"),
    ("/me/consents/to/{purpose}", "=call-back"),
    ("/me/consents/{id}", "own-consent"),
    ("/me/cover/{id}", "cover"),
    ("/me/cover/{of}", "own-grant"),
    ("/me/credentials/{id}", "own-credential"),
    ("/me/notices/link/{kind}", "=wecom-app"),
    ("/me/notices/ways/{id}", "way"),
    ("/me/passkeys/{id}", "passkey"),
    ("/me/providers/{provider}", "=nowhere"),
    ("/mine/{case}", "case"),
    ("/notices/{id}", "notice"),
    ("/photos/{object}", "photo"),
    ("/photos/{object}/{variant}", "=full"),
    ("/problems/{code}", "=field-odd"),
    ("/reports/{month}", "=2026-08"),
    ("/routing/{id}", "rule"),
    ("/sign-in/with/{provider}", "=nowhere"),
    ("/unit/cases/{id}", "case"),
    ("/uploads/{id}", "upload"),
    ("/voice/{object}", "voice"),
];

/// The parameters of an endpoint's path in their order, and what each is.
pub(crate) fn meant(endpoint: &Endpoint) -> Vec<&'static str> {
    let path = endpoint.path;
    let ends = path.match_indices('}').map(|(at, _)| &path[..=at]);
    let known = |end: &str| MEANT.iter().find(|(until, _)| *until == end).map(|(_, kind)| *kind);
    ends.map(|end| known(end).unwrap_or_else(|| panic!("{}: what is {end}?", named(endpoint)))).collect()
}

/// Whether the parameter is an id, and not a word that is the same everywhere.
pub(crate) fn is_id(kind: &str) -> bool {
    !kind.starts_with('=')
}
