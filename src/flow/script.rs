//! Secrets in scripts: which of them reach the job log, and in what form.
//!
//! The platform's view knows where secrets come from; this room knows how scripts move them. To use it:
//!
//! 1. Make a [`State`] per job. Announce each source with [`State::secret`] (its name, its place, what the platform masks of it)
//!    and bind what comes back to variables with [`State::bind`], in the order in which the platform sets them.
//! 2. For each script of the job, in order, build a [`Code`]: the text with its map, the dialect, the opaque ranges (`${{ … }}`)
//!    and what each of them may hold. A step's own environment is bound on a clone of the variables ([`State::scoped`]).
//! 3. [`follow`] returns the leaks: what is printed, where, and in what form. What a script hands on to later ones
//!    (`$GITHUB_ENV`, `$GITHUB_OUTPUT`, files) is kept in the state.
//!
//! Form and nature together decide the case: a [`Form::Whole`] of a [`Nature::Masked`] secret is `***` in the log, a
//! [`Form::Derived`] of it is readable, and an [`Nature::Unmasked`] one is readable in any form.
//!
//! # Not covered
//!
//! - Branches are all taken; a loop's body is read once. An assignment in a branch adds to what a variable may hold.
//! - Strings that are run (`eval`, `bash -c`, `python -c`, `trap`) are followed where they are one word.
//! - Scripts of the repository are followed where their path is literal.

mod arguments;
mod code;
mod commands;
mod fetch;
mod fields;
mod files;
mod paths;
mod reach;
mod repository;
mod requests;
mod shells;
mod taint;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub use files::{Left, covers};
pub use paths::path;
pub use reach::Reach;
pub use repository::Folder;
pub use taint::{Form, Leak, Nature, Origin, Taint};
pub use variables::Layer;

use taint::{Listed, MAX_TAINTS, add};
use variables::{Before, Variables};

use crate::source::{Place, SourceId, Span, Text};
use crate::syntax::shell::{self, Dialect};

/// Of an environment that is shown as a whole, so many variables are followed: thousands of steps may show thousands of them.
const MAX_LISTED: usize = 32;

/// How much is followed of the scripts and functions that a small script calls, in bytes and commands.
const FUEL: usize = 1 << 18;

/// What is known while the scripts of a job are followed.
#[derive(Clone, Default, Debug)]
pub struct State {
    /// Every source announced or found.
    pub origins: Vec<Origin>,
    /// What each variable of the environment may hold.
    variables: Variables,
    /// What the variables held that were bound since the outermost [`State::scoped`] began, while one runs.
    undo: Vec<Before>,
    scopes: usize,
    /// Folders and files that hold secrets.
    mounts: Vec<(String, Vec<Taint>)>,
    /// What was written to files with a literal name.
    files: BTreeMap<String, Vec<Taint>>,
    /// The variables that lines of such files set.
    named: HashMap<String, Vec<(String, Vec<Taint>)>>,
    /// Files that the job wrote from the beginning, with no secret in them.
    harmless: HashSet<String>,
    /// Scripts that the job wrote, by their files.
    written: HashMap<String, Vec<Arc<shells::Piece>>>,
    /// What other jobs left for this one.
    left: Vec<Arc<Left>>,
    /// What the current script wrote to `$GITHUB_ENV`.
    exports: Vec<(String, Vec<Taint>)>,
    /// What the current script wrote to `$GITHUB_OUTPUT`.
    outputs: Vec<(String, Vec<Taint>)>,
    /// Values that the script told the runner to mask.
    masked: HashSet<u32>,
    /// Where values were shown or handed on that nobody masks.
    early: HashMap<u32, Place>,
    /// Fields taken out of secrets, in variables.
    fields: Vec<Leak>,
    /// Values of such variables that programs are given.
    passed: HashSet<u32>,
    /// Sources that are tokens of identity, whose claims are no secret.
    identities: HashSet<u32>,
    /// Of sources that are objects: the fields that are secrets.
    fields_of: HashMap<u32, Arc<HashSet<String>>>,
    /// What Terraform modules of the repository hand out, by their folder.
    modules: HashMap<String, Arc<shells::Outputs>>,
    values: u32,
    /// How much may still be followed of scripts inside the current one.
    fuel: usize,
}

impl State {
    /// Announces a source of secrets.
    pub fn secret(&mut self, name: impl Into<String>, place: Place, nature: Nature) -> Taint {
        let origin = self.origins.len() as u32;
        self.origins.push(Origin { name: name.into(), place, nature });
        self.values += 1;
        Taint { origin, form: Form::Whole, at: place, hops: Vec::new(), changed_by: None, value: self.values, last: false, listed: None }
    }

    /// A source is a token of identity: everybody may read what it claims.
    pub fn is_identity(&mut self, taint: &Taint) {
        self.identities.insert(taint.origin);
    }

    /// Another job begins: it has no variables, files and masks of this one.
    pub fn next_job(&mut self) {
        let Self { origins, values, modules, .. } = std::mem::take(self);
        *self = Self { origins, values, modules, ..Self::default() };
    }

    /// The source of a taint.
    #[must_use]
    pub fn origin(&self, taint: &Taint) -> Option<&Origin> {
        self.origins.get(taint.origin as usize)
    }

    /// A variable of the environment holds these secrets now; none of them empties it.
    pub fn bind(&mut self, name: &str, taints: Vec<Taint>) {
        let before = self.variables.bind(name, taints);
        self.remember([before]);
    }

    /// The same of a variable that a script sets: the programs that it runs see it only where it is exported.
    fn set(&mut self, name: &str, taints: Vec<Taint>, is_exported: bool) {
        if is_exported {
            let before = self.variables.export(name, taints);
            return self.remember(before);
        }
        let before = self.variables.bind_local(name, taints);
        self.remember([before]);
    }

    /// A variable that a script set is given to the programs that it runs.
    fn export(&mut self, name: &str) {
        let held = self.variable(name).to_vec();
        self.set(name, held, true);
    }

    fn remember(&mut self, before: impl IntoIterator<Item = Before>) {
        if self.scopes > 0 {
            self.undo.extend(before);
        }
    }

    /// What the variables hold now, for every job to begin with.
    #[must_use]
    pub fn share(&mut self) -> Arc<Layer> {
        std::mem::take(&mut self.variables).into_shared()
    }

    /// The job begins with these variables.
    pub fn begin(&mut self, shared: &Arc<Layer>) {
        self.variables = Variables::over(Arc::clone(shared));
    }

    /// What a variable of the environment may hold.
    #[must_use]
    pub fn variable(&self, name: &str) -> &[Taint] {
        self.variables.get(name)
    }

    /// The same of one that is given to the programs that a script runs.
    fn exported(&self, name: &str) -> &[Taint] {
        self.variables.exported(name)
    }

    /// Whether the log shows this value as it is.
    #[must_use]
    pub fn is_masked(&self, taint: &Taint) -> bool {
        self.masked.contains(&taint.value)
    }

    /// A value was shown or handed on; a mask that comes later comes too late.
    fn shown(&mut self, taint: &Taint) {
        if !self.is_hidden(taint) {
            self.early.entry(taint.value).or_insert(taint.at);
        }
    }

    /// Whether the platform hides the value by itself.
    #[must_use]
    pub fn is_hidden(&self, taint: &Taint) -> bool {
        let nature = self.origin(taint).map(|origin| origin.nature);
        taint.form == Form::Whole && matches!(nature, Some(Nature::Masked | Nature::Structured))
    }

    /// Fields of secrets that variables came to hold since this was asked last.
    pub fn take_fields(&mut self) -> Vec<Leak> {
        std::mem::take(&mut self.fields)
    }

    /// The fields among them that programs were given, and that nobody showed.
    pub(in crate::flow) fn passed_fields(&mut self) -> Vec<Leak> {
        let fields = self.take_fields();
        fields.into_iter().filter(|leak| self.passed.contains(&leak.taint.value) && self.is_open(&leak.taint)).collect()
    }

    /// Whether nobody masked the value, and nobody showed it either: that is told where it is shown.
    #[must_use]
    pub fn is_open(&self, taint: &Taint) -> bool {
        !self.masked.contains(&taint.value) && !self.early.contains_key(&taint.value)
    }

    /// What is held by all that is called so: `needs.` is every output of every job that this one needs.
    pub(in crate::flow) fn below(&self, start: &str) -> Vec<Taint> {
        self.variables.below(start, MAX_LISTED).into_iter().flatten().cloned().collect()
    }

    /// Every secret of the environment, under its variable; the order is that of the names.
    pub(in crate::flow) fn environment(&self, by: &str, at: Place) -> Vec<Taint> {
        self.listed(by, at, false)
    }

    /// Every secret in a variable of the script or the environment.
    fn all_variables(&self, by: &str, at: Place) -> Vec<Taint> {
        self.listed(by, at, true)
    }

    fn listed(&self, by: &str, at: Place, with_locals: bool) -> Vec<Taint> {
        let listed = |(name, taints): (&str, &[Taint])| {
            let listed = Arc::new(Listed { variable: name.to_owned(), by: by.to_owned() });
            let one = |taint: &Taint| Taint { listed: Some(Arc::clone(&listed)), ..taint.clone().through(taint.at).at(at) };
            taints.iter().map(one).collect::<Vec<_>>()
        };
        self.variables.first(MAX_LISTED, with_locals).into_iter().flat_map(listed).collect()
    }

    /// Runs `body` with variables of its own: what it binds is forgotten afterwards, what its script exported is bound, and its
    /// outputs are returned.
    pub fn scoped<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> (T, Vec<(String, Vec<Taint>)>) {
        let result = self.forgetting(body);
        let exports = std::mem::take(&mut self.exports);
        for (name, taints) in &exports {
            self.bind(name, taints.clone());
        }
        // The steps of an action export for the steps around it, too.
        if self.scopes > 0 {
            self.exports = exports;
        }
        (result, std::mem::take(&mut self.outputs))
    }

    /// Runs `body`, then gives every variable back what it held. Costs what `body` binds, however many variables there are.
    fn forgetting<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.undo.len();
        self.scopes += 1;
        let result = body(self);
        self.scopes -= 1;
        for before in self.undo.drain(mark..).rev() {
            self.variables.undo(before);
        }
        result
    }

    /// The same secret after a change by `program`.
    fn changed(&mut self, taint: &Taint, program: &str) -> Taint {
        self.values += 1;
        let changed_by = taint.changed_by.clone().or_else(|| Some(program.to_owned()));
        Taint { form: Form::Derived, value: self.values, changed_by, last: false, ..taint.clone() }
    }
}

/// The language of a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// A shell.
    Shell(Dialect),
    /// Python.
    Python,
    /// JavaScript of `actions/github-script` and `node`.
    JavaScript,
}

/// A script to follow.
#[derive(Clone, Copy)]
pub struct Code<'c> {
    /// Its text, with the map to the file.
    pub text: &'c Text<'c>,
    /// The file.
    pub source: SourceId,
    /// Its language.
    pub language: Language,
    /// Ranges of the text that the platform replaces before the script runs, sorted.
    pub opaque: &'c [Span],
    /// What each of them may hold.
    pub holes: &'c [Vec<Taint>],
    /// Where the platform starts it tracing (`shell: bash -x {0}`).
    pub trace: Option<Place>,
    /// The folder it runs in, from that of the job.
    pub here: &'c str,
    /// The folder of the action it belongs to, from that of the job.
    pub own: &'c str,
    /// The folder of the job, where files of the repository may be looked into.
    pub folder: Option<Folder<'c>>,
}

impl<'c> Code<'c> {
    /// A script by itself: nothing is replaced in it, it is not traced, it runs in the folder of the job and sees no file.
    #[must_use]
    pub fn plain(text: &'c Text<'c>, source: SourceId, language: Language) -> Self {
        Self { text, source, language, opaque: &[], holes: &[], trace: None, here: "", own: "", folder: None }
    }

    /// Where a range of the script's text stands in the file.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place { source: self.source, span: self.text.hull(span.range()) }
    }
}

/// Follows a script: what it prints of the secrets in `state`. Variables, files and masks of the state change with it.
pub fn follow(code: &Code<'_>, state: &mut State) -> Vec<Leak> {
    state.fuel = FUEL + 16 * code.text.len();
    follow_at(code, state, 0)
}

fn follow_at(code: &Code<'_>, state: &mut State, depth: usize) -> Vec<Leak> {
    match code.language {
        Language::Shell(dialect) => {
            let script = shell::parse(code.text.as_str(), dialect, code.opaque);
            shells::follow(&script, dialect, code, state, depth)
        }
        Language::Python | Language::JavaScript => code::follow(code, state, depth),
    }
}
