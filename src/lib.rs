//! layerbook: a workbook in the terminal that teaches container images by doing.
//!
//! # The map
//!
//! A pure vocabulary at the bottom, an engine that returns data, a `docker` layer that turns data into
//! Docker's exact text, a tutor that turns events into effects, and a thin shell that owns the terminal.
//! The modules below stand in reading order; each may use those above it, never those below
//! (`tests/it/architecture.rs` holds the exact table and fails on any other import).

pub mod oci;
pub mod source;
pub mod yaml;

pub mod model;
pub mod registry;
pub mod rootfs;
pub mod server;
pub mod store;

pub mod engine;

pub mod docker;
pub mod pipe;
pub mod template;

pub mod lesson;
pub mod pack;
pub mod shell;
pub mod tutor;
