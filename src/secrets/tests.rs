//! The engine as its users see it: literals in, verdicts out.

mod hostile;
mod packed;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::catalogue::{Confidence, Severity};
use crate::literal::{Literal, LogicalPath, Part, Reading, Reference, Role, Value};
use crate::source::{Setting, SourceId, Span, Text};
use crate::syntax::json::decode;

fn literal<'a>(name: &'a str, value: Value<'a>, reading: Reading, setting: Setting) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let path = LogicalPath::default;
    let literal = Literal { role: Role::Text, name: name.into(), value, reading, source: SourceId(0), setting, opener: 0, path: &path };
    judge(&literal, &Custom::default(), &mut |verdict| verdicts.push(verdict));
    verdicts
}

fn value<'a>(name: &'a str, text: &'a str) -> Vec<Verdict> {
    literal(name, Value::literal(Text::plain(text, 0)), Reading::Value, Setting::default())
}

fn read(text: &str, reading: Reading) -> Vec<Verdict> {
    literal("", Value::literal(Text::plain(text, 0)), reading, Setting::default())
}

/// The places of the verdicts, as text.
fn places<'t>(text: &'t str, verdicts: &[Verdict]) -> Vec<&'t str> {
    verdicts.iter().map(|verdict| &text[verdict.place.span.range()]).collect()
}

#[test]
fn a_hundred_tokens_of_each_format_are_found_at_the_right_bytes() {
    for format in formats().iter().filter(|format| format.check != Check::Member) {
        for seed in 0..100 {
            let token = sample(&format.id, &seed.to_string()).unwrap();
            let name = format.names.first().map_or_else(|| "x".to_owned(), |words| words.replace(' ', "_"));
            let verdicts = value(&name, &token);
            assert_eq!(places(&token, &verdicts), [token.as_str()], "{}: {token}", format.id);
            // `tests/all/tokens.rs` looks for the rest of them in documents.
            if format.names.is_empty() && !format.whole && seed % 10 == 0 {
                let text = format!("before {token} behind");
                let verdicts = read(&text, Reading::Prose);
                assert_eq!(places(&text, &verdicts), [token.as_str()], "{} in prose", format.id);
                let json = format!("\"é\\n\\u0041: {}\"", token.replace('\n', "\\n"));
                let decoded = decode(&json, Span::new(0, json.len()));
                let verdicts = literal("x", Value::literal(decoded), Reading::Value, Setting::default());
                assert_eq!(places(&json, &verdicts), [token.replace('\n', "\\n").as_str()], "{} in JSON", format.id);
            }
        }
    }
}

#[test]
fn a_token_stands_in_a_path_but_not_in_packed_data() {
    let token = sample("other/facebook-page-token", "1").unwrap();
    for before in ["https://api.example.net/v19.0/MyCompany/Team1/", "x=a+", "/srv/Data01/Releases/2024/Build17/"] {
        let text = format!("{before}{token}");
        assert_eq!(places(&text, &read(&text, Reading::Prose)), [token.as_str()], "{text}");
    }
    for before in ["QLAAACh22Gh3WFod6HBAQD9AEMAA+", "gBEhEXERgRGhEbER8RIxEm+ESwRLhE/"] {
        assert!(read(&format!("{before}{token}"), Reading::Prose).is_empty(), "{before}");
    }
}

#[test]
fn a_token_is_called_by_its_own_name() {
    // Formats that share a shape with an earlier one are told by length or name only; each must be reachable.
    for format in formats().iter().filter(|format| format.check != Check::Member) {
        let own = |seed: usize| {
            let token = sample(&format.id, &seed.to_string()).unwrap();
            let name = format.names.first().map_or_else(|| "x".to_owned(), |words| words.replace(' ', "_"));
            value(&name, &token).iter().any(|verdict| verdict.detector == Some(format.id.as_str()))
        };
        assert!((0..20).any(own), "{} is never what is found", format.id);
    }
}

#[test]
fn a_checksum_makes_certain_and_one_wrong_character_ends_it() {
    for format in formats() {
        let token = sample(&format.id, "checksum").unwrap();
        let verdict = &value("x", &token);
        if verdict.first().is_some_and(|verdict| verdict.confidence == Confidence::Certain) {
            let at = token.len() - 12;
            let other = if token.as_bytes()[at] == b'Q' { "Z" } else { "Q" };
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            for verdict in value("x", &changed) {
                assert_ne!(verdict.confidence, Confidence::Certain, "{}", format.id);
                let says_nothing = [Check::AzureSecret, Check::AzureKey].contains(&format.check);
                assert!(verdict.severity.is_none_or(|severity| severity == Severity::Info) || says_nothing, "{}", format.id);
            }
        }
    }
    let certain =
        |kind: &str| (0..9).any(|seed| value("x", &sample(kind, &seed.to_string()).unwrap())[0].confidence == Confidence::Certain);
    assert!(certain("github/personal-access-token") && certain("github/app-installation-token"));
    assert!(!certain("aws/access-key-id"));
}

#[test]
fn a_name_makes_a_secret_of_a_value() {
    let table = [
        ("DB_PASSWORD", "s3cr3t-Pa$$", Some("name")),
        ("db_password", "postgres", Some("weak")),
        ("db_password", "${DB_PASSWORD}", None),
        ("api_key", "q3Zk9LxW1vTb7Nf0", Some("name")),
        ("title", "q3Zk9LxW1vTb7Nf0", None),
        ("AWS_ACCESS_KEY_ID", "q3Zk9LxW1vTb7Nf0", None),
    ];
    for (name, text, case) in table {
        let verdicts = value(name, text);
        assert_eq!(verdicts.first().and_then(Verdict::case), case, "{name}: {text}");
        assert_eq!(verdicts.is_empty(), case.is_none(), "{name}: {text}");
    }
}

#[test]
fn the_setting_decides_about_placeholders() {
    let judged = |text: &'static str, setting: Setting| {
        literal("password", Value::literal(Text::plain(text, 0)), Reading::Value, setting).first().and_then(Verdict::case)
    };
    let (plain, applied, example) =
        (Setting::default(), Setting { applied: true, ..Setting::default() }, Setting { example: true, ..Setting::default() });
    assert_eq!((judged("changeme", plain), judged("changeme", applied), judged("changeme", example)), (None, Some("weak"), None));
    assert_eq!((judged("admin", plain), judged("admin", applied), judged("admin", example)), (Some("weak"), Some("weak"), None));
}

#[test]
fn the_place_is_the_secret_alone() {
    let text = "  postgres://app:kV7rstPq@db/shop ";
    assert_eq!(places(text, &value("DATABASE_URL", text)), ["kV7rstPq"]);
    assert_eq!(value("DATABASE_URL", text)[0].why, Why::Inside("a URL with a password"));
    let text = "\n  hunter2go \n";
    assert_eq!(places(text, &value("password", text)), ["hunter2go"]);
}

#[test]
fn references_and_fallbacks_are_told_apart() {
    let text = "${DB_PASSWORD:-q3Zk9LxW1vTb}-x";
    let fallback = Value::literal(Text::plain(&text[15..27], 15));
    let reference = Reference { span: Span::new(0, 28), name: "DB_PASSWORD".into(), fallback: Some(Box::new(fallback)) };
    let parts = vec![Part::Reference(reference), Part::Literal(Text::plain(&text[28..], 28))];
    let verdicts = literal("url", Value { parts }, Reading::Value, Setting::default());
    assert_eq!((places(text, &verdicts), verdicts[0].name.as_str()), (vec!["q3Zk9LxW1vTb"], "DB_PASSWORD"));
    // The literal part of a mixed value counts where it convinces by itself.
    let mixed = |tail: &'static str| {
        let reference = Reference { span: Span::new(0, 4), name: "X".into(), fallback: None };
        let parts = vec![Part::Reference(reference), Part::Literal(Text::plain(tail, 4))];
        literal("password", Value { parts }, Reading::Value, Setting::default()).len()
    };
    assert_eq!((mixed("-suffix"), mixed("-q3Zk9LxW1vTb7Nf0")), (0, 1));
    // A URL's user may be a reference, its password a literal.
    let url = "xxxx:kV7rstPq@db/x";
    let reference = Reference { span: Span::new(0, 4), name: "U".into(), fallback: None };
    let scheme = Text::plain("redis://", 100);
    let parts = vec![Part::Literal(scheme), Part::Reference(reference), Part::Literal(Text::plain(&url[4..], 4))];
    let verdicts = literal("url", Value { parts }, Reading::Value, Setting::default());
    assert_eq!(places(url, &verdicts), ["kV7rstPq"]);
}

#[test]
fn configuration_is_read_by_key() {
    let text = "# comment\ndb:\n  password: \"kV7rstPq\"  # no\n  host: db.internal\nurl: redis://:pw9xz@cache\n";
    let verdicts = read(text, Reading::Config);
    assert_eq!(places(text, &verdicts), ["kV7rstPq", "pw9xz"]);
    assert_eq!(verdicts[0].path.shown, "db.password");
    let json = "{\n  \"db\": {\"password\": \"kV7\\u0072stPq\"}\n}\n";
    let verdicts = read(json, Reading::Config);
    assert_eq!((places(json, &verdicts), verdicts[0].chain.len()), (vec!["kV7\\u0072stPq"], 0));
    assert!(read("password: ENC[AES256_GCM,data:abc,type:str]\n", Reading::Config).is_empty());
}

#[test]
fn marked_values_are_secrets_whatever_they_look_like() {
    let marked = |text: &'static str| literal("x", Value::literal(Text::plain(text, 0)), Reading::Marked, Setting::default());
    assert_eq!(places("on", &marked("on")), ["on"]);
    assert_eq!(places("redis://:pw9xz@h", &marked("redis://:pw9xz@h")), ["pw9xz"]);
    assert!(marked("  ").is_empty());
}

#[test]
fn scripts_and_outputs_give_names_to_values() {
    let text = "x = f(api_key='q3Zk9LxW1vTb7Nf0', token=\"abc\")\ncurl -H 'X-Token: 9f86d081884c7d659a2feaa0c55ad015'\n";
    let path = LogicalPath::default;
    let mut verdicts = Vec::new();
    let value = Value::literal(Text::plain(text, 0));
    let (role, reading, setting) = (Role::NotebookSource, Reading::Prose, Setting::default());
    judge(
        &Literal { role, name: "".into(), value, reading, source: SourceId(0), setting, opener: 0, path: &path },
        &Custom::default(),
        &mut |v| verdicts.push(v),
    );
    assert_eq!(places(text, &verdicts), ["q3Zk9LxW1vTb7Nf0", "9f86d081884c7d659a2feaa0c55ad015"]);
}

#[test]
fn names_say_nothing_in_prose() {
    assert!(read("the password: hunter2go is wrong\nPASSWORD=hunter2go\n", Reading::Prose).is_empty());
    // In code that sets what a program needs they do where the value convinces.
    let text = "PASSWORD = 'Trotz7Kanne'\nOTHER_PASSWORD = 'hunter2go'\nAPI_TOKEN = get('q3Zk9LxW1vTb7Nf0')\n";
    assert_eq!(places(text, &read(text, Reading::Code)), ["Trotz7Kanne"]);
}

/// The token with one character of its body changed, so that its checksum is wrong.
fn mistyped(token: &str) -> String {
    let at = token.len() - 12;
    let other = if token.as_bytes()[at] == b'Q' { "Z" } else { "Q" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

#[test]
fn a_wrong_checksum_is_said_and_hides_nothing() {
    let token = mistyped(&sample("github/personal-access-token", "unissued").unwrap());
    let verdicts = read(&format!("see {token} there"), Reading::Prose);
    assert_eq!(verdicts[0].severity, Some(Severity::Info));
    assert_eq!(
        verdicts[0].sentence(),
        "what looks like a GitHub personal access token has a wrong checksum: nobody issued it, it is mistyped or made up"
    );
    // Under a telling name, or as the password of a URL, it is somebody's secret whoever issued it.
    assert_eq!(value("api_token", &token)[0].why, Why::Name);
    let url = format!("git+https://app:{token}@git.example.org/x");
    assert_eq!(value("url", &url).iter().map(|verdict| verdict.why.clone()).collect::<Vec<_>>(), [Why::Inside("a URL with a password")]);
}

#[test]
fn the_claims_of_a_token_decide_what_is_said_of_it() {
    for (kind, severity, said) in [
        ("token", Severity::Medium, "a JSON web token stands in plain text"),
        ("expired-token", Severity::Low, "an expired JSON web token stands in plain text"),
        ("unsigned-token", Severity::Info, "a JSON web token without a signature stands in plain text"),
        ("service-account-token", Severity::Critical, "a Kubernetes service account token stands in plain text"),
    ] {
        let verdicts = read(&format!("curl {}", sample(&format!("jwt/{kind}"), "x").unwrap()), Reading::Prose);
        assert_eq!((verdicts[0].severity, verdicts[0].sentence().as_str()), (Some(severity), said));
    }
}

#[test]
fn a_member_is_known_by_its_neighbours() {
    let key = sample("alnum:43", "jwk").unwrap();
    let json = format!(r#"{{"keys": [{{"kty": "EC", "crv": "P-256", "x": "{key}", "d": "{key}"}}]}}"#);
    let verdicts = value("jwks", &json);
    assert_eq!(verdicts.iter().map(|verdict| verdict.detector).collect::<Vec<_>>(), [Some("secrets/other/json-web-key")]);
    assert_eq!(verdicts[0].path.shown, "keys[0].d");
}

#[test]
fn a_token_that_its_name_tells_is_found_in_a_script() {
    let uuid = sample("snyk/api-token", "script").unwrap();
    let script = format!("set -eu\nexport SNYK_TOKEN={uuid}\nsnyk test\n");
    let literal_of = |role: Role| {
        let mut verdicts = Vec::new();
        let value = Value::literal(Text::plain(&script, 0));
        let path = LogicalPath::default;
        let literal = Literal {
            role,
            name: "".into(),
            value,
            reading: Reading::Prose,
            source: SourceId(0),
            setting: Setting::default(),
            opener: 0,
            path: &path,
        };
        judge(&literal, &Custom::default(), &mut |verdict| verdicts.push(verdict));
        verdicts
    };
    let verdicts = literal_of(Role::GithubActions);
    assert_eq!(places(&script, &verdicts), [uuid.as_str()]);
    assert_eq!(verdicts[0].detector, Some("secrets/snyk/api-token"));
    // In text of no format names say nothing.
    assert!(literal_of(Role::Text).is_empty());
}

#[test]
fn an_assignment_before_a_program_in_unknown_yaml_is_read() {
    let text = "steps:\n  - run: 'PGPASSWORD=kvqfonxywd psql -p 5432 -h 127.0.0.1'\n";
    assert_eq!(places(text, &read(text, Reading::Config)), ["kvqfonxywd"]);
    let text = "env:\n  - POSTGRES_PASSWORD=kvqfonxywd\n  - NOTE=see the page\n";
    assert_eq!(places(text, &read(text, Reading::Config)), ["kvqfonxywd"]);
}

#[test]
fn commands_and_logins_in_documents_are_read() {
    let text = "runcmd:\n  - mysql -u root -pkvqfonxywd9 -e 'select 1'\n  - curl -u me:kvqfonxywd8 https://h\n  - sort -u -k 2\n";
    assert_eq!(places(text, &read(text, Reading::Config)), ["kvqfonxywd9", "kvqfonxywd8"]);
    let text = "chpasswd:\n  expire: false\n  list: |\n    root:kvqfonxywd9\n    me:RANDOM\n";
    assert_eq!(places(text, &read(text, Reading::Config)), ["kvqfonxywd9"]);
    let script = STANDARD.encode("#!/bin/sh\nset -e\nexport DB_PASSWORD=kvqfonxywd9\nstart the app\n");
    assert_eq!(value("user_data_base64", &script)[0].name, "DB_PASSWORD");
    let text = "{\"commandToExecute\": \"mysql --password=kvqfonxywd9\", \"other\": \"use -p for the port\"}";
    assert_eq!(places(text, &read(text, Reading::Config)), ["kvqfonxywd9"]);
}
