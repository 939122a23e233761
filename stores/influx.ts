import type { Context } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import type { Directory } from '../registry/registry.ts';
import { sendBisecting } from './bisect.ts';
import type { Answer } from './influx-answers.ts';
import {
  type LineOrFault,
  qualityLine,
  rollupLine,
  transitionLine,
  tripLine,
} from './influx-lines.ts';
import { type InfluxPack, joined, type Lot, lotOf, packOf, textOf } from './influx-pack.ts';
import type { InfluxSettings } from './influx-settings.ts';
import { createLines, type Lines } from './influx-write.ts';
import type { Batch, DerivedPoints, ExternalSink, Refusal, SetAside } from './store.ts';

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

  async function sendLot(pack: InfluxPack, { lines, faults }: Lot): Promise<readonly Refusal[]> {
    const rejected = await sendBisecting(
      lines,
      (some) => send(textOf(pack, some), some.length),
      isWholeLot,
    );
    return [
      ...faults,
      ...rejected.map(({ item, detail }) => ({ seq: pack.seqs[item] ?? 0, detail })),
    ];
  }

  async function writePacked(packs: readonly InfluxPack[], setAside: SetAside = () => {}) {
    const pack = joined(packs);
    const refused: Refusal[] = [];
    for (let after = position.load(); pack && after < pack.upTo; ) {
      const lot = lotOf(pack, after, lotSize());
      const refusals = await sendLot(pack, lot);
      if (refusals.length > 0) await setAside(refusals);
      refused.push(...refusals);
      position.save(lot.upTo);
      after = lot.upTo;
    }
    return refused;
  }

  const pack = (batch: Batch) => packOf(batch, directory());
  return {
    name: 'influx',
    position: async () => position.load(),
    pack,
    writePacked,
    write: (batch, setAside) => writePacked([pack(batch)], setAside),
    ...derivedPoints({ send, lotSize, directory, log: context.log }),
    close: async () => lines.close(),
  };
}

interface Way {
  readonly send: (body: string, count: number) => Promise<void>;
  readonly lotSize: () => number;
  readonly directory: () => Devices;
  readonly log: Context['log'];
}

/** Points beside the observations: one that is refused is logged, for whoever hands them on keeps the place. */
function derivedPoints({ send, lotSize, directory, log }: Way): DerivedPoints {
  const sendNumbered = (points: readonly Numbered[]) =>
    send(points.map(({ line }) => line).join('\n'), points.length);
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
      const { points, faults } = divide(made);
      const rejected = await sendBisecting(points, sendNumbered, isWholeLot);
      const refused = [...faults, ...rejected.map(({ item, detail }) => ({ ...item, detail }))];
      for (const { seq, detail } of refused)
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
    async send(body: string, count: number): Promise<void> {
      if (now() < asked.until) throw unavailable(asked.words);
      judge(await lines.write(body), count);
    },
  };
}

const unavailable = (words: string): AppError =>
  new AppError('STORE_UNAVAILABLE', words, { retryable: true });
