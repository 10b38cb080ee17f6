//! One integration crate, one module a subject.

mod architecture;
mod cli;
mod docker;
mod lesson;
mod model;
mod pipe;
mod reference;
mod rootfs;
mod server;
mod support;
mod tutor;
