//! The lines of a pull: one after the other in a pipe, redrawn in place on a terminal
//! (moby, pkg/jsonmessage). Knows what a line looks like, not what a pull is.

use std::io::{self, Write};

use super::units;

/// Columns of the bar between its brackets.
const BAR: usize = 50;
/// A terminal wider than this shows the bar.
const BAR_FROM: usize = 110;

/// What is known about something that grows; all zero where nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// Bytes so far.
    pub(super) current: u64,
    /// Bytes in all; 0 where that is not known.
    pub(super) total: u64,
}

impl Amount {
    /// Writes bar and numbers for a terminal of so many columns.
    fn text(self, columns: usize) -> String {
        let Self { current, total } = self;
        if current == 0 && total == 0 {
            return String::new();
        }
        if total == 0 {
            return format!("{:>8}", units::long_size(current));
        }
        let bar = if columns > BAR_FROM { self.bar() } else { String::new() };
        let current_text = units::long_size(current);
        // More than all: the total was wrong and is not shown.
        if current > total {
            format!("{bar}{current_text:>8}")
        } else {
            format!("{bar}{current_text:>8}/{}", units::long_size(total))
        }
    }

    fn bar(self) -> String {
        let percent = u128::from(self.current) * 100 / u128::from(self.total);
        let filled = usize::try_from(percent / 2).map_or(BAR, |half| half.min(BAR));
        format!("[{}>{}] ", "=".repeat(filled), " ".repeat(BAR - filled))
    }
}

/// Where the lines go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Display {
    /// A pipe or file: a line an event, none for mere progress.
    Plain,
    /// A terminal.
    Terminal {
        /// Tells its columns.
        columns: fn() -> usize,
    },
}

/// Writes lines; those with an ID are drawn over on a terminal.
pub(super) struct Progress<'a> {
    out: &'a mut (dyn Write + Send),
    display: Display,
    ids: Vec<String>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), display: Display) -> Self {
        Self { out, display, ids: Vec::new() }
    }

    /// Writes a line that stays: everything above it is history from then on.
    pub(super) fn message(&mut self, text: &str) -> io::Result<()> {
        self.ids.clear();
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Writes the state of the thing called `id`.
    pub(super) fn update(&mut self, id: &str, status: &str, amount: Amount) -> io::Result<()> {
        match self.display {
            Display::Plain if amount == Amount::default() => writeln!(self.out, "{id}: {status}")?,
            Display::Plain => {}
            Display::Terminal { columns } => {
                let up = self.lines_up(id)?;
                let amount = amount.text(columns());
                write!(self.out, "\x1b[{up}A\x1b[2K\r{id}: {status} {amount}\r\x1b[{up}B")?;
            }
        }
        self.out.flush()
    }

    /// Counts the lines from the cursor up to that of `id`, which is made where there is none.
    fn lines_up(&mut self, id: &str) -> io::Result<usize> {
        if let Some(line) = self.ids.iter().position(|known| known == id) {
            return Ok(self.ids.len() - line);
        }
        writeln!(self.out)?;
        self.ids.push(id.to_owned());
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn bars_are_what_docker_draws() {
        let mut checked = 0;
        for line in include_str!("../../tests/it/recorded/progress_bar.jsonl").lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let of = |name: &str| case["p"][name].as_u64().unwrap_or(0);
            // No pull counts in other units than bytes or hides its counts.
            if case["p"].get("units").is_some() || case["p"].get("hidecounts").is_some() {
                continue;
            }
            let amount = Amount { current: of("current"), total: of("total") };
            let columns = usize::try_from(case["width"].as_u64().unwrap()).unwrap();
            assert_eq!(amount.text(columns), case["out"], "{case}");
            checked += 1;
        }
        assert_eq!(checked, 33);
    }

    fn draw(display: Display) -> String {
        let mut out = Vec::new();
        let mut progress = Progress::new(&mut out, display);
        progress.message("latest: Pulling from library/redis").unwrap();
        progress.update("aaaa", "Pulling fs layer", Amount::default()).unwrap();
        progress.update("bbbb", "Waiting", Amount::default()).unwrap();
        progress.update("aaaa", "Downloading", Amount { current: 500, total: 1000 }).unwrap();
        progress.update("aaaa", "Pull complete", Amount::default()).unwrap();
        progress.message("Digest: sha256:1").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_pipe_gets_a_line_an_event_and_no_progress() {
        insta::assert_snapshot!(draw(Display::Plain), @r"
        latest: Pulling from library/redis
        aaaa: Pulling fs layer
        bbbb: Waiting
        aaaa: Pull complete
        Digest: sha256:1
        ");
    }

    #[test]
    fn a_terminal_is_drawn_over() {
        let drawn = draw(Display::Terminal { columns: || 80 }).replace('\x1b', "ESC").replace('\r', "<CR>");
        insta::assert_snapshot!(drawn, @r"
        latest: Pulling from library/redis

        ESC[1AESC[2K<CR>aaaa: Pulling fs layer <CR>ESC[1B
        ESC[1AESC[2K<CR>bbbb: Waiting <CR>ESC[1BESC[2AESC[2K<CR>aaaa: Downloading     500B/1kB<CR>ESC[2BESC[2AESC[2K<CR>aaaa: Pull complete <CR>ESC[2BDigest: sha256:1
        ");
    }
}
