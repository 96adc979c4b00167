//! Documents: what a file is by its content, and the name it is kept under.
//!
//! Taken is what offices exchange and what cannot run: PDF, OFD (GB/T 33190), Word and Excel without macros.
//! A document is never shown inside a page, only handed back to be saved.

use std::io::Cursor;

use qige_kernel::{Refusal, RefusalKind};

/// Bytes of a document at most.
pub const MAX_DOCUMENT_BYTES: usize = 20 * 1024 * 1024;
/// Characters of a name that are kept, without its ending.
const STEM_CHARS: usize = 100;

/// A kind of document that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// ISO 32000.
    Pdf,
    /// 开放版式文档, GB/T 33190.
    Ofd,
    /// Word, ISO/IEC 29500.
    Docx,
    /// Excel, ISO/IEC 29500.
    Xlsx,
}

impl DocumentKind {
    /// The registered media type; OFD has none.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ending of its name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// What the bytes are; the name and the declared type are not asked.
    ///
    /// # Errors
    /// `document-empty`, `document-too-large`, `document-with-macros`, `document-unreadable` for a broken
    /// package, `document-not-taken` for any other kind.
    pub fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::invalid("file", "document-empty"));
        }
        if bytes.len() > MAX_DOCUMENT_BYTES {
            let megabytes = MAX_DOCUMENT_BYTES / (1024 * 1024);
            return Err(
                Refusal::new(RefusalKind::TooLarge, "document-too-large").with("megabytes", megabytes)
            );
        }
        if bytes.starts_with(b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if bytes.starts_with(b"PK\x03\x04") { packed(bytes) } else { Err(not_taken()) }
    }
}

fn not_taken() -> Refusal {
    Refusal::invalid("file", "document-not-taken")
}

/// What a package is, by the parts that its directory names. Nothing is unpacked.
fn packed(bytes: &[u8]) -> Result<DocumentKind, Refusal> {
    let unreadable = |_| Refusal::invalid("file", "document-unreadable");
    let package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let parts = package.file_names().map(|name| name.map(|name| name.to_ascii_lowercase()));
    let parts: Vec<String> = parts.collect::<Result<_, _>>().map_err(unreadable)?;
    let has = |part: &str| parts.iter().any(|name| name == part);
    if parts.iter().any(|name| name.ends_with("vbaproject.bin")) {
        return Err(Refusal::invalid("file", "document-with-macros"));
    }
    if has("ofd.xml") {
        Ok(DocumentKind::Ofd)
    } else if has("word/document.xml") {
        Ok(DocumentKind::Docx)
    } else if has("xl/workbook.xml") {
        Ok(DocumentKind::Xlsx)
    } else {
        Err(not_taken())
    }
}

/// The name that a file is kept under: the last part of what the sender calls it, without what could mislead
/// whoever reads or saves it, with the ending of what it is.
#[must_use]
pub fn kept_name(said: &str, ending: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain = |letter: &char| !letter.is_control() && !FORBIDDEN.contains(letter) && !turns_text(*letter);
    let stem: String = stem.chars().filter(plain).take(STEM_CHARS).collect();
    let stem = stem.trim_matches([' ', '.']);
    if stem.is_empty() { format!("file.{ending}") } else { format!("{stem}.{ending}") }
}

/// What file systems of offices do not take.
const FORBIDDEN: &[char] = &['<', '>', ':', '"', '|', '?', '*'];

/// Marks that turn the direction of text, by which `gpj.exe` is made to read `exe.jpg`.
const fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn package(parts: &[&str]) -> Vec<u8> {
        let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            packed.start_file(*part, zip::write::SimpleFileOptions::default()).unwrap();
            packed.write_all(b"<x/>").unwrap();
        }
        packed.finish().unwrap().into_inner()
    }

    #[test]
    fn a_document_is_known_by_what_it_holds() {
        let kind = DocumentKind::of;
        assert_eq!(kind(b"%PDF-1.7\n...").unwrap(), DocumentKind::Pdf);
        assert_eq!(
            kind(&package(&["[Content_Types].xml", "word/document.xml"])).unwrap(),
            DocumentKind::Docx
        );
        assert_eq!(kind(&package(&["[Content_Types].xml", "xl/workbook.xml"])).unwrap(), DocumentKind::Xlsx);
        assert_eq!(kind(&package(&["OFD.xml", "Doc_0/Document.xml"])).unwrap(), DocumentKind::Ofd);
    }

    #[test]
    fn what_can_run_or_cannot_be_told_is_refused() {
        let code = |bytes: &[u8]| DocumentKind::of(bytes).unwrap_err().code;
        assert_eq!(code(b""), "document-empty");
        assert_eq!(code(&package(&["word/document.xml", "word/vbaProject.bin"])), "document-with-macros");
        assert_eq!(code(&package(&["a.exe"])), "document-not-taken");
        assert_eq!(code(b"PK\x03\x04 cut off"), "document-unreadable");
        assert_eq!(code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "document-not-taken");
        assert_eq!(code(b"<html>"), "document-not-taken");
        assert_eq!(code(&vec![b' '; MAX_DOCUMENT_BYTES + 1]), "document-too-large");
    }

    #[test]
    fn a_name_cannot_mislead() {
        assert_eq!(kept_name("施工图.PDF", "pdf"), "施工图.pdf");
        assert_eq!(kept_name("C:\\fakepath\\工单 12.docx", "docx"), "工单 12.docx");
        assert_eq!(kept_name("../../etc/passwd", "pdf"), "passwd.pdf");
        assert_eq!(kept_name("a\u{202e}fdp.exe", "pdf"), "afdp.pdf");
        assert_eq!(kept_name("\r\n\"; x=y", "pdf"), "; x=y.pdf");
        assert_eq!(kept_name("...", "pdf"), "file.pdf");
        assert_eq!(kept_name(&"长".repeat(300), "ofd").chars().count(), STEM_CHARS + 4);
    }
}
