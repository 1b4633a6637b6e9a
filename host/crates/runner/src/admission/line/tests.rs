//! What holds whoever comes and goes.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

fn claim(user: usize, agent: usize, priority: i64, again: bool) -> Claim {
    Claim {
        id: InvocationId::new(),
        user: format!("user{user}").parse().unwrap(),
        agent: format!("agent{agent}").parse().unwrap(),
        priority: Priority::new(priority).unwrap(),
        again,
    }
}

fn plain(user: usize) -> Claim {
    claim(user, 0, 0, false)
}

fn places(all: usize) -> Places {
    Places { all, again: all.div_ceil(2), ..Places::default() }
}

/// A line with its one place taken, by a user who is not in it otherwise.
fn full() -> (Line, Claim) {
    let mut line = Line::new(places(1));
    let first = plain(99);
    assert!(line.try_enter(&first));
    (line, first)
}

/// Ends whoever is in memory, again and again: the order in which those that wait come in.
fn drain(line: &mut Line, mut last: Claim) -> Vec<Claim> {
    let mut order = Vec::new();
    loop {
        line.release(&last);
        match line.next() {
            Some(next) => {
                order.push(next.clone());
                last = next;
            }
            None => return order,
        }
    }
}

#[test]
fn the_most_urgent_goes_first_and_then_the_oldest() {
    let (mut line, first) = full();
    let runs = [0, -5, 7, 0].map(|priority| claim(0, 0, priority, false));
    // When it got in the line does not count: what was paused keeps its age.
    runs.iter().rev().for_each(|run| line.wait(run));
    let ids = [2, 0, 3, 1].map(|index| runs[index].id);
    assert_eq!(line.in_order(), ids);
    assert_eq!(drain(&mut line, first).iter().map(|claim| claim.id).collect::<Vec<_>>(), ids);
    assert!(line.users.is_empty() && line.agents.is_empty());
}

#[test]
fn a_user_with_many_runs_holds_up_nobody() {
    let (mut line, first) = full();
    (0..1000).for_each(|_| line.wait(&plain(0)));
    let late = plain(1);
    line.wait(&late);
    let order = drain(&mut line, first);
    assert_eq!(order.iter().position(|claim| *claim == late), Some(1));
    assert_eq!(order.len(), 1001);
}

#[test]
fn who_comes_again_and_again_does_not_overtake_who_waits() {
    let (mut line, mut last) = full();
    line.wait(&plain(0));
    line.wait(&plain(0));
    // A user that nobody has seen before, each time.
    for stranger in 1..=3 {
        line.wait(&plain(stranger));
        line.release(&last);
        last = line.next().unwrap();
    }
    let served: Vec<_> = drain(&mut line, last).iter().map(|claim| claim.user.to_string()).collect();
    assert_eq!(served, ["user0", "user3"]);
}

#[test]
fn who_is_at_a_limit_is_passed_over() {
    let limits = Places {
        user: Some(1),
        users: [("user1".parse().unwrap(), 2)].into(),
        agents: [("agent1".parse().unwrap(), 1)].into(),
        ..places(10)
    };
    let mut line = Line::new(limits);
    let (busy, agent) = (plain(0), claim(1, 1, 0, false));
    assert!(line.try_enter(&busy) && line.try_enter(&agent));
    for refused in [plain(0), claim(2, 1, 100, false)] {
        assert!(!line.try_enter(&refused));
        line.wait(&refused);
    }
    assert_eq!(line.next(), None);
    assert!(line.try_enter(&plain(1)), "a user with a limit of its own");
    assert!(!line.try_enter(&plain(1)));
    assert!(line.try_enter(&plain(3)), "those behind them are not held up");
    line.release(&busy);
    assert_eq!(line.next().unwrap().user.as_str(), "user0");
    line.release(&agent);
    assert_eq!(line.next().unwrap().user.as_str(), "user2");
}

#[test]
fn those_that_go_on_leave_room_for_new_ones() {
    let mut line = Line::new(places(4));
    let again = || claim(0, 0, 100, true);
    assert!(line.try_enter(&again()) && line.try_enter(&again()));
    assert!(!line.try_enter(&again()));
    line.wait(&again());
    assert!(line.try_enter(&plain(0)) && line.try_enter(&plain(0)));
    assert!(!line.try_enter(&plain(0)));
    assert_eq!(Line::new(places(1)).places.again, 1, "a host with one place goes on with what it began");
}

#[derive(Clone, Debug)]
enum Step {
    Comes { user: usize, agent: usize, priority: i64, again: bool },
    GivesUp(Index),
    Ends(Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_usize, 0..3_usize, -1..2_i64, any::<bool>())
            .prop_map(|(user, agent, priority, again)| Step::Comes { user, agent, priority, again }),
        1 => any::<Index>().prop_map(Step::GivesUp),
        2 => any::<Index>().prop_map(Step::Ends),
    ]
}

fn limits() -> impl Strategy<Value = Places> {
    let limit = || prop::option::of(1..3_usize);
    (1..6_usize, limit(), limit(), limit()).prop_map(|(all, user, ann, agent)| Places {
        user,
        users: ann.map(|limit| ("user1".parse().unwrap(), limit)).into_iter().collect(),
        agents: agent.map(|limit| ("agent1".parse().unwrap(), limit)).into_iter().collect(),
        ..places(all)
    })
}

/// What is so at any time, counted anew.
fn check(limits: &Places, inside: &[Claim], waiting: &[Claim]) -> Result<(), TestCaseError> {
    let count = |wanted: &dyn Fn(&Claim) -> bool| inside.iter().filter(|claim| wanted(claim)).count();
    prop_assert!(inside.len() <= limits.all && count(&|claim| claim.again) <= limits.again);
    for claim in inside {
        prop_assert!(count(&|other| other.user == claim.user) <= limits.of_user(&claim.user));
        prop_assert!(count(&|other| other.agent == claim.agent) <= limits.of_agent(&claim.agent));
    }
    for claim in waiting {
        let fits = inside.len() < limits.all
            && count(&|other| other.user == claim.user) < limits.of_user(&claim.user)
            && count(&|other| other.agent == claim.agent) < limits.of_agent(&claim.agent)
            && !(claim.again && count(&|other| other.again) >= limits.again);
        prop_assert!(!fits, "{:?} waits although there is a place", claim);
    }
    Ok(())
}

proptest! {
    /// Never more than the limits, never a place that somebody could have, nobody twice, nobody who gave up.
    #[test]
    fn places_are_neither_wasted_nor_given_twice(limits in limits(), steps in prop::collection::vec(step(), 1..150)) {
        let mut line = Line::new(limits.clone());
        let (mut inside, mut waiting): (Vec<Claim>, Vec<Claim>) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Comes { user, agent, priority, again } => {
                    let claim = claim(user, agent, priority, again);
                    if line.try_enter(&claim) {
                        inside.push(claim);
                    } else {
                        line.wait(&claim);
                        waiting.push(claim);
                    }
                }
                Step::GivesUp(index) if !waiting.is_empty() => {
                    line.leave(&waiting.swap_remove(index.index(waiting.len())));
                }
                Step::Ends(index) if !inside.is_empty() => {
                    line.release(&inside.swap_remove(index.index(inside.len())));
                }
                _ => {}
            }
            while let Some(next) = line.next() {
                let at = waiting.iter().position(|claim| *claim == next);
                prop_assert!(at.is_some(), "{:?} does not wait", next);
                inside.push(waiting.swap_remove(at.unwrap()));
            }
            check(&limits, &inside, &waiting)?;
            prop_assert_eq!(line.in_order().len(), waiting.len());
        }
        // Everybody comes in when those inside go, and nothing is left behind.
        while let Some(claim) = inside.pop() {
            line.release(&claim);
            while let Some(next) = line.next() {
                waiting.retain(|claim| *claim != next);
                inside.push(next);
            }
        }
        prop_assert!(waiting.is_empty());
        prop_assert!(line.users.is_empty() && line.agents.is_empty());
        prop_assert_eq!((line.in_memory, line.again, line.waiting), (0, 0, 0));
    }

    /// Between two runs of a user everybody else who waits is served, and the order is the one that was foretold.
    #[test]
    fn users_take_turns(counts in prop::collection::vec(1..6_usize, 1..6)) {
        let (mut line, first) = full();
        for (user, count) in counts.iter().enumerate() {
            (0..*count).for_each(|_| line.wait(&plain(user)));
        }
        let foretold = line.in_order();
        let order = drain(&mut line, first);
        prop_assert_eq!(order.iter().map(|claim| claim.id).collect::<Vec<_>>(), foretold);
        let mut left = counts;
        let mut served: Vec<usize> = Vec::new();
        for claim in order {
            let user: usize = claim.user.as_str()["user".len()..].parse().unwrap();
            if let Some(last) = served.iter().rposition(|other| *other == user) {
                for (other, left) in left.iter().enumerate() {
                    prop_assert!(*left == 0 || served[last..].contains(&other));
                }
            }
            left[user] -= 1;
            served.push(user);
        }
    }
}
