//! Where a call takes a secret: the log, a comment, an output of the step.

use super::Walk;
use super::lexer::Kind;
use crate::flow::script::{Language, Leak, Reach, Taint};

/// Functions that print their arguments.
const PYTHON: [&str; 12] = [
    "print",
    "sys.exit",
    "click.echo",
    "sys.stdout.write",
    "sys.stderr.write",
    "pprint",
    "pprint.pprint",
    "logging.info",
    "logging.debug",
    "logging.warning",
    "logging.error",
    "logger.info",
];
const JAVASCRIPT: [&str; 13] = [
    "console.log",
    "console.info",
    "console.warn",
    "console.error",
    "console.debug",
    "core.info",
    "core.notice",
    "core.warning",
    "core.error",
    "core.debug",
    "core.setFailed",
    "process.stdout.write",
    "process.stderr.write",
];
/// Methods of GitHub's API whose text everybody reads (<https://docs.github.com/en/rest/issues/comments>).
const COMMENTS: [&str; 8] = [
    "createComment",
    "updateComment",
    "createReview",
    "createCommitComment",
    "createReviewComment",
    "createReplyForReviewComment",
    "createRelease",
    "createDiscussion",
];
/// What the toolkit writes to the page of the run.
const SUMMARY: [&str; 5] =
    ["core.summary.addRaw", "core.summary.addHeading", "core.summary.addCodeBlock", "core.summary.addQuote", "addRaw"];

/// What a call does with what it is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Others read it there.
    Seen(Reach),
    /// `core.setOutput`, `core.exportVariable`: later steps get it under the name of the first argument.
    Handed,
    /// `core.setSecret`: from here on it is hidden.
    Masked,
}

/// `log.warning(…)`, `logger.error(…)`, `self.log.info(…)`.
fn is_logger(function: &str) -> bool {
    let Some((object, method)) = function.rsplit_once('.') else { return false };
    let object = object.rsplit('.').next().unwrap_or(object).trim_start_matches('_').to_ascii_lowercase();
    matches!(&*object, "log" | "logger" | "logging") && matches!(method, "info" | "warning" | "warn" | "error" | "critical" | "exception")
}

impl Walk<'_, '_> {
    pub(super) fn end(&self, function: &str) -> Option<End> {
        let last = function.rsplit('.').next().unwrap_or(function);
        match self.code.language {
            Language::Python => (PYTHON.contains(&function) || is_logger(function)).then_some(End::Seen(Reach::Log)),
            _ if JAVASCRIPT.contains(&function) => Some(End::Seen(Reach::Log)),
            _ if COMMENTS.contains(&last) && function.contains('.') => Some(End::Seen(Reach::Comment)),
            _ if SUMMARY.contains(&function) => Some(End::Seen(Reach::Summary)),
            _ => match function {
                "core.setOutput" | "core.exportVariable" => Some(End::Handed),
                "core.setSecret" => Some(End::Masked),
                _ => None,
            },
        }
    }

    /// Hands secrets on under the name that stands behind the bracket at `open`.
    pub(super) fn hand_on(&mut self, function: &str, open: usize, taints: Vec<Taint>) {
        let name = self.tokens.get(open + 1).filter(|token| matches!(token.kind, Kind::String(false)));
        let Some(name) = name.map(|token| self.text(token.span).trim_matches(['\'', '"', '`']).to_owned()) else { return };
        for taint in &taints {
            self.state.shown(taint);
        }
        let list = if function == "core.setOutput" { &mut self.state.outputs } else { &mut self.state.exports };
        list.push((name, taints));
    }

    /// `core.setSecret`; what was shown before stays shown.
    pub(super) fn mask(&mut self, taints: Vec<Taint>) {
        for taint in taints {
            if self.state.masked.insert(taint.value)
                && let Some(at) = self.state.early.get(&taint.value)
            {
                let sink = taint.at;
                let taint = taint.at(*at);
                self.leaks.push(Leak { taint, reach: Reach::LateMask, sink, printer: "core.setSecret".to_owned() });
            }
        }
    }

    /// `const { A, B: b } = process.env`: each name holds its variable.
    pub(super) fn unpacked(&mut self, at: usize) {
        let is_environment = matches!(self.name(at), Some("process.env")) && self.mark(at + 1) != Some(b'[');
        let close = at.checked_sub(2).filter(|close| is_environment && self.mark(at - 1) == Some(b'=') && self.mark(*close) == Some(b'}'));
        let Some(close) = close else { return };
        let Some(open) = (0..close).rev().take(256).find(|at| self.mark(*at) == Some(b'{')) else { return };
        let mut token = open + 1;
        while token < close {
            let Some(variable) = self.name(token).map(str::to_owned) else {
                token += 1;
                continue;
            };
            let renamed = self.name(token + 2).filter(|_| self.mark(token + 1) == Some(b':')).map(str::to_owned);
            let Some(span) = self.tokens.get(token).map(|token| token.span) else { return };
            token += if renamed.is_some() { 3 } else { 1 };
            let place = self.code.place(span);
            let held: Vec<Taint> = self.state.variable(&variable).iter().map(|taint| taint.clone().at(place).through(place)).collect();
            self.state.bind(&format!("${}", renamed.unwrap_or(variable)), held);
        }
    }

    /// `f"{k}={v}" for k, v in os.environ.items()`: the name is used before the loop that fills it.
    pub(super) fn comprehensions(&mut self) {
        let mut depth = 0_usize;
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
                Kind::Mark(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                Kind::Name if depth > 0 => self.looped(at),
                _ => {}
            }
        }
    }

    /// `for k, v in os.environ.items()`, `for (const [k, v] of Object.entries(process.env))`: the last name holds every value.
    pub(super) fn looped(&mut self, at: usize) {
        let name = self.name(at).unwrap_or("");
        let of_python = matches!(name, "os.environ.items" | "os.environ.values");
        let of_javascript = name == "process.env"
            && self.mark(at.wrapping_sub(1)) == Some(b'(')
            && matches!(self.name(at.wrapping_sub(2)), Some("Object.entries" | "Object.values"));
        if !of_python && !of_javascript {
            return;
        }
        let word = at.checked_sub(if of_javascript { 3 } else { 1 });
        let holder = match word.and_then(|word| self.name(word)) {
            Some("in" | "of") => (0..word.unwrap_or(0)).rev().take(3).find(|at| self.tokens[*at].kind == Kind::Name),
            // `Object.entries(process.env).forEach(([k, v]) => …)`
            _ if of_javascript && matches!(self.name(at + 2), Some(".forEach" | ".map" | ".flatMap")) => {
                let arrow =
                    (at + 4..self.tokens.len()).take(12).find(|at| self.mark(*at) == Some(b'=') && self.mark(*at + 1) == Some(b'>'));
                arrow.and_then(|arrow| (at + 4..arrow).rev().find(|at| self.tokens[*at].kind == Kind::Name))
            }
            _ => return,
        };
        let (Some(holder), Some(token)) = (holder.and_then(|at| self.name(at)).map(str::to_owned), self.tokens.get(at)) else { return };
        let taints = self.state.environment("", self.code.place(token.span));
        let worst = taints.iter().find(|taint| !self.state.is_hidden(taint)).or(taints.first()).cloned();
        self.state.bind(&format!("${holder}"), worst.into_iter().collect());
    }
}
