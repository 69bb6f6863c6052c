//! What a parsed script is made of.

use crate::source::Span;
use crate::syntax::SyntaxError;

/// A parsed script.
#[derive(Debug, Default)]
pub struct Script<'a> {
    /// What was parsed.
    pub text: &'a str,
    /// Every simple command (and `for`/`case` head) in source order, those inside substitutions too.
    pub commands: Vec<Command>,
    /// Scope 0 is the script itself; a scope's parent has a smaller index.
    pub scopes: Vec<Scope>,
    /// Words inside other words (`${x:-word}`) and heredoc bodies.
    pub words: Vec<Word>,
    /// Comments, from `#` to the end of the line.
    pub comments: Vec<Span>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// Index into [`Script::commands`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct CommandId(pub u32);

/// Index into [`Script::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ScopeId(pub u32);

/// Index into [`Script::words`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct WordId(pub u32);

/// A command or a compound command: what pipes and redirections belong to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A simple command.
    Command(CommandId),
    /// A compound command or a process substitution.
    Scope(ScopeId),
}

/// What kind of command it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CommandKind {
    /// Assignments, a name and arguments; any of them may be missing. `[[` and `((` are names.
    #[default]
    Simple,
    /// The head of `for`/`select`: the words are the variable, `in` and the items.
    For,
    /// The head of `case`: the first word is the subject.
    Case,
}

/// One command.
#[derive(Debug, Default)]
pub struct Command {
    /// What kind.
    pub kind: CommandKind,
    /// The scope it stands in.
    pub scope: ScopeId,
    /// From its first to its last byte, redirections included, heredoc bodies not.
    pub span: Span,
    /// `X=1 Y=2 name …`, and those of `export`, `local`, `declare`, `readonly`, `typeset`; PowerShell `$x = …`, cmd `set X=…`.
    pub assignments: Vec<Assignment>,
    /// Name and arguments. Assignments are not among them.
    pub words: Vec<Word>,
    /// In source order.
    pub redirects: Vec<Redirect>,
    /// What reads its standard output, if a `|` follows.
    pub pipe: Option<Target>,
    /// What it reads its standard input from, if a `|` precedes.
    pub piped_from: Option<Target>,
    /// Where its standard output goes, all enclosing scopes considered.
    pub stdout: Sink,
    /// Where its standard error goes.
    pub stderr: Sink,
    pub(crate) pipe_both: bool,
}

/// What a scope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ScopeKind {
    /// The whole script.
    #[default]
    Script,
    /// `{ … }` and PowerShell blocks.
    Group,
    /// `( … )`.
    Subshell,
    /// `if … fi`.
    If,
    /// `for`, `while`, `until`, `select` … `done`.
    Loop,
    /// `case … esac`.
    Case,
    /// The body of a function; the span is its name.
    Function(Span),
    /// `$( … )` or backticks: output becomes part of a word.
    Substitution,
    /// `<( … )`: output is read by the command it stands in.
    ProcessInput,
    /// `>( … )`: it reads what the command it stands in writes.
    ProcessOutput,
}

/// A part of a script with its own redirections.
#[derive(Debug, Default)]
pub struct Scope {
    /// What it is.
    pub kind: ScopeKind,
    /// The enclosing scope; scope 0 is its own parent.
    pub parent: ScopeId,
    /// For substitutions: the command whose word holds it, if any command does.
    pub owner: Option<CommandId>,
    /// From the opening to the closing token.
    pub span: Span,
    /// Redirections of the compound command as a whole.
    pub redirects: Vec<Redirect>,
    /// What reads its standard output.
    pub pipe: Option<Target>,
    /// What it reads its standard input from.
    pub piped_from: Option<Target>,
    /// Where the standard output of the commands in it goes.
    pub stdout: Sink,
    /// Where their standard error goes.
    pub stderr: Sink,
    pub(crate) pipe_both: bool,
}

/// Where an output stream ends up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sink {
    /// The script's own standard output: the job log.
    #[default]
    Log,
    /// The script's own standard error: the job log too, also where a substitution captures the output.
    Error,
    /// A substitution captures it.
    Captured(ScopeId),
    /// The file (or device) that redirection `redirect` of `owner` names.
    File {
        /// Whose redirection.
        owner: Target,
        /// Index into its redirections.
        redirect: u32,
    },
    /// Another command's standard input.
    Pipe(Target),
    /// `>&-`.
    Closed,
}

/// `name=value`, `name+=value`, `name=(a b)`.
#[derive(Debug)]
pub struct Assignment {
    /// The variable's name, without subscript.
    pub name: Span,
    /// `+=`.
    pub append: bool,
    /// One word, or the elements of an array.
    pub values: Vec<Word>,
    /// `( … )` was used.
    pub array: bool,
}

/// How a redirection works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RedirectOp {
    /// `>`, `>|`.
    Write,
    /// `>>`.
    Append,
    /// `<`, `<>`.
    Read,
    /// `>&`: the target is a descriptor, `-` or a file.
    DuplicateOutput,
    /// `<&`.
    DuplicateInput,
    /// `&>`: both streams.
    WriteBoth,
    /// `&>>`: both streams.
    AppendBoth,
    /// `<<`, `<<-`: the body is `Redirect::body`.
    Heredoc,
    /// `<<<`.
    HereString,
}

/// One redirection.
#[derive(Debug)]
pub struct Redirect {
    /// How.
    pub op: RedirectOp,
    /// The descriptor before the operator.
    pub fd: Option<u32>,
    /// File, descriptor, delimiter or here-string.
    pub target: Word,
    /// A heredoc's body, once its lines were found.
    pub body: Option<WordId>,
    /// Operator and target.
    pub span: Span,
}

/// A shell word: parts side by side.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// With its quotes.
    pub span: Span,
    /// Its parts; quote characters and line continuations belong to none.
    pub parts: Vec<Part>,
}

/// How a part is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Quote {
    /// Not at all.
    #[default]
    None,
    /// `'…'`, or a heredoc with a quoted delimiter.
    Single,
    /// `"…"`, or a heredoc with a plain delimiter.
    Double,
    /// `$'…'`.
    Ansi,
}

/// A piece of a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its bytes, with `$`, braces and parentheses.
    pub span: Span,
    /// How it is quoted.
    pub quote: Quote,
}

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartKind {
    /// The text under the span, as it stands.
    Literal,
    /// An escape sequence and the character it stands for.
    Escape(char),
    /// `$x`, `${x…}`; PowerShell `$x`, `$env:X`; cmd `%X%`, `!X!`.
    Parameter {
        /// The variable's name (with `env:` in PowerShell).
        name: Span,
        /// What is done with it.
        op: Expansion,
        /// The word after the operator.
        operand: Option<WordId>,
    },
    /// `$( … )` or backticks.
    Substitution(ScopeId),
    /// `<( … )` or `>( … )`.
    Process(ScopeId),
    /// `$(( … ))`; the word holds the expressions in it.
    Arithmetic(Option<WordId>),
    /// The caller's opaque range of this index.
    Opaque(u32),
}

/// What an expansion yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Expansion {
    /// `$x`, `${x}`: the value.
    #[default]
    Value,
    /// `${#x}`: its length.
    Length,
    /// `${!x}`: the value of the variable it names.
    Indirect,
    /// `${x:-w}`, `${x-w}`, `${x:=w}`, `${x=w}`: the value, or the operand.
    Default,
    /// `${x:+w}`, `${x+w}`: the operand or nothing, never the value.
    Alternative,
    /// `${x:?w}`: the value, or the operand as an error message.
    Required,
    /// `${x%w}`, `${x#w}`, `${x/a/b}`, `${x:0:4}`, `${x^^}`, `${x@Q}`: a changed value.
    Changed,
}
