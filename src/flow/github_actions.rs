//! Secrets of GitHub Actions jobs: where they come from, and where the job's steps take them.
//!
//! Jobs are followed in the order of their needs, each step by step: the environment of the workflow, of the job, of the step;
//! `$GITHUB_ENV`, `$GITHUB_OUTPUT`, files, artifacts, outputs of jobs. Local actions and called workflows of the repository are followed from
//! the step or job that uses them; what happens in them by their own doing is told where they are linted themselves.

mod artifacts;
mod called;
mod inputs;
mod sources;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::lines::first_of_each;
use super::order::after_needs;
use super::script::{Code, Folder, Form, Language, Leak, Nature, Origin, Reach, State, Taint, follow, path};
use crate::formats::github_actions::{Field, Job, Script, Shell, Step, Way, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, SourceId, Span};

use artifacts::Artifacts;
use sources::{bind, taints};

/// A secret that ends up where it does not belong.
#[derive(Clone, Debug)]
pub struct Leaked {
    /// The leak.
    pub leak: Leak,
    /// Where the secret comes from.
    pub origin: Origin,
    /// The logical path of what takes it there.
    pub path: LogicalPath,
    /// Where the step opens.
    pub opener: Span,
}

impl Leaked {
    /// Whether the runner shows it in clear.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.leak.taint.form == Form::Derived || matches!(self.origin.nature, Nature::Fetched | Nature::Unmasked)
    }
}

/// Local actions and workflows are followed to this depth, and at most so many of them.
const MAX_DEPTH: usize = 4;
const MAX_FILES: usize = 64;

/// Every secret that a job of the workflow takes where it does not belong. A line of the file is there once, with what says most.
#[must_use]
pub fn leaked(workflow: &Workflow<'_>) -> Vec<Leaked> {
    let mut run = Run { files: MAX_FILES, depth: 0, artifacts: Artifacts::default(), leaked: Vec::new() };
    let mut state = State::default();
    run.workflow(workflow, &[], &mut state);
    let own = workflow.source().id;
    run.leaked.retain(|leaked| leaked.leak.taint.at.source == own);
    settled(run.leaked, &workflow.source().text)
}

/// One line is one finding: the worst that happens there, by what says most. What is traced or held is told where it begins.
fn settled(leaked: Vec<Leaked>, text: &str) -> Vec<Leaked> {
    let severity = |leaked: &Leaked| match (leaked.is_readable(), leaked.origin.nature) {
        (true, _) => 0,
        (false, Nature::Structured) => 1,
        (false, _) => 2,
    };
    first_of_each(leaked, text, |leaked| leaked.leak.taint.at, |leaked| (leaked.leak.reach.rank(), severity(leaked)))
}

/// A run through a workflow and what it calls.
struct Run {
    /// How many more files may be read.
    files: usize,
    depth: usize,
    artifacts: Artifacts,
    leaked: Vec<Leaked>,
}

/// What a job hands on: names and the secrets in them.
type Outputs = Vec<(String, Vec<Taint>)>;

/// What a step is followed in.
struct Around<'a, 'w> {
    workflow: &'w Workflow<'a>,
    job: &'w Job<'a>,
    /// The outputs that are read of each step.
    reads: HashMap<String, Vec<String>>,
    /// The secrets that the job refers to, once somebody asks.
    referred: OnceCell<HashSet<&'a str>>,
}

impl Run {
    /// Follows every job; returns what each hands on, by its key.
    fn workflow(&mut self, workflow: &Workflow<'_>, inputs: &[(String, Vec<Taint>)], state: &mut State) -> HashMap<String, Outputs> {
        let mut done: HashMap<String, Outputs> = HashMap::new();
        state.next_job();
        for (name, taints) in inputs {
            state.bind(name, taints.clone());
        }
        for field in workflow.env() {
            bind(&field, state);
        }
        let shared = state.share();
        for job in in_order(workflow.followed().0) {
            state.next_job();
            state.begin(&shared);
            for id in job.needs().into_iter().map(|id| id.to_ascii_lowercase()) {
                handed_by(&id, done.get(&id).into_iter().flatten(), state);
            }
            let outputs = self.job(workflow, &job, state);
            done.insert(job.id().unwrap_or_default().to_ascii_lowercase(), outputs);
        }
        done
    }

    fn job(&mut self, workflow: &Workflow<'_>, job: &Job<'_>, state: &mut State) -> Outputs {
        if job.called().is_some() {
            return self.called_workflow(workflow, job, state);
        }
        let around = Around { workflow, job, reads: sources::reads(job), referred: OnceCell::new() };
        for field in job.container_env().chain(job.env()) {
            bind(&field, state);
        }
        let mut held = Vec::new();
        for step in job.steps() {
            self.step(&around, &step, state, &mut held);
        }
        for step in job.steps().filter(|step| step.action().as_deref() == Some("actions/cache")) {
            self.artifacts.upload(&step, state);
            let Some((leak, path)) = inputs::kept(&step, state) else { continue };
            let origin = state.origin(&leak.taint).cloned();
            self.leaked.extend(origin.map(|origin| Leaked { leak, origin, path, opener: step.opener() }));
        }
        self.leaked.extend(held.into_iter().filter(|held| state.is_open(&held.leak.taint)));
        self.job_outputs(job, state)
    }

    fn step(&mut self, around: &Around<'_, '_>, step: &Step<'_>, state: &mut State, held: &mut Vec<Leaked>) {
        let (mut found, mut outputs) = state.scoped(|state| {
            let env: Vec<Field<'_>> = step.env().collect();
            let mut found: Vec<(Leak, LogicalPath)> = Vec::new();
            for field in &env {
                bind(field, state);
                found.extend(parts(field, state));
            }
            step.inputs().for_each(|field| found.extend(parts(&field, state)));
            found.extend(name(step, state));
            if let Some(script) = step.script(around.job) {
                found.extend(run(around, step, &script, state).into_iter().map(|leak| (leak, script.path())));
            }
            found.extend(inputs::of(step, state));
            match step.action().as_deref() {
                // It is filled when the job ends.
                Some("actions/cache" | "actions/cache/restore") => {}
                _ => self.artifacts.upload(step, state),
            }
            self.artifacts.download(around, step, state);
            found
        });
        if let Some(folder) = step.used_folder() {
            let (leaks, handed) = self.local_action(around, step, &folder, state);
            found.extend(leaks);
            outputs.extend(handed);
        }
        let opener = step.opener();
        let mut leaked = |(leak, path): (Leak, LogicalPath)| {
            let origin = state.origin(&leak.taint)?.clone();
            Some(Leaked { leak, origin, path, opener })
        };
        self.leaked.extend(found.into_iter().filter_map(&mut leaked));
        let fields = state.take_fields();
        held.extend(fields.into_iter().filter_map(|leak| {
            let origin = state.origin(&leak.taint)?.clone();
            Some(Leaked { leak, origin, path: step.path(&["run"]), opener })
        }));
        sources::outputs_of(step, &around.reads, outputs, state);
    }

    /// `jobs.x.outputs`: GitHub leaves out what it would have to mask, and hands on everything else.
    fn job_outputs(&mut self, job: &Job<'_>, state: &mut State) -> Outputs {
        let mut outputs = Vec::new();
        for field in job.outputs() {
            let found = sources::of_field(&field, state);
            if job.id().is_some() {
                for taint in found.iter().filter(|taint| !state.is_masked(taint)) {
                    let Some(origin) = state.origin(taint).cloned() else { continue };
                    let leak = Leak { taint: taint.clone(), reach: Reach::Output, sink: field.key(), printer: field.name().into_owned() };
                    self.leaked.push(Leaked { leak, origin, path: field.path(), opener: job.opener() });
                }
            }
            let is_action = job.id().is_none();
            let handed = found.into_iter().filter(|taint| is_action || !(state.is_hidden(taint) || state.is_masked(taint)));
            let handed: Vec<Taint> = handed.map(|taint| taint.through(field.key())).collect();
            if !handed.is_empty() {
                outputs.push((field.name().into_owned(), handed));
            }
        }
        outputs
    }
}

/// What a job that others need hands to them.
fn handed_by<'o>(id: &str, outputs: impl Iterator<Item = &'o (String, Vec<Taint>)>, state: &mut State) {
    for (name, taints) in outputs {
        state.bind(&format!("needs.{id}.outputs.{}", name.to_ascii_lowercase()), taints.clone());
    }
}

/// The jobs, each after those that it needs; jobs that need each other keep their order.
fn in_order(jobs: Vec<Job<'_>>) -> Vec<Job<'_>> {
    let index: HashMap<String, usize> =
        jobs.iter().enumerate().map(|(at, job)| (job.id().unwrap_or_default().to_ascii_lowercase(), at)).collect();
    let needs = |at: usize| {
        let needs = jobs.get(at).map(Job::needs).unwrap_or_default();
        needs.iter().filter_map(|name| index.get(&name.to_ascii_lowercase()).copied()).collect()
    };
    let order = after_needs(jobs.len(), needs);
    let mut jobs: Vec<Option<Job<'_>>> = jobs.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| jobs.get_mut(at)?.take()).collect()
}

/// A step's `name` is shown in the log.
fn name(step: &Step<'_>, state: &mut State) -> Vec<(Leak, LogicalPath)> {
    let Some(name) = step.name() else { return Vec::new() };
    let found = sources::of_field(&name, state);
    let leak = |taint| Leak { taint, reach: Reach::Log, sink: name.place(), printer: "name".to_owned() };
    found.into_iter().map(|taint| (leak(taint), step.path(&["name"]))).collect()
}

/// `fromJSON(secrets.X).y`: the runner masks the whole, not its fields.
fn parts(field: &Field<'_>, state: &mut State) -> Vec<(Leak, LogicalPath)> {
    let source = field.place().source;
    let uses = field.uses().into_iter().filter(|found| found.way == Way::Part && found.is_secret());
    let found: Vec<Taint> = uses.flat_map(|found| taints(&found, source, state)).collect();
    found.into_iter().map(|taint| (part(taint), field.path())).collect()
}

fn part(taint: Taint) -> Leak {
    Leak { sink: taint.at, taint, reach: Reach::Field, printer: "fromJSON".to_owned() }
}

fn run(around: &Around<'_, '_>, step: &Step<'_>, script: &Script<'_>, state: &mut State) -> Vec<Leak> {
    let source = around.workflow.source().id;
    let language = match (script.dialect(), script.shell) {
        (Some(dialect), _) => Language::Shell(dialect),
        (None, Shell::Python) => Language::Python,
        (None, Shell::JavaScript) => Language::JavaScript,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    let mut holes = Vec::with_capacity(script.uses.len());
    for uses in &script.uses {
        let held: Vec<Taint> = uses.iter().flat_map(|found| taints(found, source, state)).collect();
        for (taint, of) in uses.iter().filter(|of| of.is_secret()).flat_map(|of| held.first().map(|taint| (taint, of))) {
            let taint = taint.clone();
            found.push(match of.way {
                Way::Part => part(taint),
                _ => Leak { sink: taint.at, taint, reach: Reach::Interpolation, printer: String::new() },
            });
        }
        holes.push(held);
    }
    let base = around.workflow.base();
    let own = around.workflow.source().root_path.strip_prefix(base).unwrap_or_default();
    let own = own.rsplit_once('/').map_or("", |(folder, _)| folder);
    let here = path("", own, &step.folder(around.job));
    let folder = around.workflow.repository().map(|tree| Folder { tree, path: base });
    let (opaque, trace) = (&script.opaque, script.trace);
    let code = Code { text: &script.text, source, language, opaque, holes: &holes, trace, here: &here, own, folder };
    found.extend(follow(&code, state));
    found
}

/// Moves what happens in another file to where this file hands the secret over.
fn brought_home(leak: &mut Leak, own: SourceId, home: Place) {
    if leak.taint.at.source == own {
        return;
    }
    let inside = leak.taint.at;
    let handed = leak.taint.hops.iter().rposition(|hop| hop.source == own);
    let at = handed.and_then(|index| leak.taint.hops.get(index).copied()).unwrap_or(home);
    let taint = leak.taint.clone().through(inside).at(at);
    leak.taint = taint;
}
