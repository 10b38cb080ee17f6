//! Columns as Go's `text/tabwriter` aligns them with the settings of docker/cli: cells end in tabs, columns are at
//! least 10 wide with 3 of padding, and the last cell of a line is never padded.

use super::units;

const MIN_WIDTH: usize = 10;
const PADDING: usize = 3;

/// Aligns tab-separated cells. A column reaches over neighbouring lines that have a cell in it, as in Go.
pub(super) fn align(text: &str) -> String {
    let mut lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
    let ends_in_newline = text.ends_with('\n');
    if ends_in_newline {
        lines.pop();
    }
    let mut out = Vec::with_capacity(lines.len());
    block(&lines, &mut Vec::new(), &mut out);
    let mut text = out.join("\n");
    if ends_in_newline {
        text.push('\n');
    }
    text
}

/// Writes lines that share the columns in `widths`.
fn block(lines: &[Vec<&str>], widths: &mut Vec<usize>, out: &mut Vec<String>) {
    let column = widths.len();
    // The last cell of a line has no tab behind it and is no part of a column.
    let is_in_column = |line: &Vec<&str>| column + 1 < line.len();
    let mut rest = lines;
    while let Some(start) = rest.iter().position(is_in_column) {
        out.extend(rest[..start].iter().map(|line| pad(line, widths)));
        let length = rest[start..].iter().take_while(|line| is_in_column(line)).count();
        let cells = &rest[start..start + length];
        let widest = cells.iter().map(|line| units::width(line[column])).max().unwrap_or(0);
        widths.push((widest + PADDING).max(MIN_WIDTH));
        block(cells, widths, out);
        widths.pop();
        rest = &rest[start + length..];
    }
    out.extend(rest.iter().map(|line| pad(line, widths)));
}

fn pad(line: &[&str], widths: &[usize]) -> String {
    let mut text = String::new();
    for (at, cell) in line.iter().enumerate() {
        text.push_str(cell);
        if let Some(width) = widths.get(at) {
            text.extend(std::iter::repeat_n(' ', width - units::width(cell)));
        }
    }
    text
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
