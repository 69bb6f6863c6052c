//! `command` and `args` of a container: flags with values, and scripts; and the files whose lines are such words.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::Text;

/// One argument: the name its value goes by, and the value.
pub(super) struct Argument<'a> {
    /// The flag without its dashes; empty where there is none.
    pub(super) name: Cow<'a, str>,
    /// The value, without the flag before it.
    pub(super) value: Text<'a>,
    /// Whether it is a script: text with names of its own.
    pub(super) is_script: bool,
}

/// Reads one argument. `before` is the one before it.
pub(super) fn argument<'a>(text: &Text<'a>, before: Option<&str>) -> Argument<'a> {
    let value = text.as_str();
    let is_script = before == Some("-c") || (value.contains(['\n', ' ']) && !value.starts_with('-'));
    if let Some((flag, _)) = value.split_once('=').filter(|(flag, _)| is_name(flag) && !is_script) {
        // `-Dname=value` sets a property of a JVM.
        let name = flag.strip_prefix("-D").unwrap_or(flag).trim_start_matches('-').to_owned().into();
        return Argument { name, value: text.slice(flag.len() + 1..text.len()), is_script: false };
    }
    let flag = before.filter(|before| before.starts_with("--") && is_name(before) && !value.starts_with('-'));
    match flag {
        Some(flag) => Argument { name: flag.trim_start_matches('-').to_owned().into(), value: text.clone(), is_script: false },
        None => Argument { name: "".into(), value: text.clone(), is_script },
    }
}

/// `--flag`, `-Dproperty`, `NAME`: what stands before a `=`.
fn is_name(flag: &str) -> bool {
    let name = flag.trim_start_matches('-');
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The options in one string (`JAVA_OPTS: -Xmx1g -Ddb.password=…`) that have a name.
pub(super) fn options<'a>(text: &Text<'a>) -> Vec<Argument<'a>> {
    let words = words(text.as_str()).map(|word| argument(&text.slice(word), None));
    words.filter(|argument| !argument.name.is_empty()).collect()
}

/// The passwords of a `.pgpass`: `host:port:database:user:password`.
///
/// <https://www.postgresql.org/docs/current/libpq-pgpass.html>
pub(super) fn pgpass<'a>(text: &Text<'a>) -> Vec<Argument<'a>> {
    let mut passwords = Vec::new();
    let mut at = 0;
    for line in text.as_str().split_inclusive('\n') {
        let end = at + line.trim_end().len();
        // A colon inside a field is written with a backslash.
        let colons = line.bytes().enumerate().filter(|(at, byte)| *byte == b':' && (*at == 0 || line.as_bytes()[at - 1] != b'\\'));
        if let Some((colon, _)) = colons.take(4).nth(3).filter(|_| !line.starts_with('#')) {
            passwords.push(Argument { name: "password".into(), value: text.slice((at + colon + 1).min(end)..end), is_script: false });
        }
        at += line.len();
    }
    passwords
}

/// The passwords of a `.netrc`: `machine … login … password …`.
///
/// <https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html>
pub(super) fn netrc<'a>(text: &Text<'a>) -> Vec<Argument<'a>> {
    let all: Vec<_> = words(text.as_str()).collect();
    let pairs = all.windows(2).filter(|pair| &text.as_str()[pair[0].clone()] == "password");
    pairs.map(|pair| Argument { name: "password".into(), value: text.slice(pair[1].clone()), is_script: false }).collect()
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive(|char: char| char.is_ascii_whitespace()).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let len = piece.trim_ascii_end().len();
        (len > 0).then_some(start..start + len)
    })
}
