//! What an author does before and after.

use serde_json::Value;

use crate::{Content, Context, Failure, FunctionCall, FunctionResponse, ModelRequest, ModelResponse};

pub(super) type BeforeModel<'a> =
    dyn Fn(&Context, &mut ModelRequest) -> Result<Option<Content>, Failure> + 'a;
pub(super) type AfterModel<'a> = dyn Fn(&Context, &mut ModelResponse) -> Result<(), Failure> + 'a;
pub(super) type BeforeTool<'a> = dyn Fn(&Context, &mut FunctionCall) -> Result<Option<Value>, Failure> + 'a;
pub(super) type AfterTool<'a> =
    dyn Fn(&Context, &FunctionCall, &mut FunctionResponse) -> Result<(), Failure> + 'a;

/// Those that there are.
#[derive(Default)]
pub(super) struct Callbacks<'a> {
    pub(super) before_model: Option<Box<BeforeModel<'a>>>,
    pub(super) after_model: Option<Box<AfterModel<'a>>>,
    pub(super) before_tool: Option<Box<BeforeTool<'a>>>,
    pub(super) after_tool: Option<Box<AfterTool<'a>>>,
}
