//! Two sources as one: names in a catalogue are played by it, every other name is the real registry. So with searches.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::oci::Repository;
use crate::source::{Error, Page, Registry, Relay, Search, SearchHit, split_term};

/// Asks the classroom for the repositories that it holds, and a real registry for all others.
pub struct Router {
    classroom: Arc<dyn Registry>,
    holds: Box<dyn Fn(&Repository) -> bool + Send + Sync>,
    real: Arc<dyn Registry>,
}

impl Router {
    /// Joins two sources; `holds` tells which repositories are the classroom's.
    pub fn new(
        classroom: Arc<dyn Registry>,
        holds: impl Fn(&Repository) -> bool + Send + Sync + 'static,
        real: Arc<dyn Registry>,
    ) -> Self {
        Self { classroom, holds: Box::new(holds), real }
    }
}

impl Relay for Router {
    type Chosen<'a> = &'a dyn Registry;

    fn choose(&self, repository: &Repository) -> Result<&dyn Registry, Error> {
        Ok(if (self.holds)(repository) { &*self.classroom } else { &*self.real })
    }
}

/// Searches the classroom's list, and a real registry where the term names one.
pub struct SearchRouter {
    classroom: Arc<dyn Search>,
    real: Arc<dyn Search>,
}

impl SearchRouter {
    /// Joins two lists.
    pub fn new(classroom: Arc<dyn Search>, real: Arc<dyn Search>) -> Self {
        Self { classroom, real }
    }
}

impl Search for SearchRouter {
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, Error>> {
        match split_term(term) {
            (Some(_), _) => self.real.search(term, limit),
            (None, _) => self.classroom.search(term, limit),
        }
    }

    /// What the classroom has no page of may have one at the real hub.
    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Page>, Error>> {
        Box::pin(async move {
            match self.classroom.page(name).await? {
                Some(page) => Ok(Some(page)),
                None => self.real.page(name).await,
            }
        })
    }
}
