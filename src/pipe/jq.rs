//! `jq`, over the crates jaq-core, jaq-std and jaq-json.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read, write};

use super::args::{Arg, Spec};
use super::{Outcome, no_file};

const SPEC: Spec = Spec {
    program: "jq",
    flags: "rcsnSejMC",
    values: "",
    long: &[
        ("raw-output", 'r'),
        ("compact-output", 'c'),
        ("slurp", 's'),
        ("null-input", 'n'),
        ("sort-keys", 'S'),
        ("exit-status", 'e'),
        ("join-output", 'j'),
        ("monochrome-output", 'M'),
        ("color-output", 'C'),
    ],
    usage_status: 2,
};
/// The most that a filter may print, and how many values: `repeat(1)` never ends by itself.
const MAX_OUTPUT_BYTES: usize = 16 << 20;
const MAX_VALUES: usize = 1_000_000;

pub(super) fn run(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let mut flags = String::new();
    let mut operands = Vec::new();
    for arg in SPEC.parse(arguments)? {
        match arg {
            Arg::Flag(letter) => flags.push(letter),
            Arg::Operand(text) => operands.push(text),
            Arg::Value(..) => {}
        }
    }
    let mut operands = operands.into_iter();
    let code = operands.next().unwrap_or_else(|| ".".to_owned());
    if let Some(name) = operands.next() {
        return Err(no_file("jq: error: Could not open", &name, 2));
    }
    let mut values = Vec::new();
    let mut broken = None;
    for value in read::parse_many(input) {
        match value {
            Ok(value) => values.push(value),
            Err(error) => {
                broken = Some(format!("parse error: {error}\n"));
                break;
            }
        }
    }
    let inputs = match (flags.contains('n'), flags.contains('s')) {
        (true, _) => vec![Val::Null],
        (false, true) => vec![values.into_iter().collect()],
        (false, false) => values,
    };
    let mut outcome = filter(&code, inputs, &flags)?;
    if let Some(text) = broken {
        outcome.stderr.push_str(&text);
        outcome.status = 2;
    }
    Ok(outcome)
}

fn filter(code: &str, inputs: Vec<Val>, flags: &str) -> Result<Outcome, Outcome> {
    let wrong = || {
        let text = format!("jq: error: the filter cannot be read: {code}\njq: 1 compile error\n");
        Outcome::failed(text, 3)
    };
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let modules = Loader::new(definitions).load(&arena, File { code, path: () }).map_err(|_| wrong())?;
    let filter = Compiler::default().with_funs(functions).compile(modules).map_err(|_| wrong())?;
    let mut outcome = Outcome::default();
    let mut last = None;
    let mut count = 0;
    for input in inputs {
        let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
        for value in filter.id.run((context, input)).map(unwrap_valr) {
            count += 1;
            if count > MAX_VALUES || outcome.stdout.len() > MAX_OUTPUT_BYTES {
                outcome.stderr.push_str("jq: error: the filter gives more than the workbook shows\n");
                outcome.status = 5;
                return Ok(outcome);
            }
            match value {
                Ok(value) => {
                    print(&value, flags, &mut outcome.stdout);
                    last = Some(value);
                }
                Err(error) => {
                    outcome.stderr.push_str(&format!("jq: error: {error}\n"));
                    outcome.status = 5;
                    break;
                }
            }
        }
    }
    if flags.contains('e') && outcome.status == 0 {
        outcome.status = match last {
            None => 4,
            Some(Val::Null | Val::Bool(false)) => 1,
            Some(_) => 0,
        };
    }
    Ok(outcome)
}

fn print(value: &Val, flags: &str, out: &mut Vec<u8>) {
    let raw = flags.contains('r') || flags.contains('j');
    match value {
        Val::TStr(text) if raw => out.extend_from_slice(text),
        value => {
            let pretty = !flags.contains('c');
            let format = write::Pp {
                indent: pretty.then(|| "  ".to_owned()),
                sort_keys: flags.contains('S'),
                sep_space: pretty,
                ..write::Pp::default()
            };
            // Writing into memory does not fail.
            let _ = write::write(out, &format, 0, value);
        }
    }
    if !flags.contains('j') {
        out.push(b'\n');
    }
}
