//! Lines as GNU tools see them: a newline ends a line, and the last one may lack it.

/// Iterates over lines without their newlines; text behind the last newline is a line too.
pub(super) fn lines(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let count = usize::from(!text.is_empty());
    std::iter::repeat_n(body, count).flat_map(|body| body.split(|byte| *byte == b'\n'))
}

/// Appends a line and its newline.
pub(super) fn push(out: &mut Vec<u8>, line: &[u8]) {
    out.extend_from_slice(line);
    out.push(b'\n');
}
