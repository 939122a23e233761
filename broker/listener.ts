import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { AppError } from '../model/errors.ts';
import { createAccept, type OnBytes, readPlainly } from './accept.ts';

const handshakeMs = 10_000;
/** A link that died without a word is noticed by TCP where nothing else tells. */
const probeMs = 60_000;

export interface ListenOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** PEM. Without it the door speaks plain text. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** How many at the same time. */
  readonly connections: number;
  /** Shared with other doors: what those have taken is not there for this one. */
  readonly places?: Places;
}

/** Connections that several doors may have together. */
export interface Places {
  readonly most: number;
  taken: number;
}

export const createPlaces = (most: number): Places => ({ most, taken: 0 });

/** What a door does with its connections. */
export interface Callers {
  /** A new one; nothing of what it sends has been read. */
  open(socket: Socket, address: string): void;
  /** Something has come. */
  readonly receive: OnBytes;
  /** One was turned away, since there are too many. */
  dropped(): void;
}

export interface Listener {
  readonly port: number;
  /** No more come in; resolves when the last one has ended. */
  close(): Promise<void>;
}

/**
 * Opens a port whose connections take little memory while nothing comes on them.
 *
 * @param name of the door, for people
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function openListener(
  name: string,
  options: ListenOptions,
  callers: Callers,
): Promise<Listener> {
  const { connections, places = createPlaces(connections) } = options;
  let own = 0;
  const gone = () => {
    own--;
    places.taken--;
  };
  const open = (socket: Socket, address: string) => {
    own++;
    places.taken++;
    socket.once('close', gone);
    callers.open(socket, address);
  };
  const server = createListener(options, { ...callers, open });
  Object.defineProperty(server, 'maxConnections', {
    get: () => Math.min(connections, own + places.most - places.taken),
  });
  server.on('drop', callers.dropped);
  const port = await listen(name, server, options);
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function createListener({ tls }: ListenOptions, { open, receive }: Callers): Server {
  if (!tls) {
    const accept = createAccept(receive);
    const options = {
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probeMs,
    };
    return createServer(options, (accepted) => {
      const address = accepted.remoteAddress ?? '';
      open(accept(accepted), address);
    });
  }
  const { cert, key } = tls;
  const options = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMs,
  } as const;
  return createTlsServer(options, (socket) => {
    socket.setNoDelay(true).setKeepAlive(true, probeMs);
    open(socket, socket.remoteAddress ?? '');
    readPlainly(socket, receive);
  });
}

function listen(name: string, server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `the ${name} door cannot be opened on ${host}:${port}: ${error.message}`;
      reject(new AppError('PORT_UNAVAILABLE', message, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
