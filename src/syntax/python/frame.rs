//! What is known while an expression is read: one frame for each open bracket, and in it one slot for the expression.
//!
//! A slot knows what its strings are given to (`target`), and what a `=`, `:` or `(` would refer to if it came next (`primary`).

use std::borrow::Cow;

use super::calls;
use super::lex::Literal;
use super::strings::Gaps;
use crate::source::Span;

pub(super) type Name<'a> = Cow<'a, str>;

/// Longer strings are no names. It bounds what is copied for the items of a named list.
pub(super) const NAME_MAX: usize = 200;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bracket {
    /// The source itself.
    Root,
    /// `f(…)`
    Call,
    /// `(…)` or a list: its strings have the name of the whole.
    Group,
    /// `x[…]`
    Index,
    /// `{…}`
    Brace,
}

#[derive(Default)]
pub(super) struct Slot<'a> {
    pub(super) target: Option<Name<'a>>,
    pub(super) primary: Option<Name<'a>>,
    /// The name before a type: `name: type = …`.
    pub(super) annotated: Option<Name<'a>>,
    /// More than one name and its type stands here.
    pub(super) complex: bool,
    /// What follows is compared, not given.
    pub(super) compared: bool,
    /// The target is what the next string is compared with.
    pub(super) compares: bool,
    pub(super) strings: Vec<Operand>,
    pub(super) gaps: Option<Gaps>,
    /// A `+` waits for its other side.
    pub(super) plus: bool,
    /// The last string among the arguments of a call that ends here.
    pub(super) called_with: Option<Name<'a>>,
    /// Where the primary stands, for a sum that begins with it.
    pub(super) primary_span: Option<Span>,
}

#[derive(Clone, Copy)]
pub(super) enum Operand {
    String(Literal),
    Other(Span),
}

pub(super) struct Frame<'a> {
    pub(super) bracket: Bracket,
    pub(super) inherited: Option<Name<'a>>,
    pub(super) callee: Option<&'a str>,
    /// The callee with what stands before its dot.
    pub(super) qualified: Option<&'a str>,
    /// The last string among the arguments of the call whose result this is called on.
    pub(super) chained: Option<Name<'a>>,
    /// Which argument or item is being read.
    pub(super) position: usize,
    /// There is another one behind it.
    pub(super) more: bool,
    /// The first argument or the only index, where it is a string.
    pub(super) first: Option<Name<'a>>,
    /// The last string in it.
    pub(super) last: Option<Name<'a>>,
    /// At the root: `a, b = …`.
    pub(super) targets: Vec<Name<'a>>,
    pub(super) assigned: bool,
    pub(super) slot: Slot<'a>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(bracket: Bracket, inherited: Option<Name<'a>>, callee: Option<&'a str>) -> Self {
        Self {
            bracket,
            inherited,
            callee,
            qualified: None,
            chained: None,
            last: None,
            position: 0,
            more: false,
            first: None,
            targets: Vec::new(),
            assigned: false,
            slot: Slot::default(),
        }
    }

    /// What the slot's strings are called.
    pub(super) fn name(&self) -> Option<Name<'a>> {
        if self.slot.compared {
            return None;
        }
        if self.slot.target.is_some() {
            return self.of_keyword().or_else(|| self.slot.target.clone());
        }
        match self.bracket {
            Bracket::Root if self.assigned => self.targets.get(self.position).or(self.targets.first()).cloned(),
            Bracket::Group if self.position == 1 && self.is_login() => Some(Cow::Borrowed("password")),
            Bracket::Group => self.inherited.clone(),
            Bracket::Call => self.argument_name(),
            Bracket::Root | Bracket::Index | Bracket::Brace => None,
        }
    }

    /// `auth = ("user", "password")`.
    fn is_login(&self) -> bool {
        match self.inherited.as_deref() {
            Some("auth" | "http_auth" | "basic_auth" | "proxy_auth") => true,
            // Not a file and what is to be read of it.
            Some("creds" | "credentials") => {
                !self.more && self.first.as_deref().is_some_and(|user| user.contains('@') || !user.contains('.'))
            }
            _ => false,
        }
    }

    /// A keyword that says nothing by itself: `login(key="…")` is told by what is called, `getenv("TOKEN", default="…")` and
    /// `add_argument("--token", default="…")` by the first argument, `token: str = Field(default="…")` by what it is given to.
    fn of_keyword(&self) -> Option<Name<'a>> {
        let keyword = self.slot.target.as_deref()?;
        match keyword {
            // `api_token = {"username": "…", "key": "…"}`
            "key" if self.bracket == Bracket::Brace => Some(Cow::Owned(format!("{}.key", self.inherited.as_deref()?))),
            _ if self.bracket != Bracket::Call => None,
            "key" => Some(Cow::Owned(format!("{}.key", self.callee?))),
            "default" => self.first.clone().filter(|_| self.position > 0).or_else(|| self.inherited.clone()),
            _ => None,
        }
    }

    /// What a positional argument is called.
    fn argument_name(&self) -> Option<Name<'a>> {
        let callee = self.callee?;
        match (callee, self.position) {
            ("str" | "bytes" | "SecretStr" | "Secret" | "Field" | "quote" | "quote_plus" | "b64encode", 0) => {
                return self.inherited.clone();
            }
            // A form is filled in: `find_element(By.ID, "password").send_keys("…")`.
            ("send_keys" | "sendKeys", 0) => return self.chained.clone().or_else(|| self.qualified.and_then(field)),
            // Twilio's account is no secret, what follows it is.
            ("Client", 1) if self.first.as_deref().is_some_and(|first| first.starts_with("AC") && first.len() == 34) => {
                return Some(Cow::Borrowed("auth_token"));
            }
            (
                "get" | "getenv" | "set" | "setdefault" | "setenv" | "putenv" | "option" | "config" | "add" | "add_header" | "append"
                | "define" | "fill" | "text",
                1,
            ) => return self.first.clone(),
            _ => {}
        }
        let known = calls::name(self.qualified.unwrap_or(callee), callee, self.position, !self.more);
        known.map(Cow::Borrowed).or_else(|| match self.position {
            0 if callee.ends_with("KeyCredential") => Some(Cow::Borrowed("api_key")),
            0 => callee.strip_prefix("set_").map(Cow::Borrowed),
            _ => None,
        })
    }
}

/// What a form's field is called: `password_field.send_keys`.
fn field(qualified: &str) -> Option<Name<'_>> {
    let object = qualified.rsplit_once('.')?.0;
    let name = object.rsplit('.').next()?;
    let ends = ["_field", "_input", "_box", "_element", "_elem", "Field", "Input", "Box"];
    Some(Cow::Borrowed(ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)))
}
