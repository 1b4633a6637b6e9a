//! The host's own interfaces, while there is no host.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, ResourceType};
use wasmtime::{Error, Result};

use super::State;

/// The interfaces of the contract. WASI's are not for us to name, because any of their versions will do.
const CONTRACT: &str = "rak:agent/";

/// Gives `component` each function of the contract that it imports: to call one is an error.
pub(super) fn add_to_linker(component: &Component, linker: &mut Linker<State>) -> Result<()> {
    let engine = component.engine();
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        if !name.starts_with(CONTRACT) {
            continue;
        }
        let mut instance = linker.instance(name)?;
        for (item, export) in interface.exports(engine) {
            match export.ty {
                ComponentItem::ComponentFunc(_) => {
                    let called = format!("{name}#{item}");
                    instance.func_new(item, move |_, _, _, _| Err(unavailable(&called)))?;
                }
                ComponentItem::Resource(_) => {
                    instance.resource(item, ResourceType::host::<()>(), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn unavailable(function: &str) -> Error {
    Error::msg(format!("there is no host while the agent is compiled: {function} is for its runs"))
}
