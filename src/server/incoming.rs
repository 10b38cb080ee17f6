//! Bodies of requests: taken in batches of bounded size, from clients who may stop at any byte.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::EXPECT;
use hyper::{HeaderMap, Request};
use serde_json::{Value, json};

use super::failure::{Code, Failure};

/// Bytes that are taken before they are handed on: few enough that hundreds of clients fit into memory.
const BATCH: usize = 128 << 10;
/// Bytes of a refused request that are still read, so that the client gets to read the refusal.
const DRAINED: u64 = 8 << 20;

/// The body of a request on its way.
pub(super) struct Body {
    incoming: Incoming,
    patience: Duration,
    /// The client waits for leave to send, so nothing is on the wire before the body is asked for.
    is_held_back: bool,
}

impl Body {
    /// Splits a request into its head and its body. A client may pause for `patience` at most.
    pub(super) fn split(request: Request<Incoming>, patience: Duration) -> (Request<()>, Self) {
        let (head, incoming) = request.into_parts();
        let is_held_back = waits_for_leave(&head.headers);
        (Request::from_parts(head, ()), Self { incoming, patience, is_held_back })
    }

    /// Tells whether the whole body has been read, or was empty.
    pub(super) fn is_over(&self) -> bool {
        self.incoming.is_end_stream()
    }

    /// Returns the next bytes, a batch full or all that are left; `None` at the end.
    ///
    /// # Errors
    /// `Err(what came before)` where the client broke off.
    pub(super) async fn batch(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            match self.chunk().await {
                Err(()) => return Err(BrokenOff { rest: Bytes::from(batch) }),
                Ok(None) if batch.is_empty() => return Ok(None),
                Ok(None) => break,
                Ok(Some(chunk)) => batch.extend_from_slice(&chunk),
            }
        }
        Ok(Some(Bytes::from(batch)))
    }

    /// Reads a small body whole.
    pub(super) async fn whole(&mut self, limit: u64) -> Result<Bytes, Failure> {
        let too_large = || Failure::too_large(Code::ManifestInvalid, json!({ "limit": limit }));
        if self.incoming.size_hint().lower() > limit {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(batch) = self.batch().await.map_err(|_| Failure::new(Code::SizeInvalid, Value::Null))? {
            bytes.extend_from_slice(&batch);
            if bytes.len() as u64 > limit {
                return Err(too_large());
            }
        }
        Ok(Bytes::from(bytes))
    }

    /// Reads what is left of a body that nobody wants, within reason.
    pub(super) async fn drain(&mut self) {
        let mut left = DRAINED;
        while !self.is_held_back && !self.is_over() && left > 0 {
            match self.chunk().await {
                Ok(Some(chunk)) => left = left.saturating_sub(chunk.len() as u64),
                Ok(None) | Err(()) => return,
            }
        }
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ()> {
        loop {
            let frame = tokio::time::timeout(self.patience, self.incoming.frame()).await.map_err(drop)?;
            // What is no data is a trailer, which says nothing here.
            match frame.transpose().map_err(drop)?.map(hyper::body::Frame::into_data) {
                None => return Ok(None),
                Some(Ok(data)) => {
                    self.is_held_back = false;
                    return Ok(Some(data));
                }
                Some(Err(_trailers)) => {}
            }
        }
    }
}

/// The client went away or fell silent in the middle of a body.
#[derive(Debug)]
pub(super) struct BrokenOff {
    /// What had come and was not handed on yet.
    pub(super) rest: Bytes,
}

fn waits_for_leave(headers: &HeaderMap) -> bool {
    headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
