//! What clients of single products are given: Go's data source names, JAAS entries of Kafka and ZooKeeper, signatures of Azure.

use std::ops::Range;

use super::{Key, Kind, MAX_USERINFO, Part, by_end};
use crate::secrets::marks::{self, Marks};
use crate::secrets::names;

/// Where the address of a Go data source name begins: `user:password@tcp(host:3306)/db`.
///
/// <https://github.com/go-sql-driver/mysql#dsn-data-source-name>
const ADDRESSES: [&str; 2] = ["@tcp(", "@unix("];
/// The end of the name of a class that logs in: `PlainLoginModule`, `ScramLoginModule`.
///
/// <https://kafka.apache.org/documentation/#security_sasl_jaasconfig>
const MODULE: &str = "LoginModule";
/// The signature of a shared access signature.
///
/// <https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas>
pub(super) const SIGNATURE: Key = by_end("sig=");

/// How an entry of a `.netrc` begins, and how long it may be.
const MACHINE: &str = "machine ";
const MAX_NETRC: usize = 400;
/// An entry of a JAAS configuration ends with a semicolon, and is no longer than this.
const MAX_ENTRY: usize = 2_048;
/// So far away the other fields of a signature stand.
const NEAR: usize = 300;

pub(super) fn marks(table: &mut marks::Table) {
    ADDRESSES.iter().for_each(|address| table.mark(address, marks::CLIENT));
    table.mark(&MODULE[MODULE.len() - 4..], marks::CLIENT);
    table.mark(MACHINE, marks::CLIENT);
}

pub(super) fn find(text: &str, marks: &Marks<'_>, parts: &mut Vec<Part>) {
    let mut behind = 0;
    for place in marks.of(marks::CLIENT) {
        if ADDRESSES.iter().any(|address| text.as_bytes()[place..].starts_with(address.as_bytes())) {
            parts.extend(data_source(text, place));
        }
        if text.as_bytes()[place..].starts_with(MACHINE.as_bytes()) {
            parts.extend(machine(text, place));
        }
        let end = place + 4;
        let is_module = text.get(..end).is_some_and(|text| text.ends_with(MODULE));
        if is_module && end >= behind {
            behind = entry(text, end, parts);
        }
    }
}

/// The password of an entry of a `.netrc`, in one line or in several: `machine host login user password x`.
///
/// <https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html>
fn machine(text: &str, at: usize) -> Option<Part> {
    let limit = text.floor_char_boundary((at + MAX_NETRC).min(text.len()));
    let entry = &text[at..limit];
    // A line break may be written as `\n`.
    let blank = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
    let mut words = entry.split(blank).flat_map(|word| word.split("\\n")).filter(|word| !word.is_empty());
    let mut keys = [words.next()?, words.next().map(|_| words.next())??, words.next().map(|_| words.next())??];
    keys[0] = "machine";
    let value = words.next().filter(|_| keys == ["machine", "login", "password"])?;
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    Some(Part { range: start..start + value.len(), beside: [0..0, 0..0], kind: Kind::Password, what: "a `.netrc` entry with a password" })
}

/// `user:password` in front of an address.
fn data_source(text: &str, at: usize) -> Option<Part> {
    let near = text.floor_char_boundary(at.saturating_sub(MAX_USERINFO));
    let word = text[near..at].rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | '(')).next()?;
    let (user, password) = word.split_once(':')?;
    let start = at - word.len();
    // With a scheme it is a URL.
    let is_pair = !user.is_empty() && !password.is_empty() && !password.starts_with("//");
    is_pair.then(|| Part {
        range: start + user.len() + 1..at,
        beside: [start..start + user.len(), 0..0],
        kind: Kind::Password,
        what: super::STRING,
    })
}

/// The passwords among the options of one entry: `password="x"`, and `user_NAME="x"` of a broker. Where it ends.
fn entry(text: &str, from: usize, parts: &mut Vec<Part>) -> usize {
    let limit = text.floor_char_boundary((from + MAX_ENTRY).min(text.len()));
    let end = text[from..limit].find([';', '}']).map_or(limit, |at| from + at);
    let mut at = from;
    while let Some(equals) = text[at..end].find('=').map(|found| at + found) {
        at = equals + 1;
        let before = text[from..equals].trim_end();
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))).next().unwrap_or("");
        let Some(value) = quoted(text, at, end) else { continue };
        at = value.end;
        let told = matches!(names::telling(name), Some(names::Telling::Password | names::Telling::Token));
        if told || name.starts_with("user_") {
            let beside = [from + before.len() - name.len()..equals, 0..0];
            parts.push(Part { range: value, beside, kind: Kind::Password, what: "a JAAS login with a password" });
        }
    }
    end
}

/// The value between the quotes behind a sign, which may be escaped.
fn quoted(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(from..end)?;
    let open = rest.trim_start_matches([' ', '\\']);
    let quote = open.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let start = from + rest.len() - open.len() + 1;
    let length = text[start..end].find([quote, '\\', '\n'])?;
    (length > 0).then(|| start..start + length)
}

/// Whether a signature's other fields stand around it: its version, its end, what it is for.
pub(super) fn is_signature(text: &str, place: Range<usize>) -> bool {
    let near =
        &text[text.floor_char_boundary(place.start.saturating_sub(NEAR))..text.floor_char_boundary((place.end + NEAR).min(text.len()))];
    ["?sv=", "&sv=", "=sv=", "&se=", "?se=", "&sr=", "?sr=", " sr=", "amp;se=", "amp;sv="].iter().any(|field| near.contains(field))
}
