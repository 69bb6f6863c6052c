use std::any::Any;
use std::sync::{Arc, Mutex};

use super::*;
use crate::formats::Tree;
use crate::formats::terraform::ModuleFiles;
use crate::source::{Source, SourceId};

struct Files(Vec<Arc<Source>>, Option<Kept>);

type Kept = Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>;

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let source = |(index, (path, text)): (usize, &(&str, &str))| {
            let id = SourceId(u32::try_from(index).unwrap());
            Arc::new(Source { id, path: (*path).into(), root_path: (*path).into(), text: (*text).into(), ..Source::default() })
        };
        Self(files.iter().enumerate().map(source).collect(), None)
    }

    /// What the modules in these folders hand out, one after the other.
    fn handed_out(&self, folders: &[&str]) -> Vec<Vec<(String, String)>> {
        let outputs = |folder: &&str| {
            let files = crate::formats::terraform::files_of(self, folder);
            let flow = ModuleFlow::new(Module::new(&files, self));
            flow.outputs.into_iter().filter_map(|output| Some((output.name, output.taint?.name))).collect()
        };
        folders.iter().map(outputs).collect()
    }
}

impl Tree for Files {
    fn kept(&self, directory: &str) -> Option<Arc<dyn Any + Send + Sync>> {
        self.1.as_ref()?.lock().unwrap().get(directory).cloned()
    }

    fn keep(&self, directory: &str, found: Arc<dyn Any + Send + Sync>) {
        self.1.iter().for_each(|kept| _ = kept.lock().unwrap().insert(directory.to_owned(), Arc::clone(&found)));
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let path = path.split('/').filter(|part| !matches!(*part, "." | "")).collect::<Vec<_>>().join("/");
        self.0.iter().find(|source| source.root_path == path).cloned()
    }

    fn list(&self, directory: &str) -> Vec<String> {
        let mut parts: Vec<&str> = Vec::new();
        for part in directory.split('/').filter(|part| !matches!(*part, "." | "")) {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        let directory = parts.join("/");
        let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        self.0.iter().filter(|source| folder(&source.root_path) == directory).map(|source| source.root_path.clone()).collect()
    }
}

type Pairs = Vec<(String, String)>;

/// The flow of the module at the top; `(name, what it hands out)` and `(name, what it becomes)`.
fn follow(files: &[(&str, &str)]) -> (Pairs, Pairs) {
    let tree = Files::new(files);
    let own: Vec<_> = tree.0.iter().filter(|source| !source.root_path.contains('/')).cloned().collect();
    let parsed = ModuleFiles::all(&own);
    let flow = ModuleFlow::new(Module::new(&parsed, &tree));
    let outputs = flow.outputs.into_iter().filter_map(|output| Some((output.name, output.taint?.name))).collect();
    (outputs, flow.variables.into_iter().map(|variable| (variable.name, variable.sink)).collect())
}

/// What an output with this value hands out.
fn handed_out(value: &str) -> Option<String> {
    let text = format!(
        "locals {{\n  p = random_password.a.result\n  m = {{ secret = local.p, plain = \"x\" }}\n  users = {{ a = {{ pw = local.p, name = \"a\" }} }}\n  loop = local.loop\n}}\noutput \"o\" {{\n  value = {value}\n}}\n"
    );
    follow(&[("main.tf", &text)]).0.pop().map(|(_, taint)| taint)
}

#[test]
fn values_are_followed() {
    let secret = Some("random_password.a.result".to_owned());
    for value in [
        "random_password.a.result",
        "random_password.a[0].result",
        "random_password.a[\"x\"].result",
        "random_password.a[*].result",
        "local.p",
        "local.m",
        "local.m.secret",
        "local.m[\"secret\"]",
        "lookup(local.m, \"secret\", null)",
        "merge({ a = 1 }, local.m).secret",
        "\"x${local.p}\"",
        "jsonencode({ a = [local.p] })",
        "var.x ? local.p : null",
        "try(local.p, null)",
        "[for k, v in local.m : v]",
        "{ for k, v in local.m : k => upper(v) }",
        "[for x in [local.p] : x]",
        "templatefile(\"x\", { p = local.p })",
        "(local.p)",
        "[for u in local.users : u.pw]",
        "local.users[var.who].pw",
        "values(local.users)[*].pw",
        "{ for k, u in local.users : k => u }[\"a\"].pw",
        "[for u in values(local.users) : { x = u }][0].x.pw",
    ] {
        assert_eq!(handed_out(value), secret, "{value}");
    }
    assert_eq!(handed_out("random_password.a").as_deref(), Some("random_password.a"));
    assert_eq!(handed_out("sensitive(\"x\")").as_deref(), Some("sensitive(…)"));
}

#[test]
fn what_is_only_about_a_secret_is_not_it() {
    for value in [
        "random_password.a.length",
        "local.m.plain",
        "lookup(local.m, \"plain\", null)",
        "length(local.p)",
        "sha256(local.p)",
        "nonsensitive(local.p)",
        "local.p != null",
        "local.p == \"\" ? 1 : 2",
        "keys(local.m)",
        "[for k, v in local.m : k]",
        "local.loop",
        "[for u in local.users : u.name]",
        "local.users[var.who].name",
        "{ for k, u in local.users : k => u.name }",
        "local.gone",
        "tls_private_key.k.public_key_pem",
        "[for p in [\"x\"] : random]",
    ] {
        assert_eq!(handed_out(value), None, "{value}");
    }
}

#[test]
fn loops_stand_for_what_they_run_over() {
    let child = ("m/main.tf", "variable \"pw\" {}\noutput \"url\" {\n  value = \"u:${var.pw}@h\"\n}\n");
    let parent = "locals {\n  users = { a = { pw = random_password.a.result, name = \"a\" } }\n}\nmodule \"m\" {\n  for_each = local.users\n  source = \"./m\"\n  pw = each.value.PART\n}\noutput \"o\" {\n  value = module.m[\"a\"].url\n}\n";
    let handed = |part: &str| follow(&[("main.tf", &parent.replace("PART", part)), child]).0;
    assert_eq!(handed("pw"), [("o".to_owned(), "random_password.a.result".to_owned())]);
    assert_eq!(handed("name"), []);
    let becomes = |text: &str| follow(&[("main.tf", text)]).1;
    let each = "variable \"users\" {}\nresource \"aws_db_instance\" \"d\" {\n  for_each = toset(var.users)\n  password = each.value\n}\n";
    assert_eq!(becomes(each), []);
    let one = "variable \"token\" {}\nlocals {\n  all = { a = { t = var.token } }\n}\nresource \"aws_db_instance\" \"d\" {\n  for_each = local.all\n  password = each.value.t\n}\n";
    assert_eq!(becomes(one), [("token".to_owned(), "aws_db_instance.d.password".to_owned())]);
    let dynamic = "variable \"x\" {}\nresource \"helm_release\" \"h\" {\n  dynamic \"set_sensitive\" {\n    for_each = { a = var.x }\n    iterator = it\n    content {\n      name = it.key\n      value = it.value\n    }\n  }\n}\n";
    assert_eq!(becomes(dynamic), [("x".to_owned(), "helm_release.h.set_sensitive.value".to_owned())]);
}

#[test]
fn the_story_goes_on_in_the_child() {
    let files = [
        ("main.tf", "variable \"a\" {}\nmodule \"m\" {\n  source = \"./m\"\n  x = var.a\n}\noutput \"o\" {\n  value = module.m.out\n}\n"),
        (
            "m/main.tf",
            "variable \"x\" {}\nresource \"aws_db_instance\" \"d\" {\n  password = var.x\n}\noutput \"out\" {\n  value = random_password.p.result\n}\n",
        ),
    ];
    let tree = Files::new(&files);
    let parsed = ModuleFiles::all(&tree.0[..1]);
    let flow = ModuleFlow::new(Module::new(&parsed, &tree));
    let [variable] = flow.variables.as_slice() else { panic!("one variable") };
    assert_eq!(
        variable.beyond.iter().map(|(name, place)| (name.as_str(), place.source.0)).collect::<Vec<_>>(),
        [("aws_db_instance.d.password", 1)]
    );
    let from = flow.outputs[0].taint.as_ref().unwrap().from.as_ref().unwrap();
    assert_eq!((from.name.as_str(), from.place.source.0), ("random_password.p.result", 1));
}

#[test]
fn arguments_pass_through_child_modules() {
    let child =
        ("m/main.tf", "variable \"pw\" {}\noutput \"url\" {\n  value = \"u:${var.pw}@h\"\n}\noutput \"host\" {\n  value = \"h\"\n}\n");
    let parent = "module \"m\" {\n  source = \"./m\"\n  pw = random_password.a.result\n}\noutput \"a\" {\n  value = module.m.url\n}\noutput \"b\" {\n  value = module.m.host\n}\noutput \"c\" {\n  value = module.m\n}\n";
    let handed = |name: &str| (name.to_owned(), "random_password.a.result".to_owned());
    assert_eq!(follow(&[("main.tf", parent), child]).0, [handed("a"), handed("c")]);
}

#[test]
fn variables_become_secrets_through_modules_in_modules() {
    let files = [
        ("main.tf", "variable \"a\" {}\nvariable \"b\" {}\nmodule \"m\" {\n  source = \"./m\"\n  x = var.a\n  y = var.b\n}\n"),
        ("m/main.tf", "variable \"x\" {}\nvariable \"y\" {}\nmodule \"n\" {\n  source = \"../n\"\n  z = coalesce(var.x, null)\n}\n"),
        ("n/main.tf", "variable \"z\" {}\nresource \"aws_db_instance\" \"d\" {\n  password = var.z\n}\n"),
    ];
    assert_eq!(follow(&files).1, [("a".to_owned(), "module.m.x".to_owned())]);
}

#[test]
fn cycles_and_fans_end() {
    let mut text = "locals {\n".to_owned();
    for n in 0..200 {
        text.push_str(&format!("  l{n} = [local.l{0}, local.l{0}, local.l{0}]\n", n + 1));
    }
    text.push_str("  l200 = local.l0\n}\noutput \"o\" {\n  value = local.l0\n}\nmodule \"self\" {\n  source = \"./\"\n}\nmodule \"m\" {\n  source = \"./m\"\n}\noutput \"p\" {\n  value = module.m.o\n}\n");
    let child = "module \"up\" {\n  source = \"../\"\n}\noutput \"o\" {\n  value = module.up.p\n}\n";
    let run = move || assert_eq!(follow(&[("main.tf", &text), ("m/main.tf", child)]).0, []);
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn many_questions_stay_cheap() {
    let mut text = "locals {\n  x = random_password.a.result\n".to_owned();
    for n in 0..50 {
        text.push_str(&format!("  l{n} = [local.x, local.l{0}, local.l{0}]\n", n + 1));
    }
    text.push_str("}\n");
    for n in 0..20_000 {
        text.push_str(&format!("output \"o{n}\" {{\n  value = local.l0\n}}\n"));
    }
    let began = std::time::Instant::now();
    assert!(!follow(&[("main.tf", &text)]).0.is_empty());
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn items_of_a_large_map_are_found_by_their_keys() {
    let mut text = "locals {\n  x = {\n".to_owned();
    for n in 0..20_000 {
        let value = if n % 2 == 0 { "random_password.a.result" } else { "\"plain\"" };
        text.push_str(&format!("    k{n} = {value}\n"));
    }
    text.push_str("  }\n}\n");
    for n in 0..20_000 {
        text.push_str(&format!("output \"o{n}\" {{\n  value = local.x.k{n}\n}}\n"));
    }
    let began = std::time::Instant::now();
    let outputs = follow(&[("main.tf", &text)]).0;
    assert_eq!(outputs.len(), 10_000);
    assert!(outputs.iter().all(|(name, _)| name.trim_start_matches('o').parse::<u32>().unwrap() % 2 == 0));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn what_a_module_hands_out_is_asked_by_its_keys() {
    let child = (
        "m/main.tf",
        "variable \"in\" {}\noutput \"o\" {\n  value = { user = \"x\", pw = random_password.a.result, list = [{ n = 1, \"日本\" = random_password.a.result }], \n    in = var.in, given = { (var.k) = random_password.a.result } }\n}\noutput \"db\" {\n  value = aws_db_instance.d\n}\noutput \"said\" {\n  value = { a = 1, pw = random_password.a.result }\n  sensitive = true\n}\n",
    );
    let parent = "module \"m\" {\n  source = \"./m\"\n  in = { name = \"n\", pw = random_password.b.result }\n}\noutput \"o\" {\n  value = VALUE\n}\n";
    let kind = |value: &str| {
        let tree = Files::new(&[("main.tf", &parent.replace("VALUE", value)), child]);
        let files = ModuleFiles::all(&tree.0[..1]);
        ModuleFlow::new(Module::new(&files, &tree)).outputs.pop().unwrap().taint.map(|taint| taint.kind)
    };
    for value in ["o.pw", "o", "o.list[0][\"日本\"]", "o.list[*]", "o[var.x]", "o.in.pw", "o.in", "o.given.x", "db.password", "said.pw"] {
        assert_eq!(kind(&format!("module.m.{value}")), Some(TaintKind::Credential), "{value}");
    }
    for value in ["o.user", "o.list[0].n", "o.in.name", "db.address", "db[0].address", "o.gone"] {
        assert_eq!(kind(&format!("module.m.{value}")), None, "{value}");
    }
    assert_eq!(kind("module.m.db"), Some(TaintKind::Marked));
    assert_eq!(kind("module.m.said.a"), Some(TaintKind::Declared));
}

#[test]
fn all_of_a_resource_is_hidden_for_one_of_its_attributes() {
    assert_eq!(handed_out("aws_db_instance.d").as_deref(), Some("aws_db_instance.d"));
    assert_eq!(handed_out("{ for k, d in aws_db_instance.d : k => d }").as_deref(), Some("aws_db_instance.d"));
    for value in
        ["aws_s3_bucket.b", "{ for k, d in aws_db_instance.d : k => d.address }", "keys(aws_db_instance.d)", "aws_db_instance.d[*].id"]
    {
        assert_eq!(handed_out(value), None, "{value}");
    }
}

/// `m0` calls `m1`, and so on; the last one makes a secret, or calls the first one.
fn chain(length: usize, last: &str) -> Vec<(String, String)> {
    let call = |n: usize| format!("module \"n\" {{\n  source = \"../m{}\"\n}}\noutput \"o\" {{\n  value = module.n.o\n}}\n", n + 1);
    let file = |n: usize| (format!("m{n}/main.tf"), if n + 1 == length { last.to_owned() } else { call(n) });
    (0..length).map(file).collect()
}

#[test]
fn what_is_kept_changes_no_answer() {
    let secret = "output \"o\" {\n  value = random_password.a.result\n}\n";
    let cycle = "module \"n\" {\n  source = \"../m0\"\n}\noutput \"o\" {\n  value = [random_password.a.result, module.n.o]\n}\n";
    for (length, last) in [(3, secret), (9, secret), (10, secret), (30, secret), (4, cycle), (12, cycle)] {
        let files = chain(length, last);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let folders: Vec<String> = (0..length).map(|n| format!("m{n}")).collect();
        let mut folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        let alone = Files::new(&files).handed_out(&folders);
        let keeping = Files(Files::new(&files).0, Some(Kept::default()));
        assert_eq!(keeping.handed_out(&folders), alone, "{length}");
        folders.reverse();
        let keeping = Files(keeping.0, Some(Kept::default()));
        let mut backwards = keeping.handed_out(&folders);
        backwards.reverse();
        assert_eq!(backwards, alone, "{length}");
        let kept = keeping.1.unwrap().into_inner().unwrap().len();
        assert_eq!(kept == 0, last == cycle, "{length}: {kept}");
    }
}
