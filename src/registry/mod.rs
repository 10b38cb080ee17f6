//! The HTTP client of the distribution API.
