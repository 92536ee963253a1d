/** Checks of an application's own on the fields of its types. They are on no other replica. */
import {
  refinementIssues,
  schemaIssues,
  type AnyTypeDefinition,
  type Issue,
  type Refinement,
} from '@atoll/schema';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';

/** By name of the type. */
export class LocalChecks {
  readonly #refinements = new Map<string, readonly Refinement[]>();

  /** Takes over the checks of a definition. */
  note(type: AnyTypeDefinition): void {
    if (type.refinements.length > 0) this.#refinements.set(type.name, type.refinements);
  }

  /** What the checks say of an object: others may have written what they refuse. */
  problems(type: string, object: unknown): Issue[] {
    return refinementIssues(this.#refinements.get(type) ?? [], object);
  }

  /** @throws EchoError `ECHO_VALUE` for a value that is refused. */
  refine(ref: FieldRef, value: unknown): void {
    if (this.#refinements.size === 0) return;
    const refinements = this.#refinements.get(ref.type.compiled.name);
    const own = refinements?.find(({ path }) => path.join('.') === ref.leaf.name);
    const issue = own === undefined ? undefined : schemaIssues(own.schemas, value, own.path)[0];
    if (issue === undefined) return;
    throw new EchoError('ECHO_VALUE', `${issue.path.join('.')}: ${issue.message}`);
  }
}
