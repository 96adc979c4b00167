//! A ZIP archive with one layer in it. Nothing is written to disk; what would unpack beyond the limits is
//! refused before it is unpacked further.

use std::io::{Cursor, Read};

use qige_kernel::{Refusal, RefusalKind};
use zip::ZipArchive;

use super::read::unsupported;

/// Most entries: a layer has four files, and archives hold a handful of layers at most.
const MAX_ENTRIES: usize = 200;
/// Most bytes that are unpacked, all files together.
const MAX_UNPACKED_BYTES: u64 = 128 * 1024 * 1024;

/// The files of a Shapefile (ESRI 1998) that matter here.
#[derive(Debug, Default)]
pub(crate) struct ShapefileParts {
    pub(crate) shp: Vec<u8>,
    pub(crate) dbf: Option<Vec<u8>>,
    pub(crate) prj: Option<Vec<u8>>,
    pub(crate) cpg: Option<Vec<u8>>,
}

pub(crate) enum Found {
    Json(Vec<u8>),
    Shapefile(ShapefileParts),
}

struct Entry {
    number: usize,
    stem: Vec<u8>,
    extension: String,
}

pub(crate) fn open(bytes: &[u8]) -> Result<Found, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unsupported("archive-unreadable"))?;
    if archive.len() > MAX_ENTRIES {
        return Err(Refusal::invalid("file", "archive-too-many-files").with("limit", MAX_ENTRIES));
    }
    let mut entries = Vec::new();
    for number in 0..archive.len() {
        let file = archive.by_index_raw(number).map_err(|_| unsupported("archive-unreadable"))?;
        entries.extend(entry(number, file.name_raw()));
    }
    let layers = |extensions: &[&str]| -> Vec<&Entry> {
        entries.iter().filter(|entry| extensions.contains(&entry.extension.as_str())).collect()
    };
    let mut left = MAX_UNPACKED_BYTES;
    match (layers(&["shp"]).as_slice(), layers(&["geojson", "json"]).as_slice()) {
        ([layer], _) => {
            let beside = |extension: &str| {
                entries.iter().find(|entry| entry.stem == layer.stem && entry.extension == extension)
            };
            let mut optional = |extension: &str| {
                beside(extension).map(|entry| unpack(&mut archive, entry, &mut left)).transpose()
            };
            let (dbf, prj, cpg) = (optional("dbf")?, optional("prj")?, optional("cpg")?);
            let shp = unpack(&mut archive, layer, &mut left)?;
            Ok(Found::Shapefile(ShapefileParts { shp, dbf, prj, cpg }))
        }
        ([], [layer]) => Ok(Found::Json(unpack(&mut archive, layer, &mut left)?)),
        ([], []) => Err(unsupported("archive-no-layer")),
        (shapefiles, jsons) => {
            let count = shapefiles.len() + jsons.len();
            Err(Refusal::invalid("file", "archive-several-layers").with("count", count))
        }
    }
}

/// The entry, unless it is a folder or what operating systems leave in archives.
fn entry(number: usize, name: &[u8]) -> Option<Entry> {
    let lower = name.to_ascii_lowercase();
    let base = lower.rsplit(|byte| matches!(byte, b'/' | b'\\')).next()?;
    if base.starts_with(b".") || lower.starts_with(b"__macosx") {
        return None;
    }
    let dot = base.iter().rposition(|byte| *byte == b'.')?;
    let ending = base.get(dot + 1..)?;
    let stem = lower.get(..lower.len() - ending.len())?.to_vec();
    // What is no text is told from every ending that is looked for.
    let extension = String::from_utf8_lossy(ending).into_owned();
    Some(Entry { number, stem, extension })
}

fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    entry: &Entry,
    left: &mut u64,
) -> Result<Vec<u8>, Refusal> {
    let file = archive.by_index(entry.number).map_err(|_| unsupported("archive-unreadable"))?;
    let mut bytes = Vec::new();
    // What the archive says of sizes is not believed: reading stops by itself.
    let read = file.take(*left + 1).read_to_end(&mut bytes).map_err(|_| unsupported("archive-unreadable"))?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    *left = left.checked_sub(read).ok_or_else(|| {
        let refusal = Refusal::new(RefusalKind::TooLarge, "archive-too-large");
        refusal.with("megabytes", MAX_UNPACKED_BYTES / 1024 / 1024)
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refused(files: &[(&str, &[u8])]) -> &'static str {
        open(&packed(files)).err().unwrap().code
    }

    #[test]
    fn the_files_of_one_layer_are_found_in_any_folder_and_case() {
        let files: &[(&str, &[u8])] = &[
            ("__MACOSX/网格/._grid.shp", b"no"),
            ("网格/Grid.SHP", b"shp"),
            ("网格/grid.DBF", b"dbf"),
            ("网格/grid.cpg", b"GBK"),
            ("网格/other.prj", b"other"),
            ("readme.txt", b""),
        ];
        let Found::Shapefile(parts) = open(&packed(files)).unwrap() else { panic!() };
        assert_eq!((parts.shp.as_slice(), parts.dbf.as_deref()), (&b"shp"[..], Some(&b"dbf"[..])));
        assert_eq!((parts.cpg.as_deref(), parts.prj), (Some(&b"GBK"[..]), None));
        let Found::Json(bytes) = open(&packed(&[("a/b.geojson", b"{}")])).unwrap() else { panic!() };
        assert_eq!(bytes, b"{}");
    }

    #[test]
    fn an_ending_that_is_no_text_is_none_that_is_looked_for() {
        let odd = entry(0, b"a.\x80\x80cpg").unwrap();
        assert_eq!((odd.stem.as_slice(), odd.extension.as_str()), (&b"a."[..], "\u{fffd}\u{fffd}cpg"));
    }

    #[test]
    fn none_or_several_layers_are_refused() {
        assert_eq!(refused(&[("a.txt", b"")]), "archive-no-layer");
        assert_eq!(refused(&[("a.shp", b""), ("b.shp", b"")]), "archive-several-layers");
        assert_eq!(refused(&[("a.json", b""), ("b.geojson", b"")]), "archive-several-layers");
        assert_eq!(open(b"PK\x03\x04junk").err().unwrap().code, "archive-unreadable");
        let many: Vec<String> = (0..=MAX_ENTRIES).map(|number| format!("{number}.txt")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(refused(&many), "archive-too-many-files");
        assert_eq!(refused(&many[1..]), "archive-no-layer");
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let zeros = vec![0; usize::try_from(MAX_UNPACKED_BYTES).unwrap() / 2 + 1];
        let bomb = packed(&[("a.shp", &zeros), ("a.dbf", &zeros)]);
        assert!(bomb.len() < 1024 * 1024);
        assert_eq!(open(&bomb).err().unwrap().code, "archive-too-large");
    }
}
