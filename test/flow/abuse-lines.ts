import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet, parser } from 'mqtt-packet';
import { secretOf } from './guanjia.ts';

/** MQTT clients that say exactly what they are told, for tests of abuse. */

/** A connection of bytes. Errors are kept to itself; `closed` tells when it has ended. */
export interface Line {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  isClosed(): boolean;
  /** Packets that came and were not taken yet. */
  readonly packets: Packet[];
  send(packet: Packet): void;
  /** The next packet; undefined when the connection has ended. */
  next(): Promise<Packet | undefined>;
}

export async function openLine(port: number, localAddress = '127.0.0.1'): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  const packets: Packet[] = [];
  const incoming = parser();
  let wake = () => {};
  let ended = false;
  incoming.on('packet', (packet) => {
    packets.push(packet);
    wake();
  });
  incoming.on('error', () => socket.destroy());
  socket.on('data', (bytes) => incoming.parse(bytes));
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      ended = true;
      wake();
      resolve();
    }),
  );
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve());
    socket.once('close', () => resolve());
  });
  const line: Line = {
    socket,
    closed,
    isClosed: () => ended,
    packets,
    send: (packet) => void socket.write(mqttPacket.generate(packet)),
    async next() {
      while (packets.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return packets.shift();
    },
  };
  return line;
}

/** Opens lines some at a time, as an attacker would who is limited by nothing but the accept queue. */
export async function openMany(
  count: number,
  port: number,
  at = 200,
  localAddress?: string,
): Promise<Line[]> {
  const lines: Line[] = [];
  while (lines.length < count) {
    const batch = Array.from({ length: Math.min(at, count - lines.length) }, () =>
      openLine(port, localAddress),
    );
    lines.push(...(await Promise.all(batch)));
  }
  return lines;
}

export const connectAs = (user: string, more: object = {}) => ({
  cmd: 'connect' as const,
  protocolId: 'MQTT' as const,
  protocolVersion: 4 as const,
  clientId: 'attacker',
  clean: true,
  keepalive: 0,
  username: user,
  password: Buffer.from(secretOf(user)),
  ...more,
});

export const publishOf = (topic: string, payload: string | Buffer, more: object = {}) => ({
  cmd: 'publish' as const,
  topic,
  payload,
  qos: 1 as const,
  messageId: 1,
  dup: false,
  retain: false,
  ...more,
});

/** A line that has been let in. */
export async function openAs(port: number, user: string, more: object = {}): Promise<Line> {
  const line = await openLine(port);
  line.send(connectAs(user, more));
  const answer = await line.next();
  if (answer?.cmd !== 'connack' || answer.returnCode !== 0)
    throw new Error(`${user} was not let in`);
  return line;
}
