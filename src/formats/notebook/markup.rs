//! Text without what surrounds it: HTML tags, terminal colours, data URIs. Every place stays a place in the file.

use memchr::{memchr, memchr2, memmem};

use crate::source::{Span, Text, TextBuilder};

/// The text without the payload of `data:…;base64,` URIs: what looks like a token there is a piece of an image.
pub(super) fn without_data<'a>(text: &Text<'a>) -> Text<'a> {
    let value = text.as_str();
    let mut builder: Option<TextBuilder> = None;
    let mut kept = 0;
    for found in memmem::find_iter(value.as_bytes(), ";base64,") {
        let start = found + ";base64,".len();
        if start < kept || !is_data_uri(&value.as_bytes()[..found]) {
            continue;
        }
        let length = value.as_bytes()[start..].iter().take_while(|byte| is_base64(**byte)).count();
        builder.get_or_insert_default().copy(&value[kept..start], kept);
        kept = start + length;
    }
    match builder {
        None => text.clone(),
        Some(mut builder) => {
            builder.copy(&value[kept..], kept);
            builder.finish().then(text)
        }
    }
}

/// Whether `data:` and a media type end here.
fn is_data_uri(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(100)..];
    memmem::rfind(near, b"data:").is_some_and(|at| near[at..].iter().all(|byte| !byte.is_ascii_whitespace() && !b"\"'()<>".contains(byte)))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%' | b'\n' | b'\r')
}

/// The text without terminal control sequences: https://ecma-international.org/publications-and-standards/standards/ecma-48/
pub(super) fn without_colours<'a>(text: &Text<'a>) -> Text<'a> {
    let value = text.as_str();
    if memchr(0x1b, value.as_bytes()).is_none() {
        return text.clone();
    }
    let mut builder = TextBuilder::with_capacity(value.len());
    let mut at = 0;
    while let Some(found) = memchr(0x1b, &value.as_bytes()[at..]) {
        builder.copy(&value[at..at + found], at);
        at += found;
        at += sequence(&value.as_bytes()[at..]);
    }
    builder.copy(&value[at..], at);
    builder.finish().then(text)
}

/// The length of the control sequence that begins with this ESC: `ESC [`, parameters, one final byte. Any other ESC stands alone.
fn sequence(bytes: &[u8]) -> usize {
    if bytes.get(1) != Some(&b'[') {
        return 1;
    }
    let parameters = bytes[2..].iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
    2 + parameters + usize::from(matches!(bytes.get(2 + parameters), Some(0x40..=0x7e)))
}

/// The text of HTML: tags are dropped, entities decoded. Tags that break lines leave a line break, attributes that may hold a
/// value (links, inputs) leave it on a line of its own; style sheets leave nothing.
pub(super) fn html<'a>(text: &Text<'a>) -> Text<'a> {
    let mut reader = Html { text: text.as_str(), at: 0, out: TextBuilder::with_capacity(text.len()) };
    reader.run();
    reader.out.finish().then(text)
}

struct Html<'a> {
    text: &'a str,
    at: usize,
    out: TextBuilder,
}

impl Html<'_> {
    fn run(&mut self) {
        while let Some(found) = memchr2(b'<', b'&', &self.text.as_bytes()[self.at..]) {
            self.copy(self.at + found);
            if self.text.as_bytes()[self.at] == b'&' { self.entity() } else { self.tag() }
        }
        self.copy(self.text.len());
    }

    fn copy(&mut self, end: usize) {
        self.out.copy(&self.text[self.at..end], self.at);
        self.at = end;
    }

    fn entity(&mut self) {
        match entity(&self.text[self.at..]) {
            Some((char, length)) => {
                self.out.atom(char.encode_utf8(&mut [0; 4]), Span::new(self.at, self.at + length));
                self.at += length;
            }
            None => self.copy(self.at + 1),
        }
    }

    fn tag(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("<!--") {
            self.at += 4;
            return;
        }
        let closing = rest[1..].starts_with('/');
        let name_start = 1 + usize::from(closing);
        let length = rest[name_start..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = &rest[name_start..name_start + length];
        if length == 0 {
            return self.copy(self.at + 1);
        }
        if !is_inline(name) {
            self.out.atom("\n", Span::new(self.at, self.at + 1));
        }
        self.at += name_start + length;
        self.attributes();
        if !closing && name.eq_ignore_ascii_case("style") {
            self.at += memmem::find(&self.text.as_bytes()[self.at..], b"</style").unwrap_or(self.text.len() - self.at);
        }
    }

    /// Up to and over the tag's `>`.
    fn attributes(&mut self) {
        loop {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
            let start = self.at;
            self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'<'));
            let name = &self.text[start..self.at];
            self.skip(|byte| byte.is_ascii_whitespace());
            match self.text.as_bytes().get(self.at) {
                Some(b'=') => self.attribute(name),
                Some(b'>') => {
                    self.at += 1;
                    return;
                }
                Some(b'<') | None => return,
                Some(_) => {}
            }
        }
    }

    fn attribute(&mut self, name: &str) {
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let (quoted, end) = match self.text.as_bytes().get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                (true, memchr(quote, &self.text.as_bytes()[start..]).map_or(self.text.len(), |found| start + found))
            }
            _ => {
                let bare = self.text[self.at..].bytes().take_while(|byte| !byte.is_ascii_whitespace() && *byte != b'>').count();
                (false, self.at + bare)
            }
        };
        let start = self.at + usize::from(quoted);
        if ["href", "src", "value", "content", "action", "title", "data", "alt"].iter().any(|telling| name.eq_ignore_ascii_case(telling)) {
            self.value(start, end);
        }
        self.at = (end + usize::from(quoted)).min(self.text.len());
    }

    /// An attribute's value, on a line of its own.
    fn value(&mut self, start: usize, end: usize) {
        let edge = Span::new(start, start);
        self.out.atom("\n", edge);
        self.at = start;
        while let Some(found) = memchr(b'&', &self.text.as_bytes()[self.at..end]) {
            self.copy(self.at + found);
            self.entity();
        }
        self.copy(end.max(self.at));
        self.out.atom("\n", Span::new(end, end));
    }

    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| is(**byte)).count();
    }
}

fn is_inline(name: &str) -> bool {
    ["span", "a", "b", "i", "em", "strong", "code", "font", "mark", "u", "tt", "kbd", "var", "samp", "small", "sub", "sup", "wbr"]
        .iter()
        .any(|inline| name.eq_ignore_ascii_case(inline))
}

/// What the entity at the beginning stands for, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let char = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "sol" => '/',
        "colon" => ':',
        "equals" => '=',
        "commat" => '@',
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
            char::from_u32(u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?)?
        }
    };
    Some((char, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(decode: for<'a> fn(&Text<'a>) -> Text<'a>, source: &str) -> String {
        decode(&Text::plain(source, 0)).as_str().to_owned()
    }

    #[test]
    fn tags_go_and_text_stays() {
        let table = [
            ("a<b>b</b>c", "abc"),
            ("<td>a</td><td>b</td>", "\na\n\nb\n"),
            ("&lt;tag&gt; &amp;&#65;&#x42; &unknown; & &#xD800;", "<tag> &AB &unknown; & &#xD800;"),
            ("<a class='x' href=\"https://u:p&amp;@h\">link</a>", "\nhttps://u:p&@h\nlink"),
            ("<input value=x><br/>", "\n\nx\n\n"),
            ("<style>a{}</style>b<script>c('<')</script>", "\n\nb\nc('<')\n"),
            ("a < b <!-- c --> d", "a < b  c --> d"),
            ("<a href=\"never closed", "\nnever closed\n"),
            ("<", "<"),
            ("<p", "\n"),
        ];
        for (source, expected) in table {
            assert_eq!(shown(html, source), expected, "{source}");
        }
    }

    #[test]
    fn colours_go() {
        assert_eq!(
            shown(without_colours, "\u{1b}[0;31mKeyError\u{1b}[0m: \u{1b}[1m'x'\u{1b}[38;5;28;01m \u{1b}]y\u{1b}["),
            "KeyError: 'x' ]y"
        );
    }

    #[test]
    fn data_goes() {
        let source = "![x](data:image/png;base64,iVBORw0KGgo=) and key;base64,abc <img src='data:;base64,AA%3D'>";
        assert_eq!(shown(without_data, source), "![x](data:image/png;base64,) and key;base64,abc <img src='data:;base64,'>");
    }

    #[test]
    fn no_squares() {
        for piece in ["<", "<a ", "<a href='", "&", "&#", "\u{1b}[", "data:;base64,", "<style>", "<!--", "<a b=c "] {
            let source = piece.repeat(200_000);
            for decode in [html, without_colours, without_data] {
                decode(&Text::plain(&source, 0));
            }
        }
    }

    proptest! {
        /// Every decoded character is in its source range, as itself or as what an escape is written with.
        #[test]
        fn places_are_right(source in "([a-z ]{1,5}|</?[abptd]{1,2}|>|&[a-z#0-9x]{1,5};|\u{1b}\\[[0-9;]{0,3}m?|href=|['\"=é]|data:a/b;base64,|[A-Z0-9+/]{1,5}){0,30}") {
            let outer = Text::plain(&source, 0);
            for decode in [html, without_colours, without_data] {
                let text = decode(&outer);
                for (at, char) in text.as_str().char_indices() {
                    let raw = &source[text.hull(at..at + char.len_utf8()).range()];
                    prop_assert!(raw.chars().eq([char]) || raw.starts_with('&') && raw.ends_with(';') || char == '\n' && (raw.is_empty() || raw == "<"), "{:?} from {:?}", char, raw);
                }
            }
        }
    }
}
