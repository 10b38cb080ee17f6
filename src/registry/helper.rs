//! Credential helpers: programs called `docker-credential-NAME` that hold passwords (docker-credential-helpers).
//! Run on a thread that may block, with a time limit, and never through a shell.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Deserialize;

const MAX_OUTPUT_BYTES: u64 = 1 << 20;
const LOOK_AGAIN: Duration = Duration::from_millis(5);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks helper `name` for the user name and secret it holds for `server`; `None` where it holds none.
///
/// # Errors
/// In Docker's words, where the helper is missing, fails, babbles or takes longer than `limit`.
pub(super) fn ask(name: &str, server: &str, limit: Duration) -> Result<Option<(String, String)>, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(format!("error getting credentials - `{name}` is no name of a credential helper"));
    }
    ask_program(Command::new(format!("docker-credential-{name}")), server, limit)
}

fn ask_program(mut program: Command, server: &str, limit: Duration) -> Result<Option<(String, String)>, String> {
    let failed = |why: &str, output: &str| format!("error getting credentials - err: {why}, out: `{}`", output.trim());
    let deadline = Instant::now() + limit;
    let mut child = match start(&mut program, server) {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let name = program.get_program().to_string_lossy();
            return Err(failed(&format!("exec: \"{name}\": executable file not found in $PATH"), ""));
        }
        Err(error) => return Err(failed(&error.to_string(), "")),
    };
    let outcome = finish(&mut child, deadline);
    // Whatever happened, nothing is left running; a child that has ended cannot be killed, which is fine.
    let _ = child.kill();
    let _ = child.wait();
    let Some((output, succeeded)) = outcome else { return Err(failed("no answer in time", "")) };
    if !succeeded {
        let is_none = output.contains("credentials not found");
        return if is_none { Ok(None) } else { Err(failed("exit status 1", &output)) };
    }
    let answer: Answer = serde_json::from_str(&output).map_err(|_| failed("the output is no JSON", ""))?;
    Ok((!answer.secret.is_empty()).then_some((answer.username, answer.secret)))
}

fn start(program: &mut Command, server: &str) -> std::io::Result<Child> {
    let mut child = program.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    // A server's name fits into a pipe's buffer. A helper that does not read it answers without.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(server.as_bytes());
    }
    Ok(child)
}

/// Waits for output and end; `None` if time runs out.
fn finish(child: &mut Child, deadline: Instant) -> Option<(String, bool)> {
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Vec::new();
        let _ = stdout.take(MAX_OUTPUT_BYTES).read_to_end(&mut output);
        // Nobody listens any more if time ran out.
        let _ = sender.send(output);
    });
    let output = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some((String::from_utf8_lossy(&output).into_owned(), status.success()));
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, limit: Duration, expected: Result<Option<(&str, &str)>, &str>) {
        let mut program = Command::new("sh");
        program.args(["-c", script, "helper"]);
        let answer = ask_program(program, "r.example", limit);
        let expected = expected.map(|found| found.map(|(user, secret)| (user.to_owned(), secret.to_owned())));
        assert_eq!(answer, expected.map_err(str::to_owned), "{script}");
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_helper_answers_for_the_server_on_its_input() {
        check(
            r#"read s; echo "{\"Username\":\"for $s $1\",\"Secret\":\"x\"}""#,
            LONG,
            Ok(Some(("for r.example get", "x"))),
        );
    }

    #[test]
    fn a_helper_without_the_server_is_no_failure() {
        check("echo credentials not found in native keychain; exit 1", LONG, Ok(None));
    }

    #[test]
    fn a_helper_that_fails_is_quoted() {
        check("echo broken; exit 1", LONG, Err("error getting credentials - err: exit status 1, out: `broken`"));
        check("echo '{'", LONG, Err("error getting credentials - err: the output is no JSON, out: ``"));
    }

    #[test]
    fn a_helper_that_hangs_is_ended() {
        let error = Err("error getting credentials - err: no answer in time, out: ``");
        check("exec sleep 600", Duration::from_millis(100), error);
    }

    #[test]
    fn a_helper_s_name_is_no_path() {
        assert!(ask("../evil", "r.example", LONG).unwrap_err().contains("no name of a credential helper"));
        let missing = ask("layerbook-missing", "r.example", LONG).unwrap_err();
        assert!(missing.contains("executable file not found in $PATH"), "{missing}");
    }
}
