//! The HTTP client of the distribution API, a [`source`](crate::source). Speaks with real registries: names and hosts, tokens,
//! redirects, retries, resumes. Verifies documents; the bytes of blobs are verified by whoever takes them in.
//! Knows no store and no images.

mod challenge;
mod client;
mod credentials;
mod errors;
mod host;
mod pages;
mod send;
mod token;

pub use client::{Client, Options};
