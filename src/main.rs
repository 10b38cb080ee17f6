//! The process edge: arguments, standard streams, exit status.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use layerbook::shell::{Sink, Stdio, run};

fn main() -> ExitCode {
    match cli::understand(std::env::args_os()) {
        Ok(cli::Request::Task(task, options)) => {
            let stdio = Stdio {
                input: Box::new(io::BufReader::new(io::stdin())),
                out: Sink::new(io::stdout()),
                err: Sink::new(io::stderr()),
            };
            ExitCode::from(run(*task, &options, stdio).status())
        }
        Ok(cli::Request::Completions(shell)) => {
            // A reader who has left, or a full disk: the status tells.
            let written = io::stdout().write_all(&cli::completions(shell)).and_then(|()| io::stdout().flush());
            if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            // Where nothing can be printed, the status still tells.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
