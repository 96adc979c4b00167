//! The first administrators: three people for the three powers.

use qige_db::Asker;
use qige_identity::{
    CreateFirstAdministrators, DisplayName, FirstAdministrator, NewPerson, Password, PhoneNumber, SignInName,
    password,
};
use qige_kernel::{PersonId, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{COOKIE, require_code};
use crate::admin::people::numbers;
use crate::{Access, Cx, Done, Fault, Input, Routes, Text, cookies};

pub(super) fn routes() -> Routes {
    Routes::of("setup").post("/setup/people", Access::SettingUp, "The first administrators", put)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct People {
    /// 系统管理员: places, units, people, settings.
    tenant_admin: Administrator,
    /// 安全保密管理员: roles and credentials.
    security_admin: Administrator,
    /// 安全审计员: the journal. May be named later.
    auditor: Option<Administrator>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Administrator {
    /// What others read.
    name: String,
    /// A mobile number, or a name to sign in by.
    account: String,
    /// At least eight characters.
    password: String,
}

async fn put(cx: Cx, input: Input<People>) -> Result<Done, Fault> {
    require_code(&cx)?;
    let People { tenant_admin, security_admin, auditor } = input.value;
    let auditor = match auditor {
        Some(auditor) => Some(administrator(&cx, "auditor", auditor).await?),
        None => None,
    };
    let command = CreateFirstAdministrators {
        tenant_admin: administrator(&cx, "tenant_admin", tenant_admin).await?,
        security_admin: administrator(&cx, "security_admin", security_admin).await?,
        auditor,
        stamp: cx.stamp(None),
    };
    cx.app().db.write(Asker::system(cx.tenant()?.id), command).await?;
    cx.state().look_whether_set_up().await?;
    let gone = cookies::set(COOKIE, "", Some(0), cx.is_secure());
    let done = Done::see("/sign-in?next=/").saying(Text::of("setup-done"));
    Ok(gone.into_iter().fold(done, Done::cookie))
}

async fn administrator(
    cx: &Cx,
    field: &'static str,
    typed: Administrator,
) -> Result<FirstAdministrator, Fault> {
    let at = |part: &'static str| move |refusal: Refusal| Fault::from(refusal).at(format!("{field}.{part}"));
    let name: DisplayName = typed.name.parse().map_err(at("name"))?;
    let (mut sign_in_name, mut phone): (Option<SignInName>, Option<PhoneNumber>) = (None, None);
    if typed.account.chars().any(char::is_alphabetic) {
        sign_in_name = Some(typed.account.parse().map_err(at("account"))?);
    } else {
        phone = Some(typed.account.parse().map_err(at("account"))?);
    }
    let chosen =
        Password::chosen(&typed.password, &[name.as_str(), &typed.account]).map_err(at("password"))?;
    let password = Some(password::hash(&chosen, &cx.app().entropy).await?);
    let locale = Some(cx.locale().tag().to_owned());
    let id: PersonId = cx.id();
    let phone = numbers::sealed(cx, id, phone.as_ref()).await?;
    let person = NewPerson { id, name, sign_in_name, phone, password, locale };
    Ok(FirstAdministrator { person, grant: cx.id() })
}
