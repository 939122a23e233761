import { setTimeout as wait } from 'node:timers/promises';
import { secretOf } from '../flow/guanjia.ts';
import { createClient, type MeterClient } from './mqtt-client.ts';

/** Which numbers there are, a bit each. */
export interface NumberSet {
  add(n: number): void;
  has(n: number): boolean;
  size(): number;
}

export function createNumberSet(): NumberSet {
  let bits = new Uint32Array(1024);
  let size = 0;
  const has = (n: number) => ((bits[n >> 5] ?? 0) & (1 << (n & 31))) !== 0;
  return {
    has,
    size: () => size,
    add(n) {
      if (has(n)) return;
      if (n >> 5 >= bits.length) {
        const larger = new Uint32Array(Math.max(bits.length * 2, (n >> 5) + 1));
        larger.set(bits);
        bits = larger;
      }
      bits[n >> 5] = (bits[n >> 5] ?? 0) | (1 << (n & 31));
      size++;
    },
  };
}

/** Meters that send at a rate together and never give up a message: when the line breaks they connect again and send again. */
export interface Senders {
  readonly meters: readonly Meter[];
  /** How often a connection broke, or could not be made. */
  broken(): number;
  /** Sends nothing new, and waits until everything sent is acknowledged. @throws after `patienceMs` */
  finish(patienceMs: number): Promise<void>;
}

export interface Meter {
  readonly id: string;
  /** Numbers of the messages that were acknowledged. */
  readonly acknowledged: NumberSet;
  /** How many it has sent. */
  sent(): number;
}

export interface SendersOptions {
  readonly port: number;
  readonly clients: number;
  /** Messages a second, all together. */
  readonly rate: number;
  /** Device time of everybody's message 0, Unix ms. */
  readonly startAt: number;
}

const window = 64;
const reconnectMs = 200;

export function startSenders({ port, clients, rate, startAt }: SendersOptions): Senders {
  let state: 'sending' | 'finishing' | 'over' = 'sending';
  let broken = 0;
  const connect = async (client: MeterClient) => {
    while (state !== 'over') {
      try {
        return await client.open(port);
      } catch {
        broken++;
        await wait(reconnectMs);
      }
    }
  };
  const all = Array.from({ length: clients }, (_, n) => {
    const id = `m${n}`;
    const acknowledged = createNumberSet();
    const client = createClient({
      id,
      secret: secretOf(id),
      window,
      startAt,
      onAck: (number) => acknowledged.add(number),
      onBroken(again) {
        broken++;
        void connect(again);
      },
    });
    void connect(client);
    return { client, meter: { id, acknowledged, sent: client.next } };
  });
  const pacing = pace(
    all.map(({ client }) => client),
    rate,
    () => state === 'sending',
  );
  return {
    meters: all.map(({ meter }) => meter),
    broken: () => broken,
    async finish(patienceMs) {
      state = 'finishing';
      await pacing;
      const giveUpAt = Date.now() + patienceMs;
      const missing = () =>
        all.reduce((sum, { client }) => sum + client.next() - client.acknowledged(), 0);
      while (missing() > 0 && Date.now() < giveUpAt) await wait(50);
      state = 'over';
      for (const { client } of all) client.close();
      if (missing() > 0) throw new Error(`${missing()} messages were never acknowledged`);
    },
  };
}

/** Evenly in time and over the clients that can; what nobody could send is not made up for. */
async function pace(clients: readonly MeterClient[], rate: number, goOn: () => boolean) {
  let turn = 0;
  for (let last = performance.now(), owed = 0; goOn(); await wait(1)) {
    const now = performance.now();
    owed = Math.min(owed + ((now - last) / 1000) * rate, rate);
    last = now;
    for (let passed = 0; owed >= 1 && passed < clients.length; turn++) {
      const client = clients[turn % clients.length];
      if (client && client.free() > 0) {
        client.publish(1);
        owed--;
        passed = 0;
      } else passed++;
    }
    if (owed >= 1) owed = 0;
  }
}
