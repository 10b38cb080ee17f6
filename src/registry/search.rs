//! Searching: `GET /v1/search`, the one part of the old registry API that is still in use. Docker Hub answers it at a host
//! of its own; another registry is asked first whether it speaks the old API at all. No login is shown.

use reqwest::header::{HeaderMap, HeaderValue};
use serde::Deserialize;

use super::endpoint::Endpoint;
use super::exchange::{Exchange, Question, Trouble};
use super::payload::Payload;
use super::transport::{Answer, Method, without_query};
use crate::source::{Error, NetworkError, SearchHit};

const MAX_RESULT_BYTES: u64 = 4 << 20;

#[derive(Deserialize)]
struct Results {
    #[serde(default)]
    results: Option<Vec<Hit>>,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    star_count: Option<u32>,
    #[serde(default)]
    is_official: Option<bool>,
}

/// Asks Docker Hub.
pub(super) async fn at_hub(
    exchange: &Exchange,
    endpoint: &Endpoint,
    term: &str,
    limit: usize,
) -> Result<Vec<SearchHit>, Error> {
    find(exchange, endpoint, term.strip_prefix("library/").unwrap_or(term), limit).await
}

/// Asks another registry.
pub(super) async fn at_host(
    exchange: &Exchange,
    endpoint: &Endpoint,
    term: &str,
    limit: usize,
) -> Result<Vec<SearchHit>, Error> {
    // Whatever it answers: there is someone.
    ask(exchange, endpoint, "/v1/_ping".to_owned(), HeaderMap::new()).await?;
    find(exchange, endpoint, term, limit).await
}

async fn find(exchange: &Exchange, endpoint: &Endpoint, term: &str, limit: usize) -> Result<Vec<SearchHit>, Error> {
    let encoded = percent_encoding::utf8_percent_encode(term, percent_encoding::NON_ALPHANUMERIC);
    let mut headers = HeaderMap::new();
    headers.insert("x-docker-token", HeaderValue::from_static("true"));
    let answer = ask(exchange, endpoint, format!("/v1/search?q={encoded}&n={limit}"), headers).await?;
    let url = without_query(&answer.url);
    if answer.status() != 200 {
        return Err(status(super::answer::status_line(answer.status()), url));
    }
    let body = answer.read(MAX_RESULT_BYTES).await?;
    let found: Results =
        serde_json::from_slice(&body).map_err(|_| status("200 OK (no list of repositories)".to_owned(), url))?;
    Ok(found.results.unwrap_or_default().into_iter().map(Hit::shown).collect())
}

fn status(status: String, url: String) -> Error {
    Error::Status { status, method: Method::Get.word(), url }
}

/// Asks, and names the whole URL where nothing comes.
async fn ask(exchange: &Exchange, endpoint: &Endpoint, path: String, headers: HeaderMap) -> Result<Answer, Error> {
    let question = Question { method: Method::Get, path, headers, scope: String::new(), payload: Payload::None };
    exchange.ask_as(endpoint, &question, None).await.map_err(|trouble| match trouble {
        Trouble::Failure(failure) => Error::Network(NetworkError {
            method: Method::Get.word(),
            url: failure.url.to_string(),
            reason: failure.reason,
        }),
        other => exchange.error(other, endpoint, &question),
    })
}

impl Hit {
    fn shown(self) -> SearchHit {
        SearchHit {
            name: self.name.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            stars: self.star_count.unwrap_or_default(),
            official: self.is_official.unwrap_or_default(),
        }
    }
}
