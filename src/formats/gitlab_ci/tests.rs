use std::sync::Arc;

use super::*;
use crate::formats::Tree as Context;
use crate::literal::{Part, Reading, Value};

/// Files by path.
struct Files(&'static [(&'static str, &'static str)]);

impl Context for Files {
    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let (path, text) = self.0.iter().find(|(known, _)| *known == path)?;
        Some(Arc::new(Source { root_path: (*path).to_owned(), text: (*text).to_owned(), ..Source::default() }))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.0.iter().map(|(path, _)| (*path).to_owned()).filter(|path| path.rsplit_once('/').is_some_and(|(f, _)| f == folder)).collect()
    }
}

fn with<T>(path: &str, text: &str, files: &Files, look: impl FnOnce(Option<&Pipeline<'_>>) -> T) -> T {
    let source = Source { path: path.to_owned(), root_path: path.to_owned(), text: text.to_owned(), ..Source::default() };
    let tree = Tree::parse(&source.text);
    let included = included(&source, &tree, files);
    look(Pipeline::new(&source, &tree, &included).as_ref())
}

fn shown(value: &Value<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(reference) => format!("<{}>", reference.name),
    };
    value.parts.iter().map(part).collect()
}

/// `name path = value`, prose left out; `(throw-away)` behind those of service containers.
fn values(text: &str) -> Vec<String> {
    with(".gitlab-ci.yml", text, &Files(&[]), |pipeline| {
        let mut seen = Vec::new();
        pipeline.unwrap().literals(&mut |literal| {
            if literal.reading != Reading::Prose {
                let thrown = if literal.setting.throwaway { " (throw-away)" } else { "" };
                seen.push(format!("{} {} = {}{thrown}", literal.name, (literal.path)().shown, shown(&literal.value)));
            }
        });
        seen
    })
}

/// `path: line` of a script of a job.
fn script(text: &str, job: &str, section: Section) -> Vec<String> {
    const FILES: Files = Files(&[
        ("ci/base.yml", "include: [{local: ci/more.yml}]\n.base:\n  script: [from base]\n  after_script: [after base]\n"),
        ("ci/more.yml", "default: {before_script: [from more]}\n"),
    ]);
    with(".gitlab-ci.yml", text, &FILES, |pipeline| {
        let job = pipeline.unwrap().jobs().iter().find(|known| known.name == job).unwrap().clone();
        job.script(section).iter().map(|line| format!("{}: {}", line.path.shown, line.text.as_str())).collect()
    })
}

#[test]
fn variables_are_strings_or_described_or_of_inputs() {
    let text = "\
spec: {inputs: {token: {default: t, description: words}}}
---
variables: {A: x$B, C: {value: y, description: words, options: [y, z]}, D: '$[[ inputs.token ]]!$$'}
include: [{local: a.yml, inputs: {key: k}}]
";
    let expected = [
        "token spec.inputs.token.default = t",
        "A variables.A = x<B>",
        "C variables.C.value = y",
        "C variables.C.options[0] = y",
        "C variables.C.options[1] = z",
        "D variables.D = <$[[ inputs.token ]]>!$",
        "local include[0].local = a.yml",
        "key include[0].inputs.key = k",
    ];
    assert_eq!(values(text), expected);
}

#[test]
fn scripts_give_names_to_values() {
    let text = "a:\n  script:\n    - export T=x\n    - [nested --password=y]\n    - !reference [.b, script]\n.s: &s\n  - U=z\n";
    let expected = ["T a.script[0] = x", "password a.script[1][0] = y", "U ['.s'][0] = z"];
    assert_eq!(values(text), expected);
}

#[test]
fn what_a_service_container_is_given_is_thrown_away() {
    let text = "\
services: ['docker.io/library/postgres:17', {name: redis, alias: cache, variables: {ANY: v}}]
variables: {POSTGRES_PASSWORD: a, URL: 'postgres://u:p@postgres:5432/x', OTHER: 'https://u:p@example.net', API: b}
a: {script: ['psql --password=x -h postgres', 'psql --password=y -h db.example.net', 'PGPASSWORD=z psql']}
";
    let thrown: Vec<String> = values(text).into_iter().filter(|line| line.contains("(throw-away)")).collect();
    let expected = [
        "ANY services[1].variables.ANY = v (throw-away)",
        "POSTGRES_PASSWORD variables.POSTGRES_PASSWORD = a (throw-away)",
        "URL variables.URL = postgres://u:p@postgres:5432/x (throw-away)",
        "password a.script[0] = x (throw-away)",
        "PGPASSWORD a.script[2] = z (throw-away)",
    ];
    assert_eq!(thrown, expected);
}

#[test]
fn scripts_come_from_everywhere() {
    let text = "\
include: ci/base.yml
.one: {script: [one], before_script: [own]}
.two: {extends: .one, script: &two [two, [nested]]}
a: {extends: [.one, .two]}
b: {extends: .base, script: [!reference [.two, script], *two, last]}
c: {extends: .base}
d: {script: d, inherit: {default: false}}
";
    assert_eq!(script(text, "a", Section::Main), ["['.two'].script[0]: two", "['.two'].script[1][0]: nested"]);
    assert_eq!(script(text, "a", Section::Before), ["['.one'].before_script[0]: own"]);
    let b = ["b.script[0][0]: two", "b.script[0][1][0]: nested", "b.script[1][0]: two", "b.script[1][1][0]: nested", "b.script[2]: last"];
    assert_eq!(script(text, "b", Section::Main), b);
    assert_eq!(script(text, "c", Section::Main), ["['.base'].script[0]: from base"]);
    assert_eq!(script(text, "c", Section::Before), ["default.before_script[0]: from more"]);
    assert_eq!(script(text, "c", Section::After), ["['.base'].after_script[0]: after base"]);
    assert_eq!(script(text, "d", Section::Main), ["d.script: d"]);
    assert_eq!(script(text, "d", Section::Before), Vec::<String>::new());
}

#[test]
fn a_job_runs_with_its_own_variables_over_the_global_ones() {
    let text = "variables: {A: global, B: global}\n.x: {variables: {B: x, C: x}}\na: {extends: .x, variables: {C: own}, script: s}\nb: {inherit: {variables: [B]}, script: s}\n";
    let of = |job: &str| {
        with(".gitlab-ci.yml", text, &Files(&[]), |pipeline| {
            let job = pipeline.unwrap().jobs().iter().find(|known| known.name == job).unwrap().clone();
            let mut all: Vec<String> = job.variables().map(|variable| format!("{}={}", variable.name, variable.raw())).collect();
            all.sort();
            all
        })
    };
    assert_eq!(of("a"), ["A=global", "B=x", "C=own"]);
    assert_eq!(of("b"), ["B=global"]);
}

#[test]
fn every_place_that_sets_a_variable_is_known() {
    let text = "variables: {A: 1}\nworkflow: {rules: [{if: x}, {variables: {A: 2}}]}\na: {variables: {A: {value: 3, description: d}}, rules: [{variables: {A: 4}}], script: s}\n";
    with(".gitlab-ci.yml", text, &Files(&[]), |pipeline| {
        let all: Vec<_> =
            pipeline.unwrap().variables().iter().map(|set| format!("{}={}", set.variable.path().shown, set.variable.raw())).collect();
        assert_eq!(all, ["variables.A=1", "workflow.rules[1].variables.A=2", "a.variables.A=3", "a.rules[0].variables.A=4"]);
    });
}

#[test]
fn files_of_other_names_are_known_by_their_shape() {
    let accepts = |path: &str, text: &str| with(path, text, &Files(&[]), |pipeline| pipeline.is_some());
    assert!(accepts("ci/build.yml", "stages: [a]\nbuild: {script: [make]}\n"));
    assert!(accepts("ci/build.yml", ".build: {script: [make]}\n"));
    assert!(!accepts("a.yml", "language: rust\nscript: [make]\n"), "Travis");
    assert!(!accepts("a.yml", "stages: [{stage: a}]\nsteps: [{script: make}]\n"), "Azure");
    assert!(!accepts("a.yml", "name: x\nbuild: {script: [make]}\n"));
    assert!(accepts("x/.gitlab-ci.yml", "name: x\n"));
    assert!(!accepts(".gitlab-ci.yml", "[a]\n"));
    assert!(!accepts(".gitlab-ci.yml", "apiVersion: v1\nkind: Pod\n"));
}

#[test]
fn a_comment_of_a_script_is_a_comment() {
    let text = "a: # one\n  script:\n    - |\n      make # two\n      echo '# no'\n";
    with(".gitlab-ci.yml", text, &Files(&[]), |pipeline| {
        let comments = pipeline.unwrap().comments();
        assert_eq!(comments.iter().map(|place| &text[place.span.range()]).collect::<Vec<_>>(), ["# one", "# two"]);
    });
}

#[test]
fn jobs_that_hold_too_much_together_are_cut_and_that_is_said() {
    let lines = "    - make\n".repeat(9_000);
    let jobs: String = (0..500).map(|index| format!("j{index}: {{script: [!reference [.x, script]]}}\n")).collect();
    with(".gitlab-ci.yml", &format!(".x:\n  script:\n{lines}{jobs}"), &Files(&[]), |pipeline| {
        let pipeline = pipeline.unwrap();
        assert!((5..50).contains(&pipeline.jobs().len()));
        assert!(pipeline.notes()[0].incomplete);
    });
}

#[test]
fn global_variables_are_looked_at_once_however_many_jobs_get_them() {
    let globals: String = (0..3000).map(|index| format!("  V{index}: x\n")).collect();
    let jobs: String = (0..3000).map(|index| format!("j{index}: {{script: [x]}}\n")).collect();
    let last = "last: {inherit: {variables: [V1, V2]}, variables: {V2: own}, script: [x]}\n";
    with(".gitlab-ci.yml", &format!("variables:\n{globals}{jobs}{last}"), &Files(&[]), |pipeline| {
        let pipeline = pipeline.unwrap();
        assert!(pipeline.notes().is_empty());
        let (first, last) = (&pipeline.jobs()[0], pipeline.jobs().last().unwrap());
        assert_eq!((first.variables().count(), first.own_variables().len()), (3000, 0));
        let raw = |name: &str| last.variable(name).map(|variable| variable.raw().into_owned());
        assert_eq!([raw("V1"), raw("V2"), raw("V3")], [Some("x".to_owned()), Some("own".to_owned()), None]);
        assert_eq!(last.variables().map(|variable| &*variable.name).collect::<Vec<_>>(), ["V1", "V2"]);
    });
}

#[test]
fn circles_and_depth_are_harmless() {
    let hostile = || {
        let circle =
            "include: .gitlab-ci.yml\na: {extends: b, script: !reference [b, script]}\nb: {extends: a, script: !reference [a, script]}\n";
        for text in [circle.to_owned(), format!("a: {{script: {}", "[".repeat(100_000)), format!("a: {{script: {}", "{a: ".repeat(100_000))]
        {
            with(".gitlab-ci.yml", &text, &Files(&[]), |pipeline| {
                let Some(pipeline) = pipeline else { return };
                pipeline.literals(&mut |_| {});
                pipeline.comments();
                let _ = pipeline.jobs().iter().map(|job| job.script(Section::Main).len()).sum::<usize>();
            });
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(hostile).unwrap().join().unwrap();
}
