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

/// How `curl` is told who it is: <https://curl.se/docs/manpage.html#-u>.
const LOGINS: [&str; 3] = [" -u ", " --user ", " --user="];
/// How clients of Oracle are told who logs in where: `connect("user/password@host:1521/service")`.
///
/// <https://python-oracledb.readthedocs.io/en/latest/user_guide/connection_handling.html>
const CONNECT: &str = "connect(";
/// What PowerShell makes of a text: <https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring>.
const SECURE: Key = Key { text: "convertto-securestring", mark: 9 };
/// How its commands are given a password.
const PASSWORD: Key = Key { text: " -password ", mark: 0 };
/// So far before its option a command begins.
const MAX_COMMAND: usize = 300;

pub(super) fn marks(table: &mut marks::Table) {
    table.mark(&CONNECT[3..], marks::CLIENT);
    LOGINS.iter().for_each(|login| table.mark(login, marks::CLIENT));
    [SECURE, PASSWORD].iter().for_each(|key| table.mark_any_case(&key.text[key.mark..], marks::CLIENT));
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
        parts.extend(login(text, place));
        parts.extend(secure_string(text, place));
        parts.extend(easy_connect(text, place));
        let end = place + 4;
        let is_module = text.get(..end).is_some_and(|text| text.ends_with(MODULE));
        if is_module && end >= behind {
            behind = entry(text, end, parts);
        }
    }
}

/// The password of `curl -u user:password`, in whatever text: a script knows more of its commands.
fn login(text: &str, at: usize) -> Option<Part> {
    let option = LOGINS.iter().find(|login| text.as_bytes()[at..].starts_with(login.as_bytes()))?;
    command(text, at).find(|word| word.ends_with("curl"))?;
    let given = argument(text, at + option.len())?;
    let (user, password) = text[given.clone()].split_once(':')?;
    let range = given.start + user.len() + 1..given.end;
    (!user.is_empty() && !password.is_empty()).then(|| Part {
        range,
        beside: [given.start..given.start + user.len(), 0..0],
        kind: Kind::Password,
        what: "a login of `curl` with a password",
    })
}

/// The text of `ConvertTo-SecureString "x"`, and of `-Password x` behind a command of PowerShell.
fn secure_string(text: &str, at: usize) -> Option<Part> {
    let part = |range| Part { range, beside: [0..0, 0..0], kind: Kind::Password, what: "a command with a password" };
    if PASSWORD.at(text, at).is_some() {
        let is_command = |word: &str| word.split_once('-').is_some_and(|parts| capital(parts.0) && capital(parts.1));
        command(text, at).find(|word| is_command(word))?;
        return argument(text, at + PASSWORD.text.len()).map(part);
    }
    let mut from = SECURE.at(text, at)?.end;
    // `-String`, `-AsPlainText`, `-Force` stand before the text or behind it.
    for _ in 0..4 {
        let rest = text[from..].trim_start_matches(' ');
        let start = text.len() - rest.len();
        match rest.strip_prefix('-') {
            Some(option) => from = start + 1 + option.bytes().take_while(u8::is_ascii_alphabetic).count(),
            None => return argument(text, start).map(part),
        }
    }
    None
}

/// The password of `connect("user/password@host")`.
fn easy_connect(text: &str, at: usize) -> Option<Part> {
    let start = at.checked_sub(3)?;
    let begins = text.as_bytes()[start..].starts_with(CONNECT.as_bytes());
    let behind = start + CONNECT.len();
    let given = begins.then_some(behind).filter(|at| text[*at..].starts_with(['"', '\''])).and_then(|at| argument(text, at))?;
    let (login, host) = text[given.clone()].rsplit_once('@')?;
    let (user, password) = login.split_once('/')?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$#".contains(&byte));
    let range = given.start + user.len() + 1..given.start + login.len();
    (is_word(user) && !password.is_empty() && !password.contains([' ', '/', ':', '{']) && !host.is_empty()).then(|| Part {
        range,
        beside: [given.start..given.start + user.len(), 0..0],
        kind: Kind::Password,
        what: "a login of Oracle with a password",
    })
}

fn capital(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase()) && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The words of a command before an option, the last one first.
fn command(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let near = &text[text.floor_char_boundary(at.saturating_sub(MAX_COMMAND))..at];
    let start = ["\n", "; ", "| ", "&& "].iter().filter_map(|end| near.rfind(end)).max().unwrap_or(0);
    near[start..].rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '('))
}

/// The word that begins here, or what stands between its quotes. A variable or a call is none.
fn argument(text: &str, from: usize) -> Option<Range<usize>> {
    let limit = text.floor_char_boundary((from + MAX_USERINFO).min(text.len()));
    let rest = text.get(from..limit)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let start = from + quote.map_or(0, char::len_utf8);
    let ends = |c: char| {
        quote.map_or_else(|| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ')' | ';' | '|'), |quote| c == quote || c == '\n')
    };
    let length = text[start..limit].find(ends).unwrap_or(limit - start);
    let value = &text[start..start + length];
    (!value.is_empty() && !value.starts_with(['$', '(', '-', '<', '{', '%', '@'])).then_some(start..start + length)
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
