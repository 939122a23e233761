import { type Counts, counters } from './ledger-counts.ts';

/**
 * What a batch adds to the ledger, in few bytes. Per device and day: number of the device, day, a mask of the counters that are not zero, and
 * those; after a zero, which is no device, the last serial numbers: device, serial; after another, the newest fixes: device, fix (`packNewest`).
 * All as varints of 7 bits, least first.
 */

export interface DeltaWriter {
  /** Skips what is all zero. */
  day(device: number, day: number, counts: Counts): void;
  serial(device: number, serial: number): void;
  newest(device: number, packed: number): void;
  /** What was written; the writer begins anew. */
  take(): Uint8Array;
}

/** Bytes of a varint below 2^49, and of a whole record. */
const varintMost = 7;
const recordMost = (3 + counters.length) * varintMost;

export function createDeltaWriter(): DeltaWriter {
  let bytes = new Uint8Array(64 * 1024);
  let length = 0;
  let serials: number[] = [];
  let newest: number[] = [];

  const reserve = (more: number) => {
    if (length + more <= bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes.length * 2, length + more));
    grown.set(bytes);
    bytes = grown;
  };
  const put = (value: number) => {
    let left = value;
    while (left >= 128) {
      bytes[length++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    bytes[length++] = left;
  };
  const putPairs = (pairs: readonly number[]) => {
    reserve((1 + pairs.length) * varintMost);
    put(0);
    for (const value of pairs) put(value);
  };
  return {
    day(device, day, counts) {
      let mask = 0;
      for (let index = 0; index < counts.length; index++) if (counts[index]) mask |= 1 << index;
      if (mask === 0) return;
      reserve(recordMost);
      put(device);
      put(day);
      put(mask);
      for (const count of counts) if (count !== 0) put(count);
    },
    serial(device, serial) {
      serials.push(device, serial);
    },
    newest(device, packed) {
      newest.push(device, packed);
    },
    take() {
      if (serials.length + newest.length > 0) putPairs(serials);
      if (newest.length > 0) putPairs(newest);
      const taken = bytes.slice(0, length);
      length = 0;
      serials = [];
      newest = [];
      return taken;
    },
  };
}

export function readDelta(
  bytes: Uint8Array,
  on: {
    day(device: number, day: number, add: (counts: Counts) => void): void;
    serial(device: number, serial: number): void;
    newest(device: number, packed: number): void;
  },
): void {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const add = (counts: Counts) => {
    const mask = next();
    for (let index = 0; index < counts.length; index++)
      if (mask & (1 << index)) counts[index] = (counts[index] ?? 0) + next();
  };
  while (at < bytes.length) {
    const device = next();
    if (device === 0) break;
    on.day(device, next(), add);
  }
  const pairs = (take: (device: number, value: number) => void) => {
    while (at < bytes.length) {
      const device = next();
      if (device === 0) return;
      take(device, next());
    }
  };
  pairs(on.serial);
  pairs(on.newest);
}
