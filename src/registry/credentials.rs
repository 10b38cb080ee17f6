//! User names, passwords and identity tokens from the workbook's own `config.json` and Docker's.
//! Reads files and asks helpers; writes nothing, keeps nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use reqwest::header::HeaderValue;
use serde_json::Value;

use super::helper;
use crate::source::Login;

/// The key of Docker Hub in every `config.json`.
const HUB_KEY: &str = "https://index.docker.io/v1/";
const MAX_CONFIG_BYTES: u64 = 1 << 20;
const HELPER_LIMIT: Duration = Duration::from_secs(30);

/// What a registry is logged in to with.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credential {
    /// A user name and a password.
    Password(String, String),
    /// An identity (refresh) token, which a token server exchanges.
    Identity(String),
}

impl std::fmt::Debug for Credential {
    /// Shows the kind alone: secrets do not belong in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(..) => "Password",
            Self::Identity(_) => "Identity",
        })
    }
}

impl Credential {
    /// A missing user or `<token>` means that the secret is an identity token.
    pub(super) fn new(user: String, secret: String) -> Self {
        if user.is_empty() || user == "<token>" { Self::Identity(secret) } else { Self::Password(user, secret) }
    }

    /// Returns user name and password; an identity token has none.
    pub(super) fn into_login(self) -> Option<Login> {
        match self {
            Self::Password(user, password) => Some(Login { user, password }),
            Self::Identity(_) => None,
        }
    }

    /// Returns the `Authorization` header for Basic; an identity token has none.
    pub(super) fn basic(&self) -> Option<HeaderValue> {
        let Self::Password(user, password) = self else { return None };
        let mut value =
            HeaderValue::try_from(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The files to look into, in order.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) files: Vec<PathBuf>,
}

impl Credentials {
    /// Looks for the credential of a registry, `domain` as in image names. `None` means that there is none. An entry
    /// without content ends the search: Docker leaves one behind beside a helper, and the workbook where it logged out.
    ///
    /// # Errors
    /// A file that cannot be read, or a helper that fails, in words for the learner.
    pub(super) async fn find(&self, domain: &str) -> Result<Option<Credential>, String> {
        let files = self.files.clone();
        let server = if domain == "docker.io" { HUB_KEY.to_owned() } else { domain.to_owned() };
        let search = move || {
            for file in &files {
                match look_into(file, &server)? {
                    Found::Login(found) => return Ok(Some(found)),
                    Found::LoggedOut => return Ok(None),
                    Found::Nothing => {}
                }
            }
            Ok(None)
        };
        tokio::task::spawn_blocking(search).await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

/// What a file says about a registry.
enum Found {
    Login(Credential),
    LoggedOut,
    Nothing,
}

fn look_into(path: &Path, server: &str) -> Result<Found, String> {
    let failed = |why: &str| format!("error loading config file `{}`: {why}", path.display());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(failed(&error.to_string())),
    };
    let mut text = Vec::new();
    file.take(MAX_CONFIG_BYTES).read_to_end(&mut text).map_err(|error| failed(&error.to_string()))?;
    let mut config: Value = serde_json::from_slice(&text).map_err(|error| failed(&error.to_string()))?;
    if let Some(name) = helper_for(&config, server) {
        let answer = helper::ask(name, server, HELPER_LIMIT)?;
        if let Some((user, secret)) = answer {
            return Ok(Found::Login(Credential::new(user, secret)));
        }
    }
    let has_entry = config.get("auths").and_then(|auths| auths.get(server)).is_some();
    let found = in_auths(&mut config, server).map_err(|error| failed(&error.to_string()))?;
    Ok(match found {
        Some(credential) => Found::Login(credential),
        None if has_entry => Found::LoggedOut,
        None => Found::Nothing,
    })
}

fn helper_for<'a>(config: &'a Value, server: &str) -> Option<&'a str> {
    let name = |value: &'a Value| value.as_str().filter(|name| !name.is_empty());
    config.get("credHelpers").and_then(|helpers| name(helpers.get(server)?)).or_else(|| name(config.get("credsStore")?))
}

/// Reads `auths` by the crate `docker_credential`, which would run helpers without a time limit: they are taken out.
fn in_auths(config: &mut Value, server: &str) -> Result<Option<Credential>, CredentialRetrievalError> {
    let Some(fields) = config.as_object_mut() else { return Err(CredentialRetrievalError::ConfigReadError) };
    fields.retain(|key, _| key == "auths");
    drop_empty_entries(fields);
    match docker_credential::get_credential_from_reader(config.to_string().as_bytes(), server) {
        Ok(DockerCredential::IdentityToken(token)) => Ok(Some(Credential::Identity(token))),
        Ok(DockerCredential::UsernamePassword(user, password)) => Ok(Some(Credential::new(user, password))),
        Err(CredentialRetrievalError::NoCredentialConfigured) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Docker leaves empty fields behind on logout and beside helpers; they mean nothing.
fn drop_empty_entries(fields: &mut serde_json::Map<String, Value>) {
    let Some(auths) = fields.get_mut("auths").and_then(Value::as_object_mut) else { return };
    for entry in auths.values_mut().filter_map(Value::as_object_mut) {
        entry.retain(|_, value| value.as_str() != Some(""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(config: &str, domain: &str, expected: Result<Option<Credential>, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, config).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(Credentials { files: vec![path] }.find(domain));
        match (found, expected) {
            (Err(text), Err(part)) => assert!(text.contains(part), "{text}"),
            (found, expected) => assert_eq!(found, expected.map_err(str::to_owned), "{config}"),
        }
    }

    fn password(user: &str, secret: &str) -> Credential {
        Credential::Password(user.to_owned(), secret.to_owned())
    }

    #[test]
    fn a_login_is_found_by_the_registry_s_name() {
        let config =
            r#"{"auths":{"r.example:5000":{"auth":"YTpiOmM="},"https://index.docker.io/v1/":{"auth":"aHViOnB3"}}}"#;
        check(config, "r.example:5000", Ok(Some(password("a", "b:c"))));
        check(config, "docker.io", Ok(Some(password("hub", "pw"))));
        check(config, "r.example", Ok(None));
    }

    #[test]
    fn an_identity_token_comes_before_the_password() {
        let config = r#"{"auths":{"r":{"auth":"PHRva2VuPjo=","identitytoken":"refresh"}}}"#;
        check(config, "r", Ok(Some(Credential::Identity("refresh".to_owned()))));
        check(r#"{"auths":{"r":{"identitytoken":"t"}}}"#, "r", Ok(Some(Credential::Identity("t".to_owned()))));
        check(
            r#"{"auths":{"r":{"username":"<token>","password":"t"}}}"#,
            "r",
            Ok(Some(Credential::Identity("t".to_owned()))),
        );
    }

    #[test]
    fn what_docker_leaves_behind_means_nothing() {
        check(r#"{"auths":{"r":{}}}"#, "r", Ok(None));
        check(r#"{"auths":{"r":{"auth":"","identitytoken":""}}}"#, "r", Ok(None));
        check("{}", "r", Ok(None));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        check("{", "r", Err("config.json"));
        check("[]", "r", Err("config.json"));
        check(r#"{"auths":{"r":{"auth":"%%%"}}}"#, "r", Err("Unable to decode credential"));
        check(r#"{"credHelpers":{"r":"layerbook-missing"}}"#, "r", Err("executable file not found in $PATH"));
    }

    #[test]
    fn a_helper_for_another_registry_is_not_asked() {
        check(
            r#"{"credHelpers":{"other":"layerbook-missing"},"auths":{"r":{"auth":"YTpi"}}}"#,
            "r",
            Ok(Some(password("a", "b"))),
        );
    }
}
