//! Running a compiled program over the inputs.

use std::cell::Cell;

use jaq_core::{Ctx, Filter, Vars};
use jaq_json::Val;
use jaq_std::input::{Inputs, RcIter};

use super::super::Outcome;
use super::data::{Data, World};
use super::error::{sentence, shown};
use super::read::Reader;
use super::write::{Style, write};
use super::{Settings, compile};

/// Most bytes that a program may print.
const MAX_OUTPUT: usize = 64 << 20;

/// Compiles and runs a program on a text.
pub(super) fn run(program: &str, settings: Settings, text: &[u8]) -> Outcome {
    let filter = match compile::compile(program) {
        Ok(filter) => filter,
        Err(sentence) => return Outcome::failed(&sentence, 3),
    };
    let line = Cell::new(0);
    let broken = Cell::new(false);
    let inputs = RcIter::new(inputs(settings, text, &line).inspect(|item| broken.set(broken.get() || item.is_err())));
    let mut run =
        Run { filter: &filter, inputs: &inputs, line: &line, settings, outcome: Outcome::default(), last: None };
    if settings.null_input {
        run.one(Val::Null);
    } else {
        run.all(&inputs);
    }
    run.finish()
}

/// Makes the inputs: values, lines, or all of them as one.
fn inputs<'a>(
    settings: Settings,
    text: &'a [u8],
    line: &'a Cell<usize>,
) -> Box<dyn Iterator<Item = Result<Val, String>> + 'a> {
    let string = |bytes: &[u8]| Val::utf8_str(String::from_utf8_lossy(bytes).into_owned());
    if settings.raw_input && settings.slurp {
        return Box::new(std::iter::once(Ok(string(text))));
    }
    if settings.raw_input {
        let lines = super::super::lines::lines(text);
        return Box::new(lines.map(move |raw| {
            line.set(line.get() + 1);
            Ok(string(raw))
        }));
    }
    let values = Reader::new(text).map(move |item| {
        let (value, at) = item?;
        line.set(at);
        Ok(value)
    });
    if settings.slurp {
        // Nothing is read before it is asked for.
        return Box::new(std::iter::once_with(move || values.collect::<Result<Val, String>>()));
    }
    Box::new(values)
}

struct Run<'a> {
    filter: &'a Filter<Data>,
    inputs: Inputs<'a, Val>,
    line: &'a Cell<usize>,
    settings: Settings,
    outcome: Outcome,
    last: Option<Val>,
}

/// Whether the run goes on behind an input.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    Stop,
}

impl<'a> Run<'a> {
    fn all(&mut self, inputs: Inputs<'a, Val>) {
        for input in inputs {
            match input {
                Ok(value) => {
                    if self.one(value) == Next::Stop {
                        break;
                    }
                }
                Err(problem) => {
                    self.outcome.complain(&format!("parse error: {problem}"), 2);
                    break;
                }
            }
        }
    }

    fn one(&mut self, value: Val) -> Next {
        // As in jq, the last input's fate is the exit status.
        self.outcome.status = 0;
        let context = Ctx::<Data>::new(World { lut: &self.filter.lut, inputs: self.inputs }, Vars::new([]));
        for result in self.filter.id.run((context, value)) {
            let printed = match result {
                Ok(value) => self.print(value),
                Err(exception) => match exception.get_err() {
                    Ok(error) => Err(sentence(&error.into_val())),
                    Err(halt) => {
                        self.outcome.status = halt.get_halt().unwrap_or(5);
                        return Next::Stop;
                    }
                },
            };
            if let Err(sentence) = printed {
                let line = self.line.get();
                let place =
                    if self.settings.null_input && line == 0 { "<unknown>".into() } else { format!("<stdin>:{line}") };
                self.outcome.complain(&format!("jq: error (at {place}){sentence}"), 5);
                return Next::On;
            }
            if self.outcome.stdout.len() > MAX_OUTPUT {
                self.outcome.complain(&format!("jq: error: the output is larger than {MAX_OUTPUT} bytes"), 5);
                return Next::Stop;
            }
        }
        Next::On
    }

    fn print(&mut self, value: Val) -> Result<(), String> {
        let Style { raw, joined, .. } = self.settings.style;
        let out = &mut self.outcome.stdout;
        let start = out.len();
        match &value {
            Val::TStr(text) if raw => out.extend_from_slice(text),
            _ => {
                if let Err(key) = write(out, &value, self.settings.style, 0) {
                    out.truncate(start);
                    return Err(format!(": Cannot use {} as object key", shown(&key)));
                }
            }
        }
        if !joined {
            out.push(b'\n');
        }
        self.last = Some(value);
        Ok(())
    }

    fn finish(mut self) -> Outcome {
        if self.settings.exit_status && self.outcome.status == 0 {
            self.outcome.status = match self.last {
                None => 4,
                Some(Val::Null | Val::Bool(false)) => 1,
                Some(_) => 0,
            };
        }
        self.outcome
    }
}
