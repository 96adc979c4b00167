//! What a service says of somebody, and whether it was the service that said so (OpenID Connect Core
//! §3.1.3.7, RFC 7515, RFC 7518). Only signatures by a key that the service publishes are believed: neither
//! `none` nor a secret that both sides have.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_kernel::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::{Map, Value};

/// How far the clocks of two servers may be apart, microseconds.
const SKEW_MICROS: i64 = Timestamp::MINUTE;
/// How old a token may be, microseconds: it was made a moment ago, for this turn.
const AGE_MICROS: i64 = 10 * Timestamp::MINUTE;
/// Letters of a service's name for a person at most (OpenID Connect Core §2).
const SUBJECT_LETTERS_MAX: usize = 255;

/// What a token must be for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The service, as it calls itself.
    pub issuer: &'a str,
    /// What it calls us.
    pub client_id: &'a str,
    /// Of this turn.
    pub nonce: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Why a token is not believed, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not three parts of base64url, or not JSON in them.
    #[error("the token cannot be read")]
    Unreadable,
    /// Signed by nobody, by a shared secret, or in a way that is not known.
    #[error("the token is signed in a way that is not believed")]
    Algorithm,
    /// By a key that the service does not publish.
    #[error("the token is signed by a key that the service does not publish")]
    Key,
    /// Signed by somebody else.
    #[error("the token's signature is wrong")]
    Signature,
    /// Of another service.
    #[error("the token is of another issuer")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another client")]
    Audience,
    /// Too old, or from the future.
    #[error("the token is out of date")]
    Time,
    /// Of another turn.
    #[error("the token is of another turn")]
    Nonce,
    /// It names nobody.
    #[error("the token names nobody")]
    Subject,
}

/// What a service says of somebody.
#[derive(Clone, Debug)]
pub struct Claims {
    /// The service's name for the person.
    pub subject: String,
    /// Everything it says.
    pub all: Map<String, Value>,
}

impl Claims {
    /// A claim that the service says it made sure of: `phone_number` with `phone_number_verified`, and so on
    /// (§5.1). Others have no such mark; whoever runs this server decided to believe them.
    #[must_use]
    pub fn sure(&self, name: &str) -> Option<&str> {
        let marked = matches!(name, "phone_number" | "email");
        let mark = self.all.get(&format!("{name}_verified"));
        let sure = !marked || mark.is_some_and(|mark| *mark == Value::Bool(true));
        self.all.get(name)?.as_str().filter(|_| sure)
    }
}

/// Reads a token that came straight from the service.
///
/// # Errors
/// [`TokenFault`].
pub fn id_token(token: &str, keys: &Value, expected: Expected<'_>) -> Result<Claims, TokenFault> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(TokenFault::Unreadable);
    };
    let header = object(head)?;
    let signed = format!("{head}.{body}");
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenFault::Unreadable)?;
    verify(&header, keys, signed.as_bytes(), &signature)?;
    let all = object(body)?;
    check(&all, expected)?;
    let subject = all.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
    if subject.is_empty() || subject.chars().count() > SUBJECT_LETTERS_MAX {
        return Err(TokenFault::Subject);
    }
    Ok(Claims { subject, all })
}

fn object(part: &str) -> Result<Map<String, Value>, TokenFault> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Unreadable)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenFault::Unreadable)
}

/// How a key signs.
enum How {
    Rsa(&'static RsaParameters),
    Point(&'static dyn VerificationAlgorithm),
}

/// The key types that go with an algorithm: `kty` and, for curves, `crv`.
fn known(algorithm: &str) -> Option<(How, &'static str, Option<&'static str>)> {
    Some(match algorithm {
        "RS256" => (How::Rsa(&RSA_PKCS1_2048_8192_SHA256), "RSA", None),
        "PS256" => (How::Rsa(&RSA_PSS_2048_8192_SHA256), "RSA", None),
        "ES256" => (How::Point(&ECDSA_P256_SHA256_FIXED), "EC", Some("P-256")),
        "ES384" => (How::Point(&ECDSA_P384_SHA384_FIXED), "EC", Some("P-384")),
        "EdDSA" => (How::Point(&ED25519), "OKP", Some("Ed25519")),
        _ => return None,
    })
}

fn verify(
    header: &Map<String, Value>,
    keys: &Value,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), TokenFault> {
    // What must be understood to be believed is not (RFC 7515 §4.1.11).
    if header.contains_key("crit") {
        return Err(TokenFault::Algorithm);
    }
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    let (how, kind, curve) = known(algorithm).ok_or(TokenFault::Algorithm)?;
    let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let wanted = header.get("kid").and_then(Value::as_str);
    let fits = |key: &&Value| {
        text(key, "kty").as_deref() == Some(kind)
            && text(key, "crv").as_deref() == curve
            && text(key, "use").is_none_or(|used| used == "sig")
            && text(key, "alg").is_none_or(|alg| alg == algorithm)
            && (wanted.is_none() || text(key, "kid").as_deref() == wanted)
    };
    let all = keys.get("keys").and_then(Value::as_array).into_iter().flatten();
    let mut found = all.filter(fits).peekable();
    found.peek().ok_or(TokenFault::Key)?;
    let bytes = |key: &Value, name: &str| URL_SAFE_NO_PAD.decode(text(key, name)?).ok();
    let signed_by = |key: &Value| match how {
        How::Rsa(parameters) => {
            let (Some(n), Some(e)) = (bytes(key, "n"), bytes(key, "e")) else { return false };
            RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature).is_ok()
        }
        How::Point(algorithm) => {
            let Some(x) = bytes(key, "x") else { return false };
            let point = match bytes(key, "y") {
                Some(y) if kind == "EC" => [&[4], x.as_slice(), &y].concat(),
                _ => x,
            };
            UnparsedPublicKey::new(algorithm, point).verify(signed, signature).is_ok()
        }
    };
    if found.any(signed_by) { Ok(()) } else { Err(TokenFault::Signature) }
}

/// The steps of §3.1.3.7 that are about what is said.
fn check(all: &Map<String, Value>, expected: Expected<'_>) -> Result<(), TokenFault> {
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(TokenFault::Issuer);
    }
    let client = Some(expected.client_id);
    let (for_us, several) = match all.get("aud") {
        Some(Value::String(one)) => (Some(one.as_str()) == client, false),
        Some(Value::Array(many)) => (many.iter().any(|one| one.as_str() == client), many.len() > 1),
        _ => (false, false),
    };
    let party = text("azp");
    if !for_us || (several && party.is_none()) || (party.is_some() && party != client) {
        return Err(TokenFault::Audience);
    }
    let at = |name: &str| {
        let seconds = all.get(name).and_then(Value::as_i64)?;
        seconds.checked_mul(Timestamp::SECOND).map(Timestamp::from_micros)
    };
    let (Some(ends), Some(made)) = (at("exp"), at("iat")) else { return Err(TokenFault::Time) };
    let now = expected.now;
    let (ended, future, old) =
        (now.since(ends) > SKEW_MICROS, made.since(now) > SKEW_MICROS, now.since(made) > AGE_MICROS);
    let not_yet = at("nbf").is_some_and(|begins| begins.since(now) > SKEW_MICROS);
    if ended || future || old || not_yet {
        return Err(TokenFault::Time);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(TokenFault::Nonce);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm\
        NvbS9pc19yb290Ijp0cnVlfQ";

    /// Who signed, what, with which key: RFC 7515 A.2 and A.3, RFC 8037 A.4.
    fn examples() -> [(&'static str, &'static str, &'static str, Value); 3] {
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt\
            0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX\
            ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5\
            IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let rsa = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W\
            2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS\
            jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv\
            Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let point = json!({
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        let curve = json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        [
            ("eyJhbGciOiJSUzI1NiJ9", JOE, rsa, json!({ "kty": "RSA", "n": n, "e": "AQAB" })),
            (
                "eyJhbGciOiJFUzI1NiJ9",
                JOE,
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
                point,
            ),
            (
                "eyJhbGciOiJFZERTQSJ9",
                "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                curve,
            ),
        ]
    }

    #[test]
    fn the_standards_own_examples_are_believed_and_nothing_near_them() {
        let all: Vec<Value> = examples().into_iter().map(|(.., key)| key).collect();
        for (at, (head, body, signature, key)) in examples().into_iter().enumerate() {
            let header = object(head).unwrap();
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            let signed = format!("{head}.{body}");
            let judge = |header: &Map<String, Value>, keys: Value, signed: &str, signature: &[u8]| {
                verify(header, &json!({ "keys": keys }), signed.as_bytes(), signature)
            };
            assert_eq!(judge(&header, json!([key]), &signed, &signature), Ok(()), "{at}");
            assert_eq!(judge(&header, json!(all), &signed, &signature), Ok(()), "{at}");
            let wrong = Err(TokenFault::Signature);
            assert_eq!(judge(&header, json!([key]), &format!("{signed}A"), &signature), wrong);
            assert_eq!(judge(&header, json!([key]), &signed, &signature[1..]), wrong);
            assert_eq!(judge(&header, json!([]), &signed, &signature), Err(TokenFault::Key));
            let mut others = all.clone();
            others.remove(at);
            assert_eq!(judge(&header, json!(others), &signed, &signature), Err(TokenFault::Key));
            for (name, value) in [("kid", json!("another")), ("crit", json!(["exp"]))] {
                let mut odd = header.clone();
                odd.insert(name.to_owned(), value);
                assert!(judge(&odd, json!([key]), &signed, &signature).is_err(), "{name}");
            }
            let mut for_secrets = key.clone();
            for_secrets["use"] = json!("enc");
            assert_eq!(judge(&header, json!([for_secrets]), &signed, &signature), Err(TokenFault::Key));
        }
    }

    #[test]
    fn a_claim_counts_where_the_service_made_sure_of_it() {
        let said = json!({
            "phone_number": "13800001234", "phone_number_verified": true, "email": "a@b.example",
            "email_verified": "true", "staff": "w07", "number": 7,
        });
        let all = said.as_object().unwrap().clone();
        let claims = Claims { subject: "one".to_owned(), all };
        assert_eq!(claims.sure("phone_number"), Some("13800001234"));
        assert_eq!((claims.sure("email"), claims.sure("number"), claims.sure("none")), (None, None, None));
        assert_eq!(claims.sure("staff"), Some("w07"));
    }
}
