import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** Bytes that wait for the library before the connection is read no further: what it deals with in one turn is bounded by them. */
const waitingBytesMax = 4 << 10;

/**
 * What the broker library takes for the connection: it is given those packets only that are pushed here; what it writes goes to
 * the client; closing one closes the other. It has of a stream what the library uses: a `Duplex` takes 2 KB more for every connection.
 */
export interface Inlet extends EventEmitter {
  readonly destroyed: boolean;
  /** What the library writes goes nowhere: the client has had that answer. */
  muted: boolean;
  /** Bytes for the client that the system has not taken yet. */
  readonly writableLength: number;
  /** @param packets whole ones @returns false where the library has enough for now: `onRead` tells when it wants more */
  push(packets: Buffer): boolean;
  destroy(error?: Error | null): void;
}

class SocketInlet extends EventEmitter implements Inlet {
  readonly socket: Socket;
  readonly onRead: () => void;
  destroyed = false;
  muted = false;
  waiting: Buffer[] | undefined;
  waitingBytes = 0;
  /** The library has found nothing to read. */
  hungry = true;
  draining = false;

  constructor(socket: Socket, onRead: () => void) {
    super();
    this.socket = socket;
    this.onRead = onRead;
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  push(packets: Buffer): boolean {
    this.waiting ??= [];
    this.waiting.push(packets);
    this.waitingBytes += packets.length;
    if (this.hungry) process.nextTick(announce, this);
    this.hungry = false;
    return this.waitingBytes < waitingBytesMax;
  }

  read(): Buffer | null {
    const { waiting } = this;
    if (!waiting) {
      this.hungry = true;
      return null;
    }
    this.waiting = undefined;
    this.waitingBytes = 0;
    this.onRead();
    return Buffer.concat(waiting);
  }

  // The library writes a packet in pieces, all in one turn, so that acknowledgements never come in between.
  write(piece: Buffer | string, encoding?: BufferEncoding): boolean {
    const { socket } = this;
    if (this.muted || !socket.writable || socket.write(piece, encoding)) return true;
    if (!this.draining) {
      this.draining = true;
      socket.once('drain', () => {
        this.draining = false;
        this.emit('drain');
      });
    }
    return false;
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  destroy(error?: Error | null): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.waiting = undefined;
    this.socket.destroy();
    process.nextTick(announceEnd, this, error);
  }
}

function announce(inlet: SocketInlet): void {
  if (!inlet.destroyed) inlet.emit('readable');
}

function announceEnd(inlet: SocketInlet, error: Error | null | undefined): void {
  if (error && inlet.listenerCount('error') > 0) inlet.emit('error', error);
  inlet.emit('close');
}

/** @param onRead the library has taken what was pushed, and wants more */
export const createInlet = (socket: Socket, onRead: () => void): Inlet =>
  new SocketInlet(socket, onRead);
