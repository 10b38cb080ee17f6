//! A repository's page on Docker Hub: what one looks at before trusting an image.

use serde::Deserialize;

/// A repository's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name as a search prints it: `redis`, `bitnami/redis`.
    pub name: String,
    /// One line on what it is; may be empty.
    pub description: String,
    /// How many users starred it.
    pub stars: u32,
    /// Who vouches for it; absent where that could not be found out.
    pub badge: Option<Badge>,
    /// The day of its last push, `2026-09-19`.
    pub updated: Option<String>,
    /// How often it was pulled; told by the real hub alone.
    pub pulls: Option<u64>,
    /// The first lines of its documentation; none where there is no documentation.
    pub readme: Vec<String>,
}

/// Who vouches for a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Badge {
    /// One of Docker's Official Images.
    Official,
    /// Its publisher's identity was verified by Docker.
    Verified,
    /// An open source project that Docker sponsors.
    Sponsored,
    /// Nobody.
    #[default]
    None,
}
