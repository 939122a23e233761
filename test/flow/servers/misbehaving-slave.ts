import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Request {
  readonly transaction: number;
  readonly unit: number;
  readonly fc: number;
  readonly address: number;
  readonly count: number;
}

/** Writes what it likes to the socket, now or later. */
export type Behaviour = (request: Request, socket: Socket) => void;

export interface Slave {
  readonly port: number;
  /** Every request that came, in order. */
  readonly requests: readonly Request[];
  connections(): number;
  stop(): Promise<void>;
}

/** A Modbus TCP slave made of bare sockets, so that it can break every rule. */
export async function startSlave(behave: Behaviour): Promise<Slave> {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (; pending.length >= 12; pending = pending.subarray(12)) {
        const request = toRequest(pending);
        requests.push(request);
        behave(request, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const toRequest = (frame: Buffer): Request => ({
  transaction: frame.readUInt16BE(0),
  unit: frame.readUInt8(6),
  fc: frame.readUInt8(7),
  address: frame.readUInt16BE(8),
  count: frame.readUInt16BE(10),
});

export interface FrameOptions {
  readonly transaction?: number;
  readonly unit?: number;
  /** What the header says of the length, where it is to lie. */
  readonly length?: number;
}

/** An MBAP frame around a PDU, in answer to a request. */
export function toFrame(
  request: Request,
  pdu: readonly number[],
  options: FrameOptions = {},
): Buffer {
  const frame = Buffer.alloc(7 + pdu.length);
  frame.writeUInt16BE((options.transaction ?? request.transaction) & 0xffff, 0);
  frame.writeUInt16BE(options.length ?? pdu.length + 1, 4);
  frame.writeUInt8(options.unit ?? request.unit, 6);
  frame.set(pdu, 7);
  return frame;
}

/** The PDU of a right answer in which every register has the value `word`, by default its own address. */
export function rightPdu({ fc, address, count }: Request, word?: number): number[] {
  const words = Array.from({ length: count }, (_, i) => word ?? address + i);
  return [fc, count * 2, ...words.flatMap((value) => [(value >> 8) & 0xff, value & 0xff])];
}
