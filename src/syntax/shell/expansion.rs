//! What a dollar begins: `$x`, `${x…}`, `$( … )`, `$(( … ))`, `$'…'`.

use super::parser::Parser;
use super::tree::*;
use super::word::{Dest, Mode, is_name};
use crate::source::Span;

impl Parser<'_, '_> {
    pub(super) fn dollar(&mut self, quoted: bool) {
        let start = self.at;
        match self.peek(1) {
            _ if self.clear_end() == start + 1 => self.take(1),
            Some(b'(') if self.peek(2) == Some(b'(') && self.arithmetic_ahead() => {
                self.at += 3;
                self.add(PartKind::Arithmetic(None), start);
                self.open_word(Dest::Operand, Mode::Arithmetic, self.at);
            }
            Some(b'(') => {
                self.at += 2;
                self.substitute(ScopeKind::Substitution, start, false);
            }
            Some(b'{') => self.braces(),
            Some(b'\'') if !quoted => self.ansi_quotes(),
            // `$"…"` is a translated string; the dollar is no text.
            Some(b'"') if !quoted => self.at += 1,
            Some(byte) if is_name(byte) && !byte.is_ascii_digit() => {
                let rest = &self.bytes[start + 1..self.clear_end()];
                let len = rest.iter().take_while(|byte| is_name(**byte)).count();
                self.parameter(start, start + 1, len);
            }
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') => self.parameter(start, start + 1, 1),
            _ => self.take(1),
        }
    }

    fn arithmetic_ahead(&mut self) -> bool {
        self.at += 1;
        let found = self.is_arithmetic();
        self.at -= 1;
        found
    }

    fn parameter(&mut self, start: usize, name: usize, len: usize) {
        self.at = name + len;
        let name = Span::new(name, name + len);
        self.add(PartKind::Parameter { name, op: Expansion::Value, operand: None }, start);
    }

    /// `${ … }`.
    fn braces(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start + 2..self.clear_end()];
        let sign = match rest.first() {
            Some(b'#') if rest.get(1) != Some(&b'}') => 1,
            Some(b'!') => 1,
            _ => 0,
        };
        let named = rest.iter().skip(sign).take_while(|byte| is_name(**byte)).count();
        let special = named == 0 && matches!(rest.get(sign), Some(b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-'));
        let len = named + usize::from(special);
        if len == 0 {
            return self.take(1);
        }
        let name = Span::new(start + 2 + sign, start + 2 + sign + len);
        let mut operator = &rest[sign + len..];
        let mut subscript = 0;
        if operator.first() == Some(&b'[') {
            subscript = operator.iter().take(128).position(|byte| *byte == b']').map_or(0, |at| at + 1);
            operator = &operator[subscript..];
        }
        let (op, width) = expansion(operator);
        let op = match rest[0] {
            b'#' if sign == 1 => Expansion::Length,
            b'!' if sign == 1 => Expansion::Indirect,
            _ => op,
        };
        self.at = name.range().end + subscript + width;
        self.add(PartKind::Parameter { name, op, operand: None }, start);
        if operator.first() == Some(&b'}') {
            if let Some(word) = self.top_word() {
                word.close_part(name.range().end + subscript + 1);
            }
        } else {
            self.open_word(Dest::Operand, Mode::Operand, self.at);
        }
    }

    fn ansi_quotes(&mut self) {
        let open = self.at;
        self.at += 2;
        loop {
            let start = self.at;
            if start >= self.end {
                return self.error(Span::new(open, open + 2), "this quote is never closed");
            }
            if self.take_opaque() {
                continue;
            }
            let rest = self.script.text.get(start..self.clear_end()).unwrap_or("");
            match rest.as_bytes().first() {
                Some(b'\'') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => {
                    let (char, len) = ansi_escape(rest);
                    self.at += len;
                    if let Some(word) = self.top_word() {
                        word.parts.push(Part { kind: PartKind::Escape(char), span: Span::new(start, start + len), quote: Quote::Ansi });
                    }
                }
                _ => {
                    let len = memchr::memchr2(b'\'', b'\\', rest.as_bytes()).unwrap_or(rest.len()).max(1);
                    self.at += len;
                    if let Some(word) = self.top_word() {
                        word.literal(start, start + len, Quote::Ansi);
                    }
                }
            }
        }
    }
}

/// What the operator after `${name` does, and its length. The closing brace is none.
fn expansion(rest: &[u8]) -> (Expansion, usize) {
    let colon = usize::from(rest.first() == Some(&b':'));
    match rest.get(colon) {
        Some(b'-' | b'=') => (Expansion::Default, colon + 1),
        Some(b'+') => (Expansion::Alternative, colon + 1),
        Some(b'?') => (Expansion::Required, colon + 1),
        Some(b'}') if colon == 0 => (Expansion::Value, 1),
        None => (Expansion::Value, 0),
        Some(_) => (Expansion::Changed, colon),
    }
}

/// The character an escape in `$'…'` stands for, and the escape's length. `rest` begins with the backslash.
fn ansi_escape(rest: &str) -> (char, usize) {
    let Some(letter) = rest.chars().nth(1) else { return ('\\', 1) };
    let numeric = |skip: usize, max: usize, radix: u32| {
        let digits = rest.chars().skip(skip).take(max).take_while(|char| char.is_digit(radix)).count();
        let code = rest.get(skip..skip + digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        (code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER), skip + digits)
    };
    match letter {
        'n' => ('\n', 2),
        't' => ('\t', 2),
        'r' => ('\r', 2),
        'a' => ('\x07', 2),
        'b' => ('\x08', 2),
        'e' | 'E' => ('\x1b', 2),
        'f' => ('\x0c', 2),
        'v' => ('\x0b', 2),
        'x' => numeric(2, 2, 16),
        'u' => numeric(2, 4, 16),
        'U' => numeric(2, 8, 16),
        '0'..='7' => numeric(1, 3, 8),
        other => (other, 1 + other.len_utf8()),
    }
}
