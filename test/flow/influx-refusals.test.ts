import { expect, test } from 'vitest';
import { createMemoryStore } from '../../stores/memory.ts';
import { positionInMemory } from '../stores/directory.ts';
import { createJournalOf, entryOf, expected, held, reached, startLine } from './influx-kit.ts';
import { until } from './mosquitto.ts';
import { type Fault, jsonError, startFakeInflux } from './servers/influx-fake.ts';

/** Promise P6 at the far end: a point that InfluxDB refuses for good is set aside with its words, and the others are stored. */

const poison = 'meter=m7 power_kw=4007 ';
const conflict =
  'partial write: field type conflict: input field "power_kw" on measurement "meter_reading" is type float, already exists as type string dropped=1';

/** What one poisoned point among thousands comes to, from the words of each version. */
const refusals: Readonly<Record<string, (bad: string, lines: readonly string[]) => Fault>> = {
  '1.x, the others kept': (bad, lines) => ({
    ...(jsonError(400, conflict) as Extract<Fault, { status: number }>),
    kept: lines.filter((line) => line !== bad),
  }),
  '2.x, nothing kept': () => ({
    status: 422,
    body: JSON.stringify({ code: 'unprocessable entity', message: conflict }),
  }),
  '3.x, the line named': (bad) => ({
    status: 400,
    body: JSON.stringify({
      error: 'partial write of line protocol occurred',
      data: [{ original_line: bad, line_number: 1, error_message: conflict }],
    }),
  }),
};

test.concurrent.for(Object.entries(refusals))(
  'one poisoned point among 5,000 (%s) is in quarantine with the words and its bytes, 4,999 are stored',
  async ([, refuse], context) => {
    const server = held(await startFakeInflux(), context);
    server.fail((lines) => {
      const bad = lines.find((line) => line.includes(poison));
      return bad === undefined ? undefined : refuse(bad, lines);
    });
    const line = held(await startLine({ settings: { url: server.url } }), context);
    line.journal.grow(5_000);
    await reached(line, 'influx');
    const kept = expected(5_000);
    for (const series of kept.keys()) if (kept.get(series) === 'power_kw=4007') kept.delete(series);
    expect(kept.size).toBe(4_999);
    expect(server.points).toEqual(kept);
    expect(line.quarantined).toEqual([
      {
        ...entryOf(4_007),
        part: expect.any(Number),
        reason: 'refused-by-store',
        detail: expect.stringContaining('field type conflict'),
      },
    ]);
    expect(server.writes()).toBeLessThan(40);
  },
);

test('a kill between a refusal and its quarantine loses neither', async (context) => {
  const server = held(await startFakeInflux(), context);
  server.fail((lines) => {
    const bad = lines.find((line) => line.includes(poison));
    return bad === undefined ? undefined : refusals['2.x, nothing kept']?.(bad, lines);
  });
  const [store, position] = [createMemoryStore(), positionInMemory()];
  const journal = createJournalOf(5_000);
  let tries = 0;
  const killed = await startLine({
    settings: { url: server.url },
    store,
    position,
    journal,
    addToQuarantine(items) {
      if (items.length === 0) return;
      tries++;
      throw new Error('killed here');
    },
  });
  await until(
    () => tries,
    (count) => count > 0,
  );
  await killed.stop();
  expect(position.load()).toBeLessThan(4_007);

  const line = held(
    await startLine({ settings: { url: server.url }, store, position, journal }),
    context,
  );
  await reached(line, 'influx');
  expect(line.quarantined.map(({ seq }) => seq)).toEqual([4_007]);
  expect(server.points.size).toBe(4_999);
});

test('a request that is too large for what stands before InfluxDB is split, and the next ones are smaller', async (context) => {
  const server = held(await startFakeInflux(), context);
  let refused = 0;
  server.fail((lines) => {
    if (lines.length <= 700) return undefined;
    refused++;
    return { status: 413, body: '<html>Request Entity Too Large</html>' };
  });
  const line = held(await startLine({ settings: { url: server.url } }), context);
  line.journal.grow(40_000);
  await reached(line, 'influx');
  expect(server.points).toEqual(expected(40_000));
  expect(line.quarantined).toEqual([]);
  expect(refused).toBeLessThan(server.writes() / 4);
}, 30_000);
