//! Signing in by a code that is sent.

use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_identity::{
    CODE_MICROS, CODE_TRIES, CodeAsk, CodeAttempt, Entered, ForgetOld, NUMBER_SENDS, PAIR_SENDS, PersonState,
    Role, SEND_SPACING_MICROS, Scope, SetPersonState, SignedIn, TriedFrom, ask_code, password,
    sign_in_by_code,
};
use qige_kernel::{PersonId, Timestamp};

use crate::support::{NOON, Town, after, refusal};

const PHONE: &str = "13800001234";
const NOBODYS: &str = "13800009999";

impl Town {
    async fn known_by_number(&self) -> PersonId {
        let hash = password::hash(&qige_identity::Password::typed("桥下的灯亮 37"), &self.entropy).await;
        let person = self.person_with("骑手 0017", PHONE, hash.unwrap()).await;
        self.give(person, Role::Rider, Scope::Tenant).await;
        person
    }

    async fn ask(&self, phone: &str, from: &TriedFrom, at: Timestamp) -> Result<Option<String>, Failure> {
        let (tenant, phone, from) = (self.tenant, phone.parse().unwrap(), from.clone());
        ask_code(&self.vault, CodeAsk { tenant, phone, from, at }, &self.entropy).await
    }

    async fn type_in(&self, code: &str, from: &TriedFrom, at: Timestamp) -> Result<Entered, Failure> {
        let (tenant, code, from) = (self.tenant, code.to_owned(), from.clone());
        let attempt = CodeAttempt { tenant, code, from, label: "手机".to_owned(), at };
        sign_in_by_code(&self.vault, attempt, &self.entropy).await
    }

    async fn in_by(&self, code: &str, from: &TriedFrom, at: Timestamp) -> SignedIn {
        match self.type_in(code, from, at).await.unwrap() {
            Entered::Whole(signed_in) => signed_in,
            Entered::Half(_) => panic!("a second step is owed"),
        }
    }
}

fn other(code: &str) -> String {
    let first = code.chars().next().unwrap();
    format!("{}{}", if first == '1' { '2' } else { '1' }, &code[1..])
}

#[db_test]
async fn a_code_lets_in_once_and_in_the_browser_that_asked(db: TestDb) {
    let town = Town::new(db);
    let person = town.known_by_number().await;
    let (mine, elsewhere) = (town.from(1), town.from(1));
    let code = town.ask("138 0000 1234", &mine, NOON).await.unwrap().unwrap();
    assert_eq!(refusal(town.type_in(&code, &elsewhere, NOON).await).code, "code-over");
    assert_eq!(refusal(town.type_in(&other(&code), &mine, NOON).await).code, "code-wrong");
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let signed_in = town.in_by(&spaced, &mine, NOON).await;
    assert_eq!(signed_in.person, person);
    assert!(town.who(&signed_in.secret, NOON).await.unwrap().has(Role::Rider));
    assert_eq!(refusal(town.type_in(&code, &mine, NOON).await).code, "code-over", "it is used up");
    let later = after(SEND_SPACING_MICROS);
    let code = town.ask(PHONE, &mine, later).await.unwrap().unwrap();
    let over = later.plus(CODE_MICROS);
    assert_eq!(refusal(town.type_in(&code, &mine, over).await).code, "code-over");
    town.in_by(&code, &mine, over.plus(-1)).await;
}

#[db_test]
async fn a_code_is_good_for_few_wrong_tries(db: TestDb) {
    let town = Town::new(db);
    town.known_by_number().await;
    let mine = town.from(1);
    let code = town.ask(PHONE, &mine, NOON).await.unwrap().unwrap();
    for _ in 0..CODE_TRIES {
        assert_eq!(refusal(town.type_in(&other(&code), &mine, NOON).await).code, "code-wrong");
    }
    assert_eq!(refusal(town.type_in(&code, &mine, NOON).await).code, "code-over");
    // Another one puts the one before out of use.
    let first = town.ask(PHONE, &mine, after(SEND_SPACING_MICROS)).await.unwrap().unwrap();
    let second = town.ask(PHONE, &mine, after(2 * SEND_SPACING_MICROS)).await.unwrap().unwrap();
    let now = after(2 * SEND_SPACING_MICROS);
    if first != second {
        assert_eq!(refusal(town.type_in(&first, &mine, now).await).code, "code-wrong");
    }
    town.in_by(&second, &mine, now).await;
}

#[db_test]
async fn nobody_learns_who_has_a_number(db: TestDb) {
    let town = Town::new(db);
    let person = town.known_by_number().await;
    for phone in [PHONE, NOBODYS] {
        let from = town.from(7);
        let sent = town.ask(phone, &from, NOON).await.unwrap();
        assert_eq!(sent.is_some(), phone == PHONE);
        let soon = refusal(town.ask(phone, &from, after(1)).await);
        assert_eq!((soon.code, soon.args["retry_after_seconds"].as_str()), ("code-too-often", "60"));
        let wrong = sent.map_or("000000".to_owned(), |code| other(&code));
        for _ in 0..CODE_TRIES {
            assert_eq!(refusal(town.type_in(&wrong, &from, NOON).await).code, "code-wrong");
        }
        assert_eq!(refusal(town.type_in(&wrong, &from, NOON).await).code, "code-over");
    }
    town.done(SetPersonState { person, state: PersonState::Paused, stamp: town.stamp(NOON) }).await;
    assert_eq!(town.ask(PHONE, &town.from(8), NOON).await.unwrap(), None);
}

#[db_test]
async fn a_number_is_not_flooded_and_its_owner_not_shut_out(db: TestDb) {
    let town = Town::new(db);
    town.known_by_number().await;
    let mine = town.from(1);
    let code = town.ask(PHONE, &mine, NOON).await.unwrap().unwrap();
    town.in_by(&code, &mine, NOON).await;
    // The owner's own first message counts with those from everywhere: it came before the browser was known.
    for number in 1..NUMBER_SENDS {
        let from = town.from(u8::try_from(10 + number).unwrap());
        town.ask(PHONE, &from, after(1)).await.unwrap();
    }
    let flooded = refusal(town.ask(PHONE, &town.from(100), after(1)).await);
    assert_eq!(flooded.code, "code-too-often");
    let mut now = after(Timestamp::MINUTE);
    for _ in 0..PAIR_SENDS {
        let code = town.ask(PHONE, &mine, now).await.unwrap().unwrap();
        town.in_by(&code, &mine, now).await;
        now = now.plus(Timestamp::MINUTE);
    }
    assert_eq!(refusal(town.ask(PHONE, &mine, now).await).code, "code-too-often", "nor for ever by this one");
    let forgotten = town.done(ForgetOld { at: now.plus(Timestamp::DAY) }).await;
    assert_eq!(forgotten.codes, u64::try_from(NUMBER_SENDS + PAIR_SENDS).unwrap());
}
