//! Lessons and problems as authors mean them. Texts still hold their `$name` and `${expression}`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::fact::Fact;
use super::value::Choice;
use crate::container::ChangeKind;

/// Whether something is learned or practised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A guided sequence of steps: `layerbook learn`.
    Lesson,
    /// A practice problem: `layerbook practice`.
    Problem,
}

/// A lesson or a problem.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Its id, also its file's name.
    pub id: String,
    /// Which of the two.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// How long it takes, in minutes; 0 where the author does not say.
    pub minutes: u32,
    /// How hard a problem is, from 1; 0 where the author does not say.
    pub level: u32,
    /// The core track fits one class; empty where the author does not say.
    pub track: String,
    /// What it is about.
    pub concepts: Vec<String>,
    /// Lessons that should come before.
    pub needs: Vec<String>,
    /// Images that the workspace holds at the beginning.
    pub start: Vec<String>,
    /// Commands that make what else is there at the beginning: containers, names.
    pub start_commands: Vec<String>,
    /// Day of the registry at the beginning, `2026-07-31`; absent means what is newest.
    pub registry: Option<String>,
    /// What is drawn anew for each attempt: name and possible values, at least one.
    pub vary: Vec<(String, Vec<String>)>,
    /// Expressions over drawn values that a variant must fulfil.
    pub conditions: Vec<String>,
    /// The values of the first attempt.
    pub first: BTreeMap<String, String>,
    /// Values fixed once at the opening: name and expression.
    pub freeze: Vec<(String, String)>,
    /// What a problem asks for as a whole; empty for a lesson.
    pub ask: String,
    /// The steps; of a problem the goal, where it has one, then the parts.
    pub steps: Vec<Step>,
    /// What an author's tests type, and what is to come of it.
    pub tests: Vec<Test>,
    /// Whether there is more than one variant, once somebody has asked.
    pub(super) varies: OnceLock<bool>,
}

impl Activity {
    /// Id of the step that a problem's own `goal` becomes; no part of it.
    pub const GOAL: &'static str = "goal";

    /// Tells whether a report lists the step: a problem's goal is no part of it.
    pub fn is_counted(&self, step: &Step) -> bool {
        self.kind == Kind::Lesson || step.id != Self::GOAL
    }
}

/// One step of a lesson, or part of a problem.
#[derive(Debug, Clone)]
pub struct Step {
    /// Stable: progress hangs on it.
    pub id: String,
    /// What happens.
    pub kind: StepKind,
    /// The step is left out where this expression is false.
    pub condition: Option<String>,
    /// A ladder, most general first.
    pub hints: Vec<Hint>,
    /// Why it is so.
    pub explain: Option<String>,
    /// Concepts.
    pub teaches: Vec<String>,
    /// The author's rules about wrong answers; the first that matches speaks.
    pub wrong: Vec<Rule>,
    /// Commands that lead there.
    pub solve: Vec<String>,
    /// Images that must be there when the step begins.
    pub have: Vec<String>,
    /// The registry moves to this day, `2026-09-30`, before the step begins.
    pub registry: Option<String>,
    /// Ids that the step had in older versions of the pack.
    pub was: Vec<String>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Says something.
    Say(String),
    /// Runs a command and explains rows of its output.
    Show {
        /// The command.
        command: String,
        /// Notes beside rows.
        notes: Vec<Note>,
    },
    /// Lets the learner commit to an answer, then shows what is so.
    Predict {
        /// The question.
        question: String,
        /// What is right.
        answer: Answer,
        /// The command that shows it.
        reveal: Option<String>,
    },
    /// A command with a gap, `____`.
    Fill {
        /// The command with its gap.
        command: String,
        /// What belongs in the gap; each is right.
        gap: Vec<String>,
    },
    /// A goal that any commands may reach.
    Do {
        /// What is asked for.
        task: String,
        /// When it is reached.
        goal: Goal,
    },
    /// A question.
    Ask {
        /// The question.
        question: String,
        /// What is right.
        answer: Answer,
    },
    /// Free use with a few things to find.
    Explore {
        /// What to look around for.
        task: String,
        /// All of these, in any order.
        find: Vec<Goal>,
    },
    /// The ideas of the lesson: sentences, or ids of `pack.yaml`'s misconceptions.
    Recap(Vec<String>),
}

/// What belongs into the gap of a command.
pub const GAP: &str = "____";

/// A note beside a row of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which row.
    pub row: Row,
    /// Which of its columns, by the heading in the first row; the whole row where absent.
    pub column: Option<String>,
    /// What is said about it.
    pub say: String,
}

/// A row of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// By its number, from 1.
    Number(usize),
    /// The last row with this text in it: a redrawn line counts as it ended.
    With(String),
}

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A text.
    Text(String),
    /// The way, shown on another variant.
    WorkedSibling,
}

/// What an author knows about a wrong answer or state.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The misconception that it shows.
    pub id: String,
    /// When it speaks.
    pub when: When,
    /// What it says.
    pub say: String,
}

/// When a rule speaks.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// The answer is one of these, read as the answer itself is.
    Is(Vec<String>),
    /// The state is so.
    State(Goal),
    /// The expression is true; `answer` is what was typed.
    Expression(String),
}

/// What is right.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// What the engine knows.
    Fact(Fact),
    /// One of several options.
    Choice(Vec<Choice>),
    /// Some of several options, all that are right.
    Choices(Vec<Choice>),
    /// Yes or no.
    YesNo(bool),
    /// One of these texts; capitals and outer blanks do not count.
    Text(Vec<String>),
    /// A number; the tolerance is the digits that the learner wrote, at least two.
    Number(String),
    /// These items in this order.
    Order(Vec<String>),
    /// Items, each with the group that it belongs to.
    Match(Vec<(String, String)>),
    /// What a docker pipeline prints.
    Command {
        /// The line.
        line: String,
        /// How its output is read and compared; by its looks where absent.
        as_type: Option<ValueType>,
    },
    /// Free text; then this model answer, and the learner's own rating. Never right or wrong.
    Reflect(String),
    /// The value of an expression.
    Cel {
        /// The expression.
        source: String,
        /// How it is read and compared.
        as_type: ValueType,
    },
}

/// How the value of an expression is read and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A whole number of things.
    Count,
    /// Bytes.
    Size,
    /// A number.
    Number,
    /// A text.
    Text,
    /// Yes or no.
    YesNo,
    /// A list of texts in which the order does not count.
    Set,
    /// A command with its arguments.
    Argv,
    /// A digest, of which 7 digits suffice.
    Digest,
    /// The name of an image; `redis` is `docker.io/library/redis:latest`.
    Ref,
    /// A platform; `linux/arm64` is `linux/arm64/v8`.
    Platform,
}

/// What a step's commands are to reach.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// These images are held under these names, as the registry had them at the opening.
    Pulled(Vec<String>),
    /// These names are gone.
    Gone(Vec<String>),
    /// A name stands for an image.
    Tagged {
        /// The new name.
        name: String,
        /// The image that it stands for; any where absent.
        image: Option<String>,
    },
    /// Both names stand for one image.
    SameImage(String, String),
    /// No image without a name is held.
    NoDangling,
    /// An image that came during the step stands on the same lowest layers as this one.
    SharesBaseWith(String),
    /// A container has something at a path.
    FileInContainer {
        /// The container; any where absent.
        container: Option<String>,
        /// The path.
        path: String,
        /// A text that the file holds; any where absent.
        text: Option<String>,
    },
    /// A container differs from its image.
    ContainerChanged {
        /// The container; any where absent.
        container: Option<String>,
        /// The path that differs; any where absent.
        path: Option<String>,
        /// How it differs; in any way where absent.
        how: Option<ChangeKind>,
    },
    /// A command with all of these words ran, with status 0.
    Ran(String),
    /// The expression is true.
    Cel(String),
    /// Another goal, and what is said while it is not reached, in place of the workbook's own words.
    Said(Box<Goal>, String),
}

impl Goal {
    /// Returns the goal without what the author says about it.
    pub fn bare(&self) -> &Self {
        match self {
            Self::Said(goal, _) => goal.bare(),
            goal => goal,
        }
    }
}

/// What an author's test types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Lines by the id of the part that they answer.
    pub typed: Vec<(String, String)>,
    /// Holds only for these drawn values.
    pub when: BTreeMap<String, String>,
    /// `right`, `wrong`, `unreadable`, or the id of the rule that speaks.
    pub expect: String,
}
