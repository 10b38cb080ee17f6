//! What is served: a source under a domain, and what was pushed before it. Finds the handler of a request.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request, Response};
use serde_json::json;

use super::asked::{Asked, Verb};
use super::body::{Answer, JSON, whole};
use super::failure::{Code, Failure};
use super::incoming::Body;
use super::path::{Access, Name, Route, is_domain};
use super::push::{Push, Writing};
use super::written::{Disk, Written};
use super::{Event, Observer, Options, blob, delete, manifest, put, query, referrers, tags, uploads};
use crate::source::Registry;

const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");
const NAMESPACE: HeaderName = HeaderName::from_static("oci-namespace");

/// Threads that may wait for the disk at once.
const DISK_THREADS: usize = 16;

/// A source and the name it goes by.
pub(super) struct Site {
    source: Arc<dyn Registry>,
    writing: Option<Writing>,
    domain: String,
    patience: Duration,
    observer: Option<Observer>,
}

impl Site {
    /// Checks that `options` name a domain.
    pub(super) fn new(source: Arc<dyn Registry>, options: &Options) -> io::Result<Self> {
        if !is_domain(&options.domain) {
            let message = format!("`{}` is not the domain of a registry", options.domain);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (domain, observer, patience) = (options.domain.clone(), options.observer.clone(), options.stall_timeout);
        let Some(depot) = options.depot.clone() else {
            return Ok(Self { source, writing: None, domain, patience, observer });
        };
        let disk = Disk::new(DISK_THREADS);
        let written = Arc::new(Written { depot: depot.clone(), behind: source, disk });
        let writing = Some(Writing::new(depot, Arc::clone(&written), options));
        Ok(Self { source: written, writing, domain, patience, observer })
    }

    /// Answers a request. Where one is refused, what it still has to send is read, so that its sender reads the refusal.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (request, mut body) = Body::split(request, self.patience);
        let request = &request;
        let result = self.dispatch(request, &mut body).await;
        body.drain().await;
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

    async fn dispatch(&self, request: &Request<()>, body: &mut Body) -> Result<Answer, Failure> {
        let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
        let route = Route::parse(request.uri().path(), &self.domain);
        let route = if writes { route.map_err(Failure::of_writing) } else { route }?;
        let query = request.uri().query().unwrap_or_default();
        let namespace = self.namespace(query)?;
        let mut answer = match (*request.method()).clone() {
            Method::GET => self.read(&route, Asked { method: Verb::Get, headers: request.headers(), query }).await,
            Method::HEAD => self.read(&route, Asked { method: Verb::Head, headers: request.headers(), query }).await,
            method => self.write(&route, &method, request, body).await,
        }?;
        if let Some(namespace) = namespace {
            answer.headers_mut().insert(NAMESPACE, namespace);
        }
        Ok(answer)
    }

    async fn write(
        &self,
        route: &Route,
        method: &Method,
        request: &Request<()>,
        body: &mut Body,
    ) -> Result<Answer, Failure> {
        let Some(writing) = &self.writing else { return Err(Failure::method(route.allow(Access::ReadOnly))) };
        let query = request.uri().query().unwrap_or_default();
        let push = |name| Push { writing, name, headers: request.headers(), query };
        match (route, method) {
            (Route::Uploads(name), &Method::POST) => uploads::begin(push(name), body).await,
            (Route::Upload(name, id), &Method::PATCH) => uploads::proceed(push(name), id, body).await,
            (Route::Upload(name, id), &Method::PUT) => uploads::close(push(name), id, body).await,
            (Route::Upload(name, id), &Method::DELETE) => uploads::cancel(push(name), id),
            (Route::Manifest(name, target), &Method::PUT) => put::put(push(name), target, body).await,
            (Route::Manifest(name, target), &Method::DELETE) => delete::manifest(push(name), target).await,
            (Route::Blob(name, digest), &Method::DELETE) => delete::blob(push(name), digest).await,
            (
                Route::Base
                | Route::Uploads(_)
                | Route::Upload(..)
                | Route::Manifest(..)
                | Route::Blob(..)
                | Route::Tags(_)
                | Route::Referrers(..),
                _,
            ) => Err(Failure::method(route.allow(Access::Writable))),
        }
    }

    async fn read(&self, route: &Route, asked: Asked<'_>) -> Result<Answer, Failure> {
        let source = self.source.as_ref();
        match route {
            Route::Base => Ok(base()),
            Route::Manifest(name, target) => manifest::read(source, name, target, asked).await,
            Route::Blob(name, digest) => blob::read(source, name, digest, asked).await,
            Route::Tags(name) => tags::list(source, name, asked).await,
            Route::Referrers(name, subject) => referrers::list(self.writing.as_ref(), name, subject, asked).await,
            Route::Upload(name, id) => self.upload(name, id, asked),
            Route::Uploads(_) => Err(Failure::method(route.allow(self.access()))),
        }
    }

    fn upload(&self, name: &Name, id: &str, asked: Asked<'_>) -> Result<Answer, Failure> {
        let Some(writing) = &self.writing else { return Err(Failure::method("")) };
        uploads::status(Push { writing, name, headers: asked.headers, query: asked.query }, id)
    }

    fn access(&self) -> Access {
        if self.writing.is_some() { Access::Writable } else { Access::ReadOnly }
    }

    /// Gives up the uploads of which nothing was heard for `age`.
    pub(super) fn expire_uploads(&self, age: Duration) {
        if let Some(writing) = &self.writing {
            writing.depot.expire(age);
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
