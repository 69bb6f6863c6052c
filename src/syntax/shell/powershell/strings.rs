//! PowerShell strings and here-strings.

use super::PowerShell;
use super::words::{is_length, is_name_of_item, is_value_of_item};
use crate::source::Span;
use crate::syntax::shell::tree::*;

impl PowerShell<'_, '_> {
    pub(super) fn string(&mut self) {
        let open = self.bytes[self.at];
        self.at += 1;
        self.literal(self.at - 1, self.at - 1, Quote::None);
        while self.at < self.bytes.len() {
            let quote = if open == b'"' { Quote::Double } else { Quote::Single };
            if self.opaque_part(quote) {
                continue;
            }
            let byte = self.bytes[self.at];
            let start = self.at;
            match byte {
                _ if byte == open && self.peek(1) == Some(open) => {
                    self.at += 2;
                    self.add(PartKind::Escape(char::from(open)), start, quote);
                }
                _ if byte == open => {
                    self.at += 1;
                    return self.extend_word();
                }
                _ => self.string_part(open, quote),
            }
        }
    }

    /// The word reaches to the position: its closing quote.
    fn extend_word(&mut self) {
        let end = Span::new(self.at, self.at).end;
        if let Some(word) = self.top().and_then(|level| level.word.as_mut()) {
            word.span.end = end;
        }
    }

    /// One piece of a string: an expansion, an escape or a run of text.
    fn string_part(&mut self, open: u8, quote: Quote) {
        let start = self.at;
        match self.bytes[start] {
            b'$' if open == b'"' && self.peek(1) == Some(b'(') => self.subexpression(),
            b'$' if open == b'"' => self.dollar(quote),
            b'`' if open == b'"' => self.escape(quote),
            _ => {
                let rest = &self.bytes[start..self.clear_end()];
                let stop = |byte: &u8| *byte == open || *byte == b'\n' || (open == b'"' && matches!(byte, b'$' | b'`'));
                self.at += rest.iter().skip(1).position(stop).map_or(rest.len(), |at| at + 1).max(1);
                self.literal(start, self.at, quote);
            }
        }
    }

    /// `$( … )` inside a string. Its variables become parts: `$($x)` is `$x`, in anything else they count as changed.
    fn subexpression(&mut self) {
        let start = self.at;
        self.at += 2;
        let (mut depth, first) = (1usize, self.levels.last().and_then(|level| level.word.as_ref()).map_or(0, |word| word.parts.len()));
        while self.at < self.bytes.len() && depth > 0 {
            if self.opaque_part(Quote::Double) {
                continue;
            }
            match self.bytes[self.at] {
                b'$' => self.dollar(Quote::Double),
                byte => {
                    depth = depth + usize::from(byte == b'(') - usize::from(byte == b')');
                    self.at += 1;
                }
            }
        }
        let end = self.at;
        let whole = self.text;
        let text = whole.get(start..end).unwrap_or("");
        let Some(word) = self.top().and_then(|level| level.word.as_mut()) else { return };
        let alone = match word.parts.get(first..) {
            Some([part]) => part.span.start as usize == start + 2 && part.span.end as usize + 1 == end,
            _ => false,
        };
        let (mut index, is_question) = (0, asks(text));
        word.parts.retain_mut(|part| {
            index += 1;
            if index <= first {
                return true;
            }
            if let (PartKind::Parameter { op, name, .. }, false) = (&mut part.kind, alone) {
                let end = part.span.end as usize;
                if is_value_of_item(whole, *name, end) {
                    return true;
                }
                let is_question = is_question || is_name_of_item(whole, *name, end);
                let is_asked = is_question || is_length(text.as_bytes().get(part.span.end as usize - start..).unwrap_or_default());
                *op = if is_asked { Expansion::Length } else { Expansion::Changed };
            }
            part.kind != PartKind::Literal
        });
    }

    /// `@'` or `@"` up to a line that begins with the closing mark.
    pub(super) fn here_string(&mut self) {
        let open = self.bytes[self.at + 1];
        let quote = if open == b'"' { Quote::Double } else { Quote::Single };
        self.at += 2;
        self.literal(self.at - 2, self.at - 2, Quote::None);
        // The rest of the opening line is no text.
        while self.at < self.bytes.len() && self.bytes[self.at] != b'\n' && self.opaque_here().is_none() {
            self.at += 1;
        }
        self.at += usize::from(self.peek(0) == Some(b'\n'));
        while self.at < self.bytes.len() {
            let line_start = self.at == 0 || self.bytes[self.at - 1] == b'\n';
            if line_start && self.peek(0) == Some(open) && self.peek(1) == Some(b'@') {
                self.at += 2;
                return self.extend_word();
            }
            if !self.opaque_part(quote) {
                self.string_part(open, quote);
            }
        }
    }
}

/// Whether an expression yields the answer to a question about a value: `$x -ne ''`, `[bool]$x`.
fn asks(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let words =
        [" -ne ", " -eq ", " -like ", " -match ", " -notmatch ", " -gt ", "-not ", "[bool]", "isnullorempty(", "isnullorwhitespace("];
    words.iter().any(|word| text.contains(word)) && !text.contains("if ") && !text.contains("if(") && !text.contains('?')
}
