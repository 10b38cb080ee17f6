//! One HTTP request and its redirects, which are followed by hand: an `Authorization` header never reaches another
//! origin, and a server cannot send the client where it would not go by itself (see `place`).

use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};

use super::failure::{self, Failure, Kind};
use super::options::Options;
use super::payload::Payload;
use super::place;
use crate::source::{Error, NetworkError};

const MOST_REDIRECTS: usize = 10;
/// A loopback server that waits for more than a TLS greeting should not cost the learner a quarter of a minute.
const LONGEST_PROBE: Duration = Duration::from_secs(5);

/// The methods of the distribution API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Returns Go's form of the method in errors.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Head => "Head",
            Self::Post => "Post",
            Self::Put => "Put",
            Self::Patch => "Patch",
            Self::Delete => "Delete",
        }
    }

    fn http(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Head => reqwest::Method::HEAD,
            Self::Post => reqwest::Method::POST,
            Self::Put => reqwest::Method::PUT,
            Self::Patch => reqwest::Method::PATCH,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

/// A request without what the transport adds.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) authorization: Option<HeaderValue>,
    pub(super) payload: Payload,
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) method: Method,
    /// Where the answer came from, after redirects.
    pub(super) url: Url,
    /// Whether a redirect led to another origin; its challenges are not for us.
    pub(super) from_elsewhere: bool,
    pub(super) response: Response,
}

/// The connections. Made when first needed, since reading the system's certificates takes time.
#[derive(Debug)]
pub(super) struct Transport {
    options: Options,
    strict: OnceLock<Result<reqwest::Client, String>>,
    lenient: OnceLock<Result<reqwest::Client, String>>,
    loopback: OnceLock<Result<reqwest::Client, String>>,
}

impl Transport {
    pub(super) fn new(options: Options) -> Self {
        Self { options, strict: OnceLock::new(), lenient: OnceLock::new(), loopback: OnceLock::new() }
    }

    /// Sends a request and follows its redirects. Any status is an answer.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let mut url = request.url.clone();
        let mut authorization = request.authorization.clone();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send_once(request, &url, authorization.as_ref()).await?;
            let Some(next) = target(&response, request, &url) else {
                let from_elsewhere = !place::same_origin(&request.url, &url);
                return Ok(Answer { method: request.method, url, from_elsewhere, response });
            };
            let refused = |why: &str| Failure::misdirected(url.clone(), format!("refused to follow a redirect: {why}"));
            let next = next.map_err(refused)?;
            place::permit(&url, &next).map_err(refused)?;
            if !place::same_origin(&url, &next) {
                authorization = None;
            }
            url = next;
        }
        Err(Failure::misdirected(url, format!("stopped after {MOST_REDIRECTS} redirects")))
    }

    async fn send_once(
        &self,
        request: &Request,
        url: &Url,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response, Failure> {
        let client = self.client(url).map_err(|reason| Failure { kind: Kind::Refused, url: url.clone(), reason })?;
        let mut sent = client.request(request.method.http(), url.clone()).headers(request.headers.clone());
        if let Some(value) = authorization {
            sent = sent.header(AUTHORIZATION, value);
        }
        match request.payload.load(sent).send().await {
            Ok(response) => Ok(response),
            Err(error) => Err(Failure::before_answer(&error, url.clone()).await),
        }
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, String> {
        let made = if place::is_loopback(url) {
            let build = || {
                let timeout = self.options.connect_timeout.min(LONGEST_PROBE);
                build(self.builder().no_proxy().connect_timeout(timeout).tls_danger_accept_invalid_certs(true))
            };
            self.loopback.get_or_init(build)
        } else if self.is_insecure(url) {
            self.lenient.get_or_init(|| build(self.builder().tls_danger_accept_invalid_certs(true)))
        } else {
            self.strict.get_or_init(|| build(self.builder()))
        };
        made.as_ref().map_err(Clone::clone)
    }

    /// Tells whether the host may speak plain HTTP and show any certificate.
    pub(super) fn is_insecure(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let with_port = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let is_meant = |name: &String| {
            name.eq_ignore_ascii_case(host) || name.eq_ignore_ascii_case(&with_port) || place::is_within(url, name)
        };
        self.options.insecure.iter().any(is_meant)
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        // Someone else may have chosen a provider before; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .user_agent(&self.options.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.options.connect_timeout)
            .read_timeout(self.options.idle_timeout)
    }
}

/// Building fails only for want of certificates; Go would find out when it checks one.
fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    let unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    builder.build().map_err(|_| unknown.to_owned())
}

/// Returns where the answer sends the client on to, if it does. What asks for a change goes on only where method and
/// content are to stay as they are.
fn target(response: &Response, request: &Request, url: &Url) -> Option<Result<Url, &'static str>> {
    let keeps_all = matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let redirects =
        matches!(response.status(), StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER);
    let follows = match request.method {
        Method::Get | Method::Head => keeps_all || redirects,
        Method::Post | Method::Put | Method::Patch | Method::Delete => keeps_all && request.payload.may_go_on(),
    };
    if !follows {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    let parsed = location.to_str().ok().and_then(|text| url.join(text).ok());
    Some(parsed.ok_or("it is no URL"))
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Returns a header's text, where there is one.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Reads the whole body, at most `limit` bytes of it.
    pub(super) async fn read(mut self, limit: u64) -> Result<Bytes, Error> {
        let mut body = BytesMut::new();
        loop {
            match self.response.chunk().await {
                Ok(Some(chunk)) if (body.len() + chunk.len()) as u64 > limit => return Err(Error::TooLarge { limit }),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body.freeze()),
                Err(error) => return Err(Error::Network(self.broken(&error))),
            }
        }
    }

    fn broken(&self, error: &reqwest::Error) -> NetworkError {
        NetworkError { method: self.method.word(), url: without_query(&self.url), reason: failure::in_body(error) }
    }
}

/// Returns the URL without its query, which may carry a signature.
pub(super) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
