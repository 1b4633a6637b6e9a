//! `clerk`: orders things, and asks a person before it spends much. What a question, an approval and a long wait look like.

use std::time::Duration;

use rak::{Context, Descriptor, Failure, Skill};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Whoever spends more is asked first.
const FREE: u64 = 100;
/// How long there is to decide.
const TIME_TO_DECIDE: Duration = Duration::from_hours(24);
/// Who may pay.
const COST_CENTRES: [&str; 3] = ["office", "workshop", "travel"];
/// Where the user's cost centre is remembered.
const COST_CENTRE: &str = "user:cost-centre";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    quantity: u64,
    item: String,
    price: u64,
}

impl Order {
    fn total(&self) -> u64 {
        self.quantity.saturating_mul(self.price)
    }
}

fn describe() -> Descriptor {
    let skill = Skill::new("order", "Order things")
        .with_description(
            "Orders what is sent. Asks who pays, once, and asks for approval where it costs more than 100.",
        )
        .with_tags(["demo", "approval", "person in the loop"])
        .with_examples(["3 chairs at 140", "2 pens at 1"]);
    rak::descriptor!().with_name("clerk").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, message: String) -> Result<String, Failure> {
    let order = parse(&message)?;
    let payer = cost_centre(cx)?;
    let Some(order) = approved(cx, order)? else { return Ok("Nothing was ordered.".into()) };
    cx.events().other("order", json!({"order": order, "total": order.total(), "costCentre": payer}))?;
    let Order { quantity, item, .. } = &order;
    Ok(format!("Ordered {quantity} {item} for {}, paid by {payer}.", order.total()))
}

/// Asks once, and remembers.
fn cost_centre(cx: &Context) -> Result<String, Failure> {
    if let Some(known) = cx.session().get(COST_CENTRE)? {
        return Ok(known);
    }
    let chosen: String =
        cx.people().ask("Which cost centre pays for you?", json!({"enum": COST_CENTRES}), None)?;
    cx.session().set(COST_CENTRE, &chosen)?;
    Ok(chosen)
}

/// The order as a person lets it pass, perhaps changed; none where nobody does.
fn approved(cx: &Context, order: Order) -> Result<Option<Order>, Failure> {
    if order.total() <= FREE {
        return Ok(Some(order));
    }
    let question = format!("Order {} {} for {}?", order.quantity, order.item, order.total());
    let decision = match cx.people().approve(&question, &order, Some(TIME_TO_DECIDE)) {
        Err(failure) if failure.is_expired() => return Ok(None),
        decision => decision?,
    };
    if !decision.approved {
        return Ok(None);
    }
    let edited = decision.edited.map(serde_json::from_value).transpose();
    let edited = edited.map_err(|error| {
        Failure::invalid_argument(format!("an order has quantity, item and price: {error}"))
    })?;
    Ok(Some(edited.unwrap_or(order)))
}

fn parse(message: &str) -> Result<Order, Failure> {
    let order = || {
        let (what, price) = message.trim().rsplit_once(" at ")?;
        let (quantity, item) = what.trim().split_once(' ')?;
        let quantity = quantity.parse().ok().filter(|quantity| *quantity > 0)?;
        let item = item.trim().to_owned();
        Some(Order { quantity, item, price: price.trim().parse().ok()? })
    };
    order().ok_or_else(|| Failure::invalid_argument("send what to order, as in `3 chairs at 140`"))
}

#[cfg(test)]
mod tests {
    use rak::testing::FakeHost;
    use rak::{Decision, FailureKind};

    use super::*;

    fn host() -> FakeHost {
        FakeHost::new().state(COST_CENTRE, "office")
    }

    #[test]
    fn what_costs_little_is_ordered_at_once() {
        let run = host().run(run, "2 pens at 1");
        assert_eq!(run.answer(), "Ordered 2 pens for 2, paid by office.");
        assert_eq!(run.events.len(), 1);
    }

    #[test]
    fn what_costs_much_waits_for_an_approval() {
        assert_eq!(
            host().approves().run(run, "3 chairs at 140").answer(),
            "Ordered 3 chairs for 420, paid by office."
        );
        assert_eq!(host().rejects("too dear").run(run, "3 chairs at 140").answer(), "Nothing was ordered.");
        let fewer = json!({"quantity": 1, "item": "chair", "price": 120});
        let edited = host().decides(Decision::approved().with_edited(fewer)).run(run, "3 chairs at 140");
        assert_eq!(edited.answer(), "Ordered 1 chair for 120, paid by office.");
    }

    #[test]
    fn nobody_has_to_decide() {
        let run = host().run(run, "3 chairs at 140");
        assert_eq!(run.answer(), "Nothing was ordered.");
        assert_eq!(run.slept, TIME_TO_DECIDE);
    }

    #[test]
    fn who_pays_is_asked_once() {
        let first = FakeHost::new().answers("travel").run(run, "2 pens at 1");
        assert_eq!(first.answer(), "Ordered 2 pens for 2, paid by travel.");
        let second = FakeHost::new().state_after(&first).run(run, "1 map at 9");
        assert_eq!(second.answer(), "Ordered 1 map for 9, paid by travel.");
    }

    #[test]
    fn says_what_to_send() {
        for bad in ["", "chairs", "0 chairs at 3", "3 chairs", "3 chairs at x"] {
            assert_eq!(host().run(run, bad).failure().kind, FailureKind::InvalidArgument, "{bad}");
        }
    }
}
