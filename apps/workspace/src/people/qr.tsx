/** A QR code as vector graphics: dark on white in every theme, so that cameras read it. */
import { useMemo, type ReactElement } from 'react';
import { encode } from 'uqr';

/** Quiet modules around the code, as the standard asks. */
const BORDER = 2;

/** The code of a text. */
export function QrCode(props: { readonly text: string; readonly label: string }): ReactElement {
  const { path, size } = useMemo(() => draw(props.text), [props.text]);
  const edge = size + 2 * BORDER;
  return (
    <svg
      className="qr"
      viewBox={`${String(-BORDER)} ${String(-BORDER)} ${String(edge)} ${String(edge)}`}
      role="img"
      aria-label={props.label}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}

function draw(text: string): { readonly path: string; readonly size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const path = data
    .flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : [])),
    )
    .join('');
  return { path, size };
}
