use super::*;
use crate::literal::{Part, Reading, Role, Value};
use crate::syntax::yaml::Tree;

fn with<T>(text: &str, look: impl FnOnce(&Workflow<'_>) -> T) -> T {
    let source = Source { text: text.to_owned(), ..Source::default() };
    let tree = Tree::parse(text);
    look(&Workflow::new(&source, &tree).unwrap())
}

/// Text as it is, references in angle brackets with their fallback.
fn shown(value: &Value<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(reference) => {
            let fallback = reference.fallback.as_ref().map(|value| format!("|{}", shown(value)));
            format!("<{}{}>", reference.name, fallback.unwrap_or_default())
        }
    };
    value.parts.iter().map(part).collect()
}

/// The named values of a workflow: `name=value`, `!` where they are thrown away, `#` where they are passwords by role.
fn values(text: &str) -> Vec<String> {
    with(text, |workflow| {
        let mut found = Vec::new();
        workflow.literals(&mut |literal| {
            if literal.reading == Reading::Prose || literal.name.is_empty() {
                return;
            }
            let role = if literal.role == Role::GithubContainerCredentials { "#" } else { "" };
            let setting = if literal.setting.throwaway { "!" } else { "" };
            found.push(format!("{role}{setting}{}={}", literal.name, shown(&literal.value)));
        });
        found
    })
}

#[test]
fn values_have_names_from_their_place() {
    assert_eq!(
        values(
            "on: {workflow_call: {inputs: {token: {default: a, type: string}}}}\nenv: {A: 1}\njobs:\n  x:\n    strategy: {matrix: {include: [{key: v}]}}\n    steps:\n      - {name: n, run: 'B=2 C=${{ secrets.D }} cmd --password e'}\n      - {uses: x/y@v1, with: {name: f, token: \"${{ secrets.G || 'h' }}\"}}\n"
        ),
        ["token=a", "type=string", "A=1", "key=v", "B=2", "C=<secrets.D>", "password=e", "name=f", "token=<secrets.G|h>"]
    );
}

#[test]
fn what_protects_a_service_is_thrown_away() {
    let text = "on: push\njobs:\n  x:\n    container: {image: a, credentials: {username: u, password: p}, options: -e TOKEN=o}\n    services:\n      db: {image: b, env: {POSTGRES_PASSWORD: pw}}\n    env:\n      PGPASSWORD: pw\n      URL: postgres://u:other@localhost:5432/x\n      FAR: postgres://u:other@db.example.com/x\n      NEAR: postgres://u:other@db/x\n";
    assert_eq!(
        values(text),
        [
            "username=u",
            "#password=p",
            "TOKEN=o",
            "!POSTGRES_PASSWORD=pw",
            "!PGPASSWORD=pw",
            "!URL=postgres://u:other@localhost:5432/x",
            "FAR=postgres://u:other@db.example.com/x",
            "!NEAR=postgres://u:other@db/x"
        ]
    );
}

#[test]
fn an_aliased_block_is_visited_once_and_means_the_same_in_every_job() {
    let text = "on: push\njobs:\n  a: {runs-on: x, env: &e {T: lit}, steps: &s [{run: 'echo a'}]}\n  b: {runs-on: x, env: *e, steps: *s}\n";
    assert_eq!(values(text), ["T=lit"]);
    with(text, |workflow| {
        let jobs: Vec<(usize, usize)> = workflow.jobs().iter().map(|job| (job.env().count(), job.steps().count())).collect();
        assert_eq!(jobs, [(1, 1), (1, 1)]);
        assert_eq!((workflow.steps().len(), workflow.environments().len()), (1, 1));
    });
}

#[test]
fn aliases_cost_what_they_are_written_with() {
    let steps = "  - {run: echo $T, env: *e}\n".repeat(1_000);
    let jobs: String = (0..1_000).map(|index| format!("  j{index}: {{runs-on: x, env: *e, services: *v, steps: *s}}\n")).collect();
    let env: String = (0..1_000).map(|index| format!("E{index}: 1, ")).collect();
    let text = format!("x: &e {{{env}}}\ny: &v {{a: {{env: *e}}}}\nz: &s\n{steps}on: push\njobs:\n{jobs}");
    with(&text, |workflow| {
        let start = std::time::Instant::now();
        workflow.literals(&mut |_| {});
        workflow.comments();
        assert_eq!((workflow.jobs().len(), workflow.steps().len(), workflow.environments().len()), (1_000, 1_000, 1));
        assert!(workflow.followed().1 && workflow.notes().len() == 1);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    });
}

#[test]
fn code_has_names_too() {
    let text = "on: push\njobs:\n  x:\n    steps:\n      - uses: actions/github-script@v7\n        with: {script: \"const token = 'abc ${{ secrets.X }}'\"}\n      - {shell: python, run: 'password = \"pw\"'}\n";
    assert_eq!(values(text), ["token=abc <secrets.X>", "password=pw"]);
}

#[test]
fn shells() {
    let shell = |job: &str, step: &str| {
        let text = format!("on: push\njobs:\n  x:\n    {job}\n    steps:\n      - {{run: 'echo a', {step}}}\n");
        with(&text, |workflow| workflow.scripts()[0].shell)
    };
    let of_matrix = |run: &str| shell("runs-on: x", &format!("shell: '${{{{ matrix.shell }}}}', run: '{run}'"));
    assert_eq!(shell("runs-on: ubuntu-latest", ""), Shell::Posix);
    assert_eq!(shell("runs-on: windows-2022", ""), Shell::PowerShell);
    assert_eq!(shell("runs-on: [self-hosted, Windows]", ""), Shell::PowerShell);
    assert_eq!(shell("runs-on: windows-2022", "shell: bash"), Shell::Posix);
    assert_eq!(shell("runs-on: windows-2022", "shell: cmd"), Shell::Cmd);
    assert_eq!(shell("runs-on: x", "shell: 'bash -euxo pipefail {0}'"), Shell::Posix);
    assert_eq!(shell("runs-on: x", "shell: /usr/bin/python3 {0}"), Shell::Python);
    assert_eq!(shell("runs-on: x", "shell: perl {0}"), Shell::Other);
    assert_eq!(shell("defaults: {run: {shell: pwsh}}", ""), Shell::PowerShell);
    assert_eq!(shell("runs-on: '${{ matrix.os }}'", ""), Shell::Posix);
    assert_eq!([of_matrix("echo %TOKEN%"), of_matrix("set A=%TOKEN:~1%")], [Shell::Cmd; 2]);
    assert_eq!([of_matrix("date +%Y_%m_%d 100%"), of_matrix("echo $A %TOKEN%"), of_matrix("%")], [Shell::Posix; 3]);
    assert_eq!(of_matrix("echo $env:TOKEN"), Shell::PowerShell);
}

#[test]
fn events_and_templates() {
    let started = |on: &str| with(&format!("on: {on}\njobs: {{}}\n"), |workflow| workflow.is_started_by("workflow_call"));
    assert!(started("workflow_call") && started("[push, workflow_call]") && started("{workflow_call: }") && !started("push"));
    let template = |branch: &str| with(&format!("on: {{push: {{branches: [{branch}]}}}}\njobs: {{}}\n"), |workflow| workflow.is_template());
    assert!(template("$default-branch") && !template("main"));
}

#[test]
fn a_suppression_may_stand_in_a_script() {
    let text = "on: push # one\njobs:\n  x:\n    steps:\n      - run: |\n          echo a # two\n          echo '# none'\n";
    with(text, |workflow| {
        let comments: Vec<&str> = workflow.comments().iter().map(|place| &text[place.span.range()]).collect();
        assert_eq!(comments, ["# one", "# two"]);
    });
}

#[test]
fn odd_shapes_have_nothing_in_them() {
    for text in [
        "on: push\njobs: []\n",
        "on: push\njobs: {x: 1, y: [], z: {steps: a, env: [b], runs-on: {group: g, labels: [l]}}}\n",
        "runs: {using: composite, steps: [{run: }, 1, []]}\n",
        "on:\njobs: *nothing\n",
        "on: &a [*a]\njobs: &j {x: *j}\n",
    ] {
        with(text, |workflow| {
            workflow.literals(&mut |_| {});
            assert!(workflow.scripts().iter().all(|script| script.text.is_empty()));
        });
    }
    let source = Source { text: "a: 1\n".to_owned(), ..Source::default() };
    assert!(Workflow::new(&source, &Tree::parse("a: 1\n")).is_none());
}
