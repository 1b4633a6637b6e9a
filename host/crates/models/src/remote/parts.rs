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

/// A message of the conversation.
pub(super) struct Message<'a> {
    pub(super) content: &'a Content,
    pub(super) speaker: Speaker,
    /// Whether the model is past it: it was answered, or the user has said something else since. Nobody can take it back then, so
    /// nothing in it may be in the way of what follows.
    is_past: bool,
}

/// The messages of a conversation, oldest first.
pub(super) fn messages(contents: &[Content]) -> Result<Vec<Message<'_>>, Failure> {
    let speakers: Vec<_> = contents.iter().map(speaker).collect::<Result<_, _>>()?;
    let answered = contents.iter().rposition(|content| content.role == Role::MODEL);
    let said = contents.iter().rposition(|content| content.role == Role::USER);
    let now = answered.map_or(0, |index| index + 1).max(said.unwrap_or_default());
    let messages = contents.iter().zip(speakers).enumerate();
    Ok(messages
        .map(|(index, (content, speaker))| Message { content, speaker, is_past: index < now })
        .collect())
}

impl Message<'_> {
    /// What is told in the place of a part that this speaker cannot tell the provider: a text that names it where the model is
    /// past it, and nothing where it is asked about it.
    pub(super) fn stand_in(&self, part: &Part) -> Result<String, Failure> {
        let what = described(part);
        if self.is_past {
            return Ok(format!("[a part that this model cannot be told: {what}]"));
        }
        let speaker = match self.speaker {
            Speaker::System => "system",
            Speaker::User => "user",
            Speaker::Model => "model",
        };
        Err(refused(format!("{what} cannot be told to this model in a message of the role {speaker}")))
    }

    /// The text of one of the system's messages, which cannot have anything else.
    pub(super) fn system_text(&self) -> Result<String, Failure> {
        let texts = self.content.parts.iter().map(|part| match part.as_text() {
            Some(text) => Ok(text.to_owned()),
            None => self.stand_in(part),
        });
        texts.collect()
    }
}

/// Who speaks here.
fn speaker(content: &Content) -> Result<Speaker, Failure> {
    match content.role.as_str() {
        "system" => Ok(Speaker::System),
        Role::USER | Role::FUNCTION => Ok(Speaker::User),
        Role::MODEL => Ok(Speaker::Model),
        role => Err(refused(format!(
            "a message has the role {role:?}; to a model it can be user, model, function or system"
        ))),
    }
}

/// What a part is, for a person.
fn described(part: &Part) -> String {
    match part {
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
    }
}

/// The text of the system's messages, the instruction first.
pub(super) fn system(instruction: Option<&str>, messages: &[Message<'_>]) -> Result<Option<String>, Failure> {
    let mut texts: Vec<_> =
        instruction.filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect();
    for message in messages.iter().filter(|message| message.speaker == Speaker::System) {
        texts.push(message.system_text()?);
    }
    Ok(Some(texts.join("\n\n")).filter(|text| !text.is_empty()))
}

/// Whether a file can be fetched by others.
pub(super) fn is_public(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}
