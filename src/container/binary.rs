//! What a program is that a workbook cannot run: read from its first bytes.

use super::Session;
use super::files::{Follow, NodeId};

/// Enough for an ELF header, its program headers and the loader's name, or for a script.
const HEAD: u64 = 64 << 10;
const INTERPRETER: u32 = 3;

/// What a program is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A text with the program that reads it.
    Script { interpreter: String, text: String },
    /// Machine code whose loader the image does not have: a program for another C library.
    NoLoader,
    /// Something else, in words.
    Other(String),
}

/// What an ELF header says.
pub(super) struct Elf {
    pub(super) machine: &'static str,
    pub(super) bits: u8,
    pub(super) shared: bool,
    pub(super) loader: Option<String>,
}

/// Looks at a program.
pub(super) fn form(session: &Session<'_>, id: NodeId) -> Form {
    let Ok(head) = session.read_node(id, HEAD) else { return Form::Other("a file that cannot be read".to_owned()) };
    if let Some(elf) = elf(&head) {
        let missing = elf.loader.as_ref().is_some_and(|loader| session.find(loader, Follow::Last).is_err());
        let what = format!("a program in machine code for {} Linux (ELF)", elf.machine);
        return if missing { Form::NoLoader } else { Form::Other(what) };
    }
    let is_text = std::str::from_utf8(&head).is_ok() && !head.contains(&0);
    match head.strip_prefix(b"#!") {
        Some(rest) => {
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let interpreter = String::from_utf8_lossy(line).trim().to_owned();
            Form::Script { interpreter, text: String::from_utf8_lossy(&head).into_owned() }
        }
        None if head.iter().all(|byte| *byte == 0) && !head.is_empty() => {
            Form::Other("a program of a model image, whose contents are blank".to_owned())
        }
        None if is_text => {
            Form::Script { interpreter: "/bin/sh".to_owned(), text: String::from_utf8_lossy(&head).into_owned() }
        }
        None => Form::Other("a file of unknown form".to_owned()),
    }
}

/// The sentences about a program that is there and does not run; a container's lines are not wrapped, so each is short.
pub(super) fn cannot_run(name: &str, what: &str) -> String {
    format!(
        "layerbook: `{name}` is {what}.\nIt does not run here: a workbook looks into containers and executes nothing."
    )
}

/// Reads the beginning of an ELF file; nothing where it is none.
pub(super) fn elf(head: &[u8]) -> Option<Elf> {
    let bits = match head.get(..5)? {
        [0x7f, b'E', b'L', b'F', 1] => 32,
        [0x7f, b'E', b'L', b'F', 2] => 64,
        _ => return None,
    };
    let big = *head.get(5)? == 2;
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = head.get(at..at.checked_add(length)?)?;
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    };
    let machine = match number(18, 2)? {
        3 => "i386",
        8 => "MIPS",
        20 | 21 => "PowerPC",
        22 => "s390x",
        40 => "ARM",
        62 => "x86-64",
        183 => "ARM64",
        243 => "RISC-V",
        258 => "LoongArch",
        _ => "some other",
    };
    let (table, step, count) = if bits == 64 {
        (number(32, 8)?, number(54, 2)?, number(56, 2)?)
    } else {
        (number(28, 4)?, number(42, 2)?, number(44, 2)?)
    };
    let header = |index: u64| -> Option<String> {
        let at = usize::try_from(table.checked_add(index.checked_mul(step)?)?).ok()?;
        if number(at, 4)? != u64::from(INTERPRETER) {
            return None;
        }
        let (offset, size) = if bits == 64 {
            (number(at + 8, 8)?, number(at + 32, 8)?)
        } else {
            (number(at + 4, 4)?, number(at + 16, 4)?)
        };
        let from = usize::try_from(offset).ok()?;
        let name = head.get(from..from.checked_add(usize::try_from(size).ok()?)?)?;
        Some(String::from_utf8_lossy(name).trim_end_matches('\0').to_owned())
    };
    let loader = (0..count.min(64)).find_map(header);
    Some(Elf { machine, bits, shared: number(16, 2)? == 3, loader })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(machine: u8, loader: &str) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
        (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56]) = (3, machine, 64, 56, 1);
        (bytes[64], bytes[72], bytes[96]) = (3, 120, u8::try_from(loader.len() + 1).unwrap());
        bytes.extend(loader.as_bytes());
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_program_names_its_machine_and_its_loader() {
        let elf = elf(&program(62, "/lib64/ld-linux-x86-64.so.2")).unwrap();
        assert_eq!((elf.machine, elf.bits), ("x86-64", 64));
        assert_eq!(elf.loader.as_deref(), Some("/lib64/ld-linux-x86-64.so.2"));
    }

    #[test]
    fn what_is_cut_short_is_no_program() {
        let whole = program(183, "/lib/ld");
        assert!((0..20).all(|length| elf(&whole[..length]).is_none()));
        assert!(elf(b"#!/bin/sh\n").is_none());
        let mut huge = whole;
        huge[72..80].fill(0xff);
        assert_eq!(elf(&huge).unwrap().loader, None);
    }
}
