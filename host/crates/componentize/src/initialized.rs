//! A core module as it is when its language's runtime has begun.
//!
//! What a runtime does before an agent's first call is the same each time: it sets up its heap, and runs the agent's
//! constructors. Done once here, and written down, it costs a run nothing.

mod access;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasmparser::{Parser, Payload};
use wasmtime::{Config, Engine, Error, ExternType, Linker, Module, Store, Strategy};
use wasmtime_wizer::Wizer;

use access::Access;

/// What a module exports whose SDK knows how to go on in a run that did not begin the module itself.
const WILLING: &str = "wizer-initialize";
/// What begins the runtime.
const BEGIN: &str = "_initialize";
/// Instructions that the beginning may take: what a processor does in about a second.
const FUEL: u64 = 1_000_000_000;

/// What a store holds while a module begins.
#[derive(Default)]
struct Imports {
    /// Whether one was called.
    called: bool,
}

/// The module as it is after its beginning, where it can be written down.
///
/// None where the SDK does not ask for it, and where the beginning calls anything outside: the time, the environment, random
/// numbers and what is written belong to a run, so such a module begins anew in each. The error is a reason to go on with
/// the module as it is, too.
pub fn initialized(module: &[u8]) -> Result<Option<Vec<u8>>, String> {
    begin(module).map_err(|error| format!("{error:#}"))
}

fn begin(bytes: &[u8]) -> wasmtime::Result<Option<Vec<u8>>> {
    if !exports(bytes, WILLING)? {
        return Ok(None);
    }
    let engine = Engine::new(&config())?;
    let wizer = {
        let mut wizer = Wizer::new();
        wizer.init_func(WILLING);
        wizer
    };
    let (context, instrumented) = wizer.instrument(bytes)?;
    let module = Module::new(&engine, &instrumented)?;
    let mut store = Store::new(&engine, Imports::default());
    store.set_fuel(FUEL)?;
    let mut linker: Linker<Imports> = Linker::new(&engine);
    // A module may import a function more than once.
    linker.allow_shadowing(true);
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty() {
            let function = format!("{}#{}", import.module(), import.name());
            linker.func_new(import.module(), import.name(), ty, move |mut caller, _, _| {
                caller.data_mut().called = true;
                Err(Error::msg(format!("{function} is for the agent's runs")))
            })?;
        }
    }
    let instance = linker.instantiate(&mut store, &module)?;
    for function in [BEGIN, WILLING] {
        let Some(function) = instance.get_func(&mut store, function) else { continue };
        if let Err(error) = function.typed::<(), ()>(&store)?.call(&mut store, ()) {
            return if store.data().called { Ok(None) } else { Err(error) };
        }
    }
    let mut access = Access::new(&mut store, instance);
    let written = at_once(wizer.snapshot(&context, &mut access))?;
    Ok(access.is_whole().then_some(written))
}

/// Whether a module exports something of a name. To ask before it is compiled costs nothing.
fn exports(module: &[u8], name: &str) -> wasmtime::Result<bool> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(exports) = payload? {
            return Ok(exports.into_iter().flatten().any(|export| export.name == name));
        }
    }
    Ok(false)
}

/// Code that runs once: what counts is how soon it is there.
fn config() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Winch).wasm_relaxed_simd(false).consume_fuel(true);
    config
}

/// Reading an instance waits for nothing.
fn at_once<T>(work: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(wasmtime::Error::msg("reading the instance waits for something")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it becomes, as wasmtime reads it.
    fn begun(text: &str) -> Option<Module> {
        let bytes = wat::parse_str(text).unwrap();
        let engine = Engine::default();
        initialized(&bytes).unwrap().map(|module| Module::new(&engine, module).unwrap())
    }

    #[test]
    fn a_module_is_written_down_where_its_sdk_is_willing() {
        let module = |export: &str| {
            format!(
                r#"(module (memory (export "memory") 1) (global $begun (mut i32) (i32.const 0))
                    (func (export "_initialize") (global.set $begun (i32.const 3)))
                    (func (export "{export}") (i32.store (i32.const 8) (i32.const 4)))
                    (func (export "sum") (result i32) (i32.add (global.get $begun) (i32.load (i32.const 8)))))"#
            )
        };
        assert!(begun(&module("other")).is_none());
        let module = begun(&module(WILLING)).unwrap();
        assert!(module.get_export(BEGIN).is_none() && module.get_export(WILLING).is_none());
        let mut store = Store::new(module.engine(), ());
        let instance = wasmtime::Instance::new(&mut store, &module, &[]).unwrap();
        let sum = instance.get_typed_func::<(), i32>(&mut store, "sum").unwrap();
        assert_eq!(sum.call(&mut store, ()).unwrap(), 7);
    }

    #[test]
    fn what_calls_outside_begins_in_each_run() {
        let text = format!(
            r#"(module (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
                (memory (export "memory") 1)
                (func (export "_initialize") (drop (call 0 (i32.const 0) (i32.const 8))))
                (func (export "{WILLING}")))"#
        );
        assert!(begun(&text).is_none());
    }

    #[test]
    fn what_fails_or_does_not_end_is_an_error() {
        for body in ["unreachable", "(loop (br 0))"] {
            let text = format!(r#"(module (func (export "{WILLING}") {body}))"#);
            let module = wat::parse_str(text).unwrap();
            assert!(initialized(&module).is_err(), "{body}");
        }
    }
}
