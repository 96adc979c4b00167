//! A self-made certificate, so that phones in the local network reach a demonstration over HTTPS.

use std::fs;
use std::io;
use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};

use rcgen::generate_simple_self_signed;

/// Certificate and key as files.
pub(crate) struct Files {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// The certificate in `folder`, made if it is not there or does not name `address`.
pub(crate) fn in_folder(folder: &Path, address: IpAddr) -> io::Result<Files> {
    let files = Files { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    let named = folder.join("certificate-for");
    let known = fs::read_to_string(&named).is_ok_and(|name| name == address.to_string());
    if known && files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), address.to_string()];
    let made = generate_simple_self_signed(names).map_err(io::Error::other)?;
    fs::write(&files.certificate, made.cert.pem())?;
    write_secret(&files.key, &made.signing_key.serialize_pem())?;
    fs::write(named, address.to_string())?;
    Ok(files)
}

/// Writes what only its owner may read.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// This machine's address in the local network; none without one. Nothing is sent: a datagram socket that is
/// connected only asks the routing table which address would be used.
pub(crate) fn local_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address for documentation (RFC 5737), which no network routes to anybody.
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_an_address() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = ("192.0.2.7".parse().unwrap(), "192.0.2.8".parse().unwrap());
        let files = in_folder(folder.path(), here).unwrap();
        let first = fs::read(&files.certificate).unwrap();
        in_folder(folder.path(), here).unwrap();
        assert_eq!(fs::read(&files.certificate).unwrap(), first);
        in_folder(folder.path(), there).unwrap();
        assert_ne!(fs::read(&files.certificate).unwrap(), first);
        assert!(fs::read_to_string(&files.key).unwrap().contains("PRIVATE KEY"));
    }
}
