//! What was acknowledged is there, whenever the server is killed: every report exactly once, no half cases.
//!
//! Phones send reports under ids of their own, some of them twice, while the server is killed without a
//! warning. What a phone got no answer to it sends again later, as phones do.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use qige_db::testing::TestDb;
use qige_db::{Asker, Db, db_test, params, statements};
use qige_kernel::{Clock, Entropy, ReportId, SystemClock};
use qige_sim::chance::Chance;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::program::{Rider, Server, Talk, run, url_of_its_own};

/// Phones at once.
const PHONES: usize = 16;
/// How often the server is killed.
const ROUNDS: usize = 4;
/// It is killed after at least and less than so many acknowledgements.
const ACKNOWLEDGED: [usize; 2] = [5, 150];
/// Of so many reports one is sent twice in a row.
const TWICE: usize = 5;

statements! {
    /// Every report.
    ALL_REPORTS = "SELECT id, case_id, joined FROM reports WHERE tenant = $1";
    /// Cases that lack something which is written together with them.
    HALF_CASES = "SELECT c.id FROM cases c WHERE c.tenant = $1 AND (
        (SELECT COUNT(*) FROM reports r WHERE r.tenant = c.tenant AND r.case_id = c.id) <> 1
        OR (SELECT COUNT(*) FROM case_clocks k WHERE k.tenant = c.tenant AND k.case_id = c.id) <> 1
        OR (SELECT COUNT(*) FROM case_photos p WHERE p.tenant = c.tenant AND p.case_id = c.id) <> 1
        OR (SELECT COUNT(*) FROM journal j
            WHERE j.tenant = c.tenant AND j.stream = 'case' AND j.id = c.id AND j.body IS NOT NULL) <> 1)";
    /// Photos and lines without their case.
    LOOSE_ENDS = "SELECT j.id FROM journal j WHERE j.tenant = $1 AND j.stream = 'case'
        AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.tenant = j.tenant AND c.id = j.id)";
}

/// What the phones know of their reports.
#[derive(Default)]
struct Known {
    /// Where the receipt of each lies.
    acknowledged: BTreeMap<ReportId, String>,
    /// Sent, and never answered.
    unanswered: Vec<(usize, ReportId)>,
}

struct Phones {
    tokens: Vec<String>,
    entropy: Entropy,
    known: Mutex<Known>,
    count: AtomicUsize,
    enough: Notify,
}

impl Phones {
    fn request(&self, phone: usize, id: ReportId) -> String {
        let body = json!({
            "id": id, "matter": "matter-06-012", "words": "店外占道经营", "lng": 118.752, "lat": 34.542,
            "accuracy_metres": 9.0, "datum": "wgs84", "made_at": SystemClock.now(),
            "photos": [{ "id": id.0, "sha256": "00", "bytes": 1 }], "joins": null, "solved": false,
        })
        .to_string();
        format!(
            "POST /report HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.tokens[phone],
            body.len()
        )
    }

    /// Sends one report; false when no answer came.
    async fn report(&self, talk: &mut Talk, phone: usize, id: ReportId) -> bool {
        let Some(answer) = talk.send(&self.request(phone, id)).await else { return false };
        assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.body);
        let receipt: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(receipt["report"], json!(id), "{receipt}");
        let url = receipt["url"].as_str().unwrap().to_owned();
        let mut known = self.known.lock().unwrap();
        let before = known.acknowledged.insert(id, url.clone());
        assert!(before.is_none_or(|before| before == url), "two receipts for {id}");
        true
    }

    /// One phone sends until the server is gone.
    async fn until_killed(self: Arc<Self>, address: SocketAddr, phone: usize, enough: usize, seed: u64) {
        let mut chance = Chance::new(seed);
        let Some(mut talk) = Talk::with(address).await else { return };
        loop {
            let id: ReportId = self.entropy.id(SystemClock.now());
            for _ in 0..if chance.below(TWICE) == 0 { 2 } else { 1 } {
                if !self.report(&mut talk, phone, id).await {
                    self.known.lock().unwrap().unanswered.push((phone, id));
                    return;
                }
            }
            if self.count.fetch_add(1, Ordering::SeqCst) + 1 >= enough {
                self.enough.notify_one();
            }
        }
    }

    /// Sends again what was never answered.
    async fn send_again(&self, address: SocketAddr) {
        let unanswered = std::mem::take(&mut self.known.lock().unwrap().unanswered);
        let mut talk = Talk::with(address).await.unwrap();
        for (phone, id) in unanswered {
            assert!(self.report(&mut talk, phone, id).await);
        }
    }
}

#[db_test]
async fn an_acknowledged_report_survives_the_server(db: TestDb) {
    let url = url_of_its_own(&db).await;
    let entropy = Entropy::seeded(17);
    let rider = Rider::found(&url, PHONES, &entropy).await;
    let phones = Arc::new(Phones {
        tokens: rider.tokens.clone(),
        entropy,
        known: Mutex::default(),
        count: AtomicUsize::new(0),
        enough: Notify::new(),
    });
    let mut chance = Chance::new(4);
    for round in 0..ROUNDS {
        let mut server = Server::start(&url, db.folder(), Stdio::null()).await;
        phones.send_again(server.address).await;
        let enough = ACKNOWLEDGED[0] + chance.below(ACKNOWLEDGED[1] - ACKNOWLEDGED[0]);
        phones.count.store(0, Ordering::SeqCst);
        let seed = |phone: usize| u64::try_from(round * PHONES + phone).unwrap();
        let sending: Vec<_> = (0..PHONES)
            .map(|phone| {
                tokio::spawn(phones.clone().until_killed(server.address, phone, enough, seed(phone)))
            })
            .collect();
        phones.enough.notified().await;
        server.process.kill().unwrap();
        server.process.wait().unwrap();
        for one in sending {
            one.await.unwrap();
        }
    }
    let mut server = Server::start(&url, db.folder(), Stdio::null()).await;
    phones.send_again(server.address).await;
    assert_eq!(server.terminate(), Some(0));
    everything_is_there_once(&url, &rider, &phones).await;
    let verified = run(&url, db.folder(), &["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

async fn everything_is_there_once(url: &str, rider: &Rider, phones: &Phones) {
    let db = Db::open(url).await.unwrap();
    let asker = Asker::system(rider.tenant);
    let found = db.read(asker, |tx| {
        Box::pin(async move {
            let tenant = tx.tenant();
            let reports: Vec<(ReportId, qige_kernel::CaseId, bool)> =
                tx.all(ALL_REPORTS, params![tenant]).await?;
            let half: Vec<(qige_kernel::CaseId,)> = tx.all(HALF_CASES, params![tenant]).await?;
            let loose: Vec<(qige_kernel::CaseId,)> = tx.all(LOOSE_ENDS, params![tenant]).await?;
            Ok((reports, half, loose))
        })
    });
    let (reports, half, loose) = found.await.unwrap();
    let known = phones.known.lock().unwrap();
    assert!(known.unanswered.is_empty());
    let mut there: Vec<ReportId> = reports.iter().map(|(id, ..)| *id).collect();
    there.sort_unstable();
    let acknowledged: Vec<ReportId> = known.acknowledged.keys().copied().collect();
    assert!(acknowledged.len() >= ROUNDS * ACKNOWLEDGED[0], "{}", acknowledged.len());
    assert_eq!(there, acknowledged);
    for (id, case, joined) in reports {
        assert!(!joined && known.acknowledged[&id].contains(&case.to_string()), "{id}");
    }
    assert_eq!((half, loose), (Vec::new(), Vec::new()));
}
