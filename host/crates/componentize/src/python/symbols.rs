//! What CPython is told of the contract.

use serde_json::Value;
use wasmtime::component::{Type, Val};
use wasmtime::{Error, Result};

/// The value of type `kind` that `json` stands for: records are objects, lists arrays, and a case is its name or an
/// object from its name to what it holds.
pub(super) fn value(kind: &Type, json: &Value) -> Result<Val> {
    let mismatch = || Error::msg(format!("{json} is not of the type {kind:?}"));
    Ok(match (kind, json) {
        (Type::Bool, Value::Bool(bool)) => Val::Bool(*bool),
        (Type::U32, Value::Number(number)) => {
            Val::U32(number.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(mismatch)?)
        }
        (Type::String, Value::String(text)) => Val::String(text.clone()),
        (Type::List(list), Value::Array(items)) => {
            Val::List(items.iter().map(|item| value(&list.ty(), item)).collect::<Result<_>>()?)
        }
        (Type::Record(record), Value::Object(fields)) => {
            let field = |name: &str, kind: &Type| {
                let json = fields.get(name).ok_or_else(mismatch)?;
                Ok((name.to_owned(), value(kind, json)?))
            };
            Val::Record(record.fields().map(|it| field(it.name, &it.ty)).collect::<Result<_>>()?)
        }
        (Type::Enum(_), Value::String(name)) => Val::Enum(name.clone()),
        (Type::Variant(_), Value::String(name)) => Val::Variant(name.clone(), None),
        (Type::Variant(variant), Value::Object(case)) => {
            let (name, json) = case.iter().next().ok_or_else(mismatch)?;
            let case = variant.cases().find(|case| case.name == name).ok_or_else(mismatch)?;
            let payload = case.ty.map(|kind| value(&kind, json).map(Box::new)).transpose()?;
            Val::Variant(name.clone(), payload)
        }
        _ => return Err(mismatch()),
    })
}
