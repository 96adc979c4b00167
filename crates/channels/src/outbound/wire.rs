//! One call over one connection.

use std::io;
use std::net::SocketAddr;

use http::{Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::{ANSWER_BYTES_MAX, Answer, CONNECT_MAX, Call, Outbound, OutboundError};

/// Bytes of an answer's head at most.
const HEAD_BYTES_MAX: usize = 16 * 1024;

pub(super) async fn exchange(outbound: &Outbound, call: Call) -> Result<Answer, OutboundError> {
    let host = call.to.host().to_owned();
    let addresses = outbound.reachable(&call.to).await?;
    let unreachable = |error| OutboundError::Unreachable(host.clone(), error);
    let stream = connect(&addresses).await.map_err(unreachable)?;
    if !call.to.is_tls() {
        return speak(stream, call, &host).await;
    }
    let name = ServerName::try_from(host.clone())
        .map_err(|error| unreachable(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let tls = outbound.tls().map_err(|error| unreachable(io::Error::other(error)))?;
    let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(unreachable)?;
    speak(stream, call, &host).await
}

/// To the first that answers.
async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match tokio::time::timeout(CONNECT_MAX, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

async fn speak<S>(stream: S, call: Call, host: &str) -> Result<Answer, OutboundError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: &dyn std::error::Error| OutboundError::Broken(host.to_owned(), error.to_string());
    let request = request(call).map_err(|error| broken(&error))?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    // Ends with this call: its task is dropped with the set.
    let mut task = JoinSet::new();
    task.spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|error| OutboundError::Broken(host.to_owned(), error.to_string()))?;
    Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
}

fn request(call: Call) -> Result<Request<Full<bytes::Bytes>>, http::Error> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(call.to.path())
        .header(header::HOST, call.to.authority())
        .header(header::USER_AGENT, concat!("qige/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close");
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    request.body(Full::new(call.body))
}
