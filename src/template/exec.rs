//! Execution: walks a template's trees over a root value and writes text. Stops at Go's errors, and at a budget that
//! bounds time, memory and output whatever the template says.

mod evaluate;

use super::Error;
use super::ast::{Branch, Call, Node, Place, Tree};
use super::functions::Library;
use super::printf;
use super::quote::quoted;
use super::value::Value;

/// Most bytes that a template may write.
const MAX_OUTPUT: usize = 16 << 20;
/// Most steps and bytes made on the way, together.
const BUDGET: usize = 64 << 20;
/// Deepest nesting of running blocks, pipelines and templates.
const MAX_DEPTH: usize = 100;

/// What a missing key of a map gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingKey {
    /// `<no value>`.
    NoValue,
    /// An error (`missingkey=error`).
    Fails,
}

/// Runs the first of the trees on a value. Returns what was written, and what stopped it.
pub(super) fn run(trees: &[Tree], root: Value, missing: MissingKey, library: Library) -> (String, Result<(), Failure>) {
    let mut run = Run {
        trees,
        tree: &trees[0],
        missing,
        library,
        place: None,
        variables: vec![("$", Slot::plain(root.clone()))],
        out: String::new(),
        left: BUDGET,
        depth: 0,
    };
    let ended = run.body(&Slot::plain(root), &trees[0].body);
    let ended = ended.map(drop).map_err(|reason| run.failure(reason));
    (run.out, ended)
}

/// Where and why an execution stopped; the source turns it into an error.
pub(super) struct Failure {
    at: Option<usize>,
    tree: String,
    context: String,
    reason: String,
}

impl Failure {
    /// Finds the failure's line and column in the source.
    pub(super) fn locate(self, source: &str) -> Error {
        let before = &source[..self.at.unwrap_or(0)];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        Error::Execute { line, column, tree: quoted(&self.tree), context: self.context, reason: self.reason }
    }
}

type Outcome<T> = Result<T, String>;

/// A value with what Go knows of it statically.
#[derive(Debug, Clone)]
struct Slot {
    value: Value,
    /// Whether it was taken from a place of type `interface {}`, which is then its type in complaints.
    boxed: bool,
}

impl Slot {
    fn plain(value: Value) -> Slot {
        Slot { value, boxed: false }
    }

    fn element(value: Value, shape: &super::shape::Shape) -> Slot {
        let boxed = *shape == super::shape::Shape::Any && !matches!(value, Value::Row(_));
        Slot { value, boxed }
    }

    fn type_name(&self) -> String {
        if self.boxed { "interface {}".into() } else { self.value.type_name().into_owned() }
    }
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'t> {
    trees: &'t [Tree],
    tree: &'t Tree,
    missing: MissingKey,
    library: Library,
    /// The node at work, which errors name.
    place: Option<&'t dyn Place>,
    variables: Vec<(&'t str, Slot)>,
    out: String,
    left: usize,
    depth: usize,
}

impl<'t> Run<'t> {
    fn failure(&self, reason: String) -> Failure {
        Failure {
            at: self.place.map(Place::offset),
            tree: self.tree.name.clone(),
            context: self.place.map(ToString::to_string).unwrap_or_default(),
            reason,
        }
    }

    fn body(&mut self, dot: &Slot, nodes: &'t [Node]) -> Outcome<Flow> {
        self.enter()?;
        for node in nodes {
            let flow = self.node(dot, node)?;
            if flow != Flow::On {
                self.depth -= 1;
                return Ok(flow);
            }
        }
        self.depth -= 1;
        Ok(Flow::On)
    }

    fn node(&mut self, dot: &Slot, node: &'t Node) -> Outcome<Flow> {
        self.spend(1)?;
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Action(pipe) => {
                let value = self.pipe(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(value)?;
                }
            }
            Node::If(branch) => return self.branch(dot, branch, |dot, _| dot.clone()),
            Node::With(branch) => return self.branch(dot, branch, |_, value| value),
            Node::Range(branch) => return self.range(dot, branch),
            Node::Call(call) => self.template(dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn print(&mut self, slot: Slot) -> Outcome<()> {
        match slot.value.indirect() {
            Value::Missing => self.write("<no value>"),
            Value::Text(text, _) => self.write(&text),
            other @ Value::Row(_) => self.write(printf::sprint(&[other]).trim_start_matches('&')),
            other => self.write(&printf::sprint(&[other])),
        }
    }

    fn branch(&mut self, dot: &Slot, branch: &'t Branch, inner: fn(&Slot, Slot) -> Slot) -> Outcome<Flow> {
        let scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let flow = if value.value.is_true() {
            self.body(&inner(dot, value), &branch.body)?
        } else {
            self.otherwise(dot, branch)?
        };
        self.variables.truncate(scope);
        Ok(flow)
    }

    fn otherwise(&mut self, dot: &Slot, branch: &'t Branch) -> Outcome<Flow> {
        branch.otherwise.as_deref().map_or(Ok(Flow::On), |nodes| self.body(dot, nodes))
    }

    fn range(&mut self, dot: &Slot, branch: &'t Branch) -> Outcome<Flow> {
        let scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?.value.indirect();
        let mark = self.variables.len();
        let mut any = false;
        for (key, item) in Self::elements(value, branch)? {
            any = true;
            self.spend(1)?;
            if let [.., last] = &mut self.variables[scope..mark] {
                last.1 = item.clone();
            }
            if branch.pipe.variables.len() > 1 {
                self.variables[mark - 2].1 = Slot::plain(key);
            }
            let flow = self.body(&item, &branch.body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        let flow = if any { Flow::On } else { self.otherwise(dot, branch)? };
        self.variables.truncate(scope);
        Ok(flow)
    }

    /// Lists what a range goes over, with keys or indexes.
    fn elements(value: Value, branch: &Branch) -> Outcome<Box<dyn Iterator<Item = (Value, Slot)>>> {
        Ok(match value {
            Value::List(items, shape) => {
                let items = items.unwrap_or_else(|| [].into());
                Box::new((0..items.len()).map(move |at| (Value::int(at), Slot::element(items[at].clone(), shape))))
            }
            Value::Map(entries, shape) => {
                let entries = entries.iter().flat_map(|entries| entries.iter());
                let pairs = entries.map(|(key, item)| (Value::text(key), Slot::element(item.clone(), shape)));
                Box::new(pairs.collect::<Vec<_>>().into_iter())
            }
            Value::Int(count, name) if branch.pipe.variables.len() < 2 => {
                Box::new((0..count).map(move |at| (Value::Missing, Slot::plain(Value::Int(at, name)))))
            }
            Value::Int(count, _) => {
                return Err(format!("can't use {count} to iterate over more than one variable"));
            }
            Value::Missing => Box::new(std::iter::empty()),
            other => return Err(format!("range can't iterate over {}", printf::sprint(&[other]))),
        })
    }

    fn template(&mut self, dot: &Slot, call: &'t Call) -> Outcome<()> {
        self.place = Some(call);
        let tree = self.trees.iter().skip(1).find(|tree| tree.name == call.name);
        let tree = tree.ok_or_else(|| format!("template {} not defined", quoted(&call.name)))?;
        let dot = match &call.pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Slot::plain(Value::Missing),
        };
        let outer = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let caller = std::mem::replace(&mut self.tree, tree);
        self.body(&dot, &tree.body)?;
        self.tree = caller;
        self.variables = outer;
        Ok(())
    }

    fn variable(&mut self, name: &str) -> Outcome<&mut Slot> {
        let found = self.variables.iter_mut().rev().find(|(declared, _)| *declared == name);
        found.map(|(_, slot)| slot).ok_or_else(|| format!("undefined variable: {name}"))
    }

    fn write(&mut self, text: &str) -> Outcome<()> {
        if self.out.len() + text.len() > MAX_OUTPUT {
            return Err(format!("the output is larger than {MAX_OUTPUT} bytes"));
        }
        self.spend(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    /// Goes one level deeper; the caller comes back by `self.depth -= 1` unless it fails.
    fn enter(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("exceeded maximum template depth ({MAX_DEPTH})"));
        }
        Ok(())
    }

    fn spend(&mut self, amount: usize) -> Outcome<()> {
        self.left = self.left.checked_sub(amount).ok_or("the template does too much work")?;
        Ok(())
    }
}
