//! What was cut off an output, and how more of it is shown.

use super::rows::{rows, split};
use super::screen::Screen;
use super::sight::Sight;
use crate::tutor::{Portion, Prompt, Tone};

/// Said where there is no more.
const WHOLE: &str = "No output is cut: there is no more to show.";

/// What was not shown of the last output that was cut. A shorter output, which is shown whole, leaves it.
#[derive(Default)]
pub(super) struct Cut(String);

impl Cut {
    /// Keeps what is left of an output, and says so; nothing where nothing is left.
    pub(super) fn off(&mut self, rest: String, sight: &mut Sight, screen: &mut Screen) {
        if rest.is_empty() {
            return;
        }
        let word = screen.painter().cut(rest.lines().count());
        screen.write(&word);
        sight.wrote("\n");
        self.0 = rest;
    }

    /// Shows more: as much as fits beside the task, or all.
    pub(super) fn more(&mut self, portion: Portion, prompt: Option<&Prompt>, sight: &mut Sight, screen: &mut Screen) {
        let rest = std::mem::take(&mut self.0);
        if rest.is_empty() {
            screen.say(Tone::Info, WHOLE);
            sight.said(Tone::Info, WHOLE);
            return;
        }
        let room = match portion {
            Portion::Screenful => sight.screenful(prompt),
            Portion::All => usize::MAX,
        };
        let (mut now, mut later) = split(&rest, room, sight.columns());
        if rows(later, sight.columns()) <= 1 {
            (now, later) = (&rest, "");
        }
        screen.write(now);
        if !now.ends_with('\n') {
            screen.write("\n");
        }
        sight.wrote(now);
        self.off(later.to_owned(), sight, screen);
    }
}
