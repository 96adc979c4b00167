//! Figures of this process, in the text format that Prometheus reads (exposition format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use http::header;
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Access, Fault, Routes, State};

/// Upper bounds of the latency buckets in milliseconds: fine around the promises (20 ms and 50 ms for lists),
/// coarse above.
const BOUNDS_MILLIS: [u64; 10] = [1, 2, 5, 10, 20, 50, 100, 250, 1_000, 5_000];

#[derive(Debug, Default)]
struct Latency {
    buckets: [u64; BOUNDS_MILLIS.len()],
    count: u64,
    sum_micros: u64,
}

/// The figures. Labels are taken from the table of endpoints only, so that their number is bounded.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, &'static str, u16), Latency>>,
    /// Requests being worked on.
    pub(crate) in_flight: AtomicU64,
    /// Pages that listen for changes.
    pub(crate) listeners: AtomicU64,
    /// Requests whose handler panicked.
    pub(crate) panics: AtomicU64,
    /// Requests refused for coming too often.
    pub(crate) limited: AtomicU64,
    /// When the certificate ends that is shown, in seconds of Unix time; 0: there is none.
    certificate_end: AtomicU64,
    /// Tries to fetch a certificate that failed.
    certificate_failures: AtomicU64,
    /// What is wrong with the certificate, for whoever looks after the server.
    certificate_trouble: Mutex<Option<CertificateTrouble>>,
}

/// What is wrong with the certificate that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CertificateTrouble {
    /// Until when it is good; nothing where there is none.
    pub(crate) until: Option<Timestamp>,
    /// Why no new one came; nothing where its files were not renewed.
    pub(crate) reason: Option<String>,
}

impl Metrics {
    /// Notes one answered request.
    pub(crate) fn note(&self, method: &'static str, path: &'static str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let latency = requests.entry((method, path, status)).or_default();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bucket, bound) in latency.buckets.iter_mut().zip(BOUNDS_MILLIS) {
            *bucket = bucket.saturating_add(u64::from(micros <= bound.saturating_mul(1_000)));
        }
        latency.count = latency.count.saturating_add(1);
        latency.sum_micros = latency.sum_micros.saturating_add(micros);
    }

    /// Notes until when the certificate that is shown is good.
    pub(crate) fn note_certificate(&self, until: Option<Timestamp>) {
        let seconds = until.map_or(0, |until| until.micros() / Timestamp::SECOND);
        self.certificate_end.store(u64::try_from(seconds).unwrap_or_default(), Ordering::Relaxed);
    }

    /// A try to fetch a certificate failed.
    pub(crate) fn note_certificate_failure(&self, trouble: CertificateTrouble) {
        self.certificate_failures.fetch_add(1, Ordering::Relaxed);
        self.note_certificate_trouble(Some(trouble));
    }

    /// What is wrong with the certificate now.
    pub(crate) fn note_certificate_trouble(&self, trouble: Option<CertificateTrouble>) {
        *self.certificate_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub(crate) fn certificate_trouble(&self) -> Option<CertificateTrouble> {
        self.certificate_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All figures as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let gauges = [
            ("qige_requests_in_flight", "gauge", &self.in_flight),
            ("qige_live_listeners", "gauge", &self.listeners),
            ("qige_panics_total", "counter", &self.panics),
            ("qige_requests_limited_total", "counter", &self.limited),
            ("qige_certificate_end_timestamp_seconds", "gauge", &self.certificate_end),
            ("qige_certificate_failures_total", "counter", &self.certificate_failures),
        ];
        for (name, kind, value) in gauges {
            let value = value.load(Ordering::Relaxed);
            let _infallible = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
        }
        text.push_str("# TYPE qige_request_seconds histogram\n");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, path, status), latency) in &*requests {
            write_latency(
                &mut text,
                &format!("method=\"{method}\",path=\"{path}\",status=\"{status}\""),
                latency,
            );
        }
        text
    }
}

fn write_latency(text: &mut String, labels: &str, latency: &Latency) {
    let name = "qige_request_seconds";
    for (count, millis) in latency.buckets.iter().zip(BOUNDS_MILLIS) {
        let seconds = Duration::from_millis(millis).as_secs_f64();
        let _infallible = writeln!(text, "{name}_bucket{{{labels},le=\"{seconds}\"}} {count}");
    }
    let (count, sum) = (latency.count, Duration::from_micros(latency.sum_micros).as_secs_f64());
    let _infallible = writeln!(
        text,
        "{name}_bucket{{{labels},le=\"+Inf\"}} {count}\n{name}_sum{{{labels}}} {sum}\n\
         {name}_count{{{labels}}} {count}"
    );
}

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("operation").get("/metrics", Access::Public, "Figures of this process for Prometheus", show)
}

async fn show(AxumState(state): AxumState<State>) -> Result<Response, Fault> {
    if !state.settings().metrics {
        return Err(Fault::missing());
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, state.metrics().text()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_counted_upwards() {
        let metrics = Metrics::default();
        metrics.note("GET", "/cases", 200, Duration::from_millis(3));
        metrics.note("GET", "/cases", 200, Duration::from_millis(30));
        let text = metrics.text();
        let labels = "method=\"GET\",path=\"/cases\",status=\"200\"";
        for (bound, count) in [("0.002", 0), ("0.005", 1), ("0.05", 2), ("+Inf", 2)] {
            let line = format!("qige_request_seconds_bucket{{{labels},le=\"{bound}\"}} {count}");
            assert!(text.contains(&line), "{line}\n{text}");
        }
    }
}
