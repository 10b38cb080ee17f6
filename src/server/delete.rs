//! Deleting (distribution-spec, content management): what was pushed goes at once; what the source behind has stays.

use hyper::StatusCode;
use serde_json::json;

use super::body::Answer;
use super::failure::{Code, Failure};
use super::manifest::unknown;
use super::push::{Push, empty};
use crate::oci::Digest;
use crate::source::Target;

/// Answers `DELETE …/manifests/REFERENCE`: a tag alone, or a manifest with all tags that point at it.
pub(super) async fn manifest(push: Push<'_>, target: &Target) -> Result<Answer, Failure> {
    let (repository, wanted) = (push.name.repository.clone(), target.clone());
    let was_there = push.in_depot(move |depot| match &wanted {
        Target::Tag(tag) => depot.delete_tag(&repository, tag),
        Target::Digest(digest) => depot.delete_manifest(&repository, digest),
    });
    if was_there.await? {
        return Ok(empty(StatusCode::ACCEPTED));
    }
    match push.writing.written.behind.resolve(&push.name.repository, target).await {
        Ok(_) => Err(Failure::not_ours()),
        Err(_) => Err(unknown(push.name, target)),
    }
}

/// Answers `DELETE …/blobs/DIGEST`; manifests that refer to it are not asked.
pub(super) async fn blob(push: Push<'_>, digest: &Digest) -> Result<Answer, Failure> {
    let (repository, wanted) = (push.name.repository.clone(), digest.clone());
    if push.in_depot(move |depot| depot.delete_blob(&repository, &wanted)).await? {
        return Ok(empty(StatusCode::ACCEPTED));
    }
    match push.writing.written.behind.blob(&push.name.repository, digest, 0).await {
        Ok(_) => Err(Failure::not_ours()),
        Err(_) => Err(Failure::new(Code::BlobUnknown, json!({ "name": push.name.given, "digest": digest }))),
    }
}
