/** A WebSocket server that passes every message on to the others, and nothing else: the baseline. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    for (const other of server.clients)
      if (other !== socket) other.send(data, { binary: isBinary });
  });
});
server.on('listening', () => {
  process.send?.({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
