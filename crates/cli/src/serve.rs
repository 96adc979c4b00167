//! The server with its worker, until the process is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use qige_app::{App, Settings};
use qige_web::{Bound, HttpListener, HttpsListener, State};
use tokio::sync::watch;

use crate::arguments::{Common, Serve};
use crate::opening::{self, base_map, open_unlocked};
use crate::outgoing;

/// Serves with what was said on the command line.
pub(crate) async fn run(common: &Common, serve: &Serve) -> Result<(), String> {
    let listen = listener(serve)?;
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
    let asked = async move {
        tokio::select! {
            () = told_to_stop() => {}
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

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _interrupted = interrupted.await;
}

fn listener(serve: &Serve) -> Result<HttpListener, String> {
    let http = match serve.listen.trim() {
        "" => None,
        text => Some(text.parse::<SocketAddr>().map_err(|error| format!("--listen {text}: {error}"))?),
    };
    let https = match (&serve.listen_tls, &serve.tls_certificate, &serve.tls_key) {
        (Some(address), Some(certificate), Some(key)) => {
            Some(HttpsListener { address: *address, certificate: certificate.clone(), key: key.clone() })
        }
        _ => None,
    };
    Ok(HttpListener { http, https })
}

fn settings(common: &Common, serve: &Serve, listen: &HttpListener) -> Result<Settings, String> {
    let own = || match (&listen.https, listen.http) {
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
