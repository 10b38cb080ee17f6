//! Blobs on their way in (distribution-spec, pushing blobs): in one piece, in ordered pieces, or as a stream; or mounted
//! from another repository.
//!
//! Pieces of any size are taken, so no `OCI-Chunk-Min-Length` is announced. Bytes go to the disk as they come, hashed on
//! the way; what came before a client broke off is kept until the upload expires, and `GET` says how much that is.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use hyper::header::{LOCATION, RANGE};
use hyper::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::body::Answer;
use super::failure::{Code, Failure};
use super::incoming::Body;
use super::path::Name;
use super::piece::Piece;
use super::push::{Push, UPLOAD_ID, empty, header};
use super::query;
use crate::oci::{Algorithm, Digest};
use crate::source::{Blob, Registry as _};
use crate::store::{Upload, UploadError};

/// Answers `POST …/blobs/uploads/`: mounts, takes a whole blob, or opens an upload.
pub(super) async fn begin(push: Push<'_>, body: &mut Body) -> Result<Answer, Failure> {
    if let Some(digest) = push.digest("mount")?
        && mount(push, &digest).await?
    {
        return Ok(push.has_blob(&digest));
    }
    let whole = push.digest("digest")?;
    let algorithm = match &whole {
        Some(digest) => digest.algorithm(),
        None => algorithm(push.query)?,
    };
    let upload = open(push, algorithm).await?;
    let Some(digest) = whole else { return Ok(standing(push.name, &upload, StatusCode::ACCEPTED)) };
    let poured = pour(push, &upload, body).await;
    if poured.is_err() {
        push.writing.depot.cancel(&upload);
    }
    poured?;
    finish(push, upload, digest).await
}

/// Answers `GET` and `HEAD …/blobs/uploads/ID`: where the upload stands.
pub(super) fn status(push: Push<'_>, id: &str) -> Result<Answer, Failure> {
    Ok(standing(push.name, &*find(push, id)?, StatusCode::NO_CONTENT))
}

/// Answers `PATCH …/blobs/uploads/ID`: takes the next piece.
pub(super) async fn proceed(push: Push<'_>, id: &str, body: &mut Body) -> Result<Answer, Failure> {
    let upload = find(push, id)?;
    take(push, &upload, body).await?;
    Ok(standing(push.name, &upload, StatusCode::ACCEPTED))
}

/// Answers `PUT …/blobs/uploads/ID?digest=DIGEST`: takes the last piece, or none, and makes a blob of all.
pub(super) async fn close(push: Push<'_>, id: &str, body: &mut Body) -> Result<Answer, Failure> {
    let upload = find(push, id)?;
    let missing = || Failure::new(Code::DigestInvalid, json!({ "digest": Value::Null }));
    let digest = push.digest("digest")?.ok_or_else(missing)?;
    take(push, &upload, body).await?;
    finish(push, upload, digest).await
}

/// Answers `DELETE …/blobs/uploads/ID`: forgets the upload.
pub(super) fn cancel(push: Push<'_>, id: &str) -> Result<Answer, Failure> {
    push.writing.depot.cancel(&*find(push, id)?);
    Ok(empty(StatusCode::NO_CONTENT))
}

fn find(push: Push<'_>, id: &str) -> Result<Arc<Upload>, Failure> {
    let unknown = || Failure::new(Code::BlobUploadUnknown, json!({ "name": push.name.given, "upload": id }));
    push.writing.depot.upload(&push.name.repository, id).ok_or_else(unknown)
}

/// Reads `digest-algorithm`, a promise of what the digest at the end will be.
fn algorithm(query: &str) -> Result<Algorithm, Failure> {
    match query::value(query, "digest-algorithm").as_deref() {
        None | Some("sha256") => Ok(Algorithm::Sha256),
        Some("sha512") => Ok(Algorithm::Sha512),
        Some(other) => Err(Failure::new(Code::DigestInvalid, json!({ "digest-algorithm": other }))),
    }
}

async fn open(push: Push<'_>, algorithm: Algorithm) -> Result<Arc<Upload>, Failure> {
    if push.writing.depot.upload_count() >= push.writing.max_uploads {
        return Err(Failure::new(Code::TooManyRequests, json!({ "uploads": push.writing.max_uploads })));
    }
    let repository = push.name.repository.clone();
    push.in_depot(move |depot| depot.begin(&repository, algorithm)).await
}

/// Gives the repository a blob that another one has; what only the source behind has is copied. `false` where it is not
/// there, so that the client sends it.
async fn mount(push: Push<'_>, digest: &Digest) -> Result<bool, Failure> {
    let from = query::value(push.query, "from").filter(|from| !from.is_empty());
    let from = match from.map(|from| Name::parse(&from, push.name.repository.domain())).transpose() {
        Ok(from) => from.map(|name| name.repository),
        Err(_) => return Ok(false),
    };
    let (to, other, wanted) = (push.name.repository.clone(), from.clone(), digest.clone());
    if push.in_depot(move |depot| depot.mount(&to, other.as_ref(), &wanted)).await? {
        return Ok(true);
    }
    let Some(from) = from else { return Ok(false) };
    let Ok(blob) = push.writing.written.blob(&from, digest, 0).await else { return Ok(false) };
    let upload = open(push, digest.algorithm()).await?;
    let copied = copy(push, &upload, blob).await;
    if copied.is_err() {
        push.writing.depot.cancel(&upload);
    }
    copied?;
    // A stream that broke off has another digest: then the client is to send the blob.
    Ok(finish(push, upload, digest.clone()).await.is_ok())
}

async fn copy(push: Push<'_>, upload: &Arc<Upload>, blob: Blob) -> Result<(), Failure> {
    let (mut stream, mut at) = (blob.stream, 0);
    while let Ok(Some(bytes)) = stream.try_next().await {
        let upload = Arc::clone(upload);
        at = push.writing.disk.run(move || upload.append(at, &bytes).map_err(|error| failed(&error))).await?;
    }
    Ok(())
}

/// Takes a piece, which must begin where the upload stands and be as long as it says.
async fn take(push: Push<'_>, upload: &Arc<Upload>, body: &mut Body) -> Result<(), Failure> {
    let piece = Piece::of(push.headers)?;
    let mark = upload.mark();
    if let Some(piece) = piece
        && piece.first != upload.written()
    {
        return Err(elsewhere(push.name, upload));
    }
    pour(push, upload, body).await?;
    match piece {
        Some(piece) if piece.end != upload.written() => {
            upload.rewind(mark);
            Err(Failure::new(Code::SizeInvalid, json!({ "expected": piece.end - piece.first })))
        }
        Some(_) | None => Ok(()),
    }
}

/// Writes a body down as it comes.
async fn pour(push: Push<'_>, upload: &Arc<Upload>, body: &mut Body) -> Result<(), Failure> {
    let mut at = upload.written();
    loop {
        let (bytes, is_broken) = match body.batch().await {
            Ok(None) => return Ok(()),
            Ok(Some(bytes)) => (bytes, false),
            Err(broken) => (broken.rest, true),
        };
        if at.saturating_add(bytes.len() as u64) > push.writing.max_blob {
            push.writing.depot.cancel(upload);
            return Err(Failure::too_large(Code::SizeInvalid, json!({ "limit": push.writing.max_blob })));
        }
        let writer = Arc::clone(upload);
        let appended: Result<Result<u64, UploadError>, Failure> =
            push.writing.disk.run(move || Ok(writer.append(at, &bytes))).await;
        at = appended?.map_err(|error| match error {
            UploadError::Elsewhere { .. } => elsewhere(push.name, upload),
            error => failed(&error),
        })?;
        if is_broken {
            return Err(Failure::new(Code::BlobUploadInvalid, json!({ "received": at })));
        }
    }
}

async fn finish(push: Push<'_>, upload: Arc<Upload>, digest: Digest) -> Result<Answer, Failure> {
    let (depot, wanted) = (push.writing.depot.clone(), digest.clone());
    let committed = move || depot.commit(&upload, &wanted).map_err(|error| failed(&error));
    push.writing.disk.run(committed).await?;
    Ok(push.has_blob(&digest))
}

fn failed(error: &UploadError) -> Failure {
    match error {
        UploadError::Ended => Failure::new(Code::BlobUploadUnknown, Value::Null),
        UploadError::Elsewhere { written } => Failure::new(Code::RangeInvalid, json!({ "received": written })),
        UploadError::Digest { actual } => Failure::mismatch(json!({ "digest": actual })),
        UploadError::Store(error) => Failure::inside(super::failure::chain(error)),
    }
}

/// Refuses a piece that begins elsewhere, and says where the upload stands.
fn elsewhere(name: &Name, upload: &Upload) -> Failure {
    let mut headers = HeaderMap::new();
    stand(&mut headers, name, upload);
    let failure = Failure::new(Code::RangeInvalid, json!({ "received": upload.written() }));
    headers
        .into_iter()
        .filter_map(|(key, value)| Some((key?, value)))
        .fold(failure, |failure, (key, value)| failure.with(key, value))
}

/// Says where an upload stands.
fn standing(name: &Name, upload: &Upload, status: StatusCode) -> Answer {
    let mut answer = empty(status);
    stand(answer.headers_mut(), name, upload);
    answer
}

/// An upload without a byte stands at `0-0`, as the reference registry has it.
fn stand(headers: &mut HeaderMap, name: &Name, upload: &Upload) {
    let id = upload.id().to_string();
    headers.insert(LOCATION, header(&format!("/v2/{}/blobs/uploads/{id}", name.given)));
    headers.insert(RANGE, header(&format!("0-{}", upload.written().saturating_sub(1))));
    headers.insert(UPLOAD_ID, header(&id));
}
