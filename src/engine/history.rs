//! The build steps of an image.

use super::{Engine, Error, HistoryRow};
use crate::oci::timestamp;

impl Engine {
    /// Lists the build steps of an image, newest first.
    ///
    /// # Errors
    /// [`Error::History`] where more steps made layers than there are layers.
    pub fn history(&self, name: &str) -> Result<Vec<HistoryRow>, Error> {
        let details = self.inspect(name)?;
        let mut layers = details.layers.iter();
        let mut rows = Vec::with_capacity(details.config.history.len());
        for step in &details.config.history {
            let on_disk = if step.empty_layer { 0 } else { layers.next().ok_or(Error::History)?.on_disk };
            rows.push(HistoryRow {
                id: None,
                created: step.created.as_deref().and_then(timestamp),
                created_by: step.created_by.clone(),
                comment: step.comment.clone(),
                on_disk,
                tags: Vec::new(),
            });
        }
        rows.reverse();
        if let Some(top) = rows.first_mut() {
            top.id = Some(details.summary.id);
            top.tags = details.summary.tags;
        }
        Ok(rows)
    }
}
