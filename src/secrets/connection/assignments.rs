//! Values that text gives a telling name to: assignments, comparisons, and arguments behind their names.

use std::ops::Range;

use crate::secrets::names;

/// Values that a script or an output gives a telling name to, wherever in a line: the name and the place of the value.
pub(in crate::secrets) fn assignments(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    for at in memchr::memchr3_iter(b'=', b':', b',', text.as_bytes()) {
        if text.as_bytes()[at] == b',' {
            found.extend(argument(text, at));
            continue;
        }
        let near = text.floor_char_boundary(at.saturating_sub(64));
        let before = text[near..at].trim_end_matches([' ', '"', '\'', '\\', ']', '!']);
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |at| at + 1);
        let start = before.ceil_char_boundary(start);
        let Some(name) = [&before[start..], two_words(before, start)].into_iter().find(|name| is_telling(name)) else { continue };
        let limit = text.floor_char_boundary((at + 300).min(text.len()));
        let rest = &text[at + 1..limit.max(at + 1)];
        // `password == "x"` lets in whoever knows it.
        let (rest, is_compared) = rest.strip_prefix('=').map_or((rest, false), |rest| (rest, true));
        // `password => "x"`.
        let rest = rest.strip_prefix('>').filter(|rest| rest.starts_with([' ', '"', '\''])).unwrap_or(rest);
        let value = rest.trim_start_matches([' ', '"', '\'', '\\']);
        let from = limit.max(at + 1) - value.len();
        let length = value
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ',' | ';' | ')' | '&' | '`' | '<'))
            .unwrap_or(value.len());
        // `Pass: f(x)` calls something; what is compared with a variable is no value.
        let is_variable = is_compared && !rest.trim_start().starts_with(['"', '\'']);
        if !value[..length].contains('(') && !is_variable {
            found.push((name, from..from + length));
        }
    }
    found
}

/// `env('API_KEY', 'x')`, `.option("password", "x")`: the argument behind a name, both between quotes.
fn argument(text: &str, comma: usize) -> Option<(&str, Range<usize>)> {
    let near = text.floor_char_boundary(comma.saturating_sub(64));
    let before = text[near..comma].trim_end_matches(' ').trim_end_matches('\\');
    let quoted = before.strip_suffix(['"', '\''])?;
    let open = quoted.rfind(['"', '\''])?;
    let name = quoted[open + 1..].trim_end_matches('\\');
    // In a list of names one is not the value of the other.
    if !quoted[..open].trim_end_matches(['\\', ' ', '\n', '\r', '\t']).ends_with('(') {
        return None;
    }
    let limit = text.floor_char_boundary((comma + 300).min(text.len()));
    let rest = &text[comma + 1..limit.max(comma + 1)];
    let open = rest.trim_start_matches([' ', '\n', '\r', '\t']);
    let open = open.strip_prefix("default=").unwrap_or(open).trim_start_matches('\\');
    let quote = open.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let value = open[1..].trim_start_matches(['"', '\\']);
    let start = limit.max(comma + 1) - value.len();
    let length = value.find([quote, '"', '\\', '\n'])?;
    (plain && length > 0 && names::telling(name).is_some()).then_some((name, start..start + length))
}

fn is_telling(name: &str) -> bool {
    matches!(names::telling(name), Some(names::Telling::Password | names::Telling::Token))
}

/// The word that begins at `start`, with the one before it: `API key`.
fn two_words(text: &str, start: usize) -> &str {
    let first = text[..start].strip_suffix(' ').unwrap_or("");
    let length = first.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    if length == 0 { "" } else { &text[first.len() - length..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_names_of_one_or_two_words() {
        let found = |text| assignments(text).into_iter().map(|(name, range)| format!("{name}={}", &text[range])).collect::<Vec<_>>();
        assert_eq!(found("the API key: x1, token='y2' and a key: z3"), ["API key=x1", "token=y2"]);
        assert_eq!(found("Secret access key = v4; é key: w5"), ["access key=v4"]);
        assert_eq!(found("if password == 'x1' or token != \"y2\" or token == z3:"), ["password=x1", "token=y2"]);
        assert_eq!(found("env('API_KEY', 'x1'), get(\\\"db_password\\\", default=\\\"y2\\\")"), ["API_KEY=x1", "db_password=y2"]);
        assert_eq!(found("x.option(\"password\",\r\n  \"z3\") f( 'API_KEY', '\"w4\"')"), ["password=z3", "API_KEY=w4"]);
        assert_eq!(found("['HTTPPasswordMgr', 'HTTPPasswordMgrWithDefaultRealm'] ('user', 'password', 'x')"), [""; 0]);
        assert_eq!(found("['API key', 'ä'], f(token, 'x'), \"token\", x, ',\"token\","), [""; 0]);
    }
}
