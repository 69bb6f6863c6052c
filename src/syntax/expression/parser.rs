//! The parser: precedence climbing, bounded by `MAX_DEPTH`.

use super::{Expression, Node, NodeId, NodeKind};
use crate::source::Span;

/// Parentheses, calls and indices are followed to this depth. GitHub's own limit is 50.
const MAX_DEPTH: usize = 100;

/// Reads the expression under `inner`, which lies between `${{` and `}}` or is the whole of an `if:`.
#[must_use]
pub fn parse(text: &str, inner: Span) -> Expression {
    let end = inner.range().end.min(text.len());
    let mut parser = Parser { bytes: text.as_bytes(), at: inner.start as usize, end, nodes: Vec::new(), depth: 0 };
    let root = parser.binary(0);
    parser.blanks();
    let complete = root.is_some() && parser.at >= end;
    let error = (!complete).then(|| Span::new(parser.at.min(end), end));
    Expression { nodes: parser.nodes, root, error }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
    nodes: Vec<Node>,
    depth: usize,
}

/// Operators from the weakest to the strongest; longer ones first.
const OPERATORS: [(&[u8], u8); 8] = [(b"||", 1), (b"&&", 2), (b"==", 3), (b"!=", 3), (b"<=", 4), (b">=", 4), (b"<", 4), (b">", 4)];

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied().filter(|_| self.at < self.end)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn add(&mut self, kind: NodeKind, start: usize) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, span: Span::new(start, self.at) });
        id
    }

    fn start_of(&self, id: NodeId) -> usize {
        self.nodes.get(id.0 as usize).map_or(self.at, |node| node.span.start as usize)
    }

    /// An operand and the operators after it that bind at least as strongly as `weakest`.
    fn binary(&mut self, weakest: u8) -> Option<NodeId> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let found = self.operators(weakest);
        self.depth -= 1;
        found
    }

    fn operators(&mut self, weakest: u8) -> Option<NodeId> {
        let mut left = self.unary()?;
        loop {
            self.blanks();
            let rest = self.bytes.get(self.at..self.end)?;
            let operator = OPERATORS.iter().find(|(token, strength)| *strength >= weakest && rest.starts_with(token));
            let Some((token, strength)) = operator else { return Some(left) };
            let before = self.at;
            self.at += token.len();
            let Some(right) = self.binary(strength + 1) else {
                self.at = before;
                return Some(left);
            };
            let kind = match strength {
                1 => NodeKind::Or(left, right),
                2 => NodeKind::And(left, right),
                _ => NodeKind::Comparison(left, right),
            };
            left = self.add(kind, self.start_of(left));
        }
    }

    fn unary(&mut self) -> Option<NodeId> {
        self.blanks();
        let mut bangs = Vec::new();
        while self.peek() == Some(b'!') {
            bangs.push(self.at);
            self.at += 1;
            self.blanks();
        }
        let mut node = self.postfix()?;
        while let Some(start) = bangs.pop() {
            node = self.add(NodeKind::Not(node), start);
        }
        Some(node)
    }

    fn postfix(&mut self) -> Option<NodeId> {
        let start = self.at;
        let mut node = self.primary()?;
        loop {
            self.blanks();
            let before = self.at;
            let next = match self.peek() {
                Some(b'.') => self.property(node, start),
                Some(b'[') => self.index(node, start),
                _ => return Some(node),
            };
            let Some(next) = next else {
                self.at = before;
                return Some(node);
            };
            node = next;
        }
    }

    fn property(&mut self, of: NodeId, start: usize) -> Option<NodeId> {
        self.at += 1;
        if self.eat(b'*') {
            return Some(self.add(NodeKind::Star(of), start));
        }
        let name = self.name()?;
        Some(self.add(NodeKind::Property(of, name), start))
    }

    fn index(&mut self, of: NodeId, start: usize) -> Option<NodeId> {
        self.at += 1;
        if self.eat(b'*') {
            return self.eat(b']').then(|| self.add(NodeKind::Star(of), start));
        }
        let index = self.binary(0)?;
        self.eat(b']').then(|| self.add(NodeKind::Index(of, index), start))
    }

    fn name(&mut self) -> Option<Span> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            self.at += 1;
        }
        let begins = self.bytes.get(start).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        (begins && self.at > start).then(|| Span::new(start, self.at))
    }

    fn primary(&mut self) -> Option<NodeId> {
        let start = self.at;
        match self.peek()? {
            b'(' => {
                self.at += 1;
                let inner = self.binary(0)?;
                self.eat(b')').then_some(inner)
            }
            b'\'' => self.string(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')) {
                    self.at += 1;
                }
                Some(self.add(NodeKind::Constant, start))
            }
            _ => {
                let name = self.name()?;
                self.blanks();
                if self.peek() == Some(b'(') {
                    return self.arguments(name);
                }
                self.at = name.range().end;
                let constant = matches!(&self.bytes[name.range()], b"true" | b"false" | b"null" | b"NaN" | b"Infinity");
                Some(self.add(if constant { NodeKind::Constant } else { NodeKind::Context }, start))
            }
        }
    }

    fn string(&mut self) -> Option<NodeId> {
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at + 1..self.end)?;
            self.at += 1 + memchr::memchr(b'\'', rest)?;
            // Two quotes stand for one.
            if self.bytes.get(self.at + 1).filter(|_| self.at + 1 < self.end) != Some(&b'\'') {
                self.at += 1;
                return Some(self.add(NodeKind::String, start));
            }
            self.at += 1;
        }
    }

    fn arguments(&mut self, name: Span) -> Option<NodeId> {
        self.at += 1;
        let mut arguments = Vec::new();
        if !self.eat(b')') {
            loop {
                arguments.push(self.binary(0)?);
                if self.eat(b')') {
                    break;
                }
                if !self.eat(b',') {
                    return None;
                }
            }
        }
        Some(self.add(NodeKind::Call(name, arguments), name.start as usize))
    }
}
