//! The POSIX parser's list level: commands, pipelines, compound commands, redirections. Words are read by `word.rs`.
//!
//! One loop over an explicit stack of frames; each step consumes input or pops a frame, so it is linear and cannot overflow.

use std::collections::VecDeque;

use super::resolve;
use super::tree::*;
use super::word::{Dest, Open};
use crate::source::Span;
use crate::syntax::{MAX_DEPTH, SyntaxError};

/// More errors than this say nothing new.
const MAX_ERRORS: usize = 100;

pub(super) fn parse<'a>(text: &'a str, opaque: &[Span]) -> Script<'a> {
    let script = Script { text, scopes: vec![Scope { span: Span::new(0, text.len()), ..Scope::default() }], ..Script::default() };
    let root = Frame::List(List::new(ScopeId(0), Closer::End));
    let mut parser = Parser { bytes: text.as_bytes(), at: 0, end: text.len(), opaque, frames: vec![root], script, ..Parser::default() };
    while let Some(frame) = parser.frames.last() {
        match frame {
            Frame::List(_) => parser.list(),
            Frame::Word(_) => parser.word(),
            Frame::Array(_) => parser.array(),
        }
    }
    resolve::streams(&mut parser.script, &parser.order);
    parser.script
}

#[derive(Default)]
pub(super) struct Parser<'a, 'o> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// Where the innermost region (the text, or a heredoc body) ends.
    pub(super) end: usize,
    pub(super) opaque: &'o [Span],
    pub(super) next_opaque: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) script: Script<'a>,
    /// Heredocs whose body begins after the next line break.
    pub(super) pending: VecDeque<Pending>,
    /// Indices of the frames that backticks opened.
    pub(super) backticks: Vec<usize>,
    /// Indices of the frames that are heredoc bodies.
    pub(super) heredocs: Vec<usize>,
    /// Commands and scopes in the order they were opened.
    pub(super) order: Vec<Target>,
    /// Nesting was too deep: everything closes, nothing more is read.
    pub(super) aborted: bool,
}

pub(super) enum Frame {
    List(List),
    Word(Open),
    Array(Array),
}

/// A list of commands being read.
pub(super) struct List {
    scope: ScopeId,
    pub(super) closer: Closer,
    /// The command or closed compound command that the next word or redirection belongs to.
    pub(super) current: Option<Target>,
    /// The left side of a `|` whose right side is still to come, and whether standard error goes along.
    pub(super) pipe: Option<(Target, bool)>,
    /// The name before the compound command that is a function's body.
    pub(super) function: Option<Span>,
}

/// `name=( … )` being read.
pub(super) struct Array {
    pub(super) assignment: Assignment,
    pub(super) start: usize,
}

pub(super) struct Pending {
    pub(super) owner: Target,
    pub(super) redirect: usize,
    pub(super) delimiter: String,
    pub(super) quoted: bool,
    pub(super) strip_tabs: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closer {
    End,
    Paren,
    Backtick,
    Brace,
    If,
    Loop,
    /// Whether a pattern comes next.
    Case(bool),
}

impl Closer {
    pub(super) fn is_keyword(self) -> bool {
        matches!(self, Self::Brace | Self::If | Self::Loop | Self::Case(_))
    }
}

impl List {
    fn new(scope: ScopeId, closer: Closer) -> Self {
        Self { scope, closer, current: None, pipe: None, function: None }
    }
}

impl Parser<'_, '_> {
    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied().filter(|_| self.at + ahead < self.end)
    }

    /// The opaque range that begins here, if one does. Ranges that lie behind are passed over.
    pub(super) fn opaque_here(&mut self) -> Option<(u32, usize)> {
        while self.opaque.get(self.next_opaque).is_some_and(|span| (span.end as usize) <= self.at) {
            self.next_opaque += 1;
        }
        let span = self.opaque.get(self.next_opaque)?;
        (span.start as usize <= self.at).then(|| (self.next_opaque as u32, (span.end as usize).min(self.end)))
    }

    /// How far plain text may be skipped: to the next opaque range or the region's end.
    pub(super) fn clear_end(&self) -> usize {
        self.opaque.get(self.next_opaque).map_or(self.end, |span| (span.start as usize).max(self.at).min(self.end))
    }

    pub(super) fn error(&mut self, span: Span, message: &str) {
        if self.script.errors.len() < MAX_ERRORS {
            self.script.errors.push(SyntaxError { span, message: message.to_owned(), unread: Span { start: span.end, end: span.end } });
        }
    }

    /// Opens a frame, or gives up on the rest of the script where nesting is too deep.
    pub(super) fn push(&mut self, frame: Frame) {
        if self.frames.len() >= MAX_DEPTH {
            let rest = Span::new(self.at, self.bytes.len());
            let here = Span::new(self.at, self.at);
            self.script.errors.push(SyntaxError { span: here, message: "nested too deep".to_owned(), unread: rest });
            self.aborted = true;
            (self.at, self.end) = (self.bytes.len(), self.bytes.len());
        }
        // One frame above the limit is harmless: it closes at once, as everything does at the end of the text.
        self.frames.push(frame);
    }

    pub(super) fn top_list(&mut self) -> Option<&mut List> {
        match self.frames.last_mut() {
            Some(Frame::List(list)) => Some(list),
            _ => None,
        }
    }

    /// The innermost list around the top frame, and the command whose words (or heredoc body) are being read.
    fn scope_here(&self) -> (ScopeId, Option<CommandId>) {
        let mut body = None;
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Word(Open { dest: Dest::Body { owner, .. }, .. }) => body = Some(*owner),
                Frame::List(list) => {
                    let owner = match body.or(list.current) {
                        Some(Target::Command(id)) => Some(id),
                        _ => None,
                    };
                    return (list.scope, owner);
                }
                _ => {}
            }
        }
        (ScopeId(0), None)
    }

    /// Opens a scope inside the innermost list and a list frame for it.
    fn open(&mut self, kind: ScopeKind, start: usize, closer: Closer) -> ScopeId {
        let (parent, owner) = self.scope_here();
        let id = ScopeId(self.script.scopes.len() as u32);
        self.script.scopes.push(Scope { kind, parent, owner, span: Span::new(start, self.at), ..Scope::default() });
        self.order.push(Target::Scope(id));
        self.push(Frame::List(List::new(id, closer)));
        id
    }

    /// Opens `$(`, backtick, `<(` or `>(`; the position is behind the opening token.
    pub(super) fn open_substitution(&mut self, kind: ScopeKind, start: usize, backtick: bool) -> ScopeId {
        if backtick {
            self.backticks.push(self.frames.len());
        }
        self.open(kind, start, if backtick { Closer::Backtick } else { Closer::Paren })
    }

    /// Opens a compound command in the list on top.
    pub(super) fn open_compound(&mut self, kind: ScopeKind, start: usize, closer: Closer) {
        self.separate();
        let function = self.top_list().and_then(|list| list.function.take());
        let kind = function.map_or(kind, ScopeKind::Function);
        let depth = self.frames.len() - 1;
        let id = self.open(kind, start, closer);
        if let Some(Frame::List(list)) = self.frames.get_mut(depth) {
            list.current = Some(Target::Scope(id));
        }
        self.connect(depth, Target::Scope(id));
    }

    /// Ties a new pipeline member to the one before it.
    fn connect(&mut self, frame: usize, new: Target) {
        let Some(Frame::List(list)) = self.frames.get_mut(frame) else { return };
        let Some((from, both)) = list.pipe.take() else { return };
        let pipes = match from {
            Target::Command(id) => self.script.commands.get_mut(id.0 as usize).map(|it| (&mut it.pipe, &mut it.pipe_both)),
            Target::Scope(id) => self.script.scopes.get_mut(id.0 as usize).map(|it| (&mut it.pipe, &mut it.pipe_both)),
        };
        if let Some((pipe, pipe_both)) = pipes {
            (*pipe, *pipe_both) = (Some(new), both);
        }
        match new {
            Target::Command(id) => self.script.commands.get_mut(id.0 as usize).map(|it| it.piped_from = Some(from)),
            Target::Scope(id) => self.script.scopes.get_mut(id.0 as usize).map(|it| it.piped_from = Some(from)),
        };
    }

    /// The command under construction in the list on top; begins one if there is none.
    pub(super) fn command(&mut self, start: usize) -> Option<&mut Command> {
        let current = self.top_list()?.current;
        let id = match current {
            Some(Target::Command(id)) => id,
            _ => self.begin_command(CommandKind::Simple, start)?,
        };
        self.script.commands.get_mut(id.0 as usize)
    }

    pub(super) fn begin_command(&mut self, kind: CommandKind, start: usize) -> Option<CommandId> {
        let id = CommandId(self.script.commands.len() as u32);
        let list = self.top_list()?;
        list.current = Some(Target::Command(id));
        list.function = None;
        let scope = list.scope;
        self.script.commands.push(Command { kind, scope, span: Span::new(start, start), ..Command::default() });
        self.order.push(Target::Command(id));
        self.connect(self.frames.len() - 1, Target::Command(id));
        Some(id)
    }

    /// The current command as it stands, if the list on top has one.
    pub(super) fn current_command(&self) -> Option<&Command> {
        match self.frames.last() {
            Some(Frame::List(List { current: Some(Target::Command(id)), .. })) => self.script.commands.get(id.0 as usize),
            _ => None,
        }
    }

    /// Ends the command under construction.
    pub(super) fn separate(&mut self) {
        if let Some(list) = self.top_list() {
            list.current = None;
        }
    }

    /// Ends it and forgets a pipe that leads nowhere.
    pub(super) fn terminate(&mut self) {
        if let Some(list) = self.top_list() {
            (list.current, list.pipe) = (None, None);
        }
    }

    /// Pops the list on top and everything it means for the frames below.
    pub(super) fn close_list(&mut self) {
        let Some(Frame::List(list)) = self.frames.pop() else { return };
        let at = self.at;
        if self.backticks.last() == Some(&self.frames.len()) {
            self.backticks.pop();
        }
        if let Some(scope) = self.script.scopes.get_mut(list.scope.0 as usize).filter(|_| list.scope.0 > 0) {
            scope.span.end = Span::new(at, at).end;
        }
        if let Some(Frame::Word(word)) = self.frames.last_mut() {
            word.close_part(at);
        }
    }

    /// `)`: closes compound commands that lack their end, then the parenthesis itself. A stray one is skipped.
    pub(super) fn close_paren(&mut self) {
        let closes = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::List(list) if list.closer.is_keyword() => None,
            Frame::List(list) => Some(list.closer == Closer::Paren),
            _ => Some(false),
        });
        if closes == Some(true) {
            while self.top_list().is_some_and(|list| list.closer.is_keyword()) {
                self.close_list();
            }
            self.at += 1;
            self.close_list();
        } else {
            self.at += 1;
            self.terminate();
        }
    }

    /// `fi`, `done`, `esac`, `}`: closes the nearest compound command of that kind in this list.
    pub(super) fn close_keyword(&mut self, is: fn(Closer) -> bool) {
        let lists = self.frames.iter().rev().map_while(|frame| match frame {
            Frame::List(list) if list.closer.is_keyword() => Some(list.closer),
            _ => None,
        });
        // Not further than 64 levels: scripts that lack more ends are no scripts, and the search stays cheap.
        let Some(above) = lists.take(64).position(is) else { return self.separate() };
        (0..=above).for_each(|_| self.close_list());
    }

    fn list(&mut self) {
        if self.at >= self.end {
            return self.finish_top();
        }
        if self.opaque_here().is_some() {
            return self.start_word();
        }
        let byte = self.bytes[self.at];
        match byte {
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'\\' if matches!(self.peek(1), Some(b'\n')) => self.at += 2,
            b'\\' if matches!((self.peek(1), self.peek(2)), (Some(b'\r'), Some(b'\n'))) => self.at += 3,
            b'\n' => {
                self.at += 1;
                if !self.condition_continues() {
                    self.separate();
                }
                self.start_heredoc();
            }
            b'#' => self.comment(),
            b';' => self.semicolon(),
            b'&' | b'|' if self.in_condition() => self.start_word(),
            b'&' => self.ampersand(),
            b'|' => self.bar(),
            b'(' | b')' | b'<' | b'>' if self.in_condition() => self.start_word(),
            b'(' => self.open_paren(),
            b')' => match self.top_list() {
                Some(List { closer: Closer::Case(pattern @ true), .. }) => {
                    *pattern = false;
                    self.at += 1;
                }
                _ => self.close_paren(),
            },
            b'`' if self.closes_backtick() => self.close_backtick(),
            b'<' | b'>' if self.peek(1) == Some(b'(') => self.start_word(),
            b'<' | b'>' => self.redirect(None, self.at),
            b'0'..=b'9' if self.io_number() => {}
            _ => self.start_word(),
        }
    }

    /// The region ends: the frame on top closes as if its end stood here.
    pub(super) fn finish_top(&mut self) {
        match self.frames.last() {
            Some(Frame::List(list)) => {
                if !matches!(list.closer, Closer::End) && !self.aborted {
                    let start = self.script.scopes.get(list.scope.0 as usize).map_or(0, |scope| scope.span.start);
                    self.error(Span { start, end: start }, "this is never closed");
                }
                self.close_list();
            }
            Some(Frame::Word(_)) => self.finish_word(),
            Some(Frame::Array(_)) => self.finish_array(),
            None => {}
        }
    }
}
