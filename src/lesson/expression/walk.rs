//! The walk over an expression's syntax tree: which facts it asks for, which names it makes, and whether it may run at all.

use cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::super::fact::FactKind;
use super::super::look;
use super::call::{Argument, Call};

const MAX_MACROS: usize = 2;
/// Functions of the language itself and ours beside the facts.
const FUNCTIONS: &[&str] = &[
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "type",
    "matches",
    "max",
    "min",
    "human_size",
    "round",
    "sum",
    "join",
    "short",
];

/// What is found in a syntax tree.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The facts that it asks for.
    pub(super) calls: Vec<Call>,
    /// Names that `map`, `filter` and their like make.
    pub(super) made: Vec<String>,
    error: Option<String>,
}

impl Walk {
    /// Looks through the whole tree. The error says what it must not have; of several, the last one.
    pub(super) fn through(tree: &IdedExpr) -> Result<Self, String> {
        let mut walk = Self::default();
        walk.visit(tree, 0);
        match walk.error {
            Some(error) => Err(error),
            None => Ok(walk),
        }
    }

    fn visit(&mut self, node: &IdedExpr, macros: usize) {
        match &node.expr {
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
            Expr::Call(call) => {
                self.note_call(&call.func_name, &call.args, call.target.is_some());
                call.target.iter().for_each(|target| self.visit(target, macros));
                call.args.iter().for_each(|argument| self.visit(argument, macros));
            }
            Expr::Comprehension(inner) => {
                if macros == MAX_MACROS {
                    self.error = Some(format!("`map`, `filter` and their like nest at most {MAX_MACROS} deep"));
                    return;
                }
                self.made.push(inner.iter_var.clone());
                self.visit(&inner.iter_range, macros);
                for part in [&inner.accu_init, &inner.loop_cond, &inner.loop_step, &inner.result] {
                    self.visit(part, macros + 1);
                }
            }
            Expr::List(list) => list.elements.iter().for_each(|item| self.visit(item, macros)),
            Expr::Select(select) => {
                let field = select.field.as_str();
                if !look::MEMBERS.contains(&field) {
                    let near = crate::yaml::nearest(field, look::MEMBERS);
                    let near = near.map(|near| format!(". Did you mean `{near}`?")).unwrap_or_default();
                    self.error = Some(format!("nothing has a member `{field}`{near}"));
                }
                self.visit(&select.operand, macros);
            }
            Expr::Map(_) | Expr::Struct(_) => self.error = Some("an expression makes no mappings here".to_owned()),
        }
    }

    fn note_call(&mut self, name: &str, arguments: &[IdedExpr], is_method: bool) {
        if FactKind::ALL.iter().any(|(known, _)| *known == name) && !is_method {
            match arguments.iter().map(argument).collect::<Option<Vec<_>>>() {
                Some(arguments) => {
                    let call = Call { function: name.to_owned(), arguments };
                    match call.fact() {
                        Some(_) => self.calls.push(call),
                        None => self.error = Some(format!("`{name}`: {}", takes(name))),
                    }
                }
                None => self.error = Some(format!("`{name}` takes a text in quotes, or one name")),
            }
        } else if let (false, Some((_, takes))) = (is_method, look::LOOKS.iter().find(|(known, _)| *known == name)) {
            match arguments.iter().map(argument).collect::<Option<Vec<_>>>() {
                Some(arguments) if takes.contains(&arguments.len()) => {
                    self.calls.push(Call { function: name.to_owned(), arguments });
                }
                Some(_) | None => {
                    let takes = takes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
                    self.error = Some(format!("`{name}` takes {takes} of: a text in quotes, a name"));
                }
            }
        } else if name.starts_with(|c: char| c.is_alphabetic())
            && !FUNCTIONS.contains(&name)
            && !look::COMMANDS.contains(&name)
        {
            let looks = look::LOOKS.iter().map(|(key, _)| *key).chain(look::COMMANDS.iter().copied());
            let facts = FactKind::ALL.iter().map(|(key, _)| *key);
            let known: Vec<&str> = facts.chain(looks).chain(FUNCTIONS.iter().copied()).collect();
            let near = crate::yaml::nearest(name, &known).map(|near| format!(". Did you mean `{near}`?"));
            self.error = Some(format!("no function is called `{name}`{}", near.unwrap_or_default()));
        }
    }
}

fn takes(name: &str) -> &'static str {
    FactKind::ALL.iter().find(|(known, _)| *known == name).map_or("", |(_, kind)| kind.takes())
}

fn argument(node: &IdedExpr) -> Option<Argument> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(Argument::Literal(text.inner().to_owned())),
        Expr::Ident(name) => Some(Argument::Name(name.clone())),
        _ => None,
    }
}
