//! Answering a challenge: Basic, or a token from the server that the registry names
//! (distribution, docs/spec/auth/token.md and oauth.md).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Response, Url};
use serde::Deserialize;

use super::challenge::Challenge;
use super::client::Client;
use super::credentials::{self, Credential};
use super::host::{self, Host};
use super::send::{MAX_ERROR_BYTES, authority};
use super::{errors, pages};
use crate::source::{Error, RegistryError};

/// What a token lasts that does not say how long (token.md).
const DEFAULT_LIFE: Duration = Duration::from_secs(60);
/// A token is renewed this long before its end.
const MARGIN: Duration = Duration::from_secs(5);
const MAX_TOKEN_BYTES: usize = 1 << 20;
const CLIENT_ID: &str = "layerbook";

/// A header that is sent until it expires.
#[derive(Clone)]
pub(super) struct Authorization {
    pub(super) header: HeaderValue,
    pub(super) until: Option<Instant>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Client {
    /// Answers the best of `challenges` and remembers what to send to this host for this scope.
    pub(super) async fn authorize(
        &self,
        host: &Host,
        url: &Url,
        challenges: &[Challenge],
        scope: &str,
    ) -> Result<(), Error> {
        // One at a time: layers that are fetched side by side need one token, not three.
        let before = self.cached(&host.address, scope);
        let _turn = self.turn.lock().await;
        if self.cached(&host.address, scope) != before {
            return Ok(());
        }
        let credential = if host.is_mirror {
            None
        } else {
            credentials::find(&self.options.credential_files, host.credentials_key()).await
        };
        let by_scheme = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        let authorization = match (by_scheme("bearer"), by_scheme("basic")) {
            (Some(bearer), _) => self.fetch_token(url, bearer, scope, credential).await?,
            (None, Some(_)) => basic(credential)?,
            (None, None) => return Err(Error::NoCredentials),
        };
        self.keep(&host.address, scope, authorization);
        Ok(())
    }

    async fn fetch_token(
        &self,
        url: &Url,
        challenge: &Challenge,
        scope: &str,
        credential: Option<Credential>,
    ) -> Result<Authorization, Error> {
        let realm = challenge.get("realm").ok_or_else(|| refusal("no realm specified for token auth challenge"))?;
        let realm = url.join(realm).map_err(|_| refusal(&format!("`{realm}` is no address of a token server")))?;
        check_realm(url, &realm)?;
        let service = challenge.get("service").unwrap_or_default();
        // With "insufficient_scope" the registry says what it wants; else we know what we are about to do.
        let scope =
            challenge.get("scope").filter(|_| challenge.get("error") == Some("insufficient_scope")).unwrap_or(scope);
        if let Some(credential) = &credential {
            let answer = self.post(&realm, service, scope, credential).await?;
            if !matches!(answer.status().as_u16(), 400 | 401 | 404 | 405) {
                return token_of(&realm, answer).await;
            }
        }
        let mut query = vec![("scope", scope)];
        if !service.is_empty() {
            query.insert(0, ("service", service));
        }
        let mut asked = realm.clone();
        asked.query_pairs_mut().extend_pairs(query);
        let mut request = self.http.get(asked);
        if let Some(Credential::Password(user, password)) = credential {
            request = request.header(AUTHORIZATION, basic_header(&user, &password)?);
        }
        let answer = request.send().await.map_err(|error| errors::of_transport("Get", realm.as_str(), &error))?;
        token_of(&realm, answer).await
    }

    async fn post(&self, realm: &Url, service: &str, scope: &str, credential: &Credential) -> Result<Response, Error> {
        let mut form = vec![("client_id", CLIENT_ID), ("service", service), ("scope", scope)];
        match credential {
            Credential::Password(user, password) => {
                form.extend([("grant_type", "password"), ("username", user), ("password", password)]);
            }
            Credential::Identity(token) => form.extend([("grant_type", "refresh_token"), ("refresh_token", token)]),
        }
        let mut encoded = Url::parse("form:").map_err(|_| refusal("a form cannot be encoded"))?;
        encoded.query_pairs_mut().extend_pairs(form);
        let body = encoded.query().unwrap_or_default().to_owned();
        self.http
            .post(realm.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .map_err(|error| errors::of_transport("Post", realm.as_str(), &error))
    }
}

async fn token_of(realm: &Url, answer: Response) -> Result<Authorization, Error> {
    let status = answer.status();
    let limit = if status.is_success() { MAX_TOKEN_BYTES } else { MAX_ERROR_BYTES };
    let body = pages::read_at_most(answer, limit).await?;
    if !status.is_success() {
        let known = errors::read_body(status.as_u16(), &body);
        return Err(Error::TokenRefused(known.unwrap_or_else(|| RegistryError {
            status: status.as_u16(),
            code: if status.as_u16() == 401 { "UNAUTHORIZED".to_owned() } else { String::new() },
            message: format!("unexpected status from GET request to {realm}: {status}"),
        })));
    }
    let answer: Answer =
        serde_json::from_slice(&body).map_err(|_| refusal("the token server's answer is not readable"))?;
    let token = answer.token.or(answer.access_token).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| refusal("authorization server did not include a token in the response"))?;
    let life = answer.expires_in.map_or(DEFAULT_LIFE, |seconds| Duration::from_secs(seconds.max(1)));
    let until = Instant::now() + life.saturating_sub(MARGIN).max(Duration::from_secs(1));
    Ok(Authorization { header: header(&format!("Bearer {token}"))?, until: Some(until) })
}

/// A realm may not lead from the network to this machine, nor from https to http: the registry chooses it, and what
/// answers there sees the password.
fn check_realm(registry: &Url, realm: &Url) -> Result<(), Error> {
    let local = |url: &Url| host::is_loopback(&authority(url));
    let downgrade = registry.scheme() == "https" && realm.scheme() != "https";
    if !matches!(realm.scheme(), "http" | "https") || downgrade || (local(realm) && !local(registry)) {
        return Err(refusal(&format!("the registry sends to a token server that is not safe: {realm}")));
    }
    Ok(())
}

fn basic(credential: Option<Credential>) -> Result<Authorization, Error> {
    match credential {
        Some(Credential::Password(user, password)) => {
            Ok(Authorization { header: basic_header(&user, &password)?, until: None })
        }
        Some(Credential::Identity(_)) | None => Err(Error::NoCredentials),
    }
}

fn basic_header(user: &str, password: &str) -> Result<HeaderValue, Error> {
    header(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// Marks the value as sensitive, so that it is never printed.
fn header(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| refusal("the token is no header value"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn refusal(text: &str) -> Error {
    Error::Challenge(text.to_owned())
}
