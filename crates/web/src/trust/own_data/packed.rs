//! The copy as one file: the page to read, the same as JSON, photos, voice notes, and what proves
//! consents. It is made while it is sent: no copy of it is left on the server.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::vec;

use axum::body::to_bytes;
use bytes::Bytes;
use futures_util::{Stream, stream};
use http::StatusCode;
use qige_app::App;
use qige_blobs::{ObjectKey, Variant};
use qige_identity::Subject;
use qige_kernel::TenantId;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::files::{OwnFile, OwnFiles};
use super::proofs::{self, Proof};
use crate::download::{Download, FileKind};
use crate::public::follow::by_code;
use crate::render::look_at;
use crate::{Cx, Face, Fault, Path, Text};

/// Bytes of one face of the copy at most: ten thousand reports of two thousand letters.
const FACE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Several files in one (APPNOTE.TXT, PKWARE).
pub(super) struct Zip;

impl FileKind for Zip {
    const MEDIA_TYPE: &'static str = "application/zip";
    const ENDING: &'static str = "zip";
}

pub(super) async fn file(cx: Cx) -> Result<Download<Zip>, Fault> {
    let person = cx.signed_in()?.person;
    packed(&cx, "/me/data/all", Subject::Person(person)).await
}

pub(super) async fn file_of(cx: Cx, Path(code): Path<String>) -> Result<Download<Zip>, Fault> {
    let found = by_code(&cx, &code).await?;
    let subject = Subject::Report(found.case.report);
    packed(&cx, &format!("/follow/{}/data/all", found.code), subject).await
}

/// Both faces of a page and the files that it names.
async fn packed(cx: &Cx, address: &str, subject: Subject) -> Result<Download<Zip>, Fault> {
    let address = format!("{address}?packed=true");
    let (json, html) = (face(cx, &address, Face::Json).await?, face(cx, &address, Face::Html).await?);
    let OwnFiles { photos, voices } = cx.read(move |tx| Box::pin(OwnFiles::of(tx, subject))).await?;
    let files = photos.into_iter().chain(voices).collect();
    let proofs = proofs::of(cx, subject).await?;
    let pages = [("data.json", json), ("data.html", html)];
    let packing = Packing::begin(cx.app().clone(), cx.tenant()?.id, (files, proofs), pages);
    Ok(Download::of(cx.say(&Text::of("own-data-file")), "qige-data".to_owned(), packing.pieces()))
}

async fn face(cx: &Cx, address: &str, face: Face) -> Result<Bytes, Fault> {
    let answer = look_at(cx, address, face, None).await.ok_or_else(Fault::broken)?;
    if answer.status() != StatusCode::OK {
        return Err(Fault::broken());
    }
    to_bytes(answer.into_body(), FACE_BYTES_MAX).await.map_err(|_| Fault::broken())
}

/// What was written and not yet sent.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Outbox {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A zip on its way out: one file of it at a time in memory.
struct Packing {
    app: App,
    tenant: TenantId,
    zip: ZipWriter<StreamWriter<Outbox>>,
    outbox: Outbox,
    pages: vec::IntoIter<(&'static str, Bytes)>,
    files: vec::IntoIter<OwnFile>,
    proofs: vec::IntoIter<Proof>,
}

impl Packing {
    fn begin(
        app: App,
        tenant: TenantId,
        (files, proofs): (Vec<OwnFile>, Vec<Proof>),
        pages: [(&'static str, Bytes); 2],
    ) -> Self {
        let outbox = Outbox::default();
        let zip = ZipWriter::new_stream(outbox.clone());
        let pages = Vec::from(pages).into_iter();
        Self { app, tenant, zip, outbox, pages, files: files.into_iter(), proofs: proofs.into_iter() }
    }

    fn pieces(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::try_unfold(Some(self), async |packing| {
            let Some(mut packing) = packing else { return Ok(None) };
            if packing.add_next().await? {
                let piece = packing.outbox.take();
                return Ok(Some((piece, Some(packing))));
            }
            let outbox = packing.outbox.clone();
            packing.zip.finish()?;
            Ok(Some((outbox.take(), None)))
        })
    }

    /// One more file; nothing where all are in.
    async fn add_next(&mut self) -> io::Result<bool> {
        if let Some((name, bytes)) = self.pages.next() {
            self.add(name, &bytes, CompressionMethod::Deflated)?;
            return Ok(true);
        }
        for OwnFile { object, path, .. } in self.files.by_ref() {
            let key = ObjectKey { tenant: self.tenant, object, variant: Variant::Full };
            // One whose term ended meanwhile is not there any more.
            if let Some(bytes) = self.app.store.get(key).await.map_err(io::Error::other)? {
                self.add(&path, &bytes, CompressionMethod::Stored)?;
                return Ok(true);
            }
        }
        while let Some(proof) = self.proofs.next() {
            if let Some(bytes) = proofs::bytes(&self.app, self.tenant, &proof).await? {
                self.add(&proof.name, &bytes, CompressionMethod::Stored)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn add(&mut self, name: &str, bytes: &[u8], method: CompressionMethod) -> io::Result<()> {
        self.zip.start_file(name, SimpleFileOptions::default().compression_method(method))?;
        self.zip.write_all(bytes)
    }
}
