//! Reading bodies that must be small, and lists that come in pages.

use futures_util::StreamExt;
use reqwest::header::LINK;
use reqwest::{Response, Url};
use serde::Deserialize;

use super::client::Client;
use super::errors;
use super::send::Request;
use crate::oci::Repository;
use crate::source::Error;

/// Pages of a list that are read; a registry that has more than that does not come to an end.
const MAX_PAGES: usize = 1000;
const MAX_TAGS: usize = 100_000;
const MAX_PAGE_BYTES: usize = 4 << 20;

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// Reads a body whole, up to `limit` bytes.
pub(super) async fn read_at_most(response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let url = response.url().to_string();
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| errors::of_transport("Get", &url, &error))?;
        if body.len() + chunk.len() > limit {
            return Err(Error::TooLarge { limit: limit as u64 });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Client {
    /// Lists all tags, page by page.
    pub(super) async fn all_tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        let mut tags = Vec::new();
        let mut path = Some("tags/list?n=1000".to_owned());
        for _ in 0..MAX_PAGES {
            let Some(next) = path.take() else { break };
            let response = self.send(&Request::get(repository, next)).await?;
            path = next_page(&response);
            let body = read_at_most(response, MAX_PAGE_BYTES).await?;
            let page: Tags = serde_json::from_slice(&body)
                .map_err(|error| Error::Challenge(format!("the list of tags is not readable: {error}")))?;
            tags.extend(page.tags.unwrap_or_default());
            if tags.len() > MAX_TAGS {
                return Err(Error::TooLarge { limit: MAX_TAGS as u64 });
            }
        }
        Ok(tags)
    }
}

/// Reads `Link: </v2/NAME/tags/list?...>; rel="next"` (distribution-spec, listing tags); only the query counts.
fn next_page(response: &Response) -> Option<String> {
    let link = response.headers().get(LINK)?.to_str().ok()?;
    let target = link.strip_prefix('<')?.split('>').next()?;
    let url: Url = response.url().join(target).ok()?;
    Some(format!("tags/list?{}", url.query()?))
}
