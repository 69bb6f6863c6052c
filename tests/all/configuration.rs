//! `caulk.toml` from end to end: where it is looked for, what it changes, and how its mistakes are told.

use serde_json::Value;

use crate::ran::{Folder, Ran};
use crate::samples::token;

const WORKFLOW: &str = ".github/workflows/a.yml";

/// A repository with two leaks and a subfolder.
fn repository(config: &str) -> Folder {
    let folder = Folder::new();
    folder.git(&["init", "-q"]);
    folder.file(WORKFLOW, format!("on: push\nenv:\n  A: {}\n", token("config a")));
    folder.file("infra/live/b.txt", token("config b"));
    folder.file("caulk.toml", config);
    folder
}

fn paths(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let open = json["findings"].as_array().unwrap().iter().filter(|finding| finding["suppressed"].is_null());
    open.map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["check"].as_str().unwrap())).collect()
}

const A: &str = ".github/workflows/a.yml github-actions/plaintext-secret";
const B: &str = "infra/live/b.txt core/plaintext-secret";

#[test]
fn files_are_excluded_and_counted_and_read_where_they_are_named() {
    let folder = repository("[lint]\nexclude = \"infra\"\n");
    let ran = folder.lint(&["."]);
    assert_eq!(paths(&ran), [A]);
    assert_eq!(ran.json()["coverage"]["excluded"], 1);
    assert_eq!(paths(&folder.lint(&[".", "infra/live/b.txt"])), [A, B]);
    assert_eq!(paths(&folder.lint(&[".", "--exclude", "*.yml", "--no-config"])), [B]);
    assert!(paths(&folder.lint(&[".", "--exclude", "*.yml"])).is_empty());
    assert!(folder.caulk(&["lint"]).text().contains("1 file excluded"));
    folder.lint(&[".", "--exclude", "["]).ends_with(2);
}

#[test]
fn the_nearest_file_up_to_the_repositorys_root_counts_and_paths_are_relative_to_it() {
    let folder = repository("[lint]\nexclude = \"infra/live/*.txt\"\n");
    assert!(paths(&at(&folder, "infra/live", &["."])).is_empty());
    assert_eq!(paths(&at(&folder, "infra/live", &[".", "--no-config"])), ["b.txt core/plaintext-secret"]);
    folder.file("infra/caulk.toml", "[lint]\nfail-on = \"never\"\n");
    let nearer = at(&folder, "infra/live", &["."]);
    nearer.ends_with(0);
    assert_eq!(paths(&nearer), ["b.txt core/plaintext-secret"]);
    // Nothing above the root of the repository, and outside of one nothing above the start directory.
    folder.git(&["init", "-q", "infra/live"]);
    assert_eq!(paths(&at(&folder, "infra/live", &["."])), ["b.txt core/plaintext-secret"]);
    let outside = Folder::with(&[("caulk.toml", "[lint]\nfail-on = \"never\"\n"), ("x/a.txt", &token("config c"))]);
    outside.lint(&["."]).ends_with(0);
    at(&outside, "x", &["."]).ends_with(1);
}

#[test]
fn a_file_can_be_named() {
    let folder = repository("[lint]\nexclude = \"infra\"\n");
    folder.file("ci/strict.toml", "[lint]\nexclude = \".github\"\n");
    assert_eq!(paths(&folder.lint(&[".", "--config", "ci/strict.toml"])), [B]);
    for (name, said) in [("gone.toml", "cannot be read"), ("ci", "is a directory")] {
        let ran = folder.lint(&[".", "--config", name]);
        ran.ends_with(2);
        assert!(ran.text().contains(&format!("`{name}`")) && ran.text().contains(said), "{}", ran.text());
    }
    folder.lint(&[".", "--config", "ci/strict.toml", "--no-config"]).ends_with(2);
}

#[test]
fn severities_selections_and_thresholds_are_the_teams() {
    let folder = repository("[severity]\n\"core/plaintext-secret\" = \"low\"\n[lint]\nfail-on = \"critical\"\n");
    let ran = folder.lint(&["infra"]);
    assert_eq!(ran.ends_with(0).json()["findings"][0]["severity"], "low");
    folder.lint(&["infra", "--fail-on", "low"]).ends_with(1);
    folder.lint(&["infra", "--min-severity", "medium"]).ends_with(0);
    folder.file("caulk.toml", "[lint]\nskip = \"core/*\"\nmin-confidence = \"certain\"\n");
    assert!(paths(&folder.lint(&["infra"])).is_empty());
    folder.file("caulk.toml", "[severity]\n\"core/plaintext-secret\" = \"info\"\n");
    assert!(paths(&folder.lint(&["infra"])).is_empty());
    assert_eq!(paths(&folder.lint(&["infra", "--pedantic"])).len(), 1);
}

#[test]
fn entries_ignore_by_check_path_and_logical_path() {
    let entry =
        |check: &str, path: &str, more: &str| format!("[[ignore]]\ncheck = \"{check}\"\npath = \"{path}\"\nreason = \"a test\"\n{more}");
    let cases = [
        (entry("plaintext-secret", WORKFLOW, ""), vec![B]),
        (entry("github-actions/*", "*.yml", "logical_path = \"env.*\""), vec![B]),
        (entry("*", "**/*", ""), vec![]),
        (entry("*", "infra", "until = 2999-12-31"), vec![A]),
        (entry("*", WORKFLOW, "logical_path = \"env.B\""), vec![A, "caulk.toml core/unused-suppression", B]),
        (entry("secret-in-log", WORKFLOW, ""), vec![A, "caulk.toml core/unused-suppression", B]),
        (entry("*", "infra", "until = 2020-01-31"), vec![A, "caulk.toml core/unused-suppression", B]),
        // Nothing is there that it speaks of.
        (entry("*", "elsewhere", ""), vec![A, "caulk.toml core/unused-suppression", B]),
    ];
    for (config, expected) in cases {
        let folder = repository(&config);
        let ran = folder.lint(&["."]);
        assert_eq!(paths(&ran), expected, "{config}");
        assert_eq!(paths(&folder.lint(&[".", "--no-suppressions"])), [A, B], "{config}");
        // Where not every check runs nothing is said of entries.
        assert!(!folder.lint(&[".", "--skip", "compose/*"]).text().contains("unused"), "{config}");
    }
}

#[test]
fn an_entry_that_names_no_file_is_told_where_everything_was_looked_at() {
    const UNUSED: &str = "core/unused-suppression";
    let entry = |path: &str| format!("[[ignore]]\ncheck = \"*\"\npath = \"{path}\"\nreason = \"a test\"\n");
    let folder = repository(&entry("infra/gone.tfstate"));
    let told = folder.lint(&["."]).json()["findings"][1].clone();
    assert_eq!((told["check"].as_str(), told["message"].as_str()), (Some(UNUSED), Some("this entry matches no file that is read")));
    for (directory, paths, is_told) in [
        (".", ["infra"], false),
        (".", [WORKFLOW], false),
        ("infra", ["."], false),
        ("infra", [".."], true),
        ("infra/live", ["../.."], true),
    ] {
        assert_eq!(at(&folder, directory, &paths).text().contains(UNUSED), is_told, "{directory} {paths:?}");
    }
    // What is excluded, or ignored and read today, is there; so may be what lies in a repository that was not entered.
    folder.file("caulk.toml", "[lint]\nexclude = [\"b.txt\"]\n".to_owned() + &entry("infra/**/*.txt") + &entry("secret.tfstate"));
    folder.file(".gitignore", "secret.tfstate\n");
    folder.file("secret.tfstate", "{}\n");
    assert_eq!(folder.lint(&["."]).text().matches(UNUSED).count(), 1);
    assert!(folder.lint(&[".", "--include-ignored"]).text().contains("no finding in the files"));
    folder.git(&["init", "-q", "module"]);
    folder.file("module/a.txt", "text\n");
    assert_eq!(folder.lint(&["."]).text().matches(UNUSED).count(), 0);
}

#[test]
fn what_is_ignored_is_counted_and_listed() {
    let folder =
        repository("[[ignore]]\ncheck = \"*\"\npath = \"infra\"\nreason = \"a sample\"\n[[ignore]]\ncheck = \"*\"\npath = \"*.yml\"\n");
    let json = folder.lint(&[".", "--pedantic"]).ends_with(0).json();
    assert_eq!(json["summary"]["suppressed"], 2);
    let of = |path: &str| json["findings"].as_array().unwrap().iter().find(|finding| finding["path"] == path).unwrap().clone();
    assert_eq!(of("infra/live/b.txt")["suppressed"], serde_json::json!({ "by": "config", "reason": "a sample" }));
    let unexplained = of("caulk.toml");
    assert_eq!(
        (&unexplained["check"], &unexplained["range"]["start"]["line"]),
        (&Value::from("core/unexplained-suppression"), &Value::from(5))
    );
    let sarif: Value = serde_json::from_slice(&folder.caulk(&["lint", "--format", "sarif"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["suppressions"][0]["kind"] == "external"), "{results:?}");
    folder.lint(&["."]).ends_with(0);
}

#[test]
fn other_scanners_comments_count_where_the_team_says_so() {
    let folder = repository("[compat]\ngitleaks = true\n");
    folder.file(WORKFLOW, format!("on: push\nenv:\n  A: {} # gitleaks:allow\n", token("config a")));
    assert_eq!(paths(&folder.lint(&["."])), [B]);
    assert_eq!(paths(&folder.lint(&[".", "--no-config"])), [A, B]);
}

#[test]
fn a_cell_is_silenced_by_its_tag() {
    let notebook = |tags: &str| {
        let cell = |tags: &str, seed: &str| {
            let secret = token(seed);
            format!(
                r#"{{"cell_type": "code", "metadata": {{"tags": [{tags}]}}, "source": ["t = '{secret}'"], "execution_count": 1,
                "outputs": [{{"output_type": "stream", "name": "stdout", "text": ["{secret}\n"]}}]}}"#
            )
        };
        format!(r#"{{"cells": [{}, {}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#, cell(tags, "tag a"), cell("", "tag b"))
    };
    let folder = Folder::new();
    let count = |tags: &str| {
        folder.file("a.ipynb", notebook(tags));
        let json = folder.lint(&["."]).json();
        let suppressed = json["summary"]["suppressed"].as_u64().unwrap();
        let open: Vec<String> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["suppressed"].is_null())
            .map(|it| it["check"].as_str().unwrap().to_owned())
            .collect();
        (open.len(), suppressed, open.iter().filter(|check| check.starts_with("core/")).cloned().collect::<Vec<_>>())
    };
    let (all, none, said) = count("");
    assert!(all >= 2 && none == 0 && said.is_empty());
    assert_eq!(count("\"caulk:ignore[notebook/*] a test\""), (all / 2, u64::try_from(all / 2).unwrap(), vec![]));
    assert_eq!(count("\"caulk:ignore\"").2, ["core/invalid-suppression"]);
    assert_eq!(count("\"caulk:ignore[missing-oidc-aws]\"").2, ["core/unused-suppression"]);
}

#[test]
fn a_mistake_is_shown_in_the_file() {
    let folder = repository("[lint]\nexlude = [\"infra\"] # \u{202e}\n");
    let ran = folder.lint(&["."]);
    ran.ends_with(2);
    let expected = "\
error
  × this is no key of `[lint]`
   ╭─[caulk.toml:2:1]
 1 │ [lint]
 2 │ exlude = [\"infra\"] # \\u{202e}
   · ──────
   ╰────
  help: did you mean `exclude`?
";
    assert_eq!(String::from_utf8(ran.stderr.clone()).unwrap(), expected);
    assert!(ran.stdout.is_empty());
    let above = at(&folder, "infra/live", &["."]);
    assert!(above.ends_with(2).text().contains("[../../caulk.toml:2:1]"), "{}", above.text());
}

/// Whoever writes a token into the configuration does not see it again in a build's log.
#[test]
fn a_mistake_shows_no_secret() {
    let secret = token("config mistake");
    for config in [format!("[lint]\nexlude = \"{secret}\"\n"), format!("[[ignore]]\ncheck = \"{secret}\"\n"), format!("{secret} = = 1\n")] {
        let ran = repository(&config).lint(&["."]);
        ran.ends_with(2);
        assert!(!ran.text().contains(&secret), "{}", ran.text());
    }
}

#[test]
fn what_is_no_configuration_is_refused() {
    let folder = repository("");
    std::fs::remove_file(folder.path().join("caulk.toml")).unwrap();
    std::fs::create_dir(folder.path().join("caulk.toml")).unwrap();
    assert!(folder.lint(&["."]).ends_with(2).text().contains("`caulk.toml` is a directory"));
    std::fs::remove_dir(folder.path().join("caulk.toml")).unwrap();
    for bytes in [b"[lint]\n\xff\n".to_vec(), vec![b'#'; 2 << 20]] {
        folder.file("caulk.toml", bytes);
        folder.lint(&["."]).ends_with(2);
    }
    for selection in ["compose/*", "secret-in-log", "family:missing-oidc"] {
        folder.file("caulk.toml", format!("[severity]\n\"{selection}\" = \"high\"\n"));
        assert!(folder.lint(&["."]).ends_with(2).text().contains("write whole ids"), "{selection}");
    }
    folder.file("caulk.toml", b"[lint]\n# \xc3\xa4 \xff\n");
    assert!(folder.lint(&["."]).ends_with(2).text().contains("[caulk.toml:2:5]"));
    #[cfg(unix)]
    {
        folder.file("other.toml", "[lint]\nfail-on = \"never\"\n");
        std::fs::remove_file(folder.path().join("caulk.toml")).unwrap();
        std::os::unix::fs::symlink("other.toml", folder.path().join("caulk.toml")).unwrap();
        assert!(folder.lint(&["."]).ends_with(2).text().contains("`caulk.toml` cannot be read"));
        folder.lint(&[".", "--config", "caulk.toml"]).ends_with(0);
    }
}

#[test]
fn names_and_detectors_reach_the_engine() {
    let config = "[names]\nsecret = [\"licence\"]\nsafe = [\"db password\"]\n\n[[detector]]\nid = \"acme/deploy-key\"\ntitle = \"an Acme deploy key\"\npattern = 'acme_[a-z0-9]{12}'\nseverity = \"critical\"\n";
    let folder = repository(config);
    folder.file(
        "compose.yaml",
        "services:\n  a:\n    image: x\n    environment:\n      ACME_LICENCE: hunter2-hunter3\n      DB_PASSWORD: s3cr3t-x9-y8\n      NOTE: key is acme_k3v9qw7zt2b8 here\n",
    );
    let json = folder.lint(&["compose.yaml"]).json();
    let found: Vec<(String, Value, String)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["logical_path"].as_str().unwrap().to_owned(), it["detector"].clone(), it["severity"].as_str().unwrap().to_owned()))
        .collect();
    let medium = found[0].2.clone();
    assert_eq!(
        found,
        [
            ("services.a.environment.ACME_LICENCE".to_owned(), Value::Null, medium),
            ("services.a.environment.NOTE".to_owned(), Value::from("acme/deploy-key"), "critical".to_owned())
        ]
    );
    assert!(json["findings"][1]["message"].as_str().unwrap().contains("an Acme deploy key"));
    // Excerpts hide them as they hide any other.
    let text = folder.caulk(&["lint", "compose.yaml"]).text();
    assert!(!text.contains("acme_k3v9") && !text.contains("hunter2"), "{text}");
    for (name, text) in [("notes.txt", "see acme_k3v9qw7zt2b8\n"), ("main.go", "package main\n\nvar key = \"acme_k3v9qw7zt2b8\"\n")] {
        folder.file(name, text);
        assert_eq!(folder.lint(&[name]).json()["findings"][0]["check"], "core/plaintext-secret", "{name}");
    }
}

#[test]
fn what_a_team_looks_for_is_in_no_report() {
    let folder = repository("[[detector]]\nid = \"acme/key\"\ntitle = \"an Acme key\"\npattern = 'acme_[a-z0-9]{12}'\n");
    // In the name of the file, in keys and in the name of an object.
    folder.file("acme_h7v9qw7zt2b8.yaml", "acme_k3v9qw7zt2b8:\n  password: x7hT2pq9kQ\n");
    folder.file("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: acme_m3v9qw7zt2b8}\nstringData: {password: x7hT2pq9kQ}\n");
    for format in ["terminal", "json", "sarif", "github", "gitlab-secret-detection", "gitlab-codequality", "markdown"] {
        let ran = folder.caulk(&["lint", ".", "--format", format]);
        assert!(ran.text().contains("password"), "{format}");
        assert!(!ran.text().contains("v9qw7zt2b8"), "{format}: {}", ran.text());
    }
    for path in ["acme_h7v9qw7zt2b8.yaml:2", "a.yaml:4"] {
        let told = folder.caulk(&["lint", "--why", path, "."]).text().replace(path, "");
        assert!(!told.contains("v9qw7zt2b8"), "{told}");
    }
}

#[test]
fn names_count_where_terraform_declares_them() {
    let folder = repository("[names]\nsecret = [\"licence\"]\nsafe = [\"db password\"]\n");
    folder.file("main.tf", "variable \"acme_licence\" {\n  type = string\n}\n\nvariable \"db_password\" {\n  type = string\n}\n");
    let places = |arguments: &[&str]| -> Vec<u64> {
        let json = folder.lint(&[&["main.tf", "--only", "terraform/variable-missing-sensitive"], arguments].concat()).json();
        json["findings"].as_array().unwrap().iter().map(|it| it["range"]["start"]["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(places(&[]), [1]);
    assert_eq!(places(&["--no-config"]), [5]);
}

#[test]
fn names_count_where_secrets_travel() {
    let folder = repository("[names]\nsecret = [\"licence\"]\nsafe = [\"db password\"]\n");
    folder.file(".gitlab-ci.yml", "a:\n  script:\n    - echo $ACME_LICENCE\n    - echo $DB_PASSWORD\n");
    folder.file(
        "main.tf",
        "variable \"acme_licence\" {\n  type = string\n  sensitive = true\n}\n\nresource \"null_resource\" \"a\" {\n  triggers = { a = var.acme_licence }\n}\n",
    );
    let lines = |path: &str, arguments: &[&str]| -> Vec<u64> {
        let json = folder.lint(&[&[path], arguments].concat()).json();
        json["findings"].as_array().unwrap().iter().map(|it| it["range"]["start"]["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(lines(".gitlab-ci.yml", &["--only", "gitlab-ci/secret-in-log"]), [3]);
    assert_eq!(lines(".gitlab-ci.yml", &["--only", "gitlab-ci/secret-in-log", "--no-config"]), [4]);
    folder.file("compose.yaml", "services:\n  a:\n    image: x\n    environment: [\"ACME_LICENCE\", \"DB_PASSWORD\"]\n    command: sh -c 'echo $$ACME_LICENCE; echo $$DB_PASSWORD'\n");
    let names = |arguments: &[&str]| {
        let json = folder.lint(&[&["compose.yaml", "--only", "compose/secret-in-log"], arguments].concat()).json();
        let messages = json["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap().to_owned());
        messages.map(|message| message.contains("ACME_LICENCE")).collect::<Vec<_>>()
    };
    assert_eq!((names(&[]), names(&["--no-config"])), (vec![true], vec![false]));
}

/// Code scanning wants places inside of the repository.
#[test]
fn what_is_said_of_the_file_stands_in_the_repository() {
    let folder = repository("[[ignore]]\ncheck = \"*\"\npath = \"infra/live/c.txt\"\nreason = \"a test\"\n");
    folder.file("infra/live/c.txt", "nothing\n");
    let mut command = folder.command(&["lint", "--format", "sarif"]);
    command.current_dir(folder.path().join("infra/live")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let sarif = crate::ran::finish(command.spawn().unwrap()).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let uris: Vec<&str> =
        results.iter().map(|it| it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["caulk.toml", "infra/live/b.txt"]);
    assert_eq!(paths(&at(&folder, "infra/live", &["."])), ["../../caulk.toml core/unused-suppression", "b.txt core/plaintext-secret"]);
}

/// What the documentation shows is read, and the published schema takes it.
#[test]
fn the_documented_file_is_valid() {
    let page = include_str!("../../docs/configuration.md");
    let text = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let pages: Vec<_> = caulk::checks::all().map(|check| &check.page).collect();
    let settings = caulk::config::read(text, "caulk.toml", caulk::config::Base::default(), &pages);
    settings.unwrap_or_else(|problem| panic!("{}: {}", &text[problem.span.range()], problem.message));
    let json = serde_json::to_value(toml::from_str::<toml::Table>(&text.replace("until = 2027-01-31", "until = \"2027-01-31\"")).unwrap())
        .unwrap();
    let schema = serde_json::from_str(caulk::config::SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Runs caulk in a folder below.
fn at(folder: &Folder, below: &str, arguments: &[&str]) -> Ran {
    let mut command = folder.command(&[&["lint", "--format", "json"], arguments].concat());
    command.current_dir(folder.path().join(below)).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    crate::ran::finish(command.spawn().unwrap())
}

/// Findings that only `--pedantic` shows are looked for where something may speak of them, so that it is not called unused.
#[test]
fn what_speaks_of_a_finding_that_is_not_shown_is_not_unused() {
    let deploys = |comment: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: kubectl apply -f deploy/\n        env:\n          K: ${{{{ secrets.K }}}}{comment}\n"
        )
    };
    let check = "github-actions/secret-outside-environment";
    let folder = Folder::new();
    folder.file(WORKFLOW, deploys(&format!(" # caulk: ignore[{check}] a test")));
    for (arguments, suppressed) in [(&["."][..], 0), (&[".", "--pedantic"], 1)] {
        let json = folder.lint(arguments).ends_with(0).json();
        assert_eq!(json["summary"]["suppressed"], suppressed, "{json:#}");
        assert!(!json.to_string().contains("unused-suppression"), "{json:#}");
    }
    folder.file(WORKFLOW, deploys(""));
    folder.file("caulk.toml", format!("[[ignore]]\ncheck = \"{check}\"\npath = \".github\"\nreason = \"a test\"\n"));
    assert!(paths(&folder.lint(&["."])).is_empty());
    folder.file("caulk.toml", "");
    assert!(paths(&folder.lint(&["."])).is_empty());
    assert_eq!(paths(&folder.lint(&[".", "--pedantic"])).len(), 1);
}
