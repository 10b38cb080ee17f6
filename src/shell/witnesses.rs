//! The catalogues of a classroom, asked about layers that a proof of lessons need not fetch.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::model::Catalogue;
use crate::oci::Digest;
use crate::source::{self, KnownLayer, Vouch};

/// All catalogues of a classroom as witnesses.
#[derive(Default)]
pub(super) struct Witnesses(Mutex<Vec<Arc<Catalogue>>>);

impl Witnesses {
    /// Adds one; the first that knows a layer speaks.
    pub(super) fn add(&self, catalogue: Arc<Catalogue>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(catalogue);
    }

    fn of(&self, blob: &Digest) -> Option<Arc<Catalogue>> {
        let catalogues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        catalogues.iter().find(|catalogue| catalogue.layer(blob).is_some()).cloned()
    }
}

impl Vouch for Witnesses {
    fn layer(&self, blob: &Digest) -> Option<KnownLayer> {
        self.of(blob)?.layer(blob)
    }

    fn chunks(&self, blob: &Digest) -> Result<Box<dyn Iterator<Item = Bytes> + Send>, source::Error> {
        let unknown =
            || source::Error::Local { what: "cannot make a layer".to_owned(), cause: "no recipe makes it".into() };
        self.of(blob).ok_or_else(unknown)?.chunks(blob)
    }
}
