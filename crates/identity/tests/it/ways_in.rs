//! By what somebody came in, and passwords that somebody else drew.

use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_identity::provider::{LinkProvider, Linked, UnlinkProvider};
use qige_identity::{
    AddPerson, Attempt, BeginSecondStep, DRAWN_MICROS, Entered, NewPerson, Owed, Password, SecondWay,
    SetPassword, SignInWay, SignedIn, begun_second_step, confirm_second_step, credentials_of, password,
    sign_in,
};
use qige_kernel::{PersonId, Timestamp};

use crate::support::{NOON, Town, after, refusal};

const DRAWN: &str = "k7m2-0vq9-xd3c";

impl Town {
    async fn arrival(&self, name: &str, text: &str, at: Timestamp) -> Result<SignedIn, Failure> {
        let (password, label) = (Password::typed(text), "Edge · Windows".to_owned());
        let (account, from) = (name.to_owned(), self.from(1));
        let attempt = Attempt { tenant: self.tenant, account, password, from, label, at };
        match sign_in(&self.vault, attempt, &self.entropy).await? {
            Entered::Whole(signed_in) => Ok(signed_in),
            Entered::Half(half) => panic!("a second step is owed until {}", half.expires_at),
        }
    }

    async fn person_by(&self, name: &str, word: Password) -> PersonId {
        let password = Some(password::hash(&word, &self.entropy).await.unwrap());
        let person = NewPerson { password, ..self.new_person(name) };
        self.done(AddPerson { person, stamp: self.stamp(NOON) }).await
    }
}

#[db_test]
async fn a_drawn_password_is_replaced_at_once_and_ends_unused(db: TestDb) {
    let town = Town::new(db);
    let person = town.person_by("网格员-07", Password::drawn(DRAWN)).await;
    let last = after(DRAWN_MICROS - 1);
    let signed_in = town.arrival("网格员-07", DRAWN, last).await.unwrap();
    let owes = async |at| town.who(&signed_in.secret, at).await.unwrap().owes;
    assert_eq!(owes(last).await, Some(Owed::Password));
    let over = refusal(town.arrival("网格员-07", DRAWN, after(DRAWN_MICROS)).await);
    assert_eq!(over.code, "password-over");
    let wrong = refusal(town.arrival("网格员-07", "another", after(DRAWN_MICROS)).await);
    assert_eq!(wrong.code, "sign-in-wrong", "only whoever knows it learns that it is over");

    let chosen = Password::chosen("雨停了路面还湿着", &[]).unwrap();
    let password = password::hash(&chosen, &town.entropy).await.unwrap();
    let (keep, stamp) = (Some(signed_in.credential), town.stamp(last));
    town.done(SetPassword { person, password, keep, stamp }).await;
    assert_eq!(owes(last).await, None);
    town.arrival("网格员-07", "雨停了路面还湿着", after(9 * DRAWN_MICROS)).await.unwrap();
}

#[db_test]
async fn what_the_first_administrators_got_waits_for_them(db: TestDb) {
    let town = Town::new(db);
    town.person_by("系统管理员", Password::drawn_first(DRAWN)).await;
    let late = after(52 * DRAWN_MICROS);
    let signed_in = town.arrival("系统管理员", DRAWN, late).await.unwrap();
    assert_eq!(town.who(&signed_in.secret, late).await.unwrap().owes, Some(Owed::Password));
}

#[db_test]
async fn whatever_lets_in_is_changed_everything_else_is_signed_out(db: TestDb) {
    let town = Town::new(db);
    let person = town.person_by("网格员-07", Password::typed(DRAWN)).await;
    let here = town.arrival("网格员-07", DRAWN, NOON).await.unwrap();
    let stamp = || town.stamp(NOON).in_session(Some(here.credential));
    let provider = "county".to_owned();
    let (issuer, subject) = ("https://id.example".to_owned(), "w07".to_owned());
    let account = Linked { provider: provider.clone(), issuer, subject };
    let asker = town.by(person);
    let begin = BeginSecondStep::draw(&town.vault, asker, person, NOON, &town.entropy).await.unwrap();
    town.done(begin).await;
    let secret = begun_second_step(&town.vault, asker, person, NOON).await.unwrap().unwrap();
    for change in ["link", "unlink", "second step"] {
        let there = town.arrival("网格员-07", DRAWN, NOON).await.unwrap();
        assert!(town.who(&there.secret, NOON).await.is_some());
        match change {
            "link" => town.done(LinkProvider { person, account: account.clone(), stamp: stamp() }).await,
            "unlink" => {
                town.done(UnlinkProvider { person, provider: provider.clone(), stamp: stamp() }).await;
            }
            _ => {
                let (vault, code) = (&town.vault, secret.code_at(NOON));
                let codes = confirm_second_step(vault, asker, person, &code, stamp(), &town.entropy).await;
                assert_eq!(codes.unwrap().len(), 10);
            }
        }
        assert!(town.who(&there.secret, NOON).await.is_none(), "{change}: elsewhere");
        assert!(town.who(&here.secret, NOON).await.is_some(), "{change}: where it was done");
    }
}

#[db_test]
async fn it_is_kept_by_what_somebody_came_in(db: TestDb) {
    let town = Town::new(db);
    let person = town.person_by("网格员-07", Password::typed(DRAWN)).await;
    let signed_in = town.arrival("网格员-07", DRAWN, NOON).await.unwrap();
    assert_eq!(town.who(&signed_in.secret, NOON).await.unwrap().owes, None);
    assert_eq!(town.came(person).await, [(Some(SignInWay::Password), None)]);
}

impl Town {
    /// By what each session of a person began, the last used first.
    pub(crate) async fn came(&self, person: PersonId) -> Vec<(Option<SignInWay>, Option<SecondWay>)> {
        let kept =
            self.read(move |tx| Box::pin(async move { Ok(credentials_of(tx, person, NOON).await?) })).await;
        kept.into_iter().map(|one| (one.way, one.second)).collect()
    }
}
