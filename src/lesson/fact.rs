//! Facts: values that the engine knows about an image or a name.

use std::collections::BTreeSet;

use crate::engine::ImageFacts;
use crate::oci::Reference;

use super::value::{SetKind, Value};

/// A question about an image or a name. Arguments may hold `$name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is asked.
    pub kind: FactKind,
    /// The image or name.
    pub subject: String,
    /// Which part of it: a variable of `env_of`, a part of `part_of`.
    pub part: Option<String>,
    /// More images, of facts about several: `shared_base_of`, `ratio_of_sizes`, `order_by_size`.
    pub others: Vec<String>,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactKind {
    /// Number of layers.
    Layers,
    /// Number of lines of `docker history`, without its header.
    HistoryLines,
    /// Bytes on disk, as `docker images` shows them.
    Size,
    /// Bytes that a registry holds and a pull transfers.
    CompressedSize,
    /// Digest of the config.
    Id,
    /// Digest that a pull prints.
    Digest,
    /// Default arguments.
    Cmd,
    /// Default program.
    Entrypoint,
    /// Names of the environment variables, or one's value.
    Env,
    /// Exposed ports.
    Ports,
    /// What the index offers, attestations left out.
    Platforms,
    /// A name with all that Docker fills in.
    FullName,
    /// One part of a name.
    Part,
    /// Number of layers that several images share, from the bottom up.
    SharedBase,
    /// Bytes that a pull would transfer, given what was held when the step began.
    Download,
    /// How many times larger on disk the first image is than the second.
    SizeRatio,
    /// Images from the smallest on disk up.
    SizeOrder,
    /// Names that stand for an image of the workspace.
    Tags,
}

/// Why a fact is not known now; never the learner's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

impl Fact {
    /// Makes a fact of a kind about these; `None` where their number does not fit.
    pub fn of(kind: FactKind, arguments: &[String]) -> Option<Self> {
        let (subject, rest) = arguments.split_first()?;
        let fits = match kind {
            FactKind::Part | FactKind::SizeRatio => rest.len() == 1,
            FactKind::Env => rest.len() <= 1,
            FactKind::SharedBase | FactKind::SizeOrder => !rest.is_empty(),
            _ => rest.is_empty(),
        };
        let (part, others) =
            if kind.is_about_several() { (None, rest.to_vec()) } else { (rest.first().cloned(), Vec::new()) };
        fits.then(|| Self { kind, subject: subject.clone(), part, others })
    }

    /// The names of all images that it is about.
    pub fn subjects(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.subject).chain(&self.others)
    }
}

impl FactKind {
    /// All of them, with the key under which authors know them.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("layers_of", Self::Layers),
        ("history_lines_of", Self::HistoryLines),
        ("size_of", Self::Size),
        ("compressed_size_of", Self::CompressedSize),
        ("id_of", Self::Id),
        ("digest_of", Self::Digest),
        ("cmd_of", Self::Cmd),
        ("entrypoint_of", Self::Entrypoint),
        ("env_of", Self::Env),
        ("ports_of", Self::Ports),
        ("platforms_of", Self::Platforms),
        ("full_name_of", Self::FullName),
        ("part_of", Self::Part),
        ("shared_base_of", Self::SharedBase),
        ("download_for", Self::Download),
        ("ratio_of_sizes", Self::SizeRatio),
        ("order_by_size", Self::SizeOrder),
        ("tags_of", Self::Tags),
    ];

    /// Tells whether the fact is about an image, which must be known, and not about a name alone.
    pub fn needs_image(self) -> bool {
        !matches!(self, Self::FullName | Self::Part | Self::Tags)
    }

    /// Tells whether it is about several images.
    pub fn is_about_several(self) -> bool {
        matches!(self, Self::SharedBase | Self::SizeRatio | Self::SizeOrder)
    }

    /// Says what belongs behind its key.
    pub(super) fn takes(self) -> &'static str {
        match self {
            Self::Part => "a name and a part of it belong here, `[redis, tag]` for example",
            Self::Env => "an image, or an image and a variable, belong here",
            Self::SharedBase | Self::SizeOrder => "two images or more belong here",
            Self::SizeRatio => "two images belong here, the larger one first",
            Self::Layers
            | Self::HistoryLines
            | Self::Size
            | Self::CompressedSize
            | Self::Id
            | Self::Digest
            | Self::Cmd
            | Self::Entrypoint
            | Self::Ports
            | Self::Platforms
            | Self::FullName
            | Self::Download
            | Self::Tags => "one image belongs here",
        }
    }

    /// Computes the fact about an image.
    pub(super) fn of_image(self, facts: &ImageFacts, part: Option<&str>) -> Result<Value, Trouble> {
        let config = &facts.config.config;
        Ok(match self {
            Self::Layers => Value::Count(facts.layers.len() as u64),
            Self::HistoryLines => Value::Count(facts.config.history.len() as u64),
            Self::Size => Value::Size(on_disk(facts)?.iter().sum()),
            Self::CompressedSize => Value::Size(facts.layers.iter().map(|layer| layer.size).sum()),
            Self::Id => Value::Digest(facts.config.image_id().0),
            Self::Digest => Value::Digest(facts.digest.clone()),
            Self::Cmd => Value::Argv(config.cmd.clone().unwrap_or_default()),
            Self::Entrypoint => Value::Argv(config.entrypoint.clone().unwrap_or_default()),
            Self::Env => environment(config.env.as_deref().unwrap_or_default(), part)?,
            Self::Ports => {
                let ports = config.exposed_ports.iter().flat_map(|ports| ports.keys());
                Value::Set(SetKind::Ports, ports.filter_map(|port| SetKind::Ports.normal_word(port)).collect())
            }
            Self::Platforms => Value::Set(SetKind::Platforms, platforms(facts)),
            Self::FullName => full_name(&facts.reference),
            Self::Part | Self::SharedBase | Self::Download | Self::SizeRatio | Self::SizeOrder | Self::Tags => {
                return Err(Trouble("that is no fact about one image alone".to_owned()));
            }
        })
    }

    /// Computes the fact about a name.
    pub(super) fn of_name(self, name: &str, part: Option<&str>) -> Result<Value, Trouble> {
        let reference: Reference = name.parse().map_err(|error| Trouble(format!("`{name}` is no name: {error}")))?;
        match self {
            Self::FullName => Ok(full_name(&reference.or_latest())),
            Self::Part => {
                let part = part.and_then(NamePart::find).ok_or_else(|| Trouble("no such part of a name".to_owned()))?;
                Ok(Value::Text(part.spellings(&reference.or_latest())))
            }
            _ => Err(Trouble(format!("`{name}` is only a name here"))),
        }
    }
}

pub(super) fn on_disk(facts: &ImageFacts) -> Result<&[u64], Trouble> {
    let name = facts.reference.familiar();
    facts.on_disk.as_deref().ok_or_else(|| Trouble(format!("How large `{name}` is on disk is known once it is pulled")))
}

fn full_name(reference: &Reference) -> Value {
    let name = reference.normalized();
    Value::Text(vec![name.clone(), format!("docker pull {name}")])
}

fn environment(variables: &[String], name: Option<&str>) -> Result<Value, Trouble> {
    let split = |variable: &String| match variable.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (variable.clone(), String::new()),
    };
    let mut variables = variables.iter().map(split);
    match name {
        None => Ok(Value::Set(SetKind::Variables, variables.map(|(name, _)| name).collect())),
        Some(wanted) => match variables.find(|(name, _)| name == wanted) {
            Some((_, value)) => Ok(Value::Text(vec![value.clone(), format!("{wanted}={value}")])),
            None => Err(Trouble(format!("the image sets no `{wanted}`"))),
        },
    }
}

fn platforms(facts: &ImageFacts) -> BTreeSet<String> {
    let real = facts.platforms.iter().filter(|entry| !entry.attestation);
    real.filter_map(|entry| entry.platform.as_ref()).map(|platform| platform.clone().normalized().to_string()).collect()
}

/// A part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamePart {
    /// Host and port.
    Registry,
    /// A user's or an organisation's name; `library` for official images; all but the last word of the path.
    Namespace,
    /// The last word of the path.
    Repository,
    /// The tag.
    Tag,
}

impl NamePart {
    /// All of them, as authors and sentences call them.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("registry", Self::Registry),
        ("namespace", Self::Namespace),
        ("repository", Self::Repository),
        ("tag", Self::Tag),
    ];

    /// Finds a part by its word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, part)| *part)
    }

    /// All ways to write the part of a name, the plain one first.
    pub(super) fn spellings(self, reference: &Reference) -> Vec<String> {
        let part = self.of(reference);
        let marked = match self {
            Self::Registry | Self::Namespace => format!("{part}/"),
            Self::Repository => return vec![part],
            Self::Tag => format!(":{part}"),
        };
        vec![part, marked]
    }

    /// Takes the part out of a name; empty where the name has none.
    pub fn of(self, reference: &Reference) -> String {
        let path = reference.repository().path();
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        match self {
            Self::Registry => reference.repository().domain().to_owned(),
            Self::Namespace => namespace.to_owned(),
            Self::Repository => name.to_owned(),
            Self::Tag => reference.tag().unwrap_or_default().to_owned(),
        }
    }
}
