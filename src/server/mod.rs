//! The distribution API over any source, on an address.
