/** The objects of a space are ECHO's own; applications name its types through the client. */
export { canonicalForm, parseQuery } from '@atoll/echo';
export type {
  Aggregate,
  AnyObject,
  Conflict,
  Database,
  Explanation,
  Group,
  Hit,
  ObjectHandle,
  Page,
  PlanNode,
  Query,
  QueryForm,
  Where,
  WhereFor,
} from '@atoll/echo';
