//! Commands: a string that is split like a shell's line, or a list of words; either may hold a script for a shell.
//!
//! Compose replaces its variables first and turns `$$` into `$`; only then does a shell see the text
//! (<https://docs.docker.com/reference/compose-file/services/#command>).

use crate::formats::interpolated::Interpolated;
use crate::formats::script::{Given, given};
use crate::formats::yaml::{Met, Step, path};
use crate::literal::{LogicalPath, Part};
use crate::source::{Span, Text, TextBuilder};
use crate::syntax::shell::{self, Dialect};
use crate::syntax::yaml::Node;

/// How deep `sh -c "sh -c '…'"` is followed.
const MAX_SHELLS: usize = 4;

/// The commands of a document, put together from their words.
#[derive(Default)]
pub(super) struct Commands<'a> {
    /// The command whose words are being met, by its key.
    last: Option<(Node<'a>, Command<'a>)>,
}

/// One command.
pub(super) struct Command<'a> {
    words: Vec<Text<'a>>,
    is_list: bool,
    pub(super) path: LogicalPath,
    pub(super) opener: u32,
}

impl<'a> Commands<'a> {
    /// Adds a word. The words of a list are met one after the other; another key ends the command before and gives it back.
    pub(super) fn add(&mut self, met: &Met<'a, '_>, text: Text<'a>) -> Option<Command<'a>> {
        let key = met.key()?;
        match &mut self.last {
            Some((known, command)) if *known == key => {
                command.words.push(text);
                None
            }
            last => {
                let is_list = matches!(met.steps.last(), Some(Step::Item(..)));
                let steps = &met.steps[..met.steps.len() - usize::from(is_list)];
                let command = Command { words: vec![text], is_list, path: path("", steps), opener: met.opener() };
                last.replace((key, command)).map(|(_, command)| command)
            }
        }
    }

    /// The last command.
    pub(super) fn finish(self) -> Option<Command<'a>> {
        self.last.map(|(_, command)| command)
    }
}

impl<'a> Command<'a> {
    /// The values that the command gives names to.
    pub(super) fn given(&self) -> Vec<Given<'a>> {
        let mut found = Vec::new();
        match self.words.as_slice() {
            [text] if !self.is_list => {
                let (text, opaque) = Interpolated::new(text.clone()).unescaped();
                script(&text, &opaque, MAX_SHELLS, &mut found);
            }
            words => list(words, &mut found),
        }
        found
    }
}

/// What a script names, and what the scripts do that it hands to other shells.
fn script<'a>(text: &Text<'a>, opaque: &[Span], shells: usize, found: &mut Vec<Given<'a>>) {
    let handed = if shells == 0 { Vec::new() } else { handed_on(text.as_str(), opaque) };
    let places: Vec<Span> = handed.iter().map(|inner| text.hull(inner.range())).collect();
    let own = |given: &Given<'_>| !places.iter().any(|place| begins_in(given, *place));
    found.extend(given(text, Dialect::Posix, opaque).into_iter().filter(own));
    for inner in handed {
        let opaque: Vec<Span> = opaque
            .iter()
            .filter(|span| inner.contains(**span))
            .map(|span| Span { start: span.start - inner.start, end: span.end - inner.start })
            .collect();
        script(&text.slice(inner.range()), &opaque, shells - 1, found);
    }
}

fn begins_in(given: &Given<'_>, place: Span) -> bool {
    let value = match given.value.parts.first() {
        Some(Part::Literal(text)) => text.span().start,
        Some(Part::Reference(reference)) => reference.span.start,
        None => given.opener,
    };
    [given.opener, value].iter().any(|at| (place.start..place.end).contains(at))
}

/// The words behind the `-c` of a shell, without their quotes.
fn handed_on(text: &str, opaque: &[Span]) -> Vec<Span> {
    let parsed = shell::parse(text, Dialect::Posix, opaque);
    let invocations = parsed.commands.iter().filter_map(|command| parsed.invocation(command));
    invocations
        .filter(|invocation| matches!(&*invocation.name, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh"))
        .flat_map(|invocation| invocation.args.windows(2))
        .filter(|pair| parsed.literal(&pair[0]).is_some_and(|flag| is_script_flag(&flag)))
        .map(|pair| unquoted(text, pair[1].span))
        .collect()
}

/// `-c`, alone or behind other letters: `-ec`.
fn is_script_flag(flag: &str) -> bool {
    flag.strip_prefix('-').is_some_and(|letters| letters.ends_with('c') && letters.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// A word's span without the quotes around all of it.
fn unquoted(text: &str, span: Span) -> Span {
    let word = text.get(span.range()).unwrap_or("");
    let quoted = word.len() >= 2 && ['"', '\''].iter().any(|quote| word.starts_with(*quote) && word.ends_with(*quote));
    if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span }
}

/// A list is read as the line a shell would split into its words. A word with blanks that is no flag's value is a script.
fn list<'a>(words: &[Text<'a>], found: &mut Vec<Given<'a>>) {
    let mut line = Line::default();
    for (index, word) in words.iter().enumerate() {
        // How a health check is run (https://docs.docker.com/reference/compose-file/services/#healthcheck).
        if index == 0 && matches!(word.as_str(), "CMD" | "CMD-SHELL" | "NONE") {
            continue;
        }
        let (text, opaque) = Interpolated::new(word.clone()).unescaped();
        let after_flag = index > 0 && words[index - 1].as_str().starts_with("--");
        if text.as_str().contains(char::is_whitespace) && !text.as_str().starts_with('-') && !after_flag {
            script(&text, &opaque, MAX_SHELLS, found);
            line.word(&Text::plain("_", text.span().start as usize), &[]);
        } else {
            line.word(&text, &opaque);
        }
    }
    found.extend(given(&line.builder.finish(), Dialect::Posix, &line.opaque));
}

/// The line that a shell would split into the words of a list.
#[derive(Default)]
struct Line {
    builder: TextBuilder,
    opaque: Vec<Span>,
}

impl Line {
    /// Adds a word: as it is, or in single quotes, where no byte means anything but the quote itself.
    fn word(&mut self, text: &Text<'_>, opaque: &[Span]) {
        let at = text.span().start;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=./:@,+".contains(&byte);
        if !text.is_empty() && text.as_str().bytes().all(is_plain) {
            self.builder.atom(" ", Span { start: at, end: at });
            self.builder.text(text);
            return;
        }
        let added = |builder: &mut TextBuilder, text: &str| builder.atom(text, Span { start: at, end: at });
        added(&mut self.builder, " '");
        let start = self.builder.len();
        let mut from = 0;
        for part in text.as_str().split('\'') {
            if from > 0 {
                added(&mut self.builder, "'");
                self.builder.atom("\\'", text.hull(from - 1..from));
                added(&mut self.builder, "'");
            }
            self.builder.text(&text.slice(from..from + part.len()));
            from += part.len() + 1;
        }
        added(&mut self.builder, "'");
        // Each quote before it has moved it by three bytes.
        let moved = |at: u32| start + at as usize + 3 * text.as_str()[..at as usize].matches('\'').count();
        self.opaque.extend(opaque.iter().map(|span| Span::new(moved(span.start), moved(span.end))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: &[Given<'_>], source: &str) -> Vec<String> {
        let part = |part: &Part<'_>| match part {
            Part::Literal(text) => source[text.span().range()].to_owned(),
            Part::Reference(_) => "<>".to_owned(),
        };
        found.iter().map(|given| format!("{}={}", given.name, given.value.parts.iter().map(part).collect::<String>())).collect()
    }

    fn of_string(source: &str) -> Vec<String> {
        let command = Command { words: vec![Text::plain(source, 0)], is_list: false, path: LogicalPath::default(), opener: 0 };
        shown(&command.given(), source)
    }

    /// The words stand one per line in the source.
    fn of_words(source: &str) -> Vec<String> {
        let start = |line: &str| line.as_ptr() as usize - source.as_ptr() as usize;
        let words = source.lines().map(|line| Text::plain(line, start(line))).collect();
        let command = Command { words, is_list: true, path: LogicalPath::default(), opener: 0 };
        shown(&command.given(), source)
    }

    #[test]
    fn strings_are_split_like_a_shells_line() {
        assert_eq!(of_string("redis-server --requirepass hunter2"), ["requirepass=hunter2"]);
        assert_eq!(of_string("redis-server --requirepass ${PW:-x}"), ["requirepass=<>"]);
        assert_eq!(of_string("mysqladmin -psecret ping"), ["password=secret"]);
        assert_eq!(of_string("sh -c \"A=$$B redis-server --requirepass 'x y'\""), ["A=<>", "requirepass=x y"]);
        assert_eq!(of_string("bash -ec 'sh -c \"T=${A} U=b\"'"), ["T=<>", "U=b"]);
    }

    #[test]
    fn lists_are_words_already() {
        assert_eq!(of_words("redis-server\n--requirepass\nit's $5"), ["requirepass=it's $5"]);
        assert_eq!(of_words("server\n--password=a b#c"), ["password=a b#c"]);
        assert_eq!(of_words("CMD\nmysqladmin\n-psecret"), ["password=secret"]);
        assert_eq!(of_words("CMD-SHELL\nPW=x mysqladmin --password=y ping"), ["PW=x", "password=y"]);
        assert_eq!(of_words("/bin/sh\n-c\nexport PW=x\n--t=it's${A:-'}z"), ["PW=x", "t=it's<>z"]);
    }
}
