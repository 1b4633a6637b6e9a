//! TypeScript without its types, with every line where it was.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, TemplateElement};
use oxc_ast_visit::Visit;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::Parser;
use oxc_semantic::Scoping;
use oxc_sourcemap::SourceMap;
use oxc_span::{SourceType, Span};
use oxc_transformer::{TransformOptions, Transformer};

/// JavaScript that does what `program` does.
pub(super) fn without_types<'a>(
    allocator: &'a Allocator,
    path: &Path,
    mut program: Program<'a>,
    scoping: Scoping,
) -> Result<String, Vec<OxcDiagnostic>> {
    let options = TransformOptions::default();
    let transformed = Transformer::new(allocator, path, &options).build_with_scoping(scoping, &mut program);
    if transformed.diagnostics.has_errors() {
        return Err(transformed.diagnostics.errors().cloned().collect());
    }
    program.hashbang = None;
    let options = CodegenOptions {
        comments: CommentOptions::disabled(),
        source_map_path: Some(path.to_owned()),
        ..CodegenOptions::default()
    };
    let written = Codegen::new().with_options(options).build(&program);
    Ok(written.map.map_or_else(|| written.code.clone(), |map| on_their_lines(&written.code, &map)))
}

/// Moves each line of `code` to where its first word was in the source.
///
/// A line break more or less where there is one already means nothing in JavaScript, as the code has all its semicolons
/// and no comments: but for breaks in a template, which stay as they are.
fn on_their_lines(code: &str, map: &SourceMap<'_>) -> String {
    let mut sources = vec![None; code.lines().count()];
    for token in map.get_tokens() {
        if let Some(source) = sources.get_mut(token.get_dst_line() as usize) {
            source.get_or_insert(token.get_src_line() as usize);
        }
    }
    let templates = templates(code);
    let mut moved = String::with_capacity(code.len() * 2);
    let (mut start, mut line) = (0, 0);
    for (text, source) in code.lines().zip(sources) {
        let in_template = templates.iter().any(|it| (it.start as usize) < start && start <= it.end as usize);
        let breaks = match source {
            _ if start == 0 => source.unwrap_or(0),
            _ if in_template => 1,
            Some(source) => source.saturating_sub(line),
            None => 0,
        };
        moved.push_str(&if breaks == 0 && start > 0 { " ".to_owned() } else { "\n".repeat(breaks) });
        moved.push_str(if in_template { text } else { text.trim_start() });
        line += breaks;
        start += text.len() + 1;
    }
    moved.push('\n');
    moved
}

/// Where the code has the text of templates.
fn templates(code: &str) -> Vec<Span> {
    #[derive(Default)]
    struct Templates(Vec<Span>);
    impl<'a> Visit<'a> for Templates {
        fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
            self.0.push(element.span);
        }
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let mut templates = Templates::default();
    templates.visit_program(&parsed.program);
    templates.0
}

#[cfg(test)]
mod tests {
    use oxc_semantic::SemanticBuilder;

    use super::*;

    fn strip(source: &str) -> String {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, source, SourceType::ts()).parse();
        assert!(!parsed.diagnostics.has_errors(), "{:?}", parsed.diagnostics);
        let scoping =
            SemanticBuilder::new().with_enum_eval(true).build(&parsed.program).semantic.into_scoping();
        without_types(&allocator, Path::new("a.ts"), parsed.program, scoping).unwrap()
    }

    /// Which line of `code`, from 1, has `word` in it.
    fn line(code: &str, word: &str) -> usize {
        code.lines().position(|line| line.contains(word)).map_or(0, |line| line + 1)
    }

    #[test]
    fn lines_stay_where_they_were() {
        let source = r#"
// A comment.
import type { A } from "./a";
import { B } from "./b";

interface C { d: string }

type E = {
    f: number,
};
enum Colour { Red, Green }
function first(this: C, a?: string): C {
    const many = { one: 1, two: 2 }; second(many);

    throw new Error(`three
  lines, ${a}
kept`);
}
class G<T> implements C { constructor(private readonly d: string) { fourth(d as any); } }

fifth(<any>B!);
"#;
        let code = strip(source);
        for word in ["Red", "first", "second", "new Error", "lines, ", "kept", "fourth", "fifth"] {
            assert_eq!(line(&code, word), line(source, word), "{word} in\n{code}");
        }
        assert!(code.contains("`three\n  lines, ${a}\nkept`"), "{code}");
        assert!(!code.contains("./a") && code.contains("./b"), "{code}");
    }

    #[test]
    fn an_import_of_types_alone_is_no_import() {
        let code = strip("import { A, b } from './a';\nimport { C } from './c';\nlet x: A | C = b;\n");
        assert!(code.contains("{ b }") && !code.contains("./c"), "{code}");
    }
}
