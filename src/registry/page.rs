//! A repository's page: `GET /v2/repositories/NAMESPACE/NAME/` of Docker Hub's own API, which no other registry has.
//! The badge of a publisher is told by its organisation's page.

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::endpoint::Endpoint;
use super::exchange::{Exchange, Question};
use super::payload::Payload;
use super::transport::{Method, without_query};
use crate::source::{Badge, Error, Page};

const MAX_PAGE_BYTES: u64 = 4 << 20;
/// How much of a documentation is taken: lines, and characters of each.
const LINES: usize = 4;
const LINE: usize = 400;
const OFFICIAL: &str = "library";

#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    full_description: Option<String>,
    #[serde(default)]
    star_count: Option<u32>,
    #[serde(default)]
    pull_count: Option<u64>,
    #[serde(default)]
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Organisation {
    #[serde(default)]
    badge: Option<String>,
}

/// Asks for a page; `name` is `redis` or `bitnami/redis`.
pub(super) async fn find(exchange: &Exchange, endpoint: &Endpoint, name: &str) -> Result<Option<Page>, Error> {
    let (namespace, repository) = name.split_once('/').unwrap_or((OFFICIAL, name));
    let path = format!("/v2/repositories/{}/{}/", encoded(namespace), encoded(repository));
    let Some(shape) = ask::<Shape>(exchange, endpoint, path).await? else { return Ok(None) };
    let badge = if namespace == OFFICIAL { Some(Badge::Official) } else { badge(exchange, endpoint, namespace).await };
    Ok(Some(Page {
        name: name.strip_prefix("library/").unwrap_or(name).to_owned(),
        description: shape.description.unwrap_or_default().trim().to_owned(),
        stars: shape.star_count.unwrap_or_default(),
        badge,
        updated: shape.last_updated.and_then(|time| time.get(..10).map(str::to_owned)),
        pulls: shape.pull_count,
        readme: beginning(&shape.full_description.unwrap_or_default()),
    }))
}

/// A person's namespace is no organisation and has no badge; what cannot be asked is not known.
async fn badge(exchange: &Exchange, endpoint: &Endpoint, namespace: &str) -> Option<Badge> {
    let found = ask::<Organisation>(exchange, endpoint, format!("/v2/orgs/{}/", encoded(namespace))).await.ok()?;
    Some(match found.and_then(|organisation| organisation.badge).as_deref() {
        Some("verified_publisher") => Badge::Verified,
        Some("open_source") => Badge::Sponsored,
        Some(_) | None => Badge::None,
    })
}

fn encoded(part: &str) -> percent_encoding::PercentEncode<'_> {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    percent_encoding::utf8_percent_encode(part, KEPT)
}

/// Asks for a document; `None` where there is none of that name.
async fn ask<T: DeserializeOwned>(exchange: &Exchange, endpoint: &Endpoint, path: String) -> Result<Option<T>, Error> {
    let question =
        Question { method: Method::Get, path, headers: HeaderMap::new(), scope: String::new(), payload: Payload::None };
    let answer = exchange.ask_as(endpoint, &question, None).await;
    let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &question))?;
    let url = without_query(&answer.url);
    let status = |status: String| Error::Status { status, method: Method::Get.word(), url: url.clone() };
    match answer.status() {
        404 => Ok(None),
        200 => {
            let body = answer.read(MAX_PAGE_BYTES).await?;
            let document = serde_json::from_slice(&body).map_err(|_| status("200 OK (no page)".to_owned()))?;
            Ok(Some(document))
        }
        other => Err(status(super::answer::status_line(other))),
    }
}

/// The first lines of prose in a documentation. Official images begin with a table of links; what they are stands under
/// `What is ...?`.
fn beginning(markdown: &str) -> Vec<String> {
    let lines: Vec<&str> = markdown.lines().map(str::trim).collect();
    let is_about = |line: &&str| line.starts_with('#') && line.trim_start_matches('#').trim().starts_with("What is");
    let from = lines.iter().position(is_about).unwrap_or_default();
    let no_prose = ['#', '<', '!', '[', '-', '*', '>', '|', '`', '=', '{'];
    let prose = lines[from..].iter().filter(|line| !line.is_empty() && !line.starts_with(no_prose));
    prose.take(LINES).map(|line| without_links(line).chars().take(LINE).collect()).collect()
}

/// `[a](b)` becomes `a`.
fn without_links(line: &str) -> String {
    let (mut text, mut rest) = (String::new(), line);
    while let Some((before, behind)) = rest.split_once('[') {
        let link = behind.split_once("](").and_then(|(word, url)| Some((word, url.split_once(')')?.1)));
        text.push_str(before);
        if let Some((word, behind)) = link {
            text.push_str(word);
            rest = behind;
        } else {
            text.push('[');
            rest = behind;
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documentation_begins_where_it_says_what_the_image_is() {
        let text = "# Quick reference\n\n-\tMaintained by: [people](https://a)\n\n# What is Redis?\n\nRedis is a [store](https://b), \
                    in memory.\n\n> a quotation\n\n![logo](c)\n\n## How\n\n```console\n$ docker run redis\n```\n";
        assert_eq!(beginning(text), ["Redis is a store, in memory.", "$ docker run redis"]);
        assert_eq!(beginning("[![badge](a)](b)\n\nA tool [1] for [x.\n"), ["A tool [1] for [x."]);
        assert_eq!(beginning(""), Vec::<String>::new());
    }
}
