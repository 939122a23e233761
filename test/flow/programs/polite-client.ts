/**
 * A meter that behaves: one reading every 20 ms, QoS 1. It runs in a thread of its own, so that its times are not those of the attack
 * that the test makes. Every message from the parent is answered with what came since the last one; `null` ends it.
 */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import mqttPacket, { parser } from 'mqtt-packet';

export interface PoliteReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Age of the oldest message that is not acknowledged. */
  readonly oldestMs: number;
  readonly closed: boolean;
}

const everyMs = 20;
const port = parentPort;
if (!port) throw new Error('runs as a thread');
const given = workerData as { port: number; user: string; secret: string };

const waiting = new Map<number, number>();
let took: number[] = [];
let sent = 0;
/** Never the same twice, also where a late timer is followed by the next one at once: that would be a conflict. */
let at = 0;
let packetId = 0;
let closed = false;
const socket = connect(given.port, '127.0.0.1').setNoDelay(true);
const incoming = parser();

function publish(): void {
  packetId = (packetId % 65_535) + 1;
  sent++;
  at = Math.max(at + 1, Date.now());
  waiting.set(packetId, performance.now());
  socket.write(
    mqttPacket.generate({
      cmd: 'publish',
      topic: `v1/meters/${given.user}/readings`,
      payload: JSON.stringify({ at, values: { power_kw: sent % 100 } }),
      qos: 1,
      messageId: packetId,
      dup: false,
      retain: false,
    }),
  );
}

incoming.on('packet', (packet) => {
  if (packet.cmd === 'connack') {
    port.postMessage('connected');
    setInterval(publish, everyMs);
  } else if (packet.cmd === 'puback' && packet.messageId !== undefined) {
    const since = waiting.get(packet.messageId);
    waiting.delete(packet.messageId);
    if (since !== undefined) took.push(performance.now() - since);
  }
});
socket.on('data', (bytes) => incoming.parse(bytes));
socket.on('error', () => {});
socket.on('close', () => {
  closed = true;
});
socket.write(
  mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'polite',
    clean: true,
    keepalive: 30,
    username: given.user,
    password: Buffer.from(given.secret),
  }),
);

port.on('message', (message) => {
  const now = performance.now();
  const sorted = took.sort((a, b) => a - b);
  port.postMessage({
    sent,
    acknowledged: sorted.length,
    p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    oldestMs: Math.max(0, ...[...waiting.values()].map((since) => now - since)),
    closed,
  } satisfies PoliteReport);
  took = [];
  sent = 0;
  if (message === null) process.exit(0);
});
