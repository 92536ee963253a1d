/** The two things that must travel apart: link (or QR code) and six digits. */
import type { ReactElement } from 'react';
import { duration } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { Button } from '../ui/button.tsx';
import { grouped } from '../ui/digits.ts';
import { useCopied } from '../ui/use-copied.ts';
import { QrCode } from './qr.tsx';

/** Link, QR code and digits of an invitation. Digits are neither in the link nor in the code. */
export function LinkAndDigits(props: {
  readonly kind: 'space' | 'device';
  readonly url: string;
  readonly digits: string | undefined;
  /** What the link does, where that is not to let one in who has the digits. */
  readonly hint?: string | undefined;
  /** How long the invitation still works. */
  readonly forMs: number;
}): ReactElement {
  const { kind, url, digits } = props;
  const [copied, copy] = useCopied(url);
  return (
    <div className="invite">
      <QrCode text={url} label={INVITE.qr} />
      <div className="pile" style={{ gap: 'var(--s4)' }}>
        <div className="field">
          <span className="label">{kind === 'device' ? INVITE.deviceLink : INVITE.link}</span>
          <div className="line">
            <input
              className="input"
              aria-label={INVITE.linkLabel}
              data-testid="invitation-link"
              readOnly
              value={url}
              onFocus={(event) => event.target.select()}
            />
            <Button kind="primary" icon="copy" onClick={copy}>
              {INVITE.copy}
            </Button>
          </div>
          <span className="hint" role="status">
            {copied
              ? INVITE.copied
              : (props.hint ?? `${INVITE.linkHint} ${INVITE.once(duration(props.forMs))}`)}
          </span>
        </div>
        {digits === undefined ? null : (
          <div className="field">
            <span className="label" id="digits-label">
              {kind === 'device' ? INVITE.deviceDigits : INVITE.digits}
            </span>
            <output
              className="code"
              data-testid="invitation-digits"
              aria-labelledby="digits-label"
              aria-live="off"
            >
              {grouped(digits)}
            </output>
            <span className="hint">{INVITE.digitsHint}</span>
          </div>
        )}
      </div>
    </div>
  );
}
