//! Texts that were made to hurt: long, deep, random.

use super::*;

#[test]
fn hostile_texts_take_linear_time() {
    let pieces = [
        "ghp_",
        "a:b@",
        "://",
        "x://a:b@",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-eyJ",
        ".eyJ-",
        "password=",
        ";pwd=",
        "Authorization: Bearer ",
        "glpat-",
        "eyJ.",
        "{\"a\":",
        "[",
        "- ",
        "<a=\"",
        "--password ",
        "AKIA",
        "xoxb-",
        "=",
        "a=\n",
        "api-key-",
        "api key x1 ",
        "'token', ",
        "curl -u ",
        " -password ",
        "convertto-securestring ",
        "connect(\"a/",
    ];
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        for reading in [Reading::Value, Reading::Base64, Reading::Prose, Reading::Code, Reading::Config] {
            let begun = std::time::Instant::now();
            literal("password", Value::literal(Text::plain(&text, 0)), reading, Setting::default());
            // Far from tight: what is not linear takes minutes here.
            assert!(begun.elapsed().as_secs() < 20, "{piece} as {reading:?}: {:?}", begun.elapsed());
        }
    }
}

#[test]
fn nesting_costs_no_stack() {
    let deep = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        let text = "[".repeat(9_000) + "\"x\"" + &"]".repeat(9_000);
        assert!(value("password", &text).is_empty());
        let mut text = "{\"password\":\"q3Zk9LxW1vTb7Nf0\"}".to_owned();
        for _ in 0..12 {
            text = STANDARD.encode(text);
        }
        value("x", &text);
        let mut text = "{\"password\":\"q3Zk9LxW1vTb7Nf0\"}".to_owned();
        for _ in 0..10 {
            text = format!("{{\"a\":{}}}", serde_json::to_string(&text).unwrap());
        }
        value("x", &text);
    });
    deep.unwrap().join().unwrap();
}

proptest! {
    /// Who asks why is told the same as who does not: the quick look passes over nothing.
    #[test]
    fn what_is_passed_over_holds_nothing(name in "(id|arn|tags.Name|basic_auth|cloud.auth|sonar.login|x)", parts in proptest::collection::vec(
        prop_oneof!["[a-z]{1,8}", "[A-Z0-9]{1,20}", "[0-9a-f]{8,40}", "[-_.:/=+,; ]", Just("user:s3cr3tPw9".to_owned()), Just("password=".to_owned())],
        1..6), packed in 0..3) {
        let mut text = parts.concat();
        for _ in 0..packed {
            text = STANDARD.encode(text);
        }
        let path = LogicalPath::default;
        let value = Value::literal(Text::plain(&text, 0));
        for role in [Role::Text, Role::State, Role::KubernetesSecret] {
            let (name, value, source, setting) = (name.as_str().into(), value.clone(), SourceId(0), Setting::default());
            let literal = Literal { role, name, value, reading: Reading::Value, source, setting, opener: 0, path: &path };
            let mut verdicts = Vec::new();
            judge(&literal, &Custom::default(), &mut |verdict| verdicts.push(verdict.place));
            let asked: Vec<_> = explain(&literal, &Custom::default()).1.into_iter().map(|verdict| verdict.place).collect();
            prop_assert_eq!(verdicts, asked);
        }
    }

    #[test]
    fn random_text_is_no_secret(text in "[ -~\\n]{0,400}") {
        prop_assert!(read(&text, Reading::Prose).iter().all(|verdict| matches!(verdict.why, Why::Inside(_))));
    }

    #[test]
    fn any_text_is_harmless(text in any::<String>(), name in "[a-z_]{0,12}") {
        for reading in [Reading::Value, Reading::Base64, Reading::Prose, Reading::Code, Reading::Config] {
            for verdict in literal(&name, Value::literal(Text::plain(&text, 0)), reading, Setting::default()) {
                prop_assert!(text.get(verdict.place.span.range()).is_some());
            }
        }
        prop_assert!(scrub(&text, &Custom::default()).len() <= text.len() * 4);
    }

    #[test]
    fn structured_noise_is_harmless(parts in proptest::collection::vec(
        prop_oneof![Just("://"), Just(":"), Just("@"), Just("password="), Just(";"), Just("-----BEGIN "), Just("-----"), Just("ghp_"), Just("é"), Just("\n"), Just("<a b=\""), Just("\""), Just("Bearer "), Just("{\""), Just("=")], 0..40)
    ) {
        let text = parts.concat();
        for reading in [Reading::Value, Reading::Base64, Reading::Prose, Reading::Code, Reading::Config] {
            literal("password", Value::literal(Text::plain(&text, 0)), reading, Setting::default());
        }
        prop_assert!(scrub(&text, &Custom::default()).len() <= text.len() * 4);
    }
}
