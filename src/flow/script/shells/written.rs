//! Scripts that a script writes itself and that the job runs: `cat > x.sh <<'EOF' … EOF`, then `bash x.sh`, in the same step or a
//! later one.

use std::sync::Arc;

use super::inner::{Started, by_shebang};
use super::{MAX_DEPTH, Walk};
use crate::flow::script::{Code, Taint, follow_at};
use crate::source::{SourceId, Span, Text, TextBuilder};
use crate::syntax::shell::{Command, Invocation, RedirectOp, Sink, Target, Word};

/// Of a file so many pieces are remembered; more are no script that a person wrote.
const MAX_PIECES: usize = 64;
/// So many files are remembered in a job.
const MAX_FILES: usize = 64;

/// What one command wrote to a file.
#[derive(Debug)]
pub(in crate::flow::script) struct Piece {
    text: Text<'static>,
    source: SourceId,
    /// What the writing shell replaced.
    opaque: Vec<Span>,
    holes: Vec<Vec<Taint>>,
}

impl Piece {
    pub(super) fn text(&self) -> &str {
        self.text.as_str()
    }
}

impl Walk<'_, '_> {
    /// Remembers the text that a command writes to a file that may be run, and of others whether it holds no secret.
    pub(super) fn keep_text(&mut self, command: &Command, invocation: &Invocation<'_>, is_harmless: bool) {
        let script = self.script;
        let name = &*invocation.name;
        if !matches!(name, "cat" | "tee" | "echo" | "printf") {
            return;
        }
        let Some((path, appends)) = self.written_file(command, invocation) else { return };
        match is_harmless && !appends {
            true if self.state.harmless.len() < MAX_FILES => drop(self.state.harmless.insert(path.clone())),
            true => {}
            false => drop(self.state.harmless.remove(&path)),
        }
        let is_option = |arg: &&Word| script.literal_prefix(arg).starts_with('-');
        let args = invocation.args;
        let body = command.redirects.iter().find_map(|redirect| script.word(redirect.body?));
        // What names variables may be a template.
        let is_template = || body.is_some_and(|body| script.literal(body).is_some_and(|text| text.contains('$')));
        if !may_be_run(&path) && !is_template() {
            return;
        }
        let words: Vec<&[Word]> = match name {
            "echo" => vec![&args[args.iter().take_while(is_option).count()..]],
            // `printf '%s\n' 'line' 'line'`
            "printf" if args.first().is_some_and(|format| script.literal_prefix(format).starts_with("%s")) => args[1..].chunks(1).collect(),
            "printf" => vec![args],
            _ => body.map(std::slice::from_ref).into_iter().collect(),
        };
        let mut pieces = Vec::with_capacity(words.len().min(MAX_PIECES));
        for words in words.into_iter().take(MAX_PIECES) {
            let Some((text, opaque, holes)) = self.script_of(words, ("", "")) else { return };
            pieces.push(Arc::new(Piece { text: text.then(self.code.text), source: self.code.source, opaque, holes }));
        }
        let known = self.state.written.len();
        if known < MAX_FILES || self.state.written.contains_key(&path) {
            let kept = self.state.written.entry(path).or_default();
            if !appends {
                kept.clear();
            }
            let room = MAX_PIECES.saturating_sub(kept.len());
            kept.extend(pieces.into_iter().take(room));
        }
    }

    /// The file that a command writes what it prints to, and whether what stood there stays.
    fn written_file(&self, command: &Command, invocation: &Invocation<'_>) -> Option<(String, bool)> {
        if invocation.name == "tee" {
            let appends = invocation.args.iter().any(|arg| self.script.is(arg, "-a"));
            return self.plain_args(invocation.args).first().map(|file| (self.path(file), appends));
        }
        let Sink::File { owner, redirect } = self.destination(command.stdout) else { return None };
        let redirect = self.script.redirects(owner).get(redirect as usize)?;
        // `{ echo a; echo b; } > file`: one file for all of them.
        let appends = redirect.op == RedirectOp::Append || matches!(owner, Target::Scope(_));
        Some((self.path(&redirect.target), appends))
    }

    /// What a script prints that the job wrote to this file; nothing where it wrote none.
    pub(super) fn run_written(&mut self, started: &Started<'_>) -> Option<Vec<Taint>> {
        let Started { command, path, args, language, trace, sourced } = *started;
        let pieces = self.state.written.get(path).filter(|pieces| !pieces.is_empty())?.clone();
        let source = pieces.first()?.source;
        let (mut builder, mut opaque, mut holes) = (TextBuilder::default(), Vec::new(), Vec::new());
        for piece in pieces.iter().filter(|piece| piece.source == source) {
            let from = builder.len();
            builder.text(&piece.text);
            opaque.extend(piece.opaque.iter().map(|span| Span::new(from + span.start as usize, from + span.end as usize)));
            holes.extend(piece.holes.iter().cloned());
            let end = piece.text.span().end;
            builder.atom("\n", Span { start: end, end });
        }
        let text = builder.finish();
        if self.state.fuel < text.len() || self.depth + self.calls.len() >= MAX_DEPTH {
            return Some(Vec::new());
        }
        self.state.fuel -= text.len();
        let (language, own_trace) = if sourced { (language, false) } else { by_shebang(text.as_str(), path, language)? };
        let trace = trace.or(own_trace.then(|| self.code.place(command.span)));
        let here = self.here();
        let code = Code { text: &text, source, language, opaque: &opaque, holes: &holes, trace, here: &here, ..*self.code };
        let given = args.iter().map(|arg| self.word(arg)).collect();
        let before = self.given(given);
        let depth = self.depth + 1 + self.calls.len();
        let leaks = match sourced {
            true => follow_at(&code, self.state, depth),
            false => self.state.forgetting(|state| follow_at(&code, state, depth)),
        };
        self.restore(before);
        Some(self.out_of_file(command, leaks))
    }
}

/// Whether a file of this name may be a script: it has no ending, or one of scripts.
fn may_be_run(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_known = ending.is_none_or(|ending| matches!(ending, "sh" | "bash" | "py" | "js" | "mjs" | "cjs" | "ps1"));
    is_known && !name.is_empty() && !path.starts_with("/dev/") && !name.starts_with(['$', '-'])
}
