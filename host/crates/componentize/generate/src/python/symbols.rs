//! What componentize-py's runtime is told of a world, as in its `init.wit`.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Function {
    pub protocol: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Constructor {
    pub module: String,
    pub protocol: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Static {
    pub module: String,
    pub protocol: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionExportKind {
    Freestanding(Function),
    Constructor(Constructor),
    Method(String),
    Static(Static),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnStyle {
    None,
    Normal,
    Result,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FunctionExport {
    pub kind: FunctionExportKind,
    pub return_style: ReturnStyle,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Resource {
    pub package: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    pub package: String,
    pub name: String,
    pub fields: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Flags {
    pub package: String,
    pub name: String,
    pub u32_count: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tuple {
    pub count: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    pub name: String,
    pub has_payload: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Variant {
    pub package: String,
    pub name: String,
    pub cases: Vec<Case>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Enum {
    pub package: String,
    pub name: String,
    pub count: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    NonNesting,
    Nesting,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ResultRecord {
    pub has_ok: bool,
    pub has_err: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Symbols {
    pub exports: Vec<FunctionExport>,
    pub resources: Vec<Resource>,
    pub records: Vec<Record>,
    pub flags: Vec<Flags>,
    pub tuples: Vec<Tuple>,
    pub variants: Vec<Variant>,
    pub enums: Vec<Enum>,
    pub options: Vec<OptionKind>,
    pub results: Vec<ResultRecord>,
}
