import { expectedSeries } from '../../energy/expected.ts';
import { localHoursOf } from '../../energy/local-hours.ts';
import { leastOfPeakOf } from '../../energy/own-times.ts';
import { createMeterSeries, toHours } from '../../metering/meter-use.ts';
import { metrics } from '../../model/metrics.ts';
import { dayMs, hourMs, isoInZone, localTime } from '../../model/time.ts';
import { expectedQuery, expectedShape } from '../consumption-shape.ts';
import { counterFor } from '../counting-meter.ts';
import { checkLength } from '../cursor.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { seenDevice } from '../scope.ts';

/** A meter's hours beside what was expected of them. */

const longestDays = 62;
/** What an expectation remembers. */
const learnedMs = 56 * dayMs;

const route = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['meters'],
    summary: 'Hours with what was expected of each by those before it, and what is still usual',
    description: `By the working calendar, the outdoor temperatures the rules know (some hundred days), and the hours of the eight weeks before; at most ${longestDays} days.`,
    params: idParams,
    querystring: expectedQuery,
    response: answers({ 200: expectedShape }),
  },
};

export function expectedRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry, telemetry } = services;
  api.get('/meters/:id/expected', route, async ({ who, params, query }) => {
    const directory = registry.directory();
    const { meter, institution } = seenDevice(who, directory, 'meter', params.id);
    const counter = counterFor(meter);
    checkLength(query, longestDays);
    const zone = institution.timeZone;
    const { from, to } = toHours(query);
    const end = Math.max(from, Math.min(to, Math.floor(context.now() / hourMs) * hourMs));
    const seriesOf = createMeterSeries({ directory, readings: telemetry.readings });
    const used = await seriesOf('hour', { from: from - learnedMs, to: end }, meter, zone);
    const dayOf = (at: number) => Date.parse(localTime(at, zone).date) / dayMs;
    // The day before decides, and the rule knows its own.
    const weather = new Map(
      await services.weather.outdoor(institution.id, dayOf(from - learnedMs) - 1, dayOf(end)),
    );
    const local = localHoursOf(institution, directory.day, (_, day) => weather.get(day));
    const hours = used.map(({ from: start, use: { value, quality, coverage } }) => ({
      start,
      value,
      quality,
      coverage,
    }));
    const expected = expectedSeries(hours, local, { leastOfPeak: leastOfPeakOf(meter) });
    return {
      unit: metrics[counter].unit,
      items: hours.flatMap(({ start, value, quality }, n) => {
        const by = expected[n];
        if (start < from || !by) return [];
        return {
          from: isoInZone(start, zone),
          to: isoInZone(start + hourMs, zone),
          value,
          quality,
          expected: by.value,
          low: by.low,
          high: by.high,
          days: by.days,
          rest: local(start).rest,
        };
      }),
    };
  });
}
