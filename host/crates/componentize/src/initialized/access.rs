//! How wizer reads the memory and the globals of a core instance.

use wasmtime::{Instance, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType};

use super::Imports;

/// An instance of an instrumented module.
pub(super) struct Access<'a> {
    store: &'a mut Store<Imports>,
    instance: Instance,
    /// Whether everything that was asked for was there. Wizer takes no errors.
    whole: bool,
}

impl<'a> Access<'a> {
    pub(super) fn new(store: &'a mut Store<Imports>, instance: Instance) -> Self {
        Self { store, instance, whole: true }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }
}

impl InstanceState for Access<'_> {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut *self.store, name);
        match global.map(|global| global.get(&mut *self.store)) {
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(bits)) => SnapshotVal::F32(bits),
            Some(Val::F64(bits)) => SnapshotVal::F64(bits),
            Some(Val::V128(value)) => SnapshotVal::V128(value.as_u128()),
            _ => {
                self.whole = false;
                SnapshotVal::I32(0)
            }
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.instance.get_memory(&mut *self.store, name) {
            Some(memory) => contents(memory.data(&*self.store)),
            None => self.whole = false,
        }
    }
}
