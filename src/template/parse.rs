//! The parser: tokens in, named trees out. Refuses what Go refuses, in Go's words, and templates that are larger or
//! nested deeper than any reader would write.

mod pipeline;

use super::Error;
use super::ast::{Branch, Call, Node, Tree};
use super::lex::{Kind, Token, tokens};
use super::quote::{quoted, unquoted};

/// Largest template text in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Deepest nesting of blocks and parentheses.
const MAX_DEPTH: usize = 64;

type Parsed<T> = Result<T, String>;

/// Parses a template's text into its trees; the first one is the unnamed main template.
pub(super) fn parse(text: &str) -> Result<Vec<Tree>, Error> {
    if text.len() > MAX_TEXT {
        return Err(Error::Parse { line: 1, reason: format!("the template is larger than {MAX_TEXT} bytes") });
    }
    let mut parser = Parser {
        tokens: tokens(text),
        next: 0,
        seen: 0,
        variables: vec!["$".into()],
        ranges: 0,
        depth: 0,
        action_line: 0,
        trees: Vec::new(),
    };
    parser.main().map_err(|reason| Error::Parse { line: parser.tokens[parser.seen].line, reason })?;
    Ok(parser.trees)
}

/// What ended a list of nodes.
enum Stop {
    End,
    Else { chained: Option<&'static str> },
}

impl Stop {
    fn shown(&self) -> &'static str {
        match self {
            Stop::End => "{{end}}",
            Stop::Else { .. } => "{{else}}",
        }
    }
}

enum Item {
    Node(Node),
    Stop(Stop),
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// The furthest token taken: errors name its line.
    seen: usize,
    variables: Vec<String>,
    ranges: usize,
    depth: usize,
    /// Line where the current action opened.
    action_line: usize,
    trees: Vec<Tree>,
}

impl Parser {
    fn main(&mut self) -> Parsed<()> {
        let mut body = Vec::new();
        while self.peek().kind != Kind::End {
            if self.peek().kind == Kind::LeftDelim {
                let delim = self.next;
                self.advance();
                if self.advance_past_spaces().is_keyword("define") {
                    self.definition()?;
                    continue;
                }
                self.next = delim;
            }
            match self.text_or_action()? {
                Item::Node(node) => body.push(node),
                Item::Stop(stop) => return Err(format!("unexpected {}", stop.shown())),
            }
        }
        self.trees.insert(0, Tree { name: String::new(), body });
        Ok(())
    }

    fn definition(&mut self) -> Parsed<()> {
        let token = self.advance_past_spaces();
        let name = self.template_name(&token, "define clause")?;
        self.expect(Kind::RightDelim, "define clause")?;
        self.tree(name, "define clause")
    }

    /// Parses the body of a definition or block, which sees no variables from outside.
    fn tree(&mut self, name: String, context: &str) -> Parsed<()> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (body, stop) = self.list()?;
        if !matches!(stop, Stop::End) {
            return Err(format!("unexpected {} in {context}", stop.shown()));
        }
        self.variables = variables;
        self.ranges = ranges;
        match self.trees.iter().position(|tree| tree.name == name) {
            None => self.trees.push(Tree { name, body }),
            Some(_) if is_empty(&body) => {}
            Some(at) if is_empty(&self.trees[at].body) => self.trees[at].body = body,
            Some(_) => return Err(format!("template: multiple definition of template {}", quoted(&name))),
        }
        Ok(())
    }

    fn list(&mut self) -> Parsed<(Vec<Node>, Stop)> {
        self.enter()?;
        let mut nodes = Vec::new();
        while self.peek_past_spaces().kind != Kind::End {
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Stop(stop) => {
                    self.depth -= 1;
                    return Ok((nodes, stop));
                }
            }
        }
        Err("unexpected EOF".into())
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.advance_past_spaces();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.text))),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let item = self.action();
                if item.is_ok() {
                    self.action_line = 0;
                }
                item
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let before = self.next;
        let token = self.advance_past_spaces();
        let word = if token.kind == Kind::Keyword { token.text.as_str() } else { "" };
        let node = match word {
            "block" => self.block()?,
            "break" | "continue" => self.jump(word)?,
            "else" => return Ok(Item::Stop(self.otherwise()?)),
            "end" => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Item::Stop(Stop::End));
            }
            "if" => Node::If(self.control("if")?),
            "range" => Node::Range(self.control("range")?),
            "template" => self.call()?,
            "with" => Node::With(self.control("with")?),
            _ => {
                self.next = before;
                Node::Action(self.pipeline("command", Kind::RightDelim)?)
            }
        };
        Ok(Item::Node(node))
    }

    fn control(&mut self, context: &'static str) -> Parsed<Branch> {
        let scope = self.variables.len();
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        self.ranges += usize::from(context == "range");
        let (body, stop) = self.list()?;
        self.ranges -= usize::from(context == "range");
        let otherwise = match stop {
            Stop::End => None,
            Stop::Else { chained: Some(word) } if word == context => Some(vec![self.chained(context)?]),
            Stop::Else { chained: Some(word) } => return Err(format!("unexpected <{word}> in input")),
            Stop::Else { chained: None } => Some(self.last_list()?),
        };
        self.variables.truncate(scope);
        Ok(Branch { pipe, body, otherwise })
    }

    /// Parses `{{else if}}` as an `if` inside the `else`; the one `{{end}}` closes both.
    fn chained(&mut self, context: &'static str) -> Parsed<Node> {
        self.enter()?;
        let branch = self.control(context)?;
        self.depth -= 1;
        Ok(if context == "with" { Node::With(branch) } else { Node::If(branch) })
    }

    fn last_list(&mut self) -> Parsed<Vec<Node>> {
        match self.list()? {
            (nodes, Stop::End) => Ok(nodes),
            (_, stop @ Stop::Else { .. }) => Err(format!("expected end; found {}", stop.shown())),
        }
    }

    fn otherwise(&mut self) -> Parsed<Stop> {
        let token = self.peek_past_spaces();
        for word in ["if", "with"] {
            if token.is_keyword(word) {
                self.advance_past_spaces();
                return Ok(Stop::Else { chained: Some(word) });
            }
        }
        self.expect(Kind::RightDelim, "else")?;
        Ok(Stop::Else { chained: None })
    }

    fn jump(&mut self, word: &str) -> Parsed<Node> {
        let token = self.advance_past_spaces();
        if token.kind != Kind::RightDelim {
            return Err(self.unexpected(&token, &format!("{{{{{word}}}}}")));
        }
        if self.ranges == 0 {
            return Err(format!("{{{{{word}}}}} outside {{{{range}}}}"));
        }
        Ok(if word == "break" { Node::Break } else { Node::Continue })
    }

    fn call(&mut self) -> Parsed<Node> {
        let token = self.advance_past_spaces();
        let name = self.template_name(&token, "template clause")?;
        let before = self.next;
        let pipe = if self.advance_past_spaces().kind == Kind::RightDelim {
            None
        } else {
            self.next = before;
            Some(self.pipeline("template clause", Kind::RightDelim)?)
        };
        Ok(Node::Call(Call { at: token.at, name, pipe }))
    }

    fn block(&mut self) -> Parsed<Node> {
        let token = self.advance_past_spaces();
        let name = self.template_name(&token, "block clause")?;
        let pipe = self.pipeline("block clause", Kind::RightDelim)?;
        self.tree(name.clone(), "block clause")?;
        Ok(Node::Call(Call { at: token.at, name, pipe: Some(pipe) }))
    }

    fn template_name(&self, token: &Token, context: &str) -> Parsed<String> {
        match token.kind {
            Kind::String | Kind::RawString => unquoted(&token.text).ok_or_else(|| "invalid syntax".into()),
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.advance_past_spaces();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(&token, context)) }
    }

    fn unexpected(&self, token: &Token, context: &str) -> String {
        if token.kind != Kind::Error {
            return format!("unexpected {} in {context}", token.shown());
        }
        if self.action_line == 0 || self.action_line == token.line {
            return token.shown();
        }
        let joint = if token.text.ends_with(" action") { "" } else { " in action" };
        format!("{}{joint} started at :{}", token.text, self.action_line)
    }

    /// Goes one level deeper; the caller comes back by `self.depth -= 1` unless it fails.
    fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(format!("nested deeper than {MAX_DEPTH} levels")) } else { Ok(()) }
    }

    /// Returns the next token and steps over it; the last one, `End` or `Error`, stays.
    fn advance(&mut self) -> Token {
        let token = self.peek();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn advance_past_spaces(&mut self) -> Token {
        loop {
            let token = self.advance();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek(&mut self) -> Token {
        self.seen = self.seen.max(self.next);
        self.tokens[self.next].clone()
    }

    /// Steps over spaces and returns the token behind them without taking it.
    fn peek_past_spaces(&mut self) -> Token {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
        self.peek()
    }
}

fn is_empty(body: &[Node]) -> bool {
    body.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}
