use std::thread;

use proptest::prelude::*;

use super::{Foreign, Part, scan};

/// Every named string as `name=value`, with `‹…›` for what is filled in.
fn named(source: &str) -> Vec<String> {
    let values = scan(source).values;
    let named = values.iter().filter_map(|value| Some((value.name.as_deref()?, value)));
    named.map(|(name, value)| format!("{name}={}", written(source, &value.parts))).collect()
}

fn unnamed(source: &str) -> Vec<String> {
    let values = scan(source).values;
    values.iter().filter(|value| value.name.is_none()).map(|value| written(source, &value.parts)).collect()
}

fn written(source: &str, parts: &[Part<'_>]) -> String {
    let written = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(span) => format!("‹{}›", &source[span.range()]),
    };
    parts.iter().map(written).collect()
}

#[track_caller]
fn check(source: &str, expected: &[&str]) {
    assert_eq!(named(source), expected, "{source}");
}

#[test]
fn positional_arguments_have_names() {
    let named = |source: &str| named(source).join(" ");
    assert_eq!(named("pymysql.connect('h', 'u', 'p', 'd'); sqlite3.connect('h', 'u', 'p')"), "password=p");
    assert_eq!(named("a.b.hmac.new('k', m); new('k', m)"), "hmac_secret=k");
    assert_eq!(named("Github('t'); Github('u', 'p')"), "token=t password=p");
    assert_eq!(named("f.find(By.ID, 'password').send_keys('p'); password_field.send_keys('q')"), "password=p password=q");
    assert_eq!(named("login(key='k', other='o')"), "login.key=k other=o");
    assert_eq!(named("api_token = {'username': 'u', 'key': 'k'}"), "username=u api_token.key=k");
    assert_eq!(named("getenv('TOKEN', default='t'); a: str = Field(default='f'); f(default='d')"), "TOKEN=t a=f default=d");
    assert_eq!(
        named("creds = ('u', 'p'); credentials = ['a.json', 's']; creds = ('a', 'b', 'c')"),
        "creds=u password=p credentials=a.json credentials=s creds=a creds=b creds=c"
    );
}

#[test]
fn assignments() {
    check("a = 'x'", &["a=x"]);
    check("self.a.b = \"x\"\nc = 'y'; d = 'z'", &["b=x", "c=y", "d=z"]);
    check("a: str = 'x'", &["a=x"]);
    check("a: Optional[str] = 'x'", &["a=x"]);
    check("a, b = 'x', 'y'", &["a=x", "b=y"]);
    check("a = b = 'x'", &["b=x"]);
    check("a = (\n  'x'\n  'y'\n)\nz('w')", &["a=xy"]);
    check("a = 'x' \\\n  'y'", &["a=xy"]);
    check("a = ['x', 'y']", &["a=x", "a=y"]);
    check("if (a := 'x'): pass", &["a=x"]);
    check("if b: a = 'x'", &["a=x"]);
    check("a = b or 'x'", &["a=x"]);
    check("a = 'x' if b else 'y'", &["a=x", "a=y"]);
    check("os.environ['A'] = 'x'", &["A=x"]);
    check("os.environ[\n'A'\n] = 'x'", &["A=x"]);
    check("a = b'x'", &["a=x"]);
}

#[test]
fn other_languages_assign_alike() {
    check("const a = 'x'; let b: string = \"y\"", &["a=x", "b=y"]);
    check("a <- \"x\"", &["a=x"]);
    check("a := \"x\"", &["a=x"]);
    check("val a: String = \"x\"", &["a=x"]);
    check("\"a\": \"x\",", &["a=x"]);
    check("a: \"x\"", &["a=x"]);
    check("{ :a => \"x\", b: 'y' }", &["a=x", "b=y"]);
    check("var a string = \"x\"", &["a=x"]);
}

#[test]
fn arguments_and_keys() {
    check("f(a='x', b = \"y\")", &["a=x", "b=y"]);
    check("def f(a: str = 'x', *, b='y'): pass", &["a=x", "b=y"]);
    check("d = {'a': 'x', \"b\": {'c': 'y'}}", &["a=x", "c=y"]);
    check("dict(a='x')", &["a=x"]);
    check("headers = {'Authorization': f'Bearer {token}'}", &["Authorization=Bearer ‹{token}›"]);
    check("os.environ.setdefault('A', 'x')", &["A=x"]);
    check("a = os.getenv('A', 'x')", &["A=x"]);
    check("df.write.option('password', 'x').option(\"user\", 'y')", &["password=x", "user=y"]);
    check("requests.get(url, auth=('me', 'x'))", &["auth=me", "password=x"]);
    check("HTTPBasicAuth('me', 'x')", &["password=x"]);
    check("login('x')", &["token=x"]);
    check("server.login('me', 'x')", &["password=x"]);
    check("openai.set_api_key('x')", &["api_key=x"]);
    check("f(api_key=SecretStr('x'))", &["api_key=x"]);
    check("AzureKeyCredential('x')", &["api_key=x"]);
}

#[test]
fn what_is_fetched_or_compared_is_not_given() {
    for source in [
        "a = os.environ['A']",
        "a = os.getenv('A')",
        "a = getpass('A: ')",
        "a = userdata.get('A')",
        "get_secret('a')",
        "a in ['x']",
        "print('a', 'x')",
        "a['x']",
        "for a in ['x', 'y']: pass",
        "f('x')",
    ] {
        check(source, &[]);
    }
    assert_eq!(unnamed("a = f('x')"), ["x"]);
}

#[test]
fn what_a_name_is_compared_with_has_that_name() {
    check("if a == 'x': pass", &["a=x"]);
    check("assert self.a != 'x'", &["a=x"]);
    check("b = a == 'x'\nc = 'y'", &["a=x", "c=y"]);
    check("b = a == 'x' or 'z'", &["a=x", "b=z"]);
    check("if f(a) == 'x' and 'y' == b: pass", &[]);
}

#[test]
fn sums_and_gaps() {
    check("a = 'x' + b + 'y'", &["a=x‹b›y"]);
    check("a = b.c + 'x'", &["a=‹b.c›x"]);
    check("a = 'x' + f(b) + 'y'", &["a=x‹f›y"]);
    check("a = f'x{b!r:>{w}}y{{z}}'", &["a=x‹{b!r:>{w}}›y{z}"]);
    check("a = 'x{}y{n}'.format(b)", &["a=x‹{}›y‹{n}›"]);
    check("a = 'x%sy%(n)-5dz 100%%' % b", &["a=x‹%s›y‹%(n)-5d›z 100%"]);
    check("a = 'x{y}%s'", &["a=x{y}%s"]);
    check("a = rf'\\n{b}' 'c\\n'", &["a=\\n‹{b}›c\n"]);
}

#[test]
fn strings_and_their_places() {
    check(r#"a = 'it\'s \x41\101\u00e9\U0001F600\N{BULLET}\q\\'"#, &["a=it's AAé😀\u{fffd}\\q\\"]);
    check("a = '''x\n'y' '''\nb = \"\"\"\nz\"\"\"", &["a=x\n'y' ", "b=\nz"]);
    check("a = r'\\d'", &["a=\\d"]);
    check("a = 'x\\\ny'", &["a=xy"]);
    check("a = '''never closed", &["a=never closed"]);
    let source = "a = 'x\\ty'";
    let scan = scan(source);
    let Part::Literal(text) = &scan.values[0].parts[0] else { panic!() };
    assert_eq!(text.as_str(), "x\ty");
    assert_eq!(&source[text.hull(1..2).range()], "\\t");
    assert_eq!(&source[text.span().range()], "x\\ty");
}

#[test]
fn comments_are_code_too() {
    check("# a = 'x'\nb = 'y'", &["a=x", "b=y"]);
    check("f(a='x', # b='y'\n  c='z' # it's d = 'w'\n)", &["a=x", "b=y", "c=z"]);
    check("a = ('x' # why\n 'y')", &["a=xy"]);
    check("## # a = 'x' # b = 'y'", &["a=x", "b=y"]);
    check("# don't\na = 'x'", &["a=x"]);
}

#[test]
fn lines_of_ipython() {
    let foreign = |source: &str| -> Vec<String> {
        let scan = scan(source);
        let written = |foreign: &Foreign| match foreign {
            Foreign::Shell(span) => format!("!{}", &source[span.range()]),
            Foreign::Magic(name, rest) => format!("%{}:{}", &source[name.range()], &source[rest.range()]),
        };
        scan.foreign.iter().map(written).collect()
    };
    assert_eq!(foreign("!pip install x\nx = !ls -l\n  !a \\\n b\nif a != b: pass"), ["!pip install x", "!ls -l", "!a \\\n b"]);
    assert_eq!(foreign("%env A=x\r\n%matplotlib inline\nx = 5 % 3\nf(\n%y\n)"), ["%env: A=x", "%matplotlib: inline"]);
    assert_eq!(foreign("%%bash\nexport A=x"), ["!\nexport A=x"]);
    assert_eq!(foreign("\n%%writefile .env\nA=x"), ["%writefile: .env\nA=x"]);
    assert_eq!(foreign("%%time\nx = 1"), ["%%time:"]);
    check("%%time\na = 'x'", &["a=x"]);
}

#[test]
fn halves_of_programs_are_read() {
    check("f(a='x'", &["a=x"]);
    check("}}]) a = 'x'", &["a=x"]);
    check("it's a = 'x'", &[]);
    check("it's\na = 'x'", &["a=x"]);
    check("a = \"x", &[]);
    check("a =", &[]);
    check("", &[]);
}

#[test]
fn size_and_nesting_cost_no_stack_and_no_squares() {
    let run = || {
        for piece in [
            "(", "{'a':", "[", "f(a=", "'", "\\'", "\"\\", "'''", "# '\\", "#", "{", "a,", "'a' ", "'a'+", "f'{", "'%(' % ", "\\N{", "a=",
            "a:", "!\\\n", "f'{{' ",
        ] {
            let source = piece.repeat(100_000);
            let _ = scan(&source);
            let _ = scan(&format!("a = '{source}'"));
            let _ = scan(&format!("a = f'''{source}'''"));
            let _ = scan(&format!("a = '''{source}''' % b"));
        }
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn every_source_is_read_and_every_place_is_right(source in "([a-z_]{1,3}|['\"]{1,3}|[rbf]'|[=:,.+%!#(){}\\[\\] \n\\\\]|é|\\\\n|\\\\x41|%s){0,40}") {
        for value in scan(&source).values {
            for part in value.parts {
                match part {
                    Part::Literal(text) => {
                        prop_assert!(!text.is_empty() || text.as_str().is_empty());
                        for (at, char) in text.as_str().char_indices() {
                            let hull = text.hull(at..at + char.len_utf8());
                            let raw = source.get(hull.range()).unwrap();
                            prop_assert!(raw.starts_with(char) || raw.starts_with(['\\', '{', '}', '%']), "{:?} from {:?} in {:?}", char, raw, source);
                        }
                    }
                    Part::Reference(span) => prop_assert!(source.get(span.range()).is_some()),
                }
            }
        }
    }

    #[test]
    fn a_literal_written_in_any_way_means_the_same(pieces in prop::collection::vec((any::<char>(), 0usize..5), 0..20), triple in any::<bool>()) {
        let quote = if triple { "\"\"\"" } else { "\"" };
        let mut source = format!("a = {quote}");
        let mut expected = String::from("a=");
        for (char, way) in pieces {
            match (way, u32::from(char)) {
                (0, code @ 0..0x100) => source.push_str(&format!("\\x{code:02x}")),
                (1, code @ 0..0x200) => source.push_str(&format!("\\{code:03o}")),
                (2, code @ 0..0x1_0000) => source.push_str(&format!("\\u{code:04X}")),
                _ if char.is_alphanumeric() => source.push(char),
                (_, code) => source.push_str(&format!("\\U{code:08x}")),
            }
            expected.push(char);
        }
        source.push_str(quote);
        prop_assert_eq!(named(&source), [expected]);
    }
}
