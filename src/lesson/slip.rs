//! Slips: values that learners commonly give in place of a fact, each with the reason why it is another thing.
//! The built-in misconceptions; an author's own rules come before them.

use crate::engine::ImageFacts;
use crate::oci::{Digest, Reference};

use super::fact::{Fact, FactKind, NamePart, on_disk};
use super::given::Given;
use super::value::{SIZE_TOLERANCE, Value, float, human_size, near};

/// A value that is commonly given in place of the right one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slip {
    /// The misconception's id, which reports name.
    pub(super) id: &'static str,
    /// What is given.
    pub(super) value: Value,
    /// Why that is another thing.
    pub(super) say: String,
}

fn slip(id: &'static str, value: Value, say: impl Into<String>) -> Slip {
    Slip { id, value, say: say.into() }
}

/// A tag in other capitals is another tag; the other parts of a name have none. `None` where that is no matter.
pub(super) fn other_capitals(fact: &Fact, right: &Value, given: &Given) -> Option<(&'static str, String)> {
    let tag_of = |text: &str| {
        let text = text.trim().trim_matches(['`', '"', '\'', '.']).to_owned();
        text.rsplit_once(':').map_or(text.clone(), |(_, tag)| tag.to_owned())
    };
    let is_about_tag = match fact.kind {
        FactKind::FullName => true,
        FactKind::Part => fact.part.as_deref().and_then(NamePart::find) == Some(NamePart::Tag),
        _ => false,
    };
    let (Value::Text(right), Given::Text(given)) = (right, given) else { return None };
    let (right, given) = (tag_of(right.first()?), tag_of(given));
    let differs = is_about_tag && right != given && right.eq_ignore_ascii_case(&given);
    differs.then(|| {
        let say =
            format!("Capitals count in a tag: `{given}` is another one than `{right}`. Write it as it stands there.");
        ("tags-have-capitals", say)
    })
}

/// The slips about a fact of an image, the most telling first.
pub(super) fn of_image(kind: FactKind, facts: &ImageFacts) -> Vec<Slip> {
    match kind {
        FactKind::Layers => layers(facts),
        FactKind::HistoryLines => history_lines(facts),
        FactKind::Id => ids(facts),
        FactKind::Digest => digests(facts),
        FactKind::Cmd => cmd(facts),
        FactKind::Entrypoint => entrypoint(facts),
        FactKind::Size
        | FactKind::CompressedSize
        | FactKind::Env
        | FactKind::Ports
        | FactKind::Platforms
        | FactKind::FullName
        | FactKind::Part
        | FactKind::SharedBase
        | FactKind::Download
        | FactKind::SizeRatio
        | FactKind::SizeOrder
        | FactKind::Tags => Vec::new(),
    }
}

fn layers(facts: &ImageFacts) -> Vec<Slip> {
    let lines = facts.config.history.len() as u64;
    let layers = facts.layers.len() as u64;
    let mut slips = vec![
        slip(
            "history-is-not-layers",
            Value::Count(lines),
            format!(
                "{lines} is the number of lines in `docker history`. Each line is one build step, and a step that changes \
                 only settings (`ENV`, `EXPOSE`, `CMD`) leaves a line and no layer. `docker inspect` lists the layers \
                 under `RootFS`."
            ),
        ),
        slip(
            "counted-the-header",
            Value::Count(lines + 1),
            format!(
                "{} is every line that `docker history` prints, its header among them. And the lines below the header \
                 are build steps; not every step makes a layer.",
                lines + 1
            ),
        ),
    ];
    if let Some(sized) = sized_lines(facts) {
        let say = format!(
            "{sized} lines of `docker history` show a size above 0B. A layer may add no byte at all: a step that makes an \
             empty directory is a layer of 0B. `docker inspect` lists every layer under `RootFS`."
        );
        slips.push(slip("sized-lines-are-not-layers", Value::Count(sized), say));
    }
    slips.push(slip(
        "missing-is-not-a-layer-count",
        Value::Count(lines.saturating_sub(1)),
        "That is how many lines say `<missing>`. The word means only that this step has no image ID of its own here; it \
         says nothing about layers.",
    ));
    slips.push(slip(
        "counted-the-config",
        Value::Count(layers + 1),
        "One too many: an image is its layers *and* a config, and the config is a small document, not a layer.",
    ));
    let offered = facts.platforms.len() as u64;
    let real = facts.platforms.iter().filter(|entry| !entry.attestation).count() as u64;
    for count in [offered, real] {
        let say = "That is how many entries the index has: one image for each platform. Layers are inside one image.";
        slips.push(slip("counted-the-platforms", Value::Count(count), say));
    }
    slips
}

/// Lines of the history whose layer has bytes.
fn sized_lines(facts: &ImageFacts) -> Option<u64> {
    Some(on_disk(facts).ok()?.iter().filter(|bytes| **bytes > 0).count() as u64)
}

fn history_lines(facts: &ImageFacts) -> Vec<Slip> {
    let lines = facts.config.history.len() as u64;
    vec![
        slip(
            "counted-the-header",
            Value::Count(lines + 1),
            "That counts the header too. The first line, `IMAGE  CREATED  CREATED BY ...`, names the columns; build steps \
             begin below it.",
        ),
        slip(
            "layers-are-not-history",
            Value::Count(facts.layers.len() as u64),
            "That is the number of layers. The history has a line for *each* build step, also for those that made no layer.",
        ),
        slip(
            "counted-only-missing",
            Value::Count(lines.saturating_sub(1)),
            "Those are the lines that say `<missing>`. The top line, with the image's own ID, is a build step as well.",
        ),
    ]
}

fn digest_slip(id: &'static str, digest: &Digest, say: &str) -> Slip {
    slip(id, Value::Digest(digest.clone()), say)
}

fn ids(facts: &ImageFacts) -> Vec<Slip> {
    let mut slips = vec![
        digest_slip(
            "digest-is-not-id",
            &facts.digest,
            "That is the digest that `docker pull` prints: of the document that the tag points at in the registry. The \
             image's ID is the digest of its config; `docker images` shows its beginning.",
        ),
        digest_slip(
            "manifest-is-not-id",
            &facts.manifest,
            "That is the digest of the manifest for your platform. The image's ID is the digest of its config.",
        ),
    ];
    slips.extend(layer_slips(facts));
    slips
}

fn digests(facts: &ImageFacts) -> Vec<Slip> {
    let mut slips = vec![
        digest_slip(
            "id-is-not-digest",
            &facts.config.image_id().0,
            "That is the image's ID, the digest of its config. The digest that a pull prints is of the document that the \
             tag points at; `docker images --digests` shows it.",
        ),
        digest_slip(
            "manifest-is-not-digest",
            &facts.manifest,
            "That is the manifest for your platform. The tag points at an index, and a pull prints the digest of that.",
        ),
    ];
    slips.extend(layer_slips(facts));
    slips
}

fn layer_slips(facts: &ImageFacts) -> Vec<Slip> {
    let packed = facts.layers.iter().map(|layer| {
        let say =
            "That is one layer as it travels. The short numbers in front of `Pull complete` are layers, not images.";
        digest_slip("layer-is-not-image", &layer.digest, say)
    });
    let unpacked = facts.config.rootfs.diff_ids.iter().map(|id| {
        let say = "That is one unpacked layer, as `docker inspect` lists them under `RootFS`.";
        digest_slip("layer-is-not-image", &id.0, say)
    });
    packed.chain(unpacked).collect()
}

fn both(facts: &ImageFacts) -> Vec<String> {
    let config = &facts.config.config;
    [&config.entrypoint, &config.cmd].into_iter().flatten().flatten().cloned().collect()
}

fn cmd(facts: &ImageFacts) -> Vec<Slip> {
    let entrypoint = facts.config.config.entrypoint.clone().unwrap_or_default();
    let both = slip(
        "gave-both",
        Value::Argv(both(facts)),
        "That is all that runs: the entrypoint followed by the command. Asked for is `.Config.Cmd` alone, the part that \
         words after the image's name in `docker run` replace.",
    );
    if entrypoint.is_empty() {
        return vec![both];
    }
    let say = "That is the *entrypoint*, the program that always starts. The default command is `.Config.Cmd`: what the \
               entrypoint gets as its arguments when `docker run` names no others.";
    vec![slip("gave-entrypoint", Value::Argv(entrypoint), say), both]
}

fn entrypoint(facts: &ImageFacts) -> Vec<Slip> {
    let cmd = facts.config.config.cmd.clone().unwrap_or_default();
    vec![
        slip(
            "gave-cmd",
            Value::Argv(cmd),
            "That is the default *command*, `.Config.Cmd`. The entrypoint is `.Config.Entrypoint`: the program that gets \
             the command as its arguments.",
        ),
        slip(
            "gave-both",
            Value::Argv(both(facts)),
            "That is all that runs: the entrypoint followed by the command. Asked for is the entrypoint alone.",
        ),
    ]
}

/// The slips about one variable of the environment.
pub(super) fn of_variable(facts: &ImageFacts, asked: &str) -> Vec<Slip> {
    let mut slips = vec![slip(
        "gave-the-name",
        Value::Text(vec![asked.to_owned(), format!("${asked}")]),
        "That is the variable's name. Asked for is its value, behind the `=`.",
    )];
    let variables = facts.config.config.env.iter().flatten().filter_map(|variable| variable.split_once('='));
    slips.extend(variables.filter(|(name, _)| *name != asked).map(|(name, value)| {
        let say = format!("That is the value of `{name}`. Asked for is that of `{asked}`.");
        slip("gave-another-variable", Value::Text(vec![value.to_owned()]), say)
    }));
    slips
}

/// The slips about sizes, which are found by nearness and not by equality.
pub(super) fn about_size(
    kind: FactKind,
    facts: &ImageFacts,
    right: u64,
    given: &Given,
) -> Option<(&'static str, String)> {
    let Given::Size { bytes, shown } = given else { return None };
    let packed: u64 = facts.layers.iter().map(|layer| layer.size).sum();
    let other = match kind {
        FactKind::Size => Some(packed),
        FactKind::CompressedSize => on_disk(facts).ok().map(|sizes| sizes.iter().sum()),
        _ => return None,
    };
    if let Some(other) = other.filter(|other| near(*bytes, float(*other), SIZE_TOLERANCE)) {
        return Some(other_size(kind, other, right));
    }
    for factor in [1_048_576.0 / 1e6, 1_073_741_824.0 / 1e9] {
        for meant in [bytes * factor, bytes / factor] {
            if near(meant, float(right), 0.01) {
                let say = format!(
                    "{shown} comes from the other kind of unit. 1 MB is 1,000,000 bytes, and that is what Docker prints; \
                     1 MiB is 1,048,576 bytes."
                );
                return Some(("mb-or-mib", say));
            }
        }
    }
    None
}

fn other_size(kind: FactKind, other: u64, right: u64) -> (&'static str, String) {
    let (other, right) = (human_size(other), human_size(right));
    if kind == FactKind::Size {
        let say = format!(
            "{other} is what travels: the layers packed, as a registry holds them. Unpacked on your disk they take {right}, \
             and that is what `docker images` shows."
        );
        ("packed-is-not-on-disk", say)
    } else {
        let say = format!(
            "{other} is what the layers take on your disk, unpacked. Packed, as a pull transfers them, they have {right}."
        );
        ("on-disk-is-not-packed", say)
    }
}

/// The slips about a whole name.
pub(super) fn of_full_name(name: &Reference) -> Vec<Slip> {
    let text = |text: String| Value::Text(vec![text]);
    let full = name.normalized();
    let without_registry = full.strip_prefix("docker.io/").map(|rest| {
        let say = "The registry is still missing. Where a name begins with none, Docker fills in `docker.io`.";
        slip("left-out-registry", text(rest.to_owned()), say)
    });
    let without_namespace = full.strip_prefix("docker.io/library/").map(|rest| {
        let say = "The namespace is still missing. On Docker Hub a name without one belongs to `library`, where the \
                   official images are.";
        slip("left-out-namespace", text(format!("docker.io/{rest}")), say)
    });
    let without_tag = name.tag().map(|tag| {
        let say =
            format!("The tag is still missing. Docker fills in `latest` where a name has none; here it is `{tag}`.");
        slip("left-out-tag", text(name.repository().to_string()), say)
    });
    let as_typed = slip(
        "gave-the-short-name",
        text(name.familiar()),
        "That is the short form, as Docker shows it. Write it in full: registry, namespace, repository and tag.",
    );
    [without_registry, without_namespace, without_tag, Some(as_typed)].into_iter().flatten().collect()
}

/// The slips about one part of a name: the other parts.
pub(super) fn of_part(name: &Reference, asked: NamePart) -> Vec<Slip> {
    let others = NamePart::ALL.iter().filter(|(_, part)| *part != asked);
    let mut slips: Vec<Slip> = others
        .filter(|(_, part)| !part.of(name).is_empty())
        .map(|(word, part)| {
            slip(part_id(*part), Value::Text(part.spellings(name)), format!("That is the {word}. {ORDER}"))
        })
        .collect();
    if let Some((_, port)) = name.repository().domain().rsplit_once(':') {
        let say = format!("That is the port of the registry, which belongs to its address. {ORDER}");
        slips.push(slip("port-is-no-tag", Value::Text(vec![port.to_owned()]), say));
    }
    slips
}

const ORDER: &str = "The parts stand in this order: `registry/namespace/repository:tag`.";

fn part_id(part: NamePart) -> &'static str {
    match part {
        NamePart::Registry => "gave-the-registry",
        NamePart::Namespace => "gave-the-namespace",
        NamePart::Repository => "gave-the-repository",
        NamePart::Tag => "gave-the-tag",
    }
}

/// One thing to look at, for an answer that nothing explains.
pub(super) fn look_at(kind: FactKind, name: &str) -> String {
    match kind {
        FactKind::Layers => format!("`docker inspect -f '{{{{len .RootFS.Layers}}}}' {name}` counts the layers."),
        FactKind::HistoryLines => format!("`docker history {name} | wc -l` counts its lines, with one for the header."),
        FactKind::Size => format!("`docker images {name}` shows it in the column SIZE."),
        FactKind::CompressedSize => {
            "A registry holds the layers packed; `docker manifest inspect` lists their sizes.".into()
        }
        FactKind::Id => format!("`docker images --no-trunc {name}` shows it whole."),
        FactKind::Digest => format!("`docker images --digests {name}` has a column for it."),
        FactKind::Cmd => format!("`docker inspect -f '{{{{json .Config.Cmd}}}}' {name}` prints it."),
        FactKind::Entrypoint => format!("`docker inspect -f '{{{{json .Config.Entrypoint}}}}' {name}` prints it."),
        FactKind::Env => format!("`docker inspect -f '{{{{json .Config.Env}}}}' {name}` lists them."),
        FactKind::Ports => format!("`docker inspect -f '{{{{json .Config.ExposedPorts}}}}' {name}` lists them."),
        FactKind::Platforms => format!("`docker manifest inspect {name}` has one entry for each."),
        FactKind::SharedBase => {
            "`docker inspect` lists the layers of each under `RootFS`, the lowest first: compare them from the top of the \
             lists, and stop at the first difference."
                .into()
        }
        FactKind::Download => {
            format!("`docker pull {name}` says `Already exists` where a layer is here; `docker manifest inspect` has the sizes.")
        }
        FactKind::SizeRatio | FactKind::SizeOrder => "`docker images` shows each size in the column SIZE.".into(),
        FactKind::Tags => "`docker images` has one line a name; names of one image have the same IMAGE ID.".into(),
        FactKind::FullName | FactKind::Part => {
            format!("Read `{name}` from the left: is the first word before a `/` an address? {ORDER}")
        }
    }
}
