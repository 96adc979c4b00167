//! Bytes become text.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_8};

/// Where Chinese begins in Unicode (CJK radicals).
const FIRST_CJK: char = '\u{2e80}';

/// Whether a text that is sound UTF-8 was meant as such. Some Chinese in GBK is sound UTF-8 too (牛山 is
/// `C5 A3 C9 BD`, which UTF-8 reads as ţɽ), but never as Chinese.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.contains(|character| (FIRST_CJK..char::REPLACEMENT_CHARACTER).contains(&character))
}

/// Text and how it was come by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The encoding, where it was neither UTF-8 nor said by a mark at the start.
    pub(crate) guessed: Option<&'static str>,
}

/// Reads UTF-8 with or without a mark, UTF-16 with one, and else what desktop programs in China write:
/// GB 18030, of which GBK and GB 2312 are parts.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, mark_bytes)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _faulty) =
            encoding.decode_without_bom_handling(bytes.get(mark_bytes..).unwrap_or_default());
        return Decoded { text, guessed: None };
    }
    let utf8 = std::str::from_utf8(bytes);
    if let Ok(text) = utf8
        && (text.is_ascii() || is_chinese(text))
    {
        return Decoded { text: Cow::Borrowed(text), guessed: None };
    }
    let (text, faulty) = GB18030.decode_without_bom_handling(bytes);
    match utf8 {
        _ if !faulty => Decoded { text, guessed: Some(GB18030.name()) },
        Ok(text) => Decoded { text: Cow::Borrowed(text), guessed: None },
        // Neither: then at least what is ASCII stays readable.
        Err(_) => Decoded { text: UTF_8.decode_without_bom_handling(bytes).0, guessed: Some(UTF_8.name()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_and_encodings_told() {
        let text = r#"{"name":"牛山"}"#;
        assert_eq!(decode(text.as_bytes()), Decoded { text: text.into(), guessed: None });
        let marked = ["\u{feff}", text].concat();
        assert_eq!(decode(marked.as_bytes()), Decoded { text: text.into(), guessed: None });
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide), Decoded { text: text.into(), guessed: None });
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        assert_eq!(decode(&gbk), Decoded { text: text.into(), guessed: Some("gb18030") });
        assert_eq!(decode(&[b'{', 0xff, 0xff]).guessed, Some("UTF-8"));
    }
}
