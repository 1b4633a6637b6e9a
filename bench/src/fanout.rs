//! One run and its listeners, from one to a thousand: `fanout`.

use crate::durability;
use crate::place::Place;
use crate::report::{Figure, Unit};

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for audience in durability::audiences(&place.components, place.quick)? {
        let figure = |what, unit| Figure::of("fanout", &audience.who, what, unit);
        if let Some(deliveries) = audience.deliveries_a_second {
            figures.push(figure("deliveries", Unit::PerSecond).alone(vec![deliveries], None));
        }
        if let Some(delay) = audience.delay_p99 {
            figures.push(figure("p99 of the delay, at a pace", Unit::Micros).alone(vec![delay], None));
        }
    }
    Ok(figures)
}
