//! Secrets behind decoders: base64, JSON in strings, gzip.

use super::*;

#[test]
fn docker_credentials_are_found_through_all_their_wrappings() {
    let auth = STANDARD.encode("robot:Vq83kd92mX");
    let json = format!("{{\"auths\":{{\"ghcr.io\":{{\"auth\":\"{auth}\"}}}}}}");
    let text = STANDARD.encode(&json);
    let verdicts = literal(".dockerconfigjson", Value::literal(Text::plain(&text, 0)), Reading::Base64, Setting::default());
    assert_eq!(verdicts.len(), 1);
    assert_eq!(verdicts[0].chain, ["base64", "JSON", "base64"]);
    assert_eq!(verdicts[0].path.shown, "auths['ghcr.io'].auth → password");
    assert!(verdicts[0].place.span.len() < 40);
}

#[test]
fn base64_in_base64_is_opened() {
    let token = sample("github/personal-access-token", "twice").unwrap();
    let text = STANDARD.encode(STANDARD.encode(&token));
    assert_eq!(value("data", &text)[0].chain, ["base64", "base64"]);
}

#[test]
fn service_account_keys_are_found_in_json() {
    let pem = sample("pem/pkcs8", "sa").unwrap();
    let json = format!("{{\"type\": \"service_account\", \"private_key\": \"{}\"}}", pem.replace('\n', "\\n"));
    let verdicts = value("google_credentials", &json);
    assert_eq!(verdicts[0].detector, Some("secrets/google-cloud/service-account-key"));
    assert_eq!((verdicts.len(), verdicts[0].path.shown.as_str()), (1, "private_key"));
}

/// A file in gzip, in base64: a header, and one block that is stored as it is.
fn gzip(text: &str) -> String {
    let length = u16::try_from(text.len()).unwrap();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(text.as_bytes());
    STANDARD.encode(file)
}

#[test]
fn what_else_is_zipped_is_read_by_lines() {
    let text = format!("# é\nhost: db\r\npassword: {}\nnote: - [a\n", sample("password", "lines").unwrap());
    let verdicts = value("backup.gz", &gzip(&text));
    assert_eq!(verdicts.iter().map(|verdict| verdict.name.as_str()).collect::<Vec<_>>(), ["password"]);
    assert!(value("backup.gz", &gzip("")).is_empty());
}

#[test]
fn a_release_of_helm_is_unzipped() {
    let release = format!(r#"{{"name":"shop","config":{{"auth":{{"password":"{}"}}}},"version":2}}"#, sample("password", "helm").unwrap());
    let once = gzip(&release);
    let twice = STANDARD.encode(&once);
    for (text, chain) in [(&once, &["base64", "gzip", "JSON"][..]), (&twice, &["base64", "base64", "gzip", "JSON"][..])] {
        let verdicts = value("release", text);
        assert_eq!(verdicts.len(), 1);
        assert_eq!((verdicts[0].name.as_str(), verdicts[0].chain.as_slice()), ("password", chain));
        assert_eq!(verdicts[0].path.shown, "config.auth.password");
    }
}
#[test]
fn a_file_in_base64_says_itself_what_it_holds() {
    let table: &[(&str, &str, &[&str])] = &[
        ("netrc", "machine h login u password Zb83kdQpw02L\n", &["password"]),
        (
            "credentials",
            "[default]\naws_access_key_id = x\naws_secret_access_key = kd93JfQpw02LmvX7hTz5RqYb8nWc4uGo1sEiVxLa\n",
            &["aws_secret_access_key"],
        ),
        ("start.sh", "#!/bin/sh\nset -e\nexport DB_PASSWORD=Zb83kdQpw02L\nexec app\n", &["DB_PASSWORD"]),
        (
            "settings.xml",
            "<settings>\n<server><username>u</username><password>Zb83kdQpw02L</password></server>\n</settings>\n",
            &["password"],
        ),
        ("wp-config.php", "<?php\ndefine( 'DB_PASSWORD', 'Zb83kdQpw02L' );\n", &["DB_PASSWORD"]),
        ("redis.conf", "requirepass Zb83kdQpw02L\n", &["requirepass"]),
        ("password", "Zb83kdQpw02L\n", &["password"]),
        ("password", "a=Zb83kdQpw02L\n", &["password"]),
        ("notes", "a line\nanother one\n", &[]),
    ];
    for (name, file, expected) in table {
        let encoded = STANDARD.encode(file);
        let verdicts = literal(name, Value::literal(Text::plain(&encoded, 0)), Reading::Base64, Setting::default());
        assert_eq!(verdicts.iter().map(|verdict| verdict.name.as_str()).collect::<Vec<_>>(), *expected, "{file}");
        assert!(verdicts.iter().all(|verdict| verdict.chain == ["base64"]), "{file}");
    }
}
