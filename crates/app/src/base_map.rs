//! What lies under the grids on every map: nothing, unless whoever runs the server names it. Judged before
//! the first page goes out: a slip of the pen is a sentence at the start, not an empty map in town.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The ground, and who is thanked for it.
#[derive(Clone, Debug, Default)]
pub struct BaseMap {
    /// What is drawn.
    pub ground: Ground,
    /// Whose it is, in words that stand on the map.
    pub attribution: Option<String>,
}

/// What is drawn under the grids.
#[derive(Clone, Debug, Default)]
pub enum Ground {
    /// Plain ground.
    #[default]
    Plain,
    /// Pictures by zoom, column and row, from a host of somebody's.
    Tiles(Outside),
    /// A PMTiles archive on this machine, served by us.
    Archive(PathBuf),
    /// A PMTiles archive on a host of somebody's.
    FarArchive(Outside),
}

impl BaseMap {
    /// The host that browsers ask for it; none where we serve it ourselves.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        match &self.ground {
            Ground::Plain | Ground::Archive(_) => None,
            Ground::Tiles(outside) | Ground::FarArchive(outside) => {
                Some(outside.origin.split("://").last().unwrap_or_default().to_owned())
            }
        }
    }
}

/// An address on another host.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The whole of it.
    pub address: String,
    /// Scheme, host and port: what a page's policy lets in.
    pub origin: String,
}

/// Why a base map cannot be used, in a sentence for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum BaseMapError {
    /// Not `http://host/…` or `https://host/…`.
    #[error("{0}: this is no address of a map. It begins with https://, then one host, then a path.")]
    Address(String),
    /// Zoom, column or row is missing.
    #[error("{0}: without {1} in it, every tile would be the same. Write {{z}}, {{x}} and {{y}}.")]
    Missing(String, &'static str),
    /// Braces that nobody fills in.
    #[error("{0}: nobody fills in {1}. Only {{z}}, {{x}} and {{y}} are; name one host and one size.")]
    Unknown(String, String),
    /// Drawn in the shifted coordinates of published Chinese maps.
    #[error(
        "{0}: the tiles of {1} are drawn in GCJ-02 or BD-09 and lie some 500 m beside the grids. Name tiles \
         in WGS-84 or CGCS2000, such as those of Tianditu."
    )]
    Shifted(String, &'static str),
    /// Browsers load nothing over plain HTTP into a page that came over HTTPS.
    #[error("{0}: people reach this server over HTTPS, and then browsers load no map over plain HTTP.")]
    Insecure(String),
    /// The file cannot be read.
    #[error("{path}: the base map cannot be read: {error}", path = .0.display(), error = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// Not PMTiles of version 3.
    #[error("{path}: this is no PMTiles archive of version 3.", path = .0.display())]
    NotPmtiles(PathBuf),
    /// Tiles of a kind that browsers do not draw.
    #[error(
        "{path}: its tiles are of kind {kind} packed in way {packing}. Maps here draw vector tiles (MVT), \
         PNG, JPEG, WebP and AVIF, as they are or packed by gzip.",
        path = .0.display(), kind = .1, packing = .2
    )]
    Undrawable(PathBuf, u8, u8),
}

/// Hosts whose published maps are shifted (GCJ-02, Baidu BD-09): under grids in WGS-84 they would show a
/// neighbour's house.
const SHIFTED: [&str; 7] =
    ["amap.com", "autonavi.com", "baidu.com", "bdimg.com", "google.cn", "gtimg.com", "qq.com"];
/// The header of PMTiles 3: <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>, section 3.
const HEADER_BYTES: usize = 127;
const MAGIC: &[u8] = b"PMTiles\x03";
const INTERNAL_PACKING_AT: usize = 97;
const TILE_PACKING_AT: usize = 98;
const TILE_KIND_AT: usize = 99;
/// Nothing, gzip: what browsers unpack by themselves.
const PACKINGS: std::ops::RangeInclusive<u8> = 1..=2;
/// MVT, PNG, JPEG, WebP, AVIF.
const KINDS: std::ops::RangeInclusive<u8> = 1..=5;

impl BaseMap {
    /// The tiles of another host, `{z}`, `{x}`, `{y}` in their address.
    ///
    /// # Errors
    /// [`BaseMapError`] when no browser could draw from it.
    pub fn tiles(template: &str) -> Result<Ground, BaseMapError> {
        let mut bare = template.to_owned();
        for name in ["{z}", "{x}", "{y}"] {
            if !template.contains(name) {
                return Err(BaseMapError::Missing(template.to_owned(), name));
            }
            bare = bare.replace(name, "0");
        }
        if let Some((_, rest)) = bare.split_once('{') {
            let name = rest.split('}').next().unwrap_or_default();
            return Err(BaseMapError::Unknown(template.to_owned(), format!("{{{name}}}")));
        }
        Ok(Ground::Tiles(Outside::new(template)?))
    }

    /// A PMTiles archive: a file of this machine, or an address.
    ///
    /// # Errors
    /// [`BaseMapError`] when the file is not there or not such an archive, or the address is none.
    pub fn archive(place: &str) -> Result<Ground, BaseMapError> {
        if place.contains("://") {
            return Ok(Ground::FarArchive(Outside::new(place)?));
        }
        let path = PathBuf::from(place);
        look_into(&path)?;
        Ok(Ground::Archive(path))
    }

    /// Whether a page that people reach at `public_url` can load it.
    ///
    /// # Errors
    /// [`BaseMapError::Insecure`].
    pub fn fits(&self, public_url: &str) -> Result<(), BaseMapError> {
        match self.outside() {
            Some(Outside { address, .. })
                if public_url.starts_with("https:") && address.starts_with("http:") =>
            {
                Err(BaseMapError::Insecure(address.clone()))
            }
            _ => Ok(()),
        }
    }

    /// The only host besides our own that a page may ask.
    #[must_use]
    pub fn outside(&self) -> Option<&Outside> {
        match &self.ground {
            Ground::Tiles(outside) | Ground::FarArchive(outside) => Some(outside),
            Ground::Plain | Ground::Archive(_) => None,
        }
    }
}

impl Outside {
    fn new(address: &str) -> Result<Self, BaseMapError> {
        let bad = || BaseMapError::Address(address.to_owned());
        let (scheme, rest) = address.split_once("://").ok_or_else(bad)?;
        let (authority, path) = rest.split_once('/').ok_or_else(bad)?;
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        // What else a host can look like (a user, an IPv6 literal) nobody serves maps from, and a page's
        // policy has no words for.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let is_host = !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok();
        let is_path = !path.is_empty() && path.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if !matches!(scheme, "http" | "https") || !is_host || !is_path {
            return Err(bad());
        }
        let host = host.to_ascii_lowercase();
        let under = |domain: &str| {
            host.strip_suffix(domain).is_some_and(|front| front.is_empty() || front.ends_with('.'))
        };
        if let Some(domain) = SHIFTED.into_iter().find(|domain| under(domain)) {
            return Err(BaseMapError::Shifted(address.to_owned(), domain));
        }
        let origin = format!("{scheme}://{}", authority.to_ascii_lowercase());
        Ok(Self { address: address.to_owned(), origin })
    }
}

/// Reads an archive's header, and no more.
fn look_into(path: &Path) -> Result<(), BaseMapError> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    File::open(path)
        .and_then(|file| file.take(u64::try_from(HEADER_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut header))
        .map_err(|error| BaseMapError::Unreadable(path.to_owned(), error))?;
    if header.len() < HEADER_BYTES || !header.starts_with(MAGIC) {
        return Err(BaseMapError::NotPmtiles(path.to_owned()));
    }
    let at = |offset: usize| header.get(offset).copied().unwrap_or_default();
    let packings = [INTERNAL_PACKING_AT, TILE_PACKING_AT].map(at);
    let (kind, odd) = (at(TILE_KIND_AT), packings.into_iter().find(|way| !PACKINGS.contains(way)));
    if odd.is_some() || !KINDS.contains(&kind) {
        let packing = odd.unwrap_or_else(|| at(TILE_PACKING_AT));
        return Err(BaseMapError::Undrawable(path.to_owned(), kind, packing));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(result: Result<Ground, BaseMapError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_template_names_one_host_and_what_is_filled_in() {
        for (template, origin) in [
            ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
            ("http://127.0.0.1:8081/{z}/{y}/{x}", "http://127.0.0.1:8081"),
            (
                "https://T0.tianditu.gov.cn/vec_w/wmts?TILEROW={y}&TILECOL={x}&TILEMATRIX={z}&tk=k",
                "https://t0.tianditu.gov.cn",
            ),
        ] {
            let Ground::Tiles(outside) = BaseMap::tiles(template).unwrap() else { panic!("no tiles") };
            assert_eq!((outside.address.as_str(), outside.origin.as_str()), (template, origin));
        }
        for (template, words) in [
            ("https://tiles.example/{z}/{x}.png", "without {y}"),
            ("https://{s}.tiles.example/{z}/{x}/{y}.png", "nobody fills in {s}"),
            ("https://tiles.example/{z}/{x}/{y}{r}.png", "nobody fills in {r}"),
            ("ftp://tiles.example/{z}/{x}/{y}", "no address"),
            ("tiles.example/{z}/{x}/{y}", "no address"),
            ("https://x; script-src */{z}/{x}/{y}", "no address"),
            ("https://user@tiles.example/{z}/{x}/{y}", "no address"),
            ("https://tiles.example:99999/{z}/{x}/{y}", "no address"),
            ("https://*/{z}/{x}/{y}", "no address"),
            ("https://tiles.example/{z}/{x}/{y} .png", "no address"),
            ("https://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}", "GCJ-02"),
        ] {
            let said = refused(BaseMap::tiles(template));
            assert!(said.contains(words) && said.starts_with(template), "{said}");
        }
        assert!(BaseMap::tiles("https://notqq.com/{z}/{x}/{y}").is_ok(), "a name that only ends alike");
    }

    #[test]
    fn a_page_over_https_loads_no_map_over_http() {
        let map = |ground| BaseMap { ground, attribution: None };
        let plain = map(BaseMap::archive("http://maps.example/town.pmtiles").unwrap());
        assert!(plain.fits("http://qige.example").is_ok());
        assert!(plain.fits("https://qige.example").unwrap_err().to_string().contains("plain HTTP"));
        let safe = map(BaseMap::archive("https://maps.example/town.pmtiles").unwrap());
        assert!(safe.fits("https://qige.example").is_ok() && BaseMap::default().fits("https://a").is_ok());
    }

    #[test]
    fn an_archive_is_looked_into() {
        let folder = std::env::temp_dir().join(format!("qige-base-map-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let with = |kind: u8, internal: u8, tiles: u8| {
            let mut header = [0; HEADER_BYTES];
            header[..MAGIC.len()].copy_from_slice(MAGIC);
            (header[INTERNAL_PACKING_AT], header[TILE_PACKING_AT], header[TILE_KIND_AT]) =
                (internal, tiles, kind);
            header.to_vec()
        };
        let path = folder.join("town.pmtiles");
        let judged = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            BaseMap::archive(path.to_str().unwrap())
        };
        assert!(matches!(judged(&with(1, 2, 2)), Ok(Ground::Archive(_))), "vector");
        assert!(matches!(judged(&with(5, 1, 1)), Ok(Ground::Archive(_))), "pictures");
        let old = [b"PMTiles\x02".as_slice(), &[0; HEADER_BYTES]].concat();
        for (bytes, words) in [
            (with(6, 2, 2), "of kind 6"),
            (with(0, 2, 2), "of kind 0"),
            (with(1, 3, 2), "in way 3"),
            (with(1, 2, 4), "in way 4"),
            (with(1, 2, 2)[..HEADER_BYTES - 1].to_vec(), "no PMTiles archive"),
            (old, "no PMTiles archive"),
            (b"{}".to_vec(), "no PMTiles archive"),
        ] {
            let said = refused(judged(&bytes));
            assert!(said.contains(words), "{said}");
        }
        assert!(refused(BaseMap::archive("/nowhere/town.pmtiles")).contains("cannot be read"));
        assert!(refused(BaseMap::archive(folder.to_str().unwrap())).contains("cannot be read"), "a folder");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
