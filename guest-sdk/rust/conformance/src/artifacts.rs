//! Artifacts.

use std::io::Read;

use rak::{Blob, Content, Context, Failure, Outcome};

use crate::{Answer, kind_and_code, number, split, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "artifact" => artifact(cx, argument),
        "artifact-load" => cx.artifacts().load(argument).and_then(shown),
        "artifact-version" => artifact_version(cx, argument),
        "artifact-bytes" => artifact_bytes(cx),
        "artifact-pieces" => artifact_pieces(cx),
        "artifacts" => artifacts(cx, argument),
        "artifact-versions" => artifact_versions(cx, argument),
        "artifact-remove" => cx.artifacts().remove(argument).and_then(|removed| text(removed.to_string())),
        "artifact-fails" => artifact_fails(cx, argument),
        _ => return None,
    })
}

fn artifact(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    text(cx.artifacts().save("notes/today.txt", Blob::new("text/plain", said))?.to_string())
}

fn artifact_version(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (name, version) = split(argument);
    let version = u32::try_from(number(version)?)?;
    shown(cx.artifacts().load_version(name, version)?)
}

fn artifact_bytes(cx: &Context) -> Result<Outcome, Failure> {
    let bytes = [0x00, 0x01, 0xfe, 0xff];
    cx.artifacts().save("user:raw.bin", Blob::new("application/octet-stream", bytes))?;
    let loaded = cx.artifacts().load("user:raw.bin")?;
    let loaded = loaded.ok_or_else(|| Failure::not_found("what was saved is not there"))?;
    text(loaded.data.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn artifact_pieces(cx: &Context) -> Result<Outcome, Failure> {
    let version = cx.artifacts().save("long.txt", Blob::new("text/plain", "one two three"))?;
    let mut reader = cx.artifacts().reader("long.txt", version);
    let mut pieces = Vec::new();
    let mut buffer = [0; 5];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            return text(pieces.join("|"));
        }
        pieces.push(String::from_utf8_lossy(&buffer[..read]).into_owned());
    }
}

fn artifacts(cx: &Context, prefix: &str) -> Result<Outcome, Failure> {
    let infos = cx.artifacts().list(prefix)?.into_iter();
    let shown: Vec<_> = infos.map(|info| format!("{}@{}:{}", info.name, info.version, info.size)).collect();
    text(shown.join(","))
}

fn artifact_versions(cx: &Context, name: &str) -> Result<Outcome, Failure> {
    let infos = cx.artifacts().versions(name)?.into_iter();
    text(infos.map(|info| info.version.to_string()).collect::<Vec<_>>().join(","))
}

fn artifact_fails(cx: &Context, name: &str) -> Result<Outcome, Failure> {
    match cx.artifacts().save(name, Blob::new("text/plain", "x")) {
        Ok(version) => text(version.to_string()),
        Err(failure) => text(kind_and_code(&failure)),
    }
}

fn shown(loaded: Option<Blob>) -> Result<Outcome, Failure> {
    text(loaded.map_or_else(|| "none".to_owned(), |blob| format!("{} {}", blob.mime_type, blob.text())))
}
