//! Of the copy: what lies beside the account and the reports. How one came to the scheme, the ways in that
//! are no password, leave covers, what two people had to agree to, what one was told, and when one came in.

use qige_db::{Failure, Tx};
use qige_identity::member::{MemberState, member};
use qige_identity::passkey::{Passkey, passkeys_of};
use qige_identity::provider::{ProviderLink, provider_links_of};
use qige_identity::{
    CoverRow, LookKind, Role, SIGN_INS_ON_PAGE_MAX, ScopeKind, SecondLook, SignInRow, covers_by, person_name,
    second_looks_of, sign_ins,
};
use qige_kernel::{PersonId, Timestamp};
use qige_places::store;
use schemars::JsonSchema;
use serde::Serialize;

use crate::notices::{KeptNotice, kept as notices};
use crate::trust::sign_ins::SignInLine;
use crate::{Cx, Fault};

/// Notices in the copy at most.
const NOTICES_MAX: usize = 2_000;
/// What two people had to agree to, in the copy at most.
const LOOKS_MAX: u32 = 500;

/// What lies beside the account and the reports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Beside {
    /// How they came to the scheme; nothing where they did not.
    membership: Option<Membership>,
    passkeys: Vec<Passkey>,
    /// Accounts elsewhere by which they come in.
    elsewhere: Vec<ProviderLink>,
    /// Leave covers that they gave and that are not over.
    covers: Vec<Cover>,
    /// What two people had to agree to, where they are one of them or it is about them.
    looks: Vec<Look>,
    /// The latest first.
    notices: Vec<KeptNotice>,
    /// The latest first.
    sign_ins: Vec<SignInLine>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Membership {
    state: MemberState,
    /// Nothing for the whole subdistrict.
    community: Option<String>,
    /// Nothing where a list did.
    recommended_by: Option<String>,
    recommended_at: Timestamp,
    changed_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Cover {
    /// Who covers.
    by: String,
    role: Role,
    scope: ScopeKind,
    until: Timestamp,
}

impl From<CoverRow> for Cover {
    fn from(row: CoverRow) -> Self {
        Self { by: row.name, role: row.role, scope: row.scope.kind(), until: row.ends_at }
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Look {
    kind: LookKind,
    role: Option<Role>,
    asked_at: Timestamp,
    /// Whether they asked themself.
    asked_oneself: bool,
    /// Why; what others wrote of others is theirs.
    words: Option<String>,
    granted: Option<bool>,
    answer: Option<String>,
}

impl Look {
    fn of(look: SecondLook, me: PersonId) -> Self {
        let own = |by: Option<PersonId>| by == Some(me) || look.subject == me.0;
        Self {
            kind: look.kind,
            role: look.role,
            asked_at: look.asked_at,
            asked_oneself: look.asked_by == me,
            words: own(Some(look.asked_by)).then_some(look.words),
            granted: look.granted,
            answer: look.answer.filter(|_| own(look.answered_by) || look.asked_by == me),
        }
    }
}

/// What the database knows of it.
struct Found {
    membership: Option<Membership>,
    passkeys: Vec<Passkey>,
    elsewhere: Vec<ProviderLink>,
    covers: Vec<CoverRow>,
    looks: Vec<SecondLook>,
    sign_ins: Vec<SignInRow>,
}

async fn find(tx: &mut Tx<'_>, me: PersonId, now: Timestamp) -> Result<Found, Failure> {
    Ok(Found {
        membership: membership(tx, me, now).await?,
        passkeys: passkeys_of(tx, me).await?,
        elsewhere: provider_links_of(tx, me).await?,
        covers: covers_by(tx, me, now).await?,
        looks: second_looks_of(tx, me, LOOKS_MAX).await?,
        sign_ins: sign_ins(tx, Some(me), None, SIGN_INS_ON_PAGE_MAX).await?,
    })
}

async fn membership(tx: &mut Tx<'_>, me: PersonId, now: Timestamp) -> Result<Option<Membership>, Failure> {
    let Some(row) = member(tx, me, now).await? else { return Ok(None) };
    let recommended_by = match row.recommended_by {
        Some(by) => person_name(tx, by).await?,
        None => None,
    };
    let community = match row.community {
        Some(id) => store::by_id(tx, id).await?.map(|place| place.name),
        None => None,
    };
    let (recommended_at, changed_at) = (row.created_at, row.changed_at);
    Ok(Some(Membership { state: row.state, community, recommended_by, recommended_at, changed_at }))
}

impl Beside {
    /// Of whoever asks.
    pub(super) async fn of(cx: &Cx) -> Result<Self, Fault> {
        let (me, now) = (cx.signed_in()?.person, cx.now());
        let found = cx.read(move |tx| Box::pin(find(tx, me, now))).await?;
        Ok(Self {
            membership: found.membership,
            passkeys: found.passkeys,
            elsewhere: found.elsewhere,
            covers: found.covers.into_iter().map(Cover::from).collect(),
            looks: found.looks.into_iter().map(|look| Look::of(look, me)).collect(),
            notices: notices(cx, NOTICES_MAX).await?,
            sign_ins: found.sign_ins.into_iter().map(SignInLine::from).collect(),
        })
    }

    pub(super) fn sample() -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let passkey = Passkey {
            id: uuid::Uuid::nil(),
            name: "手机".to_owned(),
            handle: Vec::new(),
            created_at: at,
            last_used_at: Some(at),
        };
        Self {
            membership: Some(Membership {
                state: MemberState::Active,
                community: Some("晶都社区".to_owned()),
                recommended_by: Some("网格员 07".to_owned()),
                recommended_at: at,
                changed_at: at,
            }),
            passkeys: vec![passkey],
            elsewhere: vec![ProviderLink {
                provider: "county".to_owned(),
                linked_at: at,
                last_used_at: None,
            }],
            covers: vec![Cover {
                by: "网格员 08".to_owned(),
                role: Role::GridWorker,
                scope: ScopeKind::Community,
                until: at,
            }],
            looks: vec![Look {
                kind: LookKind::Export,
                role: None,
                asked_at: at,
                asked_oneself: true,
                words: Some("年度核对".to_owned()),
                granted: Some(false),
                answer: Some("没有说明用途".to_owned()),
            }],
            notices: vec![KeptNotice { at, words: "“占道经营”办好了".to_owned(), read: true }],
            sign_ins: vec![SignInLine::sample()],
        }
    }
}
