//! What is typed into a shell on a terminal, and the file that keeps it: `docker diff` shows it. Busybox's ash writes each line at once
//! (shell/ash.c, libbb/lineedit.c), bash all of them when it ends (bashhist.c); both read the file when they begin. Debian's sh keeps
//! none.

use super::{Dialect, Session};

/// Lines that bash's file has at most (`HISTFILESIZE`).
const MOST: usize = 500;

impl Session<'_> {
    /// Returns the lines that can be had again, the newest last.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Begins with the lines that were typed into a shell before.
    pub(super) fn recall(&mut self) {
        let name = match self.dialect {
            Dialect::Busybox => ".ash_history",
            Dialect::Bash => ".bash_history",
            Dialect::Dash => return,
        };
        if !self.settings.tty {
            return;
        }
        if self.value("HISTFILE").is_none()
            && let Some(home) = self.value("HOME")
        {
            let path = format!("{}/{name}", home.trim_end_matches('/'));
            self.set("HISTFILE", &path);
        }
        self.history = self.kept().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    }

    /// Remembers a line; `before` are the lines of what it goes on with.
    pub(super) fn remember(&mut self, line: &str, before: &str) {
        if line.trim().is_empty() {
            return;
        }
        match (self.dialect, self.history.last_mut()) {
            (Dialect::Busybox, Some(last)) if last == line => return,
            // Bash keeps the lines of one command as one.
            (Dialect::Bash, Some(last)) if !before.is_empty() => {
                last.push_str(between(before));
                last.push_str(line);
            }
            _ => {
                self.history.push(line.to_owned());
                self.remembered += 1;
            }
        }
        if self.settings.tty && self.dialect == Dialect::Busybox {
            let kept = self.kept();
            self.keep(&format!("{kept}{line}\n"));
        }
    }

    /// Writes what bash has remembered since it began.
    pub(super) fn keep_history(&mut self) {
        let new = std::mem::take(&mut self.remembered).min(self.history.len());
        if !self.settings.tty || self.dialect != Dialect::Bash || new == 0 {
            return;
        }
        let kept = self.kept();
        let new = &self.history[self.history.len() - new..];
        let all: Vec<&str> = kept.lines().chain(new.iter().flat_map(|entry| entry.lines())).collect();
        let text: String = all[all.len().saturating_sub(MOST)..].iter().map(|line| format!("{line}\n")).collect();
        self.keep(&text);
    }

    fn kept(&self) -> String {
        let text = self.value("HISTFILE").filter(|path| !path.is_empty()).and_then(|path| self.read(path).ok());
        String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()
    }

    fn keep(&mut self, text: &str) {
        if let Some(path) = self.value("HISTFILE").filter(|path| !path.is_empty()).map(str::to_owned) {
            // Where it cannot be written, the shell says nothing either.
            let _ = self.write(&path, text.as_bytes(), 0o600);
        }
    }
}

/// What bash puts between two lines of a command (parse.y, `history_delimiting_chars`).
fn between(before: &str) -> &'static str {
    const OPEN: &[&str] = &["do", "then", "else", "elif", "if", "while", "until", "in", "&&", "||", "|", ";"];
    let is_text = before.contains("<<") || before.chars().filter(|c| matches!(c, '\'' | '"')).count() % 2 == 1;
    let last = before.split_whitespace().next_back().unwrap_or_default();
    match last {
        _ if is_text => "\n",
        _ if last.ends_with([';', '|', '&']) || OPEN.contains(&last) => " ",
        _ => "; ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, expected: &str) {
        assert_eq!(between(before), expected, "{before}");
    }

    #[test]
    fn lines_of_a_command_are_joined_as_bash_joins_them() {
        check("for f in a b", "; ");
        check("for f in a b\ndo", " ");
        check("true &&", " ");
        check("echo 'a", "\n");
        check("cat <<E", "\n");
    }
}
