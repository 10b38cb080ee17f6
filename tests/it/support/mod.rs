//! What tests share.

pub(crate) mod memory;
