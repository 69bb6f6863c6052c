//! What the commands of shell scripts and Dockerfiles are given, where it was made up to be hard to guess.
//!
//! Scripts set variables of every kind, and tests log in as `test`: a value counts here only where nobody would write it as an
//! example. What an image is built with stays in it, so there less is asked.

use crate::formats::script::{self, Line};
use crate::literal::Value;
use crate::source::{Span, Text};
use crate::syntax::json::Tree;
use crate::syntax::shell::Dialect;

/// The instructions of a Dockerfile that hold commands: <https://docs.docker.com/reference/dockerfile/>.
const INSTRUCTIONS: [&str; 4] = ["RUN ", "CMD ", "ENTRYPOINT ", "HEALTHCHECK "];

/// What a command stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A script of a shell.
    Script,
    /// An instruction of a Dockerfile.
    Image,
}

/// The scripts that the instructions of a Dockerfile hold, continued lines included.
pub(super) fn of_dockerfile(text: &str, within: Span) -> Vec<Span> {
    let mut scripts: Vec<Span> = Vec::new();
    let mut at = within.start as usize;
    let mut goes_on = false;
    for line in text.get(within.range()).unwrap_or("").split_inclusive('\n') {
        let start = at;
        at += line.len();
        let instruction = INSTRUCTIONS
            .iter()
            .find(|instruction| line.get(..instruction.len()).is_some_and(|head| head.eq_ignore_ascii_case(instruction)));
        match (instruction, scripts.last_mut()) {
            (_, Some(last)) if goes_on => *last = Span::new(last.start as usize, at),
            // `HEALTHCHECK --interval=5m CMD command`
            (Some(instruction), _) => {
                let skipped = match *instruction {
                    "HEALTHCHECK " => line.find("CMD ").map_or(line.len(), |at| at + 4),
                    _ => instruction.len() + flags(&line[instruction.len()..]),
                };
                scripts.push(Span::new(start + skipped, at));
            }
            _ => continue,
        }
        goes_on = line.trim_end().ends_with('\\');
    }
    scripts
}

/// How long the options in front of a command are: `RUN --mount=type=cache,target=/c command`.
fn flags(line: &str) -> usize {
    let mut at = 0;
    while line[at..].trim_start().starts_with("--") {
        let start = line.len() - line[at..].trim_start().len();
        at = start + line[start..].find(char::is_whitespace).unwrap_or(line.len() - start);
    }
    at
}

/// Gives each value that a command gives a name to, if it is no example.
pub(super) fn given(text: &str, script: Span, kind: Kind, give: &mut dyn FnMut(&str, Value<'_>)) {
    let script = Text::raw(text, script);
    let all = match words(&script) {
        Some(line) => line.given(),
        None => script::given(&script, Dialect::Posix, &[]),
    };
    for given in all {
        if given.value.as_literal().is_some_and(|value| is_made_up(value.as_str(), kind)) {
            give(&given.name, given.value);
        }
    }
}

/// The words of an instruction that no shell reads: `CMD ["redis-server", "--requirepass", "x"]`.
fn words(script: &Text<'_>) -> Option<Line> {
    let tree = Tree::parse(Some(script.as_str()).filter(|text| text.trim_start().starts_with('['))?);
    let root = tree.root(script.as_str()).filter(|_| tree.errors().is_empty())?;
    let mut line = Line::default();
    for word in root.items().filter_map(|item| item.text()) {
        line.word(&word.then(script), &[]);
    }
    Some(line)
}

/// Small and capital letters and digits, or a long word of both letters and digits; in an image any letters and digits.
pub(super) fn is_made_up(value: &str, kind: Kind) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit) && value.len() >= 8;
    let long = value.len() >= 32 && value.bytes().filter(u8::is_ascii_digit).count() >= 4 && has(u8::is_ascii_alphabetic);
    let chosen = kind == Kind::Image && value.len() >= 8 && has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit);
    (mixed || long || chosen) && !value.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, scripts: &[Span], kind: Kind) -> Vec<String> {
        let mut found = Vec::new();
        let mut give = |name: &str, value: Value<'_>| {
            found.push(format!("{name}={}", value.as_literal().map_or_else(String::new, |text| text.as_str().to_owned())))
        };
        scripts.iter().for_each(|script| given(text, *script, kind, &mut give));
        found
    }

    #[test]
    fn commands_of_scripts_are_read() {
        let text = "#!/bin/sh\nPASS=test\nDB_PASS='xK7hT2pq'\nmysql -uroot -pxK7hT2pq\nmysql -psecret\necho root:xK7hT2pq | chpasswd\n";
        assert_eq!(shown(text, &[Span::new(0, text.len())], Kind::Script), ["DB_PASS=xK7hT2pq", "password=xK7hT2pq", "password=xK7hT2pq"]);
    }

    #[test]
    fn instructions_of_a_dockerfile_are_scripts() {
        let text = "FROM x\nRUN apt update && \\\n  echo root:xk7ht2pq | chpasswd\nCOPY a b\nCMD [\"redis-server\", \"--requirepass\", \"xK7hT2pq\"]\n\
            RUN --mount=type=cache,target=/c --network=none mysql -pxK7hT2pq\nRUN [\"sh\", \"-c\", \"sshpass -p xK7hT2pq ssh h\"]\n\
            HEALTHCHECK --timeout=3s CMD redis-cli -a xK7hT2pq ping\nHEALTHCHECK NONE\n";
        let shown = shown(text, &of_dockerfile(text, Span::new(0, text.len())), Kind::Image);
        assert_eq!(shown, ["password=xk7ht2pq", "requirepass=xK7hT2pq", "password=xK7hT2pq", "password=xK7hT2pq", "password=xK7hT2pq"]);
        let hostile = "RUN \\\n".repeat(100_000);
        assert_eq!(of_dockerfile(&hostile, Span::new(0, hostile.len())).len(), 1);
    }
}
