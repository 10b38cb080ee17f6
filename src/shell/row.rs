//! The row of the cursor: what commands have written since the last line break. The line editor draws the whole row, so that a question
//! or an output without a line break stays before what is typed.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unicode_width::UnicodeWidthChar;

use super::screen::Sink;

/// More than any row holds, in bytes.
const MOST: usize = 4096;

/// What stands before the cursor.
#[derive(Clone, Default)]
pub(super) struct Row(Arc<Mutex<Vec<u8>>>);

impl Row {
    /// Returns a sink that leads to `live` and is watched.
    pub(super) fn sink(&self, live: Sink) -> Sink {
        Sink::new(Watching { row: self.clone(), live })
    }

    fn wrote(&self, bytes: &[u8]) {
        let mut row = self.lock();
        match bytes.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(end) => {
                row.clear();
                row.extend(&bytes[end + 1..]);
            }
            None => row.extend(bytes),
        }
        let excess = row.len().saturating_sub(MOST);
        row.drain(..excess);
    }

    /// Returns what stands there, on a terminal of so many columns, and begins anew: whatever comes next ends the row. `None` where the
    /// cursor was moved.
    pub(super) fn take(&self, columns: usize) -> Option<String> {
        let bytes = std::mem::take(&mut *self.lock());
        let text = String::from_utf8_lossy(&bytes);
        if text.chars().any(char::is_control) {
            return None;
        }
        // What a longer line has on the rows above stays there.
        let (mut column, mut begin) = (0, 0);
        for (at, c) in text.char_indices() {
            let width = c.width().unwrap_or_default();
            if column + width > columns {
                (column, begin) = (0, at);
            }
            column += width;
        }
        Some(text[begin..].to_owned())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sink whose last row is known.
struct Watching {
    row: Row,
    live: Sink,
}

impl Write for Watching {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.live.write(bytes)?;
        self.row.wrote(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.live.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[&str], expected: Option<&str>) {
        let row = Row::default();
        let mut sink = row.sink(Sink::new(io::sink()));
        for piece in pieces {
            sink.write_all(piece.as_bytes()).unwrap();
        }
        assert_eq!(row.take(10).as_deref(), expected);
        assert_eq!(row.take(10).as_deref(), Some(""));
    }

    #[test]
    fn a_row_is_what_was_written_since_the_last_line_break() {
        check(&["a\nb", "c"], Some("bc"));
        check(&["[y/N] "], Some("[y/N] "));
        check(&["a\n", "b\n"], Some(""));
        check(&["10 %\r", "20 %"], Some("20 %"));
    }

    #[test]
    fn of_a_long_line_the_last_row_counts() {
        check(&["0123456789"], Some("0123456789"));
        check(&["0123456789ab"], Some("ab"));
        check(&["日本語日本語"], Some("語"));
    }

    #[test]
    fn where_the_cursor_was_moved_nothing_is_known() {
        check(&["\u{1b}[31mred"], None);
    }
}
