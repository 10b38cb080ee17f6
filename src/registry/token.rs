//! Fetching a token (distribution, token authentication): anonymously, with a password, with an identity token.

use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::access::Pass;
use super::answer::error_of;
use super::challenge::Challenge;
use super::credentials::Credential;
use super::exchange::{Exchange, Patience, Trouble, patiently};
use super::payload::Payload;
use super::place;
use super::transport::{Answer, Method, Request};
use crate::source::{Error, NetworkError};

const CLIENT_ID: &str = "layerbook";
const MAX_TOKEN_BYTES: u64 = 1 << 20;
/// What the specification assumes where the server does not say, and the least that it lets a server give.
const SHORTEST_LIFE: Duration = Duration::from_secs(60);
/// A token that ends on the way is refused, which costs a request more.
const MARGIN: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Granted {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
    /// An identity token, where one was asked for.
    #[serde(default)]
    refresh_token: Option<String>,
    /// A number of seconds; some servers send it as text.
    #[serde(default)]
    expires_in: Value,
}

/// What a token server gave.
pub(super) struct Grant {
    /// For the registry.
    pub(super) pass: Pass,
    /// What stands for the password from now on: a token that buys further tokens.
    pub(super) identity: Option<String>,
}

/// For how long one asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// For the request at hand.
    Visit,
    /// For good: who logs in would rather keep an identity token than a password.
    Settle,
}

/// Asks the realm of a Bearer challenge that came from `registry` for a token.
///
/// # Errors
/// [`Error::Challenge`] where the realm cannot be asked, [`Error::TokenRefused`] with the token server's words.
pub(super) async fn fetch(
    exchange: &Exchange,
    registry: &Url,
    challenge: &Challenge,
    scope: &str,
    credential: Option<&Credential>,
    stay: Stay,
) -> Result<Grant, Error> {
    let realm = realm_of(registry, challenge)?;
    let asked = Instant::now();
    let wanted = Wanted { realm: &realm, service: challenge.get("service"), scope, stay };
    let answer = match credential {
        None => get(exchange, &wanted, None).await?,
        Some(credential) => post_or_get(exchange, &wanted, credential).await?,
    };
    if !answer.response.status().is_success() {
        return Err(match error_of(answer).await {
            Error::Registry(words) => Error::TokenRefused(words),
            other => other,
        });
    }
    let body = answer.read(MAX_TOKEN_BYTES).await?;
    let granted: Granted =
        serde_json::from_slice(&body).map_err(|_| challenge_error("unable to decode token response"))?;
    let identity = granted.refresh_token.clone().filter(|token| stay == Stay::Settle && !token.is_empty());
    Ok(Grant { pass: pass_of(granted, scope, asked)?, identity })
}

/// What is asked for, and where.
struct Wanted<'a> {
    realm: &'a Url,
    service: Option<&'a str>,
    scope: &'a str,
    stay: Stay,
}

/// Reads the realm, which may be relative, and checks that the registry may send us there.
fn realm_of(registry: &Url, challenge: &Challenge) -> Result<Url, Error> {
    let realm = challenge.get("realm").ok_or_else(|| challenge_error("no realm specified for token auth challenge"))?;
    let realm = registry.join(realm).map_err(|_| challenge_error("the realm of the token auth challenge is no URL"))?;
    place::permit(registry, &realm)
        .map_err(|why| challenge_error(&format!("refused the realm of the token auth challenge: {why}")))?;
    Ok(realm)
}

fn challenge_error(text: &str) -> Error {
    Error::Challenge(text.to_owned())
}

/// Servers that do not know the form, or know it for some accounts only, know `GET` with Basic.
async fn post_or_get(exchange: &Exchange, wanted: &Wanted<'_>, credential: &Credential) -> Result<Answer, Error> {
    let answer = post(exchange, wanted, credential).await?;
    match (answer.status(), credential) {
        (400 | 401 | 404 | 405, Credential::Password(..)) => get(exchange, wanted, Some(credential)).await,
        _ => Ok(answer),
    }
}

async fn get(exchange: &Exchange, wanted: &Wanted<'_>, credential: Option<&Credential>) -> Result<Answer, Error> {
    let mut url = wanted.realm.clone();
    // In Go's order, since the URL may stand in an error.
    if let Some(Credential::Password(user, _)) = credential {
        url.query_pairs_mut().append_pair("account", user);
    }
    if wanted.stay == Stay::Settle {
        url.query_pairs_mut().append_pair("client_id", CLIENT_ID).append_pair("offline_token", "true");
    }
    for one in wanted.scope.split_whitespace() {
        url.query_pairs_mut().append_pair("scope", one);
    }
    if let Some(service) = wanted.service {
        url.query_pairs_mut().append_pair("service", service);
    }
    send(exchange, Method::Get, url, credential.and_then(Credential::basic), Payload::None).await
}

async fn post(exchange: &Exchange, wanted: &Wanted<'_>, credential: &Credential) -> Result<Answer, Error> {
    // The query of a URL has the encoding of a form.
    let mut form = wanted.realm.clone();
    form.set_query(None);
    {
        let mut pairs = form.query_pairs_mut();
        match credential {
            Credential::Password(user, password) => {
                pairs.append_pair("grant_type", "password");
                pairs.append_pair("username", user).append_pair("password", password);
            }
            Credential::Identity(token) => {
                pairs.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token);
            }
        }
        pairs.append_pair("service", wanted.service.unwrap_or_default());
        pairs.append_pair("scope", wanted.scope).append_pair("client_id", CLIENT_ID);
        if wanted.stay == Stay::Settle {
            pairs.append_pair("access_type", "offline");
        }
    }
    let form = form.query().unwrap_or_default().to_owned();
    send(exchange, Method::Post, wanted.realm.clone(), None, Payload::Form(form)).await
}

async fn send(
    exchange: &Exchange,
    method: Method,
    url: Url,
    authorization: Option<HeaderValue>,
    payload: Payload,
) -> Result<Answer, Error> {
    let request = Request { method, url, headers: HeaderMap::new(), authorization, payload };
    let once = async || exchange.transport.send(&request).await.map_err(Trouble::Failure);
    match patiently(&exchange.wait, Patience::Full, once).await {
        Ok(answer) => Ok(answer),
        Err(Trouble::Settled(error) | Trouble::Login(error, _)) => Err(error),
        Err(Trouble::Failure(failure)) => Err(Error::Network(NetworkError {
            method: method.word(),
            url: failure.url.to_string(),
            reason: failure.reason,
        })),
    }
}

fn pass_of(granted: Granted, scope: &str, asked: Instant) -> Result<Pass, Error> {
    let words = [granted.token, granted.access_token];
    let token = words.into_iter().flatten().find(|token| !token.is_empty());
    let token = token.ok_or_else(|| challenge_error("authorization server did not include a token in the response"))?;
    let mut header = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| challenge_error("the token server's token cannot be sent"))?;
    header.set_sensitive(true);
    let until = asked + life(&granted.expires_in).saturating_sub(MARGIN);
    Ok(Pass { header, scope: scope.to_owned(), until: Some(until), doubt: None })
}

/// A day is as good as for ever, and safe to add to an instant.
fn life(expires_in: &Value) -> Duration {
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.parse().ok()).unwrap_or_default();
    let longest = Duration::from_secs(86_400);
    // What is negative or no number becomes the shortest, what is too much for a duration the longest.
    let life = if seconds > longest.as_secs_f64() {
        longest
    } else {
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    };
    life.max(SHORTEST_LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(registry: &str, header: &str, expected: &str) {
        let challenge = super::super::challenge::read(header).remove(0);
        let realm = realm_of(&registry.parse().unwrap(), &challenge);
        assert_eq!(realm.map_or_else(|error| error.to_string(), |realm| realm.to_string()), expected, "{header}");
    }

    #[test]
    fn a_realm_may_be_relative_but_not_lead_astray() {
        let registry = "https://r.example/v2/x/manifests/latest";
        check(registry, r#"Bearer realm="https://auth.example/token""#, "https://auth.example/token");
        check(registry, r#"Bearer realm="/token?a=b""#, "https://r.example/token?a=b");
        check(registry, "Bearer", "no realm specified for token auth challenge");
        let refused = "refused the realm of the token auth challenge:";
        check(registry, r#"Bearer realm="http://auth.example/token""#, &format!("{refused} it leaves https"));
        check(registry, r#"Bearer realm="https://127.0.0.1/token""#, &format!("{refused} it leads to this machine"));
        check(registry, r#"Bearer realm="https://169.254.169.254/""#, &format!("{refused} it leads to this machine"));
    }

    #[test]
    fn a_token_lives_as_long_as_it_says_and_a_minute_at_least() {
        let lives = |text: &str| life(&serde_json::from_str(text).unwrap()).as_secs();
        assert_eq!(lives("null"), 60);
        assert_eq!(lives("-5"), 60);
        assert_eq!(lives("300"), 300);
        assert_eq!(lives("\"300\""), 300);
        assert_eq!(lives("1e300"), 86_400);
        assert_eq!(lives("\"NaN\""), 60);
    }
}
