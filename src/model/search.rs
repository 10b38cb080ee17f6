//! What a search on the classroom's hub finds: a list beside the recipes. It also holds repositories that have no
//! recipe, since one searches among what one does not know yet.

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, future};
use serde::Deserialize;

use super::error::{Error, Problem};
use super::{SEARCH_FILE, moment};
use crate::oci::Reference;
use crate::source::{self, Badge, Page, Search, SearchHit};
use crate::yaml;

/// The most repositories that a list may hold.
const MAX_LISTINGS: usize = 1000;

/// The list of repositories.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    /// The best first: official, then by stars.
    listings: Vec<Listing>,
}

/// A repository's page on the hub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Its name as a search prints it, `bitnami/redis`.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// How many users starred it.
    pub stars: u32,
    /// Who vouches for it.
    #[serde(default)]
    pub badge: Badge,
    /// The day of its last push, `2026-09-19`.
    #[serde(default)]
    pub updated: Option<String>,
    /// The first lines of its documentation; none where there is no documentation.
    #[serde(default)]
    pub readme: Vec<String>,
}

/// The shape of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    repositories: Vec<Listing>,
}

impl Hub {
    /// Reads `search.yaml`.
    ///
    /// # Errors
    /// A text of another shape, a name twice, a name or a day that is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file = || SEARCH_FILE.to_owned();
        let shape: Shape = yaml::load(text).map_err(|cause| Error::Unreadable { file: file(), cause })?;
        let mut listings = shape.repositories;
        if listings.len() > MAX_LISTINGS {
            return Err(Error::TooMany { what: "repositories", limit: MAX_LISTINGS });
        }
        for listing in &listings {
            listing.check().map_err(|problem| Error::Recipe { file: file(), problem })?;
        }
        listings.sort_by(|a, b| a.rank().cmp(&b.rank()));
        match listings.iter().enumerate().find(|(at, one)| listings[..*at].iter().any(|other| other.name == one.name)) {
            Some((_, twice)) => Err(Error::Recipe { file: file(), problem: Problem::ListedTwice(twice.name.clone()) }),
            None => Ok(Self { listings }),
        }
    }

    /// Finds a repository's page by its name; `library/redis` is `redis`.
    pub fn page(&self, name: &str) -> Option<&Listing> {
        let name = name.strip_prefix("library/").unwrap_or(name);
        self.listings.iter().find(|listing| listing.name == name)
    }

    /// Lists all pages, official ones first, then by stars.
    pub fn pages(&self) -> &[Listing] {
        &self.listings
    }

    /// Orders as Docker Hub does for a plain word: official ones first; who is called so before who only speaks of it.
    fn found(&self, term: &str, limit: usize) -> Vec<SearchHit> {
        let term = term.to_lowercase();
        let mut found: Vec<&Listing> = self.listings.iter().filter(|listing| listing.matches(&term)).collect();
        found.sort_by_key(|listing| (listing.badge != Badge::Official, listing.name != term, !listing.named(&term)));
        found.into_iter().take(limit).map(Listing::hit).collect()
    }
}

impl Listing {
    fn check(&self) -> Result<(), Problem> {
        let name = || self.name.clone();
        let reference: Reference = self.name.parse().map_err(|cause| Problem::Name { name: name(), cause })?;
        if !reference.is_name_only() || reference.repository().to_string() == self.name {
            return Err(Problem::Name { name: name(), cause: crate::oci::ReferenceError::Format });
        }
        self.updated.as_deref().map_or(Ok(()), moment::check)
    }

    fn rank(&self) -> (bool, std::cmp::Reverse<u32>, &str) {
        (self.badge != Badge::Official, std::cmp::Reverse(self.stars), &self.name)
    }

    fn named(&self, term: &str) -> bool {
        self.name.contains(term)
    }

    fn matches(&self, term: &str) -> bool {
        self.named(term) || self.description.to_lowercase().contains(term)
    }

    fn page(&self) -> Page {
        Page {
            name: self.name.clone(),
            description: self.description.clone(),
            stars: self.stars,
            badge: Some(self.badge),
            updated: self.updated.clone(),
            pulls: None,
            readme: self.readme.clone(),
        }
    }

    fn hit(&self) -> SearchHit {
        SearchHit {
            name: self.name.clone(),
            description: self.description.clone(),
            stars: self.stars,
            official: self.badge == Badge::Official,
        }
    }
}

impl Search for Hub {
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, source::Error>> {
        future::ready(Ok(self.found(term, limit))).boxed()
    }

    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Page>, source::Error>> {
        future::ready(Ok(self.page(name).map(Listing::page))).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "repositories:
  - {name: redis, description: An in-memory store., stars: 100, badge: official, updated: \"2026-09-19\"}
  - {name: valkey, description: What came of redis., stars: 5, badge: official}
  - {name: vendor/tools, description: Tools for Redis., stars: 900, badge: verified}
  - {name: vendor/redis, description: A build of it., stars: 7}
  - {name: python, description: A language., stars: 500, badge: official}
";

    #[tokio::test]
    async fn official_ones_come_first_and_names_before_descriptions() {
        let hub = Hub::parse(LIST).expect("the list is good");
        let names = |hits: Vec<SearchHit>| hits.into_iter().map(|hit| hit.name).collect::<Vec<_>>();
        let found = hub.search("Redis", 25).await.expect("a list in memory cannot fail");
        assert_eq!(names(found), ["redis", "valkey", "vendor/redis", "vendor/tools"]);
        let found = hub.search("redis", 1).await.expect("a list in memory cannot fail");
        assert_eq!(names(found), ["redis"]);
        assert_eq!(hub.search("nothing", 25).await.expect("a list in memory cannot fail"), []);
    }

    #[test]
    fn a_page_is_found_by_its_short_and_its_full_name() {
        let hub = Hub::parse(LIST).expect("the list is good");
        assert_eq!(hub.page("library/redis"), hub.page("redis"));
        assert_eq!(hub.page("vendor/redis").map(|page| page.badge), Some(Badge::None));
        assert_eq!(hub.page("nothing"), None);
    }

    #[track_caller]
    fn check_refused(from: &str, to: &str, what: &str) {
        let error = Hub::parse(&LIST.replace(from, to)).expect_err("the list is bad").to_string();
        assert!(error.starts_with("search.yaml:") && error.contains(what), "{error}");
    }

    #[test]
    fn a_bad_list_says_what_is_wrong() {
        check_refused("name: valkey", "name: redis", "`redis` is listed twice");
        check_refused("name: valkey", "name: docker.io/library/valkey", "is not a repository");
        check_refused("name: valkey", "name: valkey:8", "is not a repository");
        check_refused("2026-09-19", "yesterday", "is not a day");
        check_refused("badge: verified", "badge: nice", "nice");
    }
}
