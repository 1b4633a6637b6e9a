//! The tables of the README that a command writes.

use std::fs;

use anyhow::bail;

use crate::shell::{self, Places};

/// Replaces what stands between `<!-- NAME: COMMAND -->` and `<!-- /NAME -->`.
pub(crate) fn write(places: &Places, name: &str, text: &str) -> anyhow::Result<()> {
    let path = places.root.join("README.md");
    let readme = fs::read_to_string(&path)?;
    let (begin, end) = (format!("<!-- {name}: "), format!("<!-- /{name} -->"));
    let parts = readme.split_once(&begin).and_then(|(before, rest)| {
        let (command, rest) = rest.split_once('\n')?;
        Some((before, command, rest.split_once(&end)?.1))
    });
    let Some((before, command, after)) = parts else { bail!("the README has no {begin}… and {end}") };
    fs::write(&path, format!("{before}{begin}{command}\n{}\n{end}{after}", text.trim_end()))?;
    shell::say(&format!("the table `{name}` is in README.md"));
    Ok(())
}
