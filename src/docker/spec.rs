//! What describes a command: its words, flags and help; and the flags that many have.

use super::flags::{Flag, Kind, Order};

/// How many arguments a command takes (docker/cli, cli/required.go).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
    Between(usize, usize),
}

/// Which of the commands it is; one variant a file of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Pull,
    Push,
    Images,
    Inspect,
    ImageInspect,
    History,
    Remove,
    Tag,
    Prune,
    Search,
    ManifestInspect,
    ImageToolsInspect,
    LogIn,
    LogOut,
    Save,
    Load,
    Import,
    SystemPrune,
    DiskUsage,
    Version,
    Info,
    Run,
    Create,
    Start,
    Stop,
    Kill,
    Restart,
    Wait,
    Exec,
    Ps,
    RemoveContainer,
    PruneContainers,
    Rename,
    Diff,
    Commit,
    Copy,
    Logs,
    Pause,
    Unpause,
    Attach,
    Export,
    Port,
    Stats,
    Top,
    ContainerInspect,
}

/// A command that layerbook carries out.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) verb: Verb,
    /// Names without `docker`. On a help page the first of the same group stands for its aliases.
    pub(super) names: &'static [&'static str],
    /// What stands behind the name in the usage line.
    pub(super) usage: &'static str,
    pub(super) short: &'static str,
    /// What the help page says instead of `short`, where it says more.
    pub(super) long: &'static str,
    pub(super) flags: &'static [Flag],
    pub(super) arity: Arity,
}

impl Spec {
    /// Returns the name under which pages and errors speak of it: `image ls` for `image list`.
    pub(super) fn canonical(&self, name: &str) -> &'static str {
        let group = |name: &str| name.rsplit_once(' ').map(|(group, _)| group.to_owned());
        let wanted = group(name);
        self.names.iter().find(|known| group(known) == wanted).copied().unwrap_or(self.names[0])
    }
}

impl Spec {
    /// Tells whether flags may stand behind arguments: not where these are a command of their own, and not of two commands more.
    pub(super) fn order(&self) -> Order {
        match self.verb {
            Verb::Run | Verb::Create | Verb::Exec | Verb::Top | Verb::Tag | Verb::Commit => Order::FlagsFirst,
            _ => Order::Interspersed,
        }
    }
}

const FORMAT: &str = "Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

const TABLE_FORMAT: &str = "Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

pub(super) const NO_TRUNC: Flag = Flag::new("no-trunc", None, Kind::Switch(false), "Don't truncate output");
pub(super) const ONE_FORMAT: Flag = Flag::new("format", Some('f'), Kind::Text, FORMAT);
pub(super) const ROW_FORMAT: Flag = Flag::new("format", None, Kind::Text, TABLE_FORMAT);
