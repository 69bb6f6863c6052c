//! Functions, scripts inside scripts, and files.

use super::*;

#[test]
fn functions_do_what_they_do_when_they_are_called() {
    each(
        &[
            ("log() { echo \"[x] $1\"; }\nlog \"token $TOKEN\"", "TOKEN at $TOKEN"),
            ("function say { if true; then printf '%s' \"$*\"; fi; }\nsay a $TOKEN", "TOKEN at $TOKEN"),
            ("log() { echo \"$2\"; }\nlog $TOKEN $KEY", "KEY at $KEY"),
            ("main() { show; }\nshow() { echo $TOKEN; }\nmain \"$@\"", "TOKEN at $TOKEN"),
            ("log() { echo \"$1\" >&2; }\nX=$(log $TOKEN)", "TOKEN at $TOKEN"),
            ("show() { while read -r l; do echo \"$l\"; done; }\necho $TOKEN | show", "TOKEN at $l"),
            ("get() { X=$TOKEN; }\nget\necho $X", "TOKEN at $X"),
            ("log() { shift; echo \"$1\"; }\nlog info $TOKEN", "TOKEN at $TOKEN"),
            ("part() { echo \"$1\" | cut -c1-4; }\nX=$(part $TOKEN)\necho $X", "TOKEN by cut at $X"),
            ("f() { g; }\ng() { f; echo $TOKEN; }\nf", "TOKEN at $TOKEN"),
            ("log() { echo \"$1\" > f; }\nlog $TOKEN", ""),
            ("log() { curl -d \"$1\" u; }\nlog $TOKEN", ""),
            ("log() { echo \"$1\"; }\nX=$(log $TOKEN)", ""),
            ("log() { echo \"$1\"; }\nlog $TOKEN > f", ""),
            ("debug() { echo $TOKEN; }", ""),
            ("log() { M=$(echo \"$1\"); echo \"$M\"; }\nX=$(log $TOKEN)\nlog hello", ""),
        ],
        shell,
    );
}

#[test]
fn scripts_inside_scripts() {
    each(
        &[
            ("bash -c 'echo $TOKEN'", "TOKEN at $TOKEN"),
            ("sh -ec \"echo $TOKEN\"", "TOKEN at $TOKEN"),
            ("bash -e -c \"echo $TOKEN\"", "TOKEN at $TOKEN"),
            ("sh -c \"echo \\$TOKEN\"", "TOKEN at \\$TOKEN"),
            ("eval \"echo ${{ X }}\"", "X at ${{ X }}"),
            ("python3 -c \"import os; print(os.environ['TOKEN'])\"", "TOKEN at os.environ['TOKEN']"),
            ("python -c \"print('$TOKEN')\"", "TOKEN at $TOKEN"),
            ("python - <<'EOF'\nimport os\nprint(os.environ[\"TOKEN\"])\nEOF", "TOKEN at os.environ[\"TOKEN\"]"),
            ("node -e 'console.log(process.env.TOKEN)'", "TOKEN at process.env.TOKEN"),
            ("node -p process.env.TOKEN", "TOKEN at process.env.TOKEN"),
            ("node -p 'process.env.TOKEN.length'", ""),
            ("ssh host \"echo $TOKEN\"", "TOKEN at $TOKEN"),
            ("ssh host <<EOF\necho $TOKEN\nEOF", "TOKEN at $TOKEN"),
            ("bash -c \"bash -c 'bash -c \\\"echo $TOKEN\\\"'\"", "TOKEN at $TOKEN"),
            ("bash -c 'echo $TOKEN' > f", ""),
            ("x=$(python -c \"print('$TOKEN')\")", ""),
            ("bash script.sh $TOKEN", ""),
            ("eval echo \\$TOKEN", "TOKEN at \\$TOKEN"),
            ("trap 'echo $TOKEN' EXIT", "TOKEN at $TOKEN"),
            ("bye() { echo $TOKEN; }\ntrap bye EXIT", "TOKEN at $TOKEN"),
            ("trap - EXIT", ""),
            ("echo $TOKEN | xargs -n1 echo", "TOKEN at $TOKEN"),
            ("echo $TOKEN | xargs -I{} sh -c 'echo {}'", "TOKEN at $TOKEN"),
            ("echo $TOKEN | xargs sh -c 'echo \"$0 $1\"' _", "TOKEN at $TOKEN"),
            ("docker exec c sh -c \"echo $TOKEN\"", "TOKEN at $TOKEN"),
            ("docker exec c sh -c 'echo $TOKEN'", ""),
            ("ssh host 'echo $TOKEN'", ""),
            ("ssh -i key host echo $TOKEN", "TOKEN at $TOKEN"),
            ("bash -c 'echo $1' _ $TOKEN", "TOKEN at $TOKEN"),
            ("bash -c 'curl -H \"$TOKEN\" u'", ""),
            ("python3 -c 'import sys; print(sys.argv[1])' \"$TOKEN\"", "TOKEN at sys.argv[1]"),
            ("python3 - \"$TOKEN\" <<'EOF'\nimport sys\nprint(sys.argv[1])\nEOF", "TOKEN at sys.argv[1]"),
            ("python3 - \"$TOKEN\" <<'EOF'\nimport sys\nprint(sys.argv[2], len(sys.argv[1]))\nEOF", ""),
            ("echo $TOKEN > a/t.toml; cat a/*.toml", "TOKEN at cat a/*.toml"),
            ("echo $TOKEN > a/t.toml; cat a/*.json", ""),
            ("echo $TOKEN > ~/.t; cat $HOME/.t", "TOKEN at cat $HOME/.t"),
        ],
        shell,
    );
}

#[test]
fn a_file_is_the_same_where_the_paths_meet() {
    each(
        &[
            ("cd x\necho $TOKEN > f\ncat f", "TOKEN at cat f"),
            ("cd x\necho $TOKEN > f\ncd ..\ncat f", ""),
            ("cd x\necho $TOKEN > f\ncd ..\ncat x/f", "TOKEN at cat x/f"),
            ("(cd x; echo $TOKEN > f)\ncat f", ""),
            ("(cd x; echo $TOKEN > f)\ncat ./x/f", "TOKEN at cat ./x/f"),
            ("pushd x\necho $TOKEN > f\npopd\ncat f", ""),
            ("pushd x\npopd\necho $TOKEN > f\ncat f", "TOKEN at cat f"),
            ("cd x\ncd -\necho $TOKEN > f\ncat f", "TOKEN at cat f"),
            ("cd \"$D\"\necho $TOKEN > f\ncat \"$D/f\"", "TOKEN at cat \"$D/f\""),
            ("cd x\necho $TOKEN > $GITHUB_WORKSPACE/f\ncat ../f", "TOKEN at cat ../f"),
            ("F=$(mktemp)\necho $TOKEN > \"$F\"\ncat \"$F\"", "TOKEN at cat \"$F\""),
            ("echo $TOKEN > \"$RUNNER_TEMP/a\"\ncat \"$RUNNER_TEMP/b\"", ""),
            ("bash -c 'cd x; echo $TOKEN > f'\ncat x/f", "TOKEN at cat x/f"),
        ],
        shell,
    );
}

/// A repository in memory.
struct Files(Vec<(&'static str, &'static str)>);

impl crate::formats::Tree for Files {
    fn read(&self, path: &str) -> Option<Arc<crate::source::Source>> {
        let at = self.0.iter().position(|(name, _)| *name == path)?;
        let id = SourceId(at as u32 + 1);
        Some(Arc::new(crate::source::Source { id, text: self.0[at].1.to_owned(), path: path.to_owned(), ..Default::default() }))
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn scripts_of_the_repository_are_read() {
    let files = Files(vec![
        ("ci/print.sh", "#!/bin/bash\necho \"$TOKEN $1\""),
        ("ci/lib.sh", "show() { echo \"$1\"; }\nX=$TOKEN"),
        ("ci/trace.sh", "#!/bin/bash -x\ncmd \"$TOKEN\""),
        ("ci/print.py", "import os\nprint(os.environ['TOKEN'])"),
        ("ci/loop.sh", "ci/loop.sh; bash ci/loop.sh; echo $TOKEN"),
    ]);
    for (script, leak) in [
        ("./ci/print.sh", "Log at ./ci/print.sh in 1"),
        ("bash ci/print.sh", "Log at bash ci/print.sh in 1"),
        ("sh ci/print.sh > f", ""),
        ("X=$(ci/print.sh)", ""),
        (". ci/lib.sh\necho $X", "Log at $X in 0"),
        ("bash ci/lib.sh\necho $X", ""),
        (". ci/lib.sh\nshow \"$TOKEN\"", "Log at $TOKEN in 2"),
        (". ci/lib.sh\nY=$(show \"$TOKEN\")", ""),
        ("show \"$TOKEN\"", ""),
        ("cd ci\n./print.sh", "Log at ./print.sh in 1"),
        ("cd ci\n$GITHUB_WORKSPACE/ci/print.sh", "Log at $GITHUB_WORKSPACE/ci/print.sh in 1"),
        ("ci/trace.sh", "Trace at ci/trace.sh in 3"),
        ("python3 ci/print.py", "Log at python3 ci/print.py in 4"),
        ("bash ci/loop.sh", "Log at bash ci/loop.sh in 5"),
        ("bash ci/missing.sh", ""),
    ] {
        let mut state = State::default();
        let taint = state.secret("TOKEN", place(0, 0), Nature::Masked);
        state.bind("TOKEN", vec![taint]);
        let text = Text::plain(script, 0);
        let folder = Some(Folder { tree: &files, path: "" });
        let code = Code { folder, ..Code::plain(&text, SourceId(0), Language::Shell(Dialect::Posix)) };
        let leaks = follow(&code, &mut state);
        let shown =
            leaks.first().map(|leak| format!("{:?} at {} in {}", leak.reach, &script[leak.taint.at.span.range()], leak.sink.source.0));
        assert_eq!(shown.unwrap_or_default(), leak, "{script}");
    }
}

#[test]
fn scripts_that_a_script_writes_are_followed_where_they_run() {
    each(
        &[
            ("cat > x.sh <<'EOF'\necho \"$TOKEN\"\nEOF\nbash x.sh", "TOKEN at $TOKEN"),
            ("cat > x.sh <<'EOF'\necho \"$TOKEN\"\nEOF\nchmod +x x.sh && ./x.sh", "TOKEN at $TOKEN"),
            ("cat <<'EOF' | tee x.sh\necho \"$TOKEN\"\nEOF", ""),
            ("tee x.sh <<'EOF' > /dev/null\necho \"$TOKEN\"\nEOF\n. ./x.sh", "TOKEN at $TOKEN"),
            ("cat > x.py <<'EOF'\nimport os\nprint(os.environ['TOKEN'])\nEOF\npython3 x.py", "TOKEN at os.environ['TOKEN']"),
            ("cat > x <<'EOF'\n#!/usr/bin/env python3\nimport os\nprint(os.environ['TOKEN'])\nEOF\n./x", "TOKEN at os.environ['TOKEN']"),
            ("echo 'echo $TOKEN' > x.sh\nsh x.sh", "TOKEN at $TOKEN"),
            ("printf '%s\\n' '#!/bin/sh' 'echo $TOKEN' > x.sh\nsh x.sh", "TOKEN at $TOKEN"),
            ("echo 'a=1' > x.sh\necho 'echo $TOKEN' >> x.sh\nsh x.sh", "TOKEN at $TOKEN"),
            ("{ echo 'a=1'; echo 'echo $TOKEN'; } > x.sh\nsh x.sh", "TOKEN at $TOKEN"),
            ("cat > x.sh <<'EOF'\necho $TOKEN\nEOF\ncp x.sh y.sh\nbash y.sh", "TOKEN at $TOKEN"),
            ("cat > x.sh <<EOF\necho \\$TOKEN\nEOF\nbash x.sh", "TOKEN at \\$TOKEN"),
            ("cat > x.sh <<'EOF'\necho $1\nEOF\nbash x.sh \"$TOKEN\"", "TOKEN at $TOKEN"),
            ("cat > x.sh <<'EOF'\necho $TOKEN\nEOF", ""),
            ("cat > x.sh <<'EOF'\necho $TOKEN\nEOF\nbash x.sh > f", ""),
            ("cat > x.sh <<'EOF'\necho $TOKEN\nEOF\necho 'true' > x.sh\nbash x.sh", ""),
            ("cat > x.sh <<'EOF'\necho $TOKEN | docker login --password-stdin\nEOF\nbash x.sh", ""),
            ("cat > x.yml <<'EOF'\necho $TOKEN\nEOF\nbash x.yml", "TOKEN at $TOKEN"),
            ("cat > x.sh <<'EOF'\nbash x.sh; bash x.sh; echo $TOKEN\nEOF\nbash x.sh > f", ""),
        ],
        shell,
    );
}

#[test]
fn containers_know_what_they_are_given() {
    each(
        &[
            ("docker run --rm -e TOKEN -v $PWD:/w alpine env", "Dump: TOKEN at env"),
            ("docker run --rm -e X=$TOKEN alpine printenv X", "TOKEN at printenv X"),
            ("docker run -it --env=X=$TOKEN alpine sh -c 'echo $X'", "TOKEN at $X"),
            ("docker compose -f a.yml run --rm -eTOKEN app sh -c 'echo $TOKEN'", "TOKEN at $TOKEN"),
            ("docker exec -e X=$TOKEN app sh -c 'echo $X'", "TOKEN at $X"),
            ("docker run --rm -e TOKEN alpine env > f", ""),
            ("docker run --rm -e TOKEN alpine sh -xc 'a $TOKEN'", "Trace: TOKEN at docker run --rm -e TOKEN alpine sh -xc 'a $TOKEN'"),
            ("docker run --rm -e A=b alpine env", ""),
            ("docker run --rm alpine env", ""),
            ("docker run --rm alpine sh -c 'echo $TOKEN'", ""),
            ("docker run --rm -e TOKEN env-printer", ""),
            ("docker run --rm -e TOKEN --name env alpine deploy", ""),
            ("docker run --rm -e TOKEN alpine sh -c 'test -n \"$TOKEN\"'", ""),
        ],
        shell,
    );
}
