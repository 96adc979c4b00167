//! The authority is spoken to as every other host is: by the product's own guarded calls.

use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::BodyExt;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use qige_channels::{Call, Destination, Outbound};

pub(super) struct Caller(pub(super) Outbound);

impl HttpClient for Caller {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let outbound = self.0.clone();
        Box::pin(async move { exchange(&outbound, request).await })
    }
}

async fn exchange(outbound: &Outbound, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
    let (head, body) = request.into_parts();
    let to: Destination = head.uri.to_string().parse().map_err(|error| Error::Other(Box::new(error)))?;
    if !to.is_tls() {
        return Err(Error::Str("the authority names an address without TLS"));
    }
    let Ok(body) = body.collect().await;
    let own = |name: &http::HeaderName| [header::HOST, header::USER_AGENT].contains(name);
    let headers = head.headers.iter().filter(|(name, _)| !own(name));
    let headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
    let call = Call { method: head.method, to, headers, body: body.to_bytes() };
    let answer = outbound.send(call).await.map_err(|error| Error::Other(Box::new(error)))?;
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = answer.status;
    parts.headers = answer.headers;
    Ok(BytesResponse { parts, body: Box::new(answer.body) })
}
