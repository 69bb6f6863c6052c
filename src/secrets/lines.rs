//! Configuration text, line by line: `key = value`, `key: value`, `"key": "value"`, `<key>value</key>`, `export KEY=value`.
//!
//! The lines of dotenv, properties, INI, TOML, YAML, Dockerfiles and simple XML have enough in common to be read by one
//! reader that knows none of them; what it cannot read it passes over.

mod special;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::names::telling;
use crate::literal::{LogicalPath, PathBuilder};

/// Longer keys are none.
const MAX_KEY: usize = 128;
/// Keys around a key that its path tells.
const MAX_OPEN: usize = 32;

/// A value and the name it stands under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair<'t> {
    /// The key.
    pub(super) name: &'t str,
    /// The value, without its quotes.
    pub(super) value: Range<usize>,
    /// The innermost of the keys around it, as an index of `Pairs::keys`.
    within: Option<usize>,
    /// It stands in a comment.
    pub(super) comment: bool,
    /// It stands inside a command, as an assignment or an option.
    pub(super) command: bool,
}

/// What was read of a text.
#[derive(Debug, Default)]
pub(super) struct Pairs<'t> {
    /// In order of place; what stands inside another value comes behind it.
    list: Vec<Pair<'t>>,
    /// Keys that others stand under, each with the one around it.
    keys: Vec<(Option<usize>, &'t str)>,
}

impl<'t> Pairs<'t> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pair<'t>> {
        self.list.iter()
    }

    /// The pair whose value holds this byte: the innermost of those that begin last before it.
    pub(super) fn around(&self, at: usize) -> Option<&Pair<'t>> {
        let before = self.list.partition_point(|pair| pair.value.start <= at);
        self.list[..before].iter().rev().take(8).find(|pair| at < pair.value.end)
    }

    /// The keys around a pair, and its own.
    pub(super) fn path(&self, pair: &Pair<'_>) -> LogicalPath {
        let above = std::iter::successors(pair.within, |key| self.keys.get(*key).and_then(|(above, _)| *above));
        let keys: Vec<&str> = above.filter_map(|key| self.keys.get(key)).map(|(_, key)| *key).collect();
        keys.iter().rev().fold(PathBuilder::default(), |path, key| path.key(key)).key(pair.name).build()
    }
}

/// Where a reader is.
#[derive(Default)]
struct Reader<'t> {
    pairs: Pairs<'t>,
    /// Keys that are open, with their indentation, as indices of `Pairs::keys`.
    open: Vec<(usize, usize)>,
    /// `name: X` whose `value:` may follow at the same indentation.
    sibling: Option<(usize, &'t str)>,
    /// A `value: X` whose `name:` may follow at the same indentation, as an index of the list.
    unnamed: Option<(usize, usize)>,
    /// What stood in the last `<name>`, whose `<value>` may follow.
    element: Option<&'t str>,
    /// Its lines are users with their passwords.
    userlist: bool,
    /// A comment of XML goes on.
    hidden: bool,
}

/// Every value of a text under its own key.
pub(super) fn read(text: &str) -> Pairs<'_> {
    let mut reader = Reader { userlist: special::is_userlist(text), ..Reader::default() };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.line(line.trim_end_matches(['\n', '\r']), at);
        at += line.len();
    }
    reader.pairs.list.sort_by_key(|pair| pair.value.start);
    reader.pairs
}

/// What a command on one line gives to its variables and options.
pub(super) fn command(line: &str) -> Pairs<'_> {
    let mut reader = Reader::default();
    reader.command(line, 0, 0..line.len(), false);
    reader.pairs
}

/// Whether most lines of a text are pairs.
pub(super) fn is_config(text: &str) -> bool {
    if special::is_userlist(text) {
        return true;
    }
    let section = |line: &str| line.starts_with('[') && line.ends_with(']');
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']) && !section(line));
    let pairs = lines().filter(|line| key_value(line).is_some() || special::is_setting(line)).count();
    pairs >= 1 && pairs * 2 > lines().count()
}

impl<'t> Reader<'t> {
    fn line(&mut self, line: &'t str, at: usize) {
        let mut rest = line.trim_start();
        let mut start = at + line.len() - rest.len();
        let mut comment = self.hidden || rest.starts_with("<!--");
        let (open, close) = (line.rfind("<!--"), line.rfind("-->"));
        self.hidden = if open == close { self.hidden } else { open > close };
        for mark in ["#", "//", ";"] {
            // `//registry.npmjs.org/:_auth=x` is no comment.
            if let Some(inside) = rest.strip_prefix(mark).filter(|inside| mark != "//" || !inside.contains("/:_")) {
                let inside = inside.trim_start_matches(['#', '/', ';']).trim_start();
                start += rest.len() - inside.len();
                (rest, comment) = (inside, true);
                break;
            }
        }
        if rest.starts_with("- ") {
            // Another item of a list.
            (self.sibling, self.unnamed) = (None, None);
        }
        for word in ["- ", "export ", "set ", "setx ", "ENV ", "ARG ", "env ", "declare -x "] {
            if let Some(inside) = rest.strip_prefix(word).map(str::trim_start) {
                start += rest.len() - inside.len();
                rest = inside;
            }
        }
        let indent = start - at;
        let place = |value: Range<usize>| start + value.start..start + value.end;
        if rest.starts_with('<') {
            for (name, value) in special::xml(rest, self.element) {
                self.element = Some(&rest[value.clone()]).filter(|_| name == "name");
                self.push(name, place(value), comment, false);
            }
        } else if let Some(value) = special::pgpass(rest).or_else(|| self.userlist.then(|| special::user(rest))?) {
            self.push("password", place(value), comment, false);
        } else if let Some((name, value)) = special::call(rest) {
            self.push(name, place(value), comment, false);
        } else if let Some((name, value)) = key_value(rest) {
            self.pair(name, rest, start, value, indent, comment);
        } else if let Some((name, value)) = special::directive(rest).filter(|_| !comment) {
            self.push(name, place(value), false, false);
        } else {
            self.command(rest, start, 0..rest.len(), comment);
        }
    }

    fn pair(&mut self, name: &'t str, rest: &'t str, start: usize, value: Range<usize>, indent: usize, comment: bool) {
        if !comment {
            self.open.truncate(self.open.iter().position(|(depth, _)| *depth >= indent).unwrap_or(self.open.len()));
        }
        let text = &rest[value.clone()];
        let generic = matches!(name, "value" | "default" | "Value" | "content");
        let sibling = self.sibling.filter(|(depth, _)| *depth == indent).map(|(_, sibling)| sibling);
        let waits = sibling.is_none() && matches!(name, "value" | "Value");
        let named = match sibling {
            Some(sibling) if generic => Some(sibling),
            _ if generic => self.within().and_then(|key| self.pairs.keys.get(key)).map(|(_, key)| *key),
            _ => None,
        };
        if !comment && value.is_empty() && self.open.len() < MAX_OPEN {
            self.pairs.keys.push((self.within(), name));
            self.open.push((indent, self.pairs.keys.len() - 1));
        }
        if matches!(name, "name" | "key" | "Name" | "Key" | "ParameterKey") {
            self.sibling = Some((indent, text));
            let before = self.unnamed.take().filter(|(depth, _)| *depth == indent && !text.is_empty());
            if let Some(pair) = before.and_then(|(_, index)| self.pairs.list.get_mut(index)) {
                pair.name = text;
            }
        } else if self.sibling.as_ref().is_some_and(|(depth, _)| *depth != indent) {
            self.sibling = None;
        }
        if value.is_empty() {
            return;
        }
        let name = named.unwrap_or(name);
        if text.starts_with(['{', '[']) && !text.starts_with("{{") {
            return self.inline(name, rest, start, value, comment);
        }
        if text.contains(' ') || text.starts_with("-D") {
            self.command(rest, start, value.clone(), comment);
        }
        self.push(name, start + value.start..start + value.end, comment, false);
        if waits {
            self.unnamed = Some((indent, self.pairs.list.len() - 1));
        }
    }

    /// The pairs and items of `{ … }` and `[ … ]` on one line.
    fn inline(&mut self, name: &'t str, rest: &'t str, start: usize, within: Range<usize>, comment: bool) {
        // JSON in one line is read as such, where it is some.
        self.push(name, start + within.start..start + within.end, comment, false);
        for piece in special::inline(rest, within) {
            let text = &rest[piece.clone()];
            let pair = key_value(text).map(|(key, value)| (key, piece.start + value.start..piece.start + value.end));
            let quoted = text.starts_with(['"', '\'']).then(|| (name, unquoted(rest, piece)));
            if let Some((name, value)) = pair.or(quoted).filter(|(_, value)| !value.is_empty()) {
                self.push(name, start + value.start..start + value.end, comment, false);
            }
        }
    }

    /// The innermost open key.
    fn within(&self) -> Option<usize> {
        self.open.last().map(|(_, key)| *key)
    }

    fn push(&mut self, name: &'t str, value: Range<usize>, comment: bool, command: bool) {
        self.pairs.list.push(Pair { name, value, within: self.within(), comment, command });
    }

    /// Assignments and options inside a command: `PGPASSWORD=x psql`, `--password=x`, `--password x`, `-e KEY=x`.
    fn command(&mut self, rest: &'t str, start: usize, within: Range<usize>, comment: bool) {
        let mut flag: Option<&'t str> = None;
        for word in words(rest, within) {
            let text = &rest[word.clone()];
            if let Some(name) = flag.take()
                && !text.starts_with('-')
            {
                let value = unquoted(rest, word);
                self.push(name, start + value.start..start + value.end, comment, true);
                continue;
            }
            match text.split_once('=') {
                Some((name, value)) if is_option(name) && telling(option_name(name)).is_some() && !value.is_empty() => {
                    let value = unquoted(rest, word.start + name.len() + 1..word.end);
                    self.push(option_name(name), start + value.start..start + value.end, comment, true);
                }
                // `echo "//registry.npmjs.org/:_authToken=x" > .npmrc`
                Some((name, value)) if name.contains("/:_") && !name.contains(char::is_whitespace) && !value.is_empty() => {
                    let name = name.rsplit(':').next().unwrap_or(name);
                    let value = unquoted(rest, word.end - value.len()..word.end);
                    self.push(name, start + value.start..start + value.end, comment, true);
                }
                None if text.len() > 3 && text.starts_with('-') && is_option(text) && telling(text).is_some() => {
                    flag = Some(text.trim_start_matches('-'))
                }
                _ => {}
            }
        }
    }
}

/// The key and the place of the value in a line that is a pair. The value is without quotes, comment and separator.
fn key_value(line: &str) -> Option<(&str, Range<usize>)> {
    let (key, after) = match line.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = line[1..].find(quote)? + 1;
            (&line[1..end], end + 1)
        }
        _ => {
            let end = line.find(|c: char| !(c.is_alphanumeric() || "_-.$/[]*".contains(c)))?;
            (&line[..end], end)
        }
    };
    // `//registry.npmjs.org/:_authToken=x`
    let key_end = after;
    let rest = line[key_end..].trim_start();
    let gap = line.len() - rest.len();
    let separator = ["=>", ":=", "?=", "=", ":"].into_iter().find(|separator| rest.starts_with(separator))?;
    let key = key.trim();
    // `-Dsonar.login=x -Dsonar.host=y` are the options of a command.
    if line.starts_with('-') {
        return None;
    }
    if key.is_empty() || key.len() > MAX_KEY || rest.starts_with("://") || rest.starts_with("::") || rest.starts_with("==") {
        return None;
    }
    if separator == ":" && rest[1..].starts_with('_') {
        return key_value(&rest[1..]).map(|(name, value)| (name, value.start + gap + 1..value.end + gap + 1));
    }
    // `host:port` and `image:tag` are no pairs; a colon is followed by a blank or the end, or by a quote in JSON, unless the
    // name is telling.
    let behind = &rest[separator.len()..];
    let spaced = behind.is_empty() || behind.starts_with([' ', '\t', '"', '\'']);
    if separator == ":" && !spaced && telling(key).is_none() {
        return None;
    }
    let value = behind.trim_start();
    let start = line.len() - value.len();
    Some((key, value_range(line, start)))
}

/// The value that starts here: between its quotes, or up to a comment or the line's end.
fn value_range(line: &str, start: usize) -> Range<usize> {
    let value = &line[start..];
    // Grafana and TOML quote long values three times.
    for triple in ["\"\"\"", "'''"] {
        if let Some(inner) = value.strip_prefix(triple) {
            return start + 3..start + 3 + inner.find(triple).unwrap_or(inner.len());
        }
    }
    if let Some(quote @ ('"' | '\'' | '`')) = value.chars().next() {
        let mut escaped = false;
        for (at, char) in value.char_indices().skip(1) {
            if char == quote && !escaped {
                return start + 1..start + at;
            }
            escaped = char == '\\' && !escaped;
        }
        return start + 1..line.len();
    }
    if value.starts_with(['#', '|', '>', '&', '*']) && !value.starts_with("#{") && value.len() < 4 || value.starts_with("# ") {
        return start..start;
    }
    let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
    let text = value[..end].trim_end().trim_end_matches([',', ';', '\\']).trim_end();
    start..start + text.len()
}

/// Words of a command, quotes kept together.
fn words(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    for (offset, char) in text[within.clone()].char_indices() {
        let at = within.start + offset;
        match quote {
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if char.is_whitespace() => words.extend(start.take().map(|from| from..at)),
            None => {
                if matches!(char, '"' | '\'') {
                    quote = Some(char);
                }
                start.get_or_insert(at);
            }
        }
    }
    words.extend(start.map(|from| from..within.end));
    words
}

fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let word = &text[range.clone()];
    let inner = word.trim_start_matches(['"', '\'']);
    let start = range.start + word.len() - inner.len();
    start..start + inner.trim_end_matches(['"', '\'', ';', ',', ')']).len()
}

/// The name of an option or a variable, without its dashes; `-Dname=value` sets a property of a JVM.
fn option_name(name: &str) -> &str {
    let property = name.trim_start_matches(['"', '\'', '(']).strip_prefix("-D").filter(|property| property.contains('.'));
    property.unwrap_or_else(|| name.trim_start_matches(['-', '"', '\'', '(']))
}

/// A name of an environment variable, an option of a command, or a variable of a host in an inventory of Ansible:
/// <https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-variables-to-inventory>.
fn is_option(name: &str) -> bool {
    let name = name.trim_start_matches(['"', '\'', '(']);
    let option = name.strip_prefix("--").or_else(|| name.strip_prefix('-'));
    let word = option.unwrap_or(name);
    let shape = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let of_host = name.starts_with("ansible_");
    !word.is_empty() && word.bytes().all(shape) && (option.is_some() || of_host || word.bytes().all(|byte| !byte.is_ascii_lowercase()))
}
