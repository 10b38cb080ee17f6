//! What is wrong with recipes or their lock.

use thiserror::Error;

use crate::yaml;

/// Why recipes cannot become images.
#[derive(Debug, Error)]
pub enum Error {
    /// A recipe or the lock is not readable.
    #[error("{file}:{error}")]
    Yaml {
        /// The file.
        file: String,
        /// What and where.
        error: yaml::Error,
    },
    /// A recipe says something that cannot be.
    #[error("{file}: {message}")]
    Recipe {
        /// The recipe's file.
        file: String,
        /// What.
        message: String,
    },
    /// The lock does not have a layer as the recipe describes it.
    #[error("lock.yaml does not match {recipe}: step {step}, {platform}; run `layerbook pack build`")]
    Stale {
        /// The recipe's ID.
        recipe: String,
        /// The step, from 0.
        step: usize,
        /// The platform.
        platform: String,
    },
}
