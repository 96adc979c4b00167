//! Signing in, and being wrong too often.

use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_identity::lockout::{
    ACCOUNT_SPACING_MICROS, ACCOUNT_TRIES, ADDRESS_TRIES, ADDRESS_WINDOW_MICROS, PAIR_PAUSE_MICROS,
    PAIR_TRIES,
};
use qige_identity::{
    Attempt, BROWSER_MICROS, CredentialKind, Entered, ForgetOld, Password, PasswordHash, PersonState,
    RIDER_IDLE_MICROS, Role, SESSION_MICROS, SESSION_TERMS, SESSIONS_MAX, STAFF_IDLE_MICROS, Scope,
    SessionTerms, SetPassword, SetPersonState, SetSetting, SignedIn, Touch, TriedFrom, confirm_password,
    credentials_of, password, password_of, sign_in,
};
use qige_kernel::{PersonId, RefusalKind, TenantId, Timestamp};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

const PHONE: &str = "13800001234";
const RIGHT: &str = "桥下的灯亮 37";

impl Town {
    async fn hashed(&self, text: &str) -> PasswordHash {
        password::hash(&Password::typed(text), &self.entropy).await.unwrap()
    }

    async fn rider(&self) -> PersonId {
        let hash = self.hashed(RIGHT).await;
        let person = self.person_with("骑手 0017", PHONE, hash).await;
        self.give(person, Role::Rider, Scope::Tenant).await;
        person
    }

    async fn enter(&self, account: &str, text: &str, from: u8, at: Timestamp) -> Result<SignedIn, Failure> {
        self.enter_by(account, text, self.from(from), at).await
    }

    async fn enter_by(
        &self,
        account: &str,
        text: &str,
        from: TriedFrom,
        at: Timestamp,
    ) -> Result<SignedIn, Failure> {
        let attempt = Attempt {
            tenant: self.tenant,
            account: account.to_owned(),
            password: Password::typed(text),
            from,
            label: "安卓手机上的浏览器".to_owned(),
            at,
        };
        match sign_in(&self.vault, attempt, &self.entropy).await? {
            Entered::Whole(signed_in) => Ok(signed_in),
            Entered::Half(half) => panic!("a second step is owed until {}", half.expires_at),
        }
    }

    async fn code(&self, account: &str, text: &str, from: u8, at: Timestamp) -> &'static str {
        match self.enter(account, text, from, at).await {
            Ok(_) => "in",
            Err(Failure::Refused(refusal)) => refusal.code,
            Err(Failure::Db(error)) => panic!("{error}"),
        }
    }

    async fn wrong(&self, times: usize, account: &str, from: u8, at: Timestamp) {
        for time in 0..times {
            assert_eq!(self.code(account, "wrong", from, at).await, "sign-in-wrong", "try {time}");
        }
    }
}

#[db_test]
async fn one_comes_in_by_number_or_by_name(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    for account in [PHONE, "+86 138 0000 1234", "１３８００００１２３４", "骑手-0017", " 骑手-0017 "]
    {
        let signed_in = town.enter(account, RIGHT, 1, NOON).await.unwrap();
        assert_eq!((signed_in.person, signed_in.expires_at), (person, after(SESSION_MICROS)));
        let who = town.who(&signed_in.secret, NOON).await.unwrap();
        assert_eq!(
            (who.person, who.credential, who.kind),
            (person, signed_in.credential, CredentialKind::Session)
        );
        assert!(who.has(Role::Rider) && who.csrf.matches(signed_in.secret.csrf().as_str()));
    }
}

#[db_test]
async fn what_is_wrong_is_not_said(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    town.person("骑手 0018").await;
    let tries = [
        (PHONE, "wrong"),
        ("13800009999", RIGHT),
        ("nobody", RIGHT),
        ("骑手-0018", RIGHT),
        ("", RIGHT),
        ("\u{202E}\0'; --", RIGHT),
        (PHONE, ""),
    ];
    let mut said = Vec::new();
    for (account, text) in tries {
        said.push(refusal(town.enter(account, text, 1, NOON).await));
    }
    assert!(said.iter().all(|refusal| *refusal == said[0]), "{said:?}");
    assert_eq!((said[0].code, said[0].kind), ("sign-in-wrong", RefusalKind::Invalid));
    assert_eq!(town.code(&"字".repeat(10_000), &"x".repeat(10_000), 2, NOON).await, "sign-in-wrong");
    // Another tenant does not know them.
    let elsewhere = Attempt {
        tenant: TenantId(Uuid::from_u128(2)),
        account: PHONE.to_owned(),
        password: Password::typed(RIGHT),
        from: town.from(1),
        label: String::new(),
        at: NOON,
    };
    assert_eq!(refusal(sign_in(&town.vault, elsewhere, &town.entropy).await).code, "sign-in-wrong");
}

#[db_test]
async fn only_whoever_knows_the_password_hears_that_an_account_is_paused(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    let set = |state| SetPersonState { person, state, stamp: town.stamp(NOON) };
    town.done(set(PersonState::Paused)).await;
    assert_eq!(town.code(PHONE, "wrong", 1, NOON).await, "sign-in-wrong");
    assert_eq!(town.code(PHONE, RIGHT, 1, NOON).await, "account-paused");
    town.done(set(PersonState::Left)).await;
    assert_eq!(town.code(PHONE, RIGHT, 1, NOON).await, "sign-in-wrong");
}

#[db_test]
async fn the_fifth_wrong_try_shuts_this_door_and_no_other(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    town.wrong(PAIR_TRIES - 1, PHONE, 1, NOON).await;
    assert_eq!(
        town.code(PHONE, RIGHT, 1, NOON).await,
        "in",
        "before the limit, being right clears the record"
    );
    town.wrong(PAIR_TRIES, PHONE, 1, NOON).await;
    let paused = refusal(town.enter(PHONE, RIGHT, 1, NOON).await);
    assert_eq!((paused.code, paused.kind), ("sign-in-paused", RefusalKind::TooMany));
    assert_eq!(paused.args["minutes"], "15");
    assert_eq!(paused.args["retry_after_seconds"], "900");
    // By the other name it is the same account; from elsewhere it is open.
    assert_eq!(town.code("骑手-0017", RIGHT, 1, NOON).await, "sign-in-paused");
    assert_eq!(town.code(PHONE, RIGHT, 2, NOON).await, "in");
    assert_eq!(town.code(PHONE, RIGHT, 1, after(PAIR_PAUSE_MICROS - 1)).await, "sign-in-paused");
    assert_eq!(town.code(PHONE, RIGHT, 1, after(PAIR_PAUSE_MICROS)).await, "in");
}

#[db_test]
async fn an_account_that_is_not_there_is_paused_alike(db: TestDb) {
    let town = Town::new(db);
    town.wrong(PAIR_TRIES, "nobody", 1, NOON).await;
    assert_eq!(town.code(" NOBODY ", RIGHT, 1, NOON).await, "sign-in-paused");
    assert_eq!(town.code("nobody-else", RIGHT, 1, NOON).await, "sign-in-wrong");
}

#[db_test]
async fn tries_at_the_same_time_all_count(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    let tries = (0..20).map(|_| town.code(PHONE, "wrong", 1, NOON));
    let mut codes = futures_util::future::join_all(tries).await;
    codes.sort_unstable();
    let wrong = codes.iter().filter(|code| **code == "sign-in-wrong").count();
    assert_eq!(wrong, PAIR_TRIES, "{codes:?}");
}

#[db_test]
async fn a_shift_comes_in_at_once(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    let tries = (0..12).map(|number| town.code(PHONE, RIGHT, number, NOON));
    let codes = futures_util::future::join_all(tries).await;
    assert!(codes.iter().all(|code| *code == "in"), "{codes:?}");
}

#[db_test]
async fn a_whole_network_waits_only_when_it_tries_many_accounts(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    for number in 0..ADDRESS_TRIES - 1 {
        town.wrong(1, &format!("nobody{number}"), 1, NOON).await;
    }
    assert_eq!(town.code(PHONE, RIGHT, 1, NOON).await, "in");
    town.wrong(1, "one-more", 1, after(1)).await;
    let paused = refusal(town.enter(PHONE, RIGHT, 1, after(1)).await);
    assert_eq!((paused.code, paused.kind), ("sign-in-address-paused", RefusalKind::TooMany));
    assert_eq!(town.code(PHONE, RIGHT, 2, after(1)).await, "in");
    assert_eq!(town.code(PHONE, RIGHT, 1, after(ADDRESS_WINDOW_MICROS)).await, "in");
}

#[db_test]
async fn an_account_under_fire_from_everywhere_is_slow_but_open(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    let tries = usize::try_from(ACCOUNT_TRIES).unwrap();
    for number in 0..tries - 1 {
        town.wrong(1, PHONE, u8::try_from(number / 4).unwrap(), NOON).await;
    }
    assert_eq!(town.code(PHONE, RIGHT, 200, NOON).await, "in");
    town.wrong(1, PHONE, 100, NOON).await;
    let slowed = refusal(town.enter(PHONE, RIGHT, 201, NOON).await);
    assert_eq!((slowed.code, slowed.args["retry_after_seconds"].as_str()), ("sign-in-slowed", "30"));
    assert_eq!(town.code(PHONE, RIGHT, 201, after(ACCOUNT_SPACING_MICROS)).await, "in");
    let forgotten = town.done(ForgetOld { at: after(Timestamp::DAY) }).await;
    assert_eq!(forgotten.tries, u64::try_from(ACCOUNT_TRIES).unwrap());
}

#[db_test]
async fn nobody_is_kept_out_of_a_browser_that_they_came_in_by(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    let mine = town.from(1);
    let by_mine = |text, at| town.enter_by(PHONE, text, mine.clone(), at);
    assert_eq!(refusal(by_mine("wrong", NOON).await).code, "sign-in-wrong", "not known yet");
    by_mine(RIGHT, NOON).await.unwrap();
    // From the same address, from everywhere, and over many accounts.
    town.wrong(PAIR_TRIES, PHONE, 1, NOON).await;
    for number in 0..usize::try_from(ACCOUNT_TRIES).unwrap() - PAIR_TRIES {
        town.wrong(1, PHONE, u8::try_from(2 + number / 4).unwrap(), NOON).await;
    }
    for number in 0..ADDRESS_TRIES - PAIR_TRIES {
        town.wrong(1, &format!("nobody{number}"), 1, NOON).await;
    }
    assert_eq!(town.code(PHONE, RIGHT, 1, NOON).await, "sign-in-address-paused");
    assert_eq!(town.code(PHONE, RIGHT, 200, NOON).await, "sign-in-slowed");
    by_mine(RIGHT, NOON).await.unwrap();
    // What was stolen with the browser does not let its thief guess for ever, nor try other accounts.
    for _ in 0..PAIR_TRIES {
        assert_eq!(refusal(by_mine("wrong", NOON).await).code, "sign-in-wrong");
    }
    assert_eq!(refusal(by_mine(RIGHT, NOON).await).code, "sign-in-paused");
    let other = town.enter_by("nobody", RIGHT, mine.clone(), NOON).await;
    assert_eq!(refusal(other).code, "sign-in-address-paused");
    by_mine(RIGHT, after(PAIR_PAUSE_MICROS)).await.unwrap();
    // A browser that was not seen for long is as any other.
    let forgotten = town.done(ForgetOld { at: after(PAIR_PAUSE_MICROS + BROWSER_MICROS) }).await;
    assert_eq!(forgotten.browsers, 1);
}

#[db_test]
async fn sessions_end_when_unused_and_in_any_case(db: TestDb) {
    let town = Town::new(db);
    let rider = town.rider().await;
    let on_the_road = town.enter(PHONE, RIGHT, 1, NOON).await.unwrap();
    let hash = town.hashed(RIGHT).await;
    let staff = town.person_with("坐席 03", "13800005678", hash).await;
    town.give(staff, Role::Dispatcher, Scope::Tenant).await;
    let at_the_desk = town.enter("坐席-03", RIGHT, 1, NOON).await.unwrap();
    for (session, idle) in [(&on_the_road, RIDER_IDLE_MICROS), (&at_the_desk, STAFF_IDLE_MICROS)] {
        assert!(town.who(&session.secret, after(idle - 1)).await.is_some());
        assert!(town.who(&session.secret, after(idle)).await.is_none());
    }
    let mut now = 0;
    while now + RIDER_IDLE_MICROS < SESSION_MICROS {
        now += RIDER_IDLE_MICROS - 1;
        town.done(Touch { credential: on_the_road.credential, at: after(now) }).await;
    }
    assert!(town.who(&on_the_road.secret, after(SESSION_MICROS - 1)).await.is_some());
    assert!(town.who(&on_the_road.secret, after(SESSION_MICROS)).await.is_none());
    // Whoever joins the staff has the shorter session from then on.
    let again = town.enter(PHONE, RIGHT, 1, NOON).await.unwrap();
    town.give(rider, Role::Dispatcher, Scope::Tenant).await;
    assert!(town.who(&again.secret, after(STAFF_IDLE_MICROS)).await.is_none());
}

#[db_test]
async fn a_tenant_sets_how_long_sessions_last_unused(db: TestDb) {
    let town = Town::new(db);
    town.rider().await;
    let terms = SessionTerms { rider_idle_minutes: 10, ..SessionTerms::default() };
    assert!(terms.check().is_ok());
    let value = serde_json::to_value(terms).unwrap();
    town.done(SetSetting { key: SESSION_TERMS, value, stamp: town.stamp(NOON) }).await;
    let session = town.enter(PHONE, RIGHT, 1, NOON).await.unwrap();
    assert!(town.who(&session.secret, after(10 * Timestamp::MINUTE - 1)).await.is_some());
    assert!(town.who(&session.secret, after(10 * Timestamp::MINUTE)).await.is_none());
    for minutes in [9, SESSION_MICROS / Timestamp::MINUTE + 1] {
        let wrong = SessionTerms { staff_idle_minutes: minutes, ..terms }.check().unwrap_err();
        assert_eq!((wrong.code, wrong.field), ("session-idle", Some("staff_idle_minutes")));
    }
    let longest = SessionTerms { staff_idle_minutes: SESSION_MICROS / Timestamp::MINUTE, ..terms };
    assert!(longest.check().is_ok());
}

#[db_test]
async fn another_password_signs_out_everywhere_else(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    let here = town.enter(PHONE, RIGHT, 1, NOON).await.unwrap();
    let there = town.enter(PHONE, RIGHT, 2, NOON).await.unwrap();
    let password = town.hashed("风里的铃响 52").await;
    let keep = Some(here.credential);
    let stamp = qige_identity::Stamp::new(after(1), None, &town.entropy);
    town.db.write(town.by(person), SetPassword { person, password, keep, stamp }).await.unwrap();
    assert!(town.who(&here.secret, after(1)).await.is_some());
    assert!(town.who(&there.secret, after(1)).await.is_none());
    assert_eq!(town.code(PHONE, RIGHT, 1, after(1)).await, "sign-in-wrong");
    assert_eq!(town.code(PHONE, "风里的铃响 52", 1, after(1)).await, "in");
    let stored = town.read(move |tx| Box::pin(async move { Ok(password_of(tx, person).await?) })).await;
    assert!(password::verify(&Password::typed("风里的铃响 52"), stored.as_ref()).await.unwrap());
    let lines = town.journal("person", person).await;
    assert_eq!(lines.last().unwrap(), &("set-password".to_owned(), "{}".to_owned()));
}

#[db_test]
async fn a_password_is_asked_for_again_and_counts(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    let ask = |text: &'static str, at| {
        let (vault, entropy) = (&town.vault, &town.entropy);
        let (asker, password, from) = (town.by(person), Password::typed(text), town.from(1));
        async move { confirm_password(vault, asker, person, &password, from, at, entropy).await }
    };
    ask(RIGHT, NOON).await.unwrap();
    for _ in 0..PAIR_TRIES {
        assert_eq!(refusal(ask("wrong", NOON).await).code, "sign-in-wrong");
    }
    assert_eq!(refusal(ask(RIGHT, NOON).await).code, "sign-in-paused");
    assert_eq!(town.code(PHONE, RIGHT, 1, NOON).await, "sign-in-paused", "the same record");
    ask(RIGHT, after(PAIR_PAUSE_MICROS)).await.unwrap();
}

#[db_test]
async fn the_browser_not_used_for_longest_is_signed_out(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    let most = usize::try_from(SESSIONS_MAX).unwrap();
    let mut sessions = Vec::new();
    for number in 0..=most {
        let at = after(i64::try_from(number).unwrap());
        sessions.push(town.enter(PHONE, RIGHT, 1, at).await.unwrap());
        if number + 1 == most {
            assert!(town.who(&sessions[0].secret, at).await.is_some(), "at the limit all are good");
        }
    }
    let now = after(SESSIONS_MAX + 1);
    assert!(town.who(&sessions[0].secret, now).await.is_none());
    assert!(town.who(&sessions[1].secret, now).await.is_some());
    let kept = town.read(move |tx| Box::pin(async move { Ok(credentials_of(tx, person, now).await?) })).await;
    assert_eq!(kept.len(), most);
    assert_eq!(kept[0].label, "安卓手机上的浏览器");
}

/// Whoever comes in by the old password at the very moment it is changed is out again, or never in.
#[db_test]
async fn nobody_slips_in_while_the_password_changes(db: TestDb) {
    let town = Town::new(db);
    let person = town.rider().await;
    let mut now = RIGHT;
    for round in 0..8 {
        let next = if now == RIGHT { "风里的铃响 52" } else { RIGHT };
        let password = town.hashed(next).await;
        let stamp = town.stamp(after(round));
        let change = async {
            // Later and later, so that some change comes between each two steps of the other.
            tokio::time::sleep(std::time::Duration::from_millis(u64::try_from(round).unwrap() * 6)).await;
            town.write(SetPassword { person, password, keep: None, stamp }).await
        };
        let address = u8::try_from(round).unwrap();
        let (entered, changed) = tokio::join!(town.enter(PHONE, now, address, after(round)), change);
        changed.unwrap();
        if let Ok(session) = entered {
            assert!(town.who(&session.secret, after(round)).await.is_none(), "round {round}");
        }
        now = next;
    }
}
