//! The code, and the subdistrict itself.

use qige_identity::{ChangeTenant, CreateTenant, DisplayName, TenantFacts};
use qige_kernel::{Refusal, RefusalKind, TenantId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::code_cookie;
use crate::{Access, Cx, Done, Fault, Input, Routes};

/// Where the scheme is at home.
const ZONE: &str = "Asia/Shanghai";
/// The address part of a tenant that is the only one: it is never typed.
const SLUG: &str = "main";

pub(super) fn routes() -> Routes {
    Routes::of("setup").post("/setup", Access::SettingUp, "The subdistrict's name and code", begin)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Begin {
    /// What the server printed when it was started.
    setup_code: String,
    /// What people call the subdistrict.
    name: DisplayName,
    /// Its division code, 6, 9 or 12 digits.
    code: Option<String>,
}

async fn begin(cx: Cx, input: Input<Begin>) -> Result<Done, Fault> {
    let Begin { setup_code, name, code } = input.value;
    if !cx.state().setup_token().matches(&setup_code) {
        let refusal = Refusal::new(RefusalKind::Forbidden, "setup-code-wrong");
        return Err(Fault::from(refusal).at("setup_code"));
    }
    let code = code.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
    let locale = cx.locale().tag().to_owned();
    let facts = TenantFacts { name, code, zone: ZONE.to_owned(), locale, host: None };
    let (db, stamp) = (&cx.app().db, cx.stamp(None));
    match cx.tenant().ok().map(|tenant| tenant.id) {
        // Somebody came back to correct the name.
        Some(tenant) => {
            db.write(qige_db::Asker::system(tenant), ChangeTenant { facts, stamp }).await?;
        }
        None => {
            let id: TenantId = cx.id();
            let command = CreateTenant { id, slug: SLUG.to_owned(), facts, stamp };
            db.write(qige_db::Asker::system(id), command).await?;
        }
    }
    cx.state().forget_tenants();
    Ok(code_cookie(&cx, &setup_code).into_iter().fold(Done::see("/setup"), Done::cookie))
}
