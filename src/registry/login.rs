//! Whether a registry takes a login: the root of the API is asked for, and its challenge answered with the login.

use reqwest::header::HeaderMap;

use super::access::{self, Pass};
use super::credentials::Credential;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Question};
use super::payload::Payload;
use super::token::{self, Grant, Stay};
use super::transport::{Answer, Method, without_query};
use crate::source::{Error, Login};

/// Asks the registry. One that wants no login takes every one, as in Docker. Returns the identity token that stands for the
/// password from now on, where the token server gave one.
///
/// # Errors
/// [`Error::LoginFailed`] where the registry refuses it, [`Error::Login`] with the token server's words where that does.
pub(super) async fn check(exchange: &Exchange, endpoint: &Endpoint, login: &Login) -> Result<Option<String>, Error> {
    let headers = HeaderMap::new();
    let (path, scope) = (String::new(), String::new());
    let root = Question { method: Method::Get, path, headers, scope, payload: Payload::None };
    let answer = exchange.ask_as(endpoint, &root, None).await;
    let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &root))?;
    if answer.status() != 401 {
        return judge(&answer).map(|()| None);
    }
    let Some(grant) = grant(exchange, &answer, login).await? else { return judge(&answer).map(|()| None) };
    let answer = exchange.ask_as(endpoint, &root, Some(&grant.pass)).await;
    judge(&answer.map_err(|trouble| exchange.error(trouble, endpoint, &root))?)?;
    Ok(grant.identity)
}

/// Answers the challenge. `None` where there is none that is spoken.
async fn grant(exchange: &Exchange, answer: &Answer, login: &Login) -> Result<Option<Grant>, Error> {
    let credential = Credential::new(login.user.clone(), login.password.clone());
    let Some(challenge) = access::best_challenge(answer) else { return Ok(None) };
    if challenge.scheme != "bearer" {
        return Ok(credential.basic().map(|header| Grant { pass: Pass::forever(header), identity: None }));
    }
    let asked = token::fetch(exchange, &answer.url, &challenge, "", Some(&credential), Stay::Settle).await;
    asked.map(Some).map_err(|cause| Error::Login {
        method: Method::Get.word(),
        url: without_query(&answer.url),
        cause: Box::new(cause),
    })
}

fn judge(answer: &Answer) -> Result<(), Error> {
    if answer.status() == 200 {
        return Ok(());
    }
    Err(Error::LoginFailed { url: without_query(&answer.url), status: super::answer::status_line(answer.status()) })
}
