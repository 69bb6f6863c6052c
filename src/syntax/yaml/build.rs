//! Granit's events → the tree.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError};

use super::block::Block;
use super::{Data, Kind, Properties, Style, SyntaxError, Tree};
use crate::source::Span;
use crate::syntax::MAX_DEPTH;

/// More nodes than any file needs that a person or a tool wrote; what comes behind them is left to the text scan.
const MAX_NODES: usize = 10_000_000;

pub(super) fn build(text: &str) -> Tree {
    build_within(text, MAX_NODES)
}

pub(super) fn build_within(text: &str, most: usize) -> Tree {
    let mut builder = Builder::new(text);
    let readable = readable(text);
    let mut parser = Parser::new_from_str_with_options(&readable, options(text.len()));
    loop {
        if builder.tree.nodes.len() > most {
            builder.give_up(builder.read, "more values than are read of one file");
            break;
        }
        match parser.next_event() {
            Some(Ok((event, span))) => builder.event(&event, &span),
            Some(Err(error)) => {
                builder.error(&error);
                match parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => break,
                }
            }
            None => break,
        }
    }
    builder.finish()
}

fn options(len: usize) -> Options {
    granit_parser::options! {
        // A mark in the middle of a file (two files put together) must not cost the rest of it.
        bom_inside_document_as_content: true,
        // As libyaml, Go's yaml and PyYAML have it; and so no line feed is made up that has no place.
        block_scalar_eof_without_line_feed: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        // A file may open with thousands of lines of comments.
        max_buffered_comment_events: len,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    }
}

/// The text for granit, which refuses control characters (SUB stands for an invalid byte) and would lose the rest of the
/// document: each is replaced by as many bytes of text. Values are decoded from the text as it is.
fn readable(text: &str) -> Cow<'_, str> {
    let refused = |char: char| match char {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => char.is_control(),
    };
    if !text.contains(refused) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if refused(char) {
            out.extend(std::iter::repeat_n('x', char.len_utf8()));
        } else {
            out.push(char);
        }
    }
    Cow::Owned(out)
}

struct Open {
    node: u32,
    last: u32,
    count: usize,
}

struct Builder<'t> {
    text: &'t str,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, u32>,
    /// The end of what has been read, comments not counted.
    read: usize,
    /// A block scalar whose header is looked for once the anchor before it is known.
    block: Option<Waiting>,
    /// The last error's document is still being passed over.
    passing: bool,
}

struct Waiting {
    node: u32,
    style: Style,
    start: usize,
    blank: Option<usize>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        let nothing = Data { span: Span::default(), next: 0, link: 0, properties: 0, kind: Kind::Scalar(Style::Plain) };
        let tree = Tree { nodes: vec![nothing], ..Tree::default() };
        Self { text, tree, open: Vec::new(), anchors: HashMap::new(), read: 0, block: None, passing: false }
    }

    fn event(&mut self, event: &Event<'_>, span: &granit_parser::Span) {
        let place = self.place(span);
        if self.passing {
            self.passing = false;
            self.unread_until(place.start as usize);
        }
        if let Event::Anchor(..) = event {
            self.anchor(place);
            return;
        }
        self.place_block();
        match event {
            Event::Scalar(value, style, anchor, _) => self.scalar(value, *style, *anchor, span),
            Event::SequenceStart(_, anchor, _) => self.start(Kind::Sequence, *anchor, span),
            Event::MappingStart(_, anchor, _) => self.start(Kind::Mapping, *anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            Event::Alias(target) => {
                let link = self.anchors.get(target).copied().unwrap_or(0);
                self.add(Data { span: place, next: 0, link, properties: 0, kind: Kind::Alias });
            }
            Event::UnresolvedAlias(_) => {
                self.add(Data { span: place, next: 0, link: 0, properties: 0, kind: Kind::Alias });
            }
            Event::Comment(..) => self.tree.comments.push(place),
            // An implicit start has the place of what comes first in it.
            Event::DocumentStart(true, _) => self.read = self.read.max(place.end as usize),
            _ => {}
        }
    }

    fn place(&self, span: &granit_parser::Span) -> Span {
        let at = |mark: granit_parser::Marker| mark.byte_offset().unwrap_or(0).min(self.text.len());
        Span::new(at(span.start), at(span.end))
    }

    fn properties(&mut self, span: &granit_parser::Span) -> u32 {
        let Some(tag) = span.tag_span() else { return 0 };
        let tag = self.place(&tag);
        self.read = self.read.max(tag.end as usize);
        self.tree.properties.push(Properties { tag, ..Properties::default() });
        index(self.tree.properties.len())
    }

    /// Takes a node in as the next child of the innermost open collection.
    fn add(&mut self, data: Data) -> u32 {
        let id = index(self.tree.nodes.len());
        self.read = self.read.max(data.span.end as usize);
        self.tree.nodes.push(data);
        match self.open.last_mut() {
            None => self.tree.roots.push(id),
            Some(open) => {
                let link = if open.last == 0 {
                    &mut self.tree.nodes[open.node as usize].link
                } else {
                    &mut self.tree.nodes[open.last as usize].next
                };
                *link = id;
                open.last = id;
                open.count += 1;
            }
        }
        id
    }

    fn named(&mut self, anchor: usize, id: u32) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, anchor: usize, span: &granit_parser::Span) {
        let properties = self.properties(span);
        let place = self.place(span);
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let is_block = matches!(style, Style::Literal | Style::Folded);
        let start = place.start as usize;
        // Granit's end of a block scalar lies behind the next line's indentation.
        let place = if is_block { Span::new(self.read.min(start), self.read.min(start)) } else { place };
        let id = self.add(Data { span: place, next: 0, link: 0, properties, kind: Kind::Scalar(style) });
        self.named(anchor, id);
        if is_block {
            let blank = value.bytes().all(|byte| byte == b'\n').then_some(value.len());
            self.block = Some(Waiting { node: id, style, start, blank });
        }
    }

    fn start(&mut self, kind: Kind, anchor: usize, span: &granit_parser::Span) {
        let properties = self.properties(span);
        let start = self.place(span).start;
        let id = self.add(Data { span: Span { start, end: start }, next: 0, link: 0, properties, kind });
        self.named(anchor, id);
        self.open.push(Open { node: id, last: 0, count: 0 });
    }

    /// `&name`, which granit tells after the node it belongs to.
    fn anchor(&mut self, place: Span) {
        self.read = self.read.max(place.end as usize);
        let Some(node) = self.tree.nodes.last_mut() else { return };
        if node.properties == 0 {
            self.tree.properties.push(Properties::default());
            node.properties = index(self.tree.properties.len());
        }
        self.tree.properties[node.properties as usize - 1].anchor = place;
    }

    fn end(&mut self, place: Span) {
        let Some(open) = self.open.pop() else { return };
        // The end of a flow collection is its bracket; a block collection has none and granit names the next token's place.
        let bracket = matches!(self.text.get(place.range()), Some("]" | "}"));
        let end = if bracket { place.end } else { 0 };
        self.close(&open, end);
        self.read = self.read.max(end as usize);
    }

    fn close(&mut self, open: &Open, end: u32) {
        let first = self.tree.nodes[open.node as usize].link;
        let first = if first == 0 { None } else { Some(self.tree.nodes[first as usize].span) };
        let last = if open.last == 0 { None } else { Some(self.tree.nodes[open.last as usize].span) };
        let span = &mut self.tree.nodes[open.node as usize].span;
        span.start = first.map_or(span.start, |first| span.start.min(first.start));
        span.end = last.map_or(span.end, |last| last.end).max(end).max(span.start);
    }

    /// Finds the header and the end of the block scalar that was read last. Granit's span starts at the first content character,
    /// or anywhere at all when there is no content.
    fn place_block(&mut self) {
        let Some(Waiting { node, style, start, blank }) = self.block.take() else { return };
        let indicator = if style == Style::Literal { b'|' } else { b'>' };
        let header = header(self.text.as_bytes(), self.read, indicator).unwrap_or(start);
        let block = match blank {
            Some(breaks) => {
                let rest = &self.text.as_bytes()[header..];
                Block::blank(header + memchr::memchr3(b'\n', b'\r', b' ', rest).unwrap_or(rest.len()), breaks)
            }
            None => Block::new(self.text, start),
        };
        let end = block.end(self.text);
        self.tree.nodes[node as usize].span = Span::new(header, end);
        self.tree.nodes[node as usize].link = index(self.tree.blocks.len());
        self.tree.blocks.push(block);
        self.read = self.read.max(end);
    }

    fn error(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.read);
        self.give_up(at, message(error.kind()));
    }

    /// Gives up the rest of the document; what has been read of it stays.
    fn give_up(&mut self, at: usize, message: &str) {
        self.place_block();
        if self.passing {
            // Nothing of this document arrived either: it belongs to what the last error lost.
            return;
        }
        if self.open.last().is_some_and(|open| self.tree.nodes[open.node as usize].kind == Kind::Mapping && open.count % 2 == 1) {
            let span = Span::new(self.read, self.read);
            self.add(Data { span, next: 0, link: 0, properties: 0, kind: Kind::Scalar(Style::Plain) });
        }
        while let Some(open) = self.open.pop() {
            self.close(&open, 0);
        }
        let at = at.min(self.text.len());
        let unread = Span::new(self.read, self.text.len());
        self.tree.errors.push(SyntaxError { span: Span::new(at, at), message: message.to_owned(), unread });
        self.anchors.clear();
        self.passing = true;
    }

    fn unread_until(&mut self, end: usize) {
        if let Some(error) = self.tree.errors.last_mut() {
            error.unread.end = Span::new(error.unread.start as usize, end).end;
        }
    }

    fn finish(mut self) -> Tree {
        self.place_block();
        if self.passing {
            self.unread_until(self.text.len());
        }
        self.tree.comments.sort_unstable();
        self.tree
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The first `indicator` from `from` on that is not in a comment. Between the end of a key, tag or anchor and the header of its
/// block scalar stand only blanks, line breaks, `:`, `-`, `?` and comments.
fn header(text: &[u8], from: usize, indicator: u8) -> Option<usize> {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b'#' => at += memchr::memchr2(b'\n', b'\r', &text[at..])?,
            _ if *byte == indicator => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// What is wrong, in our own words.
fn message(kind: &ErrorKind) -> &'static str {
    use ErrorKind as E;
    match kind {
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => "a quoted string is not closed",
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => "a `[` or `{` is not closed",
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => "a `]` or `}` closes nothing",
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => "expected `,` or the end of the list or mapping",
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabInPlainScalar | E::TabAtBlockScalarStart => {
            "a tab where only spaces may indent"
        }
        E::RecursionLimitExceeded => "nested too deeply",
        E::SimpleKeyExpected | E::InvalidSimpleKey => "a key without `:`, or one longer than 1024 characters",
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::MappingKeyNotAllowed => "a key or `:` where none may stand",
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection | E::InvalidBlockEntryWhitespace => "a `-` where no list may begin",
        E::ExpectedBlockMappingKey | E::ExpectedBlockSequenceEntry | E::InvalidIndentation => "indentation does not fit the lines above",
        E::InvalidQuotedScalarIndent | E::InvalidFlowScalarIndent | E::InvalidBlockScalarIndent => {
            "a multi-line string is not indented enough"
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => "text after the closing quote",
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => "an escape that YAML does not know",
        E::InvalidLowSurrogateHexEscape | E::InvalidLowSurrogate | E::MissingLowSurrogate | E::UnpairedLowSurrogate => {
            "half of a surrogate pair"
        }
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => "text after `|` or `>` that is no indentation or chomping indicator",
        _ => "not valid YAML",
    }
}
