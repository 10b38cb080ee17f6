//! The asynchronous runtime, started when something first needs it, so that `--version` and the first prompt do not wait.

use std::cell::OnceCell;
use std::io;

use super::Error;

/// Runs futures to their end on the calling thread, with helpers beside it.
#[derive(Default)]
pub(super) struct Runtime(OnceCell<tokio::runtime::Runtime>);

impl Runtime {
    /// Runs a future to its end.
    pub(super) fn run<T>(&self, future: impl Future<Output = T>) -> Result<T, Error> {
        Ok(self.started()?.block_on(future))
    }

    /// Runs a future; Ctrl-C drops it, and `None` comes back. From the first call on Ctrl-C no longer ends the program.
    pub(super) fn run_until_interrupted<T>(&self, future: impl Future<Output = T>) -> Result<Option<T>, Error> {
        let either = async {
            tokio::select! {
                done = future => Some(done),
                Ok(()) = tokio::signal::ctrl_c() => None,
            }
        };
        self.run(either)
    }

    fn started(&self) -> Result<&tokio::runtime::Runtime, Error> {
        if self.0.get().is_none() {
            let built = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(cannot_start)?;
            let _ = self.0.set(built);
        }
        Ok(self.0.get().expect("it was set above"))
    }
}

fn cannot_start(cause: io::Error) -> Error {
    Error::System { action: "start the runtime".to_owned(), cause }
}
