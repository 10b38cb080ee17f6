//! A sheet of characters on which boxes are drawn; where edges meet, they join.

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// A sheet.
pub(super) struct Canvas {
    rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Copy)]
enum Cell {
    Text(char),
    /// Edges that go out from here.
    Edge(u8),
}

impl Canvas {
    /// Takes a sheet.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { rows: vec![vec![Cell::Text(' '); width]; height] }
    }

    /// Draws a box with these corners.
    pub(super) fn frame(&mut self, left: usize, top: usize, right: usize, bottom: usize) {
        for x in left..right {
            for y in [top, bottom] {
                self.edge(x, y, RIGHT);
                self.edge(x + 1, y, LEFT);
            }
        }
        for y in top..bottom {
            for x in [left, right] {
                self.edge(x, y, DOWN);
                self.edge(x, y + 1, UP);
            }
        }
    }

    fn edge(&mut self, x: usize, y: usize, direction: u8) {
        let Some(cell) = self.rows.get_mut(y).and_then(|row| row.get_mut(x)) else { return };
        *cell = match *cell {
            Cell::Text(_) => Cell::Edge(direction),
            Cell::Edge(known) => Cell::Edge(known | direction),
        };
    }

    /// Writes a text; what does not fit is left out.
    pub(super) fn write(&mut self, x: usize, y: usize, text: &str) {
        let Some(row) = self.rows.get_mut(y) else { return };
        for (cell, character) in row.iter_mut().skip(x).zip(text.chars()) {
            *cell = Cell::Text(character);
        }
    }

    /// Returns the sheet as lines.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |row: &Vec<Cell>| row.iter().map(|cell| cell.character()).collect::<String>().trim_end().to_owned();
        self.rows.iter().map(line).collect()
    }
}

impl Cell {
    fn character(self) -> char {
        const JOINTS: [char; 16] = [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];
        match self {
            Self::Text(character) => character,
            Self::Edge(directions) => JOINTS[usize::from(directions & 15)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_touch_share_their_edges() {
        let mut canvas = Canvas::new(9, 5);
        canvas.frame(0, 0, 3, 2);
        canvas.frame(5, 0, 8, 2);
        canvas.frame(0, 2, 8, 4);
        canvas.write(1, 3, "shared");
        assert_eq!(canvas.lines(), ["┌──┐ ┌──┐", "│  │ │  │", "├──┴─┴──┤", "│shared │", "└───────┘"]);
    }
}
