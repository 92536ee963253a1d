/** What spaces load when an epoch asks for it, here at once: simulated time does not wait for a module. */
import '../epoch/carry-parts.ts';
import '../epoch/drop-history.ts';
import '../epoch/fetch-epoch.ts';
import '../epoch/others-apart.ts';
import '../epoch/returning-log.ts';
import '../epoch/take-over.ts';
import '../epoch/work-apart.ts';
import '../history/set-aside.ts';
import '../snapshot/snapshot-source.ts';
import '../space/rotate-keys.ts';
import '../space/seal-copies.ts';

export { AnswerSeal, decodeQuestion } from '../epoch/epoch-wire.ts';
