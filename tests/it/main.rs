//! One integration crate, one module a subject.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics, and that is its failure")]

mod architecture;
mod archive;
mod author;
mod cli;
mod container;
mod docker;
mod engine;
mod lesson;
mod model;
mod pipe;
mod reference;
mod registry;
mod rootfs;
mod rules;
mod server;
mod support;
mod template;
mod transcripts;
mod tutor;
mod verdicts;
