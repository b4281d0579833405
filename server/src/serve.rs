//! Connections: heads and bodies that never end, idle ones, answers that nobody takes. A connection has a seat; when
//! all are taken, the oldest that is not worked for, of the address that has most, makes room. Requests that come on top of
//! each other, whose sender does not listen, share a few places: no browser and no proxy sends such.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::service::Service as _;
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::config::Patience;
use crate::limits::edge::{
    HEADER_BYTES_MAX, PIECE_BYTES, PIECE_REST_MS, PIPELINED_AT_ONCE, PIPELINED_FREE,
};

/// A server that stops waits so long for answers under way.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// How long a body rests after its first small piece that was not its last.
const PIECE_REST: Duration = Duration::from_millis(PIECE_REST_MS);
/// Number of doublings of that rest, while small pieces follow each other.
const PIECE_REST_DOUBLED: u32 = 4;
/// After a connection could not be taken: the system may be out of files for a moment.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until `stop`; answers under way are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let hall = Arc::new(Hall::new(&patience));
    let router = TowerToHyperService::new(router);
    let (stopping, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let came = tokio::select! {
            came = listener.accept() => came,
            Some(_) = open.join_next() => continue,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = came else {
            sleep(BREATH).await;
            continue;
        };
        // Nothing is lost but speed.
        let _: std::io::Result<()> = stream.set_nodelay(true);
        if let Some(seat) = Hall::admit(&hall, peer.ip()) {
            let line = Line::new(stream, seat, patience.write_stall);
            open.spawn(converse(line, peer, router.clone(), patience.headers, stopped.clone()));
        }
    }
    stopping.send_replace(true);
    let _: Result<(), _> =
        timeout(STOP_WITHIN, async { while open.join_next().await.is_some() {} }).await;
}

async fn converse(
    line: Line,
    peer: SocketAddr,
    router: TowerToHyperService<Router>,
    headers: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let (seat, hall) = (line.seat.clone(), line.taken.hall.clone());
    let service = service_fn(|mut request: Request<Incoming>| {
        let (busy, piled) = Busy::begin(&seat, request.body().is_end_stream());
        request.extensions_mut().insert(ConnectInfo(peer));
        let arriving = |body| Arriving { body, seat: seat.clone(), rest: None, small: 0 };
        let request = request.map(|body| Body::new(arriving(body)));
        let (router, hall) = (router.clone(), hall.clone());
        async move {
            let place = if piled { hall.piled.acquire().await.ok() } else { None };
            let answer = router.call(request).await;
            drop(place);
            busy.works();
            answer.map(|answer: Response<Body>| answer.map(|body| Kept { body, _busy: busy }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(line, service)
        .with_upgrades();
    tokio::pin!(connection);
    let mut going = true;
    loop {
        tokio::select! {
            // A connection that broke off has nobody to be told.
            _ = connection.as_mut() => break,
            () = seat.leave.notified() => break,
            _ = stopped.wait_for(|stopped| *stopped), if going => {
                going = false;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    seat.hand.lock().unwrap_or_else(PoisonError::into_inner).upgraded = true;
}

struct Hall {
    most: usize,
    trusted: Vec<IpAddr>,
    /// Places for requests that came on top of each other.
    piled: Semaphore,
    seats: Mutex<(u64, BTreeMap<u64, Arc<Seat>>)>,
}

struct Seat {
    address: IpAddr,
    leave: Notify,
    hand: Mutex<Hand>,
}

#[derive(Clone, Copy)]
enum Doing {
    /// No request is open since then.
    Idle(Instant),
    /// The server waits for the rest of a request's body since then.
    Receives(Instant),
    /// The server works on an answer, or sends one.
    Works,
}

struct Hand {
    doing: Doing,
    /// Requests since the other side was last waited for.
    unawaited: u32,
    /// The connection became a channel, which has other bounds.
    upgraded: bool,
}

impl Hall {
    fn new(patience: &Patience) -> Self {
        let (most, trusted) = (patience.connections, patience.trusted_proxies.clone());
        let piled = Semaphore::new(PIPELINED_AT_ONCE);
        Self { most, trusted, piled, seats: Mutex::default() }
    }

    /// A seat for a new connection, if need be that of an idle one.
    fn admit(hall: &Arc<Self>, address: IpAddr) -> Option<Taken> {
        let mut seats = hall.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.1.len() >= hall.most {
            let leaving = hall.who_leaves(&seats.1)?;
            if let Some(seat) = seats.1.remove(&leaving) {
                seat.leave.notify_one();
            }
        }
        seats.0 += 1;
        let number = seats.0;
        let idle = Hand { doing: Doing::Idle(Instant::now()), unawaited: 0, upgraded: false };
        let seat = Arc::new(Seat { address, leave: Notify::new(), hand: Mutex::new(idle) });
        seats.1.insert(number, seat.clone());
        Some(Taken { hall: hall.clone(), number, seat })
    }

    /// Picks the seat that leaves: of the address with most seats the oldest idle one, else the
    /// seat whose body is waited for longest; where the server works for all, the oldest seat of an
    /// address that has more than half of them.
    fn who_leaves(&self, seats: &BTreeMap<u64, Arc<Seat>>) -> Option<u64> {
        let mut count: HashMap<IpAddr, usize> = HashMap::new();
        for seat in seats.values() {
            *count.entry(seat.address).or_default() += 1;
        }
        let of = |seat: &Seat| count.get(&seat.address).copied().unwrap_or_default();
        let unworked = seats.iter().filter_map(|(number, seat)| {
            let hand = seat.hand.lock().unwrap_or_else(PoisonError::into_inner);
            let (asks, since) = match hand.doing {
                _ if hand.upgraded => return None,
                Doing::Idle(since) => (false, since),
                Doing::Receives(since) => (true, since),
                Doing::Works => return None,
            };
            Some((std::cmp::Reverse(of(seat)), asks, since, *number))
        });
        let greedy =
            |seat: &Seat| 2 * of(seat) > self.most && !self.trusted.contains(&seat.address);
        unworked
            .min()
            .map(|(.., number)| number)
            .or_else(|| seats.iter().find(|(_, seat)| greedy(seat)).map(|(number, _)| *number))
    }
}

/// A seat that is given back when its connection is gone.
struct Taken {
    hall: Arc<Hall>,
    number: u64,
    seat: Arc<Seat>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut seats = self.hall.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.1.remove(&self.number);
    }
}

/// From a request's head to the last byte of its answer.
struct Busy(Arc<Seat>);

impl Busy {
    /// Begins a request; the flag says whether the request came on top of others. One request may
    /// come so fast that nobody waited for it.
    fn begin(seat: &Arc<Seat>, whole: bool) -> (Self, bool) {
        let mut hand = seat.hand.lock().unwrap_or_else(PoisonError::into_inner);
        hand.doing = if whole { Doing::Works } else { Doing::Receives(Instant::now()) };
        hand.unawaited = hand.unawaited.saturating_add(1);
        (Self(seat.clone()), hand.unawaited > PIPELINED_FREE)
    }

    /// The answer is ready, whether the request was read to the end or not.
    fn works(&self) {
        self.0.does(Doing::Works);
    }
}

impl Seat {
    fn does(&self, doing: Doing) {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner).doing = doing;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.does(Doing::Idle(Instant::now()));
    }
}

/// A request's body; the work on the answer begins with its last byte.
struct Arriving {
    body: Incoming,
    seat: Arc<Seat>,
    /// Before the next piece is read, where the last one was small: what comes meanwhile is read together.
    rest: Option<Pin<Box<Sleep>>>,
    /// Number of small pieces in a row.
    small: u32,
}

fn is_small(frame: &Result<Frame<Bytes>, hyper::Error>) -> bool {
    let data = frame.as_ref().ok().and_then(Frame::data_ref);
    data.is_some_and(|piece| piece.len() < PIECE_BYTES)
}

/// A piece of a body in memory of at most twice its length: sent byte by byte, 16 kB would take 128
/// MB otherwise.
fn compact(piece: Bytes) -> Bytes {
    if piece.len() < PIECE_BYTES { Bytes::copy_from_slice(&piece) } else { piece }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(rest) = &mut self.rest {
            ready!(rest.as_mut().poll(cx));
            self.rest = None;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.seat.does(Doing::Works);
        } else if frame.as_ref().is_some_and(is_small) {
            self.rest = Some(Box::pin(sleep(PIECE_REST * (1 << self.small))));
            self.small = (self.small + 1).min(PIECE_REST_DOUBLED);
        } else {
            self.small = 0;
        }
        Poll::Ready(frame.map(|read| read.map(|frame| frame.map_data(compact))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body; its connection is busy as long as it lasts.
struct Kept {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket that gives up when the client takes nothing of an answer.
struct Line {
    stream: TokioIo<TcpStream>,
    seat: Arc<Seat>,
    stall: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    taken: Taken,
}

impl Line {
    fn new(stream: TcpStream, taken: Taken, stall: Duration) -> Self {
        let (stream, seat) = (TokioIo::new(stream), taken.seat.clone());
        Self { stream, seat, stall, stalled: None, taken }
    }

    /// Result of a write; an error where the wait was too long.
    fn within<T>(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<std::io::Result<T>>,
    ) -> Poll<std::io::Result<T>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        let stall = self.stall;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()))
    }
}

impl Read for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_read(cx, buf);
        if done.is_pending() {
            let mut hand = self.seat.hand.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(hand.doing, Doing::Idle(_)) {
                hand.unawaited = 0;
            }
        }
        done
    }
}

impl Write for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.within(cx, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        self.within(cx, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.within(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.within(cx, done)
    }
}
