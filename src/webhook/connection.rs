//! One connection: TLS, then HTTP/1.1 or HTTP/2, with a limit on every wait.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::server::{Phase, ServerState, respond};

/// The longest TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest head of a request, and the longest wait for one, in HTTP/1.1. A client that keeps connections opens
/// another.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// The longest wait for the first request.
const FIRST_TIMEOUT: Duration = Duration::from_secs(15);

/// The longest wait for another request. The API server itself closes a connection after 90 seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(120);

/// The longest wait for a client that has been asked to go.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest wait for the first request once nothing is accepted any more.
const LAST_TIMEOUT: Duration = Duration::from_secs(1);

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 32 << 10;

/// The most requests at a time on one connection.
const MAX_STREAMS: u32 = 128;

/// The time between two pings, in HTTP/2, and the longest wait for the answer.
const PING: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));

/// Serves a connection until it is closed.
pub(super) async fn converse(stream: TcpStream, shared: &Arc<ServerState>) {
    // Answers are small, and each is waited for.
    let _ = stream.set_nodelay(true);
    let handshake = TlsAcceptor::from(shared.live().tls()).accept(stream);
    let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, handshake).await else {
        shared.live().metrics.tls_failures.inc();
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let stream = TokioIo::new(stream);
    let requests = Arc::new(Requests::default());
    let service = service_fn(|request: Request<Incoming>| {
        let (shared, requests) = (Arc::clone(shared), Arc::clone(&requests));
        async move {
            let _open = requests.open();
            respond(request, shared).await.map_err(|never| -> Infallible { match never {} })
        }
    });
    if is_http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(MAX_HEAD as u32)
            .keep_alive_interval(PING.0)
            .keep_alive_timeout(PING.1)
            .serve_connection(stream, service);
        // It can be told to go elsewhere and still be answered.
        drive(connection, &requests, shared, Phase::Leaving).await;
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(stream, service);
        // Until then each answer closes it.
        drive(connection, &requests, shared, Phase::Draining).await;
    }
}

/// The requests of a connection.
#[derive(Debug, Default)]
struct Requests {
    all: AtomicUsize,
    open: AtomicUsize,
}

/// A request that is not answered yet.
struct OpenRequest<'a>(&'a AtomicUsize);

impl Requests {
    fn open(&self) -> OpenRequest<'_> {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenRequest(&self.open)
    }
}

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Drives a connection to its end, which is asked for in the phase `last`.
async fn drive<C: GracefulConnection>(connection: C, requests: &Requests, shared: &ServerState, last: Phase) {
    let mut connection = pin!(connection);
    let mut phase = shared.phase.clone();
    let mut seen = 0;
    loop {
        let patience = if seen == 0 { FIRST_TIMEOUT } else { IDLE_TIMEOUT };
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = phase.wait_for(|phase| *phase >= last) => break,
            () = sleep(patience) => {
                let all = requests.all.load(Ordering::Relaxed);
                let is_idle = all == seen && requests.open.load(Ordering::Relaxed) == 0;
                if is_idle && all == 0 {
                    return;
                }
                if is_idle {
                    break;
                }
                seen = all;
            }
        }
    }
    // A request may be on its way: HTTP/1.1 would drop it if nothing has been read yet.
    if requests.all.load(Ordering::Relaxed) == 0 && last == Phase::Draining {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = sleep(LAST_TIMEOUT) => {}
        }
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(END_TIMEOUT, connection).await;
}
