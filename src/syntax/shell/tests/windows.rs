//! PowerShell and `cmd`.

use super::*;

#[test]
fn powershell() {
    let show = |text| show_in(text, Dialect::PowerShell);
    assert_eq!(show("Write-Host \"a $env:X b\" $y 'it''s'"), "Write-Host a·<env:X>·b <y> it\\'s → log");
    assert_eq!(
        show("$env:X = \"v $z\"\n$a = $env:Q; Write-Output $a | Out-File f"),
        "env:X=v·<z> → log\na=<env:Q> → log\nWrite-Output <a> → command 3\nOut-File f → log"
    );
    assert_eq!(show("$s = Get-Secret -Name 'x'\nb"), "s=<sub 1> → log\nGet-Secret -Name x → captured 1\nb → log");
    assert_eq!(show("$s = \"lit\" # c\n<# b\n #> b"), "s=lit → log\nb → log");
    assert_eq!(show("\"$env:X\" >> $env:GITHUB_ENV"), "<env:X> Append:<env:GITHUB_ENV> → file 0");
    assert_eq!(
        show("if ($a) { Write-Host (Get-Item $b) }"),
        "if <sub 1> → log\n<a> → captured 1\nWrite-Host <sub 3> → log\nGet-Item <b> → captured 3"
    );
    assert_eq!(show("@{ Key = \"v\"; Other = 'w' }"), "Key=v → log\nOther=w → log");
    assert_eq!(show("Write-Host \"$($x) $($y.Length) `\"`n\""), "Write-Host <x>·<Length y>·\\\"\\⏎ → log");
    assert_eq!(show("$t = @\"\nline $env:X\n\"@\nb"), "t=line·<env:X>⏎ → log\nb → log");
    assert_eq!(
        show("$x = if ($a) { \"v\" } else { 'w' }\nb"),
        "x=<sub 1> → log\nif <sub 2> → captured 1\n<a> → captured 2\nv → captured 1\nelse → captured 1\nw → captured 1\nb → log"
    );
    assert_eq!(show("cmd `\n  -Flag x 2> f"), "cmd -Flag x Write:f → log");
}

#[test]
fn cmd() {
    let show = |text| show_in(text, Dialect::Cmd);
    assert_eq!(show("@echo off\r\necho %X% \"%Y%\" & echo !Z!\r\nrem c\r\n:: d"), "echo off → log\necho <X> <Y> → log\necho <Z> → log");
    assert_eq!(show("set X=a b\nset \"Y=c&d\"\necho %X:a=b%>f"), "X=a·b set → log\nY=c&d set → log\necho <Changed X> Write:f → file 0");
    assert_eq!(show("type f | find \"x\" || echo ^& 100%"), "type f → command 1\nfind x → log\necho \\& 100% → log");
}
