import { connect, type Socket } from 'node:net';
import { messageOf } from '../model/errors.ts';

export interface Unreachable {
  readonly kind: 'unreachable';
  readonly why: string;
}

/** An open way for bytes to and from the devices of a line. */
export interface Channel {
  /** @param take is called with what comes, from now on */
  onBytes(take: (bytes: Uint8Array) => void): void;
  /** @param tell is called once, whoever closed it */
  onClose(tell: () => void): void;
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** How long it may take to accept a connection. */
  readonly connectTimeoutMs: number;
}

export const keepAliveMs = 30_000;

/** @param signal ends the connection, whenever it comes */
export async function openSocket(
  { host, port, connectTimeoutMs }: Endpoint,
  signal: AbortSignal,
): Promise<Socket | Unreachable> {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    signal,
  });
  const why = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(
      () => resolve(`no connection within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
    socket.once('connect', () => resolve(undefined));
    socket.on('error', (error) => resolve(messageOf(error)));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve('closed');
    });
    socket.once('connect', () => clearTimeout(timer));
  });
  if (why === undefined) return socket;
  socket.destroy();
  return { kind: 'unreachable', why };
}

/** The serial port of a DTU that passes bytes on as they are. */
export async function openTcpChannel(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Channel | Unreachable> {
  const socket = await openSocket(endpoint, signal);
  return 'kind' in socket ? socket : toChannel(socket);
}

export const toChannel = (socket: Socket): Channel => ({
  onBytes: (take) => socket.on('data', take),
  onClose: (tell) => socket.once('close', tell),
  write: (bytes) => socket.write(bytes),
  close: () => socket.destroy(),
});
