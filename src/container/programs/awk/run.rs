//! Running rules, statements and expressions.

use super::Kin;
use super::functions::precise;
use super::machine::{Goal, Machine, count};
use super::parser::regex;
use super::tree::{Expression, Operator, Output, Pattern, Rule, Statement};
use super::value::Value;
use crate::pipe::Outcome;

/// Why statements end before the last one.
pub(super) enum Flow {
    On,
    Next,
    Exit,
    Break,
    Continue,
    Return(Value),
}

impl Machine<'_, '_, '_> {
    /// Runs the whole program on files, or on the input where none is named.
    pub(super) fn play(mut self, operands: &[String], input: &[u8]) -> Outcome {
        let program = self.program;
        let mut flow = Flow::On;
        for rule in program.rules.iter().filter(|rule| matches!(rule.pattern, Pattern::Begin)) {
            if !matches!(flow, Flow::Exit) {
                flow = self.body(rule);
            }
        }
        let reads = program.rules.iter().any(|rule| !matches!(rule.pattern, Pattern::Begin));
        if reads && !matches!(flow, Flow::Exit) {
            if self.read_all(operands, input).is_none() {
                return Outcome::default();
            }
            for rule in program.rules.iter().filter(|rule| matches!(rule.pattern, Pattern::End)) {
                if matches!(self.body(rule), Flow::Exit) {
                    break;
                }
            }
        }
        for (goal, bytes) in std::mem::take(&mut self.written) {
            self.deliver(&goal, &bytes);
        }
        self.outcome
    }

    /// Reads all operands; nothing where more input is to come.
    fn read_all(&mut self, operands: &[String], input: &[u8]) -> Option<()> {
        let mut has_file = false;
        for operand in operands {
            if self.assign_word(operand) {
                continue;
            }
            has_file = true;
            let bytes = if operand == "-" { Ok(input.to_vec()) } else { self.session.read(operand) };
            match bytes {
                Ok(bytes) => {
                    self.set_text("FILENAME", operand);
                    self.set_variable("FNR", Value::Number(0.0));
                    if self.read_text(&String::from_utf8_lossy(&bytes)) {
                        return Some(());
                    }
                }
                Err(error) => {
                    let sentence = match self.kin {
                        Kin::Busybox => format!("awk: {operand}: {error}\n"),
                        Kin::Mawk | Kin::Other => format!("awk: cannot open {operand} ({error})\n"),
                    };
                    self.outcome.stderr += &sentence;
                    self.outcome.status = if self.kin == Kin::Busybox { 1 } else { 2 };
                    return Some(());
                }
            }
        }
        if !has_file {
            if self.session.reads_all() {
                return None;
            }
            self.read_text(&String::from_utf8_lossy(input));
        }
        Some(())
    }

    /// Runs the rules for each record; `true` where the program ends.
    fn read_text(&mut self, text: &str) -> bool {
        let program = self.program;
        for record in self.records(text) {
            for name in ["NR", "FNR"] {
                let number = self.variable(name).number() + 1.0;
                self.set_variable(name, Value::Number(number));
            }
            self.set_record(record);
            for rule in &program.rules {
                if !self.is_meant(rule) {
                    continue;
                }
                match self.body(rule) {
                    Flow::Exit => return true,
                    Flow::Next => break,
                    Flow::On | Flow::Break | Flow::Continue | Flow::Return(_) => {}
                }
            }
        }
        false
    }

    fn is_meant(&mut self, rule: &Rule) -> bool {
        match &rule.pattern {
            Pattern::Begin | Pattern::End => false,
            Pattern::Always => true,
            Pattern::If(condition) => self.value(condition).holds(),
            Pattern::Range(from, to, number) => {
                let begins = self.ranges[*number] || self.value(from).holds();
                self.ranges[*number] = begins && !self.value(to).holds();
                begins
            }
        }
    }

    fn body(&mut self, rule: &Rule) -> Flow {
        if let Some(body) = &rule.body {
            return self.statements(body);
        }
        let line = self.text(&self.field(0)) + &self.text_of("ORS");
        self.print(&Output::Standard, &line);
        Flow::On
    }

    pub(super) fn statements(&mut self, statements: &[Statement]) -> Flow {
        for statement in statements {
            let flow = self.statement(statement);
            if !matches!(flow, Flow::On) {
                return flow;
            }
        }
        Flow::On
    }

    fn statement(&mut self, statement: &Statement) -> Flow {
        match statement {
            Statement::Expression(expression) => drop(self.value(expression)),
            Statement::Print(values, output) => {
                let texts: Vec<String> = if values.is_empty() {
                    vec![self.text(&self.field(0))]
                } else {
                    values.iter().map(|value| self.value_text(value)).collect()
                };
                let line = texts.join(&self.text_of("OFS")) + &self.text_of("ORS");
                self.print(output, &line);
            }
            Statement::Printf(values, output) => {
                let values: Vec<Value> = values.iter().map(|value| self.value(value)).collect();
                let text = self.format(&values);
                self.print(output, &text);
            }
            Statement::If(condition, body, otherwise) => {
                if self.value(condition).holds() {
                    return self.statement(body);
                }
                if let Some(otherwise) = otherwise {
                    return self.statement(otherwise);
                }
            }
            Statement::While(condition, body) => return self.rounds(Some(condition), None, body),
            Statement::DoWhile(body, condition) => match self.statement(body) {
                Flow::On | Flow::Continue => return self.rounds(Some(condition), None, body),
                Flow::Break => {}
                flow => return flow,
            },
            Statement::For(first, condition, then, body) => {
                if let Some(first) = first {
                    self.statement(first);
                }
                return self.rounds(condition.as_ref(), then.as_deref(), body);
            }
            Statement::ForIn(name, array, body) => return self.for_each(name, array, body),
            Statement::Block(statements) => return self.statements(statements),
            Statement::Delete(array, keys) => {
                let name = self.array_name(array);
                match keys {
                    Some(keys) => {
                        let key = self.key(keys);
                        self.arrays.entry(name).or_default().remove(&key);
                    }
                    None => drop(self.arrays.remove(&name)),
                }
            }
            Statement::Next => return Flow::Next,
            Statement::Exit(status) => {
                if let Some(status) = status {
                    let status = self.value(status).number();
                    self.outcome.status = i32::try_from(precise(status) & 0xff).unwrap_or(0);
                }
                return Flow::Exit;
            }
            Statement::Return(value) => {
                let value = value.as_ref().map(|value| self.value(value)).unwrap_or_default();
                return Flow::Return(value);
            }
            Statement::Break => return Flow::Break,
            Statement::Continue => return Flow::Continue,
        }
        Flow::On
    }

    fn rounds(&mut self, condition: Option<&Expression>, then: Option<&Statement>, body: &Statement) -> Flow {
        while condition.is_none_or(|condition| self.value(condition).holds()) {
            if self.rounds_left == 0 {
                self.outcome.stderr += "awk: stopped: nothing in a workbook changes by itself\n";
                self.outcome.status = 2;
                return Flow::Exit;
            }
            self.rounds_left -= 1;
            match self.statement(body) {
                Flow::On | Flow::Continue => {}
                Flow::Break => break,
                flow => return flow,
            }
            if let Some(then) = then {
                self.statement(then);
            }
        }
        Flow::On
    }

    fn for_each(&mut self, name: &str, array: &str, body: &Statement) -> Flow {
        let array = self.array_name(array);
        let keys: Vec<String> = self.arrays.get(&array).map(|all| all.keys().cloned().collect()).unwrap_or_default();
        for key in keys {
            self.set_variable(name, Value::Read(key));
            match self.statement(body) {
                Flow::On | Flow::Continue => {}
                Flow::Break => break,
                flow => return flow,
            }
        }
        Flow::On
    }

    fn print(&mut self, output: &Output, text: &str) {
        let goal = match output {
            Output::Standard => None,
            Output::Write(name) => Some(Goal::File(self.value_text(name))),
            Output::Append(name) => Some(Goal::Longer(self.value_text(name))),
            Output::Pipe(line) => Some(Goal::Program(self.value_text(line))),
        };
        match goal {
            None => self.outcome.stdout.extend_from_slice(text.as_bytes()),
            Some(Goal::File(name) | Goal::Longer(name)) if name == "/dev/stderr" => self.outcome.stderr += text,
            Some(Goal::File(name) | Goal::Longer(name)) if name == "/dev/stdout" || name == "-" => {
                self.outcome.stdout.extend_from_slice(text.as_bytes());
            }
            Some(goal) => match self.written.iter_mut().find(|(known, _)| *known == goal) {
                Some((_, bytes)) => bytes.extend_from_slice(text.as_bytes()),
                None => self.written.push((goal, text.as_bytes().to_vec())),
            },
        }
    }

    /// Gives what was written to its file or its program.
    pub(super) fn deliver(&mut self, goal: &Goal, bytes: &[u8]) {
        let mode = self.session.masked(0o666);
        let done = match goal {
            Goal::File(name) => self.session.write(name, bytes, mode).map(drop).map_err(|error| (name, error)),
            Goal::Longer(name) => {
                let before = self.session.read(name).unwrap_or_default();
                self.session.write(name, &[&before, bytes].concat(), mode).map(drop).map_err(|error| (name, error))
            }
            Goal::Program(line) => {
                let outcome = self.shell(line, bytes);
                self.outcome.stdout.extend(outcome.stdout);
                self.outcome.stderr += &outcome.stderr;
                Ok(())
            }
        };
        if let Err((name, error)) = done {
            self.outcome.stderr += &format!("awk: cannot open \"{name}\" for output ({error})\n");
            self.outcome.status = 2;
        }
    }

    pub(super) fn shell(&mut self, line: &str, input: &[u8]) -> Outcome {
        self.session.run_program(&["sh".to_owned(), "-c".to_owned(), line.to_owned()], input)
    }

    pub(super) fn value_text(&mut self, expression: &Expression) -> String {
        let value = self.value(expression);
        self.text(&value)
    }

    pub(super) fn value(&mut self, expression: &Expression) -> Value {
        match expression {
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Fits(expression) => Value::of(expression.is_match(&self.text(&self.field(0)))),
            Expression::Place(place) => self.get(place),
            Expression::Assign(place, operator, value) => {
                let value = self.value(value);
                let value = match operator {
                    None => value,
                    Some(operator) => {
                        let left = self.get(place).number();
                        Value::Number(calculate(*operator, left, value.number()))
                    }
                };
                self.set(place, value.clone());
                value
            }
            Expression::Step { place, by, is_before } => {
                let old = self.get(place).number();
                self.set(place, Value::Number(old + by));
                Value::Number(if *is_before { old + by } else { old })
            }
            Expression::Not(inner) => Value::of(!self.value(inner).holds()),
            Expression::Negative(inner) => Value::Number(-self.value(inner).number()),
            Expression::Number2(inner) => Value::Number(self.value(inner).number()),
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expression::Match { text, pattern, is_inverted } => {
                let text = self.value_text(text);
                Value::of(self.fits(pattern, &text) != *is_inverted)
            }
            Expression::In(keys, array) => {
                let (key, name) = (self.key(keys), self.array_name(array));
                Value::of(self.arrays.get(&name).is_some_and(|all| all.contains_key(&key)))
            }
            Expression::Choice(condition, one, other) => {
                let taken = if self.value(condition).holds() { one } else { other };
                self.value(taken)
            }
            Expression::Call(name, arguments) => self.call(name, arguments),
            Expression::ReadCommand(line, place) => {
                let line = self.value_text(line);
                if !self.read.contains_key(&line) {
                    let outcome = self.shell(&line, &[]);
                    self.outcome.stderr += &outcome.stderr;
                    let mut records = self.records(&String::from_utf8_lossy(&outcome.stdout));
                    records.reverse();
                    self.read.insert(line.clone(), records);
                }
                let Some(record) = self.read.get_mut(&line).and_then(Vec::pop) else { return Value::Number(0.0) };
                match place {
                    Some(place) => self.set(place, Value::Read(record)),
                    None => self.set_record(record),
                }
                Value::Number(1.0)
            }
        }
    }

    /// Tells whether a text fits a pattern; one that is no `/.../` is made of the text of its value.
    pub(super) fn fits(&mut self, pattern: &Expression, text: &str) -> bool {
        match pattern {
            Expression::Fits(expression) => expression.is_match(text),
            other => {
                let pattern = self.value_text(other);
                regex(&pattern).is_ok_and(|expression| expression.is_match(text))
            }
        }
    }

    fn binary(&mut self, operator: Operator, left: &Expression, right: &Expression) -> Value {
        match operator {
            Operator::Or => return Value::of(self.value(left).holds() || self.value(right).holds()),
            Operator::And => return Value::of(self.value(left).holds() && self.value(right).holds()),
            _ => {}
        }
        let (left, right) = (self.value(left), self.value(right));
        let order = || left.compare(&right, &|number| self.shown(number));
        match operator {
            Operator::Join => Value::Text(self.text(&left) + &self.text(&right)),
            Operator::Less => Value::of(order().is_lt()),
            Operator::LessOrEqual => Value::of(order().is_le()),
            Operator::Equal => Value::of(order().is_eq()),
            Operator::NotEqual => Value::of(order().is_ne()),
            Operator::Greater => Value::of(order().is_gt()),
            Operator::GreaterOrEqual => Value::of(order().is_ge()),
            Operator::Plus => Value::Number(calculate('+', left.number(), right.number())),
            Operator::Minus => Value::Number(calculate('-', left.number(), right.number())),
            Operator::Times => Value::Number(calculate('*', left.number(), right.number())),
            Operator::Over => Value::Number(calculate('/', left.number(), right.number())),
            Operator::Rest => Value::Number(calculate('%', left.number(), right.number())),
            Operator::Power => Value::Number(calculate('^', left.number(), right.number())),
            Operator::Or | Operator::And => Value::Nothing,
        }
    }

    /// Writes values by a format, the first of them.
    pub(super) fn format(&mut self, values: &[Value]) -> String {
        let Some((format, values)) = values.split_first() else { return String::new() };
        super::functions::format(self, &self.text(format), values)
    }

    pub(super) fn length_of(&mut self, name: &str) -> Option<f64> {
        let name = self.array_name(name);
        self.arrays.get(&name).map(|all| count(all.len()))
    }
}

fn calculate(operator: char, left: f64, right: f64) -> f64 {
    match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        '%' => left % right,
        _ => left.powf(right),
    }
}
