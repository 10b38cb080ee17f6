//! One integration crate, one module a subject.

mod architecture;
mod docker;
mod reference;
mod rootfs;
mod template;
