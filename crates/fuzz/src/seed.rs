//! Small files and texts that a parser takes.

use std::io::{Cursor, Write as _};

use shapefile::dbase::{FieldValue, Record, TableWriterBuilder};
use shapefile::{Point, Polygon, PolygonRing, ShapeWriter, Writer};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Pixels of a side: decoders work in blocks of eight and sixteen, and have edges beside them.
const SIDE: u16 = 19;

pub(crate) fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub(crate) fn photos() -> Vec<Vec<u8>> {
    let pixels = usize::from(SIDE) * usize::from(SIDE);
    let rgb: Vec<u8> = (0..pixels * 3).map(|at| u8::try_from(at * 31 % 251).unwrap_or_default()).collect();
    let mut plain = Vec::new();
    jpeg_encoder::Encoder::new(&mut plain, 70)
        .encode(&rgb, SIDE, SIDE, jpeg_encoder::ColorType::Rgb)
        .expect("encode a small photo");
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 70);
    encoder.set_progressive(true);
    encoder.add_app_segment(1, exif()).expect("a note of the camera");
    encoder.encode(&rgb, SIDE, SIDE, jpeg_encoder::ColorType::Rgb).expect("encode a small photo");
    let mut lossless = Vec::new();
    let mut png = png::Encoder::new(&mut lossless, u32::from(SIDE), u32::from(SIDE));
    png.set_color(png::ColorType::Rgb);
    png.write_header().and_then(|mut writer| writer.write_image_data(&rgb)).expect("encode a small picture");
    vec![plain, progressive, lossless]
}

/// What a camera writes: little-endian TIFF with one entry, that the picture lies on its side.
fn exif() -> Vec<u8> {
    let tiff = [
        b"Exif\0\0II*\0\x08\0\0\0".as_slice(),
        &[1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0],
    ];
    tiff.concat()
}

pub(crate) fn documents() -> Vec<Vec<u8>> {
    vec![
        b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF".to_vec(),
        zipped(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]),
        zipped(&[("OFD.xml", b"<x/>"), ("Doc_0/Document.xml", b"<x/>")]),
    ]
}

pub(crate) fn places() -> Vec<Vec<u8>> {
    let collection = include_str!("../seeds/collection.json");
    let bare = include_str!("../seeds/bare.json");
    let (shp, dbf) = shapefile();
    let mut all = texts(&[collection, bare, &format!("\u{feff}{collection}")]);
    all.push(zipped(&[("a.shp", &shp), ("a.dbf", &dbf), ("a.cpg", b"UTF-8")]));
    all
}

fn shapefile() -> (Vec<u8>, Vec<u8>) {
    let (mut shp, mut dbf) = (Vec::new(), Vec::new());
    let table = TableWriterBuilder::new()
        .add_character_field("WGMC".try_into().expect("a name"), 20)
        .build_with_dest(Cursor::new(&mut dbf));
    let mut writer = Writer::new(ShapeWriter::new(Cursor::new(&mut shp)), table);
    let ring = [(118.74, 34.53), (118.74, 34.55), (118.76, 34.55), (118.74, 34.53)];
    let ring = PolygonRing::Outer(ring.into_iter().map(|(x, y)| Point::new(x, y)).collect());
    let mut record = Record::default();
    record.insert("WGMC".to_owned(), FieldValue::Character(Some("一网格".to_owned())));
    writer.write_shape_and_record(&Polygon::new(ring), &record).expect("write a small shapefile");
    drop(writer);
    (shp, dbf)
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("begin a file in an archive");
        writer.write_all(bytes).expect("write into an archive");
    }
    writer.finish().expect("end an archive").into_inner()
}
