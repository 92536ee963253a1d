/**
 * Checks of an application's own, by any Standard Schema. They hold back what this application would
 * write; they are no part of the type, never make anything void, and what others wrote is only reported.
 */
import type { Issue } from './validate.ts';

/** What is needed of a Standard Schema (version 1) of any library. */
export interface Refining {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
  };
}

/** The checks of one field. */
export interface Refinement {
  /** Names from the outermost record to the field. */
  readonly path: readonly string[];
  readonly schemas: readonly Refining[];
}

/** What the checks say of a record; fields without value are left out. */
export function refinementIssues(refinements: readonly Refinement[], record: unknown): Issue[] {
  return refinements.flatMap(({ path, schemas }) => {
    let value: unknown = record;
    for (const name of path) value = (value as { readonly [name: string]: unknown } | null)?.[name];
    return value === undefined || value === null ? [] : schemaIssues(schemas, value, path);
  });
}

/** What the checks of one field say of a value. */
export function schemaIssues(
  schemas: readonly Refining[],
  value: unknown,
  path: readonly string[],
): Issue[] {
  return schemas.flatMap((schema) => {
    const result = schema['~standard'].validate(value);
    if (typeof result !== 'object' || result === null) return [];
    if ('then' in result) return [{ message: 'the check does not answer at once', path }];
    const issues = 'issues' in result ? (result.issues as readonly GivenIssue[] | undefined) : [];
    return (issues ?? []).map((issue) => ({
      message: String(issue.message),
      path: [...path, ...(issue.path ?? []).map(keyOf)],
    }));
  });
}

interface GivenIssue {
  readonly message: unknown;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}
