//! The engine: one literal in, verdicts out.
//!
//! A literal is read as its format says, taken apart where it holds JSON, base64 or configuration lines, and each part is
//! judged by shape, as a connection string, and by its name (`found`).

mod found;
mod json;
mod scope;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use scope::{Scope, Step, Steps, behind};

use super::marks::{self, Marks};
use super::names::{self, Telling};
use super::values::Judgement;
use super::{Account, Custom, Verdict, Why, connection, lines, phrases, reference, tokens};
use crate::catalogue::Confidence;
use crate::literal::Part as ValuePart;
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Span, Text, TextBuilder, base64, gunzip, may_begin_base64};

/// How many decoders may stand behind each other.
const MAX_DECODED: usize = 6;
/// Decoded bytes per byte of the literal.
const MAX_GROWTH: usize = 4;
/// The first bytes of gzip in base64.
const GZIP: &str = "H4sI";
/// Unzipped bytes per letter of the literal, and at all: a release of Helm has at most a megabyte.
const MAX_UNZIPPED: usize = 12;
const MAX_RELEASE: usize = 8 << 20;
/// Shorter texts are not decoded: nothing fits into them.
const MIN_ENCODED: usize = 16;

/// Judges one literal. Every secret in it is given once, in order of place; a known shape beats a telling name.
pub fn judge(literal: &Literal<'_, '_>, custom: &Custom, give: &mut dyn FnMut(Verdict)) {
    judged(literal, custom, None).into_iter().for_each(give);
}

/// The same, with an account of each step where somebody asks for it.
pub(super) fn judged(literal: &Literal<'_, '_>, custom: &Custom, accounts: Option<&mut Vec<Account>>) -> Vec<Verdict> {
    let mut judge = Judge { literal, custom, accounts, found: Vec::new(), budget: 0 };
    judge.value(&literal.value);
    super::settle(judge.found)
}

struct Judge<'l, 'a, 'p> {
    literal: &'l Literal<'a, 'p>,
    custom: &'l Custom,
    /// Where each step is written down, if somebody asks why.
    accounts: Option<&'l mut Vec<Account>>,
    found: Vec<Verdict>,
    /// Bytes that may still be decoded.
    budget: usize,
}

impl Judge<'_, '_, '_> {
    /// The value, and the values that stand in for its references: each under the reference's name if that tells something,
    /// else under the literal's.
    fn value(&mut self, value: &Value<'_>) {
        let literal = self.literal;
        let mut pending = Vec::new();
        let mut next = Some((value, Cow::Borrowed(literal.name.as_ref())));
        while let Some((value, name)) = next {
            let text = flat(value);
            self.budget = self.budget.max(text.len().saturating_mul(MAX_GROWTH));
            self.text(&text, &Scope::named(name.clone(), self.custom), literal.reading);
            for part in &value.parts {
                if let ValuePart::Reference(reference) = part
                    && let Some(fallback) = reference.fallback.as_deref()
                {
                    let name = told_by(&reference.name, self.custom).map_or_else(|| name.clone(), Cow::Owned);
                    pending.push((fallback, name));
                }
            }
            next = pending.pop();
        }
    }

    fn text(&mut self, text: &Text<'_>, scope: &Scope<'_>, reading: Reading) {
        match reading {
            Reading::Prose | Reading::Code => {
                let marks = marks::look(text.as_str());
                self.shapes(text, scope, &marks);
                self.connections(text, scope, &marks, false);
                self.assigned(text, scope);
            }
            Reading::Config => self.config(text, scope),
            Reading::Value => self.single(text, scope),
            Reading::Marked => self.marked(text, scope),
            Reading::Base64 => match self.decoded(text) {
                Some(inner) => self.carried(&inner, &scope.through("base64")),
                None => self.single(text, scope),
            },
        }
    }

    /// Values that a script or an output gives a telling name to, where they can hardly be anything else. In text of no format
    /// names say nothing.
    fn assigned(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        if self.literal.role == Role::Text && self.literal.reading != Reading::Code {
            return;
        }
        for (name, range) in connection::assignments(text.as_str()) {
            let value = &text.as_str()[range.clone()];
            if let Some(hit) = tokens::whole(value, name) {
                self.token(&text.slice(range), &scope.under(name), hit);
                continue;
            }
            let telling = self.custom.telling(name).unwrap_or(Telling::Token);
            let convincing = match self.weigh(text, range.clone(), &scope.under(name), telling, &names::split(name)) {
                Judgement::Random => true,
                Judgement::Plain => telling == Telling::Password && is_composed(value),
                _ => false,
            };
            if convincing {
                self.give(text, range, &scope.under(name), Why::Name, Confidence::Medium);
            }
        }
        phrases::find(text.as_str()).into_iter().for_each(|phrase| self.phrase(text, scope, phrase));
    }

    /// A value that words tell of: a token of a product they name, or one that looks random.
    fn phrase(&mut self, text: &Text<'_>, scope: &Scope<'_>, phrase: phrases::Phrase<'_>) {
        let (scope, range) = (scope.under(phrase.name), phrase.value);
        match tokens::named(&text.as_str()[range.clone()], phrase.name) {
            Some(hit) => self.token(&text.slice(range), &scope, hit),
            None if !phrase.told => {}
            None if scope.telling == Some(Telling::Password) => {
                let value = text.slice(range);
                if is_composed(value.as_str()) {
                    self.convincing(&value, &scope);
                }
            }
            None if self.weigh(text, range.clone(), &scope, Telling::Token, &names::split(phrase.name)) == Judgement::Random => {
                self.give(text, range, &scope, Why::Name, Confidence::Low);
            }
            None => {}
        }
    }

    /// What was packed as base64: a file, whose lines say what they hold, or else one value.
    fn carried(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let before = self.found.len();
        // `echo` ends a password with a line break too: it is a file only where something in it has a name.
        if text.as_str().contains(char::is_whitespace) && !text.as_str().starts_with("-----BEGIN") {
            self.config(text, &Scope { nameless: true, ..scope.clone() });
        }
        if self.found.len() == before {
            self.single(text, scope);
        }
    }

    /// The text of a file: shapes anywhere, and each value under its own key.
    fn config(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        if self.json(text, scope, "JSON") {
            return;
        }
        if !self.yaml(text, scope) {
            self.lines(text, scope);
        }
        self.assigned(text, scope);
    }

    /// Text whose lines are keys and values, and comments.
    fn lines(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let pairs = lines::read(text.as_str());
        let marks = marks::look(text.as_str());
        for hit in tokens::find(text.as_str(), &marks) {
            self.around(scope, &pairs, hit.range.start, |judge, scope| judge.token(text, scope, hit));
        }
        for hit in self.custom.find(text.as_str(), &scope.name) {
            self.around(scope, &pairs, hit.range.start, |judge, scope| judge.custom_token(text, scope, hit));
        }
        for part in connection::find(text.as_str(), &marks) {
            // `# postgres://login:password@host` tells how it is written.
            let weak = !in_comment(text.as_str(), part.range.start);
            self.around(scope, &pairs, part.range.start, |judge, scope| judge.connection(text, scope, part, weak));
        }
        for pair in pairs.iter() {
            let string = &text.as_str()[pair.value.clone()];
            // Most lines say nothing by name and hold nothing.
            if self.custom.telling(pair.name).is_none() && !may_be_packed(string) && tokens::whole(string, pair.name).is_none() {
                continue;
            }
            let path = || pairs.path(pair);
            self.pair(text, pair, &scope.inside(pair.name, &path));
        }
    }

    /// The value of one pair.
    fn pair(&mut self, text: &Text<'_>, pair: &lines::Pair<'_>, scope: &Scope<'_>) {
        let value = text.slice(pair.value.clone());
        if pair.comment {
            self.commented(&value, scope);
        } else if pair.command {
            // `app --password=password` explains an option; the command of a pipeline is its own format's business.
            self.convincing(&value, scope);
        } else if !self.nested(&value, scope) {
            self.whole(&value, scope);
            self.name(&value, scope);
        }
    }

    /// Does something in the scope of the line that holds a place, where one does.
    fn around(&mut self, scope: &Scope<'_>, pairs: &lines::Pairs<'_>, at: usize, act: impl FnOnce(&mut Self, &Scope<'_>)) {
        match pairs.around(at) {
            Some(pair) => act(self, &scope.inside(pair.name, &|| pairs.path(pair))),
            None => act(self, scope),
        }
    }

    /// A value in a comment: only where it can hardly be an explanation.
    fn commented(&mut self, value: &Text<'_>, scope: &Scope<'_>) {
        if !value.as_str().contains(char::is_whitespace) && self.convincing(value, scope) {
            self.found.last_mut().into_iter().for_each(|verdict| verdict.confidence = Confidence::Low);
        }
    }

    /// A value under its name, weak ones aside. Whether it is given.
    fn convincing(&mut self, value: &Text<'_>, scope: &Scope<'_>) -> bool {
        let Some(telling) = scope.telling else { return false };
        let before = self.found.len();
        if matches!(self.weigh(value, 0..value.len(), scope, telling, &names::split(&scope.name)), Judgement::Plain | Judgement::Random) {
            self.give(value, 0..value.len(), scope, Why::Name, Confidence::Medium);
        }
        self.found.len() > before
    }

    /// A value under its name.
    fn single(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let trimmed = trimmed(text.as_str());
        if trimmed.len() < 3 {
            return self.note(text, trimmed, scope, Judgement::Nothing, "is shorter than three characters");
        }
        let text = &if trimmed.len() == text.len() { text.clone() } else { text.slice(trimmed) };
        let marks = marks::look(text.as_str());
        if self.holds_nothing(text.as_str(), scope, &marks) || self.nested(text, scope) {
            return;
        }
        let before = self.found.len();
        // What a name tells goes first: it stays where a shape alone says something else.
        self.whole(text, scope);
        self.shapes(text, scope, &marks);
        self.connections(text, scope, &marks, true);
        if self.found.len() > before {
            return;
        }
        // `JAVA_OPTS: -Xmx1g -Ddb.password=…`
        if text.as_str().starts_with('-') && text.as_str().contains([' ', '=']) && scope.telling.is_none() {
            return self.words(text, scope);
        }
        if text.as_str().contains(['\n', '"']) && scope.telling.is_none() && lines::is_config(text.as_str()) {
            self.config(text, scope);
        } else {
            self.name(text, scope);
        }
    }

    /// Whether a value is seen to hold nothing: most are names, ids and numbers under names that tell nothing. Whatever the other
    /// ways to read a value need to begin with is asked for here, and the first of them that is there says no.
    fn holds_nothing(&self, string: &str, scope: &Scope<'_>, marks: &Marks<'_>) -> bool {
        if scope.telling.is_some() || marks.any() || self.accounts.is_some() || self.custom.has_detectors() {
            return false;
        }
        // JSON, lines of a file, a command's options, a login, a packed release.
        let has_parts = string.bytes().any(|byte| matches!(byte, b'{' | b'[' | b'"' | b'\n'))
            || string.starts_with('-')
            || string.contains(':') && names::is_login(&scope.name)
            || string.starts_with(GZIP)
            || may_be_base64(string);
        !has_parts && self.presumed(scope).is_none() && tokens::whole(string, &scope.name).is_none()
    }

    /// A value that is called sensitive by whoever wrote the file.
    fn marked(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let before = self.found.len();
        self.single(text, scope);
        let range = trimmed(text.as_str());
        if self.found.len() == before && !range.is_empty() {
            self.give(text, range, scope, Why::Name, Confidence::High);
        }
    }

    /// What is packed into the value: JSON, or base64 of something telling.
    fn nested(&mut self, text: &Text<'_>, scope: &Scope<'_>) -> bool {
        if self.json(text, scope, "JSON") {
            return true;
        }
        if reference::is_ciphertext(text.as_str()) || reference::is_public(text.as_str()) {
            return false;
        }
        if let Some(inner) = self.unzipped(text).filter(|_| scope.chain.len() < MAX_DECODED) {
            let (scope, before) = (Scope { nameless: true, ..scope.through("base64").through("gzip") }, self.found.len());
            // Helm's releases are JSON; what else was packed, a log or a dump, is not worth a tree.
            if !self.json(&inner, &scope, "JSON") {
                self.lines(&inner, &scope);
                self.assigned(&inner, &scope);
            }
            return self.found.len() > before;
        }
        let Some(inner) = self.decoded(text).filter(|_| scope.chain.len() < MAX_DECODED) else { return false };
        let scope = scope.through("base64");
        let before = self.found.len();
        if let Some(password) = basic_password(inner.as_str()).filter(|_| names::split(&scope.name).iter().any(|word| word == "auth")) {
            self.password(&inner, password, &scope.at(&|| LogicalPath::same("password")));
        } else if !self.json(&inner, &scope, "JSON") {
            let nameless = Scope { nameless: true, ..scope };
            if self.nested(&inner, &nameless) {
                return true;
            }
            let marks = marks::look(inner.as_str());
            self.shapes(&inner, &nameless, &marks);
            self.connections(&inner, &nameless, &marks, false);
            let is_script = ["#!", "#cloud-config"].iter().any(|mark| inner.as_str().starts_with(mark));
            if inner.as_str().contains('\n') && (is_script || lines::is_config(inner.as_str())) {
                self.config(&inner, &nameless);
            }
        }
        self.found.len() > before
    }

    /// The text in gzip in base64 form: the releases that Helm keeps in Secrets. Where in it something stands nobody can show; it
    /// stands in all of it.
    ///
    /// <https://helm.sh/docs/topics/advanced/#storage-backends>
    fn unzipped(&mut self, text: &Text<'_>) -> Option<Text<'static>> {
        let string = text.as_str();
        if !string.starts_with(GZIP) || string.len() > self.budget {
            return None;
        }
        let lines = || string.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<u8>>();
        let bytes = STANDARD.decode(lines()).ok()?;
        let inner = String::from_utf8(gunzip(&bytes, string.len().saturating_mul(MAX_UNZIPPED).min(MAX_RELEASE))?).ok()?;
        self.budget = self.budget.max(inner.len());
        let mut builder = TextBuilder::default();
        builder.atom(&inner, Span::new(0, text.len()));
        Some(builder.finish().then(text))
    }

    /// The text in base64 form, if it is that and readable.
    fn decoded(&mut self, text: &Text<'_>) -> Option<Text<'static>> {
        let string = text.as_str();
        if string.len() > self.budget || !may_be_base64(string) {
            return None;
        }
        let inner = base64(text)?;
        let readable = inner.as_str().chars().all(|c| !c.is_control() || c.is_whitespace());
        if !readable || inner.is_empty() {
            return None;
        }
        self.budget -= inner.len().min(self.budget);
        Some(inner)
    }
}

/// Whether the line that holds a place is a comment.
fn in_comment(text: &str, at: usize) -> bool {
    let near = text.floor_char_boundary(at.saturating_sub(400));
    let line = text[near..at].rsplit('\n').next().unwrap_or("").trim_start();
    ["#", "//", ";"].iter().any(|mark| line.starts_with(mark))
}

/// The first name in a reference that is telling: `var.db_password` in `try(var.db_password, "x")`, `.Values.token`.
fn told_by(reference: &str, custom: &Custom) -> Option<String> {
    let names = reference.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
    names.filter_map(|path| path.rsplit('.').next()).find(|name| custom.telling(name).is_some()).map(str::to_owned)
}

/// The literal parts, joined, with one mark for each reference.
fn flat<'a>(value: &Value<'a>) -> Text<'a> {
    if let [ValuePart::Literal(text)] = value.parts.as_slice() {
        return text.clone();
    }
    let mut builder = TextBuilder::default();
    for part in &value.parts {
        match part {
            ValuePart::Literal(text) => builder.text(text),
            ValuePart::Reference(reference) => builder.atom("\u{fffc}", reference.span),
        }
    }
    builder.finish()
}

fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// A password as rules ask for it: small and capital letters and digits, at least eight.
fn is_composed(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    value.len() >= 8 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// JSON, or letters of base64 only as far as one looks.
fn may_be_packed(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(40)];
    let encoded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    text.starts_with(['{', '[']) || (text.len() >= MIN_ENCODED && head.iter().all(encoded))
}

/// Whether it is worth an attempt: its first letters decode to text, or to what may be the beginning of one.
fn may_be_base64(text: &str) -> bool {
    text.len() >= 4 && looks_encoded(text) && may_begin_base64(text)
}

/// Long enough, and not a word.
fn looks_encoded(text: &str) -> bool {
    let text = text.trim();
    let head = &text.as_bytes()[..text.len().min(64)];
    text.len() >= MIN_ENCODED || text.ends_with('=') || head.iter().any(u8::is_ascii_digit)
}

/// The password's place in `user:password`.
fn basic_password(text: &str) -> Option<Range<usize>> {
    let text = text.trim_end();
    let colon = text.find(':').filter(|colon| *colon > 0 && colon + 1 < text.len())?;
    (!text.contains('\n')).then_some(colon + 1..text.len())
}

fn outer_str<'t>(text: &'t Text<'_>) -> &'t str {
    text.as_str()
}
