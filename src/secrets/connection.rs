//! Passwords inside URLs, connection strings and authorization headers.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;

use super::marks::{self, Marks};
use super::names;
use super::reference::FILLER;

/// The part of a longer value that is the secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// Where.
    pub(super) range: Range<usize>,
    /// What stands beside it: user, host, database. A password made of their words is weak.
    beside: [Range<usize>; 2],
    /// What is asked of it.
    pub(super) kind: Kind,
}

impl Part {
    /// The words beside it.
    pub(super) fn beside(&self, text: &str) -> Vec<String> {
        let texts = || self.beside.iter().filter_map(|range| text.get(range.clone()));
        texts().flat_map(names::split).chain(texts().map(str::to_lowercase)).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A password, however weak.
    Password,
    /// A token: only what looks made by a machine.
    Token,
    /// The token of a request header: likewise.
    Header,
    /// `user:password` in base64.
    Basic,
}

/// A user or a password is not longer than this.
const MAX_USERINFO: usize = 512;

/// Every such part of a text, in no order. `marks` are the text's.
pub(super) fn find(text: &str, marks: &Marks) -> Vec<Part> {
    let mut parts = Vec::new();
    for (kind, read) in READERS {
        if marks.has(kind) {
            parts.extend(read(text));
        }
    }
    parts
}

/// Who reads what a mark promises.
const READERS: [(u8, fn(&str) -> Vec<Part>); 4] =
    [(marks::URL, urls), (marks::OPTION, options), (marks::SCHEME, headers), (marks::STATEMENT, statements)];

/// By what each of them is told: the rarest three bytes of it.
pub(super) fn marks(table: &mut marks::Table) {
    table.mark("://", marks::URL);
    for (key, _) in OPTIONS {
        table.mark_any_case(&key[key.len().saturating_sub(3)..], marks::OPTION);
    }
    ["sic", "rer", "ken"].iter().for_each(|scheme| table.mark_any_case(scheme, marks::SCHEME));
    ["ied", "h p", "n p"].iter().for_each(|statement| table.mark_any_case(statement, marks::STATEMENT));
}

/// `scheme://user:password@host`, and secrets among a URL's options.
fn urls(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(text.as_bytes(), "://") {
        // The colon may have been read as the end of the URL before.
        if at + 1 < from || !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let start = at + "://".len();
        let limit = text.floor_char_boundary((start + MAX_USERINFO).min(text.len()));
        let authority = &text[start..limit];
        let authority = &authority[..authority.find(ends_authority).unwrap_or(authority.len())];
        from = start + authority.len();
        if let Some(part) = authority.rfind('@').and_then(|sign| userinfo(text, start, &authority[..sign], &authority[sign + 1..])) {
            parts.push(part);
        }
    }
    parts
}

fn ends_authority(char: char) -> bool {
    char.is_whitespace() || char.is_control() || matches!(char, '/' | '"' | '\'' | '`' | '\\')
}

fn userinfo(text: &str, start: usize, userinfo: &str, host: &str) -> Option<Part> {
    // An image's digest, Sentry's public keys and CVS's `:pserver:user` look like it.
    if host.is_empty() || userinfo.starts_with(":pserver:") || host.starts_with("sha256") || host.contains("sentry") {
        return None;
    }
    let Some((user, password)) = userinfo.split_once(':') else {
        let kind = Kind::Token;
        return (userinfo.len() >= 20).then(|| Part { range: start..start + userinfo.len(), beside: [0..0, 0..0], kind });
    };
    let port = password.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_port = port.len() < password.len() && port.starts_with(['?', '#', ',']);
    if password.is_empty() || is_port || user.contains(['?', '#', '=', '&', '<', '(', '[']) {
        return None;
    }
    let from = start + user.len() + 1;
    let behind = start + userinfo.len();
    let near = &text[behind..text.floor_char_boundary((behind + 128).min(text.len()))];
    let path = near.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '?' | '`')).next().unwrap_or("");
    Some(Part { range: from..behind, beside: [start..from - 1, behind..behind + path.len()], kind: Kind::Password })
}

/// Keys of connection strings (ADO, ODBC, JDBC, libpq) and of URLs' queries, in lower case.
const OPTIONS: &[(&str, Kind)] = &[
    ("password=", Kind::Password),
    ("passwd=", Kind::Password),
    ("pwd=", Kind::Password),
    ("accountkey=", Kind::Token),
    ("sharedaccesskey=", Kind::Token),
    ("sharedsecret=", Kind::Token),
    ("secret=", Kind::Token),
    ("access_token=", Kind::Token),
    ("accesskey=", Kind::Token),
    ("api_key=", Kind::Token),
    ("apikey=", Kind::Token),
    ("auth_token=", Kind::Token),
    ("private_token=", Kind::Token),
    ("token=", Kind::Token),
];

fn options(text: &str) -> Vec<Part> {
    let Some(keys) = automaton() else { return Vec::new() };
    let mut parts = Vec::new();
    for found in keys.find_iter(text) {
        let (_, kind) = OPTIONS[found.pattern().as_usize()];
        if let Some(range) = option_value(text, found.start(), found.end()) {
            // The values of the other options are the words beside it.
            let from = text.floor_char_boundary(found.start().saturating_sub(160));
            parts.push(Part { range, beside: [from..found.start(), 0..0], kind });
        }
    }
    parts
}

fn automaton() -> Option<&'static AhoCorasick> {
    static KEYS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let build = || {
        let keys = OPTIONS.iter().map(|(key, _)| key);
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(keys)
            .ok()
    };
    KEYS.get_or_init(build).as_ref()
}

/// The value of an option whose key stands at `start..value`, if what surrounds it is a list of options.
fn option_value(text: &str, start: usize, value: usize) -> Option<Range<usize>> {
    let near = text.floor_char_boundary(start.saturating_sub(200));
    let before = &text[near..start];
    let opener = before.trim_end_matches(' ').chars().next_back();
    let line = before.rsplit('\n').next().unwrap_or("");
    let rest = &text[value..text.floor_char_boundary((value + 400).min(text.len()))];
    let ends = |stops: &[char]| {
        rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`') || stops.contains(&c)).unwrap_or(rest.len())
    };
    let length = match opener {
        Some('?' | '&') => ends(&['&', ';', ')', '#']),
        Some(';') => rest.find([';', '"', '\n', '`']).map_or_else(|| rest.trim_end().len(), |end| rest[..end].trim_end().len()),
        // libpq: `host=db user=app password=x dbname=shop`
        _ if before.ends_with(' ')
            && ["host=", "user=", "dbname=", "server="].iter().any(|key| line.to_ascii_lowercase().contains(key)) =>
        {
            ends(&[';', ')', ','])
        }
        _ => return None,
    };
    (length > 0).then(|| value..value + length)
}

/// `Authorization: Bearer x`, `Basic x`, `token x`, in headers and in values of such a name.
fn headers(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let Some(schemes) = schemes() else { return parts };
    for found in schemes.find_iter(text) {
        let kind = if found.pattern().as_usize() == 0 { Kind::Basic } else { Kind::Header };
        let near = text.floor_char_boundary(found.start().saturating_sub(24));
        let before = text[near..found.start()].to_ascii_lowercase();
        let header = before.trim_end_matches([' ', '"', '\'', ':', '=', '\\', '>', ',']).ends_with("authorization");
        // Without the header's name only the beginning of a value counts.
        if !header && found.start() != 0 {
            continue;
        }
        let rest = &text[found.end()..];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c))).unwrap_or(rest.len());
        let cut = rest[length..].starts_with([FILLER, '$', '{', '<']);
        if length >= 8 && !cut {
            parts.push(Part { range: found.end()..found.end() + length, beside: [0..0, 0..0], kind });
        }
    }
    parts
}

/// `CREATE USER app IDENTIFIED BY 'x'`, `ALTER ROLE app WITH PASSWORD 'x'`; in lower case only where a quote follows.
fn statements(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let Some(keywords) = keywords() else { return parts };
    for found in keywords.find_iter(text) {
        let limit = text.floor_char_boundary((found.end() + 160).min(text.len()));
        let rest = &text[found.end()..limit];
        let value = rest.trim_start_matches([' ', '\\']);
        let start = found.end() + rest.len() - value.len();
        let part = match value.chars().next() {
            Some(quote @ ('\'' | '"')) => value[1..].find([quote, '\\']).map(|length| start + 1..start + 1 + length),
            Some(_) if found.pattern().as_usize() == 0 && text[found.range()].starts_with('I') => {
                let length = value.find(|c: char| c.is_whitespace() || matches!(c, ';' | '\\' | '"' | '\'' | ')')).unwrap_or(value.len());
                Some(start..start + length)
            }
            _ => None,
        };
        parts.extend(part.map(|range| Part { range, beside: [0..0, 0..0], kind: Kind::Password }));
    }
    parts
}

fn keywords() -> Option<&'static AhoCorasick> {
    static KEYWORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let list = ["identified by ", "with password ", "login password "];
    KEYWORDS.get_or_init(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(list).ok()).as_ref()
}

/// Values that a script or an output gives a telling name to, wherever in a line: the name and the place of the value.
pub(super) fn assignments(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    for at in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let near = text.floor_char_boundary(at.saturating_sub(64));
        let before = text[near..at].trim_end_matches([' ', '"', '\'', '\\', ']']);
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |at| at + 1);
        let name = &before[before.ceil_char_boundary(start)..];
        if !matches!(names::telling(name), Some(names::Telling::Password | names::Telling::Token)) {
            continue;
        }
        let limit = text.floor_char_boundary((at + 300).min(text.len()));
        let rest = &text[at + 1..limit.max(at + 1)];
        let value = rest.trim_start_matches([' ', '"', '\'', '\\']);
        let from = at + 1 + rest.len() - value.len();
        let length = value
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ',' | ';' | ')' | '&' | '`' | '<'))
            .unwrap_or(value.len());
        // `Pass: f(x)` calls something.
        if !value[..length].contains('(') {
            found.push((name, from..from + length));
        }
    }
    found
}

fn schemes() -> Option<&'static AhoCorasick> {
    static SCHEMES: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    SCHEMES
        .get_or_init(|| {
            AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(["basic ", "bearer ", "token "]).ok()
        })
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut ranges: Vec<Range<usize>> = find(text, &marks::look(text)).into_iter().map(|part| part.range).collect();
        ranges.sort_by_key(|range| range.start);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn passwords_are_found_where_they_stand() {
        let table: &[(&str, &[&str])] = &[
            ("postgres://app:s3cr3t-x@db:5432/shop?sslmode=require", &["s3cr3t-x"]),
            ("redis://:pw9x@cache", &["pw9x"]),
            ("amqp://u:p@ss@host/v", &["p@ss"]),
            ("http://a:b@x,http://c:d@y/", &["b", "d"]),
            ("http://a:b@x/,http://c:d@y/", &["b", "d"]),
            ("mongodb://u:p#1@h1,h2/db", &["p#1"]),
            ("https://host:8080/path@x", &[]),
            ("https://user@host/", &[]),
            ("docker://app:1.2@sha256:abc", &[]),
            ("Server=db;User Id=sa;Password=Pa ss;x=1;", &["Pa ss"]),
            ("jdbc:mysql://db/x?user=a&password=pw1&ssl=true", &["pw1"]),
            ("host=db user=app password=pw2 dbname=shop", &["pw2"]),
            ("the password=secret option", &[]),
            ("connect(user='x', password=args.password)", &["args.password"]),
            ("http://(name:password@)domain", &[]),
            ("curl -H 'Authorization: Bearer abcdef123456' x", &["abcdef123456"]),
            ("Authorization: Basic dXNlcjpwYXNz", &["dXNlcjpwYXNz"]),
            ("Bearer abcdef123456", &["abcdef123456"]),
            ("a bearer tokenization", &[]),
            ("Authorization: Bearer ${TOKEN}", &[]),
            ("CREATE USER a IDENTIFIED BY Pw9x\\; x", &["Pw9x"]),
            ("create user a identified by \"pw9\"", &["pw9"]),
            ("a user is identified by number", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), *expected, "{text}");
        }
    }
}
