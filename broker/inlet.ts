import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Bytes that wait for the library before the connection is read no further. */
const waitingBytesMax = 16 << 10;

/**
 * What the broker library takes for the connection: it is given those packets only that are pushed here; what it writes goes to
 * the client; closing one closes the other.
 *
 * @param onRead the library wants more
 */
export function createInlet(socket: Socket, onRead: () => void): Duplex {
  const inlet = new Duplex({
    readableHighWaterMark: waitingBytesMax,
    read: onRead,
    write: (bytes: Buffer, _encoding, done) => send(socket, bytes, done),
    // Whole packets: the library writes them in pieces, and acknowledgements must not come in between.
    writev: (pieces, done) =>
      send(socket, Buffer.concat(pieces.map(({ chunk }) => chunk as Buffer)), done),
    decodeStrings: true,
    final: (done) => {
      socket.end(() => done());
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('error', (error) => inlet.destroy(error));
  return inlet;
}

function send(socket: Socket, bytes: Buffer, done: (error?: Error | null) => void): void {
  if (socket.destroyed) done(new Error('the connection is closed'));
  else socket.write(bytes, (error) => done(error));
}
