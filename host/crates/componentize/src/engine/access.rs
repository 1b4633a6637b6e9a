//! How wizer reads the memory and the globals of an instance.

use wasmtime::component::{ComponentNamedList, Instance, Lift, WasmList};
use wasmtime::{Error, Result, Store};
use wasmtime_wizer::ComponentInstanceState;

use super::State;

/// An instance of an instrumented component.
pub(super) struct Access<'a> {
    store: &'a mut Store<State>,
    instance: Instance,
    /// Why what was read is not what is there. Wizer takes no errors.
    pub(super) failed: Option<Error>,
}

impl<'a> Access<'a> {
    pub(super) fn new(store: &'a mut Store<State>, instance: Instance) -> Self {
        Self { store, instance, failed: None }
    }

    async fn read<T>(&mut self, instance: &str, function: &str) -> T
    where
        T: Default + Lift + Send + Sync + 'static,
    {
        let read = self.call(instance, function).await;
        read.unwrap_or_else(|error| {
            self.failed.get_or_insert(error);
            T::default()
        })
    }

    async fn call<T>(&mut self, instance: &str, function: &str) -> Result<T>
    where
        T: Lift + Send + Sync + 'static,
        (T,): ComponentNamedList,
    {
        let missing = || Error::msg(format!("no {instance}#{function}"));
        let (_, exports) = self.instance.get_export(&mut *self.store, None, instance).ok_or_else(missing)?;
        let (_, export) =
            self.instance.get_export(&mut *self.store, Some(&exports), function).ok_or_else(missing)?;
        let function = self.instance.get_typed_func::<(), (T,)>(&mut *self.store, export)?;
        Ok(function.call_async(&mut *self.store, ()).await?.0)
    }
}

impl ComponentInstanceState for Access<'_> {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        func: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        match self.call::<WasmList<u8>>(instance, func).await {
            Ok(list) => contents(list.as_le_slice(&*self.store)),
            Err(error) => {
                self.failed.get_or_insert(error);
            }
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.read(instance, func).await
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.read(instance, func).await
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.read::<f32>(instance, func).await.to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.read::<f64>(instance, func).await.to_bits()
    }
}
