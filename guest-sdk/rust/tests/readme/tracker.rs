use std::io::{BufRead, BufReader};

use rak::{Context, Failure, HttpRequest};
use serde::Deserialize;

#[derive(Deserialize)]
struct Issue {
    title: String,
    log: String,
}

#[rak::agent]
fn run(cx: &Context, query: String) -> Result<String, Failure> {
    // The host adds the key on the way; the agent never sees it.
    let search = HttpRequest::get("https://tracker.example.com/issues").with_query("q", &query);
    let answer = cx.http().fetch(search.with_credential("tracker"))?;
    if !answer.is_success() {
        return Ok(format!("The tracker says {}: {}", answer.status, answer.text()));
    }
    let issues: Vec<Issue> = answer.json()?;
    let Some(newest) = issues.first() else { return Ok("Nothing is broken.".into()) };

    // Line by line, while it comes.
    let log = cx.http().open(newest.log.as_str())?;
    for line in BufReader::new(log).lines() {
        let line = line?;
        if line.starts_with("error") {
            return Ok(format!("{}: {line}", newest.title));
        }
    }
    Ok(format!("{}: no error in its log", newest.title))
}

#[cfg(test)]
mod tests {
    use rak::testing::{FakeHost, HttpAnswer};
    use serde_json::json;

    use super::run;

    #[test]
    fn finds_the_error_of_the_newest_issue() {
        let issues = |_: &_| json!([{"title": "It broke", "log": "https://logs.example.com/7"}]);
        let log = |_: &_| HttpAnswer::pieces(["started\nerr", "or: no space left\n", "stopped\n"]);
        let host = FakeHost::new()
            .http("GET", "https://tracker.example.com/issues?q=disk%20full", issues)
            .http("GET", "https://logs.example.com/*", log);
        let run = host.run(run, "disk full");
        assert_eq!(run.answer(), "It broke: error: no space left");
        assert_eq!(run.http_calls[0].request.credential.as_deref(), Some("tracker"));
    }

    #[test]
    fn says_what_the_tracker_says() {
        let away = |_: &_| HttpAnswer::from("come back later").with_status(503);
        let run = FakeHost::new().http("GET", "https://tracker.example.com/*", away).run(run, "disk full");
        assert_eq!(run.answer(), "The tracker says 503: come back later");
    }
}
