//! How SQL sets a password: `CREATE USER app IDENTIFIED BY 'x'`, `ALTER ROLE app WITH PASSWORD 'x'`.

use std::ops::Range;

use super::{Key, Kind, Part};
use crate::secrets::marks::{self, Marks};

const WHAT: &str = "a statement that sets a password";

/// Longer ones are no passwords.
const MAX_VALUE: usize = 160;
/// So far before its password the statement begins.
const MAX_HEAD: usize = 200;

/// What stands before the password, its quote aside.
const KEYS: [Key; 3] = [
    Key { text: "identified by ", mark: 4 },
    // `WITH PASSWORD`, `LOGIN PASSWORD`, `ENCRYPTED PASSWORD`, or directly behind the user.
    Key { text: "password ", mark: 6 },
    // `IDENTIFIED WITH caching_sha2_password BY 'x'`
    Key { text: "_password by ", mark: 9 },
];

pub(super) fn marks(table: &mut marks::Table) {
    KEYS.iter().for_each(|key| table.mark_any_case(&key.text[key.mark..], marks::STATEMENT));
    table.mark_any_case("rd=", marks::STATEMENT);
}

/// The passwords that statements set. Without quotes only what stands behind `IDENTIFIED BY` in capitals is one.
pub(super) fn find(text: &str, marks: &Marks<'_>, parts: &mut Vec<Part>) {
    for place in marks.of(marks::STATEMENT) {
        let found = KEYS.iter().enumerate().find_map(|(index, key)| Some((key.at(text, place)?, index)));
        let Some((key, index)) = found.or_else(|| Some((ASSIGNED.at(text, place)?, 1))) else { continue };
        if index == 1 && !is_of_user(text, key.start) {
            continue;
        }
        let bare = index == 0 && text[key.clone()].starts_with('I');
        parts.extend(value(text, key.end, bare).map(|range| Part { range, beside: [0..0, 0..0], kind: Kind::Password, what: WHAT }));
    }
}

/// `WITH PASSWORD='x'` of SQL Server.
const ASSIGNED: Key = Key { text: "password=", mark: 6 };

/// Whether a statement about a user, a role or a login stands in front.
fn is_of_user(text: &str, at: usize) -> bool {
    let near = &text[text.floor_char_boundary(at.saturating_sub(MAX_HEAD))..at];
    let statement = near.rsplit(';').next().unwrap_or("").to_ascii_lowercase();
    let mut words = statement.split_whitespace();
    let mut before = "";
    words.any(|word| {
        let verb = std::mem::replace(&mut before, word).trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        matches!(verb, "create" | "alter") && matches!(word, "user" | "role" | "login")
    })
}

/// The value that begins here, behind an equals sign and the mark of a national string where there are some.
fn value(text: &str, from: usize, bare: bool) -> Option<Range<usize>> {
    let limit = text.floor_char_boundary((from + MAX_VALUE).min(text.len()));
    let rest = text.get(from..limit)?;
    let value = rest.trim_start_matches([' ', '\\', '=']);
    let value = value.strip_prefix(['N', 'n']).filter(|rest| rest.starts_with('\'')).unwrap_or(value);
    let start = limit - value.len();
    match value.chars().next()? {
        quote @ ('\'' | '"') => value[1..].find([quote, '\\']).filter(|length| *length > 0).map(|length| start + 1..start + 1 + length),
        _ if bare => {
            let length = value.find(|c: char| c.is_whitespace() || matches!(c, ';' | '\\' | '"' | '\'' | ')')).unwrap_or(value.len());
            Some(start..start + length)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_set_passwords() {
        let found = |text: &str| {
            let mut parts = Vec::new();
            find(text, &marks::look(text), &mut parts);
            parts.into_iter().map(|part| text[part.range].to_owned()).collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("CREATE USER a IDENTIFIED BY Pw9x\\; x", "Pw9x"),
            ("create user a identified by \"pw9\"", "pw9"),
            ("CREATE ROLE a WITH LOGIN PASSWORD 'pw9'", "pw9"),
            ("alter user a password 'pw9'", "pw9"),
            ("ALTER ROLE a WITH ENCRYPTED PASSWORD 'pw9' VALID UNTIL 'x'", "pw9"),
            ("CREATE LOGIN a WITH PASSWORD = N'pw9', CHECK_POLICY = OFF", "pw9"),
            ("ALTER LOGIN a WITH PASSWORD='pw9'", "pw9"),
            ("ALTER USER 'a'@'%' IDENTIFIED WITH mysql_native_password BY 'pw9';", "pw9"),
            ("psql -c \"CREATE USER a PASSWORD 'pw9'\"", "pw9"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
        for text in [
            "a user is identified by number",
            "update users set password = 'x'",
            "ALTER USER a; SELECT password 'x'",
            "ALTER USER a PASSWORD NULL",
            "enter the password 'x'",
            "create a user with password policy",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
