//! Photos of real cameras, read before by two other programs (exiftool and Pillow), whose reading decides.

use qige_blobs::photo::{Limits, Orientation, PhotoRefused, prepare};
use serde_json::Value;

/// Whether a JPEG has no segment but those that a decoder needs (and the 16 bytes of JFIF).
fn is_bare(jpeg: &[u8]) -> bool {
    let mut rest = &jpeg[2..];
    loop {
        assert_eq!(rest[0], 0xff);
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        match rest[1] {
            0xe0 if length == 16 && &rest[4..9] == b"JFIF\0" => {}
            0xdb | 0xc0 | 0xc4 => {}
            0xda => return true,
            _ => return false,
        }
        rest = &rest[2 + length..];
    }
}

#[test]
fn every_photo_reads_as_others_read_it() {
    let Some(folder) = qige_open_data::path("photos") else { return };
    let expected: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    assert_eq!(expected.len(), 19);
    for entry in &expected {
        let name = entry["path"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let result = prepare(&bytes, &Limits::STANDARD);
        if entry["MIMEType"] == "image/heic" {
            assert_eq!(result, Err(PhotoRefused::Heic), "{name}");
            continue;
        }
        let photo = result.unwrap_or_else(|refused| panic!("{name}: {refused}"));
        assert!(is_bare(&photo.full_jpeg) && is_bare(&photo.thumb_jpeg), "{name} keeps metadata");

        let number = u32::try_from(entry["Orientation"].as_u64().unwrap()).unwrap();
        let orientation = Orientation::from_exif(number);
        assert_eq!(photo.facts.orientation, orientation, "{name}");
        let (width, height) = (entry["ImageWidth"].as_u64().unwrap(), entry["ImageHeight"].as_u64().unwrap());
        let (width, height) = if orientation.swaps_sides() { (height, width) } else { (width, height) };
        let long = width.max(height);
        let kept = |side: u64| if long > 2048 { (side * 2048 + long / 2) / long } else { side };
        assert_eq!((u64::from(photo.width), u64::from(photo.height)), (kept(width), kept(height)), "{name}");

        match (entry["pillow_lat"].as_f64(), photo.facts.position) {
            (None, None) => {}
            (Some(lat), Some(found)) => {
                let lng = entry["pillow_lon"].as_f64().unwrap();
                assert!(
                    (found.lat() - lat).abs() < 1e-9 && (found.lng() - lng).abs() < 1e-9,
                    "{name}: {found:?}"
                );
            }
            (told, found) => panic!("{name}: {told:?} and {found:?}"),
        }
        let told = entry["DateTimeOriginal"].as_str().map(str::to_owned);
        let found = photo.facts.taken.map(|taken| taken.local.strftime("%Y:%m:%d %H:%M:%S").to_string());
        assert_eq!(found, told, "{name}");
    }
}

#[test]
fn photos_of_one_scene_held_in_eight_ways_come_out_alike() {
    let Some(folder) = qige_open_data::path("photos") else { return };
    let scene = |name: &str| {
        let bytes = std::fs::read(folder.join("jpg/orientation").join(name)).unwrap();
        let small = Limits { full_side: 16, ..Limits::STANDARD };
        let photo = prepare(&bytes, &small).unwrap();
        let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&photo.full_jpeg));
        (photo.width, photo.height, decoder.decode().unwrap())
    };
    for group in [
        ["landscape_1.jpg", "landscape_3.jpg", "landscape_6.jpg", "landscape_8.jpg"].as_slice(),
        ["portrait_2.jpg", "portrait_5.jpg", "portrait_7.jpg"].as_slice(),
    ] {
        let (width, height, first) = scene(group[0]);
        for name in &group[1..] {
            let (other_width, other_height, other) = scene(name);
            assert_eq!((width, height), (other_width, other_height), "{name}");
            // Each has its own number painted on it, so they are alike and not the same.
            let difference = |wrong: &[[u8; 3]]| -> u64 {
                let seen = wrong.iter().flatten().zip(&first);
                seen.map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
            };
            let (upright, _) = other.as_chunks::<3>();
            let turned: Vec<_> = upright.iter().rev().copied().collect();
            let row = usize::try_from(width).unwrap();
            let mirrored: Vec<_> = upright.chunks(row).flat_map(|row| row.iter().rev().copied()).collect();
            let right = difference(upright);
            assert!(right * 2 < difference(&turned), "{name}: {right} {}", difference(&turned));
            assert!(right * 3 < difference(&mirrored) * 2, "{name}: {right} {}", difference(&mirrored));
        }
    }
}

#[test]
fn a_photo_cut_off_anywhere_is_refused_or_kept_but_never_a_panic() {
    let Some(folder) = qige_open_data::path("photos") else { return };
    let bytes = std::fs::read(folder.join("jpg/Canon_40D.jpg")).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        let _ = prepare(&bytes[..length], &Limits::STANDARD);
    }
    let mut hurt = bytes.clone();
    for at in (2..bytes.len()).step_by(131) {
        hurt[at] ^= 0x5a;
        let _ = prepare(&hurt, &Limits::STANDARD);
    }
}
