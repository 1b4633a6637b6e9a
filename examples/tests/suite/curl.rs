//! `examples/curl/tour.sh`.

use rak::InvocationStatus;

use crate::support::{Program, TestHost, example};

#[test]
fn the_tour_passes_every_stop() {
    let curl = Program::start("curl", ["--version"]).end();
    assert_eq!(curl, 0);
    let host = TestHost::start();
    let mut tour = Program::start("sh", [example("curl/tour.sh").to_str().unwrap(), &host.url()]);
    tour.succeed();
    let stops: Vec<_> = tour.out.split("\n== ").skip(1).collect();
    assert_eq!(stops.len(), 10, "{}", tour.out);
    assert!(stops[0].contains("\nOK\n") && stops[0].contains("\nREADY\n"), "{}", stops[0]);
    assert!(stops[1].contains(r#""name":"countdown""#), "{}", stops[1]);
    assert!(stops[3].contains(r#""text":"all at once""#), "{}", stops[3]);
    assert!(stops[4].contains("\nid: 1\ndata: ") && stops[4].contains(r#""text":"word ""#), "{}", stops[4]);
    assert!(stops[5].contains("all at once") && stops[5].contains("word by word"), "{}", stops[5]);
    assert!(stops[6].contains("Invocation cancelled"), "{}", stops[6]);
    assert!(stops[7].contains(r#""status":"cancelled""#), "{}", stops[7]);
    assert!(stops[8].contains("id: 2\n") && !stops[8].contains("id: 1\n"), "{}", stops[8]);
    assert!(stops[9].contains(r#""code":"#), "{}", stops[9]);

    let id = stops[7].split(r#""invocationId":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(host.status(id), InvocationStatus::Cancelled);
}
