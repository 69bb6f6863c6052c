//! Lines that are no pairs: directives whose values stand behind a blank, XML, and the password files of PostgreSQL's tools.

use std::ops::Range;

use super::{unquoted, words};
use crate::secrets::names::{Telling, telling};

/// Longer lines are no directives.
const MAX_DIRECTIVE: usize = 400;

/// `requirepass x7hT2pq`, `AuthLDAPBindPassword "x"`, `machine host login user password x`, `SetEnv DB_PASSWORD x`: configuration
/// whose values stand behind a blank. Prose looks like it, so a value of two words must not be one.
pub(super) fn directive(line: &str) -> Option<(&str, Range<usize>)> {
    if line.len() > MAX_DIRECTIVE {
        return None;
    }
    let words = words(line, 0..line.len());
    let word = |at: usize| words.get(at).map_or("", |word| &line[word.clone()]);
    let position = |wanted: &str| words.iter().position(|word| &line[word.clone()] == wanted);
    let (at, count) = match word(0) {
        "machine" | "default" | "login" => (position("password")?, 0),
        // <https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/>
        "sentinel" if word(1) == "auth-pass" => (2, 4),
        // <https://docs.haproxy.org/3.2/configuration.html#12.6>
        "user" if word(2) == "insecure-password" => return Some(("password", words.get(3)?.clone())),
        "stats" if word(1) == "auth" => {
            let login = words.get(2)?;
            let colon = line[login.clone()].find(':')?;
            return Some(("password", login.start + colon + 1..login.end));
        }
        "SetEnv" | "fastcgi_param" | "uwsgi_param" | "proxy_set_header" | "grpc_set_header" | "setenv" => (1, 3),
        // <https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set>
        "set" if word(1).starts_with('$') => (1, 3),
        // `user worker on >password`: <https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/>
        "user" if words.len() > 3 => {
            let secret = words.iter().skip(2).find(|word| line[(*word).clone()].starts_with('>'))?;
            return Some(("password", secret.start + 1..secret.end));
        }
        _ => (0, 2),
    };
    let (name, value) = (word(at).trim_start_matches('$'), unquoted(line, words.get(at + 1)?.clone()));
    let name = if word(0) == "sentinel" { word(1) } else { name };
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !plain || matches!(telling(name), None | Some(Telling::Random)) {
        return None;
    }
    let has = |test: fn(char) -> bool| line[value.clone()].contains(test);
    let opaque = words.len() == count && value.len() >= 6 && has(|c| c.is_ascii_alphabetic()) && has(|c| c.is_ascii_digit());
    (count == 0 || opaque).then_some((name, value))
}

/// The password of a line of a `.pgpass`: `host:port:database:user:password`. A colon inside a field is written with a backslash.
///
/// <https://www.postgresql.org/docs/current/libpq-pgpass.html>
pub(super) fn pgpass(line: &str) -> Option<Range<usize>> {
    if line.len() > MAX_DIRECTIVE || line.starts_with('#') {
        return None;
    }
    let bytes = line.as_bytes();
    let colons = memchr::memchr_iter(b':', bytes).filter(|at| *at == 0 || bytes[at - 1] != b'\\');
    let ends: Vec<usize> = colons.take(4).collect();
    let [host_end, port_end, database_end, user_end] = ends[..] else { return None };
    let (host, port) = (&line[..host_end], &line[host_end + 1..port_end]);
    let (database, user) = (&line[port_end + 1..database_end], &line[database_end + 1..user_end]);
    // Times and addresses look like it.
    let is_host = host == "*" || host.contains(|c: char| !c.is_ascii_hexdigit());
    let is_port = port == "*" || (port.len() >= 2 && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_word = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '=' | ','));
    let end = line.trim_end().len();
    let words = is_word(host) && is_word(database) && is_word(user);
    (is_host && is_port && words && user_end + 1 < end).then_some(user_end + 1..end)
}

/// Whether all of a text is a list of users, as PgBouncer reads it: `"user" "password"` on each line.
///
/// <https://www.pgbouncer.org/config.html#authentication-file-format>
pub(super) fn is_userlist(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with([';', '#'])).peekable();
    lines.peek().is_some() && lines.all(|line| user(line).is_some())
}

/// The password of such a line.
pub(super) fn user(line: &str) -> Option<Range<usize>> {
    let line = line.trim_end();
    let name = line.strip_prefix('"')?.find('"')? + 2;
    let rest = line[name..].trim_start();
    let start = line.len() - rest.len() + 1;
    let value = rest.strip_prefix('"').filter(|_| start > name + 1)?.strip_suffix('"')?;
    (!value.contains('"')).then_some(start..start + value.len())
}

/// The elements and attributes of a line of XML that have a value: the name, and its place.
///
/// `before` is what stood in the last `<name>`.
pub(super) fn xml<'t>(line: &'t str, mut before: Option<&'t str>) -> Vec<(&'t str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &line.as_bytes()[at..]).map(|found| at + found + 1) {
        let Some(close) = memchr::memchr(b'>', &line.as_bytes()[open..]).map(|found| open + found) else { break };
        let tag = &line[open..close];
        at = close + 1;
        let name = tag.split_whitespace().next().unwrap_or("");
        let length = memchr::memchr(b'<', &line.as_bytes()[at..]);
        // `<name>password</name><value>x</value>` of Hadoop.
        if name == "value"
            && let Some(length) = length
            && let Some(key) = before
        {
            found.push((key, at..at + length));
            continue;
        }
        if let Some(length) = length.filter(|length| line[at + length..].starts_with("</") && !line[at..at + length].trim().is_empty()) {
            found.push((name, at..at + length));
            before = Some(&line[at..at + length]).filter(|_| name == "name").or(before);
        }
        let attributes = attributes(tag);
        let key = attributes.iter().find(|(name, _)| matches!(*name, "key" | "name" | "id")).map(|(_, range)| &tag[range.clone()]);
        for (name, range) in attributes {
            let name = if matches!(name, "value" | "defaultValue") { key.unwrap_or_default() } else { name };
            if telling(name).is_some() {
                found.push((name, open + range.start..open + range.end));
            }
        }
    }
    found
}

fn attributes(tag: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(equals) = tag[from..].find('=').map(|at| from + at) {
        let name = tag[from..equals].trim_end().rsplit(char::is_whitespace).next().unwrap_or("");
        let Some(quote @ ('"' | '\'')) = tag[equals + 1..].chars().next() else { return found };
        let start = equals + 2;
        let Some(end) = tag[start..].find(quote).map(|at| start + at) else { return found };
        found.push((name, start..end));
        from = end + 1;
    }
    found
}

/// `define('DB_PASSWORD', 'x')` of PHP and `settings['smtp_password'] = "x"` of Ruby: the name, and the place of the value.
pub(super) fn call(line: &str) -> Option<(&str, Range<usize>)> {
    let (open, separators): (usize, &[char]) = match line.strip_prefix("define(") {
        Some(rest) => (line.len() - rest.trim_start().len(), &[',']),
        None => (line.find('[').filter(|at| line[..*at].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))? + 1, &[']', '=', '>']),
    };
    let rest = &line[open..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name_end = rest[1..].find(quote)? + 1;
    let behind = &rest[name_end + 1..];
    let value = behind.trim_start_matches(|c: char| c == ' ' || separators.contains(&c));
    let gap = &behind[..behind.len() - value.len()];
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'') && gap.contains([',', '=']))?;
    let start = line.len() - value.len() + 1;
    let length = value[1..].find(quote)?;
    Some((&rest[1..name_end], start..start + length))
}

/// Whether a line sets something in this way, whatever it sets.
pub(super) fn is_setting(line: &str) -> bool {
    line.starts_with("define(") || line.contains("'] =") || line.contains("\"] =")
}

/// The pairs of an inline table or list on one line, without what is around them: `{ max = 5, password = "x" }`.
pub(super) fn inline(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut quote) = (within.start, None);
    for (offset, char) in text[within.clone()].char_indices() {
        let at = within.start + offset;
        match quote {
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if matches!(char, '"' | '\'') => quote = Some(char),
            None if matches!(char, ',' | '{' | '}' | '[' | ']') => {
                pieces.push(start..at);
                start = at + char.len_utf8();
            }
            None => {}
        }
    }
    pieces.push(start..within.end);
    pieces.retain(|piece| !text[piece.clone()].trim().is_empty());
    pieces
        .iter()
        .map(|piece| piece.end - text[piece.clone()].trim_start().len()..piece.start + text[piece.clone()].trim_end().len())
        .collect()
}
