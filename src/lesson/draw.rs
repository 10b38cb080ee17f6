//! Drawing values: the same for the same learner, problem and attempt, on every machine. No random numbers.

use sha2::{Digest as _, Sha256};

/// What a draw depends on besides its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The seed, below 2^53.
    pub seed: u64,
    /// The learner's name.
    pub learner: String,
    /// The pack's id.
    pub pack: String,
    /// The lesson's or problem's id.
    pub activity: String,
    /// Which attempt, from 0.
    pub attempt: u64,
}

impl Draw {
    /// Draws one of `0..of`, by the number `n` of the draw: the first 8 bytes, big-endian, of the SHA-256 of all that
    /// it depends on, one a line, modulo `of`. `of` is at least 1.
    #[expect(clippy::missing_panics_doc, reason = "what is left of a division by a usize is one")]
    pub fn pick(&self, n: u64, of: usize) -> usize {
        let Self { seed, learner, pack, activity, attempt } = self;
        let hash = Sha256::digest(format!("{seed}\n{learner}\n{pack}\n{activity}\n{attempt}\n{n}\n"));
        let number = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let of = of.max(1) as u64;
        usize::try_from(number % of).expect("what is left of a division by a usize is one")
    }

    /// Shuffles (Fisher and Yates), with the draws from `n` on.
    pub fn shuffle<T>(&self, n: u64, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.pick(n + last as u64, last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(attempt: u64) -> Draw {
        Draw { seed: 7, learner: "ada".into(), pack: "layerbook".into(), activity: "redis-facts".into(), attempt }
    }

    #[test]
    fn a_draw_never_changes() {
        assert_eq!((0..12).map(|n| draw(1).pick(n, 4)).collect::<Vec<_>>(), [2, 3, 2, 1, 3, 0, 2, 0, 3, 2, 3, 1]);
    }

    #[test]
    fn every_value_is_drawn_sometime() {
        let mut drawn: Vec<usize> = (0..50).map(|attempt| draw(attempt).pick(0, 4)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn, [0, 1, 2, 3]);
    }

    #[test]
    fn a_shuffle_keeps_all_items() {
        let mut items = [1, 2, 3, 4, 5];
        draw(3).shuffle(100, &mut items);
        assert_ne!(items, [1, 2, 3, 4, 5]);
        items.sort_unstable();
        assert_eq!(items, [1, 2, 3, 4, 5]);
    }
}
