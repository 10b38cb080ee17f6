//! Who we are at a registry: Docker's own configuration, with its credential helpers, and layerbook's.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use docker_credential::{DockerCredential, get_credential_from_reader};

/// A credential helper that has not answered by then is left alone.
const HELPER_TIMEOUT: Duration = Duration::from_secs(30);

/// What is sent to prove who we are.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credential {
    /// User name and password.
    Password(String, String),
    /// A refresh token.
    Identity(String),
}

/// Looks a registry up in configuration files of Docker's format, the first one first. Unreadable files and failing
/// helpers count as "no credentials", as they do in Docker.
pub(super) async fn find(files: &[PathBuf], key: &str) -> Option<Credential> {
    let (files, key) = (files.to_vec(), key.to_owned());
    let search = tokio::task::spawn_blocking(move || files.iter().find_map(|file| read(file, &key)));
    tokio::time::timeout(HELPER_TIMEOUT, search).await.ok()?.ok()?
}

fn read(file: &PathBuf, key: &str) -> Option<Credential> {
    match get_credential_from_reader(File::open(file).ok()?, key).ok()? {
        DockerCredential::IdentityToken(token) => Some(Credential::Identity(token)),
        DockerCredential::UsernamePassword(user, token) if user.is_empty() || user == "<token>" => {
            Some(Credential::Identity(token))
        }
        DockerCredential::UsernamePassword(user, password) => Some(Credential::Password(user, password)),
    }
}
