//! A policy opens every secret of an account, or a role to everybody's jobs.

use std::collections::HashSet;

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings};
use crate::formats::terraform::{Argument, Block, Condition, Module, Statement};
use crate::literal::LogicalPath;
use crate::source::Place;
use crate::unit::Unit;

pub(super) static IAM_WILDCARD_SECRETS: Check = Check { page: page!("terraform/iam-wildcard-secrets"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let endpoints = of_endpoints(module);
    for statement in module.statements().iter().filter(|statement| statement.allows && !statement.is_partial) {
        everything(statement, findings);
        if !endpoints.contains(&statement.block.address()) {
            everybody(statement, findings);
        }
        any_job(statement, findings);
    }
    for block in module.blocks_of("resource") {
        google(module, block, findings);
        google_secret(block, findings);
        federated(block, findings);
        azure(block, findings);
    }
}

/// Actions that read a secret or take somebody's place, and what having them on everything means.
const READING: &[(&str, &str)] = &[
    ("secretsmanager:getsecretvalue", "reads every secret of the account"),
    ("secretsmanager:batchgetsecretvalue", "reads every secret of the account"),
    ("ssm:getparameter", "reads every parameter of the account"),
    ("ssm:getparameters", "reads every parameter of the account"),
    ("ssm:getparametersbypath", "reads every parameter of the account"),
    ("kms:decrypt", "decrypts with every key of the account"),
    ("sts:assumerole", "may take every role that lets it"),
    ("iam:createaccesskey", "may make itself a key for every user"),
    ("iam:createloginprofile", "may make itself a password for every user"),
    ("iam:updateloginprofile", "may make itself a password for every user"),
    ("iam:createservicespecificcredential", "may make itself a password for every user"),
    ("rds-db:connect", "logs in to every database that takes users of IAM"),
    ("redshift:getclustercredentials", "logs in to every cluster of Redshift"),
    ("lightsail:getrelationaldatabasemasteruserpassword", "reads the master password of every database of Lightsail"),
];

fn everything(statement: &Statement<'_>, findings: &mut Findings) {
    // In a policy of a key or a secret, `*` is that key or secret.
    if statement.principals.is_some() || !statement.conditions.is_empty() {
        return;
    }
    let mut all: Vec<Every> = statement.resources.iter().filter_map(|(resource, _)| Every::of(resource)).collect();
    all.sort_unstable();
    all.dedup();
    let reading = statement.actions.iter().find_map(|(action, place)| {
        let pattern = action.to_ascii_lowercase();
        // An administrator is meant to be one.
        let wide = matches!(pattern.as_str(), "*" | "*:*");
        let mut readings = READING.iter().filter(|(reading, _)| !wide && matches(&pattern, reading));
        readings.find_map(|(reading, means)| {
            let every = all.iter().find(|every| reading.starts_with(every.actions))?;
            Some((action, *place, every.noun, *means))
        })
    });
    if let Some((action, place, noun, means)) = reading {
        let finding = report(findings, statement, place, format!("`{action}` on every {noun}: whoever has it {means}"));
        finding.help("name the resources: `resources = [aws_secretsmanager_secret.db.arn]`");
    }
}

/// A resource that is all there are.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Every {
    /// How the actions begin that are about it.
    actions: &'static str,
    noun: &'static str,
}

impl Every {
    /// `*`, or an ARN that names none of its kind: `arn:aws:secretsmanager:*:*:secret:*`
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>).
    fn of(resource: &str) -> Option<Self> {
        if resource == "*" {
            return Some(Self { noun: "resource", actions: "" });
        }
        let mut parts = resource.splitn(6, ':').skip(2);
        let (service, name) = (parts.next()?, parts.nth(2)?);
        let (noun, actions) = match (service, name) {
            ("secretsmanager", "*" | "secret:*") => ("secret", "secretsmanager:"),
            ("ssm", "*" | "parameter/*" | "parameter*") => ("parameter", "ssm:"),
            ("kms", "*" | "key/*") => ("key", "kms:"),
            ("iam", "*" | "role/*") => ("role", "sts:assumerole"),
            _ => return None,
        };
        resource.starts_with("arn:").then_some(Self { noun, actions })
    }
}

/// The policies of VPC endpoints, and the documents that become such policies. They open nothing: they say what may be asked for through
/// the endpoint, and the default is everything (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
fn of_endpoints(module: &Module<'_>) -> HashSet<String> {
    let mut found = HashSet::new();
    for endpoint in module.blocks_of("resource").filter(|block| block.label(0).starts_with("aws_vpc_endpoint")) {
        found.extend(endpoint.argument("policy").iter().flat_map(Argument::lookups).map(|lookup| lookup.address()));
        found.insert(endpoint.address());
    }
    found
}

fn everybody(statement: &Statement<'_>, findings: &mut Findings) {
    let acts_on = |service: &str| statement.actions.iter().any(|(action, _)| action.to_ascii_lowercase().starts_with(service));
    let decrypts = || statement.actions.iter().any(|(action, _)| matches(&action.to_ascii_lowercase(), "kms:decrypt"));
    let (what, verb) = match statement.block.label(0) {
        // Other policies about keys may be of endpoints and roles elsewhere.
        "aws_kms_key" | "aws_kms_key_policy" | "aws_kms_external_key" | "aws_kms_replica_key" if decrypts() => ("key", "use"),
        _ if acts_on("secretsmanager:") => ("secret", "read"),
        _ => return,
    };
    let all = statement.principals.iter().flatten().find(|(who, _)| who == "*");
    if let Some((_, place)) = all.filter(|_| statement.conditions.is_empty()) {
        let finding = report(findings, statement, *place, format!("the {what}'s policy lets every AWS account in"));
        finding.help(format!("name who may {verb} it, or add a condition such as `aws:PrincipalOrgID`"));
    }
}

/// Everybody's jobs have a token of these issuers; the condition says whose may come in:
/// <https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines>.
fn federated(block: Block<'_>, findings: &mut Findings) {
    if block.label(0) != "google_iam_workload_identity_pool_provider" || block.argument("attribute_condition").is_some() {
        return;
    }
    let issuer = block.blocks_of("oidc").find_map(|oidc| oidc.argument("issuer_uri"));
    let shared = |issuer: &Argument<'_>| {
        issuer.text().is_some_and(|text| SHARED.contains(&text.as_str().trim_start_matches("https://").trim_end_matches('/')))
    };
    if let Some(issuer) = issuer.filter(shared) {
        about(
            findings,
            Some("pool"),
            (block, Some(&issuer)),
            "the pool takes every job of the CI service, because no condition names the owner",
        )
        .help("write `attribute_condition = \"assertion.repository_owner_id == '…'\"`, or what the service calls the owner");
    }
}

/// Issuers that everybody shares.
const SHARED: &[&str] = &["token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com"];

/// Where these log in, `sub` says whose job it is:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
const CI: &[&str] =
    &["token.actions.githubusercontent.com", "gitlab", "app.terraform.io", "oidc.circleci.com", "agent.buildkite.com", "bitbucket"];

fn any_job(statement: &Statement<'_>, findings: &mut Findings) {
    let Some((_, action)) = statement.actions.iter().find(|(action, _)| action == "sts:AssumeRoleWithWebIdentity") else { return };
    let keys = || statement.conditions.iter().map(|condition| condition.key.as_str());
    let who = || statement.principals.iter().flatten().map(|(who, _)| who.as_str());
    if !keys().chain(who()).any(is_ci) {
        return;
    }
    let subjects: Vec<&Condition> =
        statement.conditions.iter().filter(|condition| condition.lets_in && names_who(&condition.key)).collect();
    let wide = |condition: &&Condition| condition.values.iter().find(|(value, _)| is_wide(value)).map(|(_, place)| *place);
    let places: Vec<Place> = subjects.iter().filter_map(wide).collect();
    match places.first() {
        None if subjects.is_empty() => {
            let message = "the role is open to every job of the CI service, because no condition names the subject".to_owned();
            report(findings, statement, *action, message)
                .help("add a condition on `…:sub`, for instance `repo:acme/infra:ref:refs/heads/main`");
        }
        Some(place) if places.len() == subjects.len() => {
            report(findings, statement, *place, "the role is open to every job of the CI service".to_owned())
                .help("name the repository: `repo:acme/infra:ref:refs/heads/main`");
        }
        _ => {}
    }
}

fn is_ci(word: &str) -> bool {
    CI.iter().any(|ci| word.contains(ci))
}

/// Claims that strangers' jobs have too, whatever they are compared with.
const SHARED_CLAIMS: &[&str] = &["aud", "amr", "iss", "ref", "ref_type", "environment", "workflow", "event_name", "runner_environment"];

/// Whether a condition on this key tells one owner's jobs from all others: on `sub`, or on another claim about them. A claim that AWS does
/// not know lets nobody in. A key that is computed may be any.
fn names_who(key: &str) -> bool {
    let (issuer, claim) = key.rsplit_once(':').unwrap_or(("", key));
    claim == "sub" || key.ends_with("${}") || !key.contains(':') || is_ci(issuer) && !SHARED_CLAIMS.contains(&claim)
}

/// Anybody's: `*`, an owner with a wildcard, and claims that strangers' jobs have too
/// (<https://docs.github.com/en/actions/reference/security/oidc>).
fn is_wide(subject: &str) -> bool {
    if let Some(rest) = subject.strip_prefix("repo:").or_else(|| subject.strip_prefix("project_path:")) {
        let owner = rest.split(['/', ':']).next().unwrap_or(rest);
        return owner.contains('*');
    }
    subject == "*"
        || ["workflow:", "environment:", "ref:", "context:", "head_ref:", "base_ref:"].iter().any(|claim| subject.starts_with(claim))
}

fn report<'f>(findings: &'f mut Findings, statement: &Statement<'_>, place: Place, message: String) -> &'f mut Finding {
    let finding = findings.report(place, message);
    finding.within(statement.place.span).at(LogicalPath::same(statement.block.address()));
    if statement.block.is_lowered() {
        finding.lowered();
    }
    finding
}

/// <https://docs.cloud.google.com/secret-manager/docs/access-control>
fn google(module: &Module<'_>, block: Block<'_>, findings: &mut Findings) {
    let wide =
        ["google_project_iam_", "google_folder_iam_", "google_organization_iam_"].iter().any(|start| block.label(0).starts_with(start));
    let Some(role) = block.argument("role").filter(|_| wide && block.blocks_of("condition").next().is_none()) else { return };
    let reads = |name: &str| matches!(name, "roles/secretmanager.secretAccessor" | "roles/secretmanager.admin");
    let written = role.text().map(|name| (name.as_str().to_owned(), role.value_place(), role.name_place()));
    let each = || each_of(module, block, &role).into_iter().map(|(name, place)| (name, place, place));
    let Some((name, place, opener)) = written.into_iter().chain(each()).find(|(name, ..)| reads(name)) else { return };
    let message = format!("`{name}` is given for everything: its members read every secret there is and will be");
    let finding = findings.report(place, message).within(opener.span).at(LogicalPath::same(format!("{}.role", block.address())));
    finding.help("give it on the secret: `google_secret_manager_secret_iam_member`");
    if block.is_lowered() {
        finding.lowered();
    }
}

/// The strings that `each.value` or `each.key` runs over, where they stand in the module.
fn each_of(module: &Module<'_>, block: Block<'_>, argument: &Argument<'_>) -> Vec<(String, Place)> {
    let Some(over) = block.argument("for_each").filter(|_| argument.lookups().iter().any(|lookup| lookup.root == "each")) else {
        return Vec::new();
    };
    let locals =
        over.lookups().into_iter().filter(|lookup| lookup.root == "local").filter_map(|lookup| module.local(lookup.names.first()?));
    [over.clone()].into_iter().chain(locals).flat_map(|list| list.strings(MAX_LIST)).collect()
}

/// Expressions of one list that are looked at: many blocks may run over it.
const MAX_LIST: usize = 512;

/// <https://docs.cloud.google.com/iam/docs/principals-overview>: `allUsers` is everybody, and everybody has a Google account.
fn google_secret(block: Block<'_>, findings: &mut Findings) {
    let (kind, names) = (block.label(0), ["member", "members"]);
    if !matches!(kind, "google_secret_manager_secret_iam_member" | "google_secret_manager_secret_iam_binding") {
        return;
    }
    for who in names.iter().filter_map(|name| block.argument(name)) {
        if who.words().iter().any(|who| matches!(who.as_str(), "allUsers" | "allAuthenticatedUsers")) {
            about(findings, None, (block, Some(&who)), "everybody on the internet is given a role on the secret")
                .help("name who may read it, and replace the secret");
        }
    }
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/key_vault_access_policy>,
/// <https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/security>
fn azure(block: Block<'_>, findings: &mut Findings) {
    if block.label(0) == "azurerm_role_assignment"
        && let Some(role) = block.argument("role_definition_name")
        && let Some(scope) = block.argument("scope")
    {
        let name = role.text().map(|name| name.as_str().to_owned()).unwrap_or_default();
        let reads = matches!(name.as_str(), "Key Vault Administrator" | "Key Vault Secrets Officer" | "Key Vault Secrets User");
        if reads && is_everything(&scope) {
            let message = format!("`{name}` is given for everything: whoever has it reads every secret of every vault");
            about(findings, None, (block, Some(&role)), message).help("give it on the vault: `scope = azurerm_key_vault.….id`");
        }
    }
    if !matches!(block.label(0), "azurerm_key_vault" | "azurerm_key_vault_access_policy") {
        return;
    }
    for (_, permissions) in block.all_arguments().iter().filter(|(_, argument)| argument.name() == "secret_permissions") {
        if permissions.words().iter().any(|word| word.eq_ignore_ascii_case("all") || word == "*") {
            let message = "every permission on every secret of the vault is given";
            about(findings, None, (block, Some(permissions)), message).help("list what is needed: `[\"Get\", \"List\"]`");
        }
    }
}

/// Whether a scope of Azure is a subscription or a group of them.
fn is_everything(scope: &Argument<'_>) -> bool {
    let looked_up = |word: &str| matches!(word, "azurerm_subscription" | "azurerm_management_group");
    let lookups = scope.lookups();
    let refers = lookups.first().is_some_and(|lookup| looked_up(lookup.root) || lookup.names.first().is_some_and(|name| looked_up(name)));
    let written = scope.text().is_some_and(|text| {
        let steps: Vec<&str> = text.as_str().trim_matches('/').split('/').collect();
        matches!(steps.as_slice(), ["subscriptions", _] | ["providers", "Microsoft.Management", "managementGroups", _])
    });
    written || refers && lookups.len() == 1 && scope.reference().is_some()
}

/// Whether a pattern with `*` and `?` matches a word; both in lower case. Linear but for the words' lengths, which are short.
fn matches(pattern: &str, word: &str) -> bool {
    let (pattern, word) = (pattern.as_bytes(), word.as_bytes());
    let (mut p, mut w, mut star) = (0, 0, None);
    while w < word.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, w));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == word[w] => (p, w) = (p + 1, w + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, w) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::{Every, is_wide, matches, names_who};

    #[test]
    fn arns_that_name_none_of_their_kind_are_all() {
        let of = |resource: &str| Every::of(resource).map(|every| every.noun);
        for (resource, noun) in [
            ("*", "resource"),
            ("arn:aws:secretsmanager:*:*:secret:*", "secret"),
            ("arn:${}:ssm:${}:${}:parameter/*", "parameter"),
            ("arn:aws-cn:kms:eu-west-1:123456789012:key/*", "key"),
            ("arn:aws:iam::*:role/*", "role"),
        ] {
            assert_eq!(of(resource), Some(noun), "{resource}");
        }
        for resource in [
            "",
            "arn",
            "arn:aws:ssm:*:*:parameter/app/*",
            "arn:aws:iam::*:role/deploy",
            "secretsmanager:*:x:a:b:*",
            "arn:aws:s3:::*",
            "ä:日本",
        ] {
            assert_eq!(of(resource), None, "{resource}");
        }
    }

    #[test]
    fn claims_of_one_owner_name_who() {
        for key in ["x:sub", "sub", "${}", "token.actions.githubusercontent.com:repository_owner_id", "gitlab.com:project_path"] {
            assert!(names_who(key), "{key}");
        }
        for key in ["token.actions.githubusercontent.com:aud", "gitlab.com:ref", "aws:SourceIp", ":"] {
            assert!(!names_who(key), "{key}");
        }
    }

    #[test]
    fn subjects_of_anybody_are_wide() {
        for subject in ["*", "repo:*", "repo:*/infra:*", "repo:acme*/infra:*", "environment:prod", "project_path:*:ref:main"] {
            assert!(is_wide(subject), "{subject}");
        }
        for subject in ["repo:acme/*", "repo:acme/infra:*", "repo:${}:*", "${}", "project_path:acme/*:ref_type:branch:ref:main"] {
            assert!(!is_wide(subject), "{subject}");
        }
    }

    #[test]
    fn patterns_match_as_in_policies() {
        for pattern in ["kms:decrypt", "kms:*", "kms:d*t", "k?s:decr*", "*decrypt"] {
            assert!(matches(pattern, "kms:decrypt"), "{pattern}");
        }
        for pattern in ["kms:decryp", "kms:encrypt", "s3:*", "", "kms:decrypt?"] {
            assert!(!matches(pattern, "kms:decrypt"), "{pattern}");
        }
    }
}
