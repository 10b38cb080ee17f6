//! `layerbook pack` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use layerbook::author::Shape;
use layerbook::shell::{Bar, FindingForm, PackTask};

pub(super) const EXAMPLES: &str = "\
Examples:
  layerbook pack new ./my-pack          a pack to begin with, its comments teach the format
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

const TRY_EXAMPLES: &str = "\
Examples:
  layerbook pack try my-pack/lessons/first.yaml --step worked

The steps before it are skipped, so everything is there that it needs. Save the file, and the step is played anew.
Progress is not touched.";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  layerbook pack schema lesson > lesson.schema.json

An editor with a YAML language server finds it by a first line such as
# yaml-language-server: $schema=../lesson.schema.json";

#[derive(Debug, Subcommand)]
pub(super) enum PackCommand {
    /// Begin a pack in a new folder
    New {
        /// The folder; it must be empty, or not there yet
        folder: PathBuf,
    },
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
    /// Play one step, and again whenever its file is saved
    #[command(after_help = TRY_EXAMPLES)]
    Try {
        /// A file in `lessons/` or `exercises/` of a pack
        file: PathBuf,
        /// The step's id; without it, the first one
        #[arg(long, value_name = "ID")]
        step: Option<String>,
    },
    /// Print the JSON Schema of a kind of file, for editors
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema {
        /// Which kind
        #[arg(value_name = "pack|lesson|exercise|recipe", value_parser = shape, hide_possible_values = true)]
        shape: Shape,
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

fn shape(word: &str) -> Result<Shape, String> {
    let found = Shape::ALL.iter().find(|(known, _)| *known == word).map(|(_, shape)| *shape);
    found.ok_or_else(|| "it is one of pack, lesson, exercise and recipe".to_owned())
}

fn bar(strict: bool) -> Bar {
    if strict { Bar::Warnings } else { Bar::Errors }
}

impl PackCommand {
    /// Says what is meant.
    pub(super) fn task(self) -> PackTask {
        match self {
            Self::New { folder } => PackTask::New(folder),
            Self::Try { file, step } => PackTask::Try { file, step },
            Self::Schema { shape } => PackTask::Schema(shape),
            Self::Build { folder } => PackTask::Build(folder),
            Self::List => PackTask::List,
            Self::Check { pack, telling, strict } => PackTask::Check { pack, form: telling.form(), bar: bar(strict) },
            Self::Test { pack, only, telling, strict } => {
                PackTask::Test { pack, only, form: telling.form(), bar: bar(strict) }
            }
        }
    }
}
