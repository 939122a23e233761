import { connect, type Socket } from 'node:net';
import { createAccess } from '../../broker/access.ts';
import { openListener } from '../../broker/listener.ts';
import { startNmeaDoor } from '../../gateway/nmea/door.ts';
import type { Limits } from '../../gateway/nmea/link.ts';
import type { Envelope, Take } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import { directoryOf, verifyPlain } from '../broker/directory.ts';

/** The door on a free port of loopback, with the production access over a small directory and a journal in memory. */
export async function openNmeaDoor(limits: Partial<Limits> = {}) {
  const journal = { taken: [] as Envelope[], state: 'ok' as 'ok' | 'full' | 'failing' };
  const take: Take = (envelope, waiter) => {
    if (journal.state === 'full') return false;
    const failed = journal.state === 'failing';
    if (!failed) journal.taken.push(envelope);
    const error = failed ? new AppError('JOURNAL_UNAVAILABLE', 'planted') : undefined;
    queueMicrotask(() => waiter.settle(1, error));
    return true;
  };
  const counted: string[] = [];
  const told: string[] = [];
  const context = {
    log: () => {},
    now: () => Date.now(),
    count: (name: string, labels?: Readonly<Record<string, string>>) => {
      counted.push(labels?.['reason'] ?? name);
    },
  };
  const credentials = [
    { id: 'v1' },
    { id: 'v2', hash: 'hash of 密钥' },
    { id: 'm1' },
    { id: 'g1', kind: 'gateway' as const, devices: ['v2'] },
  ];
  const access = createAccess(directoryOf(credentials, ['v1', 'v2', 'm1']), verifyPlain, context);
  const states = {
    connected: (devices: readonly string[]) => void told.push(`${devices} online`),
    disconnected: (devices: readonly string[]) => void told.push(`${devices} offline`),
  };
  const door = await startNmeaDoor(
    { togetherMs: 30, gatherMs: 100, againMs: 20, pauseMs: 50, ...limits },
    {
      access,
      states,
      take,
      listen: (connections, callers) =>
        openListener('NMEA', { host: '127.0.0.1', port: 0, connections }, callers),
    },
    context,
  );
  const sockets: Socket[] = [];
  return {
    door,
    access,
    journal,
    counted,
    told,
    /** Everything journalled, as text. */
    text: () => journal.taken.map(({ bytes }) => Buffer.from(bytes).toString()).join(''),
    modem: () => {
      const modem = openModem(door.port);
      sockets.push(modem.socket);
      return modem;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await door.stop();
    },
  };
}

/** What sits on the serial port of a receiver and sends on what comes. */
export function openModem(port: number) {
  const socket = connect({ port, host: '127.0.0.1' });
  const modem = { socket, closed: false, heard: '' };
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    modem.heard += bytes.toString();
  });
  socket.on('close', () => {
    modem.closed = true;
  });
  return modem;
}
