/** Words of the workspace: frame, tasks, notes, tables, people, settings. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Frame, navigation, general states. */
export const FRAME = {
  skip: 'Skip to content',
  navigation: 'Spaces and places',
  main: 'Content',
  panel: 'Details',
  find: 'Find or do',
  spaces: 'Spaces',
  newSpace: 'New space',
  join: 'Join with an invitation',
  tasks: 'Tasks',
  notes: 'Notes',
  members: 'Members',
  deleted: 'Recently deleted',
  devices: 'Devices',
  settings: 'Settings',
  keys: 'Keyboard',
  account: 'You and this device',
  home: 'Home',
  back: 'Back',
  more: 'More',
  moreOfSpace: 'More for this space',
  invite: 'Invite',
  history: 'Undo history',
  redo: 'Redo',
  nothingToUndo: 'Nothing to undo',
  nothingToRedo: 'Nothing to redo',
  tabs: 'Main places',
  tabSpace: 'Space',
  tabSearch: 'Search',
  tabNew: 'New',
  tabYou: 'You',
  here: 'Here now',
  emptyTitle: 'Nothing here yet, and that is fine',
  emptyLead:
    'A space holds things that belong together: a trip, a household, a project. You choose who is in it.',
  notMember: 'You are not a member of this space here.',
  notMemberLead: 'If someone invited you, open their link on this device first.',
  commenterTitle: 'You can comment here.',
  commenterMeans: 'Only writers change things. Ask an admin if you need more.',
  readerTitle: 'You can read here.',
  readerMeans: 'Only writers and admins change things in this space.',
  readerParts: 'And change what you were given a right over.',
  comingBack: 'This device is just coming back.',
  comingBackMeans:
    'It asks first what has changed without it. You can write here as soon as one of your other devices or a server answers.',
  crashTitle: 'This view stopped.',
  crashMeans: 'Your things are safe.',
  openAgain: 'Open again',
  copyDetails: 'Copy details',
  opening: 'Opening what is on this device…',
  openFailed: 'Atoll could not open what is on this device.',
  openFailedMeans: 'Nothing was changed. Close other windows of this profile, then try again.',
  tryAgain: 'Try again',
  full: 'This device is full.',
  fullMeans: 'New changes are held in memory only. Free some space before you close this window.',
  onlyCopy: 'Only this browser has what is in this space.',
  onlyCopyMeans:
    'It may clear it when it needs room. Save it as a file, connect another device, invite someone, or ask the browser to keep it.',
  onlyCopyRefused:
    'It may clear it when it needs room, and does not promise to keep it. Connect another device of yours, or invite someone, so that there is a second copy.',
  later: 'Later',
  updateReady: 'A newer version is ready.',
  updateMeans: 'It opens with the next start, or now.',
  update: 'Reopen',
  spaceName: 'Name of the space',
  spaceNameHint: 'A trip, a household, a project.',
  create: 'Create',
  nameMissing: 'Give it a name.',
  rename: 'Rename',
} as const;

/** Where keys work. */
export const KEYS_WHERE = {
  everywhere: 'Everywhere',
  lists: 'In lists',
  notes: 'In notes',
} as const;

/** Tasks. */
export const TASKS = {
  view: 'View',
  list: 'List',
  board: 'Board',
  table: 'Table',
  states: { todo: 'To do', doing: 'In progress', done: 'Done' },
  add: 'New task',
  addTo: (lane: string): string => say`New task in ${lane}`,
  empty: 'No tasks yet. Press N.',
  emptyPhone: 'No tasks yet.',
  tick: (title: string): string => say`Done: ${title}`,
  title: 'Title',
  state: 'State',
  who: 'Who',
  when: 'When',
  nobody: 'Nobody',
  actions: (title: string): string => say`More for ${title}`,
  open: 'Open',
  editTitle: 'Change the title',
  moveUp: 'Move up',
  moveDown: 'Move down',
  moveTo: (lane: string): string => say`Move to ${lane}`,
  delete: 'Delete',
  deleted: (count: number, one: string, many: string): string =>
    `Deleted ${counted(count, one, many)}`,
  moved: (title: string, lane: string, place: number, of: number): string =>
    say`${title}: ${lane}, place ${String(place)} of ${String(of)}`,
  hereToo: (name: string): string => say`${name} is looking at this`,
  late: 'late',
  showMore: (count: number): string => `Show ${count.toLocaleString()} more`,
} as const;

/** Notes. */
export const NOTES = {
  add: 'New note',
  empty: 'No notes yet. Press ⇧N.',
  emptyPhone: 'No notes yet.',
  untitled: 'Untitled',
  more: (title: string): string => say`More for ${title}`,
  addBelow: 'New note below',
  up: 'Move up',
  down: 'Move down',
  in: 'Move in',
  out: 'Move out',
  level: (level: number): string => `Level ${String(level)}:`,
  movedLabel: (title: string): string => say`Moved ${title}`,
  moved: (title: string, below: string | undefined, place: number, of: number): string =>
    say`${title}: ${below === undefined ? '' : `below ${below}, `}place ${String(place)} of ${String(of)}`,
  title: 'Title of the note',
  text: 'Text of the note',
  fields: { body: 'Text', form: 'Written as' } as Readonly<Record<string, string>>,
  forms: { rich: 'formatted text', markdown: 'Markdown' } as Readonly<Record<string, string>>,
  asMarkdown: 'Write as Markdown',
  asRich: 'Write as formatted text',
  done: 'Done',
  refused: 'That could not be written.',
  placeholder: 'Write here. Everyone in the space sees it as you type.',
  saved: 'Saved on this device',
  saving: 'Saving on this device…',
  nothing: 'No text yet',
  withYou: (names: string): string => say`${names} here too`,
  delete: 'Delete',
  deleted: (title: string, below: number): string =>
    below === 0
      ? say`Deleted ${title}`
      : say`Deleted ${title} and ${counted(below, 'note', 'notes')} below it`,
  hidden: (above: string): string => say`This note lies below “${above}”, which was deleted.`,
  hiddenMeans: 'It is in no list until that one is restored.',
  gone: 'This note was deleted.',
  goneMeans: 'It lies in Recently deleted.',
  restore: 'Restore',
} as const;

/** The bar over a note's text. */
export const FORMAT = {
  bar: 'Formatting',
  block: (name: string): string => say`Block: ${name}`,
  bold: 'Bold',
  italic: 'Italic',
  strike: 'Strikethrough',
  code: 'Code',
  link: 'Link',
  paragraph: 'Text',
  heading: (level: number): string => `Heading ${String(level)}`,
  bullet: 'Bullets',
  ordered: 'Numbers',
  todo: 'To do',
  quote: 'Quote',
  codeBlock: 'Code block',
  divider: 'Divider',
  embed: 'Object',
  address: 'Address',
  addressHint: 'Such as https://example.org',
  badAddress: 'This address cannot be a link.',
  setLink: 'Set link',
  removeLink: 'Remove link',
} as const;

/** Tables of any type. */
export const TABLE = {
  label: (type: string): string => say`Table of ${type}`,
  addFilter: 'Filter',
  removeFilter: (sentence: string): string => say`Remove the filter ${sentence}`,
  property: 'Property',
  value: 'Value',
  sortBy: (field: string): string => say`Sort by ${field}`,
  ascending: 'smallest first',
  descending: 'largest first',
  of: (
    shown: number,
    all: number,
    nouns: { readonly one: string; readonly many: string },
  ): string =>
    shown === all
      ? counted(all, nouns.one, nouns.many)
      : `${shown.toLocaleString()} of ${counted(all, nouns.one, nouns.many)}`,
  missingLegend: 'names something that is not in this space',
  missing: 'dashed',
  nothing: 'Nothing matches the filters',
  nothingOne: 'Nothing matches the filter',
  without: (count: string): string => `${count} without them`,
  removeLast: 'Remove last filter',
  empty: 'Nothing of this kind yet.',
  is: 'is',
  isNot: 'is not',
  has: 'has',
  contains: 'contains',
  atLeast: 'at least',
  atMost: 'at most',
  isSet: 'is set',
  isEmpty: 'is empty',
  yes: 'yes',
  no: 'no',
  more: (count: number): string => `+${count.toLocaleString()}`,
} as const;

/** The panel of an object. */
export const PANEL = {
  copyLink: 'Copy link',
  copied: 'Link copied',
  delete: 'Delete',
  linksIn: 'Links here',
  noLinks: 'Nothing links here.',
  linkedBy: (count: number, type: string, field: string): string =>
    say`${count.toLocaleString()} ${type} · ${field}`,
  more: (field: string): string => say`${field}: one more`,
  less: (field: string): string => say`${field}: one less`,
  showAll: (count: number): string => `Show all ${count.toLocaleString()}`,
  answers: (count: number): string => `${String(count)} answers`,
  answersTitle: (field: string): string => say`Several answers for ${field}`,
  answersLead: 'They were given at the same time. Nothing is lost. Pick one, or leave it as it is.',
  shownNow: 'Shown now',
  keep: 'Keep this',
  gone: 'This is not here.',
  goneMeans: 'It was deleted, or it has not reached this device yet.',
  empty: 'Empty',
} as const;

/** Members, devices, connection. */
export const PEOPLE = {
  person: 'Person',
  role: 'Role',
  path: 'Connection',
  you: 'you',
  hereNow: 'Here now',
  lastHere: (when: string): string => `Last here ${when}`,
  notSeen: 'Not here now',
  asking: 'They ask to join',
  askingSince: (when: string): string => `Asked ${when}`,
  agree: 'Let in',
  refuse: 'No',
  answerFailed: 'That did not work. Try again when you are connected.',
  waiting: 'Open invitations',
  invitation: (role: string): string => `Invitation for a ${role}`,
  joined: (count: number): string => `${counted(count, 'person', 'people')} joined`,
  worksUntil: (when: string): string => `Works once, until ${when}`,
  worksTill: (when: string): string => `Works until ${when}`,
  open: 'Open',
  cancel: 'Cancel it',
  thisDevice: 'This device',
  addDevice: 'Add a device',
  yourDevices: 'Your devices',
  devicesLead: 'Each of them can do everything you can.',
  added: (when: string): string => `Added ${when}`,
  connected: 'Connected now',
  away: 'Not connected now',
  lose: 'If you lose every device',
} as const;

/** Recently deleted. */
export const DELETED = {
  empty: 'Nothing was deleted here.',
  lead: 'What is deleted stays here and can be restored.',
  restore: 'Restore',
  restored: (title: string): string => say`Restored ${title}`,
  withBelow: (type: string, below: number): string =>
    say`${type}, with ${counted(below, 'note', 'notes')} below it`,
} as const;

/** Settings. */
export const SETTINGS = {
  you: 'You',
  name: 'Your name',
  nameHint: 'Shown to everyone you share a space with.',
  saveName: 'Change',
  look: 'Look',
  theme: 'Theme',
  system: 'System',
  light: 'Light',
  dark: 'Dark',
  network: 'Network',
  server: 'Server',
  serverHint: 'Passes on sealed data and keeps a sealed copy. It cannot open either.',
  connected: 'Connected',
  notConnected: 'Not connected',
  noServer: 'No server. Devices meet only in this browser.',
  address: 'Address of a server',
  add: 'Add',
  badAddress: 'This is not a web address, such as https://example.org.',
  workOffline: 'Work offline',
  workOfflineHint: 'Nothing is sent or fetched until you turn this off.',
  data: 'Data',
  keep: 'Ask the browser to keep it',
  kept: 'The browser keeps this data when it needs room.',
  notKept: 'The browser may clear this data when it needs room.',
  used: (used: string): string => say`About ${used} on this device`,
  files: (used: string): string => say`${used} of it are files`,
  freed: (freed: string): string =>
    say`${freed} of files that nothing needed any more were removed by themselves`,
  keyboard: 'Keyboard',
  letters: 'Single letters as shortcuts',
  lettersHint: 'N, G then T, and the like. ⌘ and Ctrl combinations always work.',
} as const;

/** Undo history. */
export const HISTORY = {
  title: 'Your changes',
  here: 'You are here',
  empty: 'No changes of yours yet.',
  onlyOwn: 'Only your own changes in this space.',
  undoCount: (count: number): string => `Undo ${counted(count, 'change', 'changes')}`,
  undone: (count: number): string => `Undid ${counted(count, 'change', 'changes')}`,
  skipped: 'Someone has changed it since, so it was left alone.',
  undoneRow: 'Undone',
  leftAll: 'Changed by someone since; undo leaves it alone.',
  leftSome: 'Partly changed by someone since.',
} as const;

/** A space that cannot be opened on this device. */
export const UNOPENED = {
  title: (name: string): string => say`${name} could not be opened on this device.`,
  damaged:
    'What is stored of it here was damaged. Your other spaces work, and what your other devices and other members have of this one is untouched.',
  other: 'Your other spaces work, and nothing of this one was changed or deleted.',
} as const;
