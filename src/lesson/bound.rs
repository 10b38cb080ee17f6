//! Bounds the work of an expression: each round of `map`, `filter` and their like first asks whether it may go on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{ExecutionError, Value as Cel};

/// The function that each round asks; no author can write this name.
pub(super) const TICK: &str = "@goes_on";
/// The most rounds, all macros together.
const MAX_ROUNDS: u32 = 1_000_000;
/// The longest that an expression may take: a round may be slow, where it compares long lists.
const MAX_TIME: Duration = Duration::from_secs(2);

/// What is left of an expression's allowance.
pub(super) struct Work {
    rounds: AtomicU32,
    begun: Instant,
}

impl Work {
    /// Begins with the whole allowance.
    pub(super) fn begin() -> Self {
        Self::of(MAX_ROUNDS)
    }

    fn of(rounds: u32) -> Self {
        Self { rounds: AtomicU32::new(rounds), begun: Instant::now() }
    }

    /// Takes a round; fails where nothing is left, now and ever after.
    pub(super) fn goes_on(&self) -> Result<Cel, ExecutionError> {
        let left = self.rounds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(ExecutionError::function_error("map", "it takes too many rounds"));
        }
        if self.begun.elapsed() > MAX_TIME {
            return Err(ExecutionError::function_error("map", "it takes too long"));
        }
        Ok(Cel::Bool(true))
    }
}

/// Lets each round of the tree ask.
pub(super) fn bounded(mut tree: IdedExpr) -> IdedExpr {
    bound(&mut tree);
    tree
}

fn bound(node: &mut IdedExpr) {
    match &mut node.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Map(_) | Expr::Struct(_) => {}
        Expr::Call(call) => call.target.as_deref_mut().into_iter().chain(&mut call.args).for_each(bound),
        Expr::List(list) => list.elements.iter_mut().for_each(bound),
        Expr::Select(select) => bound(&mut select.operand),
        Expr::Comprehension(inner) => {
            for part in [&mut inner.iter_range, &mut inner.accu_init, &mut inner.loop_step, &mut inner.result] {
                bound(part);
            }
            bound_rounds(inner);
        }
    }
}

/// The interpreter appends in place where the condition is a literal and the step appends, guarded or not; asking in the
/// guard leaves it so. Elsewhere the condition asks: what a step of `exists` or `all` fails with is put off to the end.
fn bound_rounds(inner: &mut ComprehensionExpr) {
    if !matches!(inner.loop_cond.expr, Expr::Literal(_)) {
        let condition = std::mem::take(&mut inner.loop_cond);
        inner.loop_cond = if_goes_on(condition, literal(LiteralValue::Boolean(false.into())));
        return;
    }
    if let Expr::Call(step) = &mut inner.loop_step.expr
        && let (operators::CONDITIONAL, [guard, ..]) = (step.func_name.as_str(), step.args.as_mut_slice())
    {
        let asked = std::mem::take(guard);
        *guard = if_goes_on(asked, literal(LiteralValue::Boolean(false.into())));
        return;
    }
    let step = std::mem::take(&mut inner.loop_step);
    let unchanged = IdedExpr { id: 0, expr: Expr::Ident(inner.accu_var.clone()) };
    inner.loop_step = if_goes_on(step, unchanged);
}

/// `goes_on() ? then : otherwise`.
fn if_goes_on(then: IdedExpr, otherwise: IdedExpr) -> IdedExpr {
    let tick = CallExpr { func_name: TICK.to_owned(), target: None, args: Vec::new() };
    let tick = IdedExpr { id: 0, expr: Expr::Call(tick) };
    let call =
        CallExpr { func_name: operators::CONDITIONAL.to_owned(), target: None, args: vec![tick, then, otherwise] };
    IdedExpr { id: 0, expr: Expr::Call(call) }
}

fn literal(value: LiteralValue) -> IdedExpr {
    IdedExpr { id: 0, expr: Expr::Literal(value) }
}

#[cfg(test)]
mod tests {
    use cel::{Context, Program};

    use super::*;

    fn run(source: &str, rounds: u32) -> Result<Cel, String> {
        let tree = bounded(Program::compile(source).unwrap().expression().clone());
        let (mut context, work) = (Context::default(), Work::of(rounds));
        context.add_function(TICK, move || work.goes_on()).unwrap();
        Cel::resolve(&tree, &context).map_err(|error| error.to_string())
    }

    #[test]
    fn every_macro_gives_what_it_gave_and_stops_where_its_allowance_ends() {
        let check = |source: &str, rounds: u32| {
            let plain = Program::compile(source).unwrap().execute(&Context::default()).unwrap();
            assert_eq!(run(source, rounds), Ok(plain), "{source}");
            let stopped = run(source, rounds - 1).expect_err(source);
            assert!(stopped.contains("too many rounds"), "{source}: {stopped}");
        };
        check("[1, 2, 3].map(a, a * 2)", 3);
        check("[1, 2, 3].map(a, a > 1, a * 2)", 3);
        check("[1, 2, 3].filter(a, a > 1)", 3);
        check("[1, 2, 3].exists(a, a == 3)", 3);
        check("[1, 2, 3].all(a, a > 0)", 3);
        check("[1, 2, 3].exists_one(a, a == 2)", 3);
        check("[1, 2].map(a, [1, 2, 3].map(b, a * b))", 8);
        check("[1, 2].all(a, [1, 2, 3].all(b, a * b > 0))", 8);
    }
}
