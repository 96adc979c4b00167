//! Passkeys, with a device made of a key and a counter.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_identity::passkey::{
    ASK_MICROS, AddPasskey, Added, AskPasskey, PASSKEYS_MAX, Passkey, PasskeyAttempt, PasskeyFault,
    PasskeyPurpose, RemovePasskey, RenamePasskey, Signed, Site, passkeys_of, sign_in_by_passkey,
};
use qige_identity::{ForgetOld, PersonState, Role, Scope, SetPersonState, SignInWay, SignedIn, TriedFrom};
use qige_kernel::{PersonId, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::support::{NOON, Town, after, refusal};

fn site() -> Site {
    Site { origin: "https://qige.example".to_owned(), host: "qige.example".to_owned() }
}

/// A device with one key.
struct Device {
    key: Key,
    handle: Vec<u8>,
    flags: u8,
    uses: u32,
}

enum Key {
    Ed(Box<Ed25519KeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Device {
    fn ed(handle: &str) -> Self {
        let seed: [u8; 32] = Sha256::digest(handle).into();
        let key = Key::Ed(Box::new(Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()));
        Self { key, handle: handle.as_bytes().to_vec(), flags: 0x05, uses: 0 }
    }

    fn ec(handle: &str) -> Self {
        let random = SystemRandom::new();
        let text = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, text.as_ref(), &random).unwrap();
        Self { key: Key::Ec(Box::new(key)), ..Self::ed(handle) }
    }

    /// The public key as COSE writes it.
    fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::Ed(key) => {
                [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20], key.public_key().as_ref()]
                    .concat()
            }
            Key::Ec(key) => {
                let point = key.public_key().as_ref();
                let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
                [&head, &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
            }
        }
    }

    fn told(&self, site: &Site, more: &[u8]) -> Vec<u8> {
        let flags = self.flags | if more.is_empty() { 0 } else { 0x40 };
        [Sha256::digest(&site.host).as_slice(), &[flags], &self.uses.to_be_bytes(), more].concat()
    }

    fn added(&self, challenge: [u8; 32], site: &Site) -> Added {
        let length = u16::try_from(self.handle.len()).unwrap().to_be_bytes();
        let data = self.told(site, &[&[0; 16], length.as_slice(), &self.handle, &self.cose()].concat());
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        Added { client_data: said("webauthn.create", challenge, site), attestation }
    }

    fn signed(&mut self, challenge: [u8; 32], site: &Site) -> Signed {
        self.uses += 1;
        let (client_data, authenticator) = (said("webauthn.get", challenge, site), self.told(site, &[]));
        let message = [authenticator.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = match &self.key {
            Key::Ed(key) => key.sign(&message).as_ref().to_vec(),
            Key::Ec(key) => key.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec(),
        };
        Signed { handle: self.handle.clone(), client_data, authenticator, signature }
    }
}

fn said(kind: &str, challenge: [u8; 32], site: &Site) -> Vec<u8> {
    let (challenge, origin) = (URL_SAFE_NO_PAD.encode(challenge), &site.origin);
    format!(
        r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false,"x":[1]}}"#
    )
    .into_bytes()
}

impl Town {
    async fn asked(&self, from: &TriedFrom, purpose: PasskeyPurpose, at: Timestamp) -> [u8; 32] {
        let challenge = self.entropy.bytes();
        self.done(AskPasskey { browser: from.browser.digest(), purpose, challenge, at }).await;
        challenge
    }

    fn judged(&self, added: &Added, person: PersonId, from: &TriedFrom) -> Result<AddPasskey, PasskeyFault> {
        let new = (self.entropy.id(NOON), person, "我的手机".to_owned());
        AddPasskey::of(added, &site(), new, from.browser.digest(), self.stamp(NOON))
    }

    async fn keep(&self, device: &Device, person: PersonId) {
        let from = self.from(1);
        let challenge = self.asked(&from, PasskeyPurpose::Add, NOON).await;
        self.done(self.judged(&device.added(challenge, &site()), person, &from).unwrap()).await;
    }

    async fn enter_with(&self, answer: Signed, from: &TriedFrom, at: Timestamp) -> Result<SignedIn, Failure> {
        let (tenant, from, label) = (self.tenant, from.clone(), "手机".to_owned());
        let attempt = PasskeyAttempt { tenant, answer, site: site(), from, label, at };
        sign_in_by_passkey(&self.db, attempt, &self.entropy).await
    }

    async fn kept_of(&self, person: PersonId) -> Vec<Passkey> {
        self.read(move |tx| Box::pin(async move { Ok(passkeys_of(tx, person).await?) })).await
    }
}

#[db_test]
async fn whoever_has_the_device_comes_in(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    town.give(person, Role::Rider, Scope::Tenant).await;
    for mut device in [Device::ed("first"), Device::ec("second")] {
        town.keep(&device, person).await;
        let from = town.from(2);
        let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
        let answer = device.signed(challenge, &site());
        let signed_in = town.enter_with(answer.clone(), &from, NOON).await.unwrap();
        assert_eq!(signed_in.person, person);
        assert!(town.who(&signed_in.secret, NOON).await.unwrap().has(Role::Rider));
        assert_eq!(refusal(town.enter_with(answer, &from, NOON).await).code, "passkey-over", "once");
    }
    let came = town.came(person).await;
    assert_eq!(came, [(Some(SignInWay::Passkey), None)], "what came by the first ended with the second");
    let kept = town.kept_of(person).await;
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|one| one.last_used_at == Some(NOON) && one.name == "我的手机"));
    let lines = town.journal("person", person).await;
    assert!(lines.iter().any(|(command, body)| command == "add-passkey" && body.contains("我的手机")));
}

#[db_test]
async fn what_was_not_asked_of_this_browser_now_is_not_taken(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let mut device = Device::ed("one");
    town.keep(&device, person).await;
    let (from, other) = (town.from(2), town.from(2));
    let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
    let answer = device.signed(challenge, &site());
    assert_eq!(refusal(town.enter_with(answer.clone(), &other, NOON).await).code, "passkey-over");
    assert_eq!(refusal(town.enter_with(answer.clone(), &from, after(ASK_MICROS)).await).code, "passkey-over");
    town.enter_with(answer, &from, after(ASK_MICROS - 1)).await.unwrap();
    let adding = town.asked(&from, PasskeyPurpose::Add, NOON).await;
    assert_eq!(
        refusal(town.enter_with(device.signed(adding, &site()), &from, NOON).await).code,
        "passkey-over"
    );
    let forgotten = town.done(ForgetOld { at: after(ASK_MICROS) }).await;
    assert_eq!(forgotten.passkey_asks, 1);
}

#[db_test]
async fn a_wrong_answer_is_nobodys(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let mut device = Device::ed("one");
    town.keep(&device, person).await;
    let from = town.from(2);
    let elsewhere = Site { origin: "https://qige.example.evil.example".to_owned(), ..site() };
    let other_host = Site { host: "evil.example".to_owned(), ..site() };
    for turn in 0..6 {
        let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
        let mut answer = match turn {
            0 => device.signed(challenge, &elsewhere),
            1 => device.signed(challenge, &other_host),
            2 => Device::ed("two").signed(challenge, &site()),
            3 => Device { flags: 0x01, ..Device::ed("one") }.signed(challenge, &site()),
            _ => device.signed(challenge, &site()),
        };
        match turn {
            4 => answer.signature[0] ^= 1,
            5 => answer.authenticator[36] ^= 1,
            _ => {}
        }
        assert_eq!(refusal(town.enter_with(answer, &from, NOON).await).code, "passkey-unknown", "{turn}");
    }
    // A copy of the device that counts less is known for one.
    let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
    town.enter_with(device.signed(challenge, &site()), &from, NOON).await.unwrap();
    let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
    let copied = Device::ed("one").signed(challenge, &site());
    assert_eq!(refusal(town.enter_with(copied, &from, NOON).await).code, "passkey-unknown");
    let set = |state| SetPersonState { person, state, stamp: town.stamp(NOON) };
    town.done(set(PersonState::Paused)).await;
    let challenge = town.asked(&from, PasskeyPurpose::In, NOON).await;
    let paused = town.enter_with(device.signed(challenge, &site()), &from, NOON).await;
    assert_eq!(refusal(paused).code, "passkey-unknown");
    town.done(set(PersonState::Left)).await;
    assert_eq!(town.kept_of(person).await, vec![], "nothing is kept of whoever left");
}

#[db_test]
async fn a_new_one_is_looked_at_before_it_is_kept(db: TestDb) {
    let town = Town::new(db);
    let person = town.person("骑手 0017").await;
    let (device, from) = (Device::ed("one"), town.from(1));
    let challenge = town.asked(&from, PasskeyPurpose::Add, NOON).await;
    let good = device.added(challenge, &site());
    let fault = |added: &Added| town.judged(added, person, &from).map(drop).unwrap_err();
    let elsewhere = Site { origin: "http://qige.example".to_owned(), ..site() };
    assert_eq!(fault(&device.added(challenge, &elsewhere)), PasskeyFault::Origin);
    let other_host = Site { host: "other.example".to_owned(), ..site() };
    assert_eq!(fault(&device.added(challenge, &other_host)), PasskeyFault::Site);
    let untouched = Device { flags: 0x04, ..Device::ed("one") };
    assert_eq!(fault(&untouched.added(challenge, &site())), PasskeyFault::Unverified);
    let signing = Added { client_data: said("webauthn.get", challenge, &site()), ..good.clone() };
    assert_eq!(fault(&signing), PasskeyFault::Type);
    let odd = Added { client_data: b"{}".to_vec(), ..good.clone() };
    assert_eq!(fault(&odd), PasskeyFault::ClientData);
    for cut in 0..good.attestation.len() {
        let cut = Added { attestation: good.attestation[..cut].to_vec(), ..good.clone() };
        assert!(matches!(fault(&cut), PasskeyFault::Authenticator | PasskeyFault::Key));
    }
    town.done(town.judged(&good, person, &from).unwrap()).await;
    assert_eq!(town.refused(town.judged(&good, person, &from).unwrap()).await.code, "passkey-over");
    let other = town.person("骑手 0018").await;
    let challenge = town.asked(&from, PasskeyPurpose::Add, NOON).await;
    let taken = town.judged(&device.added(challenge, &site()), other, &from).unwrap();
    assert_eq!(town.refused(taken).await.code, "passkey-known");
    for number in 1..PASSKEYS_MAX {
        town.keep(&Device::ed(&number.to_string()), person).await;
    }
    let challenge = town.asked(&from, PasskeyPurpose::Add, NOON).await;
    let many = town.judged(&Device::ed("many").added(challenge, &site()), person, &from).unwrap();
    assert_eq!(town.refused(many).await.code, "passkeys-many");
}

#[db_test]
async fn its_owner_names_and_removes_it(db: TestDb) {
    let town = Town::new(db);
    let (person, other) = (town.person("骑手 0017").await, town.person("骑手 0018").await);
    town.keep(&Device::ed("one"), person).await;
    let passkey = town.kept_of(person).await[0].id;
    let rename = |person, name: &str| RenamePasskey { person, passkey, name: name.to_owned() };
    town.done(rename(person, "  单位的\u{3000}电脑 ")).await;
    assert_eq!(town.kept_of(person).await[0].name, "单位的 电脑");
    for name in ["", "  ", "a\u{0}b", &"长".repeat(41)] {
        assert_eq!(town.refused(rename(person, name)).await.code, "passkey-name");
    }
    let stamp = town.stamp(NOON);
    assert_eq!(town.refused(rename(other, "我的")).await.code, "passkey-missing");
    assert_eq!(town.refused(RemovePasskey { person: other, passkey, stamp }).await.code, "passkey-missing");
    town.done(RemovePasskey { person, passkey, stamp }).await;
    assert_eq!(town.kept_of(person).await, vec![]);
    let gone = RemovePasskey { person, passkey: Uuid::nil(), stamp };
    assert_eq!(town.refused(gone).await.code, "passkey-missing");
}
