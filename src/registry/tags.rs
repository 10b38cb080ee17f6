//! Tags: `GET /v2/NAME/tags/list`, page after page (distribution-spec, listing tags).

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};
use serde::Deserialize;

use super::answer::error_of;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Patience, Question};
use super::manifests::pull_scope;
use super::payload::Payload;
use super::place;
use super::transport::{Answer, Method};
use crate::oci::Repository;
use crate::source::Error;

const MAX_PAGE_BYTES: u64 = 4 << 20;
/// No list is read for ever: a server may link to itself.
const MOST_PAGES: usize = 1000;
const MOST_TAGS: usize = 1_000_000;

#[derive(Deserialize)]
struct Page {
    /// `null` where there are none.
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// Lists all tags in the registry's order.
pub(super) async fn list(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
) -> Result<Vec<String>, Error> {
    let mut tags = Vec::new();
    let mut path = format!("{}/tags/list", repository.path());
    for _ in 0..MOST_PAGES {
        let headers = HeaderMap::new();
        let question = Question {
            method: Method::Get,
            path: path.clone(),
            headers,
            scope: pull_scope(repository),
            payload: Payload::None,
        };
        let answer = exchange.ask(endpoint, &question, Patience::Full).await;
        let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &question))?;
        if answer.status() != 200 {
            return Err(error_of(answer).await);
        }
        let next = next_page(&answer);
        let url = super::transport::without_query(&answer.url);
        let body = answer.read(MAX_PAGE_BYTES).await?;
        let page: Page = serde_json::from_slice(&body).map_err(|_| unreadable(url))?;
        tags.extend(page.tags.unwrap_or_default());
        match next {
            Some(next) if next != path && tags.len() < MOST_TAGS => path = next,
            Some(_) | None => break,
        }
    }
    Ok(tags)
}

fn unreadable(url: String) -> Error {
    Error::Status { status: "200 OK (no list of tags)".to_owned(), method: Method::Get.word(), url }
}

/// Returns path and query of the next page below `/v2/`. A link to another host is not followed.
fn next_page(answer: &Answer) -> Option<String> {
    let links = answer.headers().get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let next = links.flat_map(|value| value.split(',')).find_map(next_target)?;
    below_root(&answer.url, &answer.url.join(next).ok()?)
}

/// Reads one link, `</v2/x/tags/list?last=b>; rel="next"`.
fn next_target(link: &str) -> Option<&str> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
    };
    parameters.split(';').any(is_next).then_some(target)
}

fn below_root(page: &Url, next: &Url) -> Option<String> {
    let path = next.path().strip_prefix("/v2/").filter(|_| place::same_origin(page, next))?;
    Some(next.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_links() {
        assert_eq!(next_target(r#" </v2/x/tags/list?n=1&last=a>; rel="next""#), Some("/v2/x/tags/list?n=1&last=a"));
        assert_eq!(next_target("<a>; type=x; REL=next"), Some("a"));
        assert_eq!(next_target(r#"<a>; rel="prev""#), None);
        assert_eq!(next_target("a; rel=next"), None);
    }

    #[test]
    fn pages_stay_at_their_host() {
        let page: Url = "https://r.example/v2/x/tags/list".parse().unwrap();
        let next = |text: &str| below_root(&page, &page.join(text).unwrap());
        assert_eq!(next("/v2/x/tags/list?last=a").as_deref(), Some("x/tags/list?last=a"));
        assert_eq!(next("list?last=a").as_deref(), Some("x/tags/list?last=a"));
        assert_eq!(next("https://other.example/v2/x/tags/list"), None);
        assert_eq!(next("/elsewhere"), None);
    }
}
