//! What a request carries: nothing, a form, bytes in memory, or a part of something large that is read as it is sent.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, RequestBuilder};

use crate::source::{Content, Report, Sending};

/// How much is read at a time.
const CHUNK: usize = 128 * 1024;

/// What a request carries. It can be sent any number of times.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    /// Nothing.
    None,
    /// Nothing, and its length is said: servers want that where something is created.
    Empty,
    /// A form with a secret in it; never sent on to where a redirect leads.
    Form(String),
    /// A document with its type.
    Document(String, Bytes),
    /// A blob from some byte on.
    Rest(Rest),
}

/// A blob from some byte on.
#[derive(Clone)]
pub(super) struct Rest {
    pub(super) content: Arc<dyn Content>,
    pub(super) offset: u64,
    /// Size of the whole blob in bytes.
    pub(super) size: u64,
    pub(super) report: Report,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("offset", &self.offset).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Payload {
    /// Tells whether it may be sent on to where a redirect leads.
    pub(super) fn may_go_on(&self) -> bool {
        match self {
            Self::None | Self::Empty | Self::Document(..) | Self::Rest(_) => true,
            Self::Form(_) => false,
        }
    }

    /// Puts it into a request.
    pub(super) fn load(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::None => request,
            Self::Empty => request.header(CONTENT_LENGTH, 0),
            Self::Form(form) => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.clone()),
            Self::Document(media_type, bytes) => request.header(CONTENT_TYPE, media_type).body(bytes.clone()),
            Self::Rest(rest) => request
                .header(CONTENT_TYPE, "application/octet-stream")
                .header(CONTENT_LENGTH, rest.size.saturating_sub(rest.offset))
                .body(Body::wrap_stream(rest.stream())),
        }
    }
}

impl Rest {
    /// Reads on threads that may block, a chunk ahead of nobody: memory stays at one chunk.
    fn stream(&self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        let Self { content, offset, size, report } = self.clone();
        let left = size.saturating_sub(offset);
        stream::try_unfold((None, left), move |(reader, left)| {
            let (content, report) = (Arc::clone(&content), Arc::clone(&report));
            async move {
                if left == 0 {
                    return Ok(None);
                }
                let read = move || read_chunk(reader, &*content, offset, left);
                let (chunk, reader) = tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other)??;
                let left = left - chunk.len() as u64;
                report(Sending::Sent(size - left));
                Ok(Some((chunk, (Some(reader), left))))
            }
        })
    }
}

type Reader = Box<dyn Read + Send>;

/// Reads the next chunk, from a reader that is opened the first time.
fn read_chunk(
    reader: Option<Reader>,
    content: &dyn Content,
    offset: u64,
    left: u64,
) -> std::io::Result<(Bytes, Reader)> {
    let mut reader = match reader {
        Some(reader) => reader,
        None => content.open(offset)?,
    };
    let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
    let mut chunk = vec![0; wanted];
    reader.read_exact(&mut chunk)?;
    Ok((chunk.into(), reader))
}
