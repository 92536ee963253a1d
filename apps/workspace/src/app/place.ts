/** Addresses: where one is, as text after the `#`, and back. */

/** What the main pane shows of a space. */
export type View =
  | { readonly on: 'tasks'; readonly as: TaskView }
  | { readonly on: 'notes'; readonly note?: string }
  | {
      readonly on: 'table';
      readonly type: string;
      readonly filters?: string;
      readonly sort?: string;
    }
  | { readonly on: 'members' }
  /** What visitors of a public space suggest. */
  | { readonly on: 'suggestions' }
  | { readonly on: 'deleted' }
  /** Named versions and branches; with `since`, what is different since a point. */
  | { readonly on: 'versions'; readonly since?: string }
  /** What a branch changes in the space that it grew from. */
  | { readonly on: 'merge' };

/** Ways to look at tasks. */
export type TaskView = 'list' | 'board' | 'table';

/** What may lie over a place and has an address. */
export type Over =
  | 'invite'
  | 'new-private'
  | 'add-device'
  | 'keys'
  | 'new-space'
  | 'rename-space'
  | 'name-version'
  | 'branch'
  | 'save-space'
  | 'leave-space'
  | 'leave-work'
  | 'open-file'
  | 'backup';

/** What may lie beside a note and has an address. */
export type NoteSide = 'comments' | 'history';

/** A place, with what lies open beside it and over it. */
export type Place = (
  | { readonly at: 'home' }
  | { readonly at: 'you' }
  | {
      readonly at: 'space';
      readonly space: string;
      readonly view: View;
      /** An object beside the view. */
      readonly open?: string;
      /** What lies beside a note. */
      readonly side?: NoteSide;
      /** The space is seen as it was at a point (`time/point.ts`), not as it is. */
      readonly was?: string;
    }
  | { readonly at: 'devices' }
  | { readonly at: 'settings' }
  | { readonly at: 'join'; readonly code: string }
  | { readonly at: 'follow'; readonly code: string }
) & { readonly over?: Over };

const OVERS: readonly Over[] = [
  'invite',
  'new-private',
  'add-device',
  'keys',
  'new-space',
  'rename-space',
  'name-version',
  'branch',
  'save-space',
  'leave-space',
  'leave-work',
  'open-file',
  'backup',
];
const NOTE_SIDES: readonly NoteSide[] = ['comments', 'history'];
const TASK_VIEWS: readonly TaskView[] = ['list', 'board', 'table'];
/** Longer addresses are nobody's. */
const ADDRESS_CHARACTERS_MAX = 4_096;

/** The place of an address; `home` for addresses of nothing. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#?\/?/u, '').split('?', 2);
  const parts = hash.length > ADDRESS_CHARACTERS_MAX ? [] : path.split('/').map(decoded);
  const params = new URLSearchParams(query);
  const over = OVERS.find((name) => name === params.get('over'));
  return { ...placeOf(parts, params), ...(over === undefined ? {} : { over }) };
}

function placeOf(parts: readonly string[], params: URLSearchParams): Place {
  const [first, second, ...rest] = parts;
  switch (first) {
    case 'space': {
      if (second === undefined || second === '') return { at: 'home' };
      const open = params.get('open');
      const view = viewOf(rest, params);
      const side = NOTE_SIDES.find((name) => name === params.get('side'));
      const was = params.get('was');
      return {
        at: 'space',
        space: second,
        view,
        ...(open === null ? {} : { open }),
        ...(side === undefined ? {} : { side }),
        ...(was === null || !hasPast(view) ? {} : { was }),
      };
    }
    case 'join':
      return { at: 'join', code: [second ?? '', ...rest].join('/') };
    case 'follow':
      return second === undefined ? { at: 'home' } : { at: 'follow', code: second };
    case 'devices':
    case 'settings':
    case 'you':
      return { at: first };
    default:
      return { at: 'home' };
  }
}

function viewOf([name, detail]: readonly string[], params: URLSearchParams): View {
  switch (name) {
    case 'notes':
      return { on: 'notes', ...(detail === undefined || detail === '' ? {} : { note: detail }) };
    case 'table': {
      if (detail === undefined || detail === '') return { on: 'tasks', as: 'list' };
      const filters = params.get('where');
      const sort = params.get('sort');
      return {
        on: 'table',
        type: detail,
        ...(filters === null ? {} : { filters }),
        ...(sort === null ? {} : { sort }),
      };
    }
    case 'members':
    case 'suggestions':
    case 'deleted':
    case 'merge':
      return { on: name };
    case 'versions': {
      const since = params.get('since');
      return { on: name, ...(since === null ? {} : { since }) };
    }
    default:
      return { on: 'tasks', as: TASK_VIEWS.find((as) => as === detail) ?? 'list' };
  }
}

/** True for views of content: the others show what a space is now, whenever one looks at. */
function hasPast(view: View): boolean {
  return view.on === 'tasks' || view.on === 'notes' || view.on === 'table';
}

/** Where a way leads from a place: who looks at the past of a space stays in it. */
export function ledFrom(place: Place, to: Place): Place {
  if (place.at !== 'space' || to.at !== 'space' || place.space !== to.space) return to;
  if (place.was === undefined || to.was !== undefined || !hasPast(to.view)) return to;
  return { ...to, was: place.was };
}

/** The address of a place, with the `#`. */
export function formatPlace(place: Place): string {
  const params = new URLSearchParams();
  const path = pathOf(place, params);
  if (place.over !== undefined) params.set('over', place.over);
  const query = params.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

function pathOf(place: Place, params: URLSearchParams): string[] {
  switch (place.at) {
    case 'home':
      return [];
    case 'join':
      return ['join', place.code];
    case 'follow':
      return ['follow', place.code];
    case 'space':
      if (place.open !== undefined) params.set('open', place.open);
      if (place.side !== undefined) params.set('side', place.side);
      if (place.was !== undefined) params.set('was', place.was);
      return ['space', place.space, ...viewPath(place.view, params)];
    default:
      return [place.at];
  }
}

function viewPath(view: View, params: URLSearchParams): string[] {
  switch (view.on) {
    case 'tasks':
      return view.as === 'list' ? ['tasks'] : ['tasks', view.as];
    case 'notes':
      return view.note === undefined ? ['notes'] : ['notes', view.note];
    case 'table':
      if (view.filters !== undefined) params.set('where', view.filters);
      if (view.sort !== undefined) params.set('sort', view.sort);
      return ['table', view.type];
    case 'versions':
      if (view.since !== undefined) params.set('since', view.since);
      return [view.on];
    default:
      return [view.on];
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray % is a typo, not a reason to show nothing.
    return part;
  }
}
