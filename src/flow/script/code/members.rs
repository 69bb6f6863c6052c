//! What is done with a value where it stands: its methods, its fields, questions that are put to it.

use super::lexer::Kind;
use super::{METHODS, Walk, effect, last_name};
use crate::flow::script::Taint;
use crate::flow::script::fields::is_harmless;

impl Walk<'_, '_> {
    /// What is done with the value that ends before `next`: `X[:4]`, `X.slice(0, 4)`. Nothing where its value does not show it.
    pub(super) fn method(&self, next: usize, method: Option<&str>, is_object: bool) -> Option<Option<String>> {
        if self.mark(next) == Some(b'[') {
            let key = self.tokens.get(next + 1).filter(|token| is_object && matches!(token.kind, Kind::String(_)));
            let key = key.map(|token| self.text(token.span).trim_matches(['\'', '"', '`']));
            let is_field = key.is_none_or(|key| !is_harmless(key));
            return is_field.then(|| Some("a slice".to_owned()).filter(|_| !is_object));
        }
        let method = method.or_else(|| self.name(next)).and_then(|name| name.strip_prefix('.'));
        let Some(method) = method else { return Some(None) };
        // A field of an object; what calls it has is not known.
        if is_object && effect(method, &METHODS).is_none() {
            let is_call = self.mark(next + usize::from(self.name(next).is_some())) == Some(b'(');
            return (!is_call && !is_harmless(last_name(method))).then_some(None);
        }
        effect(method, &METHODS).map(|changes| changes.then(|| last_name(method).to_owned()))
    }

    /// The name of a field: `x["password"]`, `x.password`.
    pub(super) fn field(&self, next: usize, method: Option<&str>) -> Option<String> {
        let key = self.tokens.get(next + 1).filter(|_| self.mark(next) == Some(b'['));
        let name = key.map(|token| self.text(token.span)).or(method).or_else(|| self.name(next));
        name.map(|name| name.trim_matches(['\'', '"', '`', '.']).to_owned())
    }

    /// A field of an object is a value of its own: another one may be masked.
    pub(super) fn of_field(&mut self, taint: Taint, field: Option<&str>) -> Taint {
        let Some(field) = field else { return taint };
        let known = self.fields.entry((taint.value, field.to_owned()));
        let value = *known.or_insert_with(|| {
            self.state.values += 1;
            self.state.values
        });
        Taint { value, ..taint }
    }

    /// Whether only a question is put to the value, in words: `x if KEY else y`, `not KEY`, `'a' in KEY`, `KEY is None`.
    pub(super) fn is_asked(&self, at: usize, next: usize) -> bool {
        let word = |back: usize| at.checked_sub(back).and_then(|before| self.name(before));
        // `for c in KEY` takes it apart.
        let is_loop = || word(3) == Some("for");
        matches!(self.name(next), Some("and" | "is" | "in"))
            || matches!(word(1), Some("if" | "not" | "elif" | "while"))
            || (word(1) == Some("in") && !is_loop())
    }
}
