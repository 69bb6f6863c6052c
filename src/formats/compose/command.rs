//! Commands: a string that is split like a shell's line, or a list of words; either may hold a script for a shell.
//!
//! Compose replaces its variables first and turns `$$` into `$`; only then does a shell see the text
//! (<https://docs.docker.com/reference/compose-file/services/#command>).

use crate::formats::interpolated::Interpolated;
use crate::formats::script::{Given, Line, given};
use crate::formats::yaml::{Met, Step, path};
use crate::literal::LogicalPath;
use crate::source::Text;
use crate::syntax::shell::Dialect;
use crate::syntax::yaml::Node;

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
                found.extend(given(&text, Dialect::Posix, &opaque));
            }
            words => list(words, &mut found),
        }
        found
    }
}

/// A list is read as the line a shell would split into its words. A word with blanks that is no flag's value is a script.
fn list<'a>(words: &[Text<'a>], found: &mut Vec<Given<'a>>) {
    let mut line = Line::default();
    if let Some(first) = words.first().filter(|first| first.as_str().starts_with('-')) {
        // The image's entrypoint is the program.
        line.word(&Text::plain("_", first.span().start as usize), &[]);
    }
    for (index, word) in words.iter().enumerate() {
        // How a health check is run (https://docs.docker.com/reference/compose-file/services/#healthcheck).
        if index == 0 && matches!(word.as_str(), "CMD" | "CMD-SHELL" | "NONE") {
            continue;
        }
        let (text, opaque) = Interpolated::new(word.clone()).unescaped();
        let after_flag = index > 0 && words[index - 1].as_str().starts_with("--");
        if text.as_str().contains(char::is_whitespace) && !text.as_str().starts_with('-') && !after_flag {
            found.extend(given(&text, Dialect::Posix, &opaque));
            line.word(&Text::plain("_", text.span().start as usize), &[]);
        } else {
            line.word(&text, &opaque);
        }
    }
    found.extend(line.given());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::Part;

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
