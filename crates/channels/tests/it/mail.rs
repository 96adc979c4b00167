//! Mail, against a server of SMTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use qige_channels::SendError;
use qige_channels::mail::{Letter, Post, PostError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers `RCPT` as it is told and keeps what was said to it.
struct Server {
    address: SocketAddr,
    said: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn answering(rcpt: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&said);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, rcpt, &keep).await;
            }
        });
        Self { address, said }
    }

    fn post(&self) -> Post {
        posted(&format!("smtp://{}", self.address), "骑格 <qige@example.org>", "").unwrap()
    }
}

/// RFC 5321 as far as one letter needs it.
async fn serve(stream: TcpStream, rcpt: &str, keep: &Mutex<Vec<String>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 test ESMTP\r\n").await;
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        keep.lock().unwrap().push(line.clone());
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match (in_data, verb.as_str()) {
            (true, _) if line == "." => {
                in_data = false;
                "250 taken"
            }
            (true, _) => continue,
            (false, "EHLO") => "250-test\r\n250 8BITMIME",
            (false, "DATA") => {
                in_data = true;
                "354 go on"
            }
            (false, "RCPT") => rcpt,
            (false, "QUIT") => "221 bye",
            _ => "250 ok",
        };
        let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
}

fn posted(server: &str, from: &str, allowed: &str) -> Result<Post, PostError> {
    Post::new(server, from, &allowed.parse().unwrap())
}

#[test]
fn letters_go_in_clear_to_this_machine_and_to_hosts_that_are_named_alone() {
    let taken = |server: &str, allowed: &str| posted(server, "qige@example.org", allowed).is_ok();
    for server in ["smtps://mail.example", "smtp://mail.example?tls=required", "smtp://u:p@localhost:25"] {
        assert!(taken(server, ""), "{server}");
    }
    for server in ["smtp://mail.example", "smtp://mail.example:25?tls=opportunistic", "smtp://10.0.0.9"] {
        let heard = posted(server, "qige@example.org", "").unwrap_err();
        assert!(matches!(heard, PostError::InClear(_)), "{server}: {heard}");
        assert!(taken(server, "mail.example, 10.0.0.0/8"), "{server}");
    }
}

fn letter() -> Letter<'static> {
    Letter {
        to: "rider@example.net",
        subject: "骑格：有 1 件事等您",
        text: "请查看\nhttps://qige.example/notices",
        id: "0199-1",
        unsubscribe: "https://qige.example/me/notices",
    }
}

#[tokio::test]
async fn a_letter_is_written_as_letters_are() {
    let server = Server::answering("250 ok").await;
    server.post().send(&letter()).await.unwrap();
    let said = server.said.lock().unwrap().clone();
    let has = |line: &str| assert!(said.iter().any(|known| known == line), "{line}: {said:#?}");
    assert!(said.iter().any(|line| line.starts_with("MAIL FROM:<qige@example.org>")));
    has("RCPT TO:<rider@example.net>");
    has("To: rider@example.net");
    has("Message-ID: <0199-1@example.org>");
    has("Auto-Submitted: auto-generated");
    has("List-Unsubscribe: <https://qige.example/me/notices>");
    has("MIME-Version: 1.0");
    has("Content-Type: text/plain; charset=utf-8");
    // RFC 2047: nothing but ASCII in a head.
    assert!(said.iter().all(|line| line.is_ascii()), "{said:#?}");
    assert!(said.iter().any(|line| line.starts_with("Subject: =?utf-8?b?")));
}

#[tokio::test]
async fn what_the_server_says_is_understood() {
    for (rcpt, wanted) in [
        ("550 5.1.1 <rider@example.net> unknown", SendError::Gone("the mail server said 550".to_owned())),
        ("554 5.7.1 no", SendError::Never("the mail server said 554".to_owned())),
        ("450 4.2.0 later", SendError::Later("the mail server said 450".to_owned(), None)),
    ] {
        let server = Server::answering(rcpt).await;
        assert_eq!(server.post().send(&letter()).await, Err(wanted), "{rcpt}");
    }
    let nobody = posted("smtp://127.0.0.1:1", "qige@example.org", "").unwrap();
    assert!(matches!(nobody.send(&letter()).await, Err(SendError::Later(..))));
    let wrong = Letter { to: "not an address", ..letter() };
    assert!(matches!(nobody.send(&wrong).await, Err(SendError::Gone(_))));
    assert!(posted("ftp://x", "qige@example.org", "").is_err() && posted("smtps://x", "qige", "").is_err());
    assert!(!format!("{nobody:?}").contains("127"));
}
