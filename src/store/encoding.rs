//! Texts and numbers in files of our own that are read whole and fast: caches of what JSON says.
//!
//! A number has its bytes, the lowest first. A text has its length before it: one byte, or 255 and four bytes.

/// A length that is not one byte: four more follow.
const LONG: u8 = u8::MAX;

/// Appends bytes with their length before them.
pub(crate) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(length) if length != LONG => out.push(length),
        _ => {
            out.push(LONG);
            out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        }
    }
    out.extend(bytes);
}

/// Takes bytes with their length before them; `None` where less is left, and then some of it may be gone.
pub(crate) fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [short] = take(rest)?;
    let length = if short == LONG { u32::from_le_bytes(take(rest)?) } else { u32::from(short) };
    let (field, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(field)
}

/// Takes a text with its length before it.
pub(crate) fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(field(rest)?).ok()
}

/// Takes a number of eight bytes.
pub(crate) fn number(rest: &mut &[u8]) -> Option<u64> {
    take(rest).map(u64::from_le_bytes)
}

/// Takes so many bytes.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

/// Texts one behind the other. Ends where no whole text is left.
#[derive(Clone)]
pub(crate) struct Texts<'a>(pub(crate) &'a [u8]);

impl<'a> Texts<'a> {
    /// Takes two at a time.
    pub(crate) fn into_pairs(mut self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        std::iter::from_fn(move || Some((self.next()?, self.next()?)))
    }
}

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        text(&mut self.0)
    }

    /// Does not look at what is passed over.
    fn nth(&mut self, count: usize) -> Option<&'a str> {
        for _ in 0..count {
            field(&mut self.0)?;
        }
        self.next()
    }
}
