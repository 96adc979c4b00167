//! A PostgreSQL server of the run's own: a spare port, a folder that is removed with it.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::debian::{install, is_root, missing};
use crate::run::output;

const PACKAGES: &[&str] = &["postgresql"];

/// A folder in memory, where the system has one.
const IN_MEMORY: &str = "/dev/shm";
/// MiB that must be free there.
const ROOM: u64 = 2048;

/// A running server. It stops when this is dropped.
pub(crate) struct Server {
    folder: PathBuf,
    programs: PathBuf,
    url: String,
}

impl Server {
    /// Starts one, installing Debian's packages where they are missing and may be installed.
    pub(crate) fn start() -> Result<Self, String> {
        let programs = programs().or_else(|_missing| install(PACKAGES).and_then(|()| programs()))?;
        let folder = quick_folder().join(format!("qige-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        // Root may not run the server, so the folder is made for whoever does.
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(&folder, open).map_err(|error| error.to_string())?;
        let spare = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = spare.map_err(|error| error.to_string())?.port();
        let server = Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder, programs };
        let (data, log) = (server.path("data"), server.path("log"));
        let kind = ["-D", &data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"];
        server.run("initdb", &kind)?;
        let socket = server.folder.display();
        // The tests try what a crash of the product does, not what a crash of this machine does.
        let options =
            format!("-p {port} -c unix_socket_directories={socket} -c fsync=off -c max_connections=300");
        server.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"])?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let program = self.programs.join(program).display().to_string();
        if is_root()? {
            let words = ["-u", "postgres", "--", &program];
            let words: Vec<&str> = words.into_iter().chain(arguments.iter().copied()).collect();
            output("runuser", &words).map(drop)
        } else {
            output(&program, arguments).map(drop)
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self.run("pg_ctl", &["-D", &self.path("data"), "-m", "immediate", "stop"]);
        if let Err(reason) = stopped {
            eprintln!("the test server was not stopped: {reason}");
        }
        let _already_gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where the server's files are made quickest. Each test makes and drops a database, some three hundred
/// files, and finding room for these takes a disk's file system longer than the tests take altogether.
fn quick_folder() -> PathBuf {
    let free = output("df", &["--output=avail", "--block-size=1M", IN_MEMORY]).ok();
    let free = free.and_then(|said| said.lines().last()?.trim().parse::<u64>().ok());
    if free.is_some_and(|free| free >= ROOM) { PathBuf::from(IN_MEMORY) } else { std::env::temp_dir() }
}

/// The folder of the newest installed server's programs.
fn programs() -> Result<PathBuf, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map_err(|_none| missing(PACKAGES))?;
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    versions
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| number(path))
        .map(|path| path.join("bin"))
        .ok_or_else(|| missing(PACKAGES))
}
