//! What the README shows compiles, and its own unit tests pass.

extern crate rak_sdk as rak;

#[path = "readme/classifier.rs"]
mod classifier;
#[path = "readme/described.rs"]
mod described;
#[path = "readme/diarist.rs"]
mod diarist;
#[path = "readme/editor.rs"]
mod editor;
#[path = "readme/forecaster.rs"]
mod forecaster;
#[path = "readme/greeter.rs"]
mod greeter;
#[path = "readme/newsroom.rs"]
mod newsroom;
#[path = "readme/notekeeper.rs"]
mod notekeeper;
#[path = "readme/payer.rs"]
mod payer;
#[path = "readme/tracker.rs"]
mod tracker;

#[test]
fn the_readme_shows_what_is_tested() {
    let readme = include_str!("../README.md");
    let shown: Vec<_> =
        readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let tested = [
        include_str!("readme/greeter.rs"),
        include_str!("readme/described.rs"),
        include_str!("readme/payer.rs"),
        include_str!("readme/editor.rs"),
        include_str!("readme/forecaster.rs"),
        include_str!("readme/classifier.rs"),
        include_str!("readme/tracker.rs"),
        include_str!("readme/diarist.rs"),
        include_str!("readme/notekeeper.rs"),
        include_str!("readme/newsroom.rs"),
    ];
    assert_eq!(shown, tested);
}

#[test]
fn an_agent_with_a_model_takes_twenty_lines() {
    let (agent, _tests) = include_str!("readme/notekeeper.rs").split_once("#[cfg(test)]").unwrap();
    let lines = agent.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 20, "{lines} lines");
}
