//! Python as notebooks hold it, read for one question: which string is given to which name?
//!
//! `scan` finds every string literal of a source with the name it is assigned to, passed as, or stored under, and tells what of
//! it is literal and what is filled in at run time. IPython's lines are known: `%magic`, `!shell`, and cells
//! that begin with `%%magic`. Commented-out code counts as code.
//!
//! There is no grammar here and no error: a cell may be half a program, another language, or prose, and what looks like
//! `name = "…"` means the same in nearly all of them (`:=`, `<-` and `=>` are read too).
//!
//! # Not covered
//!
//! - Strings inside the braces of an f-string.
//! - Values that are no string (numbers, names): a password is a string.
//! - What a name holds. Whether `x` in `login(x)` was a literal two cells above is for a flow analysis.

mod calls;
mod frame;
mod lex;
mod names;
mod plain;
mod strings;

use std::borrow::Cow;

pub use plain::{Plain, plain};

use crate::source::{Span, Text};

/// One string expression: adjacent and added strings are one.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// What it is called: a variable, an attribute, a keyword argument, a key; decoded, without its quotes.
    pub name: Option<Cow<'a, str>>,
    /// What it is made of.
    pub parts: Vec<Part<'a>>,
}

/// A piece of a string expression.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// It stands in the source.
    Literal(Text<'a>),
    /// It is filled in at run time.
    Reference(Span),
}

/// What a cell's source is made of besides Python.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Foreign {
    /// A shell's: `!…`, `x = !…`, `%%bash`.
    Shell(Span),
    /// The arguments of a magic whose name is the first span; for `%%magic` the cell's other lines too.
    Magic(Span, Span),
}

/// What was found in one source.
#[derive(Default, Debug)]
pub struct Scan<'a> {
    /// Strings.
    pub values: Vec<Value<'a>>,
    /// What is no Python.
    pub foreign: Vec<Foreign>,
    /// Comments, from their mark to the end of the line.
    pub comments: Vec<Span>,
}

/// Reads a cell or a file.
#[must_use]
pub fn scan(source: &str) -> Scan<'_> {
    let mut scan = Scan::default();
    if let Some(foreign) = lex::cell_magic(source) {
        scan.foreign.push(foreign);
        return scan;
    }
    names::read(source, &mut scan);
    scan
}

#[cfg(test)]
mod tests;
