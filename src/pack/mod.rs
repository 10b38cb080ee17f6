//! A lesson pack.
