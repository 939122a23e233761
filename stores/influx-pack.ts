import type { Directory } from '../registry/registry.ts';
import { lineOf } from './influx-lines.ts';
import type { Batch, Refusal, Stretch } from './store.ts';

/** The points of a batch as the bytes that will be sent, outside the heap: 250 bytes a message and no object. */
export interface InfluxPack extends Stretch {
  /** Lines, each with its line break. Ids, names of metrics and numbers: a byte is a character. */
  readonly bytes: Buffer;
  /** Where each line ends. */
  readonly ends: Uint32Array;
  /** The journal position each line came from; ascending. */
  readonly seqs: Float64Array;
  /** What cannot become a point. */
  readonly faults: readonly Refusal[];
}

/** @param devices for tags as things were at the `at` of an observation */
export function packOf(
  { after, upTo, observations }: Batch,
  devices: Pick<Directory, 'device'>,
): InfluxPack {
  const ends = new Uint32Array(observations.length);
  const seqs = new Float64Array(observations.length);
  const faults: Refusal[] = [];
  let text = '';
  let lines = 0;
  for (const observation of observations) {
    const { seq, device, at } = observation;
    const made = lineOf(observation, devices.device(device, at));
    if (typeof made !== 'string') {
      faults.push({ seq, detail: made.fault });
      continue;
    }
    text += made;
    text += '\n';
    ends[lines] = text.length;
    seqs[lines] = seq;
    lines++;
  }
  return {
    after,
    upTo,
    bytes: Buffer.from(text, 'latin1'),
    ends: ends.subarray(0, lines),
    seqs: seqs.subarray(0, lines),
    faults,
  };
}

/** Packs that follow each other as one. */
export function joined(packs: readonly InfluxPack[]): InfluxPack | undefined {
  const [first, last] = [packs[0], packs.at(-1)];
  if (!first || !last || packs.length === 1) return first;
  const lines = packs.reduce((sum, { ends }) => sum + ends.length, 0);
  const [ends, seqs] = [new Uint32Array(lines), new Float64Array(lines)];
  let line = 0;
  let begin = 0;
  for (const pack of packs) {
    for (const [n, end] of pack.ends.entries()) ends[line + n] = begin + end;
    seqs.set(pack.seqs, line);
    line += pack.ends.length;
    begin += pack.bytes.length;
  }
  return {
    after: first.after,
    upTo: last.upTo,
    bytes: Buffer.concat(packs.map(({ bytes }) => bytes)),
    ends,
    seqs,
    faults: packs.flatMap(({ faults }) => faults),
  };
}

/** Lines that go in one request, and up to where everything is in it. */
export interface Lot {
  readonly lines: readonly number[];
  readonly faults: readonly Refusal[];
  readonly upTo: number;
}

/** The next lines behind a journal position, those of one position together. */
export function lotOf({ seqs, faults, upTo }: InfluxPack, after: number, size: number): Lot {
  const behind = seqs.findIndex((seq) => seq > after);
  const begin = behind < 0 ? seqs.length : behind;
  let end = Math.min(begin + size, seqs.length);
  while (end < seqs.length && seqs[end] === seqs[end - 1]) end++;
  const reached = end < seqs.length ? (seqs[end - 1] ?? upTo) : upTo;
  return {
    lines: Array.from({ length: end - begin }, (_, n) => begin + n),
    faults: faults.filter(({ seq }) => seq > after && seq <= reached),
    upTo: reached,
  };
}

/** @param lines neighbours of each other */
export function textOf({ bytes, ends }: InfluxPack, lines: readonly number[]): string {
  const [first = 0, last = -1] = [lines[0], lines.at(-1)];
  return bytes.toString('latin1', ends[first - 1] ?? 0, ends[last] ?? 0);
}
