// Rules of this project that no published plugin has: files say what they are, exported things are
// documented, and names say what they name. Loaded by eslint.config.js without a build.
import type { Rule } from 'eslint';
import { basename } from 'node:path';

/** Names that say nothing about what a file holds. */
const EMPTY_NAMES = /^(utils?|helpers?|common|misc|manager|types)\.tsx?$/u;

type CommentedNode = Parameters<Rule.RuleContext['sourceCode']['getCommentsBefore']>[0];

const fileComment: Rule.RuleModule = {
  meta: { type: 'suggestion', docs: { description: 'a file opens with what it is' }, schema: [] },
  create(context) {
    return {
      Program(program) {
        const first = program.comments?.[0];
        const start = program.body[0]?.range?.[0] ?? Number.POSITIVE_INFINITY;
        const opens = first?.range !== undefined && first.range[0] < start;
        if (opens || program.body.length === 0) return;
        context.report({ node: program, message: 'Open the file with a comment: what it is.' });
      },
    };
  },
};

/** The comment of a declaration may stand before its decorators, its `export` or itself. */
function isDocumented(context: Rule.RuleContext, node: CommentedNode): boolean {
  return context.sourceCode
    .getCommentsBefore(node)
    .some((comment) => comment.type === 'Block' && comment.value.startsWith('*'));
}

const docExports: Rule.RuleModule = {
  meta: { type: 'suggestion', docs: { description: 'exports have doc comments' }, schema: [] },
  create(context) {
    const documented = new Set<string>();
    return {
      ExportNamedDeclaration(node) {
        const { declaration } = node;
        if (declaration === null || declaration === undefined) return;
        const name = 'id' in declaration && declaration.id !== null ? declaration.id.name : '';
        // Overloads and merged types share the comment of the first.
        if (isDocumented(context, node as CommentedNode)) documented.add(name);
        else if (name === '' || !documented.has(name)) {
          context.report({ node, message: 'Say in a doc comment what this exported thing means.' });
        }
      },
    };
  },
};

const fileName: Rule.RuleModule = {
  meta: { type: 'suggestion', docs: { description: 'a file is one noun or verb' }, schema: [] },
  create(context) {
    return {
      Program(node) {
        const name = basename(context.filename);
        if (EMPTY_NAMES.test(name)) {
          context.report({ node, message: `"${name}" says nothing: name the one idea inside.` });
        }
      },
    };
  },
};

/** The rules under the prefix `atoll/`. */
export const atollRules: { rules: Record<string, Rule.RuleModule> } = {
  rules: { 'file-comment': fileComment, 'doc-exports': docExports, 'file-name': fileName },
};
