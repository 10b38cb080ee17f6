//! Columns as Go's `text/tabwriter` aligns them with the settings of docker/cli: cells end in tabs, columns are at
//! least 10 wide with 3 of padding, and the last cell of a line is never padded.

use super::units;

const MIN_WIDTH: usize = 10;
const PADDING: usize = 3;

/// A cell with its width in columns.
#[derive(Clone, Copy)]
struct Cell<'a> {
    text: &'a str,
    width: usize,
}

/// Aligns tab-separated cells. A column reaches over neighbouring lines that have a cell in it, as in Go.
pub(super) fn align(text: &str) -> String {
    let cell = |text| Cell { text, width: units::width(text) };
    let mut cells = Vec::with_capacity(text.len() / MIN_WIDTH);
    let mut ends = Vec::new();
    let whole = text.strip_suffix('\n');
    for line in whole.unwrap_or(text).split('\n') {
        cells.extend(line.split('\t').map(cell));
        ends.push(cells.len());
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let lines: Vec<&[Cell<'_>]> = starts.zip(&ends).map(|(start, end)| &cells[start..*end]).collect();
    let mut out = String::with_capacity(text.len() * 2);
    block(&lines, &mut Vec::new(), &mut out);
    if whole.is_none() {
        out.pop();
    }
    out
}

/// Writes lines that share the columns in `widths`.
fn block(lines: &[&[Cell<'_>]], widths: &mut Vec<usize>, out: &mut String) {
    let column = widths.len();
    // The last cell of a line has no tab behind it and is no part of a column.
    let is_in_column = |line: &&[Cell<'_>]| column + 1 < line.len();
    let mut rest = lines;
    while let Some(start) = rest.iter().position(is_in_column) {
        rest[..start].iter().for_each(|line| pad(line, widths, out));
        let length = rest[start..].iter().take_while(|line| is_in_column(line)).count();
        let cells = &rest[start..start + length];
        let widest = cells.iter().map(|line| line[column].width).max().unwrap_or(0);
        widths.push((widest + PADDING).max(MIN_WIDTH));
        block(cells, widths, out);
        widths.pop();
        rest = &rest[start + length..];
    }
    rest.iter().for_each(|line| pad(line, widths, out));
}

fn pad(line: &[Cell<'_>], widths: &[usize], out: &mut String) {
    for (at, cell) in line.iter().enumerate() {
        out.push_str(cell.text);
        if let Some(width) = widths.get(at) {
            out.extend(std::iter::repeat_n(' ', width - cell.width));
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(align(text), expected);
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
