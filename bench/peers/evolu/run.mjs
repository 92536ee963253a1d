// Evolu 8: its package for Node is a relay; what opens a database is made for workers of a browser. This
// shows which parts `createEvolu` asks of a platform, and which of them the package for Node brings.
import * as common from '@evolu/common/local-first';
import * as node from '@evolu/nodejs';

const asked = [
  'createDbWorker',
  'createBroadcastChannel',
  'createMessageChannel',
  'lockManager',
  'reloadApp',
  'sharedWorker',
];
const brought = Object.keys(node);
const missing = asked.filter(
  (name) => !brought.some((each) => each.toLowerCase() === name.toLowerCase()),
);
console.error(
  `createEvolu: ${typeof common.createEvolu}; @evolu/nodejs brings ${brought.join(', ')};`,
);
console.error(`missing for createEvolu: ${missing.join(', ')}`);
process.exit(missing.length === 0 ? 0 : 1);
