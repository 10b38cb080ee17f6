//! Types of expressions. CEL compares a number with a text without a word, and the answer is always no.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use crate::yaml::{Findings, Position, Severity};

use super::super::expression::Expression;
use super::super::fact::FactKind;
use super::super::model::{Answer, Goal, Step, ValueType, When};
use super::super::template::Template;
use super::Sheet;

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Text,
    Truth,
    List,
    /// Not known before it runs.
    Any,
}

impl Type {
    fn word(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Truth => "true or false",
            Self::List => "a list",
            Self::Any => "anything",
        }
    }

    fn fits(self, other: Self) -> bool {
        self == other || self == Self::Any || other == Self::Any
    }
}

/// Looks at every expression of a file.
pub(super) fn types(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let bound: Vec<&str> = sheet.activity.vary.iter().map(|(name, _)| name.as_str()).collect();
    let frozen = sheet.activity.freeze.iter().map(|(_, source)| (source.as_str(), Type::Any));
    for (source, wanted) in frozen {
        expression(source, wanted, &bound, sheet.root.at, found);
    }
    for step in &sheet.activity.steps {
        let at = sheet.node(&step.id).at;
        for (source, wanted) in conditions(step) {
            expression(source, wanted, &bound, at, found);
        }
        for text in step.texts() {
            let Ok(template) = Template::parse(text) else { continue };
            for source in template.expressions() {
                expression(source, Type::Any, &bound, at, found);
                can_fail(source, at, found);
            }
        }
    }
}

/// Expressions that stand alone, with what they are to give.
fn conditions(step: &Step) -> Vec<(&str, Type)> {
    let mut sources: Vec<(&str, Type)> = step.condition.iter().map(|source| (source.as_str(), Type::Truth)).collect();
    if let Some(Answer::Cel { source, as_type }) = step.answer() {
        sources.push((source, wanted(*as_type)));
    }
    for rule in &step.wrong {
        if let When::Expression(source) = &rule.when {
            sources.push((source, Type::Truth));
        }
    }
    for goal in step.goals() {
        if let Goal::Cel(source) = goal.bare() {
            sources.push((source, Type::Truth));
        }
    }
    sources
}

fn wanted(value: ValueType) -> Type {
    match value {
        ValueType::Count | ValueType::Size | ValueType::Number => Type::Number,
        ValueType::Text | ValueType::Digest | ValueType::Ref | ValueType::Platform => Type::Text,
        ValueType::YesNo => Type::Truth,
        ValueType::Set | ValueType::Argv => Type::List,
    }
}

fn expression(source: &str, wanted: Type, bound: &[&str], at: Position, found: &mut Findings<'_>) {
    let Ok(parsed) = Expression::parse(source) else { return };
    let mut walk = Walk { bound, breaches: Vec::new() };
    let given = walk.of(parsed.root());
    if !given.fits(wanted) {
        walk.breaches.push(format!("this gives {}, and {} belongs here", given.word(), wanted.word()));
    }
    for breach in walk.breaches {
        let advice = "`size(LIST)`, `string(NUMBER)` and `int(TEXT)` make one of the other.";
        let place = found.place_of(source, at);
        found.breach(Severity::Error, "expression-type", place, format!("`{source}`: {breach}"), advice);
    }
}

struct Walk<'b> {
    bound: &'b [&'b str],
    breaches: Vec<String>,
}

impl Walk<'_> {
    fn of(&mut self, node: &IdedExpr) -> Type {
        match &node.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(name) if self.bound.contains(&name.as_str()) => Type::Text,
            Expr::List(list) => {
                for item in &list.elements {
                    self.of(item);
                }
                Type::List
            }
            Expr::Call(call) => self.call(call),
            Expr::Ident(_)
            | Expr::Unspecified
            | Expr::Comprehension(_)
            | Expr::Select(_)
            | Expr::Map(_)
            | Expr::Struct(_) => Type::Any,
        }
    }

    fn call(&mut self, call: &CallExpr) -> Type {
        let operands: Vec<Type> =
            call.target.as_deref().into_iter().chain(call.args.iter()).map(|operand| self.of(operand)).collect();
        match (call.func_name.as_str(), operands.as_slice()) {
            ("_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", [left, right]) => {
                self.comparison(call, *left, *right);
                Type::Truth
            }
            ("_&&_" | "_||_" | "!_", operands) => {
                if let Some(odd) = operands.iter().find(|operand| !operand.fits(Type::Truth)) {
                    self.breaches.push(format!("{} stands where true or false belongs", odd.word()));
                }
                Type::Truth
            }
            ("_?_:_", [_, yes, no]) if yes == no => *yes,
            ("_+_", [left, right]) if !left.fits(*right) => {
                self.breaches.push(format!("{} and {} cannot be added", left.word(), right.word()));
                Type::Any
            }
            ("_+_", [left, right]) => {
                if *left == Type::Any {
                    *right
                } else {
                    *left
                }
            }
            ("_-_" | "_*_" | "_/_" | "_%_" | "-_" | "size" | "int" | "uint" | "double" | "round" | "sum", _) => {
                Type::Number
            }
            ("string" | "human_size" | "join" | "short", _) => Type::Text,
            ("contains" | "startsWith" | "endsWith" | "matches" | "bool" | "@in", _) => Type::Truth,
            (name, _) => fact_type(name, call.args.len()),
        }
    }

    fn comparison(&mut self, call: &CallExpr, left: Type, right: Type) {
        if !left.fits(right) {
            self.breaches.push(format!("{} is compared with {}, which is never so", left.word(), right.word()));
        }
        let is_answer = |node: &IdedExpr| matches!(&node.expr, Expr::Ident(name) if name == "answer");
        let digits = |node: &IdedExpr| match &node.expr {
            Expr::Literal(LiteralValue::String(text)) => text.inner().parse::<i64>().is_ok(),
            _ => false,
        };
        if call.args.iter().any(is_answer) && call.args.iter().any(digits) {
            self.breaches.push("an `answer` of digits is a number, and this compares it with a text".to_owned());
        }
    }
}

fn literal_type(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Truth,
        LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Type::Number,
        LiteralValue::String(_) => Type::Text,
        LiteralValue::Bytes(_) | LiteralValue::Null => Type::Any,
    }
}

fn fact_type(name: &str, arguments: usize) -> Type {
    let Some((_, kind)) = FactKind::ALL.iter().find(|(known, _)| *known == name) else { return Type::Any };
    match kind {
        FactKind::Layers
        | FactKind::HistoryLines
        | FactKind::Size
        | FactKind::CompressedSize
        | FactKind::SharedBase
        | FactKind::Download
        | FactKind::SizeRatio => Type::Number,
        FactKind::Id | FactKind::Digest | FactKind::FullName | FactKind::Part => Type::Text,
        FactKind::Cmd | FactKind::Entrypoint | FactKind::Ports | FactKind::Platforms | FactKind::Tags => Type::List,
        FactKind::SizeOrder => Type::Any,
        FactKind::Env => {
            if arguments == 1 {
                Type::List
            } else {
                Type::Text
            }
        }
    }
}

/// A text that cannot be filled in is a hole in the lesson: an index that is not there, a division by nothing.
fn can_fail(source: &str, at: Position, found: &mut Findings<'_>) {
    let Some(reason) = Expression::parse(source).ok().and_then(|parsed| failing(parsed.root())) else { return };
    let advice = "Ask first: `size(LIST) > 0 ? LIST[0] : \"none\"`.";
    let place = found.place_of(source, at);
    found.breach(Severity::Warning, "can-fail", place, format!("`{source}` fails where {reason}"), advice);
}

fn failing(node: &IdedExpr) -> Option<&'static str> {
    match &node.expr {
        // What stands behind a condition was thought about.
        Expr::Call(call) if call.func_name == "_?_:_" => call.args.first().and_then(failing),
        Expr::Call(call) => {
            let is_literal = |node: &IdedExpr| matches!(node.expr, Expr::Literal(_));
            match call.func_name.as_str() {
                "_[_]" => Some("the list is shorter"),
                "_/_" | "_%_" if !call.args.last().is_some_and(is_literal) => Some("the divisor is 0"),
                "int" | "double" if !call.args.iter().all(is_literal) => Some("the text is no number"),
                _ => call.target.as_deref().into_iter().chain(call.args.iter()).find_map(failing),
            }
        }
        Expr::List(list) => list.elements.iter().find_map(failing),
        Expr::Select(select) => failing(&select.operand),
        Expr::Unspecified
        | Expr::Ident(_)
        | Expr::Literal(_)
        | Expr::Comprehension(_)
        | Expr::Map(_)
        | Expr::Struct(_) => None,
    }
}
