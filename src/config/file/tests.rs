use super::*;

static PAGES: [Page; 2] = [
    Page::new(
        "kubernetes/plaintext-secret",
        "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"plaintext-secret\"\nsince = \"0.1.0\"\n\n[case.weak]\nseverity = \"low\"\n```\n",
    ),
    Page::new(
        "gitlab-ci/secret-in-log",
        "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"secret-in-log\"\nsince = \"0.1.0\"\n```\n",
    ),
];

fn parse(text: &str) -> Result<Settings, Problem> {
    let pages: Vec<&'static Page> = PAGES.iter().collect();
    read(text, "caulk.toml", Base::default(), &pages)
}

/// Everything that can be said.
const FULL: &str = r#"
[lint]
exclude = ["vendor", "examples/**/*.tf"]
pedantic = true
fail-on = "medium"
min-severity = "info"
min-confidence = "medium"
only = "*"
skip = ["secret-in-log"]

[severity]
"kubernetes/plaintext-secret" = "critical"
"kubernetes/plaintext-secret/weak" = "info"

[[ignore]]
check = "kubernetes/plaintext-secret"
path = "deploy/*.json"
logical_path = "Secret/shop.data.*"
reason = "a sample"
until = 2027-01-31

[[ignore]]
check = "plaintext-secret"
path = ["a.tf", "b.tf"]
until = "2027-01-31"

[names]
secret = ["licence key"]
safe = "session_token"

[[detector]]
id = "acme/deploy-key"
title = "an Acme deploy key"
pattern = 'acme_[a-z0-9]{32}'
keywords = ["acme"]
severity = "medium"

[compat]
gitleaks = true
detect-secrets = false
trufflehog = true
kingfisher = true
"#;

#[test]
fn everything_that_can_be_said_is_read() {
    let settings = parse(FULL).unwrap();
    assert!(settings.exclude.match_path("vendor/a") && settings.exclude.match_path("examples/x/a.tf"));
    assert_eq!((settings.pedantic, settings.fail_on), (Some(true), Some(Some(Severity::Medium))));
    assert_eq!((settings.min_severity, settings.min_confidence), (Some(Severity::Info), Some(Confidence::Medium)));
    assert_eq!((settings.only.len(), settings.skip.len()), (1, 1));
    let weak = Override { id: "kubernetes/plaintext-secret".into(), case: Some("weak".into()), severity: Severity::Info };
    assert!(settings.severities.contains(&weak) && settings.severities.len() == 2);
    let [first, second] = settings.ignores.as_slice() else { panic!("two entries") };
    assert_eq!((first.reason.as_str(), first.until), ("a sample", Date::parse("2027-01-31")));
    assert!(first.covers("Secret/shop.data.password", "") && first.covers("", "Secret/shop.data.x") && !first.covers("Secret/x", ""));
    assert!(second.path.match_path("b.tf") && second.covers("anything", "") && second.until == first.until);
    assert!(FULL[first.span.range()].starts_with("[[ignore]]"), "{}", &FULL[first.span.range()]);
    assert!(settings.compat.gitleaks && !settings.compat.detect_secrets && settings.compat.trufflehog);
    assert_eq!(parse("[lint]\nfail-on = \"never\"").unwrap().fail_on, Some(None));
    assert!(parse("").is_ok() && parse("\u{feff}# nothing\r\n").is_ok());
}

/// Text with the wrong part between `«` and `»`; what is said; what is nearest.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("«lnt» = 1", "this is no table", "did you mean `lint`?"),
    ("[lint]\n«exlude» = []", "this is no key of `[lint]`", "did you mean `exclude`?"),
    ("[lint]\n«zzzzzzzz» = []", "this is no key of `[lint]`", "known are `exclude`"),
    ("lint = «3»", "`lint` takes a table, `[lint]`, and this is a number", ""),
    ("[lint]\nexclude = «true»", "`exclude` takes a string or a list of strings, and this is `true` or `false`", ""),
    ("[lint]\nexclude = [\"a\", «1979-05-27»]", "`exclude` is a list of strings, and this is a date", ""),
    ("[lint]\nexclude = [\"a\", «\"../b\"»]", "this is no glob", "`*.ipynb`"),
    ("[lint]\npedantic = «\"yes\"»", "`pedantic` takes `true` or `false`, and this is a string", ""),
    ("[lint]\nfail-on = «\"hihg\"»", "this is not a severity", "or `never`"),
    ("[lint]\nmin-confidence = «\"sure\"»", "this is not a confidence", "`certain`"),
    ("[lint]\nskip = [«\"secret-in-logs\"»]", "this selects no check", "did you mean `secret-in-log`?"),
    (
        "[severity]\n«\"kubernetes/plaintext-secrets\"» = \"low\"",
        "this is no check, or check and case",
        "did you mean `kubernetes/plaintext-secret`?",
    ),
    (
        "[severity]\n«\"kubernetes/plaintext-secret/waek\"» = \"low\"",
        "this is no check",
        "did you mean `kubernetes/plaintext-secret/weak`?",
    ),
    ("[severity]\n\"kubernetes/plaintext-secret\" = «\"none\"»", "this is not a severity", "`critical`"),
    ("ignore = «1»", "`ignore` takes a list of tables, `[[ignore]]`, and this is a number", ""),
    ("«[ignore]»\ncheck = \"*\"", "`ignore` takes a list of tables", ""),
    ("«[[ignore]]»\npath = \"a\"", "`check` is missing here", "for example"),
    ("«[[ignore]]»\ncheck = \"*\"", "`path` is missing here", "for example"),
    ("[[ignore]]\ncheck = «\"x/y\"»\npath = \"a\"", "this selects no check", "caulk checks"),
    ("[[ignore]]\n«chek» = \"*\"", "this is no key of `[[ignore]]`", "did you mean `check`?"),
    ("[[ignore]]\ncheck = \"*\"\npath = «\"\"»", "this is no glob", ""),
    ("[[ignore]]\ncheck = \"*\"\npath = \"a\"\nuntil = «\"soon\"»", "a day is written `2027-01-31`", ""),
    ("[[ignore]]\ncheck = \"*\"\npath = \"a\"\nuntil = «12:00:00»", "a day is written `2027-01-31`", ""),
    ("[[ignore]]\ncheck = \"*\"\npath = \"a\"\nlogical_path = «\" \"»", "`logical_path` is empty", ""),
    ("[names]\n«secrets» = []", "this is no key of `[names]`", "did you mean `secret`?"),
    ("[names]\nsecret = [«\"42\"»]", "a name holds at least one word", ""),
    ("«[[detector]]»\ntitle = \"x\"", "`id` is missing here", ""),
    ("[[detector]]\nid = «\"Acme\"»", "an id is made of small letters", ""),
    ("[[detector]]\nid = «\"secrets/acme/x\"»", "ids that begin with `secrets/`", ""),
    ("[[detector]]\nid = \"a/b\"\ntitle = \"t\"\npattern = 'acme_«[»a-'", "the pattern cannot be read here", "single quotes"),
    ("[[detector]]\nid = \"a/b\"\ntitle = \"t\"\npattern = «\"acme_\\\\d(\"»", "the pattern cannot be read here", "single quotes"),
    ("[[detector]]\nid = \"a/b\"\ntitle = \"t\"\npattern = «'[a-z]{40}'»", "the pattern holds no text of three bytes", "`keywords`"),
    ("[[detector]]\nid = \"a/b\"\ntitle = \"t\"\npattern = «'acme\\pL{2000}\\pL{2000}'»", "more than a megabyte", ""),
    ("[[detector]]\nid = \"a/b\"\ntitle = \"t\"\nkeywords = [«\"ab\"»]\npattern = 'x'", "a keyword has at least three characters", ""),
    ("[compat]\n«gitleak» = true", "this is no key of `[compat]`", "did you mean `gitleaks`?"),
    ("[lint]\npedantic = true\n«pedantic» = false", "this is no TOML: duplicate key", ""),
];

#[test]
fn mistakes_point_into_the_file_and_name_what_is_near() {
    for (marked, message, help) in MISTAKES {
        let start = marked.find('«').unwrap();
        let text = marked.replace(['«', '»'], "");
        let end = marked.find('»').unwrap() - '«'.len_utf8();
        let problem = parse(&text).unwrap_err();
        assert!(problem.message.starts_with(message) || problem.message.contains(message), "{marked}: {}", problem.message);
        assert!(problem.help.unwrap_or_default().contains(help), "{marked}");
        let found = problem.span.range();
        // A table without a key is pointed at where it begins.
        let fits = found == (start..end) || (marked.contains("]]»") || marked.contains("]»\n")) && found.start == start;
        assert!(fits, "{marked}: {:?} of {text:?}", text.get(found));
    }
}

/// What the schema takes is what is read, mistakes aside that a schema cannot know.
#[test]
fn the_schema_says_the_same() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = |text: &str| -> Option<serde_json::Value> {
        let table: toml::Table = toml::from_str(text).ok()?;
        Some(plain(toml::Value::Table(table)))
    };
    let errors: Vec<String> = validator.iter_errors(&json(FULL).unwrap()).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // Which checks there are, globs and patterns; and JSON has no dates.
    let unknowable =
        ["this is a date", "selects no check", "this is no check", "no glob", "the pattern", "more than a megabyte", "no TOML"];
    for (marked, _, _) in MISTAKES.iter().filter(|(_, message, _)| !unknowable.iter().any(|it| message.contains(it))) {
        let Some(document) = json(&marked.replace(['«', '»'], "")) else { panic!("{marked}") };
        assert!(!validator.is_valid(&document), "{marked}");
    }
    let keys = |pointer: &str| -> Vec<String> {
        let mut keys: Vec<String> = schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let sorted = |list: &[&str]| {
        let mut list: Vec<String> = list.iter().map(|key| (*key).to_owned()).collect();
        list.sort();
        list
    };
    assert_eq!(keys("/properties"), sorted(TABLES));
    assert_eq!(keys("/properties/lint/properties"), sorted(LINT));
    assert_eq!(keys("/properties/ignore/items/properties"), sorted(IGNORE));
    assert_eq!(keys("/properties/names/properties"), sorted(NAMES));
    assert_eq!(keys("/properties/detector/items/properties"), sorted(DETECTOR));
    assert_eq!(keys("/properties/compat/properties"), sorted(COMPAT));
}

/// TOML as JSON; dates become strings, as editors' plugins make them.
fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, plain(value))).collect::<serde_json::Map<_, _>>().into(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_harmless(text in "[\\[\\]a-z=\"'{}. \n#,0-9_-]{0,120}", cut in 0usize..900) {
        let _ = parse(&text);
        let mut mixed = FULL.to_owned();
        let at = mixed.floor_char_boundary(cut.min(mixed.len()));
        mixed.insert_str(at, &text);
        if let Err(problem) = parse(&mixed) {
            proptest::prop_assert!(problem.span.range().end <= mixed.len());
        }
    }
}
