//! Commands that fetch a secret at run time. The platform does not know what they return, so it masks nothing of it.

use crate::syntax::shell::{Invocation, Script};

/// The program, the words that must follow it in this order, and what the fetch is called.
const FETCHES: [(&str, &[&str], &str); 61] = [
    ("aws", &["secretsmanager", "get-secret-value"], "aws secretsmanager get-secret-value"),
    ("aws", &["secretsmanager", "batch-get-secret-value"], "aws secretsmanager batch-get-secret-value"),
    ("aws", &["ssm", "get-parameter", "--with-decryption"], "aws ssm get-parameter"),
    ("aws", &["ssm", "get-parameters", "--with-decryption"], "aws ssm get-parameters"),
    ("aws", &["ssm", "get-parameters-by-path", "--with-decryption"], "aws ssm get-parameters-by-path"),
    ("aws", &["ecr", "get-login-password"], "aws ecr get-login-password"),
    ("aws", &["sts", "assume-role"], "aws sts assume-role"),
    ("aws", &["sts", "assume-role-with-web-identity"], "aws sts assume-role-with-web-identity"),
    ("aws", &["sts", "get-session-token"], "aws sts get-session-token"),
    ("aws", &["iam", "create-access-key"], "aws iam create-access-key"),
    ("aws", &["configure", "export-credentials"], "aws configure export-credentials"),
    ("aws", &["configure", "get", "aws_secret_access_key"], "aws configure get aws_secret_access_key"),
    ("aws", &["configure", "get", "aws_session_token"], "aws configure get aws_session_token"),
    ("vault", &["kv", "get"], "vault kv get"),
    ("vault", &["token", "create"], "vault token create"),
    ("gcloud", &["secrets", "versions", "access"], "gcloud secrets versions access"),
    ("gcloud", &["auth", "print-access-token"], "gcloud auth print-access-token"),
    ("az", &["keyvault", "secret", "show"], "az keyvault secret show"),
    ("gcloud", &["auth", "print-identity-token"], "gcloud auth print-identity-token"),
    ("gcloud", &["auth", "application-default", "print-access-token"], "gcloud auth application-default print-access-token"),
    ("az", &["account", "get-access-token"], "az account get-access-token"),
    ("az", &["acr", "credential", "show"], "az acr credential show"),
    ("az", &["storage", "account", "keys", "list"], "az storage account keys list"),
    ("az", &["ad", "sp", "create-for-rbac"], "az ad sp create-for-rbac"),
    ("az", &["keyvault", "secret", "download"], "az keyvault secret download"),
    ("op", &["read"], "op read"),
    ("op", &["item", "get"], "op item get"),
    ("vault", &["read"], "vault read"),
    ("bw", &["get", "password"], "bw get password"),
    ("sops", &["-d"], "sops -d"),
    ("sops", &["--decrypt"], "sops --decrypt"),
    ("doppler", &["secrets", "get"], "doppler secrets get"),
    ("doppler", &["secrets", "download"], "doppler secrets download"),
    ("infisical", &["secrets", "get"], "infisical secrets get"),
    ("heroku", &["config"], "heroku config"),
    ("oc", &["whoami", "-t"], "oc whoami -t"),
    ("kubectl", &["create", "token"], "kubectl create token"),
    ("kubectl", &["config", "view", "--raw"], "kubectl config view --raw"),
    ("kubectl", &["get", "secret"], "kubectl get secret"),
    ("kubectl", &["get", "secrets"], "kubectl get secrets"),
    ("vault", &["write", "-field=token"], "vault write"),
    ("vault", &["login", "-token-only"], "vault login"),
    ("vault", &["print", "token"], "vault print token"),
    ("pulumi", &["stack", "output", "--show-secrets"], "pulumi stack output"),
    ("pulumi", &["config", "--show-secrets"], "pulumi config"),
    ("ansible-vault", &["view"], "ansible-vault view"),
    ("ansible-vault", &["decrypt", "--output=-"], "ansible-vault decrypt"),
    ("fly", &["auth", "token"], "fly auth token"),
    ("flyctl", &["auth", "token"], "flyctl auth token"),
    ("aws", &["codeartifact", "get-authorization-token"], "aws codeartifact get-authorization-token"),
    ("aws", &["rds", "generate-db-auth-token"], "aws rds generate-db-auth-token"),
    ("aws", &["sts", "get-federation-token"], "aws sts get-federation-token"),
    ("gcloud", &["sql", "generate-login-token"], "gcloud sql generate-login-token"),
    ("gcloud", &["keys", "create", "/dev/stdout"], "gcloud iam service-accounts keys create"),
    ("gcloud", &["keys", "create", "-"], "gcloud iam service-accounts keys create"),
    ("az", &["storage", "account", "show-connection-string"], "az storage account show-connection-string"),
    ("az", &["deployment", "list-publishing-profiles"], "az webapp deployment list-publishing-profiles"),
    ("az", &["deployment", "list-publishing-credentials"], "az webapp deployment list-publishing-credentials"),
    ("az", &["cosmosdb", "keys", "list"], "az cosmosdb keys list"),
    ("az", &["redis", "list-keys"], "az redis list-keys"),
    ("chamber", &["export"], "chamber export"),
];

/// What this command fetches, if it does and prints the value.
pub(super) fn fetched(script: &Script<'_>, invocation: &Invocation<'_>) -> Option<&'static str> {
    let candidates = FETCHES.iter().filter(|(program, ..)| *program == invocation.name);
    let (program, _, name) = candidates.into_iter().find(|(_, words, _)| {
        let mut wanted = words.iter();
        let mut next = wanted.next();
        for arg in invocation.args {
            if next.is_some_and(|word| script.is(arg, word)) {
                next = wanted.next();
            }
        }
        next.is_none()
    })?;
    prints_the_value(script, invocation, program).then_some(name)
}

/// Options choose what is printed: an id, a version, a table without values.
fn prints_the_value(script: &Script<'_>, invocation: &Invocation<'_>, program: &str) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal_prefix(arg)).collect();
    let option = |names: &[&str]| {
        texts.iter().enumerate().find_map(|(index, text)| {
            let (name, value) = text.split_once('=').map_or((&**text, None), |(name, value)| (name, Some(value.to_owned())));
            let value = value.or_else(|| texts.get(index + 1).map(|next| next.to_string()));
            names.contains(&name).then_some(value).flatten()
        })
    };
    match program {
        "kubectl" if texts.iter().any(|text| text == "token") => true,
        // Without a template it is the whole configuration, keys too.
        "kubectl" if texts.iter().any(|text| text == "config") => {
            texts.iter().all(|text| !text.contains("path=") && !text.contains("template=") || text.contains("user"))
        }
        "heroku" => texts.first().is_some_and(|text| text == "config"),
        "oc" => true,
        "kubectl" => {
            let glued = texts.iter().find_map(|text| text.strip_prefix("-o").filter(|rest| !rest.is_empty()).map(str::to_owned));
            let output = option(&["-o", "--output"]).or(glued).unwrap_or_default();
            let fields = output.starts_with("jsonpath") || output.starts_with("go-template") || output.starts_with("custom-columns");
            output == "json" || output == "yaml" || (fields && output.replace("metadata", "").contains("data"))
        }
        "aws" | "az" => {
            let query = option(&["--query"]).map(|query| query.to_ascii_lowercase());
            let quiet = option(&["-o", "--output"]).is_some_and(|output| output == "none");
            let telling = |query: &String| {
                ["value", "secret", "token", "password", "primary", "connection", "pwd", "*", "@"].iter().any(|word| query.contains(word))
            };
            !quiet && query.as_ref().is_none_or(telling)
        }
        // Paths of a secrets engine; `vault read sys/health` is none.
        "vault" if texts.first().is_some_and(|text| text == "read") => {
            texts.iter().any(|text| ["secret/", "kv/", "/creds/", "database/"].iter().any(|word| text.contains(word)))
        }
        "sops" => !texts.iter().any(|text| matches!(&**text, "-i" | "--in-place" | "--output")),
        "op" if texts.first().is_some_and(|text| text == "item") => {
            texts.iter().any(|text| text.contains("password") || text == "--reveal")
        }
        "doppler" if texts.iter().any(|text| text == "download") => texts.iter().any(|text| text == "--no-file"),
        _ => !texts.iter().any(|text| matches!(&**text, "--help" | "--out-file" | "-o" | "--out-file=")),
    }
}
