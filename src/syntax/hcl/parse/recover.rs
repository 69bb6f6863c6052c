//! Where reading goes on after a member that does not parse.
//!
//! The parser knows what is open at the place of the error, so the skip continues from there: strings, heredocs and
//! brackets are followed to their ends, and every byte is passed once. Where something is never closed, the skip ends
//! before a line that is indented no more than the member and looks like the beginning of another one.

use super::{Open, Parser};
use crate::source::Span;

impl Parser<'_> {
    /// Moves behind the member that began at `start`; `base` is what was open then.
    pub(super) fn skip_member(&mut self, start: usize, base: usize) {
        let indent = self.indent(start);
        self.step_back(start, base, indent);
        while let Some(byte) = self.peek() {
            let go_on = match self.open.get(base..).and_then(<[Open]>::last).copied() {
                Some(Open::Quote) => self.skip_in_quotes(byte),
                Some(Open::Heredoc(marker)) => self.skip_heredoc(marker),
                Some(Open::Bracket(_)) => self.skip_in_code(byte, base, Some(indent)),
                None => self.skip_in_code(byte, base, None),
            };
            if !go_on {
                break;
            }
        }
        self.open.truncate(base);
    }

    /// After an unclosed bracket, the error is found in a line that is another member: goes back to before that line.
    fn step_back(&mut self, start: usize, base: usize, indent: usize) {
        let in_heredoc = self.open[base..].iter().any(|open| matches!(open, Open::Heredoc(_)));
        let Some(line) = memchr::memrchr(b'\n', &self.bytes[start..self.at]) else { return };
        if in_heredoc || !self.sibling_follows(start + line, indent) {
            return;
        }
        self.at = start + line;
        while self.file.comments.pop_if(|comment| comment.start as usize >= self.at).is_some() {}
        while self.file.errors.pop_if(|error| error.span.start as usize >= self.at).is_some() {}
    }

    fn skip_in_quotes(&mut self, byte: u8) -> bool {
        match byte {
            b'\\' => self.at += 2,
            b'"' => {
                self.open.pop();
                self.at += 1;
            }
            // A string ends with its line; the line break belongs to what is around it.
            b'\n' => {
                self.open.pop();
            }
            b'$' | b'%' if self.bytes.get(self.at + 1) == Some(&b'{') => {
                self.open.push(Open::Bracket(b'}'));
                self.at += 2;
            }
            _ => self.at += 1,
        }
        self.at = self.at.min(self.bytes.len());
        true
    }

    /// Skips to the end of the line that closes the heredoc.
    fn skip_heredoc(&mut self, marker: Span) -> bool {
        self.open.pop();
        if self.bytes.get(self.at.wrapping_sub(1)) != Some(&b'\n') {
            self.next_line();
        }
        while self.at < self.bytes.len() {
            if let Some(end) = self.heredoc_end(marker) {
                self.at = end;
                return true;
            }
            self.next_line();
        }
        false
    }

    fn next_line(&mut self) {
        self.at = memchr::memchr(b'\n', self.rest()).map_or(self.bytes.len(), |length| self.at + length + 1);
    }

    /// `indent` is given while a bracket is open. False where the member ends.
    fn skip_in_code(&mut self, byte: u8, base: usize, indent: Option<usize>) -> bool {
        match byte {
            b'\n' => {
                if indent.is_none_or(|indent| self.sibling_follows(self.at, indent)) {
                    return false;
                }
                self.at += 1;
            }
            b'"' => {
                self.open.push(Open::Quote);
                self.at += 1;
            }
            b'#' => self.comment(),
            b'/' if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
            b'<' => {
                if let Some((marker, _)) = self.heredoc_begin() {
                    self.open.push(Open::Heredoc(marker));
                } else {
                    self.at += 1;
                }
            }
            b'(' | b'[' | b'{' => {
                let close = if byte == b'(' { b')' } else { byte + 2 };
                self.open.push(Open::Bracket(close));
                self.at += 1;
            }
            b')' | b']' | b'}' => return self.skip_close(byte, base),
            _ => self.at += 1,
        }
        true
    }

    /// A closing bracket closes the innermost bracket of its kind. A brace that closes nothing here ends the body around.
    fn skip_close(&mut self, byte: u8, base: usize) -> bool {
        match self.open.iter().skip(base).rposition(|open| *open == Open::Bracket(byte)) {
            Some(found) => self.open.truncate(base + found),
            // At the top of a file there is no body around.
            None if byte == b'}' && self.in_block() => return false,
            None => {}
        }
        self.at += 1;
        true
    }

    /// Whether the line after the line break at `at` is indented at most by `indent` and begins with `name =`, `name {` or `name "`.
    fn sibling_follows(&self, at: usize, indent: usize) -> bool {
        let line = self.bytes.get(at + 1..).unwrap_or(&[]);
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let word = line[blanks..].iter().take_while(is_word).count();
        let after = &line[blanks + word..];
        let gap = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        blanks <= indent && word > 0 && matches!(after[gap..], [b'=', ..] | [b'{', ..] | [b'"', ..])
    }

    fn indent(&self, start: usize) -> usize {
        let line = memchr::memrchr(b'\n', &self.bytes[..start]).map_or(0, |at| at + 1);
        self.bytes[line..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }
}
