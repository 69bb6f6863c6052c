use std::thread;

use proptest::prelude::*;

use super::{Condition, State};
use crate::formats::View;
use crate::formats::sensitive::Sensitivity;
use crate::literal::Role;
use crate::source::Source;

fn source(text: &str) -> Source {
    Source { text: text.to_owned(), ..Source::default() }
}

#[test]
fn saved_plans_are_recognised_and_not_opened() {
    let bytes = b"PK\x03\x04\x14\0\x08\0\x08\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\0\0tfplan\xb2\0password".to_vec();
    let source = source(&crate::source::decode(bytes).0);
    let state = State::new(&source).expect("a saved plan");
    assert_eq!((state.condition(), state.notes().len(), state.errors().len()), (Condition::SavedPlan, 1, 0));
    state.literals(&mut |_| panic!("nothing in it is text"));
    assert!(!super::is_saved_plan("PK\u{3}\u{4} some other archive"));
}

/// Every literal as `path name=value`, with `!` in front of those called sensitive.
fn literals(text: &str) -> Vec<String> {
    let source = source(text);
    let state = State::new(&source).expect("the text is state");
    let mut seen = Vec::new();
    state.literals(&mut |literal| {
        let value = literal.value.as_literal().unwrap();
        let mark = if literal.role == Role::StateSensitive { "!" } else { "" };
        seen.push(format!("{mark}{} {}={}", (literal.path)().shown, literal.name, value.as_str()));
        // The place of a plain string is its text between the quotes.
        if value.is_plain() {
            assert_eq!(&text[value.span().range()], value.as_str());
        }
        assert!(text[literal.opener as usize..].starts_with(['"', '{']));
    });
    seen
}

#[test]
fn version_4_marks_by_its_own_paths_and_by_the_table() {
    let text = r#"{"version": 4, "terraform_version": "1.9.0", "resources": [
      {"module": "module.a[\"x\"]", "mode": "managed", "type": "custom_thing", "name": "b", "instances": [
        {"index_key": 0, "attributes": {"list": [{"k": "v1"}, {"k": "v2"}], "map": {"a.b": "v3"}, "n": 7, "t": true, "z": null, "e": ""},
         "sensitive_attributes": [
            [{"type": "get_attr", "value": "list"}, {"type": "index", "value": {"value": 1, "type": "number"}}, {"type": "get_attr", "value": "k"}],
            [{"type": "get_attr", "value": "map"}, {"type": "index", "value": {"value": "a.b", "type": "string"}}],
            [{"type": "get_attr", "value": "n"}]],
         "private": "cHJpdmF0ZQ=="},
        {"index_key": "k", "deposed": "00000001", "attributes": {"list": []}}]},
      {"instances": [{"attributes": {"result": "v4", "bcrypt_hash": "v5", "length": 16}, "sensitive_attributes": []}],
       "mode": "managed", "name": "c", "type": "random_password"},
      {"mode": "data", "type": "kubernetes_secret", "name": "d", "instances": [{"attributes": {"data": {"x": "v6"}, "metadata": [{"name": "v7"}]}}]}
    ]}"#;
    assert_eq!(
        literals(text),
        [
            r#"module.a["x"].custom_thing.b[0].list[0].k k=v1"#,
            r#"!module.a["x"].custom_thing.b[0].list[1].k k=v2"#,
            r#"!module.a["x"].custom_thing.b[0].map['a.b'] b=v3"#,
            r#"!module.a["x"].custom_thing.b[0].n n=7"#,
            r#"module.a["x"].custom_thing.b[0].private private=cHJpdmF0ZQ=="#,
            "!random_password.c.result result=v4",
            "!random_password.c.bcrypt_hash bcrypt_hash=v5",
            "!data.kubernetes_secret.d.data.x x=v6",
            "data.kubernetes_secret.d.metadata[0].name name=v7",
        ]
    );
}

#[test]
fn version_3_is_flat_and_knows_only_the_table() {
    let text = r#"{"version": 3, "serial": 1, "modules": [{"path": ["root", "a", "b"],
      "outputs": {"o": {"sensitive": true, "type": "string", "value": "v1"}, "p": {"sensitive": false, "value": "v2"}},
      "resources": {"aws_db_instance.x": {"type": "aws_db_instance",
        "primary": {"id": "i", "attributes": {"password": "v3", "address": "v4", "tags.%": "1"}},
        "deposed": [{"id": "i", "attributes": {"password": "v5"}}]},
       "azurerm_kubernetes_cluster.y.0": {"type": "azurerm_kubernetes_cluster", "primary": {"attributes": {"kube_config.0.client_key": "v6"}}}}}]}"#;
    assert_eq!(
        literals(text),
        [
            "!module.a.module.b.output.o o=v1",
            "module.a.module.b.output.p p=v2",
            "!module.a.module.b.aws_db_instance.x.password password=v3",
            "module.a.module.b.aws_db_instance.x.address address=v4",
            "module.a.module.b.aws_db_instance.x['tags.%'] tags=1",
            "!module.a.module.b.aws_db_instance.x.password password=v5",
            "!module.a.module.b.azurerm_kubernetes_cluster.y.0['kube_config.0.client_key'] client_key=v6",
        ]
    );
}

#[test]
fn what_show_prints_marks_beside_its_values() {
    let text = r#"{"format_version": "1.0", "terraform_version": "1.9.0",
      "values": {"outputs": {"o": {"sensitive": false, "value": {"k": "v1"}}},
        "root_module": {"resources": [{"address": "a.b", "type": "a", "values": {"x": "v2", "l": [{"y": "v3"}, {"y": "v4"}]},
            "sensitive_values": {"x": true, "l": [{}, {"y": true}]}}],
          "child_modules": [{"address": "module.m", "resources": [{"address": "module.m.a.c", "type": "a", "values": {"x": "v5"}, "sensitive_values": {}}]}]}}}"#;
    assert_eq!(
        literals(text),
        ["output.o.k k=v1", "!a.b.x x=v2", "a.b.l[0].y y=v3", "!a.b.l[1].y y=v4", "module.m.a.c.x x=v5"].into_iter().collect::<Vec<_>>()
    );
}

#[test]
fn plans_hold_values_before_and_after() {
    let text = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "variables": {"db_password": {"value": "v1"}},
      "resource_changes": [{"address": "a.b", "type": "a", "change": {"before": {"x": "v2"}, "after": {"x": "v3", "y": "v4"},
        "before_sensitive": {"x": true}, "after_sensitive": {}, "after_unknown": {"z": true}}}],
      "resource_drift": [{"address": "a.b", "type": "a", "change": {"before": null, "after": {"x": "v5"}, "after_sensitive": true}}],
      "deferred_changes": [{"reason": "r", "resource_change": {"address": "a.d", "type": "a", "change": {"after": {"x": "v6"}}}}],
      "output_changes": {"o": {"after": "v7", "before": null, "after_sensitive": true}},
      "prior_state": {"values": {"root_module": {"resources": [{"address": "a.b", "type": "a", "values": {"x": "v8"}}]}}},
      "configuration": {"provider_config": {"p": {"expressions": {"token": {"constant_value": "v9"}}}}}}"#;
    assert_eq!(
        literals(text),
        [
            "variables.db_password.value db_password=v1",
            "!a.b.x x=v2",
            "a.b.x x=v3",
            "a.b.y y=v4",
            "!a.b.x x=v5",
            "a.d.x x=v6",
            "!output.o o=v7",
            "a.b.x x=v8",
            "configuration.provider_config.p.expressions.token.constant_value token=v9",
        ]
    );
}

#[test]
fn a_value_is_called_by_the_name_beside_it() {
    let text = r#"{"version": 4, "serial": 1, "resources": [{"type": "a", "name": "b", "instances": [{"attributes":
      {"env": [{"name": "DB_PASSWORD", "value": "v1"}, {"value": "v2", "key": "OTHER"}], "setting": {"value": "v3"}}}]}]}"#;
    assert_eq!(
        literals(text),
        [
            "a.b.env[0].name name=DB_PASSWORD",
            "a.b.env[0].value DB_PASSWORD=v1",
            "a.b.env[1].value OTHER=v2",
            "a.b.env[1].key key=OTHER",
            "a.b.setting.value setting=v3"
        ]
    );
}

#[test]
fn conditions() {
    let condition = |text: &str| State::new(&source(text)).map(|state| state.condition());
    assert_eq!(condition(r#"{"version": 4, "serial": 1, "outputs": {}, "resources": []}"#), Some(Condition::Empty));
    assert_eq!(
        condition(r#"{"version": 3, "serial": 1, "modules": [{"path": ["root"], "outputs": {}, "resources": {}}]}"#),
        Some(Condition::Empty)
    );
    assert_eq!(condition(r#"{"version": 3, "serial": 1, "backend": {"type": "s3", "config": {"bucket": "b"}}}"#), Some(Condition::Backend));
    assert_eq!(condition(r#"{"version": 4, "serial": 1, "outputs": {"a": {"value": 1}}}"#), Some(Condition::Plain));
    assert_eq!(condition(r#"{"version": 3, "serial": 1, "modules": [{"resources": {"a.b": {}}}]}"#), Some(Condition::Plain));
    assert_eq!(condition(r#"{"resources": [{"mode": "managed"}], "version": 4, "serial": 1}"#), Some(Condition::Plain));
    assert_eq!(
        condition(r#"{"serial": 1, "lineage": "l", "meta": {"key_provider": "x"}, "encrypted_data": "x", "encryption_version": "v0"}"#),
        Some(Condition::Encrypted)
    );
    for other in
        ["", "[]", "3", "{}", r#"{"a": {"version": 4, "serial": 1}}"#, r#"[{"version": 4, "serial": 1}]"#, "not json", r#"{"version": 4}"#]
    {
        assert_eq!(condition(other), None, "{other}");
    }
}

#[test]
fn outputs_without_the_flag_and_the_tables_word_are_kept_for_the_checks() {
    let text = r#"{"version": 4, "serial": 1, "outputs": {"a": {"value": "x"}, "b": {"value": "y", "sensitive": true}},
      "resources": [{"type": "random_password", "name": "p", "instances": [{"attributes": {"bcrypt_hash": "h", "result": "r"}}]}]}"#;
    let source = source(text);
    let state = State::new(&source).unwrap();
    let open: Vec<&str> = state.open_outputs().iter().map(|output| output.name.as_str()).collect();
    assert_eq!(open, ["a"]);
    assert_eq!(&text[state.open_outputs()[0].key.range()], "\"a\"");
    let mut words = Vec::new();
    state.literals(&mut |literal| words.push(state.sensitivity(literal.value.as_literal().unwrap().span())));
    assert_eq!(words, [None, None, Some(Sensitivity::Marked), Some(Sensitivity::Credential)]);
}

#[test]
fn half_a_file_is_read_as_far_as_it_goes() {
    let text = r#"{"version": 4, "serial": 1, "resources": [{"mode": "managed", "type": "random_password", "name": "p", "instances": [{"attributes": {"result": "r", "x": }}]}, {}"#;
    assert_eq!(literals(text), ["!random_password.p.result result=r"]);
    let source = source(text);
    let state = State::new(&source).unwrap();
    let errors = state.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(&text[errors[0].1.unread.range()], "}}]}, {}");
}

#[test]
fn nesting_costs_no_stack() {
    let run = || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [9_000, 100_000] {
                let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                for before in [
                    r#"{"version": 4, "serial": 1, "outputs": {"o": {"value": "#,
                    r#"{"version": 4, "serial": 1, "resources": [{"instances": [{"sensitive_attributes": [], "attributes": "#,
                    r#"{"version": 4, "serial": 1, "values": {"root_module": {"child_modules": "#,
                    r#"{"version": 4, "serial": 1, "resource_changes": [{"change": {"after_sensitive": "#,
                ] {
                    let source = source(&format!("{before}{deep}"));
                    let state = State::new(&source).unwrap();
                    state.literals(&mut |literal| drop((literal.path)()));
                    assert_eq!(state.errors().len(), 1);
                }
            }
        }
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn many_values_deep_down_do_not_cost_their_depth_each() {
    let deep = format!("{}{}{}", "[".repeat(9_000), vec!["\"x\""; 100_000].join(","), "]".repeat(9_000));
    let text = format!(
        r#"{{"version": 4, "serial": 1, "resources": [{{"type": "aws_db_instance", "instances": [{{"attributes": {{"a": {deep}}},
           "sensitive_attributes": [[{{"value": "b"}}]]}}]}}]}}"#
    );
    let source = source(&text);
    let mut paths = 0;
    State::new(&source).unwrap().literals(&mut |literal| {
        assert_eq!(literal.name, "a");
        paths += (literal.path)().shown.len();
    });
    assert!(paths < 100_000 * 500);
}

proptest! {
    #[test]
    fn any_change_of_a_file_is_survived(at in any::<prop::sample::Index>(), removed in 0usize..40, added in "[\\[\\]{}\",:a0]{0,3}") {
        let text = include_str!("sample.json");
        let at = at.index(text.len());
        let end = (at + removed).min(text.len());
        let changed = format!("{}{added}{}", &text[..at], &text[end..]);
        let source = source(&changed);
        if let Some(state) = State::new(&source) {
            state.literals(&mut |literal| {
                let span = literal.value.as_literal().unwrap().span();
                assert!(changed.get(span.range()).is_some());
                let _ = (literal.path)();
            });
            prop_assert!(state.errors().len() <= 1);
        }
    }
}
