//! What people write without a grammar: settings pasted into a cell, passwords told in passing.

use std::ops::Range;

use memchr::memchr2_iter;

/// A value told in passing, and what it was called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Told<'t> {
    pub(super) name: &'t str,
    pub(super) value: Range<usize>,
}

/// Longer names and values are neither.
const NEAR: usize = 100;

/// The lines of a code cell that are no Python: `NAME=value` whose value is no expression, and commands. IPython runs some
/// commands without `!`, kernels of other languages run them all, and people paste them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let range = at..at + line.trim_end().len();
        at += line.len();
        (is_setting(line.trim()) || is_command(line.trim())).then_some(range)
    })
}

fn is_setting(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '#', ' ']);
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some(end) = line.find(['=', ':']).filter(|end| (1..NEAR).contains(end)) else { return false };
    let name = line[..end].trim_end();
    let named = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '));
    named && name.split(' ').count() < 4 && is_bare(line[end + 1..].trim_start_matches(['=', ' ']))
}

/// A value without quotes that Python could not read, or would never be a name: digits among letters without a `_` or `.`.
fn is_bare(value: &str) -> bool {
    let word = value.len() >= 12 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(&byte));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let name_like = value.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_') && value.contains(['_', '.']);
    word && letters && digits > 1 && !name_like
}

fn is_command(line: &str) -> bool {
    const COMMANDS: &[&str] = &[
        "aws",
        "az",
        "curl",
        "docker",
        "export",
        "gcloud",
        "gh",
        "git",
        "heroku",
        "helm",
        "http",
        "jf",
        "jfrog",
        "kubectl",
        "mongo",
        "mysql",
        "npm",
        "pip",
        "psql",
        "redis-cli",
        "scp",
        "ssh",
        "sshpass",
        "sudo",
        "vault",
        "wget",
    ];
    let Some((command, rest)) = line.split_once(' ') else { return false };
    COMMANDS.contains(&command)
        && rest.trim_start().starts_with(|char: char| char.is_alphanumeric() || matches!(char, '-' | '"' | '\'' | '/'))
        && !rest.contains(" = ")
}

/// Passwords told in passing: `user: me, pw: Secret1`. `code`: the text is a program, in which a name behind `=` is a name.
pub(super) fn told(text: &str, code: bool) -> Vec<Told<'_>> {
    let bytes = text.as_bytes();
    let mut told = Vec::new();
    for at in memchr2_iter(b':', b'=', bytes) {
        let Some(name) = word_before(text, at) else { continue };
        let start = at + 1 + bytes[at + 1..].iter().take(3).take_while(|byte| matches!(byte, b' ' | b'=')).count();
        let length = bytes[start..].iter().take(NEAR).take_while(|byte| is_password_byte(**byte)).count();
        let value = text[start..start + length].trim_end_matches([')', ',', '.', ';', '/', ':']);
        if is_password(name) && looks_chosen(value, !code || bytes[at] == b':') {
            told.push(Told { name, value: start..start + value.len() });
        }
    }
    told
}

/// The word that ends at `end`, if it is short enough to be a name.
fn word_before(text: &str, end: usize) -> Option<&str> {
    let length =
        text.as_bytes().get(..end)?.iter().rev().take(NEAR).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    (1..NEAR).contains(&length).then(|| &text[end - length..end])
}

fn is_password(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let last = lower.rsplit('_').next().unwrap_or("");
    matches!(last, "pw" | "pass" | "psswd") || ["password", "passwords", "passwd", "pwd"].iter().any(|end| last.ends_with(end))
}

fn is_password_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'(' | b'<' | b'>' | b'{' | b'}' | b'[' | b']' | b'\\')
}

/// Somebody made it up to be hard to guess: both cases and a digit, or (`names`: where no name can stand) a digit and a sign.
fn looks_chosen(value: &str, names: bool) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let sign = value.bytes().any(|byte| b"!@#$%&*?^~+".contains(&byte));
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    (6..=64).contains(&value.len()) && !value.contains("://") && mixed && (sign || names && !value.contains(['.', '_', ',', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, code: bool) -> Vec<String> {
        told(text, code).iter().map(|told| format!("{}={}", told.name, &text[told.value.clone()])).collect()
    }

    #[test]
    fn passwords_are_told_in_passing() {
        let table: [(&str, &[&str]); 6] = [
            ("ID:master,PW:dipPr10Gg!", &["PW=dipPr10Gg!"]),
            ("log in (pwd: IhqSb1Gg).", &["pwd=IhqSb1Gg"]),
            ("user=me,password=dipPr1Gg!", &["password=dipPr1Gg!"]),
            ("any_pwd:IhqSb1Gg and more", &["any_pwd=IhqSb1Gg"]),
            ("Password: your password", &[]),
            ("password: https://Host1/x", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text, false), expected, "{text}");
        }
    }

    #[test]
    fn names_of_a_program_are_no_passwords() {
        for code in ["f(password=Config1)", "password=settings.Value1", "pw = Abc1", "{password: get(Abc1)}"] {
            assert_eq!(shown(code, true), Vec::<String>::new(), "{code}");
        }
    }

    #[test]
    fn settings_and_commands_are_no_python() {
        let text = "API_KEY=37d023bcaf0149aa8f\nexport X_TOKEN=a1b2-c3d4-e5f6\nprivate key: d1e2c3a4b5f60718\ncurl -u me:x https://h\n";
        assert_eq!(lines(text).map(|range| &text[range]).collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
        let python = "x = 5\ny=other_name_v2\nz = module.Name2.value\nw = f(x)\nhttp = 'a'\ngit = load(x)\nt: str = 'x'\nMAX_TOKENS=1024\nfor a in b:\n";
        assert_eq!(lines(python).count(), 0, "{:?}", lines(python).map(|range| &python[range]).collect::<Vec<_>>());
    }

    #[test]
    fn no_squares() {
        for piece in ["a", "a:", "'", " '", "pw:", "_", "A1!", "\n"] {
            let text = piece.repeat(200_000);
            told(&text, false);
            assert!(lines(&text).count() <= 200_000);
        }
    }
}
