import type { Frame, Header } from './frame.ts';

/** Bounds of what is held of one terminal. */
export interface AssemblyLimits {
  /** Messages open at once; the one that has waited longest gives way. */
  readonly open: number;
  /** Parts a message may have. */
  readonly parts: number;
  /** Bytes of all parts held; a message that would go beyond is given up. */
  readonly bytes: number;
  /** Without a new part for so long, the missing ones are asked for, and again each time it has passed. */
  readonly askAfterMs: number;
  /** Without a new part for so long, what came is given up. */
  readonly expiresMs: number;
}

const usual: AssemblyLimits = {
  open: 4,
  parts: 512,
  bytes: 600_000,
  askAfterMs: 5_000,
  expiresMs: 60_000,
};

export type Added =
  /** All parts, in their order. */
  | { readonly type: 'whole'; readonly frames: readonly Frame[] }
  | { readonly type: 'waiting' }
  /** It was here before: of a message that is open still, or of one that is stored. */
  | { readonly type: 'again'; readonly isStored: boolean }
  | { readonly type: 'refused'; readonly detail: string };

/** Parts to be asked for by 0x8003. */
export interface Missing {
  /** Of the first part that came. */
  readonly header: Header;
  /** Serial of the message's first part. */
  readonly firstSerial: number;
  /** At most 255, so that they fit into the request. */
  readonly parts: readonly number[];
}

/** What the passing of time has brought. */
export interface Due {
  readonly missing: readonly Missing[];
  /** Headers of messages that were given up, with how many parts of them had come. */
  readonly expired: readonly { readonly header: Header; readonly parts: number }[];
}

/** Puts split messages of one terminal together. Pure: the clock is handed in. */
export interface Assembly {
  /** A frame that has a part. @param now ms of any steady clock */
  add(frame: Frame, now: number): Added;
  /** The message of this frame is on stable storage: its parts are not put together once more when they come again. */
  stored(frame: Frame): void;
  due(now: number): Due;
  /** Messages open and bytes held. */
  held(): { readonly open: number; readonly bytes: number };
}

interface Open {
  readonly header: Header;
  readonly total: number;
  readonly firstSerial: number;
  /** By index from 1. */
  readonly frames: Map<number, Frame>;
  bytes: number;
  lastAt: number;
  askAt: number;
}

/** Where a part belongs: its message, as it would be with consecutive serials. */
interface Place {
  readonly id: number;
  readonly total: number;
  readonly index: number;
  readonly firstSerial: number;
}

/** How many stored messages are known again, and for how long: serials go round, and a new message must not be taken for an old one. */
const remembered = { messages: 8, forMs: 300_000 } as const;
const keyOf = ({ id, total, firstSerial }: Place): string => `${id} ${total} ${firstSerial}`;

function placeOf({ id, serial, part }: Header): Place {
  const { total, index } = part ?? { total: 1, index: 1 };
  return { id, total, index, firstSerial: (serial - index + 1) & 0xffff };
}

/** Whether one serial stands behind another, which go round at 65535. */
const isBehind = (serial: number, other: number): boolean =>
  ((serial - other) & 0xffff) > 0 && ((serial - other) & 0xffff) < 0x8000;

/**
 * The message a part belongs to. Serials are consecutive by the standard; terminals that send something else in between are
 * understood as long as no part is missing ahead of this one.
 */
function messageOf(open: readonly Open[], { id, serial }: Header, place: Place): Open | undefined {
  const like = open.filter(({ header, total }) => header.id === id && total === place.total);
  const exact = like.find(
    ({ firstSerial, frames }) =>
      firstSerial === place.firstSerial || frames.get(place.index)?.header.serial === serial,
  );
  return exact ?? like.find((one) => continues(one, serial, place.index));
}

function continues({ frames }: Open, serial: number, index: number): boolean {
  const last = frames.get(index - 1);
  return frames.size === index - 1 && last !== undefined && isBehind(serial, last.header.serial);
}

/** @param limits those not given are the usual ones */
export function createAssembly(limits: Partial<AssemblyLimits> = {}): Assembly {
  const { open: most, parts, bytes, askAfterMs, expiresMs } = { ...usual, ...limits };
  let open: Open[] = [];
  let stored: { readonly key: string; readonly at: number }[] = [];
  let clock = 0;
  const heldBytes = (): number => open.reduce((sum, one) => sum + one.bytes, 0);
  const isStored = (key: string): boolean =>
    stored.some((one) => one.key === key && clock - one.at < remembered.forMs);
  const close = (one: Open): void => {
    open = open.filter((other) => other !== one);
  };
  const begin = (frame: Frame, { total, firstSerial }: Place, now: number): Open => {
    if (open.length >= most) {
      open = open.toSorted((a, b) => a.lastAt - b.lastAt).slice(open.length - most + 1);
    }
    const { header } = frame;
    const begun = { header, total, firstSerial, frames: new Map(), bytes: 0 };
    const one: Open = { ...begun, lastAt: now, askAt: now + askAfterMs };
    open.push(one);
    return one;
  };
  const put = (one: Open, frame: Frame, index: number, now: number): Added => {
    if (heldBytes() + frame.bytes.length > bytes) {
      close(one);
      return { type: 'refused', detail: `got a message beyond ${bytes} bytes held` };
    }
    one.frames.set(index, frame);
    one.bytes += frame.bytes.length;
    one.lastAt = now;
    one.askAt = now + askAfterMs;
    if (one.frames.size < one.total) return { type: 'waiting' };
    close(one);
    return { type: 'whole', frames: sorted(one).map(([, each]) => each) };
  };
  return {
    add(frame, now) {
      clock = now;
      const place = placeOf(frame.header);
      const detail = faultOf(place, parts);
      if (detail) return { type: 'refused', detail };
      if (isStored(keyOf(place))) return { type: 'again', isStored: true };
      const found = messageOf(open, frame.header, place);
      if (found?.frames.has(place.index)) return { type: 'again', isStored: false };
      return put(found ?? begin(frame, place, now), frame, place.index, now);
    },
    stored({ header }) {
      const last = { key: keyOf(placeOf(header)), at: clock };
      stored = [...stored, last].slice(-remembered.messages);
    },
    due(now) {
      const expired = open.filter(({ lastAt }) => now - lastAt >= expiresMs);
      open = open.filter((one) => !expired.includes(one));
      const late = open.filter(({ askAt }) => now >= askAt);
      for (const one of late) one.askAt = now + askAfterMs;
      return {
        missing: late.map(toMissing),
        expired: expired.map(({ header, frames }) => ({ header, parts: frames.size })),
      };
    },
    held: () => ({ open: open.length, bytes: heldBytes() }),
  };
}

function faultOf({ index, total }: Place, parts: number): string | undefined {
  if (index < 1 || index > total) return `got part ${index} of ${total}`;
  return total > parts ? `got a message of ${total} parts, want at most ${parts}` : undefined;
}

const sorted = ({ frames }: Open): readonly (readonly [number, Frame])[] =>
  [...frames].sort(([a], [b]) => a - b);

/** Until 2013 their count is a byte. */
const askedAtOnce = 255;

function toMissing(one: Open): Missing {
  const all = Array.from({ length: one.total }, (_, at) => at + 1);
  const first = one.frames.get(1)?.header.serial ?? one.firstSerial;
  return {
    header: one.header,
    firstSerial: first,
    parts: all.filter((index) => !one.frames.has(index)).slice(0, askedAtOnce),
  };
}
