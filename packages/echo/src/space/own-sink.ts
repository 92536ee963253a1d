/** Where own transactions go: into blocks of the own feed. */
import type { TransactionSink } from '../block-context.ts';
import type { OwnWriter } from './own-writer.ts';

/** `own` throws where nothing may be written; `written` is called after each block. */
export function ownSink(own: () => OwnWriter, written: () => void): TransactionSink {
  return {
    open: () => own().open(),
    rights: () => own().rights(),
    seal: (block, section, before) => {
      const hash = own().seal(block, section, before);
      written();
      return hash;
    },
  };
}
