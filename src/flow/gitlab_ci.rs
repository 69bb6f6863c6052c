//! Secrets of GitLab CI jobs: where they come from, and where the job's scripts take them.
//!
//! A job's variables are those of the project (known by their names, when a script uses them), of GitLab itself, and of the
//! file. `before_script` and `script` run in one shell, `after_script` and hooks in shells of their own.
//! Lines of included files are followed too; what happens in them is told here where this file hands the secret over.
//! Jobs are followed by their stages: what one leaves in artifacts and `dotenv` reports, later ones find.

mod between;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use between::{Between, in_order};

use super::lines::first_of_each;
use super::script::{Code, Folder, Form, Language, Layer, Leak, Nature, Origin, Reach, State, Taint, follow, path};
use crate::formats::gitlab_ci::{Job, Line, Pipeline, Section, Variable};
use crate::literal::LogicalPath;
use crate::secrets::is_secret_name;
use crate::source::{Place, SourceId, Span, Text, TextBuilder};
use crate::syntax::shell::{self, Dialect};

/// A secret that a job takes where it does not belong.
#[derive(Clone, Debug)]
pub struct Leaked {
    /// The leak.
    pub leak: Leak,
    /// Where the secret comes from.
    pub origin: Origin,
    /// Whether GitLab itself made the secret and marked it as masked.
    pub is_predefined: bool,
    /// The script's logical path.
    pub path: LogicalPath,
    /// Where the item of the script opens.
    pub opener: Span,
}

impl Leaked {
    /// Whether GitLab never masks it: exact values are all that it knows.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.leak.taint.form == Form::Derived || matches!(self.origin.nature, Nature::Fetched | Nature::Unmasked)
    }
}

/// Tokens that GitLab gives to every job, masked: <https://docs.gitlab.com/ci/variables/predefined_variables/>.
/// `CI_REPOSITORY_URL` holds the job's token.
const PREDEFINED: [&str; 5] =
    ["CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD", "CI_DEPENDENCY_PROXY_PASSWORD", "CI_REPOSITORY_URL"];

/// What GitLab's checks tell of. Other ends of a line must not stand in the way of these.
const TOLD: [Reach; 12] = [
    Reach::Collector,
    Reach::Log,
    Reach::Trace,
    Reach::Handed,
    Reach::Artifact,
    Reach::Dump,
    Reach::Argument,
    Reach::Verbose,
    Reach::BuildArgument,
    Reach::TerraformVariable,
    Reach::TerraformBackend,
    Reach::Field,
];

/// Every secret that a job of the file takes where it does not belong. A line is there once, with what says most.
#[must_use]
pub fn leaked(pipeline: &Pipeline<'_>) -> Vec<Leaked> {
    let any_secret = with_secrets(pipeline).contains(&true);
    let mut run = Run { pipeline, secrets: Secrets::new(pipeline), leaked: Vec::new(), seen: HashSet::new() };
    let mut between = Between::default();
    for (stage, job) in in_order(pipeline) {
        run.secrets.next_job(job);
        let found = between.found(job, stage);
        run.secrets.state.receive(found);
        run.job(job);
        between.leave(job, &run.secrets.state);
    }
    // A hidden job's lines are followed in the jobs that extend it, for themselves only where there are none.
    for job in pipeline.jobs().iter().filter(|job| job.is_hidden()) {
        run.secrets.next_job(job);
        run.job(job);
    }
    let mut leaked = run.leaked;
    // Every job has GitLab's own tokens; where no job has another secret a whole environment shows nothing of worth.
    leaked.retain(|leaked| {
        let (reach, is_all) = (leaked.leak.reach, leaked.leak.taint.is_listed());
        (TOLD.contains(&reach) && (reach != Reach::Dump || any_secret)) || (reach == Reach::Host && is_all)
    });
    settled(leaked, &pipeline.source().text)
}

/// One line is one finding: by what says most, the worst that happens there.
fn settled(leaked: Vec<Leaked>, text: &str) -> Vec<Leaked> {
    let severity = |leaked: &Leaked| if leaked.is_readable() { 0 } else { 1 + u8::from(leaked.is_predefined) };
    let rank = |leaked: &Leaked| (leaked.leak.reach.rank(), severity(leaked), leaked.leak.taint.at);
    first_of_each(leaked, text, |leaked| leaked.leak.taint.at, rank)
}

/// Which jobs are handed a secret, in their order: a token, a variable whose name says so, a native secret.
#[must_use]
pub fn with_secrets(pipeline: &Pipeline<'_>) -> Vec<bool> {
    who_uses(pipeline, |name| is_predefined(name) || names_secret(name))
}

/// The same, without GitLab's own tokens: they end with the job.
#[must_use]
pub fn with_kept_secrets(pipeline: &Pipeline<'_>) -> Vec<bool> {
    who_uses(pipeline, |name| !is_predefined(name) && names_secret(name))
}

/// Whether a variable that nobody sets in the file is one of type file, by its name: the path of a file, whose lines GitLab does not
/// mask: <https://docs.gitlab.com/ci/variables/#use-file-type-cicd-variables>.
fn is_file(name: &str) -> bool {
    const NAMES: [&str; 3] = ["KUBECONFIG", "KUBE_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS"];
    const ENDS: [&str; 5] = ["_KUBECONFIG", "_KEY_FILE", "_KEYFILE", "_CREDENTIALS_FILE", "_TOKEN_FILE"];
    NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether the name of a project's variable says that it is a secret, or a file of credentials as base64: `KUBE_CONFIG_B64`. What
/// holds several is one: `DB_CREDENTIALS`.
fn names_secret(name: &str) -> bool {
    let encoded = ["_B64", "_BASE64"].iter().find_map(|end| name.strip_suffix(end));
    let holds_some = !is_file(name) && (name.ends_with("_CREDENTIALS") || name.ends_with("_CREDS"));
    holds_some || is_secret_name(name) || encoded.is_some_and(|plain| is_file(plain) || is_secret_name(plain))
}

/// Whether GitLab itself makes this token for each job.
#[must_use]
pub fn is_predefined(name: &str) -> bool {
    PREDEFINED.contains(&name)
}

fn who_uses(pipeline: &Pipeline<'_>, is_secret: impl Fn(&str) -> bool) -> Vec<bool> {
    let handed = |variable: &&Variable<'_>| variable.value().references().iter().any(|reference| is_secret(&reference.name));
    let of_all: Vec<&Variable<'_>> = pipeline.global_variables().iter().filter(handed).collect();
    let uses = |job: &Job<'_>| {
        job.get("id_tokens").is_some()
            || job.get("secrets").is_some()
            || of_all.iter().any(|variable| job.gets(variable))
            || job.own_variables().iter().any(|variable| handed(&variable))
            || job.all_lines().any(|line| expanded(line.text.as_str()).into_keys().any(&is_secret))
    };
    pipeline.jobs().iter().map(uses).collect()
}

/// The lines of a job, by the shell that runs them.
fn shells<'a>(job: &Job<'a>) -> [Vec<Line<'a>>; 3] {
    let lines = |section: Section| job.script(section).iter().cloned();
    [lines(Section::Hook).collect(), lines(Section::Before).chain(lines(Section::Main)).collect(), lines(Section::After).collect()]
}

/// A run through a pipeline.
struct Run<'a, 'p> {
    pipeline: &'p Pipeline<'a>,
    secrets: Secrets,
    leaked: Vec<Leaked>,
    /// The lines that were followed.
    seen: HashSet<(SourceId, u32)>,
}

impl<'a> Run<'a, '_> {
    fn job(&mut self, job: &Job<'a>) {
        let shells = shells(job);
        let nodes: Vec<(SourceId, u32)> = shells.iter().flatten().map(|line| (line.at.source.id, line.at.node.id())).collect();
        if !job.is_hidden() || !nodes.iter().any(|node| self.seen.contains(node)) {
            self.follow(job, &shells);
        }
        self.seen.extend(nodes);
    }

    fn follow(&mut self, job: &Job<'a>, shells: &[Vec<Line<'a>>; 3]) {
        let (pipeline, secrets) = (self.pipeline, &mut self.secrets);
        secrets.of_job(job);
        let chosen = job.chosen_variables().unwrap_or_default();
        chosen.into_iter().filter(|variable| job.gets(variable)).chain(job.own_variables()).for_each(|variable| secrets.variable(variable));
        // A rule may hold or not, and of the legs of a matrix one runs: what they set is added to what the variable holds.
        for variable in job.matrix_variables().into_iter().chain(job.rule_variables()) {
            let before = secrets.state.variable(&variable.name).to_vec();
            secrets.variable(&variable);
            if !before.is_empty() {
                let both = secrets.state.variable(&variable.name).iter().cloned().chain(before).collect();
                secrets.bind(&variable.name, both);
            }
        }
        let own = pipeline.source().id;
        // The pipeline's own file lies at the root; what it includes may lie anywhere.
        let path = pipeline.source().root_path.strip_suffix(".gitlab-ci.yml").unwrap_or("");
        let folder = pipeline.repository().map(|tree| Folder { tree, path });
        for lines in shells.iter().filter(|lines| !lines.is_empty()) {
            // Lines of one file are one script; what a script of another file leaves in its variables stays.
            let files: Vec<(&[Line<'a>], Text<'a>)> =
                lines.chunk_by(|one, other| one.at.source.id == other.at.source.id).map(|lines| (lines, joined(lines))).collect();
            for (lines, text) in &files {
                secrets.of_project(text, lines[0].at.source.id);
            }
            let (leaks, _) = secrets.state.scoped(|state| {
                let mut leaks = Vec::new();
                for (index, (lines, text)) in files.iter().enumerate() {
                    // Where a script of another file leaves the shell is not known.
                    let moved = files.iter().take(index).any(|(_, text)| text.as_str().contains("cd "));
                    let here = if moved { "?" } else { "" };
                    let language = Language::Shell(dialect(text.as_str()));
                    let source = lines[0].at.source.id;
                    let code = Code { here, folder, ..Code::plain(text, source, language) };
                    leaks.extend(follow(&code, state));
                }
                leaks
            });
            self.leaked.extend(leaks.into_iter().filter_map(|leak| secrets.leaked(leak, lines, own)));
        }
        let handed = secrets.handed_on(job).into_iter().chain(secrets.state.passed_fields()).collect::<Vec<_>>();
        let lines = shells.concat();
        self.leaked.extend(handed.into_iter().filter_map(|leak| secrets.leaked(leak, &lines, own)));
    }
}

#[derive(Default)]
struct Secrets {
    state: State,
    /// Origins that GitLab made.
    predefined: HashSet<u32>,
    /// Variables that the file or GitLab sets, beside those that jobs begin with.
    known: HashSet<String>,
    /// What GitLab itself gives to every job, and the same with the global variables.
    of_gitlab: Begin,
    of_all: Begin,
    /// Whether the job that runs takes all the global variables.
    takes_all: bool,
}

/// What jobs begin with: what the variables hold, and the names that are set.
#[derive(Default)]
struct Begin {
    layer: Arc<Layer>,
    known: HashSet<String>,
}

impl Secrets {
    fn new(pipeline: &Pipeline<'_>) -> Self {
        let mut secrets = Self::default();
        PREDEFINED.iter().for_each(|name| secrets.masked(name, Place::default(), false));
        secrets.of_gitlab = Begin { layer: secrets.state.share(), known: secrets.known.clone() };
        secrets.state.begin(&secrets.of_gitlab.layer);
        pipeline.global_variables().iter().for_each(|variable| secrets.variable(variable));
        secrets.of_all = Begin { layer: secrets.state.share(), known: std::mem::take(&mut secrets.known) };
        secrets
    }

    /// Another job begins: it knows nothing of what the one before it set.
    fn next_job(&mut self, job: &Job<'_>) {
        self.state.next_job();
        self.known.clear();
        self.takes_all = job.chosen_variables().is_none();
        let begin = if self.takes_all { &self.of_all } else { &self.of_gitlab };
        self.state.begin(&begin.layer);
    }

    /// Whether the file or GitLab sets a variable of this name.
    fn knows(&self, name: &str) -> bool {
        let begin = if self.takes_all { &self.of_all } else { &self.of_gitlab };
        self.known.contains(name) || begin.known.contains(name)
    }

    fn bind(&mut self, name: &str, taints: Vec<Taint>) {
        self.known.insert(name.to_owned());
        self.state.bind(name, taints);
    }

    fn masked(&mut self, name: &str, place: Place, is_identity: bool) {
        let taint = self.state.secret(format!("${name}"), place, Nature::Masked);
        if is_identity {
            self.state.is_identity(&taint);
        }
        self.predefined.insert(taint.origin);
        self.bind(name, vec![taint]);
    }

    /// `id_tokens`, and `secrets` that are values: most of them are files, whose variable is a path.
    fn of_job(&mut self, job: &Job<'_>) {
        for (key, is_file) in [("id_tokens", false), ("secrets", true)] {
            let Some(found) = job.get(key) else { continue };
            for entry in found.node.merged() {
                let Some(name) = entry.key.str() else { continue };
                let is_value = !is_file || entry.value.get_merged("file").and_then(|file| file.as_bool()) == Some(false);
                let place = found.source.place(entry.key.span());
                if is_value {
                    self.masked(&name, place, !is_file);
                    continue;
                }
                self.bind(&name, Vec::new());
                let taint = self.state.secret(format!("${name}"), place, Nature::Masked);
                self.state.mount(&format!("${name}"), taint);
            }
        }
    }

    /// A variable of the file: what it refers to, or nothing secret where it is literal text.
    fn variable(&mut self, variable: &Variable<'_>) {
        let value = variable.value();
        let mut taints = Vec::new();
        for reference in value.references() {
            let place = Place { source: variable.place().source, span: reference.span };
            if !self.knows(&reference.name) && names_secret(&reference.name) {
                let taint = self.state.secret(format!("${}", reference.name), place, Nature::Masked);
                self.state.bind(&reference.name, vec![taint]);
            }
            taints.extend(self.state.variable(&reference.name).iter().cloned().map(|taint| taint.at(place).through(variable.key.place())));
        }
        if taints.is_empty() && !value.references().is_empty() && is_secret_name(&variable.name) {
            taints.push(self.state.secret(format!("${}", variable.name), variable.key.place(), Nature::Masked));
        }
        self.bind(&variable.name, taints);
    }

    /// Variables that nobody sets in the file and whose names say that they are secrets: the project's.
    fn of_project(&mut self, text: &Text<'_>, source: SourceId) {
        let script = shell::parse(text.as_str(), dialect(text.as_str()), &[]);
        let own: HashSet<&str> = script.commands.iter().flat_map(|command| &command.assignments).map(|it| script.slice(it.name)).collect();
        // In order of place, so that every run counts the secrets alike.
        let mut names: Vec<(usize, &str)> = expanded(text.as_str()).into_iter().map(|(name, at)| (at, name)).collect();
        names.sort_unstable();
        for (at, name) in names {
            // Variables of a report count for more than those of the file: <https://docs.gitlab.com/ci/variables/#cicd-variable-precedence>.
            if let Some(taints) = self.state.received(name).map(<[Taint]>::to_vec) {
                self.bind(name, taints);
                continue;
            }
            // What the script sets itself is its own.
            if self.knows(name) || own.contains(name) {
                continue;
            }
            let place = Place { source, span: text.hull(at..at + name.len()) };
            if is_file(name) {
                let taint = self.state.secret(format!("${name}"), place, Nature::Unmasked);
                self.state.mount(&format!("${name}"), taint);
            }
            if !names_secret(name) {
                continue;
            }
            let taint = self.state.secret(format!("${name}"), place, Nature::Masked);
            self.bind(name, vec![taint]);
        }
    }

    /// What the script writes to files whose variables other jobs get, unmasked:
    /// <https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv>.
    fn handed_on(&self, job: &Job<'_>) -> Vec<Leak> {
        let mut leaks = Vec::new();
        for (file, at) in job.dotenv_reports() {
            let sink = at.place();
            let written = path("", "", &file);
            let held = self.state.file(&written).iter();
            leaks.extend(held.map(|taint| Leak { taint: taint.clone(), reach: Reach::Handed, sink, printer: file.to_string() }));
        }
        let excluded: Vec<String> = job.artifact_exclusions().iter().map(|excluded| path("", "", excluded)).collect();
        for (taken, at) in job.artifact_paths().into_iter().filter(|_| !job.keeps_artifacts_close()) {
            let Some((file, taint)) = self.state.first_taken(&path("", "", &taken), &excluded) else { continue };
            let sink = at.place();
            leaks.push(Leak { taint: taint.at(sink), reach: Reach::Artifact, sink, printer: file });
        }
        let env = self.state.file("$GITLAB_ENV").iter();
        leaks.extend(env.map(|taint| Leak {
            sink: taint.at,
            taint: taint.clone(),
            reach: Reach::Handed,
            printer: "$GITLAB_ENV".to_owned(),
        }));
        leaks
    }

    /// A leak of this file. In a line of an included file it is told here only where this file hands the secret over.
    fn leaked(&self, mut leak: Leak, lines: &[Line<'_>], own: SourceId) -> Option<Leaked> {
        let origin = self.state.origin(&leak.taint)?.clone();
        if leak.taint.at.source != own {
            let inside = leak.taint.at;
            let here = |place: &Place| place.source == own && *place != Place::default();
            let home = leak.taint.hops.iter().rfind(|hop| here(hop)).copied().or_else(|| Some(origin.place).filter(here))?;
            leak.taint = leak.taint.through(inside).at(home);
        }
        let at = leak.taint.at;
        let line = lines.iter().find(|line| line.at.source.id == own && line.at.node.span().contains(at.span));
        let line = line.or_else(|| lines.iter().find(|line| line.at.source.id == own)).or(lines.first())?;
        let opener = if line.at.source.id == own { line.at.node.span() } else { at.span };
        let is_predefined = self.predefined.contains(&leak.taint.origin);
        Some(Leaked { origin, is_predefined, path: line.path.clone(), opener, leak })
    }
}

/// The lines as one script.
fn joined<'a>(lines: &[Line<'a>]) -> Text<'a> {
    let mut builder = TextBuilder::default();
    for line in lines {
        builder.text(&line.text);
        let end = line.text.span().end;
        builder.atom("\n", Span { start: end, end });
    }
    builder.finish()
}

/// Runners on Windows use PowerShell; only its own words tell.
fn dialect(script: &str) -> Dialect {
    let lower = script.to_ascii_lowercase();
    // What `pwsh -c` is given says nothing of the shell that starts it.
    let mut lines = lower.lines().filter(|line| !line.contains("pwsh") && !line.contains("powershell"));
    let words = ["$env:", "write-host", "write-output"];
    if lines.any(|line| words.iter().any(|word| line.contains(word))) { Dialect::PowerShell } else { Dialect::Posix }
}

/// How programs that a script runs call variables of the environment.
#[rustfmt::skip]
const CALLS: [&str; 17] = [
    "environ[\"", "environ['", "environ.get(\"", "environ.get('", "getenv(\"", "getenv('", "process.env.", "process.env[\"", "process.env['",
    "ENV[\"", "ENV['", "ENV.fetch(\"", "ENV.fetch('", "$ENV{", "env(", "printenv ", "declare -p ",
];

/// The names behind `$`, `${` and `$env:`, and those that programs ask for, each once, with where it stands first.
fn expanded(script: &str) -> HashMap<&str, usize> {
    let mut found = HashMap::new();
    let mut add = |from: usize| {
        let rest = script.get(from..).unwrap_or("");
        let end = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if end > 0 {
            let first = found.entry(&rest[..end]).or_insert(from);
            *first = from.min(*first);
        }
    };
    for (dollar, _) in script.match_indices('$') {
        let rest = &script[dollar + 1..];
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let rest = rest.strip_prefix("env:").unwrap_or(rest);
        add(script.len() - rest.len());
    }
    let may_call = ["env", "ENV", "declare -p"].iter().any(|word| script.contains(word));
    for call in CALLS.iter().filter(|_| may_call) {
        script.match_indices(call).for_each(|(at, _)| add(at + call.len()));
    }
    found
}
