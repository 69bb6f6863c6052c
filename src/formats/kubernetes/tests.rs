//! What the view gives to the engine: each literal once, under its name, with its role.

use proptest::prelude::*;

use super::{Manifests, Parsed, SecretPart};
use crate::formats::View;
use crate::literal::{Literal, Part, Reading, Role, Value};
use crate::source::{Source, Span, Text};

fn source(text: &str) -> Source {
    Source { text: text.to_owned(), ..Source::default() }
}

fn shown(value: &Value<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(reference) => match &reference.fallback {
            Some(fallback) => format!("<{}|{}>", reference.name, shown(fallback)),
            None => format!("<{}>", reference.name),
        },
    };
    value.parts.iter().map(part).collect()
}

/// Everything but keys and comments.
fn literals(text: &str) -> Vec<String> {
    let source = source(text);
    let parsed = Parsed::new(&source.text);
    let Some(manifests) = Manifests::new(&source, &parsed) else { return vec!["nothing".into()] };
    let mut found = Vec::new();
    manifests.literals(&mut |literal: &Literal<'_, '_>| {
        for part in &literal.value.parts {
            if let Part::Literal(text) = part {
                let place = source.slice(text.span());
                assert!(text.is_empty() || !place.is_empty(), "{} has no place", text.as_str());
            }
        }
        if literal.reading != Reading::Prose || literal.role == Role::KubernetesContainer {
            let role = format!("{:?}", literal.role).replace("Kubernetes", "");
            found.push(format!("{role} {:?} {}={}", literal.reading, literal.name, shown(&literal.value)));
        }
    });
    found.retain(|line| !line.contains(" kind=") && !line.contains(" apiVersion=") && !line.contains(" image="));
    found
}

fn paths(text: &str, value: &str) -> Vec<String> {
    let source = source(text);
    let parsed = Parsed::new(&source.text);
    let mut found = Vec::new();
    Manifests::new(&source, &parsed).unwrap().literals(&mut |literal| {
        if shown(&literal.value) == value {
            found.push((literal.path)().shown);
        }
    });
    found
}

#[test]
fn secrets_and_config_maps_own_their_data_in_any_order_of_keys() {
    let text = "data:\n  password: aHVudGVyMg==\nstringData: {a.env: \"x\"}\napiVersion: v1\nkind: Secret\n---\nkind: ConfigMap\napiVersion: v1\ndata:\n  a: b\n  app.env: |\n    A=b\n    C=d\n  run.sh: |\n    #!/bin/sh\n    x\nbinaryData:\n  c: ZA==\n";
    let expected = [
        "Secret Base64 password=aHVudGVyMg==",
        "Secret Config a.env=x",
        "ConfigMap Value a=b",
        "ConfigMap Config app.env=A=b\nC=d\n",
        "ConfigMap Base64 c=ZA==",
    ];
    assert_eq!(literals(text), expected);
}

#[test]
fn files_in_a_config_map_are_read_as_what_they_are() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.py: |\n    PASSWORD = 'x'\n    y = 1\n  b.sh: |\n    TOKEN=t\n    z\n  c: |\n    #!/usr/bin/env ruby\n    d = 'e'\n  f.md: |\n    g\n    h = 'i'\n";
    let expected = ["ConfigMap Value PASSWORD=x", "ConfigMap Value TOKEN=t", "ConfigMap Value d=e"];
    assert_eq!(literals(text), expected);
}

#[test]
fn files_of_one_line_are_told_by_their_names() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: TOKEN=t z\n  netrc: machine m login l password n\n  b.sh: start\n";
    let expected = ["ConfigMap Value TOKEN=t", "ConfigMap Value password=n", "ConfigMap Value b.sh=start"];
    assert_eq!(literals(text), expected);
}

#[test]
fn words_in_one_string_have_names() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  OPTS: -Xmx1g -Da.b=c --d=e\n  .pgpass: |\n    # h:1:d:u:no\n    h:1:d:u\\:v:p:q\n    short:1\n  .netrc: |\n    machine m\n      login l password n\n";
    let expected = [
        "ConfigMap Value a.b=c",
        "ConfigMap Value d=e",
        "ConfigMap Value OPTS=-Xmx1g -Da.b=c --d=e",
        "ConfigMap Value password=p:q",
        "ConfigMap Value password=n",
    ];
    assert_eq!(literals(text), expected);
}

#[test]
fn a_secret_of_another_group_is_no_secret() {
    let text = "apiVersion: crossplane.io/v1\nkind: Secret\ndata: {password: x}\n";
    assert_eq!(literals(text), [" Value password=x"]);
}

#[test]
fn lists_and_documents_are_manifests() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n  metadata: {name: a}\n  data: {x: eQ==}\n- kind: ConfigMapList\n  apiVersion: v1\n  items: [{kind: ConfigMap, metadata: {name: b}, data: {z: w}}]\n";
    assert_eq!(paths(text, "eQ=="), ["Secret/a.data.x"]);
    assert_eq!(paths(text, "w"), ["ConfigMap/b.data.z"]);
    let template = "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, data: {x: eQ==}}\nparameters: [{name: P, value: v}]\n";
    assert_eq!(paths(template, "eQ=="), ["Secret/a.data.x"]);
    assert_eq!(literals(template), [" Value name=P", " Value P=v", " Value name=a", "Secret Base64 x=eQ=="]);
    let list = "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n  data: {x: eQ==}\n";
    assert_eq!(paths(list, "eQ=="), ["Secret/a.data.x"]);
    assert_eq!(literals(list), [" Value name=a", "Secret Base64 x=eQ=="]);
}

#[test]
fn containers_are_found_in_any_kind() {
    let text = "apiVersion: example.com/v1\nkind: Whatever\nspec:\n  a:\n    b:\n      initContainers:\n      - name: c\n        image: i\n        env:\n        - name: DB_PASSWORD\n          value: x\n        - name: URL\n          value: http://$(HOST)/${PATH:=p}\n        args: [--token=t, --password, p, -v, serve]\n        livenessProbe:\n          exec:\n            command: [sh, -c, \"curl -H 'X-Key: k' a\"]\n";
    let expected = [
        " Value name=c",
        "Container Value name=DB_PASSWORD",
        "Container Value DB_PASSWORD=x",
        "Container Value name=URL",
        "Container Value URL=http://<HOST>/<PATH|p>",
        "Container Value token=t",
        "Container Value =--password",
        "Container Value password=p",
        "Container Value =-v",
        "Container Value =serve",
        "Container Value =sh",
        "Container Value =-c",
        "Container Value X-Key=k",
        "Container Prose =curl -H 'X-Key: k' a",
    ];
    assert_eq!(literals(text), expected);
    assert_eq!(paths(text, "x"), ["Whatever.spec.a.b.initContainers[0].env[0].value"]);
}

#[test]
fn an_item_names_its_value_and_an_alias_is_met_at_its_anchor() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  parameters:\n  - name: db.password\n    value: &p x\n  - {key: k, value: *p}\n";
    assert_eq!(literals(text), [" Value name=db.password", " Value db.password=x", " Value key=k"]);
    assert_eq!(literals("apiVersion: v1\nkind: X\nspec: {token: {value: t}}\n"), [" Value token=t"]);
}

#[test]
fn the_copy_of_kubectl_apply_is_a_manifest_of_its_own() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\",\"data\":{\"p\":\"cQ==\"},\"kind\":\"Secret\"}\n";
    assert_eq!(literals(text), [" Value name=s", "Secret Base64 p=cQ=="]);
    let path = "Secret/s.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] → data.p";
    assert_eq!(paths(text, "cQ=="), [path]);
    let source = source(text);
    let parsed = Parsed::new(&source.text);
    let manifests = Manifests::new(&source, &parsed).unwrap();
    let at = text.find("cQ==").unwrap();
    assert_eq!(manifests.secret_parts().at(Span::new(at, at + 4)), Some(SecretPart::LastApplied));
    assert_eq!(manifests.secret_parts().at(Span::new(0, 1)), None);
}

#[test]
fn ciphertext_and_references_to_secrets_say_nothing() {
    for text in [
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {password: AgBxyz}}\n",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {data: [{secretKey: password, remoteRef: {key: prod/db}}]}\n",
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec: {parameters: {secret: x}}\n",
    ] {
        assert!(literals(text).is_empty(), "{:?}", literals(text));
    }
    let sops = "apiVersion: v1\nkind: Secret\ndata: {}\nsops: {mac: \"ENC[x]\", pgp: [{enc: y}]}\n";
    assert!(literals(sops).is_empty());
}

#[test]
fn templates_are_references_that_may_hold_a_literal() {
    let text = "{{- $pw := \"lit0\" }}\napiVersion: v1\nkind: Secret\nmetadata:\n  annotations:\n    checksum/secret: 0a1b\ndata:\n  {{- if .Values.x }}\n  a: {{ .Values.a | default \"lit1\" | b64enc | quote }}\n  b: \"{{ default \"lit2\" .Values.b }}-tail\"\n  {{- end }}\n  c: {{ \"lit3\" | b64enc }}\n  d: {{ include \"chart.name\" . }}\n  e: {{ .Values.e | required \"say it\" }}\n  f: {{ ternary \"lit4\" \"lit5\" .Values.on }}\n";
    let expected = [
        "Secret Base64 a=<.Values.a|lit1>",
        "Secret Base64 b=<.Values.b|lit2>-tail",
        "Secret Base64 c=lit3",
        "Secret Base64 d=<include>",
        "Secret Base64 e=<.Values.e>",
        "Secret Base64 f=<.Values.on|lit4><.Values.on|lit5>",
        " Value pw=lit0",
    ];
    assert_eq!(literals(text), expected);
}

#[test]
fn a_template_that_does_not_parse_is_read_as_text() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  {{- if .x }}\n    a: b\n  {{- else }}\n  [ c\n  {{- end }}\n  password: d\n";
    let source = source(text);
    let parsed = Parsed::new(&source.text);
    let manifests = Manifests::new(&source, &parsed).unwrap();
    assert!(manifests.errors().is_empty());
    assert_eq!(manifests.notes().len(), 1);
    let mut seen = false;
    manifests.literals(&mut |literal| seen |= literal.reading == Reading::Config && shown(&literal.value).contains("password: d"));
    assert!(seen);
}

#[test]
fn text_that_is_yaml_in_spite_of_its_braces_is_no_template() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: '{{ $labels.x }}'\n  b: \"{{{{\"\n";
    let parsed = Parsed::new(text);
    assert!(parsed.tree.errors().is_empty());
    assert_eq!(literals(text), ["ConfigMap Value a=<$labels.x>", "ConfigMap Value b={{{{"]);
}

#[test]
fn generators_of_kustomize_give_names() {
    let text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n- name: s\n  literals: [password=a=b]\nconfigMapGenerator:\n- literals: [token=c]\n";
    assert_eq!(literals(text), [" Value name=s", " Value password=a=b", "ConfigMap Value token=c"]);
}

#[test]
fn what_is_no_manifest_is_not_read() {
    assert_eq!(literals("a: 1\n"), ["nothing"]);
    assert_eq!(literals("- kind\n- apiVersion\n"), ["nothing"]);
}

#[test]
fn deep_and_wide_files_end() {
    let run = || {
        let deep = format!("apiVersion: v1\nkind: List\nitems: {}\n", "[{kind: List, items: ".repeat(400));
        literals(&deep);
        let wide = format!("apiVersion: v1\nkind: Secret\ndata: &d {{a: b}}\nx: [{}]\n", "*d, ".repeat(50_000));
        assert_eq!(literals(&wide), ["Secret Base64 a=b"]);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

/// The literals of a value, those that references fall back to included, each with its place.
fn pieces(value: &Value<'_>) -> Vec<(String, Span)> {
    let of = |part: &Part<'_>| match part {
        Part::Literal(text) => vec![(text.as_str().to_owned(), text.span())],
        Part::Reference(reference) => reference.fallback.as_ref().map_or_else(Vec::new, |fallback| pieces(fallback)),
    };
    value.parts.iter().flat_map(of).collect()
}

proptest! {
    #[test]
    fn every_literal_of_a_value_stands_where_it_says(text in "([a-z $(){}:=|\"'`.é-]|\\{\\{|\\}\\}|\\$\\{|default |:-){0,40}") {
        let value = super::value::value(&Text::plain(&text, 0));
        prop_assert!(!value.parts.is_empty());
        for (literal, place) in pieces(&value) {
            prop_assert_eq!(&text[place.range()], literal);
        }
        // What is no literal is a reference; an action may stand for a literal.
        let holes = !value.references().is_empty() || text.contains("{{");
        prop_assert!(holes || pieces(&value).into_iter().map(|(literal, _)| literal).collect::<String>() == text);
    }

    #[test]
    fn no_manifest_breaks_the_view(text in "([a-z:{}\\[\\]|>\"' \n-]|\\{\\{|\\}\\}|\n  |containers|env|args|data|items|kind: List|metadata|annotations){0,60}") {
        let text = format!("apiVersion: v1\nkind: Secret\n{text}");
        literals(&text);
    }
}
