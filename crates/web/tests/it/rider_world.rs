//! A street with one grid's worth of people, and photos to report with.

use http::Method;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actors::{Actor, Answer, TestApp};

/// A UUID that orders by when it was made, as phones make them.
pub(crate) fn uuid(app: &TestApp) -> Uuid {
    app.app.entropy.id(app.app.now())
}

/// A small JPEG of one colour.
pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    picture(48, 36, shade)
}

/// A JPEG of any size.
pub(crate) fn picture(width: u16, height: u16, shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels = usize::from(width) * usize::from(height);
    // A drawing without any noise would shrink to nothing.
    let rgb: Vec<u8> =
        (0..pixels * 3).map(|at| shade.wrapping_add(u8::try_from(at * 31 % 97).unwrap())).collect();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 92);
    encoder.encode(&rgb, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// A PNG of ten rows that claims to hold 60,000 × 60,000 pixels.
pub(crate) fn bomb() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 10, 10);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 300]).unwrap();
    writer.finish().unwrap();
    bytes[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    bytes
}

/// The first bytes of what an iPhone writes.
pub(crate) fn heic() -> Vec<u8> {
    [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], &[0; 400]].concat()
}

/// What a report says at least.
pub(crate) fn report() -> Value {
    json!({
        "matter": "matter-09-006", "words": "摊位占了半条路", "lng": 118.752, "lat": 34.542,
        "accuracy_metres": 12.0, "datum": "wgs84", "photos": [], "joins": null, "solved": false,
    })
}

/// A phone with the credential of its outbox.
pub(crate) struct Phone {
    pub(crate) actor: Actor,
    pub(crate) device: Uuid,
}

impl Phone {
    /// Of somebody with an account, or of nobody.
    pub(crate) async fn of(app: &TestApp, owner: Option<&Actor>) -> Self {
        let device = uuid(app);
        let stranger = app.stranger();
        let asked = owner.unwrap_or(&stranger);
        let answer = asked.post_json("/me/device", &json!({ "device": device })).await.ok().json();
        let mut actor = app.stranger();
        actor.bearer = Some(answer["token"].as_str().unwrap().to_owned());
        Self { actor, device }
    }

    /// A record of this phone.
    pub(crate) fn record(&self, app: &TestApp, index: i64, body: &Value) -> Value {
        json!({ "index": index, "id": uuid(app), "kind": "report", "body": body })
    }

    /// Hands over.
    pub(crate) async fn hand_over(&self, records: &[Value]) -> Answer {
        let body = json!({ "device": self.device, "records": records });
        self.actor.post_json("/sync/records", &body).await
    }

    /// Announces a file.
    pub(crate) async fn announce(&self, id: Uuid, report: Uuid, bytes: &[u8], kind: &str) -> Answer {
        use sha2::{Digest, Sha256};
        let sum = hex::encode(Sha256::digest(bytes));
        self.announce_as(id, report, bytes.len(), &sum, kind).await
    }

    /// Announces a file with any sum.
    pub(crate) async fn announce_as(
        &self,
        id: Uuid,
        report: Uuid,
        length: usize,
        sum: &str,
        kind: &str,
    ) -> Answer {
        use base64::Engine;
        let coded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let metadata = format!(
            "id {},sha256 {},filetype {},report {}",
            coded(&id.to_string()),
            coded(sum),
            coded(kind),
            coded(&report.to_string())
        );
        let length = length.to_string();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-length", length.as_str()),
            ("upload-metadata", metadata.as_str()),
        ];
        self.actor.send(Method::POST, "/uploads", &headers, "".into()).await
    }

    /// How much of a file is there.
    pub(crate) async fn look(&self, id: Uuid) -> Answer {
        self.actor
            .send(Method::HEAD, &format!("/uploads/{id}"), &[("tus-resumable", "1.0.0")], "".into())
            .await
    }

    /// Sends a piece.
    pub(crate) async fn piece(&self, id: Uuid, offset: usize, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-offset", offset.as_str()),
            ("content-type", "application/offset+octet-stream"),
        ];
        self.actor.send(Method::PATCH, &format!("/uploads/{id}"), &headers, bytes.to_vec().into()).await
    }
}

/// A rider of the whole subdistrict.
pub(crate) async fn rider(app: &TestApp) -> Actor {
    app.person(Role::Rider, Scope::Tenant).await
}

/// A report by somebody with an account; its case.
pub(crate) async fn reported(rider: &Actor) -> String {
    let receipt = rider.post_json("/report", &report()).await;
    assert_eq!(receipt.status, 201, "{}", receipt.body);
    let url = receipt.json()["url"].as_str().unwrap().to_owned();
    url.strip_prefix("/mine/").unwrap().to_owned()
}

/// A report by somebody without; its code.
pub(crate) async fn reported_by_stranger(stranger: &Actor) -> String {
    let receipt = stranger.post_json("/report", &report()).await;
    assert_eq!(receipt.status, 201, "{}", receipt.body);
    receipt.json()["follow_code"].as_str().unwrap().to_owned()
}

/// The clock goes on.
pub(crate) fn later(app: &TestApp) {
    app.clock.advance(Timestamp::SECOND);
}

/// Ids, codes and times that differ between engines and runs, made alike.
pub(crate) fn alike(text: &str) -> String {
    // What stands in a field is in brackets.
    let said = |word: &str| match word.trim_matches(['[', ']']) {
        bare if bare.parse::<Uuid>().is_ok() => word.replace(bare, "<id>"),
        _ => word.to_owned(),
    };
    let words = |line: &str| line.split(' ').map(said).collect::<Vec<_>>().join(" ");
    text.lines().map(words).collect::<Vec<_>>().join("\n")
}
