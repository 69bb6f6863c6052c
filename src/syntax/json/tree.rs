//! A value as a flat list of nodes: for small files, or for one resource or cell of a big one.

use std::borrow::Cow;

use super::{Event, Scanner, Token, decode};
use crate::source::{Span, Text, TextBuilder};
use crate::syntax::SyntaxError;

/// A tree stops growing here (64 MB of nodes); the rest is unread. `[1,1,…]` makes eight bytes of tree out of one of text.
pub const MAX_NODES: usize = 1 << 22;

/// What a node is. Keys are strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An object.
    Object,
    /// A list.
    Array,
    /// A string, or a key.
    String,
    /// A number.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// One JSON value. It holds places only: give it the text again to read it.
#[derive(Default, Debug)]
pub struct Tree {
    /// In the order of the text: a container is followed by its children, an object's are key, value, key, value.
    nodes: Vec<Item>,
    errors: Vec<SyntaxError>,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    span: Span,
    /// Index of the first node that is not inside this one.
    next: u32,
    kind: Kind,
    /// A string with escapes.
    escaped: bool,
}

impl Tree {
    /// The value that the text is.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::parse_at(text, Span::new(0, text.len()))
    }

    /// The value that a part of the text is. Spans count from the beginning of all of it.
    #[must_use]
    pub fn parse_at(text: &str, span: Span) -> Self {
        let mut scanner = Scanner::within(text, span);
        let mut tree = match scanner.next() {
            Some(Ok(first)) => Self::read(&mut scanner, first),
            Some(Err(error)) => Self { nodes: Vec::new(), errors: vec![error] },
            None => Self::default(),
        };
        // Only blanks may follow; the scanner says so.
        if tree.errors.is_empty() {
            tree.errors.extend(scanner.next().and_then(Result::err));
        }
        tree
    }

    /// The value that begins with `first`, which the scanner just gave. The scanner goes on behind the value.
    #[must_use]
    pub fn read(scanner: &mut Scanner<'_>, first: Event) -> Self {
        // A state file is read as thousands of small trees: most fit into this without growing.
        let mut tree = Self { nodes: Vec::with_capacity(64), ..Self::default() };
        let mut open = Vec::new();
        let mut event = Ok(first);
        loop {
            match event {
                Ok(Event { token: Token::ObjectEnd | Token::ArrayEnd, span, .. }) => tree.close(open.pop(), span.end),
                Ok(event) if tree.nodes.len() == MAX_NODES => return tree.cut(&open, scanner, event),
                Ok(event) => tree.push(event, &mut open),
                Err(error) => return tree.stop(&open, error),
            }
            if open.is_empty() {
                return tree;
            }
            // A scanner ends without an error only where nothing is open.
            let Some(next) = scanner.next() else { return tree };
            event = next;
        }
    }

    /// What is not JSON, or too much of it. At most one.
    #[must_use]
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// The value itself, if there is any. `text` is the text it was read from.
    #[must_use]
    pub fn root<'a>(&'a self, text: &'a str) -> Option<Node<'a>> {
        (!self.nodes.is_empty()).then_some(Node { tree: self, text, at: 0 })
    }

    fn push(&mut self, event: Event, open: &mut Vec<usize>) {
        let kind = match event.token {
            Token::ObjectStart | Token::ObjectEnd => Kind::Object,
            Token::ArrayStart | Token::ArrayEnd => Kind::Array,
            Token::Key | Token::String => Kind::String,
            Token::Number => Kind::Number,
            Token::True => Kind::True,
            Token::False => Kind::False,
            Token::Null => Kind::Null,
        };
        if matches!(kind, Kind::Object | Kind::Array) {
            open.push(self.nodes.len());
        }
        self.nodes.push(Item { span: event.span, next: index(self.nodes.len() + 1), kind, escaped: event.escaped });
    }

    fn close(&mut self, container: Option<usize>, end: u32) {
        let next = index(self.nodes.len());
        if let Some(item) = container.and_then(|at| self.nodes.get_mut(at)) {
            (item.span.end, item.next) = (end, next);
        }
    }

    /// The text is no JSON from here on: what is open ends here.
    fn stop(mut self, open: &[usize], error: SyntaxError) -> Self {
        for at in open.iter().rev() {
            self.close(Some(*at), error.unread.start);
        }
        self.errors.push(error);
        self
    }

    /// There is too much of it: passes over the rest of the value.
    fn cut(self, open: &[usize], scanner: &mut Scanner<'_>, event: Event) -> Self {
        let around = scanner.depth() - usize::from(matches!(event.token, Token::ObjectStart | Token::ArrayStart));
        let floor = around.saturating_sub(open.len());
        let mut unread = event.span;
        while let Some(event) = scanner.next() {
            unread.end = event.as_ref().map_or_else(|error| error.unread.end, |event| event.span.end);
            if scanner.depth() <= floor {
                break;
            }
        }
        let message = "more values than are read as one".to_owned();
        self.stop(open, SyntaxError { span: event.span, message, unread })
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A value in a tree, or a key.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree,
    text: &'a str,
    at: usize,
}

impl<'a> Node<'a> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.item().kind
    }

    /// Where it stands: strings with their quotes, containers with their brackets.
    #[must_use]
    pub fn span(self) -> Span {
        self.item().span
    }

    /// An object's keys and values, repeated keys included; nothing for any other node.
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        Entries(self.children(Kind::Object))
    }

    /// A list's items; nothing for any other node.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        self.children(Kind::Array)
    }

    /// The value under a key; the last one where the key is repeated.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entries().filter(|(name, _)| name.is(key)).last().map(|(_, value)| value)
    }

    /// The values under several keys, looked for in one go; of a repeated key the last one.
    #[must_use]
    pub fn fields<const N: usize>(self, keys: [&str; N]) -> [Option<Node<'a>>; N] {
        let mut found = [None; N];
        for (name, value) in self.entries() {
            if let Some(field) = keys.iter().zip(&mut found).find_map(|(key, field)| name.is(key).then_some(field)) {
                *field = Some(value);
            }
        }
        found
    }

    /// Whether it is this string.
    #[must_use]
    pub fn is(self, string: &str) -> bool {
        match self.plain() {
            Some((plain, _)) => plain == string,
            None => self.str().is_some_and(|decoded| decoded == string),
        }
    }

    /// A string's or a key's value, with its map.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        match self.plain() {
            Some((plain, start)) => Some(Text::plain(plain, start)),
            None => (self.kind() == Kind::String).then(|| decode(self.text, self.span())),
        }
    }

    /// A string's or a key's value.
    #[must_use]
    pub fn str(self) -> Option<Cow<'a, str>> {
        match self.plain() {
            Some((plain, _)) => Some(Cow::Borrowed(plain)),
            None => self.text().map(|text| text.value().clone()),
        }
    }

    /// What stands between the quotes of a string without escapes, and where it begins.
    fn plain(self) -> Option<(&'a str, usize)> {
        let Item { span, kind, escaped, .. } = self.item();
        if kind != Kind::String || escaped {
            return None;
        }
        let start = span.start as usize + 1;
        self.text.get(start..span.end as usize - 1).map(|plain| (plain, start))
    }

    /// A string, or a list of strings that are lines of one text (`source` and outputs of a notebook), as one text.
    #[must_use]
    pub fn joined(self) -> Option<Text<'a>> {
        if self.kind() != Kind::Array {
            return self.text();
        }
        let mut builder = TextBuilder::default();
        self.items().filter_map(Node::text).for_each(|line| builder.text(&line));
        Some(builder.finish())
    }

    /// A number as it is written.
    #[must_use]
    pub fn number(self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.raw())
    }

    /// `true` or `false`.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The bytes it is written with.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.text.get(self.span().range()).unwrap_or("")
    }

    fn item(self) -> Item {
        self.tree.nodes[self.at]
    }

    fn children(self, of: Kind) -> Items<'a> {
        let end = if self.kind() == of { self.item().next as usize } else { 0 };
        Items { next: Node { at: self.at + 1, ..self }, end }
    }
}

/// A list's items.
#[derive(Clone)]
pub struct Items<'a> {
    next: Node<'a>,
    end: usize,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let node = self.next;
        (node.at < self.end).then(|| {
            self.next.at = node.item().next as usize;
            node
        })
    }
}

/// An object's keys and values. A key that the text ends behind has no value and is left out.
#[derive(Clone)]
pub struct Entries<'a>(Items<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().zip(self.0.next())
    }
}
