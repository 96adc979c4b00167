//! The parsers, and what must be true of what they read.

use std::fmt::Display;
use std::str::FromStr;

use http::{HeaderMap, StatusCode};
use qige_app::NamedProviders;
use qige_blobs::photo::{Area, Limits, inspect, prepare};
use qige_blobs::{DocumentKind, kept_name};
use qige_cases::evaluation::Month;
use qige_cases::routing::About;
use qige_cases::search::{Wanted, marked};
use qige_cases::suggest::Learned;
use qige_cases::{FollowCode, MatterKey};
use qige_channels::push::PushKey;
use qige_channels::sms::Success;
use qige_channels::webhook::WebhookSecret;
use qige_channels::{Allowed, Answer, Destination, Robot, application};
use qige_identity::member::MemberPlace;
use qige_identity::{
    DisplayName, KeptRoot, MasterKeys, PhoneNumber, PurposeKey, ReadingPlace, RootKey, Scope, Secret,
    SignInName, SignInPlace,
};
use qige_kernel::personal::{masked, spotted};
use qige_kernel::{Hours, Term, Timestamp};
use qige_notify::{Cursor, DeliveryPlace};
use qige_places::import::{Existing, ImportOptions, Layer, preview};
use qige_places::{Bounds, DivisionCode, GridCode, Shape, day_file, divisions, import};
use qige_points::Account;
use qige_sync::Batch;

use crate::{passkeys, seed, signed};

/// A parser.
#[derive(Debug)]
pub struct Target {
    /// How it is called in what is said of it.
    pub name: &'static str,
    /// What it takes.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Gives it something; whether it took it.
    pub read: fn(&[u8]) -> bool,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "photo", seeds: seed::photos, read: photo },
    Target { name: "document", seeds: seed::documents, read: |bytes| DocumentKind::of(bytes).is_ok() },
    Target {
        name: "file_name",
        seeds: || seed::texts(&["现场 记录.pdf", "..\\a/b.exe", "a\u{202e}fdp.exe"]),
        read: file_name,
    },
    Target { name: "places", seeds: seed::places, read: places },
    Target { name: "shape", seeds: || seed::texts(&[SHAPE]), read: said_again::<Shape> },
    Target {
        name: "days",
        seeds: || seed::texts(&[DAYS_JSON, DAYS_ICS]),
        read: |bytes| day_file::read(bytes).is_ok(),
    },
    Target {
        name: "divisions",
        seeds: || seed::texts(&["code,name,kind,parent\n320722001001,晶都社区,,\n"]),
        read: |bytes| divisions::read(&text(bytes)).is_ok(),
    },
    Target { name: "outbox", seeds: || seed::texts(&[BATCH]), read: outbox },
    Target {
        name: "search",
        seeds: || seed::texts(&["井盖 jg 20261129-0004", "\"消防 通道\" xf"]),
        read: search,
    },
    Target {
        name: "personal",
        seeds: || seed::texts(&["电话13900000079，苏A·D12345，110101199003077758", "6222020200112233445"]),
        read: personal,
    },
    Target {
        name: "learned",
        seeds: || vec![Learned::default().bytes()],
        read: |bytes| Learned::read(bytes).is_some(),
    },
    Target {
        name: "daily_root",
        seeds: || seed::texts(&[ROOT]),
        read: |bytes| KeptRoot::read(&text(bytes)).is_some(),
    },
    Target {
        name: "master_keys",
        seeds: || seed::texts(&["first:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]),
        read: |bytes| text(bytes).parse::<MasterKeys>().is_ok(),
    },
    Target {
        name: "codes",
        seeds: || seed::texts(&["320722001001001", "320722001001", "matter-06-012", "tenant"]),
        read: codes,
    },
    Target { name: "follow_code", seeds: || seed::texts(&[FOLLOW]), read: said_again::<FollowCode> },
    Target {
        name: "names",
        seeds: || seed::texts(&["+8613900000079", "13900000079", "骑手 0001", "zuoxi01"]),
        read: names,
    },
    Target {
        name: "times",
        seeds: || {
            seed::texts(&["08:30-12:00", "work_days:3", "2026-11-29T08:30:00Z", "118.7,34.5,118.8,34.6"])
        },
        read: times,
    },
    Target {
        name: "outbound",
        seeds: || {
            seed::texts(&[
                "10.0.0.0/8, sms.example.org, ::1",
                "https://sms.example.org:8443/a?b=c#d",
                "/code=0",
            ])
        },
        read: outbound,
    },
    Target { name: "area", seeds: || seed::texts(&["12.5,30,20,10.25"]), read: area },
    Target {
        name: "cursors",
        seeds: || {
            seed::texts(&[&format!("1796000000000000.{ID}"), &format!("1.{ID}.7"), "2026-11", "care-visit"])
        },
        read: cursors,
    },
    Target { name: "secrets", seeds: || seed::texts(&[WEBHOOK_SECRET, PUSH_KEY]), read: secrets },
    Target { name: "providers", seeds: || seed::texts(&[PROVIDERS]), read: providers },
    Target { name: "answers", seeds: || seed::texts(ANSWERS), read: answers },
    Target { name: "id_token", seeds: signed::tokens, read: signed::token },
    Target { name: "passkey", seeds: passkeys::added, read: passkeys::add },
    Target { name: "passkey_signed", seeds: passkeys::signed, read: passkeys::sign },
    Target { name: "subscription", seeds: signed::subscriptions, read: signed::subscription },
];

const SHAPE: &str = include_str!("../seeds/shape.json");
const DAYS_JSON: &str = include_str!("../seeds/days.json");
const DAYS_ICS: &str = include_str!("../seeds/days.ics");
const BATCH: &str = include_str!("../seeds/outbox.json");
const ROOT: &str = include_str!("../seeds/root.txt");
const ID: &str = "01890000-0000-7000-8000-000000000017";
/// The example of Standard Webhooks.
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// PKCS #8; opens nothing.
const PUSH_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9EVhfKmMSufh5FvT7QQHlvnYLXEu5Qh9\
    vaztF43JD7ehRANCAATSH6WVlaPATnxH5cDkFU64swqiRMHb3EIHvddn5Micz3WZZMf152JiAGXB+QHXoSsNnSqkxSK5JBeDCSGu/wkl";
const PROVIDERS: &str = r#"[{"name":"town","issuer":"https://id.example/realms/a","client_id":"qige",
    "client_secret":"s","label_zh":"县","label_en":"County"}]"#;
/// What makers of robots and applications and a gateway of short messages say.
const ANSWERS: &[&str] = &[
    r#"{"errcode":0,"errmsg":"ok"}"#,
    r#"{"code":0,"data":{},"msg":"success"}"#,
    r#"{"StatusCode":0,"errcode":0,"invaliduser":"","msgid":"a"}"#,
];
const FOLLOW: &str = "7K3M-9QXA-2BTV";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What it says of itself is taken again and means the same.
fn same_again<T: FromStr + Display>(text: &str) -> bool {
    let Ok(read) = text.parse::<T>() else { return false };
    let said = read.to_string();
    let again = said.parse::<T>().map_or_else(|_| "nothing".to_owned(), |again| again.to_string());
    assert_eq!(again, said, "{text:?} is read, said, and then not taken");
    true
}

fn said_again<T: FromStr + Display>(bytes: &[u8]) -> bool {
    same_again::<T>(&text(bytes))
}

fn photo(bytes: &[u8]) -> bool {
    let limits = Limits::default();
    let _seen = inspect(bytes, &limits);
    let Ok(prepared) = prepare(bytes, &limits) else { return false };
    // What is kept is a photo by the same measure, and small enough.
    assert!(inspect(&prepared.full_jpeg, &limits).is_ok() && inspect(&prepared.thumb_jpeg, &limits).is_ok());
    true
}

fn file_name(bytes: &[u8]) -> bool {
    let kept = kept_name(&text(bytes), "pdf");
    let plain = |letter: char| !letter.is_control() && !"/\\:<>|?*\"\u{202e}".contains(letter);
    assert!(kept.ends_with(".pdf") && kept.chars().all(plain) && !kept.starts_with('.'), "{kept:?}");
    true
}

fn places(bytes: &[u8]) -> bool {
    let Ok(reading) = import::read(bytes) else { return false };
    let options = ImportOptions::new(Layer::Grids);
    let _preview = preview(reading, &options, &Existing::default());
    true
}

fn outbox(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Batch>(bytes).is_ok_and(|batch| batch.check().is_ok())
}

fn search(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _wanted = Wanted::of(&text, &[]);
    let parts = marked(&text, &text);
    let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(whole, text, "marks leave a text as it was");
    true
}

fn personal(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let hidden = masked(&text);
    assert_eq!(hidden.chars().count(), text.chars().count(), "a mask covers letter by letter");
    // What is left beside a mask may look like a number by chance; what was found is not shown.
    let letters: Vec<char> = hidden.chars().collect();
    for found in spotted(&text) {
        let shown = letters.get(found.at.clone()).unwrap_or_default();
        assert!(shown.contains(&'*'), "{hidden:?} still shows what stood at {:?}", found.at);
    }
    true
}

fn codes(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let taken = [
        same_again::<DivisionCode>(&text),
        same_again::<GridCode>(&text),
        same_again::<MatterKey>(&text),
        same_again::<About>(&text),
        same_again::<Scope>(&text),
    ];
    taken.contains(&true)
}

fn names(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _secret = text.parse::<Secret>();
    let phone = text.parse::<PhoneNumber>().is_ok();
    phone | same_again::<DisplayName>(&text) | same_again::<SignInName>(&text)
}

fn times(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let taken = [same_again::<Hours>(&text), same_again::<Term>(&text), same_again::<Timestamp>(&text)];
    taken.contains(&true) | text.parse::<Bounds>().is_ok()
}

fn area(bytes: &[u8]) -> bool {
    text(bytes).parse::<Area>().is_ok()
}

fn cursors(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let taken = [
        same_again::<Cursor>(&text),
        same_again::<DeliveryPlace>(&text),
        same_again::<MemberPlace>(&text),
        same_again::<ReadingPlace>(&text),
        same_again::<SignInPlace>(&text),
        same_again::<Month>(&text),
        same_again::<Account>(&text),
        same_again::<PurposeKey>(&text),
    ];
    taken.contains(&true)
}

fn secrets(bytes: &[u8]) -> bool {
    let text = text(bytes);
    same_again::<WebhookSecret>(&text) | text.parse::<PushKey>().is_ok() | text.parse::<RootKey>().is_ok()
}

fn providers(bytes: &[u8]) -> bool {
    let named = text(bytes).parse::<NamedProviders>();
    // What is wrong is said in one line to whoever starts the server.
    named.inspect_err(|error| assert!(!error.to_string().is_empty())).is_ok()
}

fn answers(bytes: &[u8]) -> bool {
    let body = bytes.to_vec();
    let answer = |status| Answer { status, headers: HeaderMap::new(), body: body.clone().into() };
    let taken = |answer: &Answer| {
        let robots = [Robot::WeCom, Robot::DingTalk, Robot::Feishu].map(|robot| robot.judge(answer).is_ok());
        let gateway = "/code=0".parse::<Success>().is_ok_and(|sign| sign.judge(answer).is_ok());
        robots.contains(&true) | matches!(application::judge(answer), Ok(true)) | gateway
    };
    for status in [StatusCode::FOUND, StatusCode::TOO_MANY_REQUESTS, StatusCode::BAD_GATEWAY] {
        assert!(!taken(&answer(status)), "{status} took nothing");
    }
    let said = taken(&answer(StatusCode::OK));
    assert!(!said || text(bytes).contains('0'), "without a code of nought nothing was taken");
    said
}

fn outbound(bytes: &[u8]) -> bool {
    let text = text(bytes);
    text.parse::<Allowed>().is_ok() | text.parse::<Destination>().is_ok() | text.parse::<Success>().is_ok()
}
