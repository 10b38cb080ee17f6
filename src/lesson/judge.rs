//! Judging an answer. What is right comes first, then the author's rules, then the known slips, then a fallback that
//! says how the answer was read and what to look at.

use std::collections::BTreeSet;

use cel::Value as Cel;

use super::draw::Draw;
use super::expression::{Expression, display};
use super::fact::{Fact, FactKind, NamePart, Trouble};
use super::given::Given;
use super::goal::reached;
use super::model::{Answer, Rule, ValueType, When};
use super::reached::Reached;
use super::reader::read;
use super::scope::Scope;
use super::several;
use super::slip;
use super::value::Choice;
use super::value::{SetKind, Value, is_tag};

/// What comes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong {
        /// The misconception that it shows, where one is known.
        rule: Option<String>,
        /// Why it is wrong.
        message: String,
    },
    /// It could not be read; the text says what is wanted. No attempt counted.
    Unreadable(String),
    /// What is right cannot be known now; the text says why. Never the learner's fault.
    CannotCheck(String),
}

/// An answer, and whether the learner was sure of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<'t> {
    /// Without the mark.
    pub text: &'t str,
    /// A `?` at the end: unsure.
    pub unsure: bool,
}

impl<'t> Typed<'t> {
    /// Takes the mark off a line.
    pub fn new(line: &'t str) -> Self {
        match line.trim().strip_suffix('?') {
            Some(text) if !text.trim().is_empty() => Self { text: text.trim_end(), unsure: true },
            _ => Self { text: line.trim(), unsure: false },
        }
    }
}

/// Computes what is right. `draw` shuffles options, with the draws from `n` on.
pub fn right_value(answer: &Answer, scope: &Scope<'_>, draw: &Draw, n: u64) -> Result<Value, Trouble> {
    match answer {
        Answer::Fact(fact) if fact.kind == FactKind::SizeOrder => scope.fact(&shuffled_fact(fact, draw, n)),
        Answer::Fact(fact) => scope.fact(fact),
        Answer::Command { .. } => Err(Trouble("a command has to run first".to_owned())),
        Answer::Reflect(model) => scope.expand(model).map(Value::Reflect),
        Answer::Choice(options) => shuffled(options, scope, draw, n).map(Value::Choice),
        Answer::Choices(options) => shuffled(options, scope, draw, n).map(Value::Choices),
        Answer::YesNo(yes) => Ok(Value::YesNo(*yes)),
        Answer::Text(texts) => texts.iter().map(|text| scope.expand(text)).collect::<Result<_, _>>().map(Value::Text),
        Answer::Number(text) => {
            let number = scope.expand(text)?;
            number.parse().map(Value::Number).map_err(|_| Trouble(format!("`{number}` is no number")))
        }
        Answer::Order(items) => {
            let items = items.iter().map(|item| scope.expand(item)).collect::<Result<Vec<_>, _>>()?;
            let mut shown: Vec<usize> = (0..items.len()).collect();
            draw.shuffle(n, &mut shown);
            let right = (0..items.len()).filter_map(|item| shown.iter().position(|at| *at == item)).collect();
            Ok(Value::Order(shown.iter().map(|at| items[*at].clone()).collect(), right))
        }
        Answer::Match(pairs) => {
            let mut groups: Vec<String> = pairs.iter().map(|(_, group)| group.clone()).collect();
            groups.sort();
            groups.dedup();
            let of = |group: &String| groups.iter().position(|known| known == group).unwrap_or_default();
            let right = pairs.iter().map(|(_, group)| of(group)).collect();
            Ok(Value::Match(pairs.iter().map(|(item, _)| item.clone()).collect(), groups, right))
        }
        Answer::Cel { source, as_type } => computed(source, *as_type, scope),
    }
}

/// What is to be ordered is shown in an order of its own.
fn shuffled_fact(fact: &Fact, draw: &Draw, n: u64) -> Fact {
    let mut names: Vec<String> = fact.subjects().cloned().collect();
    draw.shuffle(n, &mut names);
    Fact { subject: names.remove(0), others: names, ..fact.clone() }
}

fn shuffled(options: &[Choice], scope: &Scope<'_>, draw: &Draw, n: u64) -> Result<Vec<Choice>, Trouble> {
    let expand = |option: &Choice| {
        let say = option.say.as_deref().map(|say| scope.expand(say)).transpose()?;
        Ok(Choice { text: scope.expand(&option.text)?, right: option.right, say })
    };
    let mut options = options.iter().map(expand).collect::<Result<Vec<_>, _>>()?;
    draw.shuffle(n, &mut options);
    Ok(options)
}

fn computed(source: &str, as_type: ValueType, scope: &Scope<'_>) -> Result<Value, Trouble> {
    use cel::Value as Cel;
    let value = Expression::parse(source).map_err(Trouble)?.value(scope, None)?;
    let texts = |items: &[Cel]| items.iter().map(display).collect::<Vec<_>>();
    let found = match (as_type, &value) {
        (ValueType::Count, Cel::Int(number)) => u64::try_from(*number).ok().map(Value::Count),
        (ValueType::Size, Cel::Int(number)) => u64::try_from(*number).ok().map(Value::Size),
        (ValueType::Number, Cel::Int(number)) => i32::try_from(*number).ok().map(|n| Value::Number(f64::from(n))),
        (ValueType::Number, Cel::Float(number)) => Some(Value::Number(*number)),
        (ValueType::Text, Cel::String(text)) => Some(Value::Text(vec![text.to_string()])),
        (ValueType::YesNo, Cel::Bool(yes)) => Some(Value::YesNo(*yes)),
        (ValueType::Set, Cel::List(items)) => Some(Value::Set(SetKind::Words, texts(items).into_iter().collect())),
        (ValueType::Argv, Cel::List(items)) => Some(Value::Argv(texts(items))),
        (ValueType::Digest | ValueType::Ref | ValueType::Platform, Cel::String(text)) => {
            super::output::value(text, Some(as_type)).ok()
        }
        _ => None,
    };
    found.ok_or_else(|| Trouble(format!("an expression gives `{}`, which is not of its type", display(&value))))
}

/// Judges what was typed.
pub fn judge(answer: &Answer, right: &Value, rules: &[Rule], typed: &str, scope: &Scope<'_>) -> Outcome {
    let given = match read(right, typed) {
        Ok(given) => given,
        Err(wanted) => return by_unreadable_rule(right, rules, typed, scope).unwrap_or(Outcome::Unreadable(wanted)),
    };
    if right.accepts(&given) {
        let other = match answer {
            Answer::Fact(fact) => slip::other_capitals(fact, right, &given),
            _ => None,
        };
        return other.map_or(Outcome::Right, |(rule, message)| Outcome::Wrong { rule: Some(rule.to_owned()), message });
    }
    let explained = by_rules(right, rules, &given, typed, scope);
    let explained = explained.or_else(|| by_choice(right, &given)).or_else(|| by_slips(answer, right, &given, scope));
    let explained = explained.or_else(|| by_parts(right, &given));
    let (rule, message) = explained.unwrap_or_else(|| (None, fallback(answer, right, &given, typed, scope)));
    Outcome::Wrong { rule, message }
}

/// Tells whether a rule would speak about an answer that can be read, whether it is right or not.
pub fn speaks(rule: &Rule, right: &Value, typed: &str, scope: &Scope<'_>) -> bool {
    read(right, typed).is_ok_and(|given| applies(rule, right, &given, typed, scope))
}

/// Values that are commonly given in place of a fact, the commonest first, each with the misconception that it shows.
pub fn common_slips(answer: &Answer, right: &Value, scope: &Scope<'_>) -> Vec<(&'static str, Value)> {
    let Answer::Fact(fact) = answer else { return Vec::new() };
    slips(fact, right, scope).into_iter().flatten().map(|slip| (slip.id, slip.value)).collect()
}

type Explained = Option<(Option<String>, String)>;

fn by_rules(right: &Value, rules: &[Rule], given: &Given, typed: &str, scope: &Scope<'_>) -> Explained {
    let rule = rules.iter().find(|rule| applies(rule, right, given, typed, scope))?;
    let message = scope.expand(&rule.say).unwrap_or_else(|_| rule.say.clone());
    Some((Some(rule.id.clone()), message))
}

fn applies(rule: &Rule, right: &Value, given: &Given, typed: &str, scope: &Scope<'_>) -> bool {
    match &rule.when {
        When::Is(values) => values.iter().any(|value| {
            let value = scope.expand(value).and_then(|value| read(right, &value).map_err(Trouble));
            value.is_ok_and(|value| same(&value, given))
        }),
        When::State(goal) => reached(goal, scope, &[]) == Ok(Reached::Yes),
        When::Expression(source) => {
            let answer = as_read(given, typed);
            Expression::parse(source).is_ok_and(|expression| expression.holds(scope, Some(answer)).unwrap_or(false))
        }
    }
}

/// An answer as expressions see it: a number where it was read as one, bytes of a size; else what was typed.
fn as_read(given: &Given, typed: &str) -> Cel {
    let whole = |text: String| text.parse::<i64>().ok().map(Cel::from);
    match given {
        Given::Count(number) => whole(number.to_string()).unwrap_or_else(|| as_typed(typed)),
        Given::Size { bytes, .. } => whole(format!("{bytes:.0}")).unwrap_or_else(|| as_typed(typed)),
        Given::Number { value, .. } => whole(value.to_string()).unwrap_or_else(|| Cel::from(*value)),
        _ => as_typed(typed),
    }
}

/// Digits are a number.
fn as_typed(typed: &str) -> Cel {
    let typed = typed.trim();
    typed.parse::<i64>().map_or_else(|_| Cel::from(typed), Cel::from)
}

/// Tells whether an expression of a rule holds for a text that no reader reads: what belongs into a gap.
pub fn holds_for(source: &str, typed: &str, scope: &Scope<'_>) -> bool {
    Expression::parse(source).is_ok_and(|expression| expression.holds(scope, Some(as_typed(typed))).unwrap_or(false))
}

/// Whether two readings are the same answer.
fn same(one: &Given, other: &Given) -> bool {
    match (one, other) {
        (Given::Size { bytes: one, .. }, Given::Size { bytes: other, .. }) => {
            super::value::near(*one, *other, super::value::SIZE_TOLERANCE)
        }
        (Given::Digest(one), Given::Digest(other)) => {
            one.starts_with(other.as_str()) || other.starts_with(one.as_str())
        }
        (Given::Text(one), Given::Text(other)) => one.trim().eq_ignore_ascii_case(other.trim()),
        (Given::Number { value: one, .. }, Given::Number { value: other, .. }) => (one - other).abs() < 1e-9,
        (one, other) => one == other,
    }
}

/// A rule may know an answer that its reader does not: `is: all of them` where a count is asked.
fn by_unreadable_rule(right: &Value, rules: &[Rule], typed: &str, scope: &Scope<'_>) -> Option<Outcome> {
    let is_typed = |value: &String| {
        let value = scope.expand(value).ok();
        value.is_some_and(|value| read(right, &value).is_err() && value.trim().eq_ignore_ascii_case(typed.trim()))
    };
    let rule = rules.iter().find(|rule| match &rule.when {
        When::Is(values) => values.iter().any(is_typed),
        When::State(_) | When::Expression(_) => false,
    })?;
    let message = scope.expand(&rule.say).unwrap_or_else(|_| rule.say.clone());
    Some(Outcome::Wrong { rule: Some(rule.id.clone()), message })
}

/// A wrong option may say itself why it is wrong.
fn by_choice(right: &Value, given: &Given) -> Explained {
    let (Value::Choice(options) | Value::Choices(options), Given::Picks(picks)) = (right, given) else { return None };
    let wrong = picks.iter().filter_map(|at| options.get(*at)).find(|option| !option.right);
    if let Some(option) = wrong {
        return option.say.clone().map(|say| (None, say));
    }
    let missing = options.iter().filter(|option| option.right).count() - picks.len();
    let options = if missing == 1 { "option is" } else { "options are" };
    Some((None, format!("What you chose is right, and {missing} more {options}.")))
}

/// Of a set, an order or a grouping a part may be right: what is wrong with the rest.
fn by_parts(right: &Value, given: &Given) -> Explained {
    match (right, given) {
        (Value::Argv(right), Given::Argv(given)) => {
            let loose = |words: &[String]| words.join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let say =
                "The words are right, and one of them holds a blank: it needs quotes around it, or it falls apart.";
            (loose(right) == loose(given)).then(|| (Some("argv-lost-its-quotes".to_owned()), say.to_owned()))
        }
        (Value::Set(kind, right), Given::Set(given)) => Some(by_set(*kind, right, given)),
        (Value::Order(items, right), Given::Order(given)) => {
            let at = right.iter().zip(given).position(|(right, given)| right != given)?;
            let (good, wrong) = (if at == 0 { "Not yet" } else { "It begins well" }, items.get(given[at])?);
            Some((None, format!("{good}: place {} is not `{wrong}`.", at + 1)))
        }
        (Value::Match(items, groups, right), Given::Order(given)) => {
            let wrong = right.iter().zip(given).filter(|(right, given)| right != given).count();
            let at = right.iter().zip(given).position(|(right, given)| right != given)?;
            let good = items.len() - wrong;
            let (item, group) = (&items[at], groups.get(given[at])?);
            Some((None, format!("{good} of {} are right. `{item}` is not `{group}`.", items.len())))
        }
        _ => None,
    }
}

fn by_set(kind: SetKind, right: &BTreeSet<String>, given: &BTreeSet<String>) -> (Option<String>, String) {
    let same = |right: &String, given: &String| match kind {
        SetKind::Tags => is_tag(right, given),
        SetKind::Words | SetKind::Ports | SetKind::Platforms | SetKind::Variables => right == given,
    };
    let extra: Vec<String> = given
        .iter()
        .filter(|given| !right.iter().any(|right| same(right, given)))
        .map(|word| format!("`{word}`"))
        .collect();
    if kind == SetKind::Platforms && given.contains("unknown/unknown") {
        let say = "`unknown/unknown` is no platform: such an entry is an attestation, a paper about an image.";
        return (Some("counted-attestations".to_owned()), say.to_owned());
    }
    let missing = right.iter().filter(|right| !given.iter().any(|given| same(right, given))).count();
    let text = match (extra.as_slice(), missing) {
        ([], 1) if given.is_empty() => "There is one.".to_owned(),
        ([], missing) if given.is_empty() => format!("There are some: {missing}."),
        ([], 1) => "All that you wrote is right, and one is missing.".to_owned(),
        ([], missing) => format!("All that you wrote is right, and {missing} are missing."),
        ([one], 0) => format!("{one} does not belong there; the rest is right."),
        ([one], _) => format!("{one} does not belong there, and something is missing."),
        (many, 0) => format!("{} do not belong there; the rest is right.", many.join(", ")),
        (many, _) => format!("{} do not belong there, and something is missing.", many.join(", ")),
    };
    (None, text)
}

fn by_slips(answer: &Answer, right: &Value, given: &Given, scope: &Scope<'_>) -> Explained {
    let Answer::Fact(fact) = answer else { return None };
    let slips = slips(fact, right, scope)?;
    let slip = slips.into_iter().find(|slip| slip.value != *right && slip.value.accepts(given));
    if let Some(slip) = slip {
        return Some((Some(slip.id.to_owned()), slip.say));
    }
    let Value::Size(bytes) = right else { return None };
    let facts = scope.image(&fact.subject).ok()?;
    let slip = match fact.kind {
        FactKind::Download => several::about_download(&facts, *bytes, given),
        _ => slip::about_size(fact.kind, &facts, *bytes, given),
    };
    slip.map(|(id, say)| (Some(id.to_owned()), say))
}

fn slips(fact: &Fact, right: &Value, scope: &Scope<'_>) -> Option<Vec<slip::Slip>> {
    if let Value::Order(shown, _) = right {
        let images: Result<Vec<_>, _> = shown.iter().map(|name| scope.image(name)).collect();
        return Some(several::slips(fact.kind, &images.ok()?));
    }
    if fact.kind.is_about_several() {
        return Some(several::slips(fact.kind, &scope.images(fact).ok()?));
    }
    if let (FactKind::Env, Some(variable)) = (fact.kind, &fact.part) {
        return Some(slip::of_variable(&scope.image(&fact.subject).ok()?, &scope.expand(variable).ok()?));
    }
    if fact.kind.needs_image() {
        return Some(slip::of_image(fact.kind, &scope.image(&fact.subject).ok()?));
    }
    let name = scope.reference(&fact.subject).ok()?;
    match (fact.kind, fact.part.as_deref().and_then(NamePart::find)) {
        (FactKind::Part, Some(part)) => Some(slip::of_part(&name, part)),
        (FactKind::FullName, _) => Some(slip::of_full_name(&name)),
        _ => None,
    }
}

/// Nothing explains the answer: what was typed, how it was read, one thing to look at.
fn fallback(answer: &Answer, right: &Value, given: &Given, typed: &str, scope: &Scope<'_>) -> String {
    let read_as = given.display(right);
    let how = if read_as.contains(typed.trim()) {
        format!("I read your answer as {read_as}, and that is not it.")
    } else {
        format!("I read `{}` as {read_as}, and that is not it.", typed.trim())
    };
    let look = match answer {
        Answer::Fact(fact) => scope.expand(&fact.subject).ok().map(|name| slip::look_at(fact.kind, &name)),
        _ => None,
    };
    look.map_or_else(|| how.clone(), |look| format!("{how} {look}"))
}
