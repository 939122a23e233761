import type { Socket } from 'node:net';
import modbus from 'modbus-serial';
import type { BlockAnswer, ReadBlock } from '../protocols/protocol.ts';
import { type Endpoint, openSocket, type Unreachable } from './channel.ts';

/** What became of one request. `silent`: the slave gave no answer we can trust; `unreachable`: there is no connection to ask over. */
export type LinkAnswer =
  | { readonly kind: 'data'; readonly answer: BlockAnswer }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'silent'; readonly why: string }
  | Unreachable;

/** The way to the slaves of a bus, opened when needed. One request at a time. */
export interface ModbusLink {
  /** @param unit slave address, 0 to 255 */
  read(unit: number, block: ReadBlock): Promise<LinkAnswer>;
  close(): void;
}

interface LinkSettings extends Endpoint {
  /** How long a slave may take to answer. */
  readonly timeoutMs: number;
}

interface Connection {
  readonly socket: Socket;
  /** Bytes that came since the last request. */
  heard: number;
  readonly client: InstanceType<typeof modbus.default>;
}

type Outcome = LinkAnswer | { readonly kind: 'broken'; readonly why: string };

/** An answer has at most 260 bytes; a slave that talks on without being asked would keep us busy for ever. */
const heardMost = 4_096;

/**
 * Modbus TCP. `modbus-serial` frames requests and matches answers by transaction, unit, function and length. Whatever does not fit, or comes too late,
 * ends the connection: an answer that is still under way can then never meet a later request.
 */
export function createModbusLink(settings: LinkSettings): ModbusLink {
  const ending = new AbortController();
  let open: Connection | undefined;
  const attempt = async (unit: number, block: ReadBlock): Promise<Outcome> => {
    const connection = open ?? (await openConnection(settings, ending.signal));
    if ('kind' in connection) return connection;
    open = connection;
    const outcome = await request(connection, unit, block, settings.timeoutMs);
    if (outcome.kind === 'silent' || outcome.kind === 'broken') {
      connection.socket.destroy();
      open = undefined;
    }
    return outcome;
  };
  return {
    async read(unit, block) {
      if (open && open.socket.readyState !== 'open') {
        open.socket.destroy();
        open = undefined;
      }
      const reused = open !== undefined;
      const first = await attempt(unit, block);
      // A gateway that closed an idle connection is no silent slave: ask once more over a new one.
      const last = first.kind === 'broken' && reused ? await attempt(unit, block) : first;
      return last.kind === 'broken' ? { kind: 'silent', why: last.why } : last;
    },
    close: () => ending.abort(),
  };
}

async function openConnection(
  settings: LinkSettings,
  signal: AbortSignal,
): Promise<Connection | Unreachable> {
  const socket = await openSocket(settings, signal);
  if ('kind' in socket) return socket;
  const client = new modbus.default();
  client.on('error', () => socket.destroy());
  await client.linkTCP(socket, { port: settings.port });
  const connection: Connection = { socket, client, heard: 0 };
  socket.on('data', ({ length }) => {
    connection.heard += length;
    if (connection.heard > heardMost) socket.destroy();
  });
  return connection;
}

function request(
  connection: Connection,
  unit: number,
  block: ReadBlock,
  timeoutMs: number,
): Promise<Outcome> {
  const { socket, client } = connection;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  connection.heard = 0;
  const timer = setTimeout(
    () => resolve({ kind: 'silent', why: `no answer within ${timeoutMs} ms` }),
    timeoutMs,
  );
  const onClose = () => resolve({ kind: 'broken', why: 'the connection broke' });
  socket.once('close', onClose);
  const ask = block.fc === 3 ? client.writeFC3 : client.writeFC4;
  ask.call(client, unit, block.address, block.count, (error, result) => {
    resolve(error ? toOutcome(error) : toData(block, result.buffer));
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off('close', onClose);
  });
}

function toOutcome(error: Error & { readonly modbusCode?: number }): Outcome {
  return error.modbusCode === undefined
    ? { kind: 'silent', why: error.message }
    : { kind: 'exception', code: error.modbusCode };
}

/** The library believes the byte count of the answer, so it is checked here. */
function toData(block: ReadBlock, bytes: Uint8Array): Outcome {
  return bytes.length === block.count * 2
    ? { kind: 'data', answer: { ...block, bytes } }
    : { kind: 'silent', why: `got ${bytes.length} bytes, want ${block.count * 2}` };
}
