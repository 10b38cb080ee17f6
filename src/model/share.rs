//! Sharing a platform's total out over its layers, in the proportions of the platform whose layers are recorded.

use super::layer::{LARGE, Scale};

/// One layer's part of the total.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) compressed: u64,
    /// What to do with sizes on disk.
    pub(super) scale: Scale,
}

/// Shares `total` out over layers of these sizes. Small layers, scripts and settings, are the same on each platform;
/// `None` where they alone are larger than the total.
pub(super) fn out(sizes: &[u64], total: u64) -> Option<Vec<Share>> {
    let Some(&largest) = sizes.iter().max() else { return (total == 0).then(Vec::new) };
    let movable = |size: u64| size >= LARGE.min(largest);
    let whole: u64 = sizes.iter().filter(|&&size| movable(size)).sum();
    let fixed: u64 = sizes.iter().filter(|&&size| !movable(size)).sum();
    let mut rest = total.checked_sub(fixed)?;
    let scale = Scale { part: rest, whole };
    let last = sizes.iter().rposition(|&size| movable(size));
    let mut shares = Vec::with_capacity(sizes.len());
    for (at, &size) in sizes.iter().enumerate() {
        if !movable(size) {
            shares.push(Share { compressed: size, scale: Scale::SAME });
            continue;
        }
        // The last one takes what rounding left over.
        let compressed = if Some(at) == last { rest } else { scale.of(size) };
        rest -= compressed;
        shares.push(Share { compressed, scale: Scale { part: compressed, whole: size } });
    }
    Some(shares)
}

/// Scales layers as the base is scaled, for a platform of which no total is recorded.
pub(super) fn like(sizes: &[u64], base: u64, first_base: u64) -> Vec<Share> {
    let scale = if first_base == 0 { Scale::SAME } else { Scale { part: base, whole: first_base } };
    let scale_of = |size: u64| if size >= LARGE { scale } else { Scale::SAME };
    sizes.iter().map(|&size| Share { compressed: scale_of(size).of(size), scale: scale_of(size) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sizes: &[u64], total: u64, expected: Option<&[u64]>) {
        let shares = out(sizes, total).map(|shares| shares.iter().map(|share| share.compressed).collect::<Vec<_>>());
        assert_eq!(shares.as_deref(), expected);
    }

    #[test]
    fn the_shares_make_up_the_total() {
        check(&[100_000, 500, 300_000], 200_500, Some(&[50_000, 500, 150_000]));
        check(&[100_000, 100_000, 100_000], 100_000, Some(&[33_333, 33_333, 33_334]));
    }

    #[test]
    fn among_small_layers_the_largest_one_gives_way() {
        check(&[500, 2000, 100], 3600, Some(&[500, 3000, 100]));
        check(&[2415], 3149, Some(&[3149]));
    }

    #[test]
    fn a_total_below_the_small_layers_cannot_be_shared() {
        check(&[100_000, 500], 400, None);
        check(&[], 0, Some(&[]));
        check(&[], 5, None);
    }
}
