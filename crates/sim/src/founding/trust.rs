//! What the town has to say about personal information, and to what its riders consent: being called back,
//! and points, which are on.

use qige_app::App;
use qige_db::{Actor, Asker, DbError, Failure};
use qige_identity::{
    CallBack, ConsentProof, GiveConsent, NeedsConsent, PRIVACY, Points, PrivacyFacts, PurposeKey, Scope,
    SetSetting, Stamp, Subject,
};
use qige_points::{Amounts, ChangePointRules, PointRules};

use super::Part;

/// Of so many riders one consents to being called back.
const CALLED_BACK_ONE_IN: usize = 3;
/// Of so many riders one takes no part in points.
const WITHOUT_POINTS_ONE_IN: usize = 4;

/// Writes it down, and lets riders consent for themselves.
pub(super) async fn write_down(app: &App, asker: Asker, riders: &[Part]) -> Result<(), Failure> {
    let facts = PrivacyFacts {
        contact: "牛山街道网格中心服务窗口（演示，无真实电话）".to_owned(),
        officer: "网格中心负责人 01".to_owned(),
        conclusion: "处理目的明确，方式与目的相称，范围以办理所需为限，可以进行。\n\
                     剩余风险：照片中可能有无关的人，由坐席放出前把关；姓名和文字未加密，服务器硬盘应加密。\n\
                     目的、方式或保存期限变化时重新评估。"
            .to_owned(),
        assessed_by: "系统管理员 01、安全管理员 01、审计员 01".to_owned(),
        assessed_on: app.now().to_string().get(..10).unwrap_or_default().to_owned(),
    };
    let value = serde_json::to_value(facts).map_err(|error| DbError::Schema(error.to_string()))?;
    let stamp = || Stamp::new(app.now(), None, &app.entropy);
    app.db.write(asker, SetSetting { key: PRIVACY, value, stamp: stamp() }).await?;
    let budget = PointRules::default().year_budget;
    let points =
        ChangePointRules { on: true, amounts: Amounts::default(), year_budget: budget, stamp: stamp() };
    app.db.write(asker, points).await?;
    for (number, rider) in riders.iter().enumerate() {
        if number % CALLED_BACK_ONE_IN == 0 {
            consent::<CallBack>(app, asker, rider).await?;
        }
        if number % WITHOUT_POINTS_ONE_IN != WITHOUT_POINTS_ONE_IN - 1 {
            consent::<Points>(app, asker, rider).await?;
        }
    }
    Ok(())
}

/// A rider ticks it for themself.
async fn consent<P: NeedsConsent>(app: &App, asker: Asker, rider: &Part) -> Result<(), Failure> {
    let consent = GiveConsent {
        id: app.entropy.id(app.now()),
        subject: Subject::Person(rider.person),
        purpose: PurposeKey::of::<P>(),
        version: 1,
        scope: Scope::Tenant,
        proof: ConsentProof::Tick,
        object: None,
        guardian: None,
        stamp: Stamp::new(app.now(), None, &app.entropy),
    };
    let by = Asker { actor: Actor::Person(rider.person), ..asker };
    app.db.write(by, consent).await.map(drop)
}
