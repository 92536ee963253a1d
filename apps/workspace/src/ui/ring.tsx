/** How data travels, by shape first: whole = direct, two arcs = relay, dashed = nobody or nothing. */
import type { Path, SpaceStatus } from '@atoll/client';
import type { ReactElement } from 'react';

/** The connection ring. */
export function Ring({ how }: { readonly how: SpaceStatus['connection'] | Path }): ReactElement {
  return (
    <svg className={`ring ${how}`} viewBox="0 0 16 16" stroke="currentColor" aria-hidden="true">
      {shape(how)}
    </svg>
  );
}

function shape(how: SpaceStatus['connection'] | Path): ReactElement {
  switch (how) {
    case 'direct':
    case 'tabs':
      return (
        <>
          <circle cx="8" cy="8" r="5.7" />
          <circle cx="8" cy="8" r="1.9" fill="currentColor" stroke="none" />
        </>
      );
    case 'relay':
      return (
        <>
          <path d="M3.600 11.700A5.700 5.700 0 0 1 5.800 2.700M12.400 4.300a5.700 5.700 0 0 1-2.200 9" />
          <circle cx="8" cy="8" r="1.9" fill="currentColor" stroke="none" />
        </>
      );
    case 'alone':
    case 'offline':
      return <circle cx="8" cy="8" r="5.7" strokeDasharray="2.2 2.9" />;
  }
}
