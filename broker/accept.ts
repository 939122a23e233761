import { type Server, Socket, type SocketConstructorOpts } from 'node:net';

/**
 * Sockets that read into one buffer for all of them: else every read of every one takes 64 KiB of its own, for what is most often some
 * hundred bytes. Node offers that to clients only; here the handle of an accepted connection is moved to a socket made this way.
 */

/** Of Node's sockets, not documented. */
interface Inside {
  _handle?: object | null;
  _server?: Server | null;
  server?: Server | null;
}

const bufferBytes = 64 << 10;

/** @param bytes its receiver's to keep */
export type OnBytes = (socket: Socket, bytes: Buffer) => void;

/**
 * @param onBytes called until the socket is paused, and again from when it is resumed
 * @returns what makes of a connection, accepted with `pauseOnConnect`, one that reads this way; of one without a handle to move, one that reads as
 *   all do
 */
export function createAccept(onBytes: OnBytes): (accepted: Socket) => Socket {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(bufferBytes),
    /** A method of the socket. */
    callback(this: Socket, length: number, shared: Uint8Array): boolean {
      const bytes = Buffer.allocUnsafe(length);
      bytes.set(length === shared.length ? shared : shared.subarray(0, length));
      onBytes(this, bytes);
      return true;
    },
  } as unknown as NonNullable<SocketConstructorOpts['onread']>;
  return (accepted) => {
    const inside = accepted as Inside;
    const { _handle: handle, _server: server } = inside;
    if (!handle || !server) return readPlainly(accepted, onBytes).resume();
    Object.assign(inside, { _handle: null, _server: null, server: null });
    const options = { handle, readable: true, writable: true, onread };
    const socket = new Socket(options as SocketConstructorOpts);
    // By these the server counts its connections.
    return Object.assign(socket, { _server: server, server });
  };
}

/** The ordinary way, for connections that are encrypted. */
export function readPlainly(socket: Socket, onBytes: OnBytes): Socket {
  socket.on('data', (bytes: Buffer) => onBytes(socket, bytes));
  return socket;
}
