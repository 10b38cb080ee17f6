//! What a filter reads. There are no files here: an operand other than `-` does not exist.

/// One input of a filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    /// Standard input, and whether it was named as `-`.
    Stdin { named: bool },
    /// A file, which does not exist.
    Missing(&'a str),
}

impl<'a> Input<'a> {
    /// Lists the inputs that operands name; standard input if there are none. It is read once: a second `-` is at its
    /// end already and left out.
    pub(super) fn of(operands: &'a [String]) -> Vec<Input<'a>> {
        if operands.is_empty() {
            return vec![Input::Stdin { named: false }];
        }
        let first = operands.iter().position(|operand| operand == "-");
        let inputs = operands.iter().enumerate().filter(|(at, operand)| *operand != "-" || Some(*at) == first);
        inputs
            .map(|(_, operand)| if operand == "-" { Input::Stdin { named: true } } else { Input::Missing(operand) })
            .collect()
    }
}
