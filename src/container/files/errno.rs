//! Why the file system refuses something, in the system's words.

use thiserror::Error;

/// An error number of the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Errno {
    #[error("No such file or directory")]
    NoEntry,
    #[error("Not a directory")]
    NotDirectory,
    #[error("Is a directory")]
    IsDirectory,
    #[error("Too many levels of symbolic links")]
    Loop,
    #[error("File exists")]
    Exists,
    #[error("Directory not empty")]
    NotEmpty,
    #[error("Permission denied")]
    Access,
    #[error("Operation not permitted")]
    NotPermitted,
    #[error("Invalid argument")]
    Invalid,
    #[error("Device or resource busy")]
    Busy,
    #[error("File name too long")]
    NameTooLong,
    #[error("Input/output error")]
    Io,
    #[error("No such device or address")]
    NoDevice,
    #[error("File too large")]
    TooLarge,
}
