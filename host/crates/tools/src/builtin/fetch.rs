//! Asks over HTTP, where the agent that calls it may do so itself.

use std::collections::BTreeMap;

use rak_core::{Failure, HttpAnswer, HttpClient, HttpHead, HttpRequest, ToolCall};
use serde::Deserialize;
use serde_json::{Value, json};

use super::text::readable;
use super::{arguments, denied};

pub(crate) const DESCRIPTION: &str = "Asks a server over HTTP, and gives its answer: the status, the type, and the body where \
    that is a text. A status of 400 and more is an answer, too. Redirects are followed.";

/// How much of a body is given, in bytes, where the call does not say: what a model can read at once.
const DEFAULT_MAX_BYTES: usize = 100_000;
/// The most that is given.
const LARGEST_MAX_BYTES: usize = 1_000_000;
/// Types that are texts, beside `text/…` and what ends with these words.
const TEXTUAL: [&str; 4] = ["json", "xml", "javascript", "yaml"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fetch {
    url: String,
    method: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    credential: Option<String>,
    max_bytes: Option<usize>,
}

pub(crate) fn parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "url": {"type": "string", "description": "Such as https://api.example.com/items?page=1"},
            "method": {
                "type": "string",
                "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
                "description": "GET where it is left out",
            },
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"type": "string", "description": "What is sent; say its type in the header Content-Type"},
            "credential": {
                "type": "string",
                "description": "The name of a credential that the host adds; its value is not seen",
            },
            "maxBytes": {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_MAX_BYTES,
                "description": format!("How much of the body is given, {DEFAULT_MAX_BYTES} bytes where it is left out"),
            },
        },
        "required": ["url"],
        "additionalProperties": false,
    })
}

pub(crate) async fn call(client: &dyn HttpClient, call: &ToolCall) -> Result<Value, Failure> {
    let fetch: Fetch = arguments(call)?;
    if let Some(name) = fetch.credential.as_ref().filter(|name| !call.grants.credentials.contains(name)) {
        return Err(denied(format!(
            "the agent may not use the credential {name:?}: its agent.toml does not name it in `credentials` of [grants]"
        )));
    }
    let request = HttpRequest {
        method: fetch.method.unwrap_or_else(|| "GET".to_owned()),
        url: fetch.url,
        headers: fetch.headers.into_iter().collect(),
        body: fetch.body.into_bytes(),
        credential: fetch.credential,
        timeout: call.timeout,
        follow_redirects: true,
        allowed: call.grants.http.as_slice().into(),
        session: call.session.clone(),
        invocation: call.invocation,
    };
    let answer = client.send(request).await?;
    read(answer, fetch.max_bytes.unwrap_or(DEFAULT_MAX_BYTES)).await
}

async fn read(answer: HttpAnswer, max_bytes: usize) -> Result<Value, Failure> {
    let HttpAnswer { head, mut body } = answer;
    let (mut bytes, mut truncated) = (Vec::new(), false);
    while let Some(chunk) = body.next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > max_bytes {
            bytes.truncate(max_bytes);
            truncated = true;
            break;
        }
    }
    let content_type = header(&head, "content-type");
    let mut response = json!({
        "status": head.status,
        "url": head.url,
        "contentType": content_type,
        "truncated": truncated,
    });
    let text = match readable(&bytes) {
        Some(text) => Some(text.to_owned()),
        // In another encoding, as old pages are, most of it can be read all the same.
        None if content_type.is_some_and(is_textual) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        None => None,
    };
    let (name, value) = match text {
        Some(text) => ("body", json!(text)),
        None => ("note", json!(note(&head, bytes.len(), truncated))),
    };
    if let Some(members) = response.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    Ok(response)
}

/// What stands in the place of a body that cannot be read.
fn note(head: &HttpHead, read: usize, truncated: bool) -> String {
    match header(head, "content-length").and_then(|length| length.parse::<u64>().ok()) {
        Some(length) => format!("the body is no text; it has {length} bytes"),
        None if truncated => format!("the body is no text; it has more than {read} bytes"),
        None => format!("the body is no text; it has {read} bytes"),
    }
}

fn header<'a>(head: &'a HttpHead, name: &str) -> Option<&'a str> {
    head.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

fn is_textual(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/") || TEXTUAL.iter().any(|end| kind.ends_with(end))
}
