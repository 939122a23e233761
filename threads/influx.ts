import type { Settings } from '../config.ts';
import type { Ledger } from '../ingest/ingest.ts';
import type { openPlaces } from '../ingest/places.ts';
import { startRollups } from '../metering/rollups.ts';
import type { Context } from '../model/context.ts';
import type { Directory } from '../registry/registry.ts';
import { openInfluxSink } from '../stores/influx.ts';
import type { ExternalSink, Store } from '../stores/store.ts';
import { startQuality } from './quality.ts';

/** InfluxDB as a further sink, where it is set up, and what is handed to it beside the observations. */

type Places = Pick<ReturnType<typeof openPlaces>, 'of'>;

export function influxOf(
  settings: Settings,
  directory: () => Directory,
  places: Places,
  context: Context,
): ExternalSink | undefined {
  const { influxUrl: url, influxVersion: version, influxDatabase, influxBucket } = settings;
  if (!url) return undefined;
  const database = version === 2 ? (influxBucket ?? influxDatabase) : influxDatabase;
  const access = {
    ...(settings.influxOrg && { org: settings.influxOrg }),
    ...(settings.influxUsername && { username: settings.influxUsername }),
    ...(settings.influxPassword && { password: settings.influxPassword }),
    ...(settings.influxToken && { token: settings.influxToken }),
  };
  return openInfluxSink(
    { url, version, database, ...access },
    directory,
    places.of('influx'),
    context,
  );
}

interface Parts {
  readonly influx: ExternalSink | undefined;
  readonly places: Places;
}

/** Consumption. */
export async function openConsumption(
  { influx, places, store }: Parts & { readonly store: Store },
  directory: () => Directory,
  context: Context,
): ReturnType<typeof startRollups> {
  if (!influx) return { tell() {}, async stop() {} };
  const place = places.of('influx-consumption');
  return startRollups({ directory, store, place, write: influx.writeRollups }, context);
}

/** Completeness. @returns the ledger, which tells of what it is about to count */
export function openCompleteness<L extends Ledger>(
  { influx, places, ledger, settings }: Parts & Counted<L>,
  directory: () => Directory,
  context: Context,
): { readonly ledger: L; stop(): Promise<void> } {
  if (!influx) return { ledger, async stop() {} };
  const quality = startQuality(
    {
      ledger,
      directory,
      place: places.of('influx-quality'),
      keptDays: settings.ledgerDays,
      write: influx.writeQuality,
    },
    context,
  );
  const telling: L = {
    ...ledger,
    add(upTo, entries, passage) {
      quality.note(entries);
      ledger.add(upTo, entries, passage);
    },
  };
  return { ledger: telling, stop: quality.stop };
}

interface Counted<L> {
  readonly ledger: L;
  readonly settings: Pick<Settings, 'ledgerDays'>;
}
