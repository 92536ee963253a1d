/** The objects of a space are ECHO's own; applications name its types through the client. */
export type { AnyObject, Conflict, Database, ObjectHandle, Query, QueryForm } from '@atoll/echo';
