//! Message encryption for Web Push (RFC 8291) in the coding `aes128gcm` (RFC 8188), one record.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hmac;
use ring::rand::SystemRandom;

/// Size of a record: what services must take (RFC 8030 §7.2).
const RECORD_BYTES: u32 = 4_096;
/// Bytes of a message at most: the record without its head, the delimiter and the tag.
pub const MESSAGE_BYTES_MAX: usize = 4_096 - (16 + 4 + 1 + 65) - 1 - 16;

/// The body of a request. The key of each message comes from the machine's own chance and is used once; no
/// seed may ever give it again.
pub(super) fn sealed(message: &[u8], browser: &[u8; 65], auth: &[u8; 16], salt: [u8; 16]) -> Option<Vec<u8>> {
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
    let public: [u8; 65] = own.compute_public_key().ok()?.as_ref().try_into().ok()?;
    let browser_key = UnparsedPublicKey::new(&ECDH_P256, browser);
    agree_ephemeral(own, &browser_key, |shared| body(message, shared, (browser, &public), auth, salt)).ok()?
}

/// RFC 8291 §3.4, from the shared secret on.
fn body(
    message: &[u8],
    shared: &[u8],
    (browser, own): (&[u8; 65], &[u8; 65]),
    auth: &[u8; 16],
    salt: [u8; 16],
) -> Option<Vec<u8>> {
    if message.len() > MESSAGE_BYTES_MAX {
        return None;
    }
    let info = [b"WebPush: info\0".as_slice(), browser, own].concat();
    let material = derived(auth, shared, &info);
    let key = derived(&salt, &material, b"Content-Encoding: aes128gcm\0");
    let nonce = derived(&salt, &material, b"Content-Encoding: nonce\0");
    let key = UnboundKey::new(&AES_128_GCM, key.get(..16)?).ok()?;
    let nonce = Nonce::try_assume_unique_for_key(nonce.get(..12)?).ok()?;
    // The last record ends with 2.
    let mut record = [message, &[2]].concat();
    LessSafeKey::new(key).seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok()?;
    let length = u8::try_from(own.len()).ok()?;
    Some([salt.as_slice(), &RECORD_BYTES.to_be_bytes(), &[length], own, &record].concat())
}

/// HKDF-SHA-256 (RFC 5869), one block.
fn derived(salt: &[u8], material: &[u8], info: &[u8]) -> Vec<u8> {
    let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), material);
    let key = hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref());
    hmac::sign(&key, &[info, &[1]].concat()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn a_message_is_sealed_as_in_the_rfc() {
        let browser =
            bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let own =
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let shared: [u8; 32] = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let message = b"When I grow up, I want to be a watermelon";
        let sealed = body(message, &shared, (&browser, &own), &auth, salt).unwrap();
        let published = concat!(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY",
            "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS",
            "gSxsj_Qulcy4a-fN",
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), published);
    }

    #[test]
    fn a_message_fits_one_record_or_is_refused() {
        let browser =
            bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let largest = sealed(&[0; MESSAGE_BYTES_MAX], &browser, &[0; 16], [0; 16]).unwrap();
        assert_eq!(largest.len(), 4_096);
        assert!(sealed(&[0; MESSAGE_BYTES_MAX + 1], &browser, &[0; 16], [0; 16]).is_none());
        assert!(sealed(b"x", &[4; 65], &[0; 16], [0; 16]).is_none(), "not a point of the curve");
    }
}
