//! Lines of a person while something else may happen: the line editor waits in a thread of its own, and what is said meanwhile
//! comes above the line that is being typed, which stays as it is.

use std::io::{self, Empty, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::super::complete::Known;
use super::super::input::{Hands, Heard, LineSource};
use super::super::row::Row;
use super::super::screen::Sink;
use super::super::typing::Above;

/// What was seen while a line was awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing new.
    Same,
    /// This is to be said.
    Say(String),
    /// The line is not awaited any more by whoever asked for it.
    Leave,
}

/// Someone who types.
pub(super) type Typist = Box<dyn LineSource + Send>;

/// Lines that are awaited in a thread.
pub(super) struct Waiting<'a> {
    /// Who types, while no line is awaited.
    typist: Option<Typist>,
    reading: Option<Receiver<(Typist, io::Result<Heard>)>>,
    above: Above,
    aside: Aside,
    /// Looks whether something has happened.
    look: &'a dyn Fn() -> Look,
    /// How often it looks.
    every: Duration,
    nobody: Empty,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(typist: Typist, above: Above, aside: Aside, look: &'a dyn Fn() -> Look, every: Duration) -> Self {
        Self { typist: Some(typist), reading: None, above, aside, look, every, nobody: io::empty() }
    }

    /// Tells whether a line is being typed.
    pub(super) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Begins to wait for a line, or goes on; what was put aside is said first.
    fn begin(&mut self, prompt: &str) {
        let Some(mut typist) = self.typist.take() else {
            self.say_aside();
            return;
        };
        let (send, receive) = channel();
        let prompt = prompt.to_owned();
        self.aside.begin();
        self.reading = Some(receive);
        thread::spawn(move || {
            let heard = typist.next_line(&prompt);
            // Nobody listens where the program ends.
            let _ = send.send((typist, heard));
        });
    }

    fn say_aside(&mut self) {
        let text = self.aside.take();
        if !text.is_empty() {
            (self.above)(text);
        }
    }
}

impl LineSource for Waiting<'_> {
    /// While a line is being typed, nobody can type another.
    fn hands(&mut self) -> Hands<'_> {
        match &mut self.typist {
            Some(typist) => typist.hands(),
            None => Hands { answers: &mut self.nobody, console: None, person: None },
        }
    }

    /// A line that is not awaited any more counts as interrupted; the next one goes on with what was typed of it.
    fn next_line(&mut self, prompt: &str) -> io::Result<Heard> {
        self.begin(prompt);
        loop {
            let Some(reading) = &self.reading else { return Err(io::Error::other("the line editor is gone")) };
            match reading.recv_timeout(self.every) {
                Ok((typist, heard)) => {
                    (self.typist, self.reading) = (Some(typist), None);
                    self.aside.end();
                    return heard;
                }
                Err(RecvTimeoutError::Disconnected) => self.reading = None,
                Err(RecvTimeoutError::Timeout) => match (self.look)() {
                    Look::Same => {}
                    Look::Say(text) => (self.above)(text),
                    Look::Leave => return Ok(Heard::Interrupted),
                },
            }
        }
    }

    fn row(&self) -> Row {
        self.typist.as_ref().map(|typist| typist.row()).unwrap_or_default()
    }

    fn was_interrupted(&mut self) -> bool {
        self.typist.as_mut().is_some_and(|typist| typist.was_interrupted())
    }

    fn offer(&mut self, known: &mut dyn FnMut() -> Known) {
        if let Some(typist) = &mut self.typist {
            typist.offer(known);
        }
    }
}

/// Where writing goes aside while a line is being typed.
#[derive(Clone, Default)]
pub(super) struct Aside(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    typing: bool,
    bytes: Vec<u8>,
}

impl Aside {
    /// Returns a sink that leads to `live` while no line is being typed.
    pub(super) fn sink(&self, live: Sink) -> Sink {
        Sink::new(Side { aside: self.clone(), live })
    }

    fn begin(&self) {
        self.lock().typing = true;
    }

    fn end(&self) {
        self.lock().typing = false;
    }

    fn take(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.lock().bytes)).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Side {
    aside: Aside,
    live: Sink,
}

impl Write for Side {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.aside.lock();
        if kept.typing {
            kept.bytes.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        drop(kept);
        self.live.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.live.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::sync::mpsc::Sender;

    use super::*;

    /// Someone who types what a test says, when it says so.
    struct Dictated(Receiver<Heard>, Empty);

    impl LineSource for Dictated {
        fn next_line(&mut self, _: &str) -> io::Result<Heard> {
            Ok(self.0.recv().unwrap_or(Heard::Ended))
        }

        fn hands(&mut self) -> Hands<'_> {
            Hands { answers: &mut self.1, console: None, person: None }
        }
    }

    /// Looks that come one after the other; behind the last one the line is typed.
    struct Scene {
        looks: RefCell<VecDeque<Look>>,
        dictate: Sender<Heard>,
        typed: Receiver<Heard>,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl Scene {
        fn new(looks: &[Look]) -> (Self, Sender<Heard>) {
            let (dictate, typed) = channel();
            let looks = RefCell::new(looks.to_vec().into());
            (Self { looks, dictate: dictate.clone(), typed, seen: Arc::default() }, dictate)
        }
    }

    fn line(text: &str) -> Heard {
        Heard::Line(text.to_owned())
    }

    #[test]
    fn what_happens_while_a_line_is_typed_is_said_above_it() {
        let (scene, _keep) = Scene::new(&[Look::Same, Look::Say("Broken.".to_owned()), Look::Leave, Look::Same]);
        let Scene { looks, dictate, typed, seen } = scene;
        let look = || {
            looks.borrow_mut().pop_front().unwrap_or_else(|| {
                let _ = dictate.send(line("7"));
                Look::Same
            })
        };
        let said = Arc::clone(&seen);
        let above: Above = Box::new(move |text| said.lock().unwrap().push(text));
        let aside = Aside::default();
        let mut out = aside.sink(Sink::new(io::sink()));
        let typist = Box::new(Dictated(typed, io::empty()));
        let mut lines = Waiting::new(typist, above, aside.clone(), &look, Duration::from_millis(1));
        assert_eq!(lines.next_line("a > ").unwrap(), Heard::Interrupted);
        assert!(lines.is_reading() && lines.hands().console.is_none());
        out.write_all(b"The step anew.\n").unwrap();
        assert_eq!(lines.next_line("a > ").unwrap(), line("7"));
        assert!(!lines.is_reading());
        assert_eq!(*seen.lock().unwrap(), ["Broken.", "The step anew.\n"]);
    }

    #[test]
    fn what_is_written_while_nobody_types_goes_through() {
        let aside = Aside::default();
        let mut out = aside.sink(Sink::new(io::sink()));
        out.write_all(b"seen").unwrap();
        assert_eq!(aside.take(), "");
        aside.begin();
        out.write_all(b"kept").unwrap();
        aside.end();
        assert_eq!(aside.take(), "kept");
    }
}
