//! The second step at sign-in: set up, asked for, owed by staff, lost and reset.

use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_identity::lockout::{PAIR_PAUSE_MICROS, PAIR_TRIES};
use qige_identity::{
    Attempt, BEGUN_MICROS, BeginSecondStep, EndSecondStep, Entered, HALF_MICROS, KeyClass, Owed, Password,
    PersonState, RecoveryCode, RenewRecoveryCodes, Role, SECOND_STEP, SECOND_STEP_SECRET, Scope,
    SecondAttempt, SecondWay, Secret, SetPassword, SetPersonState, SetSetting, SignInWay, SignedIn,
    StepSecret, begun_second_step, confirm_second_step, credentials_of, password, second_step_of, sign_in,
    sign_in_second,
};
use qige_kernel::{CredentialId, PersonId, Timestamp};
use qige_notify::{Recipient, inbox};
use serde_json::json;

use crate::support::{NOON, Town, after, refusal};

const PHONE: &str = "13800001234";
const RIGHT: &str = "桥下的灯亮 37";

impl Town {
    async fn worker(&self) -> PersonId {
        let hash = password::hash(&Password::typed(RIGHT), &self.entropy).await.unwrap();
        let person = self.person_with("坐席 03", PHONE, hash).await;
        self.give(person, Role::Dispatcher, Scope::Tenant).await;
        person
    }

    async fn knock(&self, text: &str, label: &str, at: Timestamp) -> Result<Entered, Failure> {
        let attempt = Attempt {
            tenant: self.tenant,
            account: PHONE.to_owned(),
            password: Password::typed(text),
            from: self.from(1),
            label: label.to_owned(),
            at,
        };
        sign_in(&self.vault, attempt, &self.entropy).await
    }

    async fn half(&self, at: Timestamp) -> Secret {
        match self.knock(RIGHT, "Edge · Windows", at).await.unwrap() {
            Entered::Half(half) => half.secret,
            Entered::Whole(_) => panic!("the password alone was enough"),
        }
    }

    async fn whole(&self, label: &str, at: Timestamp) -> SignedIn {
        match self.knock(RIGHT, label, at).await.unwrap() {
            Entered::Whole(signed_in) => signed_in,
            Entered::Half(_) => panic!("a second step is owed"),
        }
    }

    async fn second(&self, half: &Secret, code: &str, at: Timestamp) -> Result<SignedIn, Failure> {
        let (half, code) = (half.clone(), code.to_owned());
        let attempt = SecondAttempt { tenant: self.tenant, half, code, from: self.from(1), at };
        sign_in_second(&self.vault, attempt, &self.entropy).await
    }

    async fn begin(&self, person: PersonId) -> StepSecret {
        let asker = self.by(person);
        let begin = BeginSecondStep::draw(&self.vault, asker, person, NOON, &self.entropy).await.unwrap();
        self.done(begin).await;
        begun_second_step(&self.vault, asker, person, NOON).await.unwrap().unwrap()
    }

    async fn confirm(
        &self,
        person: PersonId,
        code: &str,
        at: Timestamp,
    ) -> Result<Vec<RecoveryCode>, Failure> {
        self.confirm_in(None, person, code, at).await
    }

    async fn confirm_in(
        &self,
        session: Option<CredentialId>,
        person: PersonId,
        code: &str,
        at: Timestamp,
    ) -> Result<Vec<RecoveryCode>, Failure> {
        let (asker, stamp) = (self.by(person), self.stamp(at).in_session(session));
        confirm_second_step(&self.vault, asker, person, code, stamp, &self.entropy).await
    }

    /// A worker with a second step whose first code was used at noon.
    async fn guarded(&self) -> (PersonId, StepSecret, Vec<RecoveryCode>) {
        let person = self.worker().await;
        let secret = self.begin(person).await;
        let codes = self.confirm(person, &secret.code_at(NOON), NOON).await.unwrap();
        (person, secret, codes)
    }

    async fn codes_left(&self, person: PersonId) -> Option<i64> {
        let step = self.read(move |tx| Box::pin(async move { Ok(second_step_of(tx, person).await?) })).await;
        step.map(|step| step.codes_left)
    }
}

#[db_test]
async fn it_is_asked_for_once_its_first_code_came_right(db: TestDb) {
    let town = Town::new(db);
    let person = town.worker().await;
    let secret = town.begin(person).await;
    town.whole("Edge · Windows", NOON).await;
    assert_eq!(refusal(town.confirm(person, "000000", NOON).await).code, "second-step-wrong");
    let late = refusal(town.confirm(person, &secret.code_at(after(BEGUN_MICROS)), after(BEGUN_MICROS)).await);
    assert_eq!(late.code, "second-step-missing");
    let codes = town.confirm(person, &secret.code_at(NOON), NOON).await.unwrap();
    assert_eq!((codes.len(), town.codes_left(person).await), (10, Some(10)));
    let again = BeginSecondStep::draw(&town.vault, town.by(person), person, NOON, &town.entropy).await;
    assert_eq!(town.refused(again.unwrap()).await.code, "second-step-there");

    let half = town.half(NOON).await;
    assert!(town.who(&half, NOON).await.is_none(), "half-way in is not in");
    let later = after(Timestamp::MINUTE);
    let code = secret.code_at(later);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let signed_in = town.second(&half, &spaced, later).await.unwrap();
    assert_eq!(town.who(&signed_in.secret, later).await.unwrap().person, person);
    let over = refusal(town.second(&half, &code, later).await);
    assert_eq!(over.code, "second-step-over", "the way is gone once");
    let listed =
        town.read(move |tx| Box::pin(async move { Ok(credentials_of(tx, person, later).await?) })).await;
    assert_eq!(listed.len(), 1, "what there was before the second step ended with it");
    assert_eq!((listed[0].way, listed[0].second), (Some(SignInWay::Password), Some(SecondWay::Code)));
    let half = town.half(later).await;
    assert_eq!(
        refusal(town.second(&half, &code, later).await).code,
        "second-step-wrong",
        "a code is good once"
    );
}

#[db_test]
async fn the_way_ends_after_five_minutes_and_with_the_password(db: TestDb) {
    let town = Town::new(db);
    let (person, secret, _) = town.guarded().await;
    let half = town.half(NOON).await;
    let last = after(HALF_MICROS);
    assert_eq!(refusal(town.second(&half, &secret.code_at(last), last).await).code, "second-step-over");
    town.second(&half, &secret.code_at(last.plus(-1)), last.plus(-1)).await.unwrap();
    let half = town.half(last).await;
    let hash = password::hash(&Password::typed("another quiet street"), &town.entropy).await.unwrap();
    town.done(SetPassword { person, password: hash, keep: None, stamp: town.stamp(last) }).await;
    let at = last.plus(Timestamp::MINUTE);
    assert_eq!(refusal(town.second(&half, &secret.code_at(at), at).await).code, "second-step-over");
}

#[db_test]
async fn wrong_codes_make_the_pause_that_wrong_passwords_make(db: TestDb) {
    let town = Town::new(db);
    let (_, secret, _) = town.guarded().await;
    for time in 0..PAIR_TRIES {
        let half = town.half(NOON).await;
        let code = refusal(town.second(&half, "000000", NOON).await).code;
        assert_eq!(code, "second-step-wrong", "try {time}: a right password takes nothing off the record");
    }
    assert_eq!(refusal(town.knock(RIGHT, "", NOON).await.map(drop)).code, "sign-in-paused");
    let at = after(PAIR_PAUSE_MICROS);
    let half = town.half(at).await;
    town.second(&half, &secret.code_at(at), at).await.unwrap();
}

#[db_test]
async fn a_recovery_code_opens_once_and_others_take_their_place(db: TestDb) {
    let town = Town::new(db);
    let (person, _, codes) = town.guarded().await;
    let half = town.half(NOON).await;
    town.second(&half, &codes[0].to_string(), NOON).await.unwrap();
    assert_eq!(town.codes_left(person).await, Some(9));
    let half = town.half(NOON).await;
    let used = refusal(town.second(&half, &codes[0].to_string(), NOON).await);
    assert_eq!(used.code, "second-step-wrong");
    let fresh = town.done(RenewRecoveryCodes::draw(person, town.stamp(NOON), &town.entropy)).await;
    assert_eq!(refusal(town.second(&half, &fresh[1].to_string(), NOON).await).code, "second-step-over");
    let half = town.half(NOON).await;
    assert_eq!(refusal(town.second(&half, &codes[1].to_string(), NOON).await).code, "second-step-wrong");
    town.second(&half, &fresh[1].to_string(), NOON).await.unwrap();
    let journal = town.journal("person", person).await;
    let said = journal.iter().map(|(command, _)| command.as_str()).collect::<Vec<_>>();
    let wanted = ["set-second-step", "use-recovery-code", "renew-recovery-codes", "use-recovery-code"];
    assert!(said.ends_with(&wanted), "{said:?}");
    let bodies: String = journal.iter().map(|(_, body)| body.as_str()).collect();
    assert!(codes.iter().chain(&fresh).all(|code| !bodies.contains(&code.to_string())));
}

#[db_test]
async fn switched_off_or_reset_the_password_is_enough_again(db: TestDb) {
    let town = Town::new(db);
    let (person, ..) = town.guarded().await;
    town.done(EndSecondStep { person, reset: false, stamp: town.stamp(NOON) }).await;
    let before = town.whole("Edge · Windows", NOON).await;
    let ended = town.refused(EndSecondStep { person, reset: true, stamp: town.stamp(NOON) }).await;
    assert_eq!(ended.code, "second-step-missing");
    let secret = town.begin(person).await;
    town.confirm_in(Some(before.credential), person, &secret.code_at(NOON), NOON).await.unwrap();
    assert!(town.who(&before.secret, NOON).await.is_some(), "where it was set up one stays in");
    let half = town.half(NOON).await;
    town.done(EndSecondStep { person, reset: true, stamp: town.stamp(NOON) }).await;
    assert!(town.who(&before.secret, NOON).await.is_none(), "a finder's session ends");
    let at = after(Timestamp::MINUTE);
    assert_eq!(refusal(town.second(&half, &secret.code_at(at), at).await).code, "second-step-over");
    town.whole("Edge · Windows", NOON).await;
    assert_eq!(town.journal("person", person).await.last().unwrap().0, "reset-second-step");
    town.begin(person).await;
    let state = PersonState::Left;
    town.done(SetPersonState { person, state, stamp: town.stamp(NOON) }).await;
    assert!(begun_second_step(&town.vault, town.by(person), person, NOON).await.unwrap().is_none());
}

#[db_test]
async fn staff_owe_it_where_the_rule_says_so(db: TestDb) {
    let town = Town::new(db);
    let person = town.worker().await;
    let signed_in = town.whole("Edge · Windows", NOON).await;
    assert!(town.who(&signed_in.secret, NOON).await.unwrap().owes.is_none());
    let value = json!({ "staff": true });
    town.done(SetSetting { key: SECOND_STEP, value, stamp: town.stamp(NOON) }).await;
    assert!(town.who(&signed_in.secret, NOON).await.unwrap().owes == Some(Owed::SecondStep));
    let secret = town.begin(person).await;
    assert!(
        town.who(&signed_in.secret, NOON).await.unwrap().owes == Some(Owed::SecondStep),
        "begun is not done"
    );
    town.confirm_in(Some(signed_in.credential), person, &secret.code_at(NOON), NOON).await.unwrap();
    assert!(town.who(&signed_in.secret, NOON).await.unwrap().owes.is_none());
}

#[db_test]
async fn the_secret_lies_under_lock_and_follows_its_key(db: TestDb) {
    let town = Town::new(db);
    let (person, secret, _) = town.guarded().await;
    town.vault.renew(town.system(), KeyClass::SecondStep, town.stamp(NOON)).await.unwrap();
    assert_eq!(town.vault.reseal(town.tenant, &[&SECOND_STEP_SECRET]).await.unwrap(), 1);
    assert_eq!(town.vault.reseal(town.tenant, &[&SECOND_STEP_SECRET]).await.unwrap(), 0);
    let (half, at) = (town.half(NOON).await, after(Timestamp::MINUTE));
    assert_eq!(town.second(&half, &secret.code_at(at), at).await.unwrap().person, person);
}

#[db_test]
async fn a_browser_that_is_new_is_told_of(db: TestDb) {
    let town = Town::new(db);
    let person = town.worker().await;
    for label in ["Edge · Windows", "Edge · Windows", "Chrome · Android", "Chrome · Android"] {
        town.whole(label, NOON).await;
    }
    let told = town
        .read(move |tx| {
            Box::pin(async move {
                let page = inbox(tx, &[Recipient::Person(person)], NOON, None, 10).await?;
                Ok(page.notices)
            })
        })
        .await;
    let told: Vec<_> = told.iter().map(|notice| (notice.kind.as_str(), &notice.args["browser"])).collect();
    assert_eq!(told, [("new-sign-in", &json!("Chrome · Android"))]);
}
