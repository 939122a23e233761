import { dayMs, hourMs, isoInZone, localTime, startOfDay } from '../../model/time.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { ledgerShape } from '../ledger-shape.ts';
import { ledgerQuery } from '../request-shapes.ts';
import { seenAnyDevice } from '../scope.ts';

/** Completeness: what came of what a device sent in a day, and what did not come. */

/** More than a device says in a day at one message a second. */
const observationsMost = 100_000;
const intervalsMissed = 2;

const route = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['devices'],
    summary: 'What came of what a device sent, by day of receipt, and the gaps of that day',
    params: idParams,
    querystring: ledgerQuery,
    response: answers({ 200: ledgerShape }),
  },
};

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Stretches between two instants, or the ends, that are longer than two intervals. Instants ascend. */
export function gapsOf(
  { from, to }: Stretch,
  instants: readonly number[],
  everyMs: number,
): readonly Stretch[] {
  const gaps: Stretch[] = [];
  let last = from;
  for (const at of [...instants, to]) {
    if (at - last > intervalsMissed * everyMs) gaps.push({ from: last, to: at });
    last = at;
  }
  return gaps;
}

export function ledgerRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry, ledger, telemetry } = services;
  api.get('/devices/:id/ledger', route, async ({ who, params, query }) => {
    const device = seenAnyDevice(who, registry.directory(), params.id);
    const { everyS } = device.type === 'meter' ? device.meter : device.vehicle;
    const { timeZone } = device.institution;
    const now = context.now();
    const date = query.date ?? localTime(now, timeZone).date;
    const day = startOfDay(date, timeZone);
    // Half a day on is the next day in every zone, however long the day is.
    const next = startOfDay(localTime(day + dayMs + hourMs, timeZone).date, timeZone);
    const span = { from: day, to: Math.max(day, Math.min(next, now)) };
    const counts = await ledger.read(params.id, date);
    if (everyS === undefined) return { ...counts, expected: null, gaps: [] };
    const said = await telemetry.history(params.id, { ...span, limit: observationsMost });
    const gaps = gapsOf(
      span,
      said.map(({ at }) => at),
      everyS * 1000,
    );
    return {
      ...counts,
      expected: Math.floor((span.to - span.from) / (everyS * 1000)),
      gaps: gaps.map(({ from, to }) => ({
        from: isoInZone(from, timeZone),
        to: isoInZone(to, timeZone),
      })),
    };
  });
}
