//! What is served: a source under a domain. Finds the handler of a request.

use std::io;
use std::sync::Arc;

use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response};
use serde_json::json;

use super::body::{Answer, JSON, whole};
use super::failure::{Code, Failure};
use super::path::{Route, is_domain};
use super::{Event, Observer, Options, blob, manifest, query, referrers, tags};
use crate::source::Registry;

const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");
const NAMESPACE: HeaderName = HeaderName::from_static("oci-namespace");

/// A source and the name it goes by.
pub(super) struct Site {
    source: Arc<dyn Registry>,
    domain: String,
    observer: Option<Observer>,
}

/// The parts of a request that handlers read.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Whether only the head of the answer is wanted.
    pub(super) method: Verb,
    /// The headers.
    pub(super) headers: &'a HeaderMap,
    /// The query, not decoded; empty where there is none.
    pub(super) query: &'a str,
}

/// A method that reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Head and body.
    Get,
    /// The head alone.
    Head,
}

impl Site {
    /// Checks that `options` name a domain.
    pub(super) fn new(source: Arc<dyn Registry>, options: &Options) -> io::Result<Self> {
        if !is_domain(&options.domain) {
            let message = format!("`{}` is not the domain of a registry", options.domain);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(Self { source, domain: options.domain.clone(), observer: options.observer.clone() })
    }

    /// Answers a request; request bodies are never read.
    pub(super) async fn answer<B>(&self, request: &Request<B>) -> Answer {
        let result = self.dispatch(request).await;
        let cause = result.as_ref().err().and_then(|failure| failure.cause().map(str::to_owned));
        let mut answer = result.unwrap_or_else(Failure::into_answer);
        answer.headers_mut().insert(API_VERSION, HeaderValue::from_static("registry/2.0"));
        if let Some(observer) = &self.observer {
            observer(&Event::Answered {
                method: request.method().to_string(),
                target: request.uri().to_string(),
                status: answer.status().as_u16(),
                cause,
            });
        }
        answer
    }

    async fn dispatch<B>(&self, request: &Request<B>) -> Result<Answer, Failure> {
        let route = Route::parse(request.uri().path(), &self.domain)?;
        let method = match *request.method() {
            Method::GET => Verb::Get,
            Method::HEAD => Verb::Head,
            _ => return Err(Failure::method(route.allow())),
        };
        let asked = Asked { method, headers: request.headers(), query: request.uri().query().unwrap_or_default() };
        let namespace = self.namespace(asked.query)?;
        let mut answer = self.read(&route, asked).await?;
        if let Some(namespace) = namespace {
            answer.headers_mut().insert(NAMESPACE, namespace);
        }
        Ok(answer)
    }

    async fn read(&self, route: &Route, asked: Asked<'_>) -> Result<Answer, Failure> {
        let source = self.source.as_ref();
        match route {
            Route::Base => Ok(base()),
            Route::Manifest(name, target) => manifest::read(source, name, target, asked).await,
            Route::Blob(name, digest) => blob::read(source, name, digest, asked).await,
            Route::Tags(name) => tags::list(source, name, asked).await,
            Route::Referrers(_, _) => Ok(referrers::list(asked)),
            Route::Uploads(_) => Err(Failure::method(route.allow())),
        }
    }

    /// Reads `ns`, the registry for which this server stands in (distribution-spec, registry proxying). Names of
    /// others are unknown here: a server that asked whatever host it is told to could be sent anywhere.
    fn namespace(&self, query: &str) -> Result<Option<HeaderValue>, Failure> {
        match query::value(query, "ns") {
            None => Ok(None),
            Some(ns) if ns == self.domain => Ok(HeaderValue::from_str(&ns).ok()),
            Some(ns) => Err(Failure::new(Code::NameUnknown, json!({ "ns": ns }))),
        }
    }
}

fn base() -> Answer {
    let mut answer = Response::new(whole("{}"));
    answer.headers_mut().insert(CONTENT_TYPE, JSON);
    answer
}

impl Asked<'_> {
    /// Tells whether the client already has what carries `tag` (RFC 9110, 13.1.2). Tags without quotes are taken too,
    /// as the reference registry takes them.
    pub(super) fn has(&self, tag: &str) -> bool {
        let held = self.headers.get_all(hyper::header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        held.flat_map(|line| line.split(','))
            .map(str::trim)
            .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).trim_matches('"') == tag)
    }
}

/// Sets `Content-Length`, which an answer to HEAD has without having a body.
pub(super) fn set_length(headers: &mut HeaderMap, length: u64) {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}
