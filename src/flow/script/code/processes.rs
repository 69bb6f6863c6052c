//! Shells that code starts: `os.system("…")`, `subprocess.run("…", shell=True)`, `execSync("…", { stdio: "inherit" })`.

use super::Walk;
use super::lexer::Kind;
use crate::flow::script::{Code, Language, Leak, Reach, follow_at};
use crate::source::{Span, TextBuilder};
use crate::syntax::shell::Dialect;

/// Scripts inside scripts are followed to this depth.
const MAX_DEPTH: usize = 3;
/// A command has at most so many words here.
const MAX_WORDS: usize = 32;

/// When what a started command prints reaches the log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    /// Always.
    Shown,
    /// Unless it is captured.
    Inherited,
    /// Where it is asked for.
    Asked,
}

fn output(function: &str) -> Option<Output> {
    Some(match function {
        "os.system" | "exec.exec" => Output::Shown,
        "subprocess.run" | "subprocess.call" | "subprocess.check_call" => Output::Inherited,
        "execSync" | "spawnSync" | "execFileSync" => Output::Asked,
        name if matches!(name.rsplit('.').next(), Some("execSync" | "spawnSync" | "execFileSync")) => Output::Asked,
        _ => return None,
    })
}

impl Walk<'_, '_> {
    /// What a command prints that stands at `at` as text, or as a list of words.
    pub(super) fn starts(&mut self, at: usize) {
        let Some(output) = self.name(at).and_then(output).filter(|_| self.mark(at + 1) == Some(b'(')) else { return };
        let is_list = self.mark(at + 2) == Some(b'[');
        let first = at + if is_list { 3 } else { 2 };
        let mut words: Vec<Span> = Vec::new();
        let mut token = first;
        while let Some(Kind::String(false)) = self.tokens.get(token).map(|token| token.kind) {
            words.extend(self.tokens.get(token).map(|token| self.quoted(token.span)));
            token += if is_list && self.mark(token + 1) == Some(b',') { 2 } else { 1 };
            if !is_list || words.len() >= MAX_WORDS {
                break;
            }
        }
        let closes = self.mark(token) == Some(if is_list { b']' } else { b',' }) || (!is_list && self.mark(token) == Some(b')'));
        if words.is_empty() || !closes || self.depth >= MAX_DEPTH {
            return;
        }
        let options =
            (token..self.tokens.len()).take(64).take_while(|at| !matches!(self.tokens[*at].kind, Kind::Newline | Kind::Mark(b')')));
        let mut options = options.map(|at| self.text(self.tokens[at].span));
        let shown = match output {
            Output::Shown => true,
            Output::Inherited => options.all(|word| !matches!(word, "capture_output" | "stdout" | "stderr")),
            Output::Asked => options.any(|word| word.contains("inherit")),
        };
        if shown {
            self.follow_words(&words, at);
        }
    }

    /// A string without its quotes.
    fn quoted(&self, span: Span) -> Span {
        let text = self.text(span);
        let is_quote = |c: char| matches!(c, '\'' | '"' | '`');
        let start = text.len() - text.trim_start_matches(is_quote).len();
        let end = text.trim_end_matches(is_quote).len().max(start);
        Span::new(span.start as usize + start, span.start as usize + end)
    }

    fn follow_words(&mut self, words: &[Span], at: usize) {
        let mut builder = TextBuilder::default();
        for (index, word) in words.iter().enumerate() {
            let outer = self.code.text.slice(word.range());
            if index > 0 {
                builder.atom(" ", Span { start: outer.span().start, end: outer.span().start });
            }
            builder.text(&outer);
        }
        let text = builder.finish();
        if self.state.fuel < text.len() {
            return;
        }
        self.state.fuel -= text.len();
        let language = Language::Shell(Dialect::Posix);
        let code = Code { text: &text, language, opaque: &[], holes: &[], trace: None, ..*self.code };
        let depth = self.depth + 1;
        let leaks = self.state.forgetting(|state| follow_at(&code, state, depth));
        let sink = self.code.place(self.tokens[at].span);
        let kept = leaks.into_iter().filter(|leak| matches!(leak.reach, Reach::Log | Reach::Dump | Reach::Trace));
        self.leaks.extend(kept.map(|leak| Leak { sink, ..leak }));
    }
}
