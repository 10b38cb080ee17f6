//! The catalogue on a day that may change while it is in use.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Catalogue, Moment};
use crate::oci::Repository;
use crate::source::{Error, Relay};

/// A catalogue as it was on a [`Day`].
#[derive(Clone)]
pub struct Dated {
    catalogue: Arc<Catalogue>,
    day: Day,
}

impl Dated {
    /// Looks at a catalogue on the day that `day` says whenever it is asked.
    pub fn new(catalogue: Arc<Catalogue>, day: Day) -> Self {
        Self { catalogue, day }
    }
}

impl Relay for Dated {
    type Chosen<'a> = Arc<Catalogue>;

    fn choose(&self, _: &Repository) -> Result<Arc<Catalogue>, Error> {
        Ok(self.day.moment().map_or_else(|| Arc::clone(&self.catalogue), |moment| Arc::new(self.catalogue.at(moment))))
    }
}

/// The day on which catalogues are looked at, the newest at first; clones are the same day.
#[derive(Debug, Clone, Default)]
pub struct Day(Arc<Mutex<Option<Moment>>>);

impl Day {
    /// Returns the day; `None` is the newest.
    pub fn moment(&self) -> Option<Moment> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Turns to the end of a day, or to the newest.
    pub fn turn_to(&self, moment: Option<Moment>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}
