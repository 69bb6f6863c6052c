//! What a path says of the values in the file.

use crate::formats::{self, Format};
use crate::source::Setting;

/// Endings and words of files that are there to be copied, not used.
const EXAMPLE_ENDS: &[&str] = &[".example", ".sample", ".template", ".dist", ".tmpl", ".tpl"];
/// Not `templates`: a Helm chart's are applied. Not `fixtures`: where they protect nothing they lie below `tests`.
const EXAMPLE_WORDS: &[&str] = &["example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials", "docs", "doc"];
const THROWAWAY_WORDS: &[&str] = &[
    "dev",
    "development",
    "test",
    "tests",
    "testing",
    "testdata",
    "e2e",
    "integration",
    "devcontainer",
    "local",
    "override",
    "ci",
    "mock",
    "mocks",
    "sandbox",
    "playground",
];

/// What is kept to be read. Lowered and no more: a folder's name must not be able to silence anything.
const ARCHIVE_WORDS: &[&str] = &["archive", "archived"];

/// Reads the setting from a path. `example` is for files that say it by their own name; a directory of examples, tests or
/// development files makes a file `throwaway`: its findings are lowered, never skipped.
#[must_use]
pub fn setting(path: &str, format: Format) -> Setting {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let example =
        EXAMPLE_ENDS.iter().any(|end| name.ends_with(end)) || words(name).any(|word| matches!(word, "example" | "sample" | "dist"));
    let applied = matches!(format, Format::Kubernetes | Format::Compose | Format::Terraform | Format::Tfvars) && !example;
    let is_test = format == Format::Terraform && (name.contains(".tftest.") || name.contains(".tofutest."));
    // What a folder is, its last word says: `integration-tests` holds tests, `test-results-api` and `example_company` do not.
    let folder_words = || folders.split('/').filter_map(|folder| words(folder).rev().find(|word| !word.is_empty()));
    // A workflow of CI is no throw-away file because its folder says `ci`; only names that speak of the values count.
    let by_name =
        matches!(format, Format::Compose | Format::Tfvars | Format::Text) && words(name).any(|word| THROWAWAY_WORDS.contains(&word));
    // What a Helm chart installs lies in its folder `templates`.
    let chart = |word: &str| format == Format::Kubernetes && word == "templates";
    let by_folder = folder_words().any(|word| {
        (THROWAWAY_WORDS.contains(&word) || ARCHIVE_WORDS.contains(&word)) && word != "ci" || EXAMPLE_WORDS.contains(&word) && !chart(word)
    });
    // Only what lies in `.github/workflows` runs; a workflow elsewhere is a template or a text about workflows.
    let elsewhere = format == Format::GithubActions && formats::by_path(path) != Some(format);
    Setting { applied, example, throwaway: by_name || by_folder || elsewhere || is_test }
}

fn words(segment: &str) -> impl DoubleEndedIterator<Item = &str> {
    segment.split(['.', '-', '_', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_the_values_are_for() {
        assert!(setting(".env.example", Format::Text).example);
        assert!(setting("a/docker-compose.dev.yml", Format::Compose).throwaway);
        assert!(setting("tests/main.tf", Format::Terraform).throwaway);
        assert!(setting("main.tftest.hcl", Format::Terraform).throwaway);
        assert!(setting(".devcontainer/compose.yaml", Format::Compose).throwaway);
        assert!(setting("examples/pod.yaml", Format::Kubernetes).throwaway);
        assert!(setting("integration-tests/main.tf", Format::Terraform).throwaway);
        assert!(!setting("test-results-api/main.tf", Format::Terraform).throwaway);
        assert!(!setting("dev_portal/main.tf", Format::Terraform).throwaway);
        assert!(!setting("charts/api/templates/secret.yaml", Format::Kubernetes).throwaway);
        let plain = setting("deploy/secret.yaml", Format::Kubernetes);
        assert!(plain.applied && !plain.example && !plain.throwaway);
        let archived = setting("_archived/pod.yaml", Format::Kubernetes);
        assert!(archived.throwaway && !archived.example);
        assert!(setting("templates/ci.yml", Format::GithubActions).throwaway);
        assert!(!setting(".github/workflows/test.yml", Format::GithubActions).throwaway);
    }
}
