//! POSIX regular expressions, basic and extended, rewritten for the crate `regex`. Back-references are refused: they
//! cannot be matched in bounded time. With alternatives the first that matches is taken, where POSIX takes the longest.

/// Which of the three languages a pattern is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Plain text.
    Fixed,
    /// `\(`, `\|`, `\+` are special.
    Basic,
    /// `(`, `|`, `+` are special.
    Extended,
}

/// A pattern in the crate's language, and what GNU warns of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) pattern: String,
    pub(crate) warnings: Vec<String>,
}

/// Largest count of a repetition.
const MAX_REPEAT: u32 = 32767;
const UNMATCHED_BRACKET: &str = "Unmatched [, [^, [:, [., or [=";
const CLASSES: &[&str] =
    &["alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"];

/// Rewrites a pattern; the error is GNU's sentence without the program's name.
pub(crate) fn translate(source: &str, syntax: Syntax) -> Result<Translated, String> {
    if syntax == Syntax::Fixed {
        return Ok(Translated { pattern: regex::escape(source), warnings: Vec::new() });
    }
    let mut translator = Translator {
        source: source.chars().collect(),
        at: 0,
        extended: syntax == Syntax::Extended,
        out: String::new(),
        atom: None,
        repeated: false,
        groups: Vec::new(),
        warnings: Vec::new(),
    };
    translator.run()?;
    Ok(Translated { pattern: translator.out, warnings: translator.warnings })
}

struct Translator {
    source: Vec<char>,
    at: usize,
    extended: bool,
    out: String,
    /// Where the last atom starts in `out`: what a repetition repeats. None at the start of an expression.
    atom: Option<usize>,
    /// Whether that atom ends in a repetition already.
    repeated: bool,
    /// Where each open group starts in `out`.
    groups: Vec<usize>,
    warnings: Vec<String>,
}

impl Translator {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape()?,
                '[' => self.bracket()?,
                '.' => self.push_atom("."),
                '*' => self.star(),
                '^' if self.extended || self.starts() => self.anchor("^"),
                '$' if self.extended || self.ends() => self.anchor("$"),
                '(' | ')' | '|' | '+' | '?' | '{' if self.extended => self.operator(c)?,
                _ => self.literal(c),
            }
        }
        if self.groups.is_empty() { Ok(()) } else { Err(r"Unmatched ( or \(".into()) }
    }

    fn escape(&mut self) -> Result<(), String> {
        let c = self.next().ok_or("Trailing backslash")?;
        match c {
            '(' | ')' | '|' | '+' | '?' | '{' if !self.extended => return self.operator(c),
            '<' => self.anchor(r"\b{start}"),
            '>' => self.anchor(r"\b{end}"),
            '`' => self.anchor(r"\A"),
            '\'' => self.anchor(r"\z"),
            'b' => self.anchor(r"\b"),
            'B' => self.anchor(r"\B"),
            'w' => self.push_atom(r"\w"),
            'W' => self.push_atom(r"\W"),
            's' => self.push_atom(r"\s"),
            'S' => self.push_atom(r"\S"),
            '1'..='9' => return Err("back-references are not available here".into()),
            _ => self.literal(c),
        }
        Ok(())
    }

    fn operator(&mut self, c: char) -> Result<(), String> {
        match c {
            '(' => {
                self.groups.push(self.out.len());
                self.out.push('(');
                self.atom = None;
            }
            ')' => match self.groups.pop() {
                Some(start) => {
                    self.out.push(')');
                    self.set_atom(start);
                }
                None if self.extended => self.literal(')'),
                None => return Err(r"Unmatched ) or \)".into()),
            },
            '|' => {
                self.out.push('|');
                self.atom = None;
            }
            '{' => return self.interval(),
            _ if self.atom.is_none() && !self.extended => self.literal(c),
            _ => self.repeat(&c.to_string()),
        }
        Ok(())
    }

    fn star(&mut self) {
        if self.atom.is_none() && !self.extended {
            self.literal('*');
        } else {
            self.repeat("*");
        }
    }

    /// Repeats the last atom. In an extended expression a repetition of nothing is dropped with a warning.
    fn repeat(&mut self, operator: &str) {
        let Some(start) = self.atom else {
            let shown = if operator.starts_with('{') { "{...}" } else { operator };
            self.warnings.push(format!("{shown} at start of expression"));
            return;
        };
        if self.repeated {
            self.out.insert_str(start, "(?:");
            self.out.push(')');
        }
        self.out.push_str(operator);
        self.repeated = true;
    }

    /// Reads `{2}`, `{2,}`, `{,3}` or `{2,3}`; in an extended expression anything else is text.
    fn interval(&mut self) -> Result<(), String> {
        let rest = &self.source[self.at..];
        let Some(end) = rest.iter().position(|c| *c == '}') else {
            return if self.extended { self.brace() } else { Err(r"Unmatched \{".into()) };
        };
        let inside: String = rest[..end].iter().collect();
        let inside = if self.extended { Some(inside.as_str()) } else { inside.strip_suffix('\\') };
        let inside = inside.ok_or(r"Unmatched \{")?.to_owned();
        let (low, high) = inside.split_once(',').unwrap_or((&inside, &inside));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(low) || !digits(high) {
            return if self.extended { self.brace() } else { Err(r"Invalid content of \{\}".into()) };
        }
        let single = !inside.contains(',');
        let low = if low.is_empty() && !single { Some(0) } else { number(low)? };
        let high = if high.is_empty() { None } else { number(high)? };
        let low = low.ok_or(r"Invalid content of \{\}")?;
        if high.is_some_and(|high| high < low) {
            return Err(r"Invalid content of \{\}".into());
        }
        self.at += end + 1;
        if self.atom.is_none() && !self.extended {
            self.literal('{');
            inside.chars().for_each(|c| self.literal(c));
            self.literal('}');
            return Ok(());
        }
        self.repeat(&format!("{{{low},{}}}", high.map(|high| high.to_string()).unwrap_or_default()));
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends functions that can fail")]
    fn brace(&mut self) -> Result<(), String> {
        self.literal('{');
        Ok(())
    }

    fn bracket(&mut self) -> Result<(), String> {
        let mut class = String::from("[");
        if self.peek() == Some('^') {
            self.at += 1;
            // A negated class never matches a newline, since lines hold none.
            class.push('^');
        }
        let opened = self.at;
        loop {
            let c = self.next().ok_or(UNMATCHED_BRACKET)?;
            match c {
                ']' if self.at > opened + 1 => break,
                '[' if matches!(self.peek(), Some(':' | '.' | '=')) => self.named(&mut class)?,
                _ => self.range(&mut class, c)?,
            }
        }
        let inside: String = self.source[opened..self.at - 1].iter().collect();
        if inside.len() > 1 && inside.starts_with(':') && inside.ends_with(':') {
            return Err("character class syntax is [[:space:]], not [:space:]".into());
        }
        class.push(']');
        self.push_atom(&class);
        Ok(())
    }

    /// Reads `[:alpha:]`, `[.a.]` or `[=a=]`; the `[` is taken.
    fn named(&mut self, class: &mut String) -> Result<(), String> {
        let kind = self.next().ok_or(UNMATCHED_BRACKET)?;
        let rest = &self.source[self.at..];
        let end = rest.windows(2).position(|pair| pair == [kind, ']']).ok_or(UNMATCHED_BRACKET)?;
        let name: String = rest[..end].iter().collect();
        self.at += end + 2;
        match kind {
            ':' if CLASSES.contains(&name.as_str()) => class.push_str(&posix(&name)),
            ':' => return Err("Invalid character class name".into()),
            _ if name.chars().count() == 1 => name.chars().for_each(|c| push_in_class(class, c)),
            _ => return Err("Invalid collation character".into()),
        }
        Ok(())
    }

    fn range(&mut self, class: &mut String, first: char) -> Result<(), String> {
        let is_range = self.peek() == Some('-') && self.source.get(self.at + 1).is_some_and(|c| *c != ']');
        push_in_class(class, first);
        if is_range {
            self.at += 1;
            let last = self.next().ok_or(UNMATCHED_BRACKET)?;
            if last < first {
                return Err("Invalid range end".into());
            }
            class.push('-');
            push_in_class(class, last);
        }
        Ok(())
    }

    fn literal(&mut self, c: char) {
        let escaped = regex::escape(c.encode_utf8(&mut [0; 4]));
        self.push_atom(&escaped);
    }

    fn anchor(&mut self, text: &str) {
        if text == "^" {
            self.out.push('^');
            self.atom = None;
        } else {
            self.push_atom(&format!("(?:{text})"));
        }
    }

    fn push_atom(&mut self, text: &str) {
        let start = self.out.len();
        self.out.push_str(text);
        self.set_atom(start);
    }

    fn set_atom(&mut self, start: usize) {
        self.atom = Some(start);
        self.repeated = false;
    }

    /// Whether a basic `^` just taken stands where an expression starts.
    fn starts(&self) -> bool {
        let before: String = self.source[..self.at - 1].iter().collect();
        before.is_empty() || before.ends_with(r"\(") || before.ends_with(r"\|")
    }

    /// Whether a basic `$` just taken stands where an expression ends.
    fn ends(&self) -> bool {
        let rest = &self.source[self.at..];
        rest.is_empty() || rest.starts_with(&['\\', ')']) || rest.starts_with(&['\\', '|'])
    }

    fn peek(&self) -> Option<char> {
        self.source.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }
}

fn number(digits: &str) -> Result<Option<u32>, String> {
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse() {
        Ok(number) if number <= MAX_REPEAT => Ok(Some(number)),
        Ok(_) | Err(_) => Err("Regular expression too big".into()),
    }
}

/// Writes a character class; letters are those of Unicode, as in a UTF-8 locale.
fn posix(name: &str) -> String {
    match name {
        "alpha" => r"\p{Alphabetic}".into(),
        "alnum" => r"\p{Alphabetic}0-9".into(),
        "lower" => r"\p{Lowercase}".into(),
        "upper" => r"\p{Uppercase}".into(),
        "space" => r"\s".into(),
        ascii => format!("[:{ascii}:]"),
    }
}

fn push_in_class(class: &mut String, c: char) {
    if c.is_ascii_punctuation() {
        class.push('\\');
    }
    class.push(c);
}
