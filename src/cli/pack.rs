//! `layerbook pack` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use layerbook::shell::{Bar, FindingForm, PackTask};

pub(super) const EXAMPLES: &str = "\
Examples:
  layerbook pack list                   lessons, problems and images of the built-in pack
  layerbook pack check ./my-pack        everything that is wrong in a pack, with file and line
  layerbook pack test ./my-pack         the proof that its checks are right
  layerbook pack build ./my-pack        write ./my-pack/lessons/images/lock.yaml";

const CHECK_EXAMPLES: &str = "\
Examples:
  layerbook pack check ./my-pack
  layerbook pack check my-pack.tar --format json

Exit status: 0 nothing wrong, 1 something was found, 2 wrong usage, 4 this is no pack.
Warnings alone give 0; with --strict they give 1.";

const TEST_EXAMPLES: &str = "\
Examples:
  layerbook pack test ./my-pack                 play every variant, right and wrong
  layerbook pack test ./my-pack --only layers   one lesson or problem

Exit status: 0 every check is right, 1 one is not, 2 wrong usage, 4 the pack cannot be used.";

#[derive(Debug, Subcommand)]
pub(super) enum PackCommand {
    /// Find everything that is wrong in a pack
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// The pack, a folder or a .tar; without it, the pack in use
        pack: Option<PathBuf>,
        #[command(flatten)]
        telling: Telling,
        /// Let warnings fail the check
        #[arg(long)]
        strict: bool,
    },
    /// Prove that every check of a pack is right
    #[command(after_help = TEST_EXAMPLES)]
    Test {
        /// The pack, a folder or a .tar; without it, the pack in use
        pack: Option<PathBuf>,
        /// Only the lesson or problem with this id
        #[arg(long, value_name = "ID")]
        only: Option<String>,
        #[command(flatten)]
        telling: Telling,
        /// Let warnings fail the proof
        #[arg(long)]
        strict: bool,
    },
    /// Write the lock of a pack's images: digests and sizes of all layers
    Build {
        /// Folder of the pack
        folder: PathBuf,
    },
    /// List lessons, problems and images of the pack in use
    List,
}

#[derive(Debug, Args)]
pub(super) struct Telling {
    /// Tell findings as text or as JSON
    #[arg(
        long,
        value_name = "text|json",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Telling {
    fn form(&self) -> FindingForm {
        match self.format {
            Format::Text => FindingForm::Text,
            Format::Json => FindingForm::Json,
        }
    }
}

fn bar(strict: bool) -> Bar {
    if strict { Bar::Warnings } else { Bar::Errors }
}

impl PackCommand {
    /// Says what is meant.
    pub(super) fn task(self) -> PackTask {
        match self {
            Self::Build { folder } => PackTask::Build(folder),
            Self::List => PackTask::List,
            Self::Check { pack, telling, strict } => PackTask::Check { pack, form: telling.form(), bar: bar(strict) },
            Self::Test { pack, only, telling, strict } => {
                PackTask::Test { pack, only, form: telling.form(), bar: bar(strict) }
            }
        }
    }
}
