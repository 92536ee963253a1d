// `npm run deadcode`: files that nothing reaches, exports that nobody imports, dependencies that are
// declared and unused or used and undeclared. Syntax only: no types, so it takes a second.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { ROOT } from './run/command.ts';
import { findFiles, isTest, parseFile } from './source-files.ts';

/** Where programs and packages begin: these are reached by definition, and so is all they export. */
const ENTRIES: readonly RegExp[] = [
  // Modules that a browser, a bundler or another process starts by their address.
  /^(packages|apps)\/[^/]+\/src\/(.*\/)?([a-z-]+[.-])?(worker|child)\.ts$/u,
  /^apps\/[^/]+\/src\/main\.tsx?$/u,
  /^(lab|bench|tools|examples|spec)\//u,
  /(^|\/)[a-z]+\.config\.ts$/u,
];

/** Provided by the root to whatever runs inside a test. */
const FROM_THE_ROOT = new Set(['vitest', '@fast-check/vitest']);

/** Dependencies that no import names, with the reason. */
const UNIMPORTED_DEPENDENCIES: Readonly<Record<string, string>> = {
  // The bundled executable is found by path and started as a process.
  '@atoll/kube': 'apps/cli starts it',
  // What `@atoll/model-yjs` wants beside it, which is told by whoever puts a program together.
  yjs: 'apps/cli loads documents of Yjs',
  'y-protocols': 'apps/cli loads documents of Yjs',
};

/** What one module asks of another. */
interface Use {
  /** The file, or the bare package name for what is not ours. */
  readonly target: string;
  /** Imported names; `*` is all of them. */
  readonly names: readonly string[];
}

interface Module {
  readonly path: string;
  readonly exports: readonly string[];
  readonly uses: readonly Use[];
}

const workspaces = new Map(
  findFiles(['{packages,apps}/*/package.json', 'bench/package.json']).map((path) => {
    const manifest = JSON.parse(readFileSync(ROOT + path, 'utf8')) as Manifest;
    return [manifest.name, { folder: dirname(path), manifest }];
  }),
);

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** `@scope/name/path` without its path. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The files behind a specifier: several where a package has one per platform. */
function resolveTargets(from: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return [normalize(join(dirname(from), specifier))];
  const workspace = workspaces.get(packageName(specifier));
  if (workspace === undefined) return [];
  const key = `.${specifier.slice(workspace.manifest.name.length)}`;
  const target = workspace.manifest.exports?.[key] ?? [];
  const paths = typeof target === 'string' ? [target] : Object.values(target);
  return paths.map((path) => normalize(join(workspace.folder, path)));
}

function importedNames(node: ts.ImportDeclaration): string[] {
  const clause = node.importClause;
  if (clause === undefined) return [];
  const bindings = clause.namedBindings;
  const names = clause.name === undefined ? [] : ['default'];
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return ['*'];
  return [...names, ...bindings.elements.map((e) => (e.propertyName ?? e.name).text)];
}

function isExported(node: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function declaredNames(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.map((d) => d.name.getText());
  }
  const named = node as ts.Statement & { readonly name?: ts.Identifier };
  return named.name === undefined ? ['default'] : [named.name.text];
}

/**
 * Whether a file uses what it exports, and it is of a kind that may be exported for its own sake: a type
 * that a signature needs and a caller may want to write down, or a limit, which a file states to readers.
 */
function isStatedInPlace(file: ts.SourceFile, name: string, node: ts.Statement): boolean {
  const isType = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
  if (!isType && !/^[A-Z][A-Z0-9_]+$/u.test(name)) return false;
  const word = new RegExp(String.raw`\b${name}\b`, 'gu');
  return [...file.text.matchAll(word)].length > 1;
}

/** A module started by address, imported late, or named as a type in place. */
function lateSpecifier(node: ts.Node): string | undefined {
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : undefined;
  }
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  const isImport =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  if (!isUrl && !isImport) return undefined;
  const first = node.arguments?.[0];
  return first !== undefined && ts.isStringLiteral(first) ? first.text : undefined;
}

function readModule(path: string): Module {
  const file = parseFile(path);
  const exports: string[] = [];
  const uses: Use[] = [];
  const use = (specifier: string, names: readonly string[]): void => {
    const targets = resolveTargets(path, specifier);
    if (!specifier.startsWith('.')) uses.push({ target: packageName(specifier), names });
    uses.push(...targets.map((target) => ({ target, names })));
  };
  const text = (node: ts.Expression): string => (ts.isStringLiteral(node) ? node.text : '');
  for (const node of file.statements) {
    if (ts.isImportDeclaration(node)) use(text(node.moduleSpecifier), importedNames(node));
    else if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      const names = clause && ts.isNamedExports(clause) ? clause.elements : [];
      exports.push(...names.map((e) => e.name.text));
      if (node.moduleSpecifier) {
        use(
          text(node.moduleSpecifier),
          // Without a list it passes on everything, which the other file names.
          clause === undefined ? ['*'] : names.map((e) => (e.propertyName ?? e.name).text),
        );
      }
    } else if (isExported(node)) {
      exports.push(...declaredNames(node).filter((name) => !isStatedInPlace(file, name, node)));
    }
  }
  const visit = (node: ts.Node): void => {
    const specifier = lateSpecifier(node);
    if (specifier !== undefined) use(specifier, ['*']);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, exports, uses };
}

const modules = new Map(
  findFiles([
    '{packages,apps}/*/src/**/*.{ts,tsx}',
    '{apps,packages}/*/*.config.ts',
    '{bench,lab,tools,examples,spec}/**/*.{ts,tsx}',
    '*.config.ts',
  ])
    .filter((path) => !path.endsWith('.d.ts'))
    .map((path) => [path, readModule(path)]),
);

/** What a package lets others import is reached by definition. */
const doors = new Set([...workspaces.keys()].flatMap((name) => resolveDoors(name)));

function resolveDoors(name: string): string[] {
  const keys = Object.keys(workspaces.get(name)?.manifest.exports ?? {});
  return keys.flatMap((key) => resolveTargets('', name + key.slice(1)));
}

const isEntry = (path: string): boolean =>
  doors.has(path) || ENTRIES.some((pattern) => pattern.test(path));

/** All that is reached from `start` through imports. */
function reachable(start: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const open = [...start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of modules.get(path)?.uses ?? [])
      if (modules.has(target)) open.push(target);
  }
  return reached;
}

function deadFiles(): string[] {
  const paths = [...modules.keys()];
  const reached = reachable(paths.filter(isEntry));
  return paths
    .filter((path) => !reached.has(path) && !isTest(path))
    .map((path) => `${path}: nothing but tests reaches this file`);
}

function deadExports(): string[] {
  const used = new Map<string, Set<string>>();
  for (const { uses } of modules.values()) {
    for (const { target, names } of uses) {
      const known = used.get(target) ?? new Set();
      for (const name of names) known.add(name);
      used.set(target, known);
    }
  }
  return [...modules.values()]
    .filter(({ path }) => /^(packages|apps)\//u.test(path) && !isEntry(path) && !isTest(path))
    .flatMap(({ path, exports }) => {
      const names = used.get(path) ?? new Set();
      if (names.has('*')) return [];
      return exports
        .filter((name) => !names.has(name))
        .map((name) => `${path}: ${name} is exported and never imported`);
    });
}

function dependencyProblems(): string[] {
  return [...workspaces.values()].flatMap(({ folder, manifest }) => {
    const own = [...modules.values()].filter(({ path }) => path.startsWith(`${folder}/`));
    const named = new Set(own.flatMap((m) => m.uses.map((u) => u.target)));
    const product = new Set(
      own
        .filter((m) => !isTest(m.path) && !/\.config\.ts$/u.test(m.path))
        .flatMap((m) => m.uses.map((u) => u.target)),
    );
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    if (own.length === 0 || folder === 'bench') return [];
    const unused = Object.keys(declared)
      .filter((name) => !named.has(name) && UNIMPORTED_DEPENDENCIES[name] === undefined)
      .map((name) => `${folder}/package.json: ${name} is declared and never imported`);
    const undeclared = [...product]
      .filter((name) => !name.includes(':') && !/\.[a-z]+$/u.test(name))
      .filter((name) => name !== manifest.name && !FROM_THE_ROOT.has(name))
      .filter((name) => declared[name] === undefined)
      .map((name) => `${folder}/package.json: ${name} is imported and not declared`);
    return [...unused, ...undeclared];
  });
}

const problems = [...deadFiles(), ...deadExports(), ...dependencyProblems()];
if (problems.length > 0) {
  process.stdout.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}
