/** The objects of a space are ECHO's own; applications name its types through the client. */
export { canonicalForm, parseQuery } from '@atoll/echo';
export type {
  Aggregate,
  AnyObject,
  Conflict,
  Database,
  Duplicates,
  Explanation,
  Group,
  Hit,
  ObjectHandle,
  Page,
  PlanNode,
  Query,
  QueryForm,
  RelationEnd,
  Resolution,
  TreeConflict,
  TreePlace,
  Where,
  WhereFor,
} from '@atoll/echo';
