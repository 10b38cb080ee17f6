//! `docker login` and `docker logout` (docker/cli, cli/command/registry and cli/command/registry.go).

use std::io::{self, Read};

use super::failure::Failure;
use super::flags::Parsed;
use super::{Output, error};
use crate::engine::Engine;
use crate::source::{Accounts, Login};

/// Where to log in, and as whom.
#[derive(Clone, PartialEq, Eq)]
pub struct LogIn {
    server: Server,
    /// `-u`; empty where it is to be asked for.
    user: String,
    password: Password,
}

/// `docker logout`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOut {
    server: Server,
}

/// Where a password comes from.
#[derive(Clone, PartialEq, Eq)]
enum Password {
    /// `-p`: everyone on the machine can see it.
    Given(String),
    /// `--password-stdin`.
    Input,
    /// A person is asked.
    Asked,
}

impl std::fmt::Debug for LogIn {
    /// Shows no password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogIn").field("server", &self.server).field("user", &self.user).finish_non_exhaustive()
    }
}

/// A registry as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Server {
    Hub,
    Host(String),
}

const HUB: &str = "https://index.docker.io/v1/";
const INSECURE: &str = "WARNING! Using --password via the CLI is insecure. Use --password-stdin.";
const NO_TERMINAL: &str = "Error: Cannot perform an interactive login from a non TTY device";
const REGISTER: &str = "Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't \
    have a Docker ID, head over to https://hub.docker.com/ to create one.\n\
    You can log in with your password or a Personal Access Token (PAT). Using a limited-scope PAT grants better security \
    and is required for organizations using SSO. Learn more at https://docs.docker.com/go/access-tokens/\n\n";
const TOKEN: &str = "A Personal Access Token (PAT) can be used instead.\n\
    To create a PAT, visit https://app.docker.com/settings\n\n";
/// More than any password has.
const MOST_INPUT: u64 = 64 * 1024;

impl Server {
    /// Docker keeps a registry's host alone: no scheme, no path.
    fn read(typed: Option<&String>) -> Self {
        let typed = typed.map_or("", String::as_str);
        if matches!(typed, "" | "docker.io" | HUB) {
            return Self::Hub;
        }
        let bare = typed.strip_prefix("http://").or_else(|| typed.strip_prefix("https://")).unwrap_or(typed);
        Self::Host(bare.split('/').next().unwrap_or_default().to_owned())
    }

    /// Returns the name under which image names know it.
    fn registry(&self) -> &str {
        match self {
            Self::Hub => "docker.io",
            Self::Host(host) => host,
        }
    }

    /// Returns the name that Docker prints.
    fn shown(&self) -> &str {
        match self {
            Self::Hub => HUB,
            Self::Host(host) => host,
        }
    }
}

impl LogIn {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        for what in ["username", "password"] {
            if parsed.text(what) == Some("") {
                return Err(Failure::new(1, format!("{what} is empty")));
            }
        }
        let user = parsed.non_empty("username").unwrap_or_default();
        let password = match (parsed.non_empty("password"), parsed.is("password-stdin")) {
            (Some(_), true) => {
                let sentence = "conflicting options: cannot specify both --password and --password-stdin";
                return Err(Failure::new(1, sentence));
            }
            (Some(given), false) => Password::Given(given),
            (None, true) if user.is_empty() => {
                return Err(Failure::new(1, "the --password-stdin option requires --username to be set"));
            }
            (None, true) => Password::Input,
            (None, false) => Password::Asked,
        };
        Ok(Self { server: Server::read(parsed.arguments.first()), user, password })
    }
}

impl LogOut {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { server: Server::read(parsed.arguments.first()) }
    }
}

pub(super) async fn log_in(
    command: &LogIn,
    engine: &Engine,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let accounts = match engine.accounts() {
        Ok(accounts) => accounts,
        Err(error) => return Ok(Err(error::from_daemon(&error))),
    };
    let mut password = match &command.password {
        Password::Given(password) => {
            writeln!(output.err, "{INSECURE}")?;
            password.clone()
        }
        Password::Input => typed_in(output)?,
        Password::Asked => String::new(),
    };
    let mut user = command.user.clone();
    if user.is_empty() && command.password == Password::Asked {
        match accounts.find(command.server.registry()).await {
            Ok(Some(held)) => {
                if let Some(identity) = with_held(accounts, &command.server, &held, output).await? {
                    return keep(accounts, &command.server, &held, identity.as_deref(), output);
                }
                user.clone_from(&held.user);
            }
            Ok(None) => {}
            Err(error) => return Ok(Err(Failure::new(1, error::source(&error)))),
        }
    }
    if (command.user.is_empty() || password.is_empty())
        && let Err(failure) = ask(command, &mut user, &mut password, output)?
    {
        return Ok(Err(failure));
    }
    let login = Login { user, password };
    match accounts.check(command.server.registry(), &login).await {
        Ok(identity) => keep(accounts, &command.server, &login, identity.as_deref(), output),
        Err(error) => Ok(Err(Failure::new(1, error::daemon(error::source(&error))))),
    }
}

/// Reads the whole input; one line break at its end is none of the password.
fn typed_in(output: &mut Output<'_>) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(input) = output.input.as_deref_mut() {
        input.take(MOST_INPUT).read_to_end(&mut bytes)?;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// Tries the login that is kept. Where it is still good, returns what the registry gave in the password's place.
async fn with_held(
    accounts: &dyn Accounts,
    server: &Server,
    held: &Login,
    output: &mut Output<'_>,
) -> io::Result<Option<Option<String>>> {
    let advice = "To login with a different account, run 'docker logout' followed by 'docker login'";
    writeln!(output.err, "Authenticating with existing credentials... [Username: {}]", held.user)?;
    output.err.write_all(note(&format!("{advice}\n")).as_bytes())?;
    writeln!(output.err)?;
    match accounts.check(server.registry(), held).await {
        Ok(identity) => Ok(Some(identity)),
        Err(error) => {
            let sentence = error::daemon(error::source(&error));
            writeln!(output.err, "Login did not succeed, error: {sentence}")?;
            Ok(None)
        }
    }
}

/// A note as docker/cli lays it out without colours (internal/tui).
fn note(text: &str) -> String {
    let text = text.trim_end_matches('\n').replace('\n', "\n         ") + &text[text.trim_end_matches('\n').len()..];
    format!("\n Info -> {text}\n")
}

/// Asks a person for what is missing.
fn ask(
    command: &LogIn,
    user: &mut String,
    password: &mut String,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let refused = |sentence: &str| Ok(Err(Failure::new(1, sentence)));
    let Some(person) = output.person.as_deref_mut() else { return refused(NO_TERMINAL) };
    if command.user.is_empty() {
        if command.server == Server::Hub {
            output.out.write_all(REGISTER.as_bytes())?;
            output.out.flush()?;
        }
        let prompt = if user.is_empty() { "Username: ".to_owned() } else { format!("Username ({user}): ") };
        let Some(typed) = person.ask(&prompt)? else { return Ok(Err(interrupted())) };
        if !typed.trim().is_empty() {
            typed.trim().clone_into(user);
        }
        if user.is_empty() {
            return refused("Error: Non-null Username Required");
        }
    }
    if password.is_empty() {
        if command.server == Server::Hub {
            output.err.write_all(note(TOKEN).as_bytes())?;
            output.err.flush()?;
        }
        let Some(typed) = person.ask_secretly("Password: ")? else { return Ok(Err(interrupted())) };
        *password = typed;
        if password.is_empty() {
            return refused("Error: Password Required");
        }
    }
    Ok(Ok(()))
}

/// Ctrl-C ends a program with 128 and the number of its signal.
fn interrupted() -> Failure {
    Failure::verbatim(130, String::new())
}

fn keep(
    accounts: &dyn Accounts,
    server: &Server,
    login: &Login,
    identity: Option<&str>,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    match accounts.keep(server.registry(), login, identity) {
        Ok(Some(path)) => write!(
            output.err,
            "\nWARNING! Your credentials are stored unencrypted in '{}'.\n\
             Configure a credential helper to remove this warning. See\n\
             https://docs.docker.com/go/credential-store/\n\n",
            path.display()
        )?,
        Ok(None) => {}
        Err(error) => {
            let sentence = format!("Error saving credentials: {}", error::source(&error));
            return Ok(Err(Failure::new(1, sentence)));
        }
    }
    output.err.flush()?;
    writeln!(output.out, "Login Succeeded")?;
    Ok(Ok(()))
}

pub(super) async fn log_out(
    command: &LogOut,
    engine: &Engine,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let accounts = match engine.accounts() {
        Ok(accounts) => accounts,
        Err(error) => return Ok(Err(error::from_daemon(&error))),
    };
    let shown = command.server.shown();
    writeln!(output.out, "Removing login credentials for {shown}")?;
    if let Err(error) = accounts.forget(command.server.registry()).await {
        output.out.flush()?;
        let cause = error::source(&error);
        return Ok(Err(Failure::verbatim(0, format!("WARNING: could not erase credentials:\n{shown}: {cause}\n"))));
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, registry: &str, shown: &str) {
        let server = Server::read(Some(&typed.to_owned()));
        assert_eq!((server.registry(), server.shown()), (registry, shown), "{typed}");
    }

    #[test]
    fn a_server_is_its_host() {
        check("127.0.0.1:5000", "127.0.0.1:5000", "127.0.0.1:5000");
        check("http://r.example:5000/v2/", "r.example:5000", "r.example:5000");
        check("https://r.example", "r.example", "r.example");
        check("docker.io", "docker.io", HUB);
        check("https://index.docker.io/v1/", "docker.io", HUB);
    }

    #[test]
    fn a_note_is_indented_under_its_first_line() {
        assert_eq!(note("one\n"), "\n Info -> one\n\n");
        assert_eq!(note("one\ntwo\n\n"), "\n Info -> one\n         two\n\n\n");
    }

    #[test]
    fn a_password_is_not_shown_by_accident() {
        let login =
            LogIn { server: Server::Hub, user: "ada".to_owned(), password: Password::Given("secret".to_owned()) };
        assert!(!format!("{login:?}").contains("secret"));
    }
}
