import type { Context } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import type { Accepted } from '../model/observation.ts';
import type { Directory } from '../registry/registry.ts';
import { sendBisecting } from './bisect.ts';
import type { Answer } from './influx-answers.ts';
import {
  type LineOrFault,
  lineOf,
  qualityLine,
  rollupLine,
  transitionLine,
  tripLine,
} from './influx-lines.ts';
import type { InfluxSettings } from './influx-settings.ts';
import { createLines, type Lines } from './influx-write.ts';
import type { DerivedPoints, ExternalSink, Refusal, SetAside } from './store.ts';

export type { InfluxSettings } from './influx-settings.ts';

/** Where the sink's journal position is kept, since InfluxDB has no transactions. Points are idempotent: some may be sent again after a crash. */
export interface SavedPosition {
  load(): number;
  save(seq: number): void;
}

/** What of the registry the sink needs: a device as it was. */
type Devices = Pick<Directory, 'device'>;

/** Points in a request: 5,000 to 10,000 is where InfluxDB takes most. */
const lotMost = 5_000;
/** A server too slow or too small for this many is in trouble. */
const lotLeast = 100;
const defaultTimeoutMs = 10_000;

/** A point on its way, with what to name in a refusal. */
interface Numbered {
  readonly seq: number;
  readonly line: string;
}

/** Points that go in one request, and up to where everything is in it. */
interface Lot {
  readonly upTo: number;
  /** Index of the first observation behind it. */
  readonly end: number;
  readonly points: readonly Numbered[];
  readonly faults: readonly Refusal[];
}

/**
 * InfluxDB as a further sink: `meter_reading`, `meter_consumption`, `vehicle_position`, `trip`, `alert` and `data_quality`. A point of an instant that is there
 * already joins it. Opens no connection before the first write. A batch goes in lots, each with the position it reaches, so that a server that
 * fails now and then makes some way.
 *
 * @param directory for tags as things were at the `at` of an observation
 */
export function openInfluxSink(
  settings: InfluxSettings,
  directory: () => Devices,
  position: SavedPosition,
  context: Context,
): ExternalSink {
  const lines = createLines(settings, settings.timeoutMs ?? defaultTimeoutMs, context.now);
  const { send, lotSize } = createSender(lines, context.now);

  async function sendLot({ points, faults }: Pick<Lot, 'points' | 'faults'>) {
    const rejected = await sendBisecting(points, send, isWholeLot);
    return [...faults, ...rejected.map(({ item, detail }) => ({ seq: item.seq, detail }))];
  }

  return {
    name: 'influx',
    position: async () => position.load(),
    async write({ observations, upTo }, setAside: SetAside = () => {}) {
      const after = position.load();
      if (upTo <= after) return [];
      const devices = directory();
      const refused: Refusal[] = [];
      let next = observations.findIndex(({ seq }) => seq > after);
      while (next >= 0 && next < observations.length) {
        const lot = lotFrom(observations, next, lotSize(), upTo, devices);
        const refusals = await sendLot(lot);
        if (refusals.length > 0) await setAside(refusals);
        refused.push(...refusals);
        position.save(lot.upTo);
        next = lot.end;
      }
      position.save(upTo);
      return refused;
    },
    ...derivedPoints({ sendLot, lotSize, directory, log: context.log }),
    close: async () => lines.close(),
  };
}

interface Way {
  readonly sendLot: (lot: Pick<Lot, 'points' | 'faults'>) => Promise<readonly Refusal[]>;
  readonly lotSize: () => number;
  readonly directory: () => Devices;
  readonly log: Context['log'];
}

/** Points beside the observations: one that is refused is logged, for whoever hands them on keeps the place. */
function derivedPoints({ sendLot, lotSize, directory, log }: Way): DerivedPoints {
  async function sendAll<T>(
    what: string,
    all: readonly T[],
    toLine: (one: T, devices: Devices) => LineOrFault,
    nameOf: (one: T) => Record<string, unknown>,
  ): Promise<void> {
    const devices = directory();
    for (let next = 0; next < all.length; ) {
      const lot = all.slice(next, next + lotSize());
      const made = lot.map((one, seq) => ({ seq, made: toLine(one, devices) }));
      for (const { seq, detail } of await sendLot(divide(made)))
        for (const one of lot.slice(seq, seq + 1))
          log('error', `${what} refused by InfluxDB`, { room: 'stores', ...nameOf(one), detail });
      next += lot.length;
    }
  }

  const numberOf = ({ n }: { readonly n: number }) => ({ n });
  return {
    writeTransitions: (all) => sendAll('alert transition', all, transitionLine, numberOf),
    writeTrips: (all) => sendAll('trip', all, tripLine, numberOf),
    writeRollups: (all) =>
      sendAll(
        'consumption',
        all,
        (point, devices) => rollupLine(point, devices.device(point.meter, point.from)),
        ({ meter, by, from }) => ({ meter, by, from }),
      ),
    writeQuality: (all) =>
      sendAll(
        'completeness',
        all,
        (point, devices) => qualityLine(point, devices.device(point.device, point.from)),
        ({ device, from }) => ({ device, from }),
      ),
  };
}

/** The next observations, those of one journal position together. */
function lotFrom(
  observations: readonly Accepted[],
  start: number,
  size: number,
  upTo: number,
  devices: Devices,
): Lot {
  let end = Math.min(start + size, observations.length);
  const seqAt = (index: number) => observations[index]?.seq;
  while (end < observations.length && seqAt(end) === seqAt(end - 1)) end++;
  const made = observations.slice(start, end).map((observation) => {
    const { seq, device, at } = observation;
    return { seq, made: lineOf(observation, devices.device(device, at)) };
  });
  const last = end < observations.length ? seqAt(end - 1) : undefined;
  return { ...divide(made), end, upTo: last ?? upTo };
}

function divide(all: readonly { readonly seq: number; readonly made: LineOrFault }[]) {
  const points: Numbered[] = [];
  const faults: Refusal[] = [];
  for (const { seq, made } of all)
    if (typeof made === 'string') points.push({ seq, line: made });
    else faults.push({ seq, detail: made.fault });
  return { points, faults };
}

/** InfluxDB says how many points of the request it dropped; with all of them there is nothing to look for. */
const isWholeLot = (words: string, count: number): boolean =>
  Number(/dropped=(\d+)/.exec(words)?.[1]) === count;

/**
 * Sends lots as errors of the house. Lots become smaller where the server is too slow or takes no more at once, and grow again by and by.
 * A server that asked to be left alone for a while is, with its words for an answer.
 */
function createSender(lines: Lines, now: () => number) {
  let size = lotMost;
  let asked = { until: 0, words: '' };

  function judge(answer: Answer, count: number): void {
    if (answer.is === 'kept') {
      if (count >= size) size = Math.min(lotMost, Math.ceil(size * 1.1));
      return;
    }
    if (answer.is === 'late' || answer.is === 'too-large')
      size = Math.max(lotLeast, Math.min(size, count >> 1));
    if (answer.is === 'refused' || answer.is === 'too-large')
      throw new AppError('STORE_REFUSED', answer.words);
    if (answer.is === 'trouble' && answer.waitMs > 0)
      asked = { until: now() + answer.waitMs, words: answer.words };
    throw unavailable(answer.words);
  }
  return {
    lotSize: () => size,
    async send(lot: readonly Numbered[]): Promise<void> {
      if (now() < asked.until) throw unavailable(asked.words);
      judge(await lines.write(lot.map(({ line }) => line)), lot.length);
    },
  };
}

const unavailable = (words: string): AppError =>
  new AppError('STORE_UNAVAILABLE', words, { retryable: true });
