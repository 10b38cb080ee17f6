//! One question to one host of the distribution API: https or http, logging in, trying again.

use reqwest::Url;
use reqwest::header::HeaderMap;

use super::access::{Access, Pass, Renewal};
use super::endpoint::{Endpoint, Hosts, Role, Scheme};
use super::failure::{Failure, Kind};
use super::options::Wait;
use super::payload::Payload;
use super::place;
use super::retry;
use super::transport::{Answer, Method, Request, Transport, without_query};
use crate::source::{Error, NetworkError};

/// A question to the distribution API, independent of the host that is asked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) method: Method,
    /// Path below `/v2/`, with the query that the registry gave, if any; or a whole URL that it named.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    /// What a token must allow, `repository:library/redis:pull`.
    pub(super) scope: String,
    pub(super) payload: Payload,
}

/// How often to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// One attempt: there is another way to ask.
    Once,
    /// As often as is sensible.
    Full,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nothing came, or it broke off.
    Failure(Failure),
    /// Who asks could not be settled; with the URL that was asked.
    Login(Error, Url),
    /// An error that is ready.
    Settled(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Settled(error)
    }
}

/// All that an exchange needs.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) transport: Transport,
    pub(super) hosts: Hosts,
    pub(super) access: Access,
    pub(super) wait: WaitBox,
}

/// A [`Wait`] that can stand in a struct with `Debug`.
pub(super) struct WaitBox(pub(super) Wait);

impl std::fmt::Debug for WaitBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wait")
    }
}

impl Exchange {
    /// Asks until there is an answer that trying again would not change. Any status is an answer.
    pub(super) async fn ask(
        &self,
        endpoint: &Endpoint,
        question: &Question,
        patience: Patience,
    ) -> Result<Answer, Trouble> {
        let patience = if endpoint.role == Role::Mirror { Patience::Once } else { patience };
        let answer = patiently(&self.wait, patience, || self.ask_once(endpoint, question)).await;
        if let Err(Trouble::Failure(failure)) = &answer {
            match failure.kind {
                Kind::NotTls | Kind::Unreachable | Kind::Refused => self.hosts.note_absence(endpoint),
                Kind::Broken => self.hosts.note_silence(endpoint),
                Kind::Misdirected => {}
            }
        }
        answer
    }

    /// Words what stands between question and answer as classic Docker does, which asks for `/v2/` first: its URL
    /// stands in the error unless the host has answered before.
    pub(super) fn error(&self, trouble: Trouble, endpoint: &Endpoint, question: &Question) -> Error {
        let failure = match trouble {
            Trouble::Failure(failure) => failure,
            Trouble::Login(cause, url) => {
                let (method, url) = (question.method.word(), without_query(&url));
                return Error::Login { method, url, cause: Box::new(cause) };
            }
            Trouble::Settled(error) => return error,
        };
        let scheme = if failure.url.scheme() == "http" { Scheme::Http } else { Scheme::Https };
        let at_host = endpoint.root(scheme).is_ok_and(|root| place::same_origin(&root, &failure.url));
        let (method, url) = match failure.kind {
            Kind::NotTls | Kind::Unreachable | Kind::Refused if at_host => ("Get", endpoint.root_text(scheme)),
            Kind::Broken if at_host && self.hosts.known(endpoint).is_none() => ("Get", endpoint.root_text(scheme)),
            Kind::NotTls | Kind::Unreachable | Kind::Refused | Kind::Broken | Kind::Misdirected => {
                (question.method.word(), without_query(&failure.url))
            }
        };
        Error::Network(NetworkError { method, url, reason: failure.reason })
    }

    /// Asks for the root of the API, as it is asked by who does not know the host yet; shows no credentials. Any status
    /// is an answer.
    pub(super) async fn greet(&self, endpoint: &Endpoint) -> Result<Scheme, Error> {
        let (headers, scope) = (HeaderMap::new(), String::new());
        let question = Question { method: Method::Get, path: String::new(), headers, scope, payload: Payload::None };
        let answer = self.ask_as(endpoint, &question, None).await;
        let answer = answer.map_err(|trouble| self.error(trouble, endpoint, &question))?;
        Ok(if answer.url.scheme() == "http" { Scheme::Http } else { Scheme::Https })
    }

    /// Asks with one pass or none, whatever is known of the host.
    pub(super) async fn ask_as(
        &self,
        endpoint: &Endpoint,
        question: &Question,
        pass: Option<&Pass>,
    ) -> Result<Answer, Trouble> {
        patiently(&self.wait, Patience::Full, || self.reach(endpoint, question, pass)).await
    }

    async fn ask_once(&self, endpoint: &Endpoint, question: &Question) -> Result<Answer, Trouble> {
        let mut pass = self.access.held(endpoint, question).await;
        let mut answer = self.reach(endpoint, question, pass.as_ref()).await?;
        for renewal in [Renewal::First, Renewal::WiderScope] {
            if answer.status() != 401 || answer.from_elsewhere {
                break;
            }
            let next = self.access.renew(self, endpoint, question, &answer, pass.as_ref(), renewal).await;
            let next = next.map_err(|cause| Trouble::Login(cause, answer.url.clone()))?;
            let Some(next) = next else { break };
            answer = self.reach(endpoint, question, Some(&next)).await?;
            pass = Some(next);
        }
        match pass.and_then(|pass| pass.doubt) {
            Some(doubt) if matches!(answer.status(), 401 | 403) => {
                Err(Trouble::Login(Error::Challenge(doubt), answer.url))
            }
            Some(_) | None => Ok(answer),
        }
    }

    /// Sends to the host in the first way of speaking that it understands.
    async fn reach(&self, endpoint: &Endpoint, question: &Question, pass: Option<&Pass>) -> Result<Answer, Trouble> {
        let known = self.hosts.known(endpoint).filter(|scheme| endpoint.schemes.contains(scheme));
        let schemes = known.map_or_else(|| endpoint.schemes.clone(), |scheme| vec![scheme]);
        let mut last = None;
        for scheme in schemes {
            let url = url_of(endpoint, question, scheme)?;
            let at_home = place::same_origin(&endpoint.root(scheme)?, &url);
            let request = Request {
                method: question.method,
                url,
                headers: question.headers.clone(),
                authorization: pass.filter(|_| at_home).map(|pass| pass.header.clone()),
                payload: question.payload.clone(),
            };
            match self.transport.send(&request).await {
                Ok(answer) if !at_home => return Ok(Answer { from_elsewhere: true, ..answer }),
                Ok(answer) => {
                    self.hosts.note_answer(endpoint, scheme);
                    return Ok(answer);
                }
                Err(failure) if matches!(failure.kind, Kind::NotTls | Kind::Unreachable) => last = Some(failure),
                Err(failure) => return Err(Trouble::Failure(failure)),
            }
        }
        match last {
            Some(failure) => Err(Trouble::Failure(failure)),
            None => Err(Trouble::Settled(Error::NoAddress(endpoint.host.clone()))),
        }
    }
}

fn url_of(endpoint: &Endpoint, question: &Question, scheme: Scheme) -> Result<Url, Error> {
    let root = endpoint.root(scheme)?;
    let mut url = root.join(&question.path).map_err(|_| Error::NoAddress(endpoint.host.clone()))?;
    if let Err(why) = place::permit(&root, &url) {
        return Err(Error::Challenge(format!("refused to go where the registry points to: {why}")));
    }
    if endpoint.role == Role::Mirror {
        url.query_pairs_mut().append_pair("ns", "docker.io");
    }
    Ok(url)
}

/// Sends again while the answer may be another one in a moment. A server that asks for more patience on a 429 than
/// is sensible gets none: the learner is told at once.
pub(super) async fn patiently<F>(
    wait: &WaitBox,
    patience: Patience,
    mut once: impl FnMut() -> F,
) -> Result<Answer, Trouble>
where
    F: Future<Output = Result<Answer, Trouble>> + Send,
{
    let mut attempt = 1;
    loop {
        let outcome = once().await;
        let asked = match &outcome {
            Ok(answer) if retry::is_passing(answer.status()) => retry::retry_after(answer.headers()),
            Err(Trouble::Failure(failure)) if failure.kind == Kind::Broken => None,
            Ok(_) | Err(_) => return outcome,
        };
        let is_limited = matches!(&outcome, Ok(answer) if answer.status() == 429);
        let asks_too_much = is_limited && asked.is_some_and(|asked| asked > retry::LONGEST_WAIT);
        if patience == Patience::Once || attempt == retry::ATTEMPTS || asks_too_much {
            return outcome;
        }
        // The answer is dropped before waiting, so that its connection is free.
        drop(outcome);
        (wait.0)(retry::pause(attempt, asked, retry::jitter())).await;
        attempt += 1;
    }
}
