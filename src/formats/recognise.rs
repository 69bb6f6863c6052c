//! Which format a file is: by its path first, then by a look at its text.

use super::Format;

/// The format that a path names by itself. `path` is `/`-separated.
#[must_use]
pub fn by_path(path: &str) -> Option<Format> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    // A workflow lies directly in `.github/workflows`: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
    let in_workflows =
        lower.strip_suffix(name).is_some_and(|folder| folder == ".github/workflows/" || folder.ends_with("/.github/workflows/"));
    if yaml && (in_workflows || name == "action.yml" || name == "action.yaml") {
        return Some(Format::GithubActions);
    }
    if yaml && (name.ends_with(".gitlab-ci.yml") || name.ends_with(".gitlab-ci.yaml")) {
        return Some(Format::GitlabCi);
    }
    if yaml && is_compose_name(name) {
        return Some(Format::Compose);
    }
    // It may leave out `apiVersion` and `kind`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
    if matches!(name, "kustomization.yaml" | "kustomization.yml" | "kustomization") {
        return Some(Format::Kubernetes);
    }
    let terraform =
        [".tf", ".tofu", ".tf.json", ".tofu.json", ".tftest.hcl", ".tftest.json", ".tofutest.hcl", ".tofutest.json", ".tfquery.hcl"];
    if terraform.iter().any(|end| name.ends_with(end)) {
        return Some(Format::Terraform);
    }
    if [".tfvars", ".tfvars.json", ".tfbackend"].iter().any(|end| name.ends_with(end)) || name == "terragrunt.hcl" {
        return Some(Format::Tfvars);
    }
    if name.contains(".tfstate") && !name.ends_with(".lock.info") {
        return Some(Format::Tfstate);
    }
    if name == "tfplan.json" || name.ends_with(".tfplan.json") {
        return Some(Format::Tfstate);
    }
    if name.ends_with(".ipynb") {
        return Some(Format::Notebook);
    }
    None
}

/// `docker-compose*.yml`, `compose*.yaml`: https://docs.docker.com/compose/how-tos/multiple-compose-files/
fn is_compose_name(name: &str) -> bool {
    ["docker-compose", "compose"].iter().any(|start| name.strip_prefix(start).is_some_and(|rest| rest.starts_with(['.', '-', '_'])))
        || name.contains(".docker-compose.")
        || name.contains(".compose.")
        || name.contains("-docker-compose.")
        || name.contains("_docker-compose.")
}

/// The format that a file's text shows, for names that say nothing. A first look at bytes only, so that files of no interest
/// are passed over before anything is parsed; the view confirms it.
#[must_use]
pub fn by_content(path: &str, text: &str) -> Format {
    if super::tfstate::is_saved_plan(text) {
        return Format::Tfstate;
    }
    let lower = path.to_ascii_lowercase();
    let head = text.trim_start_matches('\u{feff}').trim_start();
    // Terragrunt lets its files have any name: https://terragrunt.gruntwork.io/docs/migrate/migrating-from-root-terragrunt-hcl/
    if lower.ends_with(".hcl") && (has(text, "remote_state {") || has(text, "remote_state{") || has(text, "generate \"backend\"")) {
        return Format::Tfvars;
    }
    // `{{` opens an action of a template.
    if lower.ends_with(".json") || (head.starts_with('{') && !head.starts_with("{{")) {
        if has(text, "\"terraform_version\"") && (has(text, "\"lineage\"") || has(text, "\"format_version\"")) {
            return Format::Tfstate;
        }
        if has(text, "\"nbformat\"") && has(text, "\"cells\"") && has(text, "\"nbformat_minor\"") {
            return Format::Notebook;
        }
        if has(text, "\"apiVersion\"") && has(text, "\"kind\"") {
            return Format::Kubernetes;
        }
        return Format::Text;
    }
    if lower.ends_with(".yml") || lower.ends_with(".yaml") || lower.ends_with(".tpl") {
        if has_key(text, "apiVersion") && has_key(text, "kind") {
            return Format::Kubernetes;
        }
        if has_top_key(text, "services") && (has_key(text, "image") || has_key(text, "build")) {
            return Format::Compose;
        }
        if (has_top_key(text, "on") || has_top_key(text, "\"on\"") || has_top_key(text, "'on'")) && has_top_key(text, "jobs") {
            return Format::GithubActions;
        }
        // Many files have scripts; whether these are jobs is seen when the file is read.
        if has_key(text, "script") && !lower.ends_with(".travis.yml") {
            return Format::GitlabCi;
        }
    }
    Format::Text
}

fn has(text: &str, needle: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some()
}

/// `key:` after nothing but blanks, dashes, quotes or braces on its line.
fn has_key(text: &str, key: &str) -> bool {
    starts(text, key).any(|(before, after)| {
        let line = before.rsplit(['\n', '\r']).next().unwrap_or("");
        line.chars().all(|c| matches!(c, ' ' | '\t' | '-' | '"' | '\'' | '{' | '\u{feff}'))
            && after.trim_start_matches(['"', '\'']).trim_start_matches(' ').starts_with(':')
    })
}

/// `key:` at the very start of a line.
fn has_top_key(text: &str, key: &str) -> bool {
    starts(text, key).any(|(before, after)| {
        (before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}'])) && after.trim_start_matches(' ').starts_with(':')
    })
}

fn starts<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    memchr::memmem::find_iter(text.as_bytes(), key.as_bytes()).filter_map(move |at| Some((text.get(..at)?, text.get(at + key.len()..)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_their_format() {
        let table = [
            (".github/workflows/ci.yml", Some(Format::GithubActions)),
            ("x/.github/workflows/ci.YAML", Some(Format::GithubActions)),
            (".github/workflows/scripts/ci.yml", None),
            ("a/action.yml", Some(Format::GithubActions)),
            (".gitlab-ci.yml", Some(Format::GitlabCi)),
            ("ci/build.gitlab-ci.yml", Some(Format::GitlabCi)),
            ("docker-compose.override.yml", Some(Format::Compose)),
            ("compose.yaml", Some(Format::Compose)),
            ("compose-dev.yml", Some(Format::Compose)),
            ("composer.yml", None),
            ("base/kustomization.yaml", Some(Format::Kubernetes)),
            ("main.tf", Some(Format::Terraform)),
            ("main.tf.json", Some(Format::Terraform)),
            ("tests/main.tftest.hcl", Some(Format::Terraform)),
            ("prod.auto.tfvars", Some(Format::Tfvars)),
            ("live/db/terragrunt.hcl", Some(Format::Tfvars)),
            ("terraform.tfstate.1700000000.backup", Some(Format::Tfstate)),
            ("a.ipynb", Some(Format::Notebook)),
            ("README.md", None),
        ];
        for (path, format) in table {
            assert_eq!(by_path(path), format, "{path}");
        }
    }

    #[test]
    fn text_shows_its_format() {
        assert_eq!(by_content("a.yaml", "metadata:\n  x: y\nkind: Pod\napiVersion: v1\n"), Format::Kubernetes);
        assert_eq!(by_content("a.yaml", "# kind of apiVersion: no\nx: kind\n"), Format::Text);
        assert_eq!(by_content("a.yaml", "{{- if .x }}\napiVersion: v1\nkind: Pod\n{{- end }}\n"), Format::Kubernetes);
        assert_eq!(by_content("stack.yml", "services:\n  db:\n    image: x\n"), Format::Compose);
        assert_eq!(by_content("a.yml", "on: push\njobs:\n  x: {}\n"), Format::GithubActions);
        assert_eq!(by_content("ci/build.yml", "build:\n  script: make\n"), Format::GitlabCi);
        assert_eq!(by_content("a.json", "{\"terraform_version\": \"1\", \"lineage\": \"\"}"), Format::Tfstate);
        assert_eq!(by_content("a.txt", "kind: x\napiVersion: y"), Format::Text);
    }
}
