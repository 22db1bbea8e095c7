//! The listener and the paths that it answers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use super::admission::{Answer, NoReview, ReviewOutcome, answer, most_values, most_values_of_object};
use super::connection::converse;
use super::live::{Live, POLL};
use super::{Options, metrics};

/// The most connections at a time. Others wait until one is closed.
pub(super) const MAX_CONNECTIONS: usize = 512;

/// The largest request, in bytes. The API server itself takes no larger one.
const MAX_BODY: usize = 3 << 20;

/// The largest size of all requests that are read, worked on or answered, in KiB.
const MAX_BODIES: u32 = 32 << 10;

/// The most keys and values of a request, and of all that are worked on: outside the object each takes 0.2 KB at most.
const MAX_VALUES: usize = 500_000;

/// The most keys and values of an object, and of all that are worked on: a predictor has seven, and takes 11 KB.
const MAX_OBJECT_VALUES: usize = 100_000;

/// The longest time from the head of a request to its answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(8);

/// The longest time for the last answers, after the listener is closed.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after a connection could not be accepted, as when there are no file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The state of the server, which only moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// All is answered.
    Serving,
    /// `/readyz` fails and clients are asked to go elsewhere; all else is answered.
    Leaving,
    /// Only what has been accepted is answered.
    Draining,
}

/// The parts that all connections share.
pub(super) struct ServerState {
    live: Arc<Live>,
    denies: bool,
    bodies: Arc<Semaphore>,
    values: Arc<Semaphore>,
    object_values: Arc<Semaphore>,
    pub phase: watch::Receiver<Phase>,
}

impl ServerState {
    pub(super) fn live(&self) -> &Live {
        &self.live
    }
}

/// Serves until a signal, and then as long as the rest takes.
pub(super) async fn run(listener: TcpListener, live: Arc<Live>, options: &Options) {
    let (phase, watched) = watch::channel(Phase::Serving);
    let all_of = |count| Arc::new(Semaphore::new(count));
    let shared = Arc::new(ServerState {
        live: Arc::clone(&live),
        denies: options.denies,
        bodies: all_of(MAX_BODIES as usize),
        values: all_of(MAX_VALUES),
        object_values: all_of(MAX_OBJECT_VALUES),
        phase: watched,
    });
    let reading = tokio::spawn(async move {
        loop {
            sleep(POLL).await;
            let live = Arc::clone(&live);
            // A disk may be slow.
            let _ = tokio::task::spawn_blocking(move || live.refresh()).await;
        }
    });
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let end = async {
        signal().await;
        tracing::info!(seconds = options.shutdown_delay.as_secs(), "leaving");
        phase.send_replace(Phase::Leaving);
        sleep(options.shutdown_delay).await;
    };
    tokio::select! {
        () = accept(&listener, &connections, &shared) => {}
        () = end => {}
    }
    // What the system has accepted is in no hand yet: it would be reset with the listener.
    let pending = accept(&listener, &connections, &shared);
    let _ = timeout(Duration::from_millis(50), pending).await;
    drop(listener);
    phase.send_replace(Phase::Draining);
    let all = u32::try_from(MAX_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = timeout(DRAIN_TIMEOUT, connections.acquire_many(all)).await;
    reading.abort();
}

async fn accept(listener: &TcpListener, connections: &Arc<Semaphore>, shared: &Arc<ServerState>) {
    loop {
        // It is never closed.
        let Ok(permit) = Arc::clone(connections).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(converse_with(stream, permit, Arc::clone(shared)))),
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn converse_with(stream: TcpStream, permit: OwnedSemaphorePermit, shared: Arc<ServerState>) {
    shared.live.metrics.connections.inc();
    converse(stream, &shared).await;
    shared.live.metrics.connections.dec();
    drop(permit);
}

/// SIGTERM or SIGINT. Without handlers, the system stops the program at once.
#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let handlers = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = handlers else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

type Reply = Response<Full<Bytes>>;

/// Answers a request.
pub(super) async fn respond(request: Request<Incoming>, shared: Arc<ServerState>) -> Result<Reply, Infallible> {
    let is_old = request.version() < Version::HTTP_2;
    let mut reply = route(request, &shared).await;
    // An unread body is not worth waiting for.
    let is_cut = matches!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT);
    if is_old && (is_cut || *shared.phase.borrow() > Phase::Serving) {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(reply)
}

async fn route(request: Request<Incoming>, shared: &Arc<ServerState>) -> Reply {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    match request.uri().path() {
        "/mutate" if request.method() == Method::POST => mutate(request, shared).await,
        "/mutate" => not_allowed("POST"),
        "/healthz" | "/readyz" | "/metrics" if !is_read => not_allowed("GET, HEAD"),
        "/healthz" => text(StatusCode::OK, "ok\n"),
        "/readyz" if *shared.phase.borrow() > Phase::Serving => text(StatusCode::SERVICE_UNAVAILABLE, "leaving\n"),
        "/readyz" => text(StatusCode::OK, "ok\n"),
        "/metrics" => with_type(StatusCode::OK, metrics::CONTENT_TYPE, shared.live.metrics.text()),
        _ => text(StatusCode::NOT_FOUND, "there is only /mutate, /healthz, /readyz and /metrics\n"),
    }
}

/// A request that is not answered with a review.
struct RequestFailure {
    status: StatusCode,
    outcome: ReviewOutcome,
    words: String,
}

impl RequestFailure {
    fn new(status: StatusCode, outcome: ReviewOutcome, words: impl Into<String>) -> Self {
        Self { status, outcome, words: words.into() }
    }

    fn too_large() -> Self {
        let words = format!(
            "a review has at most {MAX_BODY} bytes and {MAX_VALUES} keys and values, and its object {MAX_OBJECT_VALUES}"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ReviewOutcome::Invalid, words)
    }
}

async fn mutate(request: Request<Incoming>, shared: &Arc<ServerState>) -> Reply {
    let started = Instant::now();
    let reviewed = timeout(REQUEST_TIMEOUT, review(request, shared)).await.unwrap_or_else(|_| {
        let words = format!("not done within {} seconds", REQUEST_TIMEOUT.as_secs());
        Err(RequestFailure::new(StatusCode::REQUEST_TIMEOUT, ReviewOutcome::TimedOut, words))
    });
    let took = started.elapsed();
    let milliseconds = (took.as_secs_f64() * 1e5).round() / 1e2;
    let metrics = &shared.live.metrics;
    match reviewed {
        Ok((answer, permit)) => {
            let Answer { body, outcome, uid, verb, namespace, name, task, operations } = answer;
            tracing::info!(
                uid,
                operation = verb,
                namespace,
                name,
                outcome = outcome.word(),
                milliseconds,
                operations,
                "review"
            );
            metrics.count(outcome, took);
            if outcome == ReviewOutcome::Patched {
                metrics.count_patch(task);
            }
            // A client that does not read its answer counts, too.
            with_type(StatusCode::OK, JSON, Bytes::from_owner(Unsent { body, _permit: permit }))
        }
        Err(RequestFailure { status, outcome, words }) => {
            tracing::warn!(outcome = outcome.word(), milliseconds, reason = words, "review");
            metrics.count(outcome, took);
            text(status, format!("{words}\n"))
        }
    }
}

const JSON: &str = "application/json";

/// An answer until it is sent.
struct Unsent {
    body: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Unsent {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

async fn review(
    request: Request<Incoming>,
    shared: &Arc<ServerState>,
) -> Result<(Answer, OwnedSemaphorePermit), RequestFailure> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JSON) {
        let words = format!("a review has the content type {JSON}");
        return Err(RequestFailure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ReviewOutcome::Invalid, words));
    }
    let size = request.body().size_hint();
    if size.lower() > MAX_BODY as u64 {
        return Err(RequestFailure::too_large());
    }
    // Without a length it may become the longest.
    let length = size.upper().unwrap_or(u64::MAX).min(MAX_BODY as u64);
    let overloaded = || {
        RequestFailure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ReviewOutcome::Overloaded,
            "too much is being worked on; try again",
        )
    };
    let permit = async |all: &Arc<Semaphore>, count: usize| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let permit = timeout(REQUEST_TIMEOUT / 2, Arc::clone(all).acquire_many_owned(count)).await;
        permit.ok().and_then(Result::ok).ok_or_else(overloaded)
    };
    let held = permit(&shared.bodies, usize::try_from(length / 1024 + 1).unwrap_or(usize::MAX)).await?;
    let body = Limited::new(request.into_body(), MAX_BODY).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            RequestFailure::too_large()
        } else {
            RequestFailure::new(StatusCode::BAD_REQUEST, ReviewOutcome::Invalid, "the request ends before its body")
        }
    })?;
    let body = body.to_bytes();
    let values = most_values(&body);
    if values > MAX_VALUES {
        return Err(RequestFailure::too_large());
    }
    let values = permit(&shared.values, values).await?;
    // The permits stay with the body: the request may end before the work.
    let counted = on_a_worker(move || (most_values_of_object(&body), body, values, held)).await;
    let (in_object, body, values, held) = counted.ok_or_else(overloaded)?;
    if in_object > MAX_OBJECT_VALUES {
        return Err(RequestFailure::too_large());
    }
    let worked_on = (values, permit(&shared.object_values, in_object).await?);
    let (rewriter, denies) = (shared.live.rewriter(), shared.denies);
    let answered = on_a_worker(move || {
        let answered = answer(&body, &rewriter, denies);
        drop((body, worked_on));
        (answered, held)
    });
    match answered.await.ok_or_else(overloaded)? {
        (Ok(answer), held) => Ok((answer, held)),
        (Err(NoReview(words)), _) => Err(RequestFailure::new(StatusCode::BAD_REQUEST, ReviewOutcome::Invalid, words)),
    }
}

/// The result of work on one of the threads that work on documents: as many at a time as there are cores.
async fn on_a_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (send, receive) = oneshot::channel();
    // Nobody waits after the timeout.
    rayon::spawn(move || drop(send.send(work())));
    receive.await.ok()
}

fn not_allowed(methods: &'static str) -> Reply {
    let mut reply = text(StatusCode::METHOD_NOT_ALLOWED, format!("only {methods}\n"));
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    reply
}

fn text(status: StatusCode, words: impl Into<Bytes>) -> Reply {
    with_type(status, "text/plain; charset=utf-8", words)
}

fn with_type(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}
