//! How many rows of a terminal a text takes.

use unicode_width::UnicodeWidthChar;

/// Columns between two stops of a tab.
const TAB: usize = 8;

/// Counts the rows by which a text moves the cursor down, each line wrapped at `columns`. What is drawn anew in its place counts once.
pub(super) fn rows(text: &str, columns: usize) -> usize {
    let columns = columns.max(1);
    let (mut row, mut column) = (0_usize, 0_usize);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\n' => (row, column) = (row + 1, 0),
            '\r' => column = 0,
            '\t' => column = (column / TAB + 1) * TAB,
            '\u{1b}' => row = moved(row, &mut characters),
            other => {
                let width = other.width().unwrap_or_default();
                if column + width > columns {
                    (row, column) = (row + 1, 0);
                }
                column += width;
            }
        }
    }
    row + usize::from(column > 0)
}

/// Reads what stands behind an escape, `[3A` for example, and moves up or down where it says so.
fn moved(row: usize, characters: &mut std::str::Chars<'_>) -> usize {
    let mut number = String::new();
    for character in characters.skip_while(|character| *character == '[') {
        if character.is_ascii_digit() || character == ';' {
            number.push(character);
            continue;
        }
        let by = number.parse().unwrap_or(1);
        return match character {
            'A' => row.saturating_sub(by),
            'B' => row + by,
            _ => row,
        };
    }
    row
}

/// Splits a text behind the last line that ends within `room` rows; behind the first in any case, however many it takes.
pub(super) fn split(text: &str, room: usize, columns: usize) -> (&str, &str) {
    let (mut used, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        used += rows(line, columns);
        if at > 0 && used > room {
            break;
        }
        at += line.len();
    }
    text.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: usize) {
        assert_eq!(rows(text, 10), expected, "{text:?}");
    }

    #[test]
    fn a_long_line_takes_several_rows() {
        check("", 0);
        check("a", 1);
        check("a\nb\n", 2);
        check("\n\n", 2);
        check("0123456789\n", 1);
        check("0123456789a\n", 2);
        check("層層層層層層\n", 2);
        check("a\tb\tc\n", 2);
    }

    #[test]
    fn what_is_drawn_anew_counts_once() {
        check("\u{1b}[1;34mblue\u{1b}[0m\n", 1);
        check("one\ntwo\n\u{1b}[2A\u{1b}[2K\rone!\n\u{1b}[2K\rtwo!\n", 2);
        check("one\ntwo\n\u{1b}[2A\u{1b}[2B", 2);
        check("Downloading\rDone\n", 2);
    }

    #[test]
    fn a_text_is_split_between_lines() {
        assert_eq!(split("a\nb\nc\n", 2, 10), ("a\nb\n", "c\n"));
        assert_eq!(split("a\nb\nc\n", 3, 10), ("a\nb\nc\n", ""));
        assert_eq!(split("0123456789abc\nb\n", 1, 10), ("0123456789abc\n", "b\n"));
        assert_eq!(split("", 1, 10), ("", ""));
    }
}
