//! Files with holes: which stretches of them a tar holds.

use super::Error;
use super::header::BLOCK;

/// A stretch of a file that has content; what lies between is zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Where in the file it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

impl Extent {
    /// Makes a map from pairs of numbers: in order, apart, within a file of `size` bytes, `stored` bytes together.
    /// Empty extents, which mark the end of a file, are left out.
    pub(super) fn check(map: &[u64], size: u64, stored: u64) -> Result<Vec<Self>, Error> {
        if !map.len().is_multiple_of(2) {
            return Err(Error::Header);
        }
        let (mut extents, mut end, mut total) = (Vec::new(), 0, 0u64);
        for pair in map.chunks_exact(2) {
            let (offset, length) = (pair[0], pair[1]);
            let next = offset.checked_add(length).filter(|next| offset >= end && *next <= size).ok_or(Error::Header)?;
            end = next;
            total += length;
            if length > 0 {
                extents.push(Self { offset, length });
            }
        }
        if total == stored { Ok(extents) } else { Err(Error::Header) }
    }
}

/// Reads a map that stands before the content, block by block: a count, then that many pairs, a decimal number a line.
#[derive(Debug, Default)]
pub(super) struct MapReader {
    numbers: Vec<u64>,
    partial: Option<u64>,
}

impl MapReader {
    /// Takes one block; true when the map is complete. The rest of the last block is padding.
    pub(super) fn take(&mut self, block: &[u8; BLOCK]) -> Result<bool, Error> {
        for byte in block {
            if self.is_complete() {
                return Ok(true);
            }
            match byte {
                b'0'..=b'9' => self.add_digit(byte - b'0')?,
                b'\n' => self.numbers.push(self.partial.take().ok_or(Error::Header)?),
                _ => return Err(Error::Header),
            }
        }
        Ok(self.is_complete())
    }

    /// Returns offsets and lengths in turn.
    pub(super) fn pairs(&self) -> &[u64] {
        self.numbers.get(1..).unwrap_or_default()
    }

    fn is_complete(&self) -> bool {
        self.numbers.first().is_some_and(|count| self.pairs().len() as u64 == count.saturating_mul(2))
    }

    fn add_digit(&mut self, digit: u8) -> Result<(), Error> {
        let value = self.partial.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit.into()));
        self.partial = Some(value.filter(|value| *value <= i64::MAX.cast_unsigned()).ok_or(Error::Header)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(map: &[u64], expected: Option<usize>) {
        assert_eq!(Extent::check(map, 100, 10).ok().map(|extents| extents.len()), expected, "{map:?}");
    }

    #[test]
    fn extents_are_in_order_and_within_the_file() {
        check(&[0, 5, 95, 5, 100, 0], Some(2));
        check(&[95, 5, 0, 5], None);
        check(&[0, 5, 4, 5], None);
        check(&[0, 5, 96, 5], None);
        check(&[0, 5], None);
        check(&[0, 10, 1], None);
        check(&[u64::MAX, 10], None);
    }

    #[test]
    fn a_map_before_the_content_ends_with_its_count() {
        let mut block = [0; BLOCK];
        block[..8].copy_from_slice(b"1\n7\n10\n\0");
        let mut map = MapReader::default();
        assert!(map.take(&block).unwrap());
        assert_eq!(map.pairs(), [7, 10]);
        assert!(MapReader::default().take(&[b'\n'; BLOCK]).is_err());
        assert!(!MapReader::default().take(&[b'0'; BLOCK]).unwrap());
    }
}
