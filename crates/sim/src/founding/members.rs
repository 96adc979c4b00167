//! People on their way into the scheme: one at every step, as a grid worker recommended them.

use qige_db::{Actor, Asker, Failure};
use qige_identity::member::{
    AcceptInvitation, ActivateMember, Invite, InviteCode, MemberState, NewMember, Recommend,
};
use qige_identity::{NewPerson, PersonState, Role, Scope, SetPersonState, Stamp};
use qige_kernel::PersonId;

use super::{Hiring, Part};

/// Which rules the invited have read.
const RULES_VERSION: u32 = 1;
/// Which text of the consent.
const TEXT_VERSION: i64 = 1;

/// Leads one person to each step.
pub(super) async fn on_their_way(hiring: &mut Hiring<'_>, recommends: &Part) -> Result<(), Failure> {
    for (n, state) in (1..).zip(MemberState::ALL.iter().filter(|state| **state != MemberState::Left)) {
        let part = hiring.named(format!("新骑手 {n:02}"), Role::Rider, recommends.scope);
        lead(hiring, &part, recommends, *state).await?;
    }
    Ok(())
}

/// Leads somebody so far.
async fn lead(hiring: &Hiring<'_>, who: &Part, by: &Part, to: MemberState) -> Result<(), Failure> {
    let (app, asker, person) = (hiring.app, hiring.asker, who.person);
    let stamp = || Stamp::new(app.now(), None, &app.entropy);
    let community = match who.scope {
        Scope::Community(place) => Some(place),
        _ => None,
    };
    let recommended = NewMember { person: account(hiring, who).await?, community };
    let recommends = Asker { actor: Actor::Person(by.person), ..asker };
    app.db.write(recommends, Recommend { people: vec![recommended], stamp: stamp() }).await?;
    if to == MemberState::Recommended {
        return Ok(());
    }
    let code = InviteCode::draw(&app.entropy);
    app.db.write(asker, Invite { people: vec![(person, code.digest())], stamp: stamp() }).await?;
    if to == MemberState::Invited {
        return Ok(());
    }
    app.db.write(asker, accepting(hiring, &code, stamp())).await?;
    if to == MemberState::Prepared {
        return Ok(());
    }
    let grant = app.entropy.id(app.now());
    app.db.write(asker, ActivateMember { person, grant, stamp: stamp() }).await?;
    if to == MemberState::Paused {
        pause(hiring, person, stamp()).await?;
    }
    Ok(())
}

async fn account(hiring: &Hiring<'_>, who: &Part) -> Result<NewPerson, Failure> {
    let (app, id) = (hiring.app, who.person);
    let number = who.phone.parse()?;
    let phone = app.vault.seal_phone(hiring.asker.tenant, id.0, &number).await?;
    let name = who.name.parse()?;
    Ok(NewPerson { id, name, sign_in_name: None, phone: Some(phone), password: None, locale: None })
}

fn accepting(hiring: &Hiring<'_>, code: &InviteCode, stamp: Stamp) -> AcceptInvitation {
    AcceptInvitation {
        digest: code.digest(),
        password: Some(hiring.hash.clone()),
        locale: "zh-Hans".to_owned(),
        rules_version: RULES_VERSION,
        consent: hiring.app.entropy.id(hiring.app.now()),
        text_version: TEXT_VERSION,
        stamp,
    }
}

async fn pause(hiring: &Hiring<'_>, person: PersonId, stamp: Stamp) -> Result<(), Failure> {
    let pause = SetPersonState { person, state: PersonState::Paused, stamp };
    hiring.app.db.write(hiring.asker, pause).await.map(drop)
}
