import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { AppError, messageOf } from '../model/errors.ts';

/** A meter on a line: it hears everything said there, and answers what is asked of it. */
export interface LineMeter {
  /** @returns undefined where it is not asked, or does not answer */
  answer(request: Uint8Array): Uint8Array | undefined;
}

export interface DtuOptions {
  readonly host: string;
  /** 0 is any free port, where it listens. */
  readonly port: number;
  /** Sent first, as a DTU says who it is. */
  readonly registration?: Uint8Array;
  /** Sent now and then, whatever else is under way. */
  readonly heartbeat?: { readonly bytes: Uint8Array; readonly everyMs: number };
  /** How long an answer is under way; default 20. One that is late makes those behind it late. */
  answerMs?(): number;
}

export interface Dtu {
  readonly port: number;
  /** Connections taken since the start. */
  connections(): number;
  /** Hangs up on whoever is connected, as a mobile network does. */
  hangUp(): void;
  stop(): Promise<void>;
}

/** Bytes this close to each other are one request. */
const betweenBytesMs = 5;
const defaultAnswerMs = 20;

/**
 * A DTU with a line of meters: a TCP port whose bytes go to all of them and whose answers come back as they are. All connections share the line.
 *
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startDtu(options: DtuOptions, meters: readonly LineMeter[]): Promise<Dtu> {
  const { host, port } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, options, meters);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const message = `the DTU cannot be opened on ${host}:${port}: ${messageOf(error)}`;
    throw new AppError('PORT_UNAVAILABLE', message, { cause: error });
  }
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    hangUp,
    async stop() {
      if (!server.listening) return;
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A DTU that dials in, once: it does not come again by itself. Resolves when it is connected. */
export async function dialIn(options: DtuOptions, meters: readonly LineMeter[]): Promise<Socket> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  await once(socket, 'connect');
  serve(socket, options, meters);
  return socket;
}

function serve(
  socket: Socket,
  { registration, heartbeat, answerMs = () => defaultAnswerMs }: DtuOptions,
  meters: readonly LineMeter[],
): void {
  const pulse =
    heartbeat && setInterval(() => socket.write(heartbeat.bytes), heartbeat.everyMs).unref();
  socket.on('error', () => {});
  socket.on('close', () => clearInterval(pulse));
  if (registration) socket.write(registration);
  passOn(socket, meters, answerMs);
}

function passOn(socket: Socket, meters: readonly LineMeter[], answerMs: () => number): void {
  let freeMs = 0;
  let asked = Buffer.alloc(0);
  let pause: NodeJS.Timeout | undefined;
  const say = (bytes: Uint8Array) => {
    if (!socket.destroyed) socket.write(bytes);
  };
  const sayInTurn = (bytes: Uint8Array) => {
    const nowMs = performance.now();
    freeMs = Math.max(freeMs, nowMs + answerMs());
    setTimeout(say, freeMs - nowMs, bytes);
  };
  socket.on('data', (bytes) => {
    asked = Buffer.concat([asked, bytes]);
    clearTimeout(pause);
    pause = setTimeout(() => {
      const request = asked;
      asked = Buffer.alloc(0);
      for (const meter of meters) {
        const answer = meter.answer(request);
        if (answer) sayInTurn(answer);
      }
    }, betweenBytesMs);
  });
  socket.on('close', () => clearTimeout(pause));
}
