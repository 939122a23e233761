import type { Services } from '../../api/services.ts';
import type { Amendment } from '../../ingest/ingest.ts';
import { createRecent, daysOf } from '../../metering/days.ts';
import { monthOf } from '../../metering/months.ts';
import { counterOf } from '../../model/metrics.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Range, Store } from '../../stores/store.ts';

/** Months and days of meters, worked out anew at every question. */
export function memoryRevisions(
  registry: Registry,
  store: Pick<Store, 'readings'>,
  amended: ReadonlyMap<string, readonly Amendment[]>,
  now: () => number,
): Services['revisions'] {
  const revisions: Services['revisions'] = {
    of: async (meter) => amended.get(meter) ?? [],
    recorded: async () => {},
    async months(meter, months) {
      const directory = registry.directory();
      const device = directory.device(meter);
      const counter = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
      if (device?.type !== 'meter' || counter === null) return [];
      const read = (range: Range) => store.readings(meter, counter, range);
      const counted = {
        ...device,
        zone: device.institution.timeZone,
        read,
        directory,
        newest: 0,
      };
      const none = { month: () => undefined, keepMonth() {}, heed() {} };
      const wholes = await Promise.all(months.map((month) => monthOf(counted, month, none)));
      return wholes.flatMap((whole) => whole ?? []);
    },
    async days(meter, days) {
      const directory = registry.directory();
      const device = directory.device(meter);
      const counter = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
      if (device?.type !== 'meter' || counter === null) return [];
      const read = (range: Range) => store.readings(meter, counter, range);
      const zone = device.institution.timeZone;
      const none = {
        keptDays: () => [],
        keepDays() {},
        heed() {},
        recent: createRecent(now),
      };
      return daysOf({ ...device, zone, read, directory, newest: 0 }, days, none);
    },
    kept: async (meter, asked) => ({
      months: await revisions.months(meter, asked.months),
      days: await revisions.days(meter, asked.days),
      lacking: 0,
    }),
  };
  return revisions;
}
