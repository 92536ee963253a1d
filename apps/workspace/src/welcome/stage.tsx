/** The full window of a flow, with its one quiet horizon. */
import type { ReactElement, ReactNode } from 'react';

/** A sheet on the stage. */
export function Stage(props: {
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="stage">
      <svg
        className="horizon"
        viewBox="0 0 1440 220"
        preserveAspectRatio="xMidYMax slice"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.2"
      >
        <path d="M0 152h290c70 0 96-32 160-36 72-4 92 22 152 20s112-78 172-92c42-10 62 22 98 42 58 32 112 60 190 62h378" />
        <path d="M0 178h1440M130 198h1160M430 214h620" opacity=".6" />
      </svg>
      <main className={props.wide === true ? 'sheet wide' : 'sheet'}>{props.children}</main>
    </div>
  );
}
