import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LatestReading } from '../../api/contract.ts';
import { counterOf, type Medium, type Metric } from '../../model/metrics.ts';
import { hourMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { Api } from './api.ts';
import { useApp, useLive, useNow, useSession } from './app-context.ts';
import {
  headlineOf,
  heardOf,
  type LatestOf,
  latestByMeter,
  type MeterRow,
  newestAt,
  putLatest,
} from './meters.ts';
import { loadLatest, useEntities } from './use-lists.ts';
import { useLoad } from './use-load.ts';

const redrawEveryMs = 2_000;

/** The latest values, loaded once and then followed on the live stream; drawn anew at most every two seconds. */
export function useLatest(): {
  readonly latest: ReadonlyMap<string, LatestOf> | undefined;
  readonly error: unknown;
  reload(): void;
} {
  const { api } = useApp();
  const loaded = useLoad(
    'latest',
    (signal) => loadLatest(api, signal).then(({ items }) => latestByMeter(items)),
    { everyMs: 5 * minuteMs, freshMs: 10_000 },
  );
  const [shown, setShown] = useState<ReadonlyMap<string, LatestOf>>();
  const pending = useRef<LatestReading[]>([]);
  useEffect(() => setShown(loaded.data), [loaded.data]);
  useLive(
    'reading',
    useCallback((data) => void pending.current.push(data as LatestReading), []),
  );
  const { data } = loaded;
  useEffect(() => {
    const timer = setInterval(() => {
      const heard = pending.current.splice(0);
      // What came before the list is in the list.
      if (!data || heard.length === 0) return;
      for (const reading of heard) putLatest(data, reading);
      setShown(new Map(data));
    }, redrawEveryMs);
    return () => clearInterval(timer);
  }, [data]);
  return { latest: shown, error: loaded.error, reload: loaded.reload };
}

/** Every meter with its building, latest value and whether it is heard. */
export function useMeterRows(): {
  readonly rows: MeterRow[] | undefined;
  readonly latest: ReadonlyMap<string, LatestOf> | undefined;
  readonly error: unknown;
  reload(): void;
} {
  const meters = useEntities('meters');
  const buildings = useEntities('buildings');
  const { latest, error, reload } = useLatest();
  const now = useNow(15_000);
  const rows = useMemo(() => {
    if (!meters.data || !buildings.data || !latest) return undefined;
    return meters.data.items.map((meter) => {
      const building = buildings.data?.byId.get(meter.building);
      const values = latest.get(meter.id);
      const lastAt = newestAt(values);
      return {
        meter,
        buildingName: building?.name ?? meter.building,
        institution: building?.institution,
        headline: headlineOf(meter.medium, values),
        lastAt,
        heard: heardOf(lastAt, meter.everyS, now),
      };
    });
  }, [meters.data, buildings.data, latest, now]);
  const reloadAll = () => {
    meters.reload();
    buildings.reload();
    reload();
  };
  return { rows, latest, error: meters.error ?? buildings.error ?? error, reload: reloadAll };
}

/** One request per main meter: with more of them the sum of today is not asked for. */
const mostMainMeters = 60;

export interface Today {
  readonly value: number;
  /** Some meters have no data from the first hour of the day on. */
  readonly partly: boolean;
}

async function useOfDay(
  api: Api,
  meter: string,
  metric: Metric,
  from: number,
  to: number,
  signal: AbortSignal,
) {
  const page = await api.get<{ items: readonly { at: string; value: number }[] }>(
    `/meters/${encodeURIComponent(meter)}/readings`,
    { metric, from, to, limit: 1 },
    signal,
  );
  return page.items[0];
}

async function sumOfDay(
  api: Api,
  ids: readonly string[],
  metric: Metric,
  latest: ReadonlyMap<string, LatestOf>,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Today | null> {
  const firsts = await Promise.all(ids.map((id) => useOfDay(api, id, metric, from, to, signal)));
  let [value, known, partly] = [0, 0, false];
  for (const [i, first] of firsts.entries()) {
    const last = latest.get(ids[i] ?? '')?.get(metric);
    const used = first && last ? last.value - first.value : -1;
    if (!first || used < 0) {
      partly = true;
      continue;
    }
    if (Date.parse(first.at) - from > hourMs) partly = true;
    value += used;
    known++;
  }
  return known === 0 ? null : { value, partly };
}

/** Use of a medium since midnight by its main meters: from counter to counter. Null where nothing is known; undefined while it is not. */
export function useToday(
  medium: Medium,
  rows: readonly MeterRow[] | undefined,
  latest: ReadonlyMap<string, LatestOf> | undefined,
): Today | null | undefined {
  const { api } = useApp();
  const { me } = useSession();
  const now = useNow(2 * minuteMs);
  const metric = counterOf[medium];
  const ids = rows
    ?.filter(({ meter }) => meter.medium === medium && meter.parent === undefined)
    .map(({ meter }) => meter.id);
  const from = startOfDay(localTime(now, me.timeZone).date, me.timeZone);
  const wanted = metric !== null && ids && ids.length > 0 && ids.length <= mostMainMeters && latest;
  const loaded = useLoad(
    wanted
      ? `today:${medium}:${from}:${ids.length}:${Math.floor(now / (2 * minuteMs))}`
      : undefined,
    (signal) =>
      metric && ids && latest
        ? sumOfDay(api, ids, metric, latest, from, now + minuteMs, signal)
        : Promise.resolve(null),
    { freshMs: 2 * minuteMs },
  );
  return rows && !wanted ? null : loaded.data;
}
