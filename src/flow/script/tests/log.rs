//! What reaches the log, and what does not.

use super::*;

#[test]
fn what_is_printed_leaks() {
    each(
        &[
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
            ("echo $TOKEN > /proc/1/fd/1", "TOKEN at $TOKEN"),
            ("bash <<< 'echo $TOKEN'", "TOKEN at $TOKEN"),
            ("bash -e <<< \"echo $TOKEN\"", "TOKEN at $TOKEN"),
            ("bash f.sh <<< 'echo $TOKEN'", ""),
            ("a+=($TOKEN); a+=($KEY); echo ${a[*]}", "KEY at ${a[*]}; TOKEN at ${a[*]}"),
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
        ],
        shell,
    );
}

#[test]
fn changes_are_not_masked() {
    each(
        &[
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
        ],
        shell,
    );
}

#[test]
fn what_is_fetched_is_unknown_to_the_platform() {
    each(
        &[
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
            ("doppler secrets -p a -c prd", "doppler secrets fetched at doppler secrets -p a -c prd"),
            ("doppler secrets --only-names", ""),
            ("doppler secrets set A=b", ""),
            ("sops decrypt x.yaml", "sops decrypt fetched at sops decrypt x.yaml"),
            ("gopass show -o a/b", "gopass show fetched at gopass show -o a/b"),
            ("pass show -c a/b", ""),
            ("gpg --batch -d x.gpg", "gpg -d fetched at gpg --batch -d x.gpg"),
            ("gpg --batch -d --output x x.gpg", ""),
            ("oc get secret x -o yaml", "oc get secret fetched at oc get secret x -o yaml"),
            ("oc get secret x", ""),
            ("aws kms decrypt --query Plaintext", "aws kms decrypt fetched at aws kms decrypt --query Plaintext"),
            (
                "az functionapp keys list --query functionKeys.default",
                "az functionapp keys list fetched at az functionapp keys list --query functionKeys.default",
            ),
            (
                "az functionapp deployment list-publishing-profiles",
                "az functionapp deployment list-publishing-profiles fetched at az functionapp deployment list-publishing-profiles",
            ),
            (
                "gcloud kms decrypt --plaintext-file - --key a",
                "gcloud kms decrypt fetched at gcloud kms decrypt --plaintext-file - --key a",
            ),
            ("gcloud kms decrypt --plaintext-file=x --key a", ""),
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
        ],
        shell,
    );
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
fn later_scripts_see_what_was_exported() {
    let posix = Language::Shell(Dialect::Posix);
    assert_eq!(leaks_of(posix, &["echo \"X=${{ Y }}\" >> $GITHUB_ENV", "echo $X"]), ["Y at $X"]);
    assert_eq!(leaks_of(posix, &["X=${{ Y }}", "echo $X"]), Vec::<String>::new());
    assert_eq!(leaks_of(posix, &["{ echo 'X<<EOF'; echo \"${{ Y }}\"; echo EOF; } >> $GITHUB_ENV", "echo $X"]), ["Y at $X"]);
    assert_eq!(leaks_of(posix, &["cat <<EOF >> $GITHUB_ENV\nA=1\nX=${{ Y }}\nEOF", "echo $A $X"]), ["Y at $X"]);
}
