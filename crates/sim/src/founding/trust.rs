//! What the town has to say about personal information, and the riders who may be called back.

use qige_app::App;
use qige_db::{Actor, Asker, DbError, Failure};
use qige_identity::{
    CallBack, ConsentProof, GiveConsent, PRIVACY, PrivacyFacts, PurposeKey, Scope, SetSetting, Stamp, Subject,
};

use super::Part;

/// Of so many riders one consents to being called back.
const ONE_IN: usize = 3;

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
    for rider in riders.iter().step_by(ONE_IN) {
        let consent = GiveConsent {
            id: app.entropy.id(app.now()),
            subject: Subject::Person(rider.person),
            purpose: PurposeKey::of::<CallBack>(),
            version: 1,
            scope: Scope::Tenant,
            proof: ConsentProof::Tick,
            object: None,
            guardian: None,
            stamp: stamp(),
        };
        let by = Asker { actor: Actor::Person(rider.person), ..asker };
        app.db.write(by, consent).await?;
    }
    Ok(())
}
