import { setTimeout as wait } from 'node:timers/promises';
import type { Client, PublishPacket } from 'aedes';
import type { Envelope, Take } from '../model/envelope.ts';
import type { RefusalReason } from './broker.ts';
import {
  doorLabels,
  type JournalGrant,
  type Lane,
  type LibraryPart,
  refuse,
} from './connection.ts';
import { isState } from './messages.ts';
import type { Parts } from './parts.ts';

type Done = (error?: Error | null) => void;

/** How long a message waits that the journal did not take. */
const retryMs = 500;

/**
 * What a client publishes with QoS 2 comes through here before it is acknowledged: `done` without an error lets the library
 * acknowledge and route, with one it closes the connection.
 */
export function receive(
  parts: Parts,
  client: Client | null,
  packet: PublishPacket,
  done: Done,
): void {
  const { access, context, limits, lanes } = parts;
  const lane = client ? lanes.get(client.conn) : undefined;
  if (!client || !lane?.session || !lane.library) {
    done(new Error('not connected'));
    return;
  }
  context.count('received', doorLabels);
  const grant = access.mayPublish(lane.session, packet.topic);
  if (!grant) refusePublish(parts, lane, 'topic', done);
  else if (packet.payload.length > limits.payloadBytes)
    refusePublish(parts, lane, 'too-large', done);
  else if (grant.to === 'state') passState(parts, lane, packet, done);
  else keep(parts, { client, lane, library: lane.library }, grant, packet, done);
}

/** Who has sent a message of QoS 2. */
interface Sender {
  readonly client: Client;
  readonly lane: Lane;
  readonly library: LibraryPart;
}

function keep(
  parts: Parts,
  sender: Sender,
  grant: JournalGrant,
  packet: PublishPacket,
  done: Done,
): void {
  packet.retain &&= grant.retain;
  keepOnce(parts, sender, grant, packet).then(
    () => done(null),
    (error: Error) => {
      refuse(parts, 'journal', sender.lane);
      done(error);
    },
  );
}

function refusePublish(parts: Parts, lane: Lane, reason: RefusalReason, done: Done): void {
  refuse(parts, reason, lane);
  done(new Error(`publish refused: ${reason}`));
}

function envelopeOf(
  { context }: Parts,
  client: Client,
  { device, protocol }: JournalGrant,
  { payload, messageId = 0, dup }: PublishPacket,
): Envelope {
  return {
    door: 'mqtt',
    protocol,
    device,
    receivedAt: context.now(),
    bytes: typeof payload === 'string' ? Buffer.from(payload) : payload,
    resend: { client: client.id, packetId: messageId, dup },
  };
}

/** Resolves when the journal has it, however long that takes. @throws where the client has gone before */
async function keepAtLast(
  { take, context }: Parts,
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

/** The library asks here before it looks whether the message is a repetition. */
async function keepOnce(
  parts: Parts,
  { client, library }: Sender,
  grant: JournalGrant,
  packet: PublishPacket,
): Promise<void> {
  const { messageId = 0 } = packet;
  library.receiving ??= new Map();
  const { receiving } = library;
  const already = receiving.get(messageId);
  if (already !== undefined) {
    await already;
    await new Promise(setImmediate);
    return;
  }
  const work = keepUnlessKnown(parts, client, grant, packet);
  receiving.set(messageId, work);
  // A moment longer than the journal needs, until the library knows the packet id.
  const forget = () => setImmediate(() => receiving.delete(messageId));
  work.then(forget, forget);
  await work;
}

async function keepUnlessKnown(
  parts: Parts,
  client: Client,
  grant: JournalGrant,
  packet: PublishPacket,
): Promise<void> {
  const known = await parts.store.incomingGetPacket(client, packet).then(
    () => true,
    () => false,
  );
  if (!known) await keepAtLast(parts, client, envelopeOf(parts, client, grant, packet));
}

function passState(parts: Parts, lane: Lane, packet: PublishPacket, done: Done): void {
  packet.retain = false;
  if (isState(packet.payload)) done(null);
  else refusePublish(parts, lane, 'topic', done);
}
