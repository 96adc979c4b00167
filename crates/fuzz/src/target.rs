//! The parsers, and what must be true of what they read.

use std::fmt::Display;
use std::str::FromStr;

use qige_blobs::photo::{Limits, inspect, prepare};
use qige_blobs::{DocumentKind, kept_name};
use qige_cases::routing::About;
use qige_cases::search::{Wanted, marked};
use qige_cases::suggest::Learned;
use qige_cases::{FollowCode, MatterKey};
use qige_channels::sms::Success;
use qige_channels::{Allowed, Destination};
use qige_identity::{DisplayName, KeptRoot, MasterKeys, PhoneNumber, Scope, Secret, SignInName};
use qige_kernel::personal::{masked, spotted};
use qige_kernel::{Hours, Term, Timestamp};
use qige_places::import::{Existing, ImportOptions, Layer, preview};
use qige_places::{Bounds, DivisionCode, GridCode, Shape, day_file, divisions, import};
use qige_sync::Batch;

use crate::{seed, signed};

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
    Target { name: "id_token", seeds: signed::tokens, read: signed::token },
    Target { name: "passkey", seeds: signed::passkeys, read: signed::passkey },
    Target { name: "subscription", seeds: signed::subscriptions, read: signed::subscription },
];

const SHAPE: &str = include_str!("../seeds/shape.json");
const DAYS_JSON: &str = include_str!("../seeds/days.json");
const DAYS_ICS: &str = include_str!("../seeds/days.ics");
const BATCH: &str = include_str!("../seeds/outbox.json");
const ROOT: &str = include_str!("../seeds/root.txt");
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

fn outbound(bytes: &[u8]) -> bool {
    let text = text(bytes);
    text.parse::<Allowed>().is_ok() | text.parse::<Destination>().is_ok() | text.parse::<Success>().is_ok()
}
