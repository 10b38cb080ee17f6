//! Logins to registries: the trait [`Accounts`].

use std::path::PathBuf;

use futures_util::future::BoxFuture;

use super::Error;

/// Logins to registries, checked where they are for and kept on this machine.
///
/// A registry is named as in image names, `docker.io` or `127.0.0.1:5000`.
pub trait Accounts: Send + Sync {
    /// Asks the registry whether it takes a login. Keeps nothing; returns the identity token that is to be kept in the
    /// password's place, where the registry gives one.
    ///
    /// # Errors
    /// [`Error::LoginFailed`] where it does not, or what else stands between.
    fn check<'a>(&'a self, registry: &'a str, login: &'a Login) -> BoxFuture<'a, Result<Option<String>, Error>>;

    /// Returns the login that is held for a registry, if it is one with a password.
    fn find<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<Option<Login>, Error>>;

    /// Keeps a login, with an identity token in the password's place where there is one. Returns where, unless it was kept
    /// there before.
    fn keep(&self, registry: &str, login: &Login, identity: Option<&str>) -> Result<Option<PathBuf>, Error>;

    /// Forgets the login for a registry, if there is one.
    fn forget<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), Error>>;
}

/// A user name and a password, or whatever stands for one.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Login {
    /// Shows no password: secrets do not belong in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}
