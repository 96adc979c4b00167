//! Authenticated encryption of one field. Pure.

use std::fmt;

use aes_gcm::aead::array::Array;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, AesGcm};
use sm4::Sm4;
use zeroize::Zeroizing;

use qige_db::kebab;

/// Bytes of a key as it is kept. SM4 uses the first sixteen.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of chance before each text (NIST SP 800-38D 8.2.2: no more than 2^32 texts under one key).
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of an SM4 key (GB/T 32907-2016).
const SM4_KEY_BYTES: usize = 16;

kebab! {
    /// By what fields are sealed.
    pub enum Algorithm {
        /// AES with keys of 256 bits in Galois/counter mode (NIST SP 800-38D).
        Aes256Gcm = "aes-256-gcm",
        /// SM4 in the same mode (GB/T 32907-2016, RFC 8998).
        Sm4Gcm = "sm4-gcm",
    }
}

/// A key and what it is used with. Forgotten bit by bit when it goes.
#[derive(Clone)]
pub(crate) struct Key {
    algorithm: Algorithm,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm, bytes: [u8; KEY_BYTES]) -> Self {
        Self { algorithm, bytes: Zeroizing::new(bytes) }
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// Nonce, text under lock, and tag. `about` is not kept; opening needs the same.
    pub(crate) fn seal(&self, nonce: [u8; NONCE_BYTES], about: &[u8], plain: &[u8]) -> Vec<u8> {
        let payload = || Payload { msg: plain, aad: about };
        let locked = self.with(
            |cipher| cipher.encrypt(&Array(nonce), payload()),
            |cipher| cipher.encrypt(&Array(nonce), payload()),
        );
        // The only error is a text of more than 64 GiB.
        [&nonce[..], &locked.unwrap_or_default()].concat()
    }

    /// What was sealed; none when another key, another `about` or a changed text is at hand.
    pub(crate) fn open(&self, about: &[u8], kept: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, locked) = kept.split_first_chunk::<NONCE_BYTES>()?;
        let payload = || Payload { msg: locked, aad: about };
        let opened = self.with(
            |cipher| cipher.decrypt(&Array(*nonce), payload()),
            |cipher| cipher.decrypt(&Array(*nonce), payload()),
        );
        opened.ok().map(Zeroizing::new)
    }

    fn with<T>(&self, aes: impl FnOnce(Aes256Gcm) -> T, sm4: impl FnOnce(AesGcm<Sm4, U12>) -> T) -> T {
        match self.algorithm {
            Algorithm::Aes256Gcm => aes(Aes256Gcm::new(&Array(*self.bytes))),
            Algorithm::Sm4Gcm => {
                let mut half = [0; SM4_KEY_BYTES];
                half.iter_mut().zip(*self.bytes).for_each(|(target, source)| *target = source);
                sm4(AesGcm::new(&Array(half)))
            }
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, …)", self.algorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    fn key(algorithm: Algorithm, hex: &str) -> Key {
        let mut all = [0; KEY_BYTES];
        all.iter_mut().zip(bytes(hex)).for_each(|(target, source)| *target = source);
        Key::new(algorithm, all)
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_is_the_published_one() {
        let key = key(Algorithm::Sm4Gcm, "0123456789ABCDEFFEDCBA9876543210");
        let nonce = bytes("00001234567800000000ABCD").try_into().unwrap();
        let about = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let sealed = key.seal(nonce, &about, &plain);
        let locked = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
        assert_eq!(sealed.get(NONCE_BYTES..), Some(&locked[..]));
        assert_eq!(key.open(&about, &sealed).unwrap().as_slice(), plain);
    }

    /// The Galois/Counter Mode of Operation (McGrew and Viega), test case 16.
    #[test]
    fn aes_is_the_published_one() {
        let key =
            key(Algorithm::Aes256Gcm, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let nonce = bytes("cafebabefacedbaddecaf888").try_into().unwrap();
        let about = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plain = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let locked = bytes(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
             76fc6ece0f4e1768cddf8853bb2d551b",
        );
        assert_eq!(key.seal(nonce, &about, &plain).get(NONCE_BYTES..), Some(&locked[..]));
    }

    #[test]
    fn nothing_opens_but_with_the_key_and_for_the_field_it_was_sealed_for() {
        for algorithm in Algorithm::ALL.iter().copied() {
            let key = Key::new(algorithm, [7; KEY_BYTES]);
            let sealed = key.seal([1; NONCE_BYTES], b"phone of 0017", "13800001234".as_bytes());
            assert_eq!(key.open(b"phone of 0017", &sealed).unwrap().as_slice(), b"13800001234");
            assert!(key.open(b"phone of 0018", &sealed).is_none());
            assert!(Key::new(algorithm, [8; KEY_BYTES]).open(b"phone of 0017", &sealed).is_none());
            for at in 0..sealed.len() {
                let mut bent = sealed.clone();
                bent[at] ^= 1;
                assert!(key.open(b"phone of 0017", &bent).is_none(), "byte {at}");
            }
            assert!(key.open(b"phone of 0017", b"short").is_none());
        }
    }
}
