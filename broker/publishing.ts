import { setTimeout as wait } from 'node:timers/promises';
import type { Client, PublishPacket } from 'aedes';
import type { Envelope, Take } from '../model/envelope.ts';
import type { PublishGrant, RefusalReason } from './broker.ts';
import { type Connecting, type Link, refuse } from './connection.ts';
import { doorLabels, type JournalGrant } from './intake.ts';
import type { SessionStore } from './session-store.ts';
import type { Shares } from './shares.ts';
import { parseTopic } from './topics.ts';

export interface Publishing extends Connecting {
  readonly take: Take;
  readonly store: SessionStore;
  readonly shares: Shares;
  /** The state of a device was published by itself. */
  readonly disturbed: (device: string) => void;
}

type Done = (error?: Error | null) => void;

/** Topics whose meaning is remembered per connection; a gateway may have thousands. */
const grantsMax = 10_000;

/** How long a message waits that the journal did not take. */
const retryMs = 500;

/**
 * What a client publishes and its lane left to the library comes through here before it is acknowledged: `done` without an error lets the library
 * acknowledge and route, with one it closes the connection.
 */
export function receive(
  publishing: Publishing,
  client: Client | null,
  packet: PublishPacket,
  done: Done,
): void {
  const link = client ? publishing.links.get(client) : undefined;
  if (!client || !link?.session) done(new Error('not connected'));
  else if (packet === link.will) passWill(publishing, packet, done);
  else judge(publishing, client, link, packet, done);
}

function judge(
  publishing: Publishing,
  client: Client,
  link: Link,
  packet: PublishPacket,
  done: Done,
): void {
  publishing.context.count('received', doorLabels);
  const grant = link.grants?.get(packet.topic) ?? grantOf(publishing, link, packet.topic);
  if (!grant) refusePublish(publishing, link, 'topic', done);
  else if (packet.payload.length > publishing.limits.payloadBytes)
    refusePublish(publishing, link, 'too-large', done);
  else if (grant.to === 'state') passState(publishing, link, packet, done);
  else keep(publishing, client, link, grant, packet, done);
}

function keep(
  publishing: Publishing,
  client: Client,
  link: Link,
  grant: JournalGrant,
  packet: PublishPacket,
  done: Done,
): void {
  packet.retain &&= grant.retain;
  const kept =
    packet.qos === 2
      ? keepOnce(publishing, client, link, grant, packet)
      : keepAtLast(publishing, client, envelopeOf(publishing, client, grant, packet));
  kept.then(
    () => done(null),
    (error: Error) => {
      refuse(publishing, 'journal', link.lane);
      done(error);
    },
  );
}

function grantOf({ access }: Publishing, link: Link, topic: string): PublishGrant | undefined {
  const grant = link.session && access.mayPublish(link.session, topic);
  if (!grant) return undefined;
  link.grants ??= new Map();
  if (link.grants.size < grantsMax) link.grants.set(topic, grant);
  return grant;
}

function refusePublish(
  publishing: Publishing,
  { lane }: Link,
  reason: RefusalReason,
  done: Done,
): void {
  refuse(publishing, reason, lane);
  done(new Error(`publish refused: ${reason}`));
}

function envelopeOf(
  { context }: Publishing,
  client: Client,
  { device, protocol }: JournalGrant,
  { payload, qos, messageId, dup }: PublishPacket,
): Envelope {
  const envelope = {
    door: 'mqtt',
    protocol,
    device,
    receivedAt: context.now(),
    bytes: typeof payload === 'string' ? Buffer.from(payload) : payload,
  } as const;
  if (qos === 0 || messageId === undefined) return envelope;
  return { ...envelope, resend: { client: client.id, packetId: messageId, dup } };
}

/** Resolves when the journal has it, however long that takes. @throws where the client has gone before */
async function keepAtLast(
  { take, context }: Publishing,
  client: Client,
  envelope: Envelope,
): Promise<void> {
  while (!(await offer(take, envelope))) {
    context.count('slowed', doorLabels);
    await wait(retryMs, undefined, { ref: false });
    if (client.closed) throw new Error('the client has gone');
  }
}

/** @returns whether the envelope is on stable storage */
const offer = (take: Take, envelope: Envelope): Promise<boolean> =>
  new Promise((resolve) => {
    if (!take(envelope, { settle: (_, error) => resolve(!error) })) resolve(false);
  });

/** QoS 2: the library asks here before it looks whether the message is a repetition. */
async function keepOnce(
  publishing: Publishing,
  client: Client,
  link: Link,
  grant: JournalGrant,
  packet: PublishPacket,
): Promise<void> {
  const { messageId = 0 } = packet;
  link.receiving ??= new Map();
  const { receiving } = link;
  const already = receiving.get(messageId);
  if (already !== undefined) {
    await already;
    await new Promise(setImmediate);
    return;
  }
  const work = keepUnlessKnown(publishing, client, grant, packet);
  receiving.set(messageId, work);
  // A moment longer than the journal needs, until the library knows the packet id.
  const forget = () => setImmediate(() => receiving.delete(messageId));
  work.then(forget, forget);
  await work;
}

async function keepUnlessKnown(
  publishing: Publishing,
  client: Client,
  grant: JournalGrant,
  packet: PublishPacket,
): Promise<void> {
  const known = await publishing.store.incomingGetPacket(client, packet).then(
    () => true,
    () => false,
  );
  if (!known) await keepAtLast(publishing, client, envelopeOf(publishing, client, grant, packet));
}

/** The topic was checked when the client connected. */
function passWill({ disturbed }: Publishing, { topic }: PublishPacket, done: Done): void {
  const parsed = parseTopic(topic);
  if (parsed?.type === 'state') disturbed(parsed.device);
  done(null);
}

function passState(publishing: Publishing, link: Link, packet: PublishPacket, done: Done): void {
  const said = packet.payload.toString();
  packet.retain = false;
  if (said === 'online' || said === 'offline') done(null);
  else refusePublish(publishing, link, 'topic', done);
}
