//! What was given as an answer, once it is read.

use std::collections::BTreeSet;

use crate::oci::{Platform, Reference};

/// What was given, read as the right value's kind is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A number of things.
    Count(u64),
    /// Bytes, and the text as it was understood.
    Size {
        /// Bytes.
        bytes: f64,
        /// The number and unit that were read.
        shown: String,
    },
    /// Digits of a digest, or a whole one of another algorithm.
    Digest(String),
    /// A command with its arguments.
    Argv(Vec<String>),
    /// A command as Go prints it, `[nginx -g daemon off;]`: where its words end is not to be seen.
    Printed(String),
    /// Words in which the order does not count.
    Set(BTreeSet<String>),
    /// A text.
    Text(String),
    /// A name of an image, its defaults filled in.
    Ref(Reference),
    /// A platform, in its normal form.
    Platform(Platform),
    /// A number and how many digits were written.
    Number {
        /// The number.
        value: f64,
        /// Significant digits.
        digits: u32,
    },
    /// Yes or no.
    YesNo(bool),
    /// Options, by their place.
    Picks(BTreeSet<usize>),
    /// Places of items, or groups of items, in order.
    Order(Vec<usize>),
}
