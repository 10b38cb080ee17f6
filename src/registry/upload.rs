//! Bringing a blob into a repository (distribution-spec, push): is it there, does another repository have it, else it
//! is sent. Verifies nothing: the registry does, by the digest that ends an upload.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_RANGE, HeaderMap, HeaderValue, LOCATION, RANGE};

use super::answer::error_of;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Patience, Question};
use super::payload::{Payload, Rest};
use super::transport::{Answer, Method, without_query};
use crate::oci::{Digest, Repository};
use crate::source::{Delivery, Error, Report, Sending, Stored};

/// Attempts in a row that bring the registry no byte, as in Docker's daemon.
const FRUITLESS: u64 = 5;
/// Attempts in all.
const ATTEMPTS: u64 = 50;
/// The daemon waits this long after the first failure, twice as long after the second, and so on.
const WAIT_SECONDS: u64 = 5;
/// Up to this size a blob is sent by one request, since to send a few bytes again is cheaper than to ask where to go on.
const WHOLE: u64 = 1 << 20;
/// How many other repositories are tried.
const MOST_MOUNTS: usize = 4;

/// An upload on its way.
struct Upload<'a> {
    exchange: &'a Exchange,
    endpoint: &'a Endpoint,
    repository: &'a Repository,
    delivery: &'a Delivery,
    report: Report,
}

/// Where an upload goes on: the place that the registry named last, and how many bytes it has.
struct Session {
    location: Url,
    offset: u64,
}

/// Returns the scope of a token that lets one push.
pub(super) fn push_scope(repository: &Repository) -> String {
    format!("repository:{}:pull,push", repository.path())
}

/// Brings a blob into a repository.
pub(super) async fn put(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    delivery: &Delivery,
    report: Report,
) -> Result<Stored, Error> {
    let upload = Upload { exchange, endpoint, repository, delivery, report };
    if upload.is_there().await? {
        return Ok(Stored::AlreadyThere);
    }
    let mut session = None;
    for from in delivery.from.iter().take(MOST_MOUNTS) {
        match upload.mount(from).await {
            Some(Mount::Done) => {
                upload.cancel(session).await;
                return Ok(Stored::Mounted(from.clone()));
            }
            Some(Mount::Begun(begun)) => {
                let before = session.replace(begun);
                upload.cancel(before).await;
            }
            None => {}
        }
    }
    upload.send(session).await?;
    Ok(Stored::Sent)
}

/// What a registry makes of a request to mount.
enum Mount {
    /// The blob is there now.
    Done,
    /// It began an upload instead.
    Begun(Session),
}

impl Upload<'_> {
    fn digest(&self) -> &Digest {
        &self.delivery.blob.digest
    }

    /// Asks whether the blob is there. A registry that does not answer that is asked again by the upload itself, whose
    /// errors have a body.
    async fn is_there(&self) -> Result<bool, Error> {
        let path = format!("{}/blobs/{}", self.repository.path(), self.digest());
        let question = self.question(Method::Head, path, Payload::None);
        Ok(self.ask(&question, Patience::Full).await?.status() == 200)
    }

    /// Asks to take the blob from another repository, by a token that lets one read there. Whatever goes wrong, the blob
    /// can still be sent.
    async fn mount(&self, from: &Repository) -> Option<Mount> {
        // Nothing in a digest or a path needs to be encoded in a query.
        let path = format!("{}/blobs/uploads/?mount={}&from={}", self.repository.path(), self.digest(), from.path());
        let scope = format!("{} repository:{}:pull", push_scope(self.repository), from.path());
        let question = Question { scope, ..self.question(Method::Post, path, Payload::Empty) };
        let answer = self.ask(&question, Patience::Once).await.ok()?;
        match answer.status() {
            201 => Some(Mount::Done),
            202 => Some(Mount::Begun(Session { location: location(&answer)?, offset: 0 })),
            _ => None,
        }
    }

    async fn begin(&self) -> Result<Session, Error> {
        let path = format!("{}/blobs/uploads/", self.repository.path());
        let answer = self.ask(&self.question(Method::Post, path, Payload::Empty), Patience::Full).await?;
        if answer.status() != 202 {
            return Err(error_of(answer).await);
        }
        match location(&answer) {
            Some(location) => Ok(Session { location, offset: 0 }),
            None => Err(unusable(&answer, "no place to upload to")),
        }
    }

    /// Sends the blob, and begins again or goes on where the connection breaks.
    async fn send(&self, mut session: Option<Session>) -> Result<(), Error> {
        let (mut attempts, mut fruitless) = (0, 0);
        loop {
            let before = session.as_ref().map_or(0, |session| session.offset);
            let mut current = match session.take() {
                Some(session) => session,
                None => self.begin().await?,
            };
            let error = match self.send_once(&mut current).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            session = self.survivor(current, &error).await;
            let progressed = session.as_ref().is_some_and(|session| session.offset > before);
            fruitless = if progressed { 0 } else { fruitless + 1 };
            attempts += 1;
            if !is_passing(&error) || fruitless >= FRUITLESS || attempts >= ATTEMPTS {
                self.cancel(session).await;
                return Err(error);
            }
            self.wait(fruitless).await;
        }
    }

    async fn send_once(&self, session: &mut Session) -> Result<(), Error> {
        let size = self.delivery.blob.size;
        let rest = Payload::Rest(Rest {
            content: std::sync::Arc::clone(&self.delivery.content),
            offset: session.offset,
            size,
            report: std::sync::Arc::clone(&self.report),
        });
        if size <= WHOLE && session.offset == 0 {
            return self.finish(session, rest).await;
        }
        if session.offset < size {
            self.append(session, rest).await?;
        }
        self.finish(session, Payload::Empty).await
    }

    /// Sends what is left. The first request of an upload says nothing about its range, as Docker's does not: some
    /// registries stumble over it.
    async fn append(&self, session: &mut Session, rest: Payload) -> Result<(), Error> {
        let mut question = self.question(Method::Patch, session.location.to_string(), rest);
        let size = self.delivery.blob.size;
        if session.offset > 0 {
            let range = format!("{}-{}", session.offset, size - 1);
            let range = HeaderValue::try_from(range).expect("digits are header text");
            question.headers.insert(CONTENT_RANGE, range);
        }
        let answer = self.ask(&question, Patience::Once).await?;
        if !matches!(answer.status(), 202 | 204) {
            return Err(error_of(answer).await);
        }
        session.location = location(&answer).unwrap_or_else(|| session.location.clone());
        session.offset = size;
        Ok(())
    }

    /// Ends the upload by naming the digest. The place may have a query of its own, which stays.
    async fn finish(&self, session: &Session, payload: Payload) -> Result<(), Error> {
        let mut url = session.location.clone();
        url.query_pairs_mut().append_pair("digest", &self.digest().to_string());
        let answer = self.ask(&self.question(Method::Put, url.to_string(), payload), Patience::Once).await?;
        // A registry that answers 202 or 204 has the blob, too.
        if matches!(answer.status(), 200..=204) { Ok(()) } else { Err(error_of(answer).await) }
    }

    /// Asks the registry what it has of a broken upload. `None` means to begin anew.
    async fn survivor(&self, session: Session, error: &Error) -> Option<Session> {
        if self.delivery.blob.size <= WHOLE || !is_passing(error) {
            self.cancel(Some(session)).await;
            return None;
        }
        let question = self.question(Method::Get, session.location.to_string(), Payload::None);
        let answer = self.ask(&question, Patience::Once).await.ok()?;
        if !matches!(answer.status(), 200 | 202 | 204) {
            return None;
        }
        let received = received(answer.header(RANGE.as_str())?)?;
        let location = location(&answer).unwrap_or(session.location);
        (received <= self.delivery.blob.size).then_some(Session { location, offset: received })
    }

    /// Lets the registry forget an upload; it would by itself after some days.
    async fn cancel(&self, session: Option<Session>) {
        if let Some(session) = session {
            let question = self.question(Method::Delete, session.location.to_string(), Payload::None);
            let _ = self.ask(&question, Patience::Once).await;
        }
    }

    /// Waits as Docker's daemon does, and counts the seconds down. After progress it goes on at once.
    async fn wait(&self, fruitless: u64) {
        for left in (1..=fruitless * WAIT_SECONDS).rev() {
            (self.report)(Sending::Retrying(left));
            (self.exchange.wait.0)(Duration::from_secs(1)).await;
        }
    }

    fn question(&self, method: Method, path: String, payload: Payload) -> Question {
        Question { method, path, headers: HeaderMap::new(), scope: push_scope(self.repository), payload }
    }

    async fn ask(&self, question: &Question, patience: Patience) -> Result<Answer, Error> {
        let answer = self.exchange.ask(self.endpoint, question, patience).await;
        answer.map_err(|trouble| self.exchange.error(trouble, self.endpoint, question))
    }
}

/// Errors that another attempt may not meet.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Network(_) => true,
        Error::Status { status, .. } => status.starts_with('5') || status.starts_with("408"),
        _ => false,
    }
}

fn unusable(answer: &Answer, what: &str) -> Error {
    let status = format!("{} ({what})", answer.response.status());
    Error::Status { status, method: answer.method.word(), url: without_query(&answer.url) }
}

/// Reads `Location`, which may be relative.
fn location(answer: &Answer) -> Option<Url> {
    answer.url.join(answer.header(LOCATION.as_str())?).ok()
}

/// Reads `Range: 0-499` of an upload: the number of bytes that are there. An empty upload says `0-0`, as one with a
/// single byte does; to send that byte again would be an error, so such an upload begins anew.
fn received(range: &str) -> Option<u64> {
    let (begin, end) = range.trim().trim_start_matches("bytes=").split_once('-')?;
    let end: u64 = end.parse().ok()?;
    (begin == "0" && end > 0).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::received;

    #[test]
    fn a_range_says_how_much_is_there() {
        assert_eq!(received("0-499"), Some(500));
        assert_eq!(received("bytes=0-499"), Some(500));
        for odd in ["", "0-0", "5-9", "0-x", "500"] {
            assert_eq!(received(odd), None, "{odd}");
        }
    }
}
