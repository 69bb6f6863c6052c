//! Variables of Python and JavaScript: what their statements put into them.

use super::lexer::Kind;
use super::{Walk, is_parser};
use crate::flow::script::fields::is_harmless;
use crate::flow::script::{MAX_TAINTS, Taint};
use crate::source::Place;

/// So many names are unpacked from one value.
const MAX_NAMES: usize = 32;

/// An assignment whose value is being read.
pub(super) struct Assigned {
    /// The variables, with the places of their names.
    names: Vec<(String, Place)>,
    /// How many brackets are open around it.
    pub(super) depth: usize,
    taints: Vec<Taint>,
    /// Whether each name gets a field of the value.
    unpacks: bool,
    /// Whether the names are known in the block around them only.
    is_local: bool,
}

impl Walk<'_, '_> {
    /// `x = …`, `const { a, b } = …`: begins to read the value; returns where it stands.
    pub(super) fn assigns(&mut self, at: usize) -> Option<usize> {
        if let Some(name) = self.name(at) {
            let is_assignment = self.mark(at + 1) == Some(b'=') && !matches!(self.mark(at + 2), Some(b'=' | b'>'));
            // In parentheses it names an argument.
            let is_statement = self.calls.last().is_none_or(|call| self.mark(call.at) == Some(b'{'));
            if !is_assignment || !is_statement || name.contains('.') {
                return None;
            }
            let names = vec![(name.to_owned(), self.code.place(self.tokens[at].span))];
            let is_local = at.checked_sub(1).is_some_and(|before| matches!(self.name(before), Some("const" | "let")));
            self.begin(names, false, is_local);
            return Some(at + 2);
        }
        let closes = at.checked_sub(1).filter(|close| self.mark(at) == Some(b'=') && self.mark(*close) == Some(b'}'))?;
        let is_assignment = !matches!(self.mark(at + 1), Some(b'=' | b'>')) && self.name(at + 1) != Some("process.env");
        let open = (0..closes).rev().take(256).find(|at| self.mark(*at) == Some(b'{')).filter(|_| is_assignment)?;
        let mut names = Vec::new();
        let mut token = open + 1;
        while token < closes && names.len() < MAX_NAMES {
            let field = self.name(token).map(str::to_owned);
            let renamed = self.name(token + 2).filter(|_| self.mark(token + 1) == Some(b':')).map(str::to_owned);
            let place = self.tokens.get(token).map(|token| self.code.place(token.span));
            token += if renamed.is_some() { 3 } else { 1 };
            if let (Some(field), Some(place)) = (field, place) {
                let is_field = !is_harmless(&field);
                names.extend(Some((renamed.unwrap_or(field), place)).filter(|_| is_field));
            }
        }
        self.begin(names, true, true);
        Some(at + 1)
    }

    fn begin(&mut self, names: Vec<(String, Place)>, unpacks: bool, is_local: bool) {
        self.ends();
        self.assigned = Some(Assigned { names, depth: self.calls.len(), taints: Vec::new(), unpacks, is_local });
    }

    /// A block closes: what it declared is not known behind it.
    pub(super) fn leaves(&mut self) {
        while let Some((depth, name)) = self.locals.pop() {
            if depth <= self.calls.len() {
                self.locals.push((depth, name));
                break;
            }
            self.state.bind(&name, Vec::new());
        }
    }

    /// The statement ends where its line does, a semicolon stands, or the block around it closes.
    pub(super) fn ends_at(&mut self, at: usize) {
        let Some(assigned) = &self.assigned else { return };
        let is_end = match self.tokens[at].kind {
            Kind::Newline | Kind::Mark(b';') => self.calls.len() <= assigned.depth,
            _ => self.calls.len() < assigned.depth,
        };
        if is_end {
            self.ends();
        }
    }

    /// The variables hold what was read.
    pub(super) fn ends(&mut self) {
        let Some(Assigned { names, taints, unpacks, is_local, depth }) = self.assigned.take() else { return };
        for (name, place) in names {
            let held = taints.iter().filter(|taint| !unpacks || taint.changed_by.as_deref().is_some_and(is_parser));
            let held: Vec<Taint> = held.take(MAX_TAINTS).map(|taint| taint.clone().through(place)).collect();
            let name = format!("${name}");
            if is_local && depth > 0 && !held.is_empty() {
                self.locals.push((depth, name.clone()));
            }
            self.state.bind(&name, held);
        }
    }

    /// Secrets are part of the value that is being read.
    pub(super) fn adds(&mut self, taints: Vec<Taint>) {
        if let Some(assigned) = &mut self.assigned {
            assigned.taints.extend(taints);
            assigned.taints.truncate(MAX_TAINTS);
        }
    }
}
