//! Where a command's output goes when a line says `2>&1`, `>/dev/null` and the like. Opens no file: any other target is refused.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::{Console, Output, Person, Terminals};
use crate::pipe::Redirection;

/// Where a stream goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Out,
    Err,
    Nowhere,
}

/// Where a command's two streams go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Streams {
    out: To,
    err: To,
}

impl Streams {
    /// Reads redirections from left to right, as a shell does: `2>&1` means where standard output goes at that moment.
    ///
    /// # Errors
    /// The first redirection that would need a file.
    pub(super) fn read(redirections: &[Redirection]) -> Result<Self, &Redirection> {
        let mut streams = Self { out: To::Out, err: To::Err };
        for redirection in redirections {
            let target = redirection.target.literal();
            let Self { out, err } = streams;
            streams = match (redirection.operator.as_str(), target.as_deref()) {
                ("<", Some("/dev/null")) | (">&" | "1>&", Some("1")) | ("2>&", Some("2")) => streams,
                (">" | "1>" | ">>" | "1>>", Some("/dev/null")) => Self { out: To::Nowhere, err },
                ("2>" | "2>>", Some("/dev/null")) => Self { out, err: To::Nowhere },
                ("&>" | "&>>" | ">&", Some("/dev/null")) => Self { out: To::Nowhere, err: To::Nowhere },
                ("2>&", Some("1")) => Self { out, err: out },
                (">&" | "1>&", Some("2")) => Self { out: err, err },
                _ => return Err(redirection),
            };
        }
        Ok(streams)
    }

    /// Shows the streams that are asked for.
    pub(super) fn only(out: bool, err: bool) -> Self {
        let kept = |is_kept: bool, to: To| if is_kept { to } else { To::Nowhere };
        Self { out: kept(out, To::Out), err: kept(err, To::Err) }
    }

    /// Tells whether standard output still goes where it went.
    pub(super) fn keeps_out(self) -> bool {
        self.out == To::Out
    }

    /// Joins the ends of an output as the redirections say, and lets `then` have it.
    pub(super) async fn apply<T>(self, output: &mut Output<'_>, then: impl AsyncFnOnce(&mut Output<'_>) -> T) -> T {
        let terminals = Terminals { output: output.terminals.output && self.keeps_out(), ..output.terminals };
        let Output { out, err, input, person, console, terminals: _, columns } = output;
        let columns = *columns;
        let both: (Stream<'_>, Stream<'_>) = (Mutex::new(*out as _), Mutex::new(*err as _));
        let (mut out, mut err) = (End::of(self.out, &both), End::of(self.err, &both));
        let input = input.as_mut().map(|input| &mut **input as &mut (dyn io::BufRead + Send));
        let person = person.as_mut().map(|person| &mut **person as &mut dyn Person);
        let console = console.as_mut().map(|console| &mut **console as &mut dyn Console);
        then(&mut Output { out: &mut out, err: &mut err, input, person, console, terminals, columns }).await
    }
}

/// One end of a stream; two of them may write to the same place.
struct End<'a, 'w>(Option<&'a Stream<'w>>);

type Stream<'w> = Mutex<&'w mut (dyn Write + Send)>;

impl<'a, 'w> End<'a, 'w> {
    fn of(to: To, (out, err): &'a (Stream<'w>, Stream<'w>)) -> Self {
        Self(match to {
            To::Out => Some(out),
            To::Err => Some(err),
            To::Nowhere => None,
        })
    }
}

impl Write for End<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0 {
            Some(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0 {
            Some(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).flush(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipe::Script;

    #[track_caller]
    fn check(line: &str, expected: Result<(To, To), &str>) {
        let script = Script::parse(line).unwrap();
        let read = Streams::read(&script.steps[0].commands[0].redirections);
        let read = read.map(|streams| (streams.out, streams.err)).map_err(|refused| refused.operator.as_str());
        assert_eq!(read, expected, "{line}");
    }

    #[test]
    fn redirections_are_read_from_left_to_right() {
        check("x", Ok((To::Out, To::Err)));
        check("x 2>&1", Ok((To::Out, To::Out)));
        check("x >/dev/null 2>&1", Ok((To::Nowhere, To::Nowhere)));
        check("x 2>&1 > /dev/null", Ok((To::Nowhere, To::Out)));
        check("x 2>/dev/null", Ok((To::Out, To::Nowhere)));
        check("x &>/dev/null", Ok((To::Nowhere, To::Nowhere)));
        check("x >&2", Ok((To::Err, To::Err)));
        check("x </dev/null", Ok((To::Out, To::Err)));
    }

    #[test]
    fn what_needs_a_file_is_refused() {
        check("x > y", Err(">"));
        check("x 2>&1 >> y", Err(">>"));
        check("x < y", Err("<"));
        check("x 3>&1", Err("3>&"));
        check("x > $(y)", Err(">"));
        check("x << EOF", Err("<<"));
    }
}
