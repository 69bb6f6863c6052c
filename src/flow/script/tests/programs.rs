//! What well-known programs print of what they are given or read.

use super::*;

/// What reaches the log.
fn log(script: &str) -> String {
    let leaks = leaks_of(Language::Shell(Dialect::Posix), &[script]);
    leaks.into_iter().filter(|leak| !leak.starts_with("Argument") && !leak.starts_with("Host")).collect::<Vec<_>>().join("; ")
}

#[test]
fn programs_that_print_what_they_are_given() {
    each(
        &[
            ("kubectl create secret generic a --from-literal=p=\"$TOKEN\" --dry-run=client -o yaml", "TOKEN at $TOKEN"),
            ("helm template . --set db.password=\"$TOKEN\"", "TOKEN at $TOKEN"),
            ("helm upgrade --install a . --set p=$TOKEN --dry-run", "TOKEN at $TOKEN"),
            ("heroku config:set KEY=\"$TOKEN\"", "TOKEN at $TOKEN"),
            ("mvn -X deploy -Dgpg.passphrase=$TOKEN", "TOKEN at $TOKEN"),
            ("./gradlew properties -Ppassword=$TOKEN", "TOKEN at $TOKEN"),
            ("echo $TOKEN | xargs -t deploy", "TOKEN at $TOKEN"),
            ("logger -s \"p $TOKEN\"", "TOKEN at $TOKEN"),
            ("jq --arg t \"$TOKEN\" '.token = $t' a.json", "TOKEN at $TOKEN"),
            ("jq --arg t \"$TOKEN\" '{token: $t}' a.json", "TOKEN at $TOKEN"),
            ("awk -v t=\"$TOKEN\" '{ gsub(\"__T__\", t); print }' a", "TOKEN at $TOKEN"),
            ("grep \"$TOKEN\" log.txt", "TOKEN at $TOKEN"),
            ("perl -pe 's/T/$ENV{TOKEN}/' a", "TOKEN at perl -pe 's/T/$ENV{TOKEN}/' a"),
            ("php -r 'var_dump(getenv(\"TOKEN\"));'", "TOKEN at php -r 'var_dump(getenv(\"TOKEN\"));'"),
            ("deno eval 'console.log(Deno.env.get(\"TOKEN\"))'", "TOKEN at Deno.env.get(\"TOKEN\")"),
            ("bun -e 'console.log(process.env.TOKEN)'", "TOKEN at process.env.TOKEN"),
            ("envsubst '$TOKEN' < a", "TOKEN at envsubst '$TOKEN' < a"),
            ("envsubst <<'EOF'\nt: ${TOKEN}\nEOF", "TOKEN at envsubst <<'EOF'"),
            ("cat > a.tmpl <<'EOF'\nt: $TOKEN\nEOF\nenvsubst < a.tmpl", "TOKEN at envsubst < a.tmpl"),
            ("cat > a.tmpl <<'EOF'\nt: $TOKEN\nEOF\ncat ./a.tmpl | envsubst", "TOKEN at envsubst"),
            ("echo $TOKEN > v.yaml; helm template . -f v.yaml", "TOKEN at helm template . -f v.yaml"),
            ("npm config get //registry.npmjs.org/:_authToken", "Dump: KEY at npm config get //registry.npmjs.org/:_authToken"),
        ],
        log,
    );
    let silent = [
        "kubectl create secret generic a --from-literal=p=\"$TOKEN\"",
        "kubectl create secret generic a --from-literal=p=\"$TOKEN\" --dry-run=client -o yaml | kubectl apply -f -",
        "helm template . --set p=$TOKEN > out.yaml",
        "helm lint . --set p=$TOKEN",
        "helm upgrade --install a . --set p=$TOKEN --wait",
        "mvn deploy -Dgpg.passphrase=$TOKEN",
        "echo $TOKEN | xargs deploy",
        "logger \"p $TOKEN\"",
        "jq --arg t \"$TOKEN\" '.[] | select(.id == $t) | .name' a.json",
        "jq --arg t \"$TOKEN\" '.token = $t' a.json > b.json",
        "awk -v t=\"$TOKEN\" '$1 == t { print $2 }' a",
        "awk -v t=\"$TOKEN\" '{ gsub(\"__T__\", t); print }' a > b",
        "grep -q \"$TOKEN\" log.txt",
        "grep -Fq \"$TOKEN\" log.txt",
        "grep -v \"$TOKEN\" log.txt",
        "perl -pi -e 's/T/$ENV{TOKEN}/' a",
        "envsubst '$IMAGE' < a",
        "envsubst < unknown",
        "X=$TOKEN\nenvsubst '$X' < a",
        "envsubst '$TOKEN' < a > b",
        "npm config get registry",
        "bun install",
    ];
    each(&silent.map(|script| (script, "")), log);
}

#[test]
fn what_filters_let_through() {
    each(
        &[
            ("echo \"t: $TOKEN\" > f; sed 's/t: //' f", "TOKEN by sed at sed 's/t: //' f"),
            ("echo \"A=$TOKEN\" > f; echo \"B=1\" >> f; grep A f", "TOKEN at grep A f"),
            ("echo $TOKEN > f; diff f g", "TOKEN at diff f g"),
            ("sed -i \"s/x/$TOKEN/\" f; cat f", "TOKEN at cat f"),
            ("jq -r .password <<< $TOKEN", "TOKEN by jq at $TOKEN"),
            ("f=out.txt; echo $TOKEN > $f; cat out.txt", "TOKEN at cat out.txt"),
            ("echo $TOKEN > a/b; for f in a/b c; do cat $f; done", "TOKEN at cat $f"),
            ("while IFS='=' read -r k v; do echo \"$k $v\"; done < <(env)", "Dump: KEY at $v"),
            ("while read -r x; do echo $x; done < <(echo $TOKEN)", "TOKEN at $x"),
        ],
        log,
    );
    let silent = [
        "echo \"t: $TOKEN\" > f; sed 's/: .*/: ***/' f",
        "echo \"A=$TOKEN\" > f; sed -e 's/=.*//' f",
        "echo \"A=$TOKEN\" > f; echo \"B=1\" >> f; grep B f",
        "echo \"token: $TOKEN\" > f; grep -v token f",
        "echo $TOKEN > f; grep -qE '^a' f",
        "echo $TOKEN > f; diff -q f g",
        "sed -i \"s/x/$TOKEN/\" f",
        "echo $TOKEN > f; yq -i '.a = 1' f",
        "jq -r .client_email <<< $TOKEN",
        "jq -r '.items[].metadata.name' <<< $TOKEN",
        "jq '.a | length' <<< $TOKEN",
        "jq 'keys' <<< $TOKEN",
        "while IFS='=' read -r k v; do echo \"$k\"; done < <(env)",
        "unset TOKEN; echo $TOKEN",
        "echo $TOKEN | while read -r x; do cat README.md; done",
        "kubectl get secret a -o jsonpath='{.metadata.name}'",
        "BASH_XTRACEFD=9\nset -x\ndeploy $TOKEN",
    ];
    each(&silent.map(|script| (script, "")), log);
}
