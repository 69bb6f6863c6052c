//! What `expect` sends where a program asks for a password: `expect "password:"`, then `send "x\\r"`; in Python
//! `child.expect("password:")`, then `child.sendline("x")`.
//!
//! <https://core.tcl-lang.org/expect/index>, <https://pexpect.readthedocs.io/en/stable/>

use std::ops::Range;

use super::{Kind, Part};
use crate::secrets::marks::{self, Marks};

const WHAT: &str = "an answer to a password prompt";
const EXPECT: &str = "expect";
/// What is waited for is no longer than this, nor what is sent.
const MAX_STRING: usize = 120;
/// So far behind what is waited for the answer stands.
const MAX_GAP: usize = 80;

pub(super) fn marks(table: &mut marks::Table) {
    table.mark(&EXPECT[1..], marks::CLIENT);
}

pub(super) fn find(text: &str, marks: &Marks<'_>, parts: &mut Vec<Part>) {
    for place in marks.of(marks::CLIENT) {
        let at = place.saturating_sub(1);
        if text.as_bytes()[at..].starts_with(EXPECT.as_bytes()) {
            parts.extend(answer(text, at + EXPECT.len()).map(|range| Part {
                range,
                beside: [0..0, 0..0],
                kind: Kind::Password,
                what: WHAT,
            }));
        }
    }
}

fn answer(text: &str, at: usize) -> Option<Range<usize>> {
    let asked = string(text, at)?;
    let question = text[asked.clone()].to_ascii_lowercase();
    if !question.contains("assword") && !question.contains("assphrase") {
        return None;
    }
    let limit = text.floor_char_boundary((asked.end + MAX_GAP).min(text.len()));
    let gap = &text[asked.end..limit];
    let send = gap.find("send")?;
    // The next question has an answer of its own.
    (!gap[..send].contains(EXPECT)).then_some(())?;
    let given = string(text, asked.end + send + "send".len())?;
    let value = &text[given.clone()];
    let length = value.find('\\').unwrap_or(value.len());
    let is_value = length > 0 && !value.starts_with(['$', '[']);
    is_value.then_some(given.start..given.start + length)
}

/// What stands between the next quotes, which may be escaped.
fn string(text: &str, from: usize) -> Option<Range<usize>> {
    let near = text.get(from..text.floor_char_boundary((from + 24).min(text.len())))?;
    let open = near.find(['"', '\''])?;
    // Options, a bracket, `line`: no other statement.
    if near[..open].contains(['\n', ';', '=', ',']) {
        return None;
    }
    let quote = near.as_bytes()[open];
    let start = from + open + 1;
    let limit = text.floor_char_boundary((start + MAX_STRING).min(text.len()));
    let end = memchr::memchr(quote, &text.as_bytes()[start..limit])?;
    (!text[start..start + end].contains('\n')).then_some(start..start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_prompts_are_passwords() {
        let found = |text: &str| {
            let mut parts = Vec::new();
            find(text, &marks::look(text), &mut parts);
            parts.into_iter().map(|part| text[part.range].to_owned()).collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("expect \"*?assword:*\"\nsend \"pw9\\r\"\n", "pw9"),
            ("expect \"password:\"; send -- \"pw9\\n\"; interact", "pw9"),
            ("spawn ssh h\nexpect { \"Password:\" { send \"pw9\\r\" } }", "pw9"),
            ("child.expect('assword:')\nchild.sendline('pw9')", "pw9"),
            ("expect -re \"passphrase.*\"\nsend \"pw9\\r\"", "pw9"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
        for text in [
            "expect \"password:\"\nsend \"$pw\\r\"",
            "expect \"yes/no\"\nsend \"yes\\r\"",
            "expect \"password:\"\nexpect \"login:\"\nsend \"me\\r\"",
            "we expect \"password\" here, and send nothing",
            "expect(\"password",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
