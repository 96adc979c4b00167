//! The server with its worker, until the process is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use qige_app::{App, Settings};
use qige_web::{
    Acme, AcmeSettings, Bound, CertificateFrom, ConnectionBounds, HttpListener, HttpsListener, State,
};
use tokio::sync::watch;

use crate::arguments::{Common, ConnectionOptions, Serve};
use crate::opening::{self, base_map, open_unlocked};
use crate::outgoing;

/// Serves with what was said on the command line.
pub(crate) async fn run(common: &Common, serve: &Serve) -> Result<(), String> {
    let listen = listener(common, serve)?;
    let settings = settings(common, serve, &listen)?;
    let app = open_unlocked(&common.database_url, settings).await?;
    let bound = bound(listen).await?;
    let state = State::new(app.clone());
    if !state.look_whether_set_up().await.map_err(|error| error.to_string())? {
        println!("Nobody is here yet. Set the subdistrict up at {}/setup", app.settings.public_url);
        println!("Set-up code: {}", state.setup_token());
    }
    println!("Listening at {}", app.settings.public_url);
    until_stopped(&app, state, bound, !serve.no_worker).await
}

/// Listens; only then is said where.
pub(crate) async fn bound(listen: HttpListener) -> Result<Bound, String> {
    listen.bind().await.map_err(|error| format!("cannot listen at {error}"))
}

/// Serves and works until the process is told to stop.
pub(crate) async fn until_stopped(app: &App, state: State, bound: Bound, works: bool) -> Result<(), String> {
    let (stop, mut stopped) = watch::channel(false);
    let worker = works.then(|| {
        let worker = Arc::new(qige_app::worker(app));
        let mut stopped = stopped.clone();
        tokio::spawn(worker.run(async move {
            // An error means that the server is gone, which is a reason to stop too.
            let _stopped = stopped.wait_for(|stopped| *stopped).await;
        }))
    });
    let told = told_to_stop();
    let asked = async move {
        tokio::select! {
            () = told => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    };
    qige_web::serve(state, bound, asked).await;
    stop.send_replace(true);
    if let Some(worker) = worker {
        worker.await.map_err(|error| format!("the worker ended badly: {error}"))?;
    }
    Ok(())
}

/// Listens for the signal from now on, not from when it is first waited for: until then it would end the
/// process at once, with answers under way.
fn told_to_stop() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Ok(mut terminated) = terminated {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
        let _interrupted = interrupted.await;
    }
}

fn listener(common: &Common, serve: &Serve) -> Result<HttpListener, String> {
    let http = match serve.listen.trim() {
        "" => None,
        text => Some(text.parse::<SocketAddr>().map_err(|error| format!("--listen {text}: {error}"))?),
    };
    let certificate = certificate(common, serve)?;
    let https = match (serve.listen_tls, certificate) {
        (Some(address), Some(certificate)) => Some(HttpsListener { address, certificate }),
        (Some(_), None) => {
            return Err("--listen-tls needs --tls-certificate and --tls-key, or --acme-domain".to_owned());
        }
        (None, Some(CertificateFrom::Acme(_))) => {
            return Err("--acme-domain needs --listen-tls, usually 0.0.0.0:443".to_owned());
        }
        (None, _) => None,
    };
    Ok(HttpListener { http, https, bounds: bounds(&serve.connections) })
}

fn bounds(said: &ConnectionOptions) -> ConnectionBounds {
    ConnectionBounds {
        per_address: said.connections_per_address,
        handshake: Duration::from_secs(said.handshake_seconds),
        headers: Duration::from_secs(said.header_seconds),
        idle: Duration::from_secs(said.idle_seconds),
        stalled: Duration::from_secs(said.stalled_seconds),
        ping: Duration::from_secs(said.ping_seconds),
    }
}

fn certificate(common: &Common, serve: &Serve) -> Result<Option<CertificateFrom>, String> {
    let said = &serve.acme;
    let by_acme = said.acme_domain.iter().any(|name| !name.trim().is_empty());
    match (&serve.tls_certificate, &serve.tls_key) {
        (None, None) if !by_acme => Ok(None),
        (None, None) => {
            let settings = AcmeSettings {
                names: said.acme_domain.clone(),
                contact: said.acme_contact.clone(),
                directory: said.acme_directory.clone(),
                folder: said.acme_folder.clone().unwrap_or_else(|| common.data.join("acme")),
                agreed: said.acme_agree,
                root: said.acme_root.clone(),
            };
            let acme = Acme::new(settings).map_err(|error| error.to_string())?;
            Ok(Some(CertificateFrom::Acme(Box::new(acme))))
        }
        (Some(_), Some(_)) if by_acme => {
            Err("--acme-domain and --tls-certificate exclude each other: who gives it?".to_owned())
        }
        (Some(chain), Some(key)) => {
            Ok(Some(CertificateFrom::Files { chain: chain.clone(), key: key.clone() }))
        }
        (Some(_), None) | (None, Some(_)) => Err("--tls-certificate and --tls-key go together".to_owned()),
    }
}

fn settings(common: &Common, serve: &Serve, listen: &HttpListener) -> Result<Settings, String> {
    let name = serve.acme.acme_domain.first().map(|name| name.trim()).filter(|name| !name.is_empty());
    let own = || match (&listen.https, listen.http) {
        (Some(https), _) if name.is_some() => match https.address.port() {
            443 => format!("https://{}", name.unwrap_or_default()),
            port => format!("https://{}:{port}", name.unwrap_or_default()),
        },
        (Some(https), _) => format!("https://{}", https.address),
        (None, Some(http)) => format!("http://{http}"),
        (None, None) => String::new(),
    };
    let public_url = serve.public_url.clone().unwrap_or_else(own);
    let settings = Settings {
        base_map: base_map(&serve.base_map, &public_url)?,
        public_url: public_url.trim_end_matches('/').to_owned(),
        dev: serve.dev,
        trusted_hops: serve.trusted_hops,
        metrics: serve.metrics,
        ..opening::settings(common)?
    };
    outgoing::with(settings, &serve.outgoing)
}
