//! Variables in strings, as docker compose writes them: `$VAR`, `${VAR}`, `${VAR:-default}`, `$$` for a dollar sign.
//!
//! Names are letters, digits and `_`; the operators are `:-` `-` `:?` `?` `:+` `+`, and what follows one may hold variables again
//! (<https://docs.docker.com/reference/compose-file/interpolation/>). Braces inside a reference are counted, so a default may be
//! JSON. What is no reference (`$5`, `${1}`, one that is not closed) is text.
//!
//! The result is flat: a reference's default is the run of pieces behind it. Nothing nests in memory, so depth costs nothing.
//! Spans count from the start of the text given to [`parse`].

use crate::source::Span;

/// A string's pieces, in source order; those of a reference's word stand right behind it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// One piece of a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Text that stands for itself.
    Literal(Span),
    /// `$$`, which stands for `$`.
    Dollar(Span),
    /// A variable.
    Reference(Reference),
}

/// A variable, perhaps with a word behind an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reference {
    /// From its `$` to its last byte.
    pub span: Span,
    /// Its name.
    pub name: Span,
    /// What the word behind the name is for.
    pub operator: Option<Operator>,
    /// The pieces of the word, as indices.
    word: (usize, usize),
}

/// What the word behind a variable's name is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `:-` and `-`: used where the variable is unset.
    Default,
    /// `:?` and `?`: the message of the error where it is unset.
    Message,
    /// `:+` and `+`: used where it is set.
    Alternative,
}

impl Template {
    /// The pieces that stand in no reference's word.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.between(0, self.pieces.len())
    }

    /// The pieces of a reference's word, those of references inside it left out.
    pub fn word(&self, reference: &Reference) -> impl Iterator<Item = &Piece> {
        self.between(reference.word.0, reference.word.1)
    }

    /// Every reference, those inside words too, in source order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &Piece> {
        let mut at = from;
        std::iter::from_fn(move || {
            let piece = self.pieces[..to].get(at)?;
            at = match piece {
                Piece::Reference(reference) => reference.word.1.max(at + 1),
                _ => at + 1,
            };
            Some(piece)
        })
    }
}

/// Reads a string. One pass, whatever it holds.
#[must_use]
pub fn parse(text: &str) -> Template {
    let mut parser = Parser { text, at: 0, literal: 0, pieces: Vec::new(), open: Vec::new() };
    while let Some(byte) = text.as_bytes().get(parser.at) {
        match byte {
            b'$' => parser.dollar(),
            b'{' if !parser.open.is_empty() => {
                parser.open.push(Open::Brace);
                parser.at += 1;
            }
            b'}' => parser.close(),
            _ => parser.at += 1,
        }
    }
    parser.finish()
}

enum Open {
    /// A plain `{` inside a reference.
    Brace,
    /// The reference at this index.
    Reference(usize),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Where the literal began that has no piece yet.
    literal: usize,
    pieces: Vec<Piece>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn dollar(&mut self) {
        let start = self.at;
        let rest = &self.text.as_bytes()[start + 1..];
        let name = |from: usize| self.text.as_bytes()[from..].iter().take_while(|byte| is_name(**byte)).count();
        match rest.first() {
            Some(b'$') => {
                self.literal_up_to(start);
                self.at = start + 2;
                self.literal = self.at;
                self.pieces.push(Piece::Dollar(Span::new(start, self.at)));
            }
            Some(b'{') if rest.get(1).is_some_and(|byte| is_name_start(*byte)) => {
                let end = start + 2 + name(start + 2);
                self.braced(start, end);
            }
            Some(byte) if is_name_start(*byte) => {
                let end = start + 1 + name(start + 1);
                self.reference(start, Span::new(start + 1, end), None, end);
            }
            _ => self.at += 1,
        }
    }

    /// `${NAME`, which ends at `end`: the reference if `}` or an operator follows, else text.
    fn braced(&mut self, start: usize, end: usize) {
        let name = Span::new(start + 2, end);
        let (operator, length) = match &self.text.as_bytes()[end..] {
            [b'}', ..] => (None, 1),
            [b':', b'-', ..] => (Some(Operator::Default), 2),
            [b':', b'?', ..] => (Some(Operator::Message), 2),
            [b':', b'+', ..] => (Some(Operator::Alternative), 2),
            [b'-', ..] => (Some(Operator::Default), 1),
            [b'?', ..] => (Some(Operator::Message), 1),
            [b'+', ..] => (Some(Operator::Alternative), 1),
            _ => {
                self.at = start + 1;
                return;
            }
        };
        self.reference(start, name, operator, end + length);
        if operator.is_some() {
            self.open.push(Open::Reference(self.pieces.len() - 1));
        }
    }

    fn reference(&mut self, start: usize, name: Span, operator: Option<Operator>, end: usize) {
        self.literal_up_to(start);
        let word = (self.pieces.len() + 1, self.pieces.len() + 1);
        self.pieces.push(Piece::Reference(Reference { span: Span::new(start, end), name, operator, word }));
        self.at = end;
        self.literal = end;
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Reference(index)) => {
                self.literal_up_to(self.at);
                self.at += 1;
                self.literal = self.at;
                let after = self.pieces.len();
                if let Some(Piece::Reference(reference)) = self.pieces.get_mut(index) {
                    reference.span = Span::new(reference.span.start as usize, self.at);
                    reference.word.1 = after;
                }
            }
            Some(Open::Brace) | None => self.at += 1,
        }
    }

    fn literal_up_to(&mut self, end: usize) {
        if self.literal < end {
            self.pieces.push(Piece::Literal(Span::new(self.literal, end)));
        }
    }

    /// A reference that is not closed is text up to its word, and its word's pieces are its neighbours.
    fn finish(mut self) -> Template {
        self.literal_up_to(self.text.len());
        for open in &self.open {
            if let Open::Reference(index) = open
                && let Some(piece) = self.pieces.get_mut(*index)
                && let Piece::Reference(reference) = *piece
            {
                *piece = Piece::Literal(reference.span);
            }
        }
        Template { pieces: self.pieces }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests;
