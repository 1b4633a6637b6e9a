//! What is common to how contents are told to providers.

use rak_core::{Content, Failure, Part, Role};

use super::failure::refused;

/// Who speaks, as providers know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    System,
    /// The answers of functions are told by the user.
    User,
    Model,
}

/// Who speaks here.
pub(super) fn speaker(content: &Content) -> Result<Speaker, Failure> {
    match content.role.as_str() {
        "system" => Ok(Speaker::System),
        Role::USER | Role::FUNCTION => Ok(Speaker::User),
        Role::MODEL => Ok(Speaker::Model),
        role => Err(refused(format!(
            "a message has the role {role:?}; to a model it can be user, model, function or system"
        ))),
    }
}

/// The failure of a request with a part that the provider cannot be told by this speaker.
pub(super) fn unsupported(part: &Part, speaker: Speaker) -> Failure {
    let speaker = match speaker {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Model => "model",
    };
    let what = match part {
        Part::Text(_) => "a text".to_owned(),
        Part::Thought(_) => "a thought".to_owned(),
        Part::InlineData(blob) => format!("inlineData of the type {:?}", blob.mime_type),
        Part::FileData(file) => match &file.mime_type {
            Some(mime_type) => format!("fileData of the type {mime_type:?} that lies there"),
            None => "fileData without a mimeType".to_owned(),
        },
        Part::FunctionCall(call) => format!("the functionCall {:?}", call.name),
        Part::FunctionResponse(response) => format!("the functionResponse {:?}", response.name),
        Part::Other(custom) => format!("the custom part {:?}", custom.name),
    };
    refused(format!("{what} cannot be told to this model in a message of the role {speaker}"))
}

/// The text of the system's messages, the instruction first.
pub(super) fn system(instruction: Option<&str>, contents: &[Content]) -> Result<Option<String>, Failure> {
    let mut texts: Vec<_> =
        instruction.filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect();
    for content in contents {
        if speaker(content)? == Speaker::System {
            texts.push(system_text(content)?);
        }
    }
    Ok(Some(texts.join("\n\n")).filter(|text| !text.is_empty()))
}

/// The text of one of the system's messages, which cannot have anything else.
pub(super) fn system_text(content: &Content) -> Result<String, Failure> {
    match content.parts.iter().find(|part| part.as_text().is_none()) {
        Some(part) => Err(unsupported(part, Speaker::System)),
        None => Ok(content.text()),
    }
}

/// Whether a file can be fetched by others.
pub(super) fn is_public(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}
