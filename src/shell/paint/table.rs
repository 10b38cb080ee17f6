//! Tables: columns where they fit, wrapped in their cells where they do not; one line a row in the linear form.
//! An empty head is left out.

use super::inline;
use super::theme::{Form, Part, Style};
use super::wrap::{self, Margin, visible_width};

const BETWEEN: usize = 3;
/// A column is never narrower, however little room there is.
const NARROWEST: usize = 6;

/// Paints a table; each line ends with a newline.
pub(super) fn paint(head: &[String], rows: &[Vec<String>], margin: &Margin, style: Style) -> String {
    match style.form {
        Form::Drawn => drawn(head, rows, margin, style),
        Form::Linear => linear(head, rows, margin, style),
    }
}

/// `Header: cell; header: cell.` one row after the other.
fn linear(head: &[String], rows: &[Vec<String>], margin: &Margin, style: Style) -> String {
    let cell =
        |(name, cell): (&String, &String)| if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") };
    let row = |row: &Vec<String>| {
        let filled = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let text: Vec<String> = filled.map(cell).collect();
        wrap::paragraph(&text.join("; "), &margin.hang("- "), style)
    };
    rows.iter().filter(|cells| cells.iter().any(|cell| !cell.is_empty())).map(row).collect()
}

fn drawn(head: &[String], rows: &[Vec<String>], margin: &Margin, style: Style) -> String {
    let room = style.width.saturating_sub(visible_width(&margin.later));
    let widths = widths(head, rows, room, style);
    let mut lines = Vec::new();
    if head.iter().any(|cell| !cell.is_empty()) {
        lines = row(head, &widths, style, Part::Strong);
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        lines.push(style.paint(Part::Quiet, &rule.join(&" ".repeat(BETWEEN))));
    }
    for cells in rows {
        lines.extend(row(cells, &widths, style, Part::Text));
    }
    let left = |number: usize| if number == 0 { &margin.first } else { &margin.later };
    let whole = lines.iter().enumerate().map(|(number, line)| format!("{}{line}", left(number)));
    whole.flat_map(|line| [line.trim_end().to_owned(), "\n".to_owned()]).collect()
}

/// Gives each column what it wants, then takes from the widest until all fit.
fn widths(head: &[String], rows: &[Vec<String>], room: usize, style: Style) -> Vec<usize> {
    let wanted = |column: usize| {
        let cells = std::iter::once(&head[column]).chain(rows.iter().map(|row| &row[column]));
        let width = |cell: &String| visible_width(&cell_lines(cell, usize::MAX, style, Part::Text).join(" "));
        cells.map(width).max().unwrap_or(0).max(1)
    };
    let mut widths: Vec<usize> = (0..head.len()).map(wanted).collect();
    let room = room.saturating_sub(BETWEEN * head.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) else { break };
        *widest -= 1;
    }
    widths
}

/// Lays out the cells of one row side by side, as many lines as the highest needs.
fn row(cells: &[String], widths: &[usize], style: Style, part: Part) -> Vec<String> {
    let columns: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(cell, width)| cell_lines(cell, *width, style, part)).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let line = |number: usize| {
        let fill = |(lines, width): (&Vec<String>, &usize)| {
            let text = lines.get(number).cloned().unwrap_or_default();
            let blank = width.saturating_sub(visible_width(&text));
            format!("{text}{}", " ".repeat(blank))
        };
        columns.iter().zip(widths).map(fill).collect::<Vec<_>>().join(&" ".repeat(BETWEEN))
    };
    (0..height).map(line).collect()
}

fn cell_lines(cell: &str, width: usize, style: Style, part: Part) -> Vec<String> {
    let mut spans = inline::parse(cell);
    for span in spans.iter_mut().filter(|span| span.part == Part::Text && style.ink == super::Ink::Colour) {
        span.part = part;
    }
    wrap::lines(&spans, width, width, style)
}
