//! `docker top` (docker/cli, cli/command/container/top.go; moby, daemon): a container that counts as running has
//! one process, its program.

use super::{Done, find};
use crate::container::Record;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, error};
use crate::engine::Engine;

/// Whose processes, and how `ps` shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The container as typed.
    pub name: String,
    /// Words for `ps`; none for `-ef`.
    pub options: Vec<String>,
}

const FULL: &[&str] = &["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"];
const USERS: &[&str] = &["user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"];
/// The columns of the tab writer.
const NARROWEST: usize = 20;
const GAP: usize = 3;

impl Top {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { name: parsed.arguments[0].clone(), options: parsed.arguments[1..].to_vec() }
    }
}

pub(super) fn run(top: &Top, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    let record = match find(engine, &top.name) {
        Ok(record) if !record.is_running() => {
            return Ok(Err(Failure::new(1, error::daemon(format!("container {} is not running", record.id)))));
        }
        Ok(record) => record,
        Err(failure) => return Ok(Err(failure)),
    };
    let columns = match columns(&top.options) {
        Ok(columns) => columns,
        Err(failure) => return Ok(Err(failure)),
    };
    let cells: Vec<(String, String)> =
        columns.iter().map(|name| (header(name), cell(name, &record, view).unwrap_or_default())).collect();
    for row in [cells.iter().map(|(head, _)| head).collect::<Vec<_>>(), cells.iter().map(|(_, cell)| cell).collect()] {
        for (at, text) in row.iter().enumerate() {
            let widest = cells[at].0.len().max(cells[at].1.len());
            let width = if at + 1 == row.len() { 0 } else { (widest + GAP).max(NARROWEST) };
            write!(output.out, "{text:<width$}")?;
        }
        writeln!(output.out)?;
    }
    Ok(Ok(()))
}

/// Which columns words for `ps` ask for.
fn columns(options: &[String]) -> Result<Vec<String>, Failure> {
    let words: Vec<&str> = options.iter().flat_map(|word| word.split_whitespace()).collect();
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let named = match words.as_slice() {
        [] | ["-ef" | "-f"] => return Ok(list(FULL)),
        ["aux" | "-aux" | "u" | "-u"] => return Ok(list(USERS)),
        ["-o" | "-eo" | "o", names @ ..] => names.join(","),
        [word] if word.starts_with("-o") => word[2..].to_owned(),
        _ => {
            let text = words.join(" ");
            return Err(Failure::new(
                1,
                format!("layerbook: top shows -ef, aux and -o with names of columns, and not {text:?}"),
            ));
        }
    };
    let names: Vec<String> = named.split(',').filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    let all = [FULL, USERS, &["args", "comm"]].concat();
    if let Some(unknown) = names.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(Failure::new(
            1,
            error::daemon(format!("ps: error: unknown user-defined format specifier \"{unknown}\"")),
        ));
    }
    if names.iter().any(|name| name == "pid") {
        return Ok(names);
    }
    Err(Failure::new(1, error::daemon("Couldn't find PID field in ps output")))
}

fn header(name: &str) -> String {
    match name {
        "args" | "comm" => "COMMAND".to_owned(),
        name => name.to_uppercase(),
    }
}

fn cell(name: &str, record: &Record, view: &View) -> Option<String> {
    let command = record.command();
    let terminal = if record.options.tty { "pts/0" } else { "?" };
    let user = record.config.user.split(':').next().unwrap_or_default();
    Some(match name {
        "uid" | "user" => if matches!(user, "" | "0") { "root" } else { user }.to_owned(),
        "pid" => "1".to_owned(),
        "ppid" | "c" | "vsz" | "rss" => "0".to_owned(),
        "%cpu" | "%mem" => "0.0".to_owned(),
        "stat" => if record.options.tty { "Ss+" } else { "Ss" }.to_owned(),
        "stime" | "start" => view.local(record.started?, "%H:%M"),
        "time" => "00:00:00".to_owned(),
        "tty" => terminal.to_owned(),
        "comm" => command.first()?.rsplit('/').next()?.to_owned(),
        _ => command.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], expected: Result<&str, &str>) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let read = columns(&words).map(|names| names.join(" ")).map_err(|failure| failure.text().to_owned());
        assert_eq!(read, expected.map(str::to_owned).map_err(|text| format!("{text}\n")));
    }

    #[test]
    fn words_for_ps_name_columns() {
        check(&[], Ok("uid pid ppid c stime tty time cmd"));
        check(&["-o", "pid,cmd"], Ok("pid cmd"));
        check(&["-opid,comm"], Ok("pid comm"));
        check(&["-eo", "PID", "args"], Ok("pid args"));
        check(&["-o", "cmd"], Err("Error response from daemon: Couldn't find PID field in ps output"));
        check(&["--forest"], Err("layerbook: top shows -ef, aux and -o with names of columns, and not \"--forest\""));
    }
}
