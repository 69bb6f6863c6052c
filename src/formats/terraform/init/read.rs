//! Where `terraform init` is run, and what it is told there.

use std::sync::Arc;

use super::super::directory_of;
use super::{Init, Setting, Told};
use crate::formats::github_actions::{Field, Job, Step, Workflow};
use crate::formats::gitlab_ci::{Pipeline, Section, Variable};
use crate::formats::{Format, by_path};
use crate::source::{Place, Source, Span, Text, TextBuilder};
use crate::syntax::shell::{self, Dialect, Script, Word};
use crate::syntax::yaml;

const FLAG: &str = "-backend-config";

/// Variables whose value Terraform adds to the words of `init`.
const ARGUMENTS: &[&str] = &["TF_CLI_ARGS_init", "TF_CLI_ARGS"];

/// Variables that backends read: the kind, the setting.
/// <https://developer.hashicorp.com/terraform/language/backend/http>, <https://developer.hashicorp.com/terraform/language/backend/pg>
const ENVIRONMENT: &[(&str, &str, &str)] = &[
    ("TF_HTTP_ADDRESS", "http", "address"),
    ("TF_HTTP_LOCK_ADDRESS", "http", "lock_address"),
    ("TF_HTTP_UNLOCK_ADDRESS", "http", "unlock_address"),
    ("PG_CONN_STR", "pg", "conn_str"),
];

/// The inputs of <https://github.com/dflook/terraform-github-actions>: settings and files, one a line.
const INPUTS: [&str; 2] = ["backend_config", "backend_config_file"];

/// Whether a text may say something of backends; one that does not is not parsed.
#[must_use]
pub fn tells(text: &str) -> bool {
    text.contains(FLAG) || text.contains(INPUTS[0]) || ENVIRONMENT.iter().any(|(name, ..)| text.contains(name))
}

/// Whether a variable of this name tells `init` something.
fn completes(name: &str) -> bool {
    ARGUMENTS.contains(&name) || ENVIRONMENT.iter().any(|(known, ..)| *known == name)
}

/// Whether a file is a shell script or has recipes of them.
#[must_use]
pub fn is_script(path: &str) -> bool {
    is_recipes(path) || [".sh", ".bash"].iter().any(|end| path.ends_with(end))
}

/// Makefiles and justfiles.
fn is_recipes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(&*name, "makefile" | "gnumakefile" | "justfile") || name.ends_with(".mk") || name.ends_with(".just")
}

/// The commands of a workflow, a pipeline or a script that complete a backend.
#[must_use]
pub fn inits(source: &Arc<Source>) -> Vec<Init> {
    let mut found = Vec::new();
    match by_path(&source.root_path) {
        Some(Format::GithubActions) => workflow(source, &mut found),
        Some(Format::GitlabCi) => pipeline(source, &mut found),
        _ if is_recipes(&source.root_path) => recipes(source, &mut found),
        _ => {
            let text = Text::plain(&source.text, 0);
            let script = shell::parse(&source.text, Dialect::Posix, &[]);
            commands(&Read { script: &script, text: &text, source, start: None, around: &NOTHING }, &mut found);
        }
    }
    found
}

fn workflow(source: &Source, found: &mut Vec<Init>) {
    let tree = yaml::Tree::parse(&source.text);
    let Some(workflow) = Workflow::new(source, &tree) else { return };
    for (job, step) in workflow.steps() {
        let start = shell::joined(workflow.base(), &step.folder(&job));
        found.extend(action(&step));
        let around = environment(&workflow, &job, &step);
        let Some(script) = step.script(&job) else { continue };
        let Some(dialect) = script.dialect().filter(|_| script.text.as_str().contains("init")) else { continue };
        let parsed = shell::parse(script.text.as_str(), dialect, &script.opaque);
        commands(&Read { script: &parsed, text: &script.text, source, start, around: &around }, found);
    }
}

/// What the variables of a step tell every `init` in it.
fn environment(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> Init {
    let mut around = Init { is_whole: true, ..Init::default() };
    let fields: Vec<Field<'_>> = workflow.env().chain(job.env()).chain(step.env()).collect();
    for field in fields {
        // A variable of the step takes the place of one of the job, the last setting that of those before.
        if let Some(text) = field.text() {
            around.given(&field.name(), &text, field.place(), workflow.source());
        }
    }
    around
}

/// An action that runs `init` with the inputs `path`, `backend_config` and `backend_config_file`.
fn action(step: &Step<'_>) -> Option<Init> {
    let action = step.action()?;
    if !action.starts_with("dflook/terraform-") && !action.starts_with("dflook/tofu-") {
        return None;
    }
    let folder = step.input("path").map_or(Some(".".to_owned()), |path| shell::joined(".", &path.literal()?));
    let mut init = Init { folder, is_whole: true, told: Vec::new() };
    let [settings, files] = INPUTS.map(|name| step.input(name));
    for field in files.into_iter().chain(settings) {
        let is_file = field.name().eq_ignore_ascii_case(INPUTS[1]);
        let Some(text) = field.text() else { continue };
        for item in text.as_str().split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty()) {
            let is_constant = !item.contains("${{");
            match item.split_once('=') {
                // The files' paths begin at the root of the checkout.
                _ if is_file && is_constant => init.told.push(Told::File(format!("/{item}"))),
                Some((name, value)) if !is_file => init.told.push(Told::Setting(Setting {
                    name: name.trim().to_owned(),
                    value: is_constant.then(|| value.trim().trim_matches('"').to_owned()),
                    place: field.place(),
                    of: None,
                    in_settings_file: false,
                })),
                _ => init.is_whole = false,
            }
        }
    }
    Some(init).filter(|init| !init.told.is_empty())
}

fn pipeline(source: &Source, found: &mut Vec<Init>) {
    let tree = yaml::Tree::parse(&source.text);
    let Some(pipeline) = Pipeline::new(source, &tree, &[]) else { return };
    let globals: Vec<&Variable<'_>> = pipeline.global_variables().iter().filter(|variable| completes(&variable.name)).collect();
    for job in pipeline.jobs() {
        let lines = job.script(Section::Before).iter().chain(job.script(Section::Main));
        let text = one_script(lines.map(|line| &line.text));
        if !text.as_str().contains("init") {
            continue;
        }
        let mut around = Init { is_whole: true, ..Init::default() };
        for variable in globals.iter().copied().filter(|variable| job.gets(variable)).chain(job.own_variables()) {
            let (raw, place) = (variable.raw(), variable.place());
            let mut text = TextBuilder::default();
            text.atom(&raw, place.span);
            around.given(&variable.name, &text.finish(), place, variable.key.source);
        }
        let parsed = shell::parse(text.as_str(), Dialect::Posix, &[]);
        let start = Some(directory_of(source).to_owned());
        commands(&Read { script: &parsed, text: &text, source, start, around: &around }, found);
    }
}

/// `before_script` and `script` run in one shell.
fn one_script<'l, 'a: 'l>(lines: impl Iterator<Item = &'l Text<'a>>) -> Text<'static> {
    let mut builder = TextBuilder::default();
    for line in lines {
        builder.text(line);
        let end = line.span().end;
        builder.atom("\n", Span { start: end, end });
    }
    builder.finish()
}

/// Each line of a recipe has a shell of its own, which starts in the folder of the file:
/// <https://www.gnu.org/software/make/manual/html_node/Recipe-Execution.html>
fn recipes(source: &Source, found: &mut Vec<Init>) {
    let mut at = 0;
    while let Some(rest) = source.text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            if !line.trim_end().ends_with('\\') {
                break;
            }
        }
        let line = rest.get(..end).unwrap_or(rest);
        let sign = line.find(|c: char| !matches!(c, '\t' | ' ' | '@' | '-' | '+')).unwrap_or(0);
        if line.starts_with(['\t', ' ']) && line.contains(FLAG) {
            let text = Text::raw(&source.text, Span::new(at + sign, at + end));
            let script = shell::parse(text.as_str(), Dialect::Posix, &[]);
            let start = Some(directory_of(source).to_owned());
            commands(&Read { script: &script, text: &text, source, start, around: &NOTHING }, found);
        }
        at += end;
    }
}

/// What a script is told from outside, where that is nothing.
static NOTHING: Init = Init { folder: None, told: Vec::new(), is_whole: true };

/// A script to read.
struct Read<'r, 'a> {
    script: &'r Script<'a>,
    /// Its text, with the map to the file.
    text: &'r Text<'r>,
    source: &'r Source,
    /// The folder it starts in.
    start: Option<String>,
    /// What every `init` in it is told from outside.
    around: &'r Init,
}

fn commands(read: &Read<'_, '_>, found: &mut Vec<Init>) {
    let folders = shell::folders(read.script, read.start.as_deref(), |invocation| PROGRAMS.contains(&&*invocation.name));
    for (id, command) in read.script.iter() {
        let Some(folder) = folders.get(&id) else { continue };
        let Some(invocation) = read.script.invocation(command) else { continue };
        found.extend(init(read, invocation.args, folder.clone()));
    }
}

/// What completes backends; the last ones are GitLab's.
const PROGRAMS: [&str; 5] = ["terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"];

fn init(read: &Read<'_, '_>, args: &[Word], folder: Option<String>) -> Option<Init> {
    let mut init = Init { folder, is_whole: true, told: Vec::new() };
    let is_init = init.words(read, args);
    // What the environment adds stands before the words of the command line.
    init.told.splice(0..0, read.around.told.iter().cloned());
    init.is_whole &= read.around.is_whole;
    Some(init).filter(|init| is_init && !init.told.is_empty())
}

impl Init {
    /// Takes in the words of a command; whether it is `init`.
    fn words(&mut self, read: &Read<'_, '_>, args: &[Word]) -> bool {
        let script = read.script;
        let mut is_init = false;
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let prefix = script.literal_prefix(word);
            let flag = prefix.strip_prefix('-').filter(|rest| rest.starts_with('-')).unwrap_or(&prefix).to_owned();
            if let Some(to) = flag.strip_prefix("-chdir=") {
                let to = script.literal(word).is_some().then_some(to);
                self.folder = to.zip(self.folder.as_deref()).and_then(|(to, folder)| shell::joined(folder, to));
            } else if let Some(rest) = flag.strip_prefix(FLAG) {
                if let Some(told) = rest.strip_prefix('=') {
                    self.tell(read, word, told);
                } else if let Some(next) = words.next() {
                    self.tell(read, next, &script.literal_prefix(next));
                }
            } else if prefix.is_empty() {
                self.is_whole = false;
            }
            is_init |= prefix == "init";
        }
        is_init
    }

    /// Takes in what stands behind one flag in `word`: `told`, up to where it is no constant.
    fn tell(&mut self, read: &Read<'_, '_>, word: &Word, told: &str) {
        let is_constant = read.script.literal(word).is_some();
        match told.split_once('=') {
            Some((name, value)) => self.told.push(Told::Setting(Setting {
                name: name.trim().to_owned(),
                value: is_constant.then(|| value.trim().trim_matches('"').to_owned()),
                place: read.source.place(read.text.hull(word.span.range())),
                of: None,
                in_settings_file: false,
            })),
            None if is_constant => self.told.push(Told::File(told.to_owned())),
            None => self.is_whole = false,
        }
    }

    /// Takes in a variable of the environment.
    fn given(&mut self, name: &str, value: &Text<'_>, place: Place, source: &Source) {
        if let Some((_, kind, setting)) = ENVIRONMENT.iter().find(|(variable, ..)| *variable == name) {
            let is_constant = !value.as_str().contains('$');
            self.told.push(Told::Setting(Setting {
                name: (*setting).to_owned(),
                value: is_constant.then(|| value.as_str().trim().to_owned()),
                place,
                of: Some(kind),
                in_settings_file: false,
            }));
        } else if ARGUMENTS.contains(&name) && value.as_str().contains(FLAG) {
            let mut line = TextBuilder::default();
            line.atom("init ", Span { start: place.span.start, end: place.span.start });
            line.text(value);
            let text = line.finish();
            let script = shell::parse(text.as_str(), Dialect::Posix, &[]);
            let read = Read { script: &script, text: &text, source, start: None, around: &NOTHING };
            for (_, command) in script.iter().take(1) {
                if let Some(invocation) = script.invocation(command) {
                    self.words(&read, invocation.args);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, text: &str) -> Vec<String> {
        let source = Arc::new(Source { root_path: path.to_owned(), path: path.to_owned(), text: text.to_owned(), ..Source::default() });
        let told = |told: &Told| match told {
            Told::Setting(setting) => format!("{}={}", setting.name, setting.value.as_deref().unwrap_or("?")),
            Told::File(path) => format!("<{path}"),
        };
        let one = |init: &Init| {
            let all: Vec<String> = init.told.iter().map(told).collect();
            format!("{}: {}{}", init.folder.as_deref().unwrap_or("?"), all.join(" "), if init.is_whole { "" } else { " …" })
        };
        inits(&source).iter().map(one).collect()
    }

    #[test]
    fn workflows_say_what_completes_a_backend() {
        let step = |script: &str| {
            let lines: Vec<String> = script.lines().map(|line| format!("          {line}\n")).collect();
            format!(
                "on: push\njobs:\n  a:\n    defaults:\n      run:\n        working-directory: infra\n    steps:\n      - run: |\n{}",
                lines.concat()
            )
        };
        for (script, wanted) in [
            ("terraform init -backend-config=bucket=b -backend-config=\"encrypt=true\"", "infra: bucket=b encrypt=true"),
            ("cd live && tofu init --backend-config prod.tfbackend", "infra/live: <prod.tfbackend"),
            ("(cd live && true)\nterraform -chdir=../x init -backend-config=\"key=${{ vars.KEY }}\"", "x: key=?"),
            ("cd \"$STACK\"\nterraform init -backend-config=env/prod.hcl $EXTRA", "?: <env/prod.hcl …"),
            ("terraform init -backend-config=\"$FILE\" -backend-config=key=k", "infra: key=k …"),
        ] {
            assert_eq!(shown(".github/workflows/a.yml", &step(script)), [wanted], "{script}");
        }
        assert!(shown(".github/workflows/a.yml", &step("terraform init\necho -backend-config=x=y")).is_empty());
    }

    #[test]
    fn the_environment_and_actions_tell_it_too() {
        let text = "on: push\nenv:\n  TF_CLI_ARGS_init: '-backend-config=bucket=b $MORE'\njobs:\n  a:\n    steps:\n      - run: tofu init -backend-config=key=k\n        env:\n          PG_CONN_STR: postgres://x\n      - uses: DFLook/tofu-apply@v2\n        with:\n          path: infra\n          backend_config: |\n            key=${{ vars.K }}\n            encrypt=true\n          backend_config_file: env/prod.tfbackend\n";
        let wanted = [".: bucket=b conn_str=postgres://x key=k …", "infra: </env/prod.tfbackend key=? encrypt=true"];
        assert_eq!(shown(".github/workflows/a.yml", text), wanted);
    }

    #[test]
    fn recipes_and_scripts_do_too() {
        let text = "ARGS = -backend-config=a=b\n\ninit:\n\t@cd x && terraform init \\\n\t  -backend-config=bucket=$(BUCKET)\n\t-tofu -chdir=y init $(ARGS) -backend-config=k=v\n";
        assert_eq!(shown("deploy/Makefile", text), ["deploy/x: bucket=?", "deploy/y: k=v …"]);
        assert_eq!(shown("init.sh", "cd \"$1\"\nterraform init -backend-config=k=v\n"), ["?: k=v"]);
    }

    #[test]
    fn pipelines_do_too() {
        let text = "plan:\n  before_script:\n    - cd infra\n  script:\n    - terraform init -backend-config=address=\"http://x/y\"\n";
        assert_eq!(shown(".gitlab-ci.yml", text), ["infra: address=http://x/y"]);
        let text = "variables:\n  TF_CLI_ARGS_init: -backend-config=key=k\nplan:\n  script:\n    - gitlab-terraform init\n";
        assert_eq!(shown(".gitlab-ci.yml", text), [".: key=k"]);
    }
}
