//! Pictures of what the engine knows: stacks of layers, the parts of a name, tags by variant, sizes as bars. Data in,
//! lines out; every meaning stands in words too, and the linear form has nothing but words.

mod canvas;
mod hub;
mod layers;
mod name;
mod sizes;
mod tags;

pub use hub::hub;
pub use layers::{Stack, Writable, layers};
pub use name::name;
pub use sizes::sizes;
pub use tags::{TagSize, tags};

use crate::engine::ImageFacts;
use crate::lesson::human_size;

/// How much room there is, and whether lines may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Columns.
    pub width: usize,
    /// Drawn or linear.
    pub look: Look,
}

/// Whether lines may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Boxes and bars.
    Drawn,
    /// Words, one after the other.
    Linear,
}

/// Bytes on disk, where they are known.
fn on_disk(image: &ImageFacts) -> Option<u64> {
    image.on_disk.as_ref().map(|sizes| sizes.iter().sum())
}

fn packed(image: &ImageFacts) -> u64 {
    image.layers.iter().map(|layer| layer.size).sum()
}

/// A size, or that it is not known before a pull.
fn said(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "?".to_owned(), human_size)
}

/// `1 layer`, `2 layers`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The beginning of a text that fits.
fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Packs words into lines of a width.
fn lines_of(words: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(_) | None => lines.push(word),
        }
    }
    lines
}
