//! One request until it has an answer: scheme, authorization, redirects, retries.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Method, Response, StatusCode, Url};

use super::client::Client;
use super::host::{self, Host};
use super::{challenge, errors};
use crate::oci::Repository;
use crate::source::Error;

/// Attempts of one request that fails in passing.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// A registry that wants to be left alone for longer is told to the user instead.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const MAX_REDIRECTS: usize = 10;
/// The most that is read of an error body.
pub(super) const MAX_ERROR_BYTES: usize = 1 << 20;

/// A request below `/v2/NAME/`.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) repository: &'a Repository,
    /// What follows `/v2/NAME/`, with its query.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
}

impl<'a> Request<'a> {
    pub(super) fn get(repository: &'a Repository, path: String) -> Self {
        Self { method: Method::GET, repository, path, headers: HeaderMap::new() }
    }

    pub(super) fn head(repository: &'a Repository, path: String) -> Self {
        Self { method: Method::HEAD, ..Self::get(repository, path) }
    }

    #[must_use]
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    fn scope(&self) -> String {
        format!("repository:{}:pull", self.repository.path())
    }
}

impl Client {
    /// Sends a request to the repository's hosts in turn; the answer is a success.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Response, Error> {
        let hosts = Host::of(request.repository, self.options.mirror.as_deref())?;
        let mut last = None;
        for host in &hosts {
            match self.send_to(host, request).await {
                Ok(response) => return Ok(response),
                Err(error) if host.is_mirror => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::NoAddress(request.repository.domain().to_owned())))
    }

    /// Sends a request to one host, over https and, where that is allowed and https does not answer, http.
    async fn send_to(&self, host: &Host, request: &Request<'_>) -> Result<Response, Error> {
        let schemes = match self.known_scheme(&host.address) {
            Some(scheme) => vec![scheme],
            None => host.schemes(&self.options.insecure).into_iter().map(str::to_owned).collect(),
        };
        let last = schemes.len() - 1;
        for (number, scheme) in schemes.iter().enumerate() {
            match self.send_over(host, scheme, request).await {
                Err(Error::Network(_)) if number < last => {}
                Err(Error::Status { status, .. }) if number < last && status.starts_with("400") => {}
                answer => {
                    if !matches!(answer, Err(Error::Network(_))) {
                        self.remember_scheme(&host.address, scheme);
                    }
                    return answer;
                }
            }
        }
        Err(Error::NoAddress(host.address.clone()))
    }

    async fn send_over(&self, host: &Host, scheme: &str, request: &Request<'_>) -> Result<Response, Error> {
        let ns = if host.is_mirror { "ns=docker.io" } else { "" };
        let joint = if ns.is_empty() {
            ""
        } else if request.path.contains('?') {
            "&"
        } else {
            "?"
        };
        let text = format!("{scheme}://{}/v2/{}/{}{joint}{ns}", host.address, request.repository.path(), request.path);
        let url = Url::parse(&text).map_err(|_| Error::NoAddress(host.address.clone()))?;
        let mut authorized = false;
        let mut attempt = 0;
        loop {
            let authorization = self.cached(&host.address, &request.scope());
            let answer = self.follow(request, url.clone(), authorization).await;
            let response = match answer {
                Ok(response) => response,
                Err(error) => {
                    attempt += 1;
                    if attempt >= ATTEMPTS || !may_pass(&error) {
                        return Err(error_of(request, host, scheme, &error));
                    }
                    self.wait(attempt, None).await;
                    continue;
                }
            };
            match response.status() {
                status if status.is_success() => return Ok(response),
                StatusCode::UNAUTHORIZED if !authorized => {
                    authorized = true;
                    let challenges: Vec<_> = headers(response.headers(), &WWW_AUTHENTICATE)
                        .flat_map(|header| challenge::parse(&header))
                        .collect();
                    if challenges.is_empty() {
                        return Err(self.refused(request, &url, response).await);
                    }
                    self.authorize(host, &url, &challenges, &request.scope()).await?;
                }
                status if is_passing(status) && attempt + 1 < ATTEMPTS => {
                    let asked = errors::retry_after(response.headers());
                    if asked.is_some_and(|wait| wait > LONGEST_WAIT) {
                        return Err(self.refused(request, &url, response).await);
                    }
                    attempt += 1;
                    self.wait(attempt, asked).await;
                }
                _ => return Err(self.refused(request, &url, response).await),
            }
        }
    }

    /// Sends and follows redirects. Authorization goes to the first host only, never from https to http.
    async fn follow(
        &self,
        request: &Request<'_>,
        start: Url,
        authorization: Option<HeaderValue>,
    ) -> Result<Response, reqwest::Error> {
        let mut url = start.clone();
        let mut redirects = 0;
        loop {
            let mut headers = request.headers.clone();
            if let Some(value) = authorization.clone().filter(|_| url.origin() == start.origin()) {
                headers.insert(AUTHORIZATION, value);
            }
            let response = self.http.request(request.method.clone(), url.clone()).headers(headers).send().await?;
            let target = response
                .status()
                .is_redirection()
                .then(|| response.headers().get(LOCATION)?.to_str().ok())
                .flatten()
                .and_then(|location| url.join(location).ok());
            match target {
                Some(target) if redirects < MAX_REDIRECTS && is_safe(&url, &target) => {
                    redirects += 1;
                    url = target;
                }
                _ => return Ok(response),
            }
        }
    }

    /// Makes an error of an answer. A HEAD has no body, so the same is asked once more to read the reason.
    async fn refused(&self, request: &Request<'_>, url: &Url, response: Response) -> Error {
        let method = go_method(&request.method);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut shown = url.clone();
        shown.set_query(None);
        let body = if request.method == Method::HEAD {
            let get = Request { method: Method::GET, ..request.clone() };
            let authorization = url.host_str().and_then(|_| self.cached(&authority(url), &request.scope()));
            match self.follow(&get, url.clone(), authorization).await {
                Ok(response) => super::pages::read_at_most(response, MAX_ERROR_BYTES).await,
                Err(_) => Ok(Vec::new()),
            }
        } else {
            super::pages::read_at_most(response, MAX_ERROR_BYTES).await
        };
        errors::of_answer(method, shown.as_str(), status, &headers, &body.unwrap_or_default())
    }

    /// Waits longer each time, with a spread that differs from request to request.
    async fn wait(&self, attempt: u32, asked: Option<Duration>) {
        let spread = Duration::from_millis(u64::from(self.number() % 250));
        let backoff = FIRST_WAIT * 2u32.saturating_pow(attempt.saturating_sub(1)) + spread;
        (self.options.wait)(asked.unwrap_or(backoff).min(LONGEST_WAIT)).await;
    }
}

/// Host and port as they stand in a URL.
pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn headers<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> impl Iterator<Item = String> + 'a {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok().map(str::to_owned))
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// A refused connection or an unknown host stays so; what broke in between may go through.
fn may_pass(error: &reqwest::Error) -> bool {
    !error.is_connect() && (error.is_request() || error.is_body() || error.is_timeout())
}

fn is_safe(from: &Url, to: &Url) -> bool {
    let downgrade = from.scheme() == "https" && to.scheme() != "https";
    matches!(to.scheme(), "http" | "https") && (!downgrade || host::is_loopback(&authority(to)))
}

fn go_method(method: &Method) -> &'static str {
    if *method == Method::HEAD { "Head" } else { "Get" }
}

/// The classic engine asks `/v2/` first, so that is the URL which its users see in network errors.
fn error_of(request: &Request<'_>, host: &Host, scheme: &str, error: &reqwest::Error) -> Error {
    let _ = request;
    errors::of_transport("Get", &format!("{scheme}://{}/v2/", host.address), error)
}
