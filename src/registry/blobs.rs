//! Blobs: `GET /v2/NAME/blobs/DIGEST`, from any byte on. The bytes are not verified here; who takes them in does.

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderValue, RANGE};

use super::answer::error_of;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Patience, Question};
use super::failure;
use super::manifests::pull_scope;
use super::payload::Payload;
use super::transport::{Answer, Method, without_query};
use crate::oci::{Digest, Repository};
use crate::source::{Blob, Error, NetworkError, RegistryError};

/// Opens a blob. The registry is asked anew each time: where its redirects lead does not last.
pub(super) async fn open(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    digest: &Digest,
    offset: u64,
) -> Result<Blob, Error> {
    if offset > 0 {
        let answer = ask(exchange, endpoint, repository, digest, offset).await?;
        match answer.status() {
            206 => {
                if let Some((begin, size)) = content_range(&answer).filter(|(begin, _)| *begin == offset) {
                    return Ok(Blob { offset: begin, size, stream: stream_of(answer) });
                }
            }
            // A range that cannot be had: the whole blob can.
            416 => {}
            200 => return Ok(whole(answer)),
            _ => return Err(blob_error(answer).await),
        }
    }
    let answer = ask(exchange, endpoint, repository, digest, 0).await?;
    if answer.status() == 200 { Ok(whole(answer)) } else { Err(blob_error(answer).await) }
}

async fn ask(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    digest: &Digest,
    offset: u64,
) -> Result<Answer, Error> {
    let mut headers = HeaderMap::new();
    if offset > 0 {
        let range = HeaderValue::try_from(format!("bytes={offset}-")).expect("digits are header text");
        headers.insert(RANGE, range);
    }
    let path = format!("{}/blobs/{digest}", repository.path());
    let question =
        Question { method: Method::Get, path, headers, scope: pull_scope(repository), payload: Payload::None };
    let answer = exchange.ask(endpoint, &question, Patience::Full).await;
    answer.map_err(|trouble| exchange.error(trouble, endpoint, &question))
}

fn whole(answer: Answer) -> Blob {
    let size = answer.header(CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
    Blob { offset: 0, size, stream: stream_of(answer) }
}

/// A blob that is not there is an unknown blob, also where a page says so.
async fn blob_error(answer: Answer) -> Error {
    let status = answer.status();
    match error_of(answer).await {
        Error::Status { .. } if status == 404 => Error::Registry(RegistryError::bare(status, "BLOB_UNKNOWN")),
        other => other,
    }
}

/// Reads `Content-Range: bytes 5-9/10`: where it begins and how large the whole is, if that is known.
fn content_range(answer: &Answer) -> Option<(u64, Option<u64>)> {
    read_content_range(answer.header(CONTENT_RANGE.as_str())?)
}

fn read_content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (begin, end) = range.split_once('-')?;
    let (begin, end): (u64, u64) = (begin.trim().parse().ok()?, end.trim().parse().ok()?);
    let size: Option<u64> = size.trim().parse().ok();
    let fits = begin <= end && size.is_none_or(|size| end < size);
    fits.then_some((begin, size))
}

/// Passes the body on as it comes. The first error is the last item.
fn stream_of(answer: Answer) -> BoxStream<'static, Result<Bytes, Error>> {
    let step = |answer: Option<Answer>| async move {
        let mut answer = answer?;
        match answer.response.chunk().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(answer))),
            Ok(None) => None,
            Err(error) => {
                let url = without_query(&answer.url);
                let reason = failure::in_body(&error);
                Some((Err(Error::Network(NetworkError { method: "Get", url, reason })), None))
            }
        }
    };
    stream::unfold(Some(answer), step).boxed()
}

#[cfg(test)]
mod tests {
    use super::read_content_range;

    #[test]
    fn a_content_range_is_read_whole_or_not_at_all() {
        assert_eq!(read_content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(read_content_range("bytes 5-9/*"), Some((5, None)));
        for odd in ["", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "5-9/10", "bytes -1-3/10"] {
            assert_eq!(read_content_range(odd), None, "{odd}");
        }
    }
}
