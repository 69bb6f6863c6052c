//! Redirections and whom they belong to.

use super::parser::{Parser, Pending};
use super::tree::*;
use super::word::{Dest, Mode};

impl Parser<'_, '_> {
    pub(super) fn io_number(&mut self) -> bool {
        let digits = self.bytes[self.at..self.end].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let free = self.at == 0 || !self.bytes[self.at - 1].is_ascii_alphanumeric();
        if !free || !matches!(self.peek(digits), Some(b'<' | b'>')) || self.peek(digits + 1) == Some(b'(') {
            return false;
        }
        let fd = self.script.text.get(self.at..self.at + digits).and_then(|text| text.parse().ok());
        let start = self.at;
        self.at += digits;
        self.redirect(fd, start);
        true
    }

    pub(super) fn redirect(&mut self, fd: Option<u32>, start: usize) {
        use RedirectOp::*;
        let rest = &self.bytes[self.at..self.end];
        let table: [(&[u8], RedirectOp); 13] = [
            (b"&>>", AppendBoth),
            (b"&>", WriteBoth),
            (b"<<<", HereString),
            (b"<<-", Heredoc),
            (b"<<", Heredoc),
            (b"<&", DuplicateInput),
            (b"<>", Read),
            (b"<", Read),
            (b">>", Append),
            (b">&", DuplicateOutput),
            (b">|", Write),
            (b">", Write),
            (b"", Write),
        ];
        let Some((token, op)) = table.iter().find(|(token, _)| rest.starts_with(token)) else { return };
        let strip_tabs = *token == b"<<-";
        self.at += token.len().max(1);
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.open_word(Dest::Redirect { op: *op, fd, start, strip_tabs }, Mode::Plain, self.at);
    }

    /// What a redirection that begins here belongs to; a command begins if there is nothing.
    pub(super) fn redirect_owner(&mut self, start: usize) -> Option<Target> {
        match self.top_list()?.current {
            Some(owner) => Some(owner),
            None => self.begin_command(CommandKind::Simple, start).map(Target::Command),
        }
    }

    /// Files a finished redirection with the command or compound command on top.
    pub(super) fn add_redirect(&mut self, redirect: Redirect, strip_tabs: bool) {
        let start = redirect.span.start as usize;
        let end = redirect.span.end;
        let Some(owner) = self.redirect_owner(start) else { return };
        let heredoc = redirect.op == RedirectOp::Heredoc;
        let delimiter = if heredoc { self.script.literal(&redirect.target).map(std::borrow::Cow::into_owned) } else { None };
        let quoted = redirect.target.span.len() != delimiter.as_ref().map_or(0, String::len);
        let list = match owner {
            Target::Command(id) => self.script.commands.get_mut(id.0 as usize).map(|it| {
                it.span.end = it.span.end.max(end);
                &mut it.redirects
            }),
            Target::Scope(id) => self.script.scopes.get_mut(id.0 as usize).map(|it| &mut it.redirects),
        };
        let Some(list) = list else { return };
        list.push(redirect);
        let index = list.len() - 1;
        if let Some(delimiter) = delimiter {
            self.pending.push_back(Pending { owner, redirect: index, delimiter, quoted, strip_tabs });
        }
    }
}
