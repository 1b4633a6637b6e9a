//! The time now, where somebody is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rak_core::time::UnixMillis;
use serde_json::{Value, json};

pub(crate) const DESCRIPTION: &str =
    "The date, time and day of the week now, in a time zone. Without a time zone it is UTC.";

pub(crate) fn parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "timeZone": {
                "type": "string",
                "description": "Name in the IANA database, such as Europe/Berlin or America/New_York",
            },
        },
        "additionalProperties": false,
    })
}

/// The answer, or what a model can read of why there is none.
pub(crate) fn call(args: &Value, now: UnixMillis) -> Result<Value, String> {
    let name = args.get("timeZone").and_then(Value::as_str).unwrap_or("UTC");
    let zone = TimeZone::get(name).map_err(|_| {
        format!("{name:?} is no time zone; give a name such as Europe/Berlin, America/New_York or UTC")
    })?;
    let now = Timestamp::from_millisecond(now.0).map_err(|error| error.to_string())?.to_zoned_datetime(zone);
    Ok(json!({
        "time": now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
        "weekday": now.strftime("%A").to_string(),
        "timeZone": name,
        "unixMillis": now.timestamp().as_millisecond(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMER: UnixMillis = UnixMillis(1_785_283_200_123);

    #[test]
    fn the_same_moment_has_another_hour_elsewhere() {
        let utc = call(&json!({}), SUMMER).unwrap();
        assert_eq!(
            utc,
            json!({
                "time": "2026-07-29T00:00:00.123+00:00",
                "weekday": "Wednesday",
                "timeZone": "UTC",
                "unixMillis": SUMMER.0,
            })
        );
        let berlin = call(&json!({"timeZone": "Europe/Berlin"}), SUMMER).unwrap();
        assert_eq!(berlin["time"], "2026-07-29T02:00:00.123+02:00");
        let new_york = call(&json!({"timeZone": "America/New_York"}), SUMMER).unwrap();
        assert_eq!(
            (&new_york["time"], &new_york["weekday"]),
            (&json!("2026-07-28T20:00:00.123-04:00"), &json!("Tuesday"))
        );
        assert_eq!(new_york["unixMillis"], SUMMER.0);
    }

    #[test]
    fn a_place_that_is_no_time_zone_is_said_so() {
        for name in ["Atlantis", "", "../../etc/passwd"] {
            let error = call(&json!({"timeZone": name}), SUMMER).unwrap_err();
            assert!(error.contains("is no time zone") && error.contains("Europe/Berlin"), "{error}");
        }
    }
}
