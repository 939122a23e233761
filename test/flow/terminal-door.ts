import { onTestFinished } from 'vitest';
import { createDoorstep } from '../../broker/doorstep.ts';
import { openListener } from '../../broker/listener.ts';
import { createShares } from '../../broker/shares.ts';
import { createStates } from '../../broker/states.ts';
import { createWaitingRoom } from '../../broker/waiting-room.ts';
import type { TerminalLimits, Terminals } from '../../gateway/jt808/door.ts';
import { startTerminals } from '../../gateway/jt808/terminals.ts';
import type { Vehicle } from '../../model/entities.ts';
import type { Envelope, Waiter } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import type { Directory, Registration, TerminalFacts } from '../../registry/registry.ts';
import { counting } from '../journal/helpers.ts';
import { openTerminal, type Terminal } from './terminal-kit.ts';

/** The JT/T 808 door on a free port, with a registry and a journal in memory. */
export interface TerminalDoor {
  readonly terminals: Terminals;
  readonly journal: ReturnType<typeof memoryJournal>;
  readonly registry: ReturnType<typeof memoryRegistry>;
  /** What was told of links: `v0 online`. */
  readonly told: readonly string[];
  refused(reason: string): number;
  /** Of vehicle n of `vehicleCount`. */
  terminal(n?: number, layout?: 2013 | 2019): Promise<Terminal>;
}

export const phoneOf = (n: number): string => `0139${String(n).padStart(8, '0')}`;
export const plateOf = (n: number): string => `鲁P${10_000 + n}`;

function memoryJournal() {
  const taken: (Envelope & { readonly bytes: Buffer })[] = [];
  const held: (() => void)[] = [];
  const settle = (envelope: Envelope, waiter: Waiter) => {
    if (journal.fail) {
      journal.refused++;
      waiter.settle(1, new AppError('JOURNAL_UNAVAILABLE', 'planted', { retryable: true }));
      return;
    }
    taken.push({ ...envelope, bytes: Buffer.from(envelope.bytes) });
    waiter.settle(1, undefined);
  };
  const journal = {
    taken,
    hold: false,
    fail: false,
    isFull: false,
    refused: 0,
    waiting: () => held.length,
    release() {
      journal.hold = false;
      for (const go of held.splice(0)) go();
    },
    take(envelope: Envelope, waiter: Waiter): boolean {
      if (journal.isFull) return false;
      if (journal.hold) held.push(() => settle(envelope, waiter));
      else queueMicrotask(() => settle(envelope, waiter));
      return true;
    },
  };
  return journal;
}

const bare = (phone: string): string => phone.replace(/^0+/, '');

function memoryRegistry(count: number) {
  const vehicles = new Map<string, Vehicle>();
  const places = new Map<string, Registration>();
  const add = (n: number, more: Partial<Vehicle['jt808']> = {}) => {
    const vehicle = { id: `v${n}`, plate: plateOf(n), jt808: { phone: phoneOf(n), ...more } };
    vehicles.set(bare(phoneOf(n)), vehicle as Vehicle);
  };
  for (let n = 0; n < count; n++) add(n);
  const directory = {
    vehicleOfPhone: (phone: string) => vehicles.get(bare(phone)),
    terminal: (vehicle: string) => places.get(vehicle),
  } as Directory;
  const registry = {
    vehicles,
    places,
    add,
    /** What the next registration is answered; 0 where absent. */
    verdict: undefined as 1 | 2 | 3 | 4 | undefined,
    asked: 0,
    directory: () => directory,
    refresh: () => false,
    codeOf: (phone: string, { epoch }: Registration) => `CODE-${bare(phone)}-${epoch}`,
    async register({ phone, facts }: { phone: string; facts: TerminalFacts }) {
      registry.asked++;
      await new Promise(setImmediate);
      if (registry.verdict) return { result: registry.verdict };
      const vehicle = vehicles.get(bare(phone))?.id ?? '';
      const place = { vehicle, epoch: 1, facts, registeredAt: 0 };
      places.set(vehicle, place);
      return { result: 0 as const, registration: place };
    },
  };
  return registry;
}

/** Gone after the test that calls it. */
export async function openTerminalDoor({
  vehicles = 3,
  open = false,
  limits = {},
  messagesPerS = 10_000,
}: {
  vehicles?: number;
  open?: boolean;
  limits?: Partial<TerminalLimits>;
  messagesPerS?: number;
} = {}): Promise<TerminalDoor> {
  const counted = counting(() => Date.now());
  const refusals = new Map<string, number>();
  const context: typeof counted = {
    ...counted,
    count(name, labels, by = 1) {
      const reason = labels?.['reason'];
      if (name === 'refused' && reason !== undefined)
        refusals.set(reason, (refusals.get(reason) ?? 0) + by);
      counted.count(name, labels, by);
    },
  };
  const journal = memoryJournal();
  const registry = memoryRegistry(vehicles);
  const told: string[] = [];
  const states = createStates((device, online) => {
    told.push(`${device} ${online ? 'online' : 'offline'}`);
  });
  const shares = createShares({
    userMessages: 512,
    userBytes: 512 << 10,
    waitingBytes: 16 << 20,
    deviceMessagesPerS: messagesPerS,
    deviceBytesPerS: 1 << 20,
    deviceBurstS: 1,
  });
  const terminals = await startTerminals(
    { host: '127.0.0.1', port: 0, open, limits },
    {
      registry,
      take: journal.take,
      states,
      listen: openListener,
      shares,
      doorstep: createDoorstep,
      waitingRoom: createWaitingRoom,
    },
    context,
  );
  const clients: Terminal[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await terminals.stop();
  });
  return {
    terminals,
    journal,
    registry,
    told,
    refused: (reason) => refusals.get(reason) ?? 0,
    async terminal(n = 0, layout = 2013) {
      const client = await openTerminal(terminals.port, phoneOf(n), layout);
      clients.push(client);
      return client;
    },
  };
}

/** Waits until `holds`, for at most `ms`. */
export async function until(holds: () => boolean, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`never: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
