import type { Context } from '../model/context.ts';
import type { Directory } from '../registry/registry.ts';
import { sendBisecting } from './bisect.ts';
import { type Point, type PointOrFault, pointOf, transitionPoint } from './influx-points.ts';
import { type InfluxSettings, type SendPoints, withDeadline } from './influx-settings.ts';
import { createV1 } from './influx-v1.ts';
import { createV2 } from './influx-v2.ts';
import type { Batch, ExternalSink, Refusal } from './store.ts';

export type { InfluxSettings } from './influx-settings.ts';

/** Where the sink's journal position is kept, since InfluxDB has no transactions. Points are idempotent: some may be sent again after a crash. */
export interface SavedPosition {
  load(): number;
  save(seq: number): void;
}

/** What of the registry the sink needs: a device as it was. */
type Devices = Pick<Directory, 'device'>;

/** Points in a request: 5,000 to 10,000 is where InfluxDB takes most. */
const lotSize = 5_000;
const defaultTimeoutMs = 10_000;

/** A point on its way, with the journal position to name in a refusal. */
interface Numbered {
  readonly seq: number;
  readonly point: Point;
}

/**
 * InfluxDB as a further sink: `meter_reading`, `vehicle_position` and `alert`. A point of an instant that is there already joins it. Opens
 * no connection before the first write.
 *
 * @param directory for tags as things were at the `at` of an observation
 */
export function openInfluxSink(
  settings: InfluxSettings,
  directory: () => Devices,
  position: SavedPosition,
  context: Context,
): ExternalSink {
  const timeoutMs = settings.timeoutMs ?? defaultTimeoutMs;
  const transport: SendPoints =
    settings.version === 1
      ? createV1(settings, timeoutMs)
      : createV2(settings, timeoutMs, context.now);
  const send = (lot: readonly Numbered[]) =>
    withDeadline(transport(lot.map(({ point }) => point)), timeoutMs + 1_000);

  async function sendAll(points: readonly Numbered[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    for (let start = 0; start < points.length; start += lotSize) {
      const rejected = await sendBisecting(points.slice(start, start + lotSize), send, isWholeLot);
      refused.push(...rejected.map(({ item, detail }) => ({ seq: item.seq, detail })));
    }
    return refused;
  }

  return {
    name: 'influx',
    position: async () => position.load(),
    async write(batch) {
      const after = position.load();
      if (batch.upTo <= after) return [];
      const { points, faults } = pointsOf(batch, after, directory());
      const refused = [...faults, ...(await sendAll(points))];
      position.save(batch.upTo);
      return refused;
    },
    async writeTransitions(transitions) {
      const { points, faults } = divide(
        transitions.map((transition) => ({ seq: transition.n, made: transitionPoint(transition) })),
      );
      for (const { seq, detail } of [...faults, ...(await sendAll(points))])
        context.log('error', 'alert transition refused by InfluxDB', {
          room: 'stores',
          n: seq,
          detail,
        });
    },
    close: async () => {},
  };
}

const pointsOf = ({ observations }: Batch, after: number, directory: Devices) =>
  divide(
    observations
      .filter(({ seq }) => seq > after)
      .map((observation) => {
        const { seq, device, at } = observation;
        return { seq, made: pointOf(observation, directory.device(device, at)) };
      }),
  );

function divide(all: readonly { readonly seq: number; readonly made: PointOrFault }[]) {
  const points: Numbered[] = [];
  const faults: Refusal[] = [];
  for (const { seq, made } of all)
    if ('point' in made) points.push({ seq, point: made.point });
    else faults.push({ seq, detail: made.fault });
  return { points, faults };
}

/** InfluxDB says how many points of the request it dropped; with all of them there is nothing to look for. */
const isWholeLot = (words: string, count: number): boolean =>
  Number(/dropped=(\d+)/.exec(words)?.[1]) === count;
