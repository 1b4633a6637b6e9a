//! One module: its syntax checked, its types removed, its imports found.

use std::ops::Range;
use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::WithClause;
use oxc_ast_visit::Visit;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{Parser, ParserReturn};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{SourceType, Span};
use oxc_syntax::module_record::{ExportExportName, ModuleRecord};

use super::resolve::Module;
use super::types::without_types;
use crate::{Diagnostic, Error, Place};

/// A module as the engine loads it.
pub(super) struct Parsed {
    /// JavaScript.
    pub(super) code: String,
    /// In the order of the code.
    pub(super) imports: Vec<Import>,
    pub(super) has_default: bool,
}

/// One `import` or `export` with a `from`.
pub(super) struct Import {
    pub(super) specifier: String,
    /// The specifier in the code, with its quotes.
    pub(super) range: Range<usize>,
    /// What is between the specifier and the end of its attributes, as `with { type: "json" }`.
    pub(super) attributes: Option<Range<usize>>,
    /// Where the author wrote it.
    pub(super) place: Place,
}

/// What a file's extension says.
enum Kind {
    Script(SourceType),
    Json,
}

/// Makes JavaScript of the text of a module. Lines stay where they are.
pub(super) fn parse(module: &Module, text: String) -> Result<Parsed, Error> {
    let source_type = match kind(&module.path) {
        Some(Kind::Script(source_type)) => source_type,
        Some(Kind::Json) => return json(module, &text),
        None => return Err(Diagnostic::new(&module.shown, None, NOT_A_MODULE).into()),
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &text, source_type).parse();
    let scoping = check(module, &text, &parsed)?;
    refuse(module, &text, &parsed.module_record)?;
    if !source_type.is_typescript() {
        let (imports, has_default) = imports(&parsed, &text, None);
        return Ok(Parsed { imports, has_default, code: text });
    }
    let written = &parsed.module_record;
    let code = without_types(&allocator, &module.path, parsed.program, scoping)
        .map_err(|errors| diagnostics(module, &text, errors.iter()))?;
    let stripped = Parser::new(&allocator, &code, SourceType::mjs()).parse();
    let (imports, has_default) = imports(&stripped, &text, Some(written));
    Ok(Parsed { imports, has_default, code: code.clone() })
}

const NOT_A_MODULE: &str = "it is not a module: those are in .js, .mjs, .ts, .mts and .json files";
const DYNAMIC: &str = "`import()` finds nothing in a component: use an `import` at the top of the module";
const COMMON_JS: &str =
    "it is a CommonJS module, and agents are made of ES modules: bundle it, or use another package";

fn kind(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "js" | "mjs" => Some(Kind::Script(SourceType::mjs())),
        "ts" | "mts" => Some(Kind::Script(SourceType::ts())),
        "json" => Some(Kind::Json),
        _ => None,
    }
}

fn json(module: &Module, text: &str) -> Result<Parsed, Error> {
    let checked = serde_json::from_str::<serde::de::IgnoredAny>(text);
    checked.map_err(|error| Diagnostic::new(&module.shown, None, format!("it is not JSON: {error}")))?;
    // A text of JSON is an expression of JavaScript too, but for the key `__proto__`.
    let code = format!("export default JSON.parse({});\n", serde_json::Value::from(text));
    Ok(Parsed { code, imports: Vec::new(), has_default: true })
}

fn check(module: &Module, text: &str, parsed: &ParserReturn<'_>) -> Result<Scoping, Error> {
    if parsed.diagnostics.has_errors() {
        return Err(diagnostics(module, text, parsed.diagnostics.errors()));
    }
    let checked =
        SemanticBuilder::new().with_check_syntax_error(true).with_enum_eval(true).build(&parsed.program);
    if checked.diagnostics.has_errors() {
        return Err(diagnostics(module, text, checked.diagnostics.errors()));
    }
    Ok(checked.semantic.into_scoping())
}

/// Refuses what cannot work in a component. A package may have it where it is never reached.
fn refuse(module: &Module, text: &str, record: &ModuleRecord<'_>) -> Result<(), Error> {
    let is_package = module.path.components().any(|part| part.as_os_str() == "node_modules");
    let refused = if is_package {
        let is_common =
            !record.has_module_syntax && ["module.exports", "exports."].iter().any(|it| text.contains(it));
        is_common.then_some((None, COMMON_JS))
    } else {
        record.dynamic_imports.first().map(|it| (Some(place(text, it.span)), DYNAMIC))
    };
    refused.map_or(Ok(()), |(place, why)| Err(Diagnostic::new(&module.shown, place, why).into()))
}

/// The imports of `parsed`; where they were written before the types were removed says `written`.
fn imports(parsed: &ParserReturn<'_>, text: &str, written: Option<&ModuleRecord<'_>>) -> (Vec<Import>, bool) {
    let record = &parsed.module_record;
    let mut attributes = Attributes::default();
    attributes.visit_program(&parsed.program);
    let mut imports: Vec<_> = record
        .requested_modules
        .iter()
        .flat_map(|(specifier, requests)| requests.iter().map(move |request| (specifier, request)))
        .map(|(specifier, request)| {
            let first =
                written.unwrap_or(record).requested_modules.get(specifier).and_then(|all| all.first());
            let within = |span: &&Span| request.statement_span.contains_inclusive(**span);
            Import {
                specifier: specifier.to_string(),
                range: range(request.span),
                attributes: attributes
                    .0
                    .iter()
                    .find(within)
                    .map(|it| request.span.end as usize..it.end as usize),
                place: place(
                    text,
                    if written.is_some() { first.unwrap_or(request).span } else { request.span },
                ),
            }
        })
        .collect();
    imports.sort_by_key(|import| import.range.start);
    let is_default = |name: &ExportExportName<'_>| match name {
        ExportExportName::Default(_) => true,
        ExportExportName::Name(name) => name.name == "default",
        ExportExportName::Null => false,
    };
    let mut exports = record.local_export_entries.iter().chain(record.indirect_export_entries.iter());
    (imports, exports.any(|entry| is_default(&entry.export_name)))
}

/// Where imports have attributes.
#[derive(Default)]
struct Attributes(Vec<Span>);

impl<'a> Visit<'a> for Attributes {
    fn visit_with_clause(&mut self, clause: &WithClause<'a>) {
        self.0.push(clause.span);
    }
}

fn diagnostics<'a>(module: &Module, text: &str, errors: impl Iterator<Item = &'a OxcDiagnostic>) -> Error {
    let shown = errors.map(|error| {
        let place = error.labels.first().map(|label| Place::at(text, label.offset() as usize));
        let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        Diagnostic::new(&module.shown, place, format!("{}{help}", error.message))
    });
    Error::Source(shown.collect())
}

fn place(text: &str, span: Span) -> Place {
    Place::at(text, span.start as usize)
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}
