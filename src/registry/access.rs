//! Passes: the `Authorization` headers that a registry's challenges led to, kept for each host and scope.
//! One pass is fetched at a time for each; who comes meanwhile waits and takes it too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex as AsyncMutex;

use super::answer::challenges_of;
use super::challenge::Challenge;
use super::credentials::Credentials;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Question};
use super::scope;
use super::token::{self, Stay};
use super::transport::Answer;
use crate::source::Error;

/// What opens a repository at a host.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) header: HeaderValue,
    /// The scopes it was asked for; empty for Basic, which has none.
    pub(super) scope: String,
    /// When it ends; Basic never does.
    pub(super) until: Option<Instant>,
    /// Why the credentials could not be looked up, where that is so: the pass is an anonymous one then.
    pub(super) doubt: Option<String>,
}

impl Pass {
    /// A pass for Basic.
    pub(super) fn forever(header: HeaderValue) -> Self {
        Self { header, scope: String::new(), until: None, doubt: None }
    }

    fn is_good_at(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Why a pass is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    /// There was none, or the host no longer takes it.
    First,
    /// The one just fetched does not reach far enough; another is fetched only for another scope.
    WiderScope,
}

type Cell = Arc<AsyncMutex<Option<Pass>>>;

/// The passes held and the credentials that new ones are asked for with.
#[derive(Debug)]
pub(super) struct Access {
    credentials: Credentials,
    cells: Mutex<HashMap<(String, String), Cell>>,
}

impl Access {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials, cells: Mutex::default() }
    }

    /// Returns the credentials that passes are asked for with.
    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Forgets every pass: who logs in or out is someone else from then on.
    pub(super) fn forget(&self) {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the pass held for the question, if it is good; waits for one that is being fetched.
    pub(super) async fn held(&self, endpoint: &Endpoint, question: &Question) -> Option<Pass> {
        let cell = self.cell(endpoint, question);
        let pass = cell.lock().await.clone();
        pass.filter(|pass| pass.is_good_at(Instant::now()))
    }

    /// Answers the challenges of a 401 that came although `used` was shown. `None` means that there is nothing
    /// left to try.
    pub(super) async fn renew(
        &self,
        exchange: &Exchange,
        endpoint: &Endpoint,
        question: &Question,
        answer: &Answer,
        used: Option<&Pass>,
        renewal: Renewal,
    ) -> Result<Option<Pass>, Error> {
        let Some(challenge) = best_challenge(answer) else { return Ok(None) };
        let scope = scope_for(&challenge, question, used);
        if renewal == Renewal::WiderScope && !asks_for_more(&challenge, &scope, used) {
            return Ok(None);
        }
        let cell = self.cell(endpoint, question);
        let mut held = cell.lock().await;
        if let Some(pass) = fetched_meanwhile(held.as_ref(), used) {
            return Ok(Some(pass));
        }
        let (credential, doubt) = match self.credentials.find(&endpoint.account).await {
            Ok(credential) => (credential, None),
            Err(doubt) => (None, Some(doubt)),
        };
        let pass = if challenge.scheme == "bearer" {
            let grant = token::fetch(exchange, &answer.url, &challenge, &scope, credential.as_ref(), Stay::Visit).await;
            grant.map(|grant| grant.pass)
        } else {
            let basic = credential.and_then(|credential| credential.basic()).ok_or(Error::NoCredentials);
            basic.map(Pass::forever)
        };
        let pass = match (pass, doubt) {
            (Ok(pass), doubt) => Pass { doubt, ..pass },
            (Err(Error::NoCredentials | Error::TokenRefused(_)), Some(doubt)) => return Err(Error::Challenge(doubt)),
            (Err(error), _) => return Err(error),
        };
        let was_refused = used.is_some_and(|used| used.header == pass.header);
        *held = (!was_refused).then(|| pass.clone());
        Ok(held.clone())
    }

    fn cell(&self, endpoint: &Endpoint, question: &Question) -> Cell {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry((endpoint.host.clone(), question.scope.clone())).or_default())
    }
}

/// Bearer comes before Basic; other schemes are not spoken.
pub(super) fn best_challenge(answer: &Answer) -> Option<Challenge> {
    let mut challenges = challenges_of(answer);
    let at = ["bearer", "basic"].iter().find_map(|scheme| challenges.iter().position(|c| c.scheme == *scheme))?;
    Some(challenges.swap_remove(at))
}

/// The registry knows best what its token must be called; where it does not say, the operation's own scope. A request
/// that only looks, on the way to a push, is challenged for less than the push needs: then it is both.
fn scope_for(challenge: &Challenge, question: &Question, used: Option<&Pass>) -> String {
    let asked = challenge.get("scope").map(str::to_owned);
    let scope = asked.or_else(|| used.map(|pass| pass.scope.clone())).unwrap_or_else(|| question.scope.clone());
    if question.scope.contains("push") { scope::join(&question.scope, &scope) } else { scope }
}

fn asks_for_more(challenge: &Challenge, scope: &str, used: Option<&Pass>) -> bool {
    challenge.get("error") == Some("insufficient_scope") && used.is_none_or(|used| used.scope != scope)
}

fn fetched_meanwhile(held: Option<&Pass>, used: Option<&Pass>) -> Option<Pass> {
    let held = held.filter(|pass| pass.is_good_at(Instant::now()))?;
    let is_other = used.is_none_or(|used| used.header != held.header);
    is_other.then(|| held.clone())
}
