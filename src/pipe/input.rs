//! What a filter reads: standard input, or files that someone else knows how to read.

/// Files that a filter's operands may name.
pub trait Files {
    /// Reads a file whole.
    ///
    /// # Errors
    /// Why not, in the system's words: `No such file or directory`.
    fn read(&self, name: &str) -> Result<Vec<u8>, String>;
}

/// A place without files, as the workbook's own line is.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("No such file or directory".to_owned())
    }
}

/// What a filter may read.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// Standard input.
    pub(super) stdin: &'a [u8],
    /// The files.
    pub(super) files: &'a dyn Files,
}

/// One input of a filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    /// Standard input, and whether it was named as `-`.
    Stdin { named: bool },
    /// A file and what is in it.
    File(&'a str, Vec<u8>),
    /// A file that cannot be read, and why.
    Missing(&'a str, String),
}

impl<'a> Input<'a> {
    /// Lists the inputs that operands name; standard input if there are none. It is read once: a second `-` is at its
    /// end already and left out.
    pub(super) fn of(operands: &'a [String], files: &dyn Files) -> Vec<Input<'a>> {
        if operands.is_empty() {
            return vec![Input::Stdin { named: false }];
        }
        let first = operands.iter().position(|operand| operand == "-");
        let inputs = operands.iter().enumerate().filter(|(at, operand)| *operand != "-" || Some(*at) == first);
        let input = |operand: &'a String| match operand.as_str() {
            "-" => Input::Stdin { named: true },
            name => files.read(name).map_or_else(|why| Input::Missing(name, why), |bytes| Input::File(name, bytes)),
        };
        inputs.map(|(_, operand)| input(operand)).collect()
    }
}
