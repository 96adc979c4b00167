//! The first subdistrict and its administrators, without a browser.

use qige_db::{Asker, Failure};
use qige_identity::{
    CreateFirstAdministrators, CreateTenant, FirstAdministrator, NewPerson, Password, Stamp, TenantFacts,
    password, tenant_by_slug,
};
use qige_kernel::TenantId;

use crate::arguments::{Common, Init};
use crate::opening::open;

/// Letters of a drawn password: 16 of 32 signs are 80 bits.
const PASSWORD_LETTERS: usize = 16;
/// Signs that cannot be mistaken for one another.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// Makes them and prints their first passwords, once.
pub(crate) async fn run(common: &Common, init: &Init) -> Result<(), String> {
    let app = open(common).await?;
    let now = app.now();
    let tenant: TenantId = app.entropy.id(now);
    let asker = Asker::system(tenant);
    let said = |failure: Failure| format!("not done: {failure}");
    let slug = init.slug.clone();
    let known =
        app.db.read(asker, move |tx| Box::pin(async move { Ok(tenant_by_slug(tx, &slug).await?.is_some()) }));
    if known.await.map_err(said)? {
        return Err(format!("there is a subdistrict with the slug {} already", init.slug));
    }
    let facts = TenantFacts {
        name: init.name.parse().map_err(|refusal: qige_kernel::Refusal| refusal.to_string())?,
        code: init.code.clone(),
        zone: "Asia/Shanghai".to_owned(),
        locale: "zh-Hans".to_owned(),
        host: None,
    };
    let stamp = || Stamp::new(now, None, &app.entropy);
    let create = CreateTenant { id: tenant, slug: init.slug.clone(), facts, stamp: stamp() };
    app.db.write(asker, create).await.map_err(said)?;
    let mut made = Vec::new();
    for (name, sign_in_name) in [("系统管理员", "admin"), ("安全管理员", "security"), ("审计员", "auditor")]
    {
        let word: String = app.entropy.bytes::<PASSWORD_LETTERS>().iter().map(sign).collect();
        let hash = password::hash(&Password::drawn_first(&word), &app.entropy).await.map_err(said)?;
        let person = NewPerson {
            id: app.entropy.id(now),
            name: name.parse().map_err(|refusal: qige_kernel::Refusal| refusal.to_string())?,
            sign_in_name: Some(
                sign_in_name.parse().map_err(|refusal: qige_kernel::Refusal| refusal.to_string())?,
            ),
            phone: None,
            password: Some(hash),
            locale: None,
        };
        println!("{name}: {sign_in_name} {word}");
        made.push(FirstAdministrator { person, grant: app.entropy.id(now) });
    }
    let mut made = made.into_iter();
    let (Some(tenant_admin), Some(security_admin)) = (made.next(), made.next()) else {
        return Err("not done".to_owned());
    };
    let first =
        CreateFirstAdministrators { tenant_admin, security_admin, auditor: made.next(), stamp: stamp() };
    app.db.write(asker, first).await.map_err(said)?;
    println!(
        "{} is there. Each of the three chooses a password of their own at the first sign-in.",
        init.name
    );
    Ok(())
}

fn sign(byte: &u8) -> char {
    SIGNS.get(usize::from(byte % 32)).copied().map_or('x', char::from)
}
