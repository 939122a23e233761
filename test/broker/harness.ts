import { connect as connectTcp, type Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import mqttPacket, { type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { createAccess } from '../../broker/access.ts';
import type { Broker, BrokerOptions } from '../../broker/broker.ts';
import { startBroker } from '../../broker/mqtt.ts';
import type { Envelope, Waiter } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import { counting } from '../journal/helpers.ts';
import { directoryOf, verifyPlain } from './directory.ts';

export const credentials = [
  { id: 'm1' },
  { id: 'm2' },
  { id: 'v1' },
  { id: 'g1', kind: 'gateway' as const, devices: ['m3', 'm4'] },
  { id: 'bi', kind: 'service' as const, devices: [], subscribe: ['v1/#'] },
  { id: 'alerts', kind: 'service' as const, devices: [], subscribe: ['v1/alerts/i1/#'] },
];
export const devices = ['m1', 'm2', 'm3', 'm4', 'v1'];

/** A journal in memory that can be held up or made to fail. */
function memoryJournal() {
  const taken: Envelope[] = [];
  const held: (() => void)[] = [];
  const settle = (envelope: Envelope, waiter: Waiter) => {
    if (journal.fail) {
      journal.refused++;
      return waiter.settle(1, new AppError('JOURNAL_UNAVAILABLE', 'planted', { retryable: true }));
    }
    taken.push({ ...envelope, bytes: Buffer.from(envelope.bytes) });
    waiter.settle(1, undefined);
  };
  const journal = {
    taken,
    hold: false,
    fail: false,
    refused: 0,
    /** How many are held up. */
    waiting: () => held.length,
    /** Lets everything through that was held up. */
    release() {
      journal.hold = false;
      for (const go of held.splice(0)) go();
    },
    take(envelope: Envelope, waiter: Waiter): boolean {
      if (journal.hold) held.push(() => settle(envelope, waiter));
      else queueMicrotask(() => settle(envelope, waiter));
      return true;
    },
  };
  return journal;
}

export interface House {
  readonly broker: Broker;
  readonly journal: ReturnType<typeof memoryJournal>;
  readonly context: ReturnType<typeof counting>;
  /** How often the door has refused for this reason. */
  refused(reason: string): number;
  readonly access: ReturnType<typeof createAccess>;
  /** A connected client of the `mqtt` package; user name is the client id up to a slash. */
  client(clientId: string, more?: IClientOptions): Promise<MqttClient>;
  raw(): Promise<Raw>;
  stop(): Promise<void>;
}

/** The broker on a free port of loopback, with the production access over a small directory. */
export async function openHouse(options: Partial<BrokerOptions> = {}): Promise<House> {
  const totals = counting(() => Date.now());
  const refusals: (string | undefined)[] = [];
  const context: typeof totals = {
    ...totals,
    count(name, labels, by = 1) {
      if (name === 'refused') refusals.push(...Array(by).fill(labels?.['reason']));
      totals.count(name, labels, by);
    },
  };
  const journal = memoryJournal();
  const access = createAccess(directoryOf(credentials, devices), verifyPlain, context);
  const where = { host: '127.0.0.1', port: 0, ...options };
  const broker = await startBroker(where, access, journal.take, context);
  const clients: MqttClient[] = [];
  const raws: Raw[] = [];
  return {
    broker,
    journal,
    context,
    refused: (reason) => refusals.filter((each) => each === reason).length,
    access,
    async client(clientId, more = {}) {
      const [username = ''] = clientId.split('/');
      const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
        clientId,
        username,
        password: `${username}-secret`,
        reconnectPeriod: 0,
        ...more,
      });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async raw() {
      const raw = await openRaw(broker.port);
      raws.push(raw);
      return raw;
    },
    async stop() {
      for (const client of clients) client.end(true);
      for (const raw of raws) raw.socket.destroy();
      await broker.stop();
    },
  };
}

export const connectPacket = (more: object) => ({
  cmd: 'connect' as const,
  protocolId: 'MQTT' as const,
  protocolVersion: 4 as const,
  clientId: 'c',
  clean: true,
  keepalive: 0,
  ...more,
});

/** A reading of `m1`, QoS 1, whose bytes say its number. */
export const publishPacket = (messageId: number, more: Partial<IPublishPacket> = {}): Packet => ({
  cmd: 'publish',
  topic: 'v1/meters/m1/readings',
  payload: Buffer.from(`message ${messageId}`),
  qos: 1,
  messageId,
  retain: false,
  dup: false,
  ...more,
});

/** A connection that says exactly what it is told. */
export interface Raw {
  readonly socket: Socket;
  send(packet: Packet): void;
  /** The next packet of the broker; `closed` when there will be none. */
  next(): Promise<Packet | 'closed'>;
  /** Connects as this user and waits for CONNACK. */
  login(user: string, clean?: boolean, clientId?: string): Promise<Packet | 'closed'>;
}

export async function openRaw(port: number): Promise<Raw> {
  const socket = connectTcp(port, '127.0.0.1');
  const got: (Packet | 'closed')[] = [];
  const waiting: ((packet: Packet | 'closed') => void)[] = [];
  const take = (packet: Packet | 'closed') => {
    const waits = waiting.shift();
    if (waits) waits(packet);
    else got.push(packet);
  };
  let incoming = parser({ protocolVersion: 4 });
  incoming.on('packet', take);
  socket.on('data', (bytes) => incoming.parse(bytes));
  socket.on('error', () => {});
  socket.on('close', () => {
    for (let n = 0; n < 20; n++) take('closed');
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  const raw: Raw = {
    socket,
    send(packet) {
      if (packet.cmd === 'connect' && packet.protocolVersion === 5) {
        incoming = parser({ protocolVersion: 5 });
        incoming.on('packet', take);
      }
      socket.write(mqttPacket.generate(packet));
    },
    next() {
      const packet = got.shift();
      if (packet) return Promise.resolve(packet);
      return new Promise((resolve) => waiting.push(resolve));
    },
    login(user, clean = true, clientId = 'raw') {
      raw.send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId,
        clean,
        keepalive: 0,
        username: user,
        password: Buffer.from(`${user}-secret`),
      });
      return raw.next();
    },
  };
  return raw;
}

/** Waits until `holds`, looking again and again for at most 20 s. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`never: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What a client has heard, as `topic payload`, with `retained` behind it where it was. */
export function listen(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (topic, payload, { retain }) => {
    heard.push(`${topic} ${payload}${retain ? ' retained' : ''}`);
  });
  return heard;
}
