//! Calls, and the guard before them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use qige_channels::outbound::{ANSWER_BYTES_MAX, BODY_BYTES_MAX};
use qige_channels::{Allowed, Call, Outbound, OutboundError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring};

use crate::receiver::Receiver;

fn guarded(allowed: &str) -> Outbound {
    Outbound::trusting(allowed.parse().unwrap(), RootCertStore::empty())
}

fn call(to: &str) -> Call {
    Call { method: Method::POST, to: to.parse().unwrap(), headers: Vec::new(), body: "hello".into() }
}

#[tokio::test]
async fn a_call_arrives_where_it_is_allowed() {
    let receiver = Receiver::saying("200 OK", "thanks").await;
    let to = format!("http://{}/a?b=c#d", receiver.address);
    let answer = guarded("127.0.0.1").send(call(&to)).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"thanks"[..]));
    let got = &receiver.got()[0];
    assert_eq!((got.line.as_str(), got.text().as_str()), ("POST /a?b=c", "hello"));
    assert_eq!(got.header("host"), receiver.address.to_string());
}

#[tokio::test]
async fn nobody_reaches_our_own_network_by_any_spelling() {
    let receiver = Receiver::saying("200 OK", "secret").await;
    let port = receiver.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "127.0.0.1.",
    ] {
        let error = guarded("").send(call(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Forbidden { .. } | OutboundError::Unknown(..)),
            "{host}: {error}"
        );
    }
    assert!(receiver.got().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once() {
    let receiver = Receiver::saying("200 OK", "secret").await;
    let (asked, loopback) = (Arc::new(AtomicUsize::new(0)), receiver.address);
    let count = Arc::clone(&asked);
    // 192.0.2.0/24 is nobody's: allowed here, so that the first answer passes, and never answered.
    let outbound = guarded("192.0.2.0/24").resolving(Arc::new(move |_, port| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let far = SocketAddr::from(([192, 0, 2, 1], port));
        Box::pin(async move { Ok(vec![if first { far } else { loopback }]) })
    }));
    let to = format!("http://rebinding.example:{}/", loopback.port());
    let error = outbound.send(call(&to)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Unreachable(..) | OutboundError::Slow(_)), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let error = outbound.send(call(&to)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Forbidden { .. }), "{error}");
    assert!(receiver.got().is_empty());
}

#[tokio::test]
async fn only_what_was_named_is_spoken_to_in_clear() {
    let public = |allowed: &str| {
        guarded(allowed).resolving(Arc::new(move |_, port| {
            Box::pin(async move { Ok(vec![SocketAddr::from(([110, 242, 68, 66], port))]) })
        }))
    };
    let (clear, encrypted) = ("http://gate.example/key", "https://gate.example/key");
    let error = public("").send(call(clear)).await.unwrap_err();
    assert!(matches!(&error, OutboundError::InClear(host) if host == "gate.example"), "{error}");
    assert!(!error.may_work_later() && !error.may_have_arrived() && !error.to_string().contains("key"));
    assert!(public("").reachable(&encrypted.parse().unwrap()).await.is_ok());
    for allowed in ["gate.example", "110.242.0.0/16"] {
        assert!(public(allowed).reachable(&clear.parse().unwrap()).await.is_ok(), "{allowed}");
    }
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_are_tried() {
    let receiver = Receiver::saying("200 OK", "").await;
    let good = receiver.address;
    let outbound = guarded("127.0.0.1").resolving(Arc::new(move |_, port| {
        Box::pin(async move { Ok(vec![SocketAddr::from(([10, 0, 0, 1], port)), good]) })
    }));
    let addresses = outbound.addresses("two.example", good.port()).await.unwrap();
    assert_eq!(addresses, [good]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inner = Receiver::saying("200 OK", "secret").await;
    let moved =
        format!("HTTP/1.1 302 Found\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n", inner.address);
    let outer = Receiver::answering(moved).await;
    let answer = guarded("127.0.0.1").send(call(&format!("http://{}/", outer.address))).await.unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert!(inner.got().is_empty());
}

#[tokio::test]
async fn what_is_too_large_or_no_http_is_refused() {
    let fits = Receiver::saying("200 OK", &"x".repeat(ANSWER_BYTES_MAX)).await;
    let outbound = guarded("127.0.0.1");
    let answer = outbound.send(call(&format!("http://{}/", fits.address))).await.unwrap();
    assert_eq!(answer.body.len(), ANSWER_BYTES_MAX);
    let large = Receiver::saying("200 OK", &"x".repeat(ANSWER_BYTES_MAX + 1)).await;
    let head = Receiver::answering(format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(100_000))).await;
    let noise = Receiver::answering("SSH-2.0-noise\r\n").await;
    for receiver in [large, head, noise] {
        let error = outbound.send(call(&format!("http://{}/", receiver.address))).await.unwrap_err();
        assert!(matches!(error, OutboundError::Broken(..)) && error.may_have_arrived(), "{error}");
    }
    let mut much = call(&format!("http://{}/", fits.address));
    much.body = vec![0; BODY_BYTES_MAX + 1].into();
    assert!(matches!(outbound.send(much).await.unwrap_err(), OutboundError::TooLarge));
}

#[tokio::test]
async fn nobody_listening_is_said_without_path_or_query() {
    let error = guarded("127.0.0.1").send(call("http://127.0.0.1:1/key/secret?k=secret")).await.unwrap_err();
    assert!(error.may_work_later() && !error.may_have_arrived());
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn over_tls_only_whoever_is_trusted_for_the_name_is_spoken_to() {
    let made = rcgen::generate_simple_self_signed(vec!["gate.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut some = [0; 4096];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut some).await;
            let said = b"HTTP/1.1 204 No Content\r\n\r\n";
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, said).await;
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let here: Allowed = "127.0.0.1".parse().unwrap();
    let resolver = || -> qige_channels::outbound::Resolver {
        Arc::new(move |_, _| Box::pin(async move { Ok(vec![address]) }))
    };
    let trusting = Outbound::trusting(here.clone(), roots).resolving(resolver());
    assert_eq!(trusting.send(call("https://gate.example/")).await.unwrap().status.as_u16(), 204);
    let other = trusting.send(call("https://other.example/")).await.unwrap_err();
    assert!(matches!(other, OutboundError::Unreachable(..)), "{other}");
    let doubting = Outbound::trusting(here, RootCertStore::empty()).resolving(resolver());
    assert!(doubting.send(call("https://gate.example/")).await.is_err());
}
