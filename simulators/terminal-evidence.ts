import { minuteMs, secondMs } from '../model/time.ts';
import { toClock } from '../protocols/jt808/clock.ts';
import type { Frame } from '../protocols/jt808/frame.ts';
import { mediaReceived } from '../protocols/jt808/messages/p-8800-media-received.ts';
import { canData } from '../protocols/jt808/messages/t-0705-can.ts';
import { mediaData } from '../protocols/jt808/messages/t-0801-media.ts';
import { hash } from './noise.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import type { Outbox, Sent } from './terminal-outbox.ts';
import { type Said, toLocation } from './terminal-speech.ts';

/** What a terminal sends beside its reports while the engine runs: data of the CAN bus, and pictures of its camera. */

/** A picture that the platform has not said it has. */
interface Picture {
  readonly id: number;
  readonly said: Said;
  /** Undefined where it was not sent on this link. */
  sent: Sent | undefined;
}

export interface Evidence {
  /** Undefined before the first look at the clock. */
  canAt: number | undefined;
  pictureAt: number | undefined;
  picture: Picture | undefined;
  /** Taken so far. */
  pictures: number;
}

export const createEvidence = (): Evidence => ({
  canAt: undefined,
  pictureAt: undefined,
  picture: undefined,
  pictures: 0,
});

const canEveryMs = minuteMs;
const pictureEveryMs = 10 * minuteMs;
/** After the first look at the clock. */
const leastMs = 20 * secondMs;

/** J1939, extended frames: engine speed (EEC1) and speed of the wheels (CCVS); bytes that say nothing are FF. */
const extended = 0x4000_0000;
const engine = { id: extended + 0x0cf0_0400, at: 3, perRpm: 8 } as const;
const wheels = { id: extended + 0x18fe_f100, at: 1, perKmh: 256 } as const;
const idleRpm = 750;
const rpmPerKmh = 25;

function toBusFrame(id: number, at: number, value: number) {
  const data = new Uint8Array(8).fill(0xff);
  new DataView(data.buffer).setUint16(at, Math.round(value), true);
  return { id, data };
}

export function toCan({ at, position }: TerminalReport, { edition }: SimulatedTerminal): Said {
  const { speed_kmh: speed } = position;
  const frames = [
    toBusFrame(engine.id, engine.at, engine.perRpm * (idleRpm + rpmPerKmh * speed)),
    toBusFrame(wheels.id, wheels.at, wheels.perKmh * speed),
  ];
  const receivedAt = `${toClock(at).slice(6)}0000`;
  return {
    id: canData.id,
    body: canData.encode({ count: frames.length, receivedAt, frames }, edition),
  };
}

const jpeg = { kind: 0, format: 0, begin: [0xff, 0xd8], end: [0xff, 0xd9] } as const;
const pictureBytes = { least: 3_000, spread: 9_000 } as const;
const byTimer = 1;

/** @param id of the picture; the same one gives the same bytes */
export function toPicture(report: TerminalReport, id: number, terminal: SimulatedTerminal): Said {
  const length = pictureBytes.least + (hash(id, 1) % pictureBytes.spread);
  const content = Uint8Array.from({ length }, (_, n) => hash(id, n) & 0xff);
  const picture = {
    ...{ id, kind: jpeg.kind, format: jpeg.format, event: byTimer, channel: 1 },
    location: { ...toLocation(report, terminal), items: [] },
    data: Uint8Array.of(...jpeg.begin, ...content, ...jpeg.end),
  };
  return { id: mediaData.id, body: mediaData.encode(picture, terminal.edition) };
}

interface Witness {
  readonly evidence: Evidence;
  readonly outbox: Outbox;
  readonly unit: { readonly terminal: SimulatedTerminal; readonly seed: number };
}

/** What it says now of itself. @returns frames to be sent */
export function evidenceDue(
  { evidence, outbox, unit: { terminal, seed } }: Witness,
  report: () => TerminalReport,
  now: number,
): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  evidence.canAt ??= now + leastMs + (hash(seed, 11) % canEveryMs);
  evidence.pictureAt ??= now + leastMs + (hash(seed, 12) % pictureEveryMs);
  // There is no such message in 2011.
  if (now >= evidence.canAt && terminal.edition !== 2011) {
    evidence.canAt = now + canEveryMs;
    const current = report();
    if (current.position.acc) frames.push(...outbox.send(toCan(current, terminal), now).frames);
  }
  if (now >= evidence.pictureAt && terminal.hasCamera && !evidence.picture) {
    evidence.pictureAt = now + pictureEveryMs;
    const current = report();
    if (current.position.acc) takePicture(evidence, terminal, seed, current);
  }
  const { picture } = evidence;
  if (picture && !picture.sent) {
    picture.sent = outbox.send(picture.said, now);
    frames.push(...picture.sent.frames);
  }
  return frames;
}

function takePicture(
  evidence: Evidence,
  terminal: SimulatedTerminal,
  seed: number,
  report: TerminalReport,
): void {
  const id = 1 + (hash(seed, 13) % 0xffff) + evidence.pictures++;
  evidence.picture = { id, said: toPicture(report, id, terminal), sent: undefined };
}

/** The platform has a picture, or wants packets of it again. @returns these */
export function hearMediaReceived(
  { evidence, outbox }: Pick<Witness, 'evidence' | 'outbox'>,
  { body }: Frame,
): readonly Uint8Array[] {
  const { id, missing = [] } = mediaReceived.decode(body, 2019);
  const { picture } = evidence;
  if (picture?.id !== id || !picture.sent) return [];
  if (missing.length > 0) return outbox.packets(picture.sent.first, missing);
  outbox.answered(picture.sent.last, picture.sent.id);
  evidence.picture = undefined;
  return [];
}

/** The link is gone: a picture the platform has not acknowledged is sent again on the next. */
export function evidenceBroken({ picture }: Evidence): void {
  if (picture) picture.sent = undefined;
}
