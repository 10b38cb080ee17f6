//! Lessons against real registries: model images stand in for names that no real registry gives, each of them said so; and
//! a count of what Docker Hub counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use super::bench::Bench;
use super::error::chain;
use super::screen::Screen;
use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{Blob, Error, Registry, Target};
use crate::tutor::Tone;

/// What a real registry did not give, and why.
type Missing = (String, String);

/// What was asked of real registries, and what they did not give.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Manifests of Docker Hub that were asked for; it counts each as a pull.
    pulls: AtomicUsize,
    /// How many of them were told.
    told: AtomicUsize,
    /// Repositories that are played by model images, each with the reason; the reason is taken away when it was told.
    played: Mutex<BTreeMap<Repository, Option<Missing>>>,
}

impl Account {
    fn is_played(&self, repository: &Repository) -> bool {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).contains_key(repository)
    }

    /// Notes that a model stands in; `what` could not be had.
    fn play(&self, repository: &Repository, what: String, reason: &Error) {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        played.entry(repository.clone()).or_insert_with(|| Some((what, chain(reason))));
    }

    /// Reasons that were not told yet.
    fn untold(&self) -> Vec<(Repository, Missing)> {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        played.iter_mut().filter_map(|(name, reason)| Some((name.clone(), reason.take()?))).collect()
    }

    /// Pulls so far, where there are more than were told.
    fn grown(&self) -> Option<usize> {
        let pulls = self.pulls.load(Ordering::Relaxed);
        (self.told.swap(pulls, Ordering::Relaxed) < pulls).then_some(pulls)
    }
}

/// Real registries, and model images for names that these do not give. A repository is of one kind to the end.
pub(super) struct StandIn {
    real: Arc<dyn Registry>,
    models: Arc<dyn Registry>,
    account: Arc<Account>,
}

impl StandIn {
    /// Puts models behind real registries.
    pub(super) fn new(real: Arc<dyn Registry>, models: Arc<dyn Registry>, account: Arc<Account>) -> Self {
        Self { real, models, account }
    }

    /// What a model gives in place of a real registry that failed; its own failure where there is no model either. Who has
    /// asked too often is told so, and not given something else.
    async fn instead<'a, T>(
        &'a self,
        repository: &'a Repository,
        what: String,
        failure: Error,
        ask: BoxFuture<'a, Result<T, Error>>,
    ) -> Result<T, Error> {
        if matches!(failure, Error::TooManyRequests { .. }) {
            return Err(failure);
        }
        match ask.await {
            Ok(given) => {
                self.account.play(repository, what, &failure);
                Ok(given)
            }
            Err(_) => Err(failure),
        }
    }
}

fn named(repository: &Repository, target: &Target) -> String {
    match target {
        Target::Tag(tag) => format!("`{}`", repository.with_tag(tag).familiar()),
        Target::Digest(digest) => format!("`{}@{}`", repository.familiar(), digest.short()),
    }
}

impl Registry for StandIn {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        Box::pin(async move {
            if self.account.is_played(repository)
                && let Ok(found) = self.models.resolve(repository, target).await
            {
                return Ok(found);
            }
            match self.real.resolve(repository, target).await {
                Ok(found) => Ok(found),
                Err(failure) => {
                    let instead = self.models.resolve(repository, target);
                    self.instead(repository, named(repository, target), failure, instead).await
                }
            }
        })
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        Box::pin(async move {
            if self.account.is_played(repository)
                && let Ok(found) = self.models.document(repository, target).await
            {
                return Ok(found);
            }
            let found = self.real.document(repository, target).await;
            if found.is_ok() && repository.domain() == "docker.io" {
                self.account.pulls.fetch_add(1, Ordering::Relaxed);
            }
            match found {
                Ok(found) => Ok(found),
                Err(failure) => {
                    let instead = self.models.document(repository, target);
                    self.instead(repository, named(repository, target), failure, instead).await
                }
            }
        })
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        Box::pin(async move {
            if self.account.is_played(repository)
                && let Ok(found) = self.models.blob(repository, digest, offset).await
            {
                return Ok(found);
            }
            self.real.blob(repository, digest, offset).await
        })
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move {
            if self.account.is_played(repository) {
                return self.models.tags(repository).await;
            }
            match self.real.tags(repository).await {
                Ok(found) => Ok(found),
                Err(failure) => {
                    let what = format!("the tags of {}", repository.familiar());
                    self.instead(repository, what, failure, self.models.tags(repository)).await
                }
            }
        })
    }
}

impl Bench<'_> {
    /// Says what is played now that was to be real, and what Docker Hub has counted.
    pub(super) fn tell_of_online(&self, screen: &mut Screen) {
        let Some(account) = &self.account else { return };
        for (repository, (what, reason)) in account.untold() {
            let name = repository.familiar();
            let text = format!(
                "No registry gives {what} now ({reason}). Model images of `{name}` from the classroom stand in for it here."
            );
            screen.say(Tone::Info, &text);
        }
        if let Some(pulls) = account.grown() {
            let asked = match &self.options.mirror {
                Some(mirror) => format!("; {mirror} is asked first, and what it gives costs none"),
                None => String::new(),
            };
            screen.say(Tone::Info, &format!("Pulls so far, as Docker Hub counts them: at most {pulls}{asked}."));
        }
    }
}

/// Says why a name cannot be had now, where one knows more than the registry says.
pub(super) fn explained(error: &crate::engine::Error) -> String {
    let crate::engine::Error::Source(Error::TooManyRequests { retry_after, limits, .. }) = error else {
        return chain(error);
    };
    let wait = retry_after.map_or_else(
        || "it counts anew after some hours".to_owned(),
        |time| format!("it wants to be asked again in {} seconds", time.as_secs()),
    );
    let limits = limits.as_ref().map_or_else(String::new, |(limit, left)| format!(", limit {limit}, left {left}"));
    format!(
        "{}{limits}: the registry limits how much one address or account pulls, and {wait}. It allows more to who is logged in \
         (`layerbook docker login`), and without `--online` no registry is asked",
        chain(error)
    )
}

/// What is said of a lesson whose registry moves from day to day.
pub(super) const NEEDS_THE_PAST: &str = "This needs the registry as it was on other days, which no real registry can show: the classroom plays it, \
    as without `--online`.";

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::ready;

    use super::*;
    use crate::oci::Reference;
    use crate::source::RegistryError;

    /// Gives one repository's tags, and fails with a status for all others.
    struct Fake(&'static str, u16);

    impl Fake {
        fn failure(&self) -> Error {
            let answer = RegistryError::bare(self.1, "DENIED");
            match self.1 {
                429 => Error::TooManyRequests { answer, retry_after: None, limits: Some(("100".into(), "0".into())) },
                _ => Error::Registry(answer),
            }
        }
    }

    impl Registry for Fake {
        fn resolve<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Descriptor, Error>> {
            ready(Err(self.failure())).boxed()
        }

        fn document<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Document, Error>> {
            let found =
                Document::read(
                    None,
                    br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
                        .to_vec()
                        .into(),
                );
            ready(found.map_err(Error::from)).boxed()
        }

        fn blob<'a>(&'a self, _: &'a Repository, _: &'a Digest, _: u64) -> BoxFuture<'a, Result<Blob, Error>> {
            ready(Err(self.failure())).boxed()
        }

        fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
            let given = repository.familiar() == self.0;
            ready(if given { Ok(vec![self.1.to_string()]) } else { Err(self.failure()) }).boxed()
        }
    }

    fn tags(real: Fake, name: &str) -> (Result<Vec<String>, String>, Arc<Account>) {
        let account = Arc::new(Account::default());
        let joined = StandIn::new(Arc::new(real), Arc::new(Fake("model", 404)), Arc::clone(&account));
        let name: Reference = name.parse().unwrap();
        let found = joined.tags(name.repository()).now_or_never().expect("nothing waits");
        (found.map_err(|error| error.to_string()), account)
    }

    #[test]
    fn a_model_stands_in_for_what_no_registry_gives_and_is_told_once() {
        let (found, account) = tags(Fake("real", 403), "real");
        assert_eq!((found, account.untold().len()), (Ok(vec!["403".to_owned()]), 0));
        let (found, account) = tags(Fake("real", 403), "model");
        assert_eq!(found, Ok(vec!["404".to_owned()]));
        let untold: Vec<Missing> = account.untold().into_iter().map(|(_, missing)| missing).collect();
        assert_eq!(untold, [("the tags of model".to_owned(), "denied".to_owned())]);
        assert_eq!(account.untold().len(), 0);
        let (found, account) = tags(Fake("real", 403), "neither");
        assert_eq!((found, account.untold().len()), (Err("denied".to_owned()), 0));
    }

    #[test]
    fn who_asked_too_often_is_told_so_and_given_nothing_else() {
        let (found, account) = tags(Fake("real", 429), "model");
        assert_eq!((found, account.untold().len()), (Err("too many requests".to_owned()), 0));
        let text = explained(&crate::engine::Error::Source(Fake("", 429).failure()));
        assert!(text.starts_with("too many requests, limit 100, left 0: the registry limits"), "{text}");
        assert!(text.contains("layerbook docker login") && text.contains("without `--online`"), "{text}");
    }

    #[test]
    fn each_manifest_of_docker_hub_is_counted_and_told_when_there_are_more() {
        let account = Arc::new(Account::default());
        let joined = StandIn::new(Arc::new(Fake("", 404)), Arc::new(Fake("", 404)), Arc::clone(&account));
        let ask = |name: &str| {
            let name: Reference = name.parse().unwrap();
            let target = Target::Tag("latest".to_owned());
            joined.document(name.repository(), &target).now_or_never().expect("nothing waits").unwrap();
        };
        ask("redis");
        ask("nginx");
        ask("ghcr.io/a/b");
        assert_eq!((account.grown(), account.grown()), (Some(2), None));
    }
}
