//! Bodies of answers: whole ones, and streams that are cut to the announced length.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use hyper::header::HeaderValue;
use serde_json::Value;
use thiserror::Error;

use crate::source::Error;

/// An answer.
pub(super) type Answer = Response<Body>;

/// The body of an answer.
pub(super) type Body = UnsyncBoxBody<Bytes, Interrupted>;

/// Media type of the API's own documents.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Why a body breaks off; the connection is closed, so that the client does not take the part for the whole.
#[derive(Debug, Error)]
pub(super) enum Interrupted {
    /// The source failed.
    #[error("the source failed")]
    Source(#[source] Error),
    /// The source gave less than it had announced.
    #[error("the source ended {missing} bytes early")]
    Early {
        /// Bytes that the client still waits for.
        missing: u64,
    },
}

/// Which bytes of a stream are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Bytes to pass over first.
    pub(super) skip: u64,
    /// Bytes to send then; `None` means all there are.
    pub(super) length: Option<u64>,
}

/// Makes a body of bytes.
pub(super) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// Makes a body of a JSON value and a newline.
pub(super) fn json_line(value: &Value) -> Body {
    whole(format!("{value}\n"))
}

/// Makes a body of a part of a stream.
pub(super) fn part(stream: BoxStream<'static, Result<Bytes, Error>>, cut: Cut) -> Body {
    StreamBody::new(exactly(stream, cut).map(|chunk| chunk.map(Frame::data))).boxed_unsync()
}

struct State {
    stream: BoxStream<'static, Result<Bytes, Error>>,
    cut: Cut,
}

/// Yields exactly the bytes of `cut`: what follows them is not sent, and a stream that ends before is an error.
fn exactly(
    stream: BoxStream<'static, Result<Bytes, Error>>,
    cut: Cut,
) -> impl Stream<Item = Result<Bytes, Interrupted>> + Send {
    stream::try_unfold(State { stream, cut }, |mut state| async {
        let chunk = state.next().await?;
        Ok(chunk.map(|chunk| (chunk, state)))
    })
}

impl State {
    async fn next(&mut self) -> Result<Option<Bytes>, Interrupted> {
        while self.cut.length != Some(0) {
            let Some(chunk) = self.stream.next().await else { return self.end() };
            let chunk = self.trim(chunk.map_err(Interrupted::Source)?);
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    fn end(&self) -> Result<Option<Bytes>, Interrupted> {
        match self.cut.length {
            None => Ok(None),
            Some(missing) => Err(Interrupted::Early { missing }),
        }
    }

    fn trim(&mut self, mut chunk: Bytes) -> Bytes {
        let skipped = at_most(chunk.len(), self.cut.skip);
        self.cut.skip -= skipped as u64;
        let mut chunk = chunk.split_off(skipped);
        if let Some(left) = &mut self.cut.length {
            chunk.truncate(at_most(chunk.len(), *left));
            *left -= chunk.len() as u64;
        }
        chunk
    }
}

fn at_most(length: usize, limit: u64) -> usize {
    usize::try_from(limit).map_or(length, |limit| length.min(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(chunks: &[&'static str], skip: u64, length: Option<u64>) -> (String, Option<String>) {
        let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        let mut stream = Box::pin(exactly(stream::iter(chunks).boxed(), Cut { skip, length }));
        let mut text = String::new();
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(chunk) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
                Err(error) => return (text, Some(error.to_string())),
            }
        }
        (text, None)
    }

    #[tokio::test]
    async fn a_part_is_cut_out_across_chunks() {
        assert_eq!(sent(&["abc", "", "def", "ghi"], 2, Some(5)).await, ("cdefg".to_owned(), None));
        assert_eq!(sent(&["abc", "def"], 4, None).await, ("ef".to_owned(), None));
        assert_eq!(sent(&["abc"], 0, Some(0)).await, (String::new(), None));
    }

    #[tokio::test]
    async fn more_than_announced_is_not_sent() {
        assert_eq!(sent(&["abc", "def"], 0, Some(4)).await, ("abcd".to_owned(), None));
    }

    #[tokio::test]
    async fn less_than_announced_is_an_error() {
        let error = Some("the source ended 2 bytes early".to_owned());
        assert_eq!(sent(&["abc"], 0, Some(5)).await, ("abc".to_owned(), error));
    }
}
