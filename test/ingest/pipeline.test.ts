import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Passage } from '../../ingest/passage.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import type { Entry } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import type { Accepted, Observation } from '../../model/observation.ts';
import type { Decoded, Protocol } from '../../protocols/protocol.ts';
import type { Device, Directory } from '../../registry/registry.ts';

const start = Date.UTC(2026, 10, 22);

/** The bytes are the observations as JSON; `null` is what a codec refuses. */
const json: Protocol = {
  name: 'mqtt-json',
  decode(bytes, _about, receivedAt): Decoded {
    const said = JSON.parse(Buffer.from(bytes).toString()) as Partial<Observation>[] | null;
    if (said === null) throw new AppError('DECODE_MALFORMED', 'got null, want an array');
    const observations = said.map((part) => ({
      ...part,
      at: part.at ?? receivedAt,
      timeSource: part.at === undefined ? 'receipt' : 'device',
    })) as Observation[];
    return { observations, refused: [] };
  },
};

const directory = {
  device: (id: string) =>
    id === 'gone' ? undefined : ({ type: 'meter', meter: { id } } as Device),
} as Directory;

/** A store that only remembers; the line's answer to late data depends on it alone. */
function createStore() {
  const kept: Accepted[] = [];
  const look: { asked: number } = { asked: 0 };
  return {
    kept,
    look,
    async known(asked: readonly { device: string; at: number }[]) {
      look.asked += asked.length;
      const keys = new Set(asked.map(({ device, at }) => `${device} ${at}`));
      return kept.filter(({ device, at }) => keys.has(`${device} ${at}`));
    },
    newest: () =>
      kept.reduce(
        (map, { device, at }) => map.set(device, Math.max(at, map.get(device) ?? 0)),
        new Map<string, number>(),
      ),
  };
}

function createLine(store = createStore()) {
  const line = createPipeline({
    protocols: new Map([['mqtt-json', json]]),
    directory: () => directory,
    newest: store.newest(),
  });
  return {
    store,
    async pass(entries: readonly Entry[]) {
      const passage = await line.pass(entries, store.known);
      store.kept.push(...passage.accepted);
      return passage;
    },
    remember: line.remember,
  };
}

let seq = 0;
const entry = (said: unknown, more: Partial<Entry> = {}): Entry => ({
  seq: ++seq,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: start,
  bytes: Buffer.from(JSON.stringify(said)),
  ...more,
});
const sample = (at: number | undefined, values: object, device = 'm1') => ({
  type: 'sample',
  device,
  at,
  values,
});
const power = (at: number | undefined, kw: number) => sample(at, { power_kw: kw });

describe('identity', () => {
  test('the same reading twice counts once, in one batch, the next batch and after a restart', async () => {
    const line = createLine();
    const first = await line.pass([entry([power(start, 5)]), entry([power(start, 5)])]);
    const second = await line.pass([entry([power(start, 5)])]);
    const third = await createLine(line.store).pass([entry([power(start, 5)])]);
    expect([first, second, third].map(({ accepted }) => accepted.length)).toEqual([1, 0, 0]);
    expect([first, second, third].map(({ duplicates }) => duplicates.length)).toEqual([1, 1, 1]);
  });

  test('the first value wins; a different later one is a conflict that says both', async () => {
    const line = createLine();
    await line.pass([entry([power(start, 5)])]);
    const { accepted, quarantined } = await line.pass([entry([power(start, 6)])]);
    expect(accepted).toEqual([]);
    expect(quarantined).toMatchObject([
      { reason: 'conflict', detail: expect.stringMatching(/power_kw 6 .* kept is 5/) },
    ]);
  });

  test('a reading split over messages is let in part by part', async () => {
    const line = createLine();
    await line.pass([entry([power(start, 5)])]);
    const { accepted } = await line.pass([
      entry([sample(start, { power_kw: 5, voltage_a_v: 230 })]),
    ]);
    expect(accepted).toMatchObject([{ values: { voltage_a_v: 230 } }]);
  });

  test('what goes on with an instant is told from what begins one, in a batch, behind it, late and after a restart', async () => {
    const volts = (at: number, metric: string) => entry([sample(at, { [metric]: 230 })]);
    const said = ({ accepted, continued }: Passage) => accepted.map((one) => continued.has(one));
    const both = (at: number) => [entry([power(at, 5)]), volts(at, 'voltage_a_v')];
    const line = createLine();
    expect(said(await line.pass(both(start)))).toEqual([false, true]);
    expect(said(await line.pass([volts(start, 'voltage_b_v')]))).toEqual([true]);
    expect(said(await createLine(line.store).pass([volts(start, 'voltage_c_v')]))).toEqual([true]);
    expect(said(await line.pass(both(start - 60_000)))).toEqual([false, true]);
    expect(said(await line.pass([entry([power(start + 1, 5)])]))).toEqual([false]);
  });

  test('only late data is looked up', async () => {
    const line = createLine();
    await line.pass([1, 2, 3].map((minute) => entry([power(start + minute * 60_000, minute)])));
    expect(line.store.look.asked).toBe(0);
    await line.pass([entry([power(start, 9)])]);
    expect(line.store.look.asked).toBe(1);
  });

  test('two fixes of one instant that differ are two', async () => {
    const line = createLine();
    const fix = (lat: number) => ({
      type: 'fix',
      device: 'v1',
      at: start,
      lat,
      lon: 116,
      fixed: true,
    });
    const { accepted } = await line.pass([entry([fix(36)]), entry([fix(36)]), entry([fix(36.1)])]);
    expect(accepted.map((one) => one.type === 'fix' && one.lat)).toEqual([36, 36.1]);
  });

  test('what a device sends again is known, however much came between, within a batch and before it', async () => {
    const line = createLine();
    const minutes = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) =>
        entry([power(start + (from + n - 30) * 60_000, 5)]),
      );
    await line.pass(minutes(0, 4));
    const { accepted, duplicates } = await line.pass([...minutes(4, 30), ...minutes(0, 30)]);
    expect(accepted).toHaveLength(26);
    expect(duplicates).toHaveLength(30);
  });

  test('whatever the order, the batches and the repeats, each identity is kept once with its first value', async () => {
    const reading = fc.record({
      minute: fc.nat(30),
      kw: fc.nat(2),
      device: fc.constantFrom('a', 'b'),
    });
    const readings = fc.array(reading, { minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(readings, fc.nat(60), fc.boolean(), async (said, size, restart) => {
        const entries = said.map(({ minute, kw, device }) =>
          entry([sample(start - minute * 60_000, { power_kw: kw }, device)], { device }),
        );
        const first = said
          .toReversed()
          .map(({ minute, kw, device }) => [`${device} ${start - minute * 60_000}`, kw]);
        const store = createStore();
        let line = createLine(store);
        for (let from = 0; from < entries.length; from += size + 1) {
          await line.pass(entries.slice(from, from + size + 1));
          if (restart) line = createLine(store);
        }
        const kept = store.kept.map((one) => [
          `${one.device} ${one.at}`,
          one.type === 'sample' && one.values.power_kw,
        ]);
        expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(first));
        expect(kept.length).toBe(Object.keys(Object.fromEntries(first)).length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('messages without a time', () => {
  const resend = (packetId: number, dup: boolean, client = 'c') => ({
    resend: { client, packetId, dup },
  });

  test('the same bytes under DUP are one message', async () => {
    const line = createLine();
    const sent = await line.pass([entry([power(undefined, 5)], resend(1, false))]);
    const again = await line.pass([
      entry([power(undefined, 5)], { ...resend(1, true), receivedAt: start + 60_000 }),
    ]);
    expect([sent.accepted.length, again.accepted.length, again.duplicates.length]).toEqual([
      1, 0, 1,
    ]);
  });

  test('without DUP, of another client, with other bytes or after ten minutes it is another message', async () => {
    const line = createLine();
    const later = { receivedAt: start + 60_000 };
    await line.pass([entry([power(undefined, 5)], resend(1, false))]);
    const others = await line.pass([
      entry([power(undefined, 5)], { ...resend(1, false), ...later }),
      entry([power(undefined, 5)], { ...resend(1, true, 'd'), ...later }),
      entry([power(undefined, 6)], { ...resend(1, true), ...later }),
      entry([power(undefined, 6)], { ...resend(1, true), receivedAt: start + 12 * 60_000 }),
    ]);
    expect(others.accepted.length).toBe(4);
  });

  test('a resent one is known after a restart', async () => {
    const line = createLine();
    const original = entry([power(undefined, 5)], resend(7, false));
    await line.pass([original]);
    const restarted = createLine(line.store);
    restarted.remember([original]);
    const { accepted } = await restarted.pass([
      entry([power(undefined, 5)], { ...resend(7, true), receivedAt: start + 5_000 }),
    ]);
    expect(accepted).toEqual([]);
  });

  test('several in one ms are each kept, in their order', async () => {
    const line = createLine();
    const { accepted } = await line.pass([1, 2, 3].map((kw) => entry([power(undefined, kw)])));
    expect(accepted.map(({ at }) => at - start)).toEqual([0, 1, 2]);
    const next = await createLine(line.store).pass([
      entry([power(undefined, 4)], { receivedAt: start + 1 }),
    ]);
    expect(next.accepted.map(({ at }) => at - start)).toEqual([3]);
  });
});

describe('what is not believed', () => {
  test('a clock more than ten minutes ahead is set aside, ten minutes are not', async () => {
    const { accepted, quarantined } = await createLine().pass([
      entry([power(start + 600_000, 1)]),
      entry([power(start + 600_001, 1)]),
    ]);
    expect(accepted.length).toBe(1);
    expect(quarantined).toMatchObject([{ reason: 'clock-ahead' }]);
  });

  test('old readings are accepted whatever their age', async () => {
    const { accepted } = await createLine().pass([entry([power(Date.UTC(1999, 0, 1), 1)])]);
    expect(accepted.length).toBe(1);
  });

  test('a value outside the catalogue is set aside, the others of its instant go on', async () => {
    const { accepted, quarantined } = await createLine().pass([
      entry([sample(start, { voltage_a_v: -1, power_kw: 2 })]),
      entry([sample(start + 1, { relative_humidity_pct: 101 })]),
    ]);
    expect(accepted).toMatchObject([{ values: { power_kw: 2 } }]);
    expect(accepted[0]).not.toHaveProperty('values.voltage_a_v');
    expect(quarantined.map(({ reason }) => reason)).toEqual(['out-of-range', 'out-of-range']);
  });

  test('bytes a codec refuses, a device that is gone and a language without codec are set aside with their bytes', async () => {
    const { accepted, quarantined } = await createLine().pass([
      entry(null),
      entry([power(start, 1)], { device: 'gone' }),
      entry([power(start, 1)], { protocol: 'jt808' }),
      entry([power(start, 1)]),
    ]);
    expect(accepted.length).toBe(1);
    expect(quarantined.map(({ reason }) => reason)).toEqual([
      'malformed',
      'unknown-device',
      'unsupported',
    ]);
    expect(Buffer.from(quarantined[0]?.bytes ?? []).toString()).toBe('null');
  });

  test('a flood from one message is kept small', async () => {
    const bad = Array.from({ length: 500 }, (_, index) =>
      sample(start + index, { voltage_a_v: -1 }),
    );
    const { quarantined } = await createLine().pass([entry(bad)]);
    expect(quarantined.length).toBe(20);
    expect(new Set(quarantined.map(({ part }) => part)).size).toBe(20);
  });
});
