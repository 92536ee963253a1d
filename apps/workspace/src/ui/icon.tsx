/** The icons: one stroke, one size. Always beside a word or inside something that has a name. */
import type { ReactElement } from 'react';

const PATHS = {
  plus: 'M8 3v10M3 8h10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm3.3-1.2 3.2 3.2',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3.5 8.5 3 3 6-7',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  task: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm-2.6-5.8 1.9 1.9 3.3-3.9',
  note: 'M4 2h5.5L13 5.5V14H4Zm5.5 0v3.5H13M6 8.5h4.5M6 11h3',
  table: 'M2.5 3h11v10h-11Zm0 3.5h11M6.5 6.5V13',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v.01M2.5 8v.01M2.5 12v.01',
  board: 'M2.5 3h3v10h-3Zm4.2 0h3v6h-3Zm4.2 0h3v8h-3Z',
  people:
    'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-4.5 5.5c.4-2.3 2-3.5 4.500-3.500s4.100 1.200 4.500 3.500M10.700 3.300a2.500 2.500 0 0 1 0 4.500M12.500 10.400c1.100.500 1.800 1.500 2 3.100',
  person:
    'M8 7.800a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400ZM2.800 14c.500-2.700 2.300-4 5.200-4s4.700 1.300 5.200 4',
  undo: 'M5.5 3 3 5.500 5.500 8M3 5.500h6a4 4 0 0 1 0 8H6',
  redo: 'M10.500 3 13 5.500 10.500 8M13 5.500H7a4 4 0 0 0 0 8h3',
  trash: 'M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500 5 13.500h6l.5-9M7 7v4M9 7v4',
  link: 'M7 9.500 9.500 7M6.500 5.500l1.700-1.700a2.500 2.500 0 0 1 3.600 0l.4.400a2.500 2.500 0 0 1 0 3.600L10.500 9.500M9.500 10.500l-1.700 1.700a2.500 2.500 0 0 1-3.600 0l-.4-.400a2.500 2.500 0 0 1 0-3.600L5.500 6.500',
  copy: 'M6 5.500h7.500v8H6ZM3.500 10.500h-1v-8H10v1',
  calendar: 'M2.500 4h11v9.500h-11Zm0 3h11M5.500 2.500V5M10.500 2.500V5',
  laptop: 'M3.500 4h9v6.500h-9ZM1.500 12.800h13',
  phone: 'M5 2h6v12H5Zm2.500 9.700h1',
  settings:
    'M2 5h6M11.500 5H14M2 11h2.500M8 11h6M9.700 6.800a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600ZM6.200 12.800a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Z',
  warning: 'M8 2.500 14 13H2ZM8 6.500v3M8 11.400v.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-6.500V11M8 5.200v.01',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.300l2.200 1.500',
  more: 'M3.500 8v.01M8 8v.01M12.500 8v.01',
  up: 'M3.500 10 8 5.500l4.500 4.500',
  filter: 'M2.500 4h11M4.500 8h7M6.500 12h3',
  sort: 'M5 3v10M5 13l-2.500-2.500M5 13l2.500-2.500M11 13V3M11 3 8.500 5.500M11 3l2.500 2.500',
  space: 'M2 12.500h12M3.500 12.500 7 6l2 3 1.300-1.800 2.700 5.300',
  box: 'M8 2 13.500 5v6L8 14l-5.500-3V5Zm0 6L13.500 5M8 8 2.500 5M8 8v6',
  cloud: 'M5 12.500a3 3 0 0 1-.3-6A3.800 3.800 0 0 1 12 7.300a2.600 2.600 0 0 1-.6 5.200Z',
  qr: 'M2.500 2.500h4v4h-4Zm7 0h4v4h-4Zm-7 7h4v4h-4Zm7 0h1.500v1.500M13.500 9.500v4h-4',
  key: 'M5.200 13.500a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400Zm2-4.700 6-6M11 5l1.700 1.700M9.200 6.800l1.300 1.300',
  shield: 'M8 2 13 4v4c0 3-2 5-5 6-3-1-5-3-5-6V4Z',
  keyboard: 'M1.500 4h13v8h-13ZM4 6.700v.01M6.700 6.700v.01M9.300 6.700v.01M12 6.700v.01M5 9.500h6',
  refresh: 'M13 8a5 5 0 1 1-1.500-3.600M13 2.500V5h-2.500',
  busy: 'M8 2.500a5.500 5.500 0 1 1-5.200 3.700',
  restore: 'M3 8a5 5 0 1 0 1.500-3.600M3 2.500V5h2.500M8 5.500V8.300l2 1.200',
  edit: 'M3 13l.6-2.800 7-7 2.200 2.200-7 7Z',
  bold: 'M4.500 3h4.200a2.400 2.400 0 0 1 0 4.800H4.500Zm0 4.800h4.800a2.600 2.600 0 0 1 0 5.200H4.500Z',
  italic: 'M6.500 3H11M5 13h4.500M9 3 7 13',
  strike:
    'M2.500 8h11M11 5c-.5-1.300-1.600-2-3-2-1.700 0-2.900.9-2.900 2.200C5.100 6.600 6.400 7.400 8 8c1.800.600 3 1.300 3 2.700 0 1.400-1.300 2.300-3 2.300-1.500 0-2.700-.7-3.200-2',
  divider: 'M2.500 8h11M5 4h6M5 12h6',
  comment: 'M2.500 3h11v8H7.500L4.500 13.500V11h-2Z',
  code: 'M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500',
  picture: 'M2.500 3h11v10h-11Zm0 7.500L6 7l3.200 3.200L11 8.500l2.500 2.500M10.500 5.700v.01',
  file: 'M4 2h5.500L13 5.500V14H4Zm5.500 0v3.500H13',
  attach:
    'M12.500 7.500 8 12a3 3 0 0 1-4.200-4.200l5-5a2 2 0 0 1 2.800 2.800l-5 5a1 1 0 0 1-1.400-1.400L9.500 5',
  download: 'M8 2.500v7.500M5 7.500 8 10.500l3-3M3 13h10',
  pin: 'M8 10v4M5 10h6l-1-2.500V3.500h.8M5.200 3.500H10M6 3.500v4L5 10',
  open: 'M6.500 3.500h-3v9h9v-3M9 2.500h4.500V7M13 3 7.500 8.500',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** One icon, hidden from screen readers. */
export function Icon({
  name,
  turning,
}: {
  readonly name: IconName;
  readonly turning?: boolean;
}): ReactElement {
  return (
    <svg
      className={turning === true ? 'icon turning' : 'icon'}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of the application. */
export function Mark({ size }: { readonly size: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" role="img" aria-label="Atoll">
      <g stroke="var(--accent)" strokeWidth="4.2" strokeLinecap="round">
        <path d="M9.300 7.100A11.200 11.200 0 0 1 21 6" />
        <path d="M26.200 11.500a11.200 11.200 0 0 1-.9 10.900" />
        <path d="M20.300 26.300A11.200 11.200 0 0 1 6.700 22.200" />
        <path d="M4.800 15.300v.01" />
      </g>
      <circle cx="16" cy="16" r="3" fill="var(--accent)" opacity=".35" />
    </svg>
  );
}
