//! Why lines cannot be read.

/// What is wrong with a line's syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::container::shell) enum SyntaxError {
    /// More is to come; the word that would end it, where there is only one.
    EndOfFile(Option<&'static str>),
    /// A quote without its partner.
    Quote(char),
    /// `$(` without `)`.
    Substitution,
    /// `${` without `}`.
    Brace,
    /// `$((` without `))`.
    Arithmetic,
    /// A word or an operator where none of its kind may stand.
    Unexpected(Token),
    /// A name of a loop's variable or of a function that is none.
    BadName { name: String, what: &'static str },
    /// What this shell has not.
    Missing(&'static str),
    /// Nested too deep.
    TooDeep,
    /// A text beyond all use.
    TooLong,
}

/// What stands where it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::container::shell) enum Token {
    /// An operator or a word of the shell, as it was typed.
    Fixed(String),
    /// Any other word.
    Word(String),
    Newline,
    Redirection(String),
}

impl SyntaxError {
    /// Tells whether the next line may make it good.
    pub(in crate::container::shell) fn is_incomplete(&self) -> bool {
        match self {
            Self::EndOfFile(_) | Self::Quote(_) | Self::Substitution | Self::Brace | Self::Arithmetic => true,
            Self::Unexpected(_) | Self::BadName { .. } | Self::Missing(_) | Self::TooDeep | Self::TooLong => false,
        }
    }
}

impl Token {
    /// Names it as dash and busybox do.
    pub(in crate::container::shell) fn in_quotes(&self) -> String {
        match self {
            Self::Fixed(text) => format!("\"{text}\""),
            Self::Word(_) => "word".to_owned(),
            Self::Newline => "newline".to_owned(),
            Self::Redirection(_) => "redirection".to_owned(),
        }
    }

    /// Names it as bash does.
    pub(in crate::container::shell) fn as_typed(&self) -> &str {
        match self {
            Self::Fixed(text) | Self::Word(text) | Self::Redirection(text) => text,
            Self::Newline => "newline",
        }
    }
}
