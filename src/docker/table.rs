//! Columns as Go's `text/tabwriter` aligns them with the settings of docker/cli: cells end in tabs, columns are at
//! least 10 wide with 3 of padding, and the last cell of a line is never padded.

use std::io::{self, BufWriter, Write};
use std::ops::Range;

use super::units;

const MIN_WIDTH: u32 = 10;
const PADDING: u32 = 3;
const BUFFER: usize = 64 * 1024;

/// Writes tab-separated cells in columns. A column reaches over neighbouring lines that have a cell in it, as in Go.
pub(super) fn align(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::of(text.strip_suffix('\n').unwrap_or(text));
    grid.measure(0..grid.starts.len() - 1, 0);
    // A line at a time is not worth a system call.
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let mut rest = text;
    for cell in &grid.cells {
        let (own, after) = rest.split_at(cell.bytes as usize);
        out.write_all(own.as_bytes())?;
        put_blanks(cell.blanks, &mut out)?;
        if after.starts_with('\n') {
            out.write_all(b"\n")?;
        }
        rest = after.get(1..).unwrap_or_default();
    }
    out.flush()
}

fn put_blanks(count: u32, out: &mut impl Write) -> io::Result<()> {
    const BLANKS: &[u8] = &[b' '; 64];
    let mut left = count as usize;
    while left > 0 {
        let some = left.min(BLANKS.len());
        out.write_all(&BLANKS[..some])?;
        left -= some;
    }
    Ok(())
}

/// A text in cells.
struct Grid {
    /// Line by line; behind each stands a tab, a line break or nothing.
    cells: Vec<Cell>,
    /// Where each line's cells begin, and where the last one's end.
    starts: Vec<usize>,
}

/// As small as it can be: a long list has many, and all are kept until it is measured.
struct Cell {
    bytes: u32,
    /// Columns; of a cell that is measured: blanks behind it.
    blanks: u32,
}

impl Grid {
    fn of(lines: &str) -> Self {
        let mut grid = Self { cells: Vec::new(), starts: vec![0] };
        let mut rest = lines;
        loop {
            // A cell has a few bytes: whatever searches many at once is slower.
            let end = rest.bytes().position(|byte| matches!(byte, b'\t' | b'\n')).unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            let bytes = short(text.len());
            if after.starts_with('\t') {
                grid.cells.push(Cell { bytes, blanks: short(units::width(text)) });
            } else {
                // Nothing is put behind the last cell of a line.
                grid.cells.push(Cell { bytes, blanks: 0 });
                grid.starts.push(grid.cells.len());
            }
            if after.is_empty() {
                return grid;
            }
            rest = &after[1..];
        }
    }

    /// Measures some lines from a column on.
    fn measure(&mut self, lines: Range<usize>, column: usize) {
        let mut rest = lines;
        while let Some(start) = rest.find(|line| self.has(*line, column)) {
            let end = rest.find(|line| !self.has(*line, column)).unwrap_or(rest.end);
            let widest = (start..end).map(|line| self.cells[self.starts[line] + column].blanks).max().unwrap_or(0);
            let width = (widest + PADDING).max(MIN_WIDTH);
            for line in start..end {
                let cell = &mut self.cells[self.starts[line] + column];
                cell.blanks = width - cell.blanks;
            }
            self.measure(start..end, column + 1);
        }
    }

    /// Tells whether a line has a cell in a column. The last cell of a line has no tab behind it and is in none.
    fn has(&self, line: usize, column: usize) -> bool {
        self.starts[line] + column + 1 < self.starts[line + 1]
    }
}

fn short(length: usize) -> u32 {
    u32::try_from(length).expect("documents are far below 4 GiB, and so is a text of theirs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        align(text, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn columns_are_at_least_ten_wide_and_the_last_is_not_padded() {
        check("REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\n", "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n");
        check("A\tB\nlonger than ten\tC\n", "A                 B\nlonger than ten   C\n");
    }

    #[test]
    fn an_empty_last_cell_leaves_the_padding_of_the_one_before() {
        check("SIZE\tCOMMENT\n0B\t\n", "SIZE      COMMENT\n0B        \n");
    }

    #[test]
    fn wide_characters_count_double() {
        check("日本\tx\n", "日本      x\n");
    }

    #[test]
    fn a_line_without_the_column_ends_it() {
        check("a long first cell\tx\nnothing\nb\ty\n", "a long first cell   x\nnothing\nb         y\n");
        check("", "");
    }
}
