import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDirectory } from '../../registry/directory.ts';
import { verifySecret } from '../../registry/secrets.ts';
import {
  actor,
  exampleInventory,
  mustImport,
  serverKey,
  testFolder,
  testRegistry,
} from './city.ts';

const start = Date.parse('2026-11-22T00:00:00Z');

test('a device is as it was at the time asked for', async () => {
  const { registry, clock } = testRegistry(start);
  await mustImport(
    registry,
    `institutions: [{ id: a, name: 甲, level: unit }, { id: z, name: 乙, level: unit }]
buildings: [{ id: b1, institution: a, name: 楼 }]
meters: [{ id: m1, building: b1, medium: electricity, ctRatio: 40 }]`,
  );
  clock.now = start + 1000;
  await registry.update('meters', 'm1', { ctRatio: 80 }, actor);
  clock.now = start + 2000;
  await registry.update('buildings', 'b1', { institution: 'z' }, actor);
  clock.now = start + 3000;
  await registry.update('meters', 'm1', { ctRatio: 100 }, actor);
  const seen = (at?: number) => {
    const device = registry.directory().device('m1', at);
    return device?.type === 'meter' ? [device.meter.ctRatio, device.institution.id] : undefined;
  };
  const expected: [at: number | undefined, seen: unknown][] = [
    [0, [40, 'a']],
    [start, [40, 'a']],
    [start + 999, [40, 'a']],
    [start + 1000, [80, 'a']],
    [start + 1999, [80, 'a']],
    [start + 2000, [80, 'z']],
    [start + 3000, [100, 'z']],
    [start + 9e9, [100, 'z']],
    [undefined, [100, 'z']],
  ];
  for (const [at, what] of [...expected, ...expected.toReversed()])
    expect([at, seen(at)]).toEqual([at, what]);

  const during = (from: number, to: number) =>
    registry
      .directory()
      .during('m1', from, to)
      .map((span) => [span.from - start, span.to - start, seen(span.from)]);
  expect(during(start - 500, start + 2500)).toEqual([
    [-500, 1000, [40, 'a']],
    [1000, 2000, [80, 'a']],
    [2000, 2500, [80, 'z']],
  ]);
  expect(during(start + 1500, start + 1500)).toEqual([[1500, 1500, [80, 'a']]]);
  expect(during(start + 3000, start + 9000)).toEqual([[3000, 9000, [100, 'z']]]);

  clock.now = start + 4000;
  await registry.remove('meters', 'm1', actor);
  clock.now = start + 5000;
  expect(seen(start + 3500)).toEqual([100, 'z']);
  expect(seen(start + 4000)).toBeUndefined();
  expect(seen()).toBeUndefined();
  expect(registry.directory().devices()).toEqual([]);
  await registry.create('meters', { id: 'm1', building: 'b1', medium: 'water', ctRatio: 2 }, actor);
  expect([seen(start + 1500), seen(start + 4500), seen(start + 5000)]).toEqual([
    [80, 'a'],
    undefined,
    [2, 'z'],
  ]);
});

test('whatever the changes and their times, every instant shows what was true then', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          wait: fc.integer({ min: -5, max: 20 }),
          ratio: fc.integer({ min: 1, max: 5 }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      async (steps) => {
        const { registry, clock } = testRegistry(start);
        await mustImport(
          registry,
          `institutions: [{ id: a, name: 甲, level: unit }]
buildings: [{ id: b1, institution: a, name: 楼 }]
meters: [{ id: m1, building: b1, medium: electricity }]`,
        );
        const truth: [from: number, ratio: number][] = [[Number.NEGATIVE_INFINITY, 1]];
        let latest = start;
        for (const { wait, ratio } of steps) {
          clock.now += wait;
          await registry.update('meters', 'm1', { ctRatio: ratio }, actor);
          // A clock that was set back does not reorder history.
          latest = Math.max(latest, clock.now);
          if (truth.at(-1)?.[1] !== ratio) {
            if (truth.length === 1 && latest === start)
              truth[0] = [Number.NEGATIVE_INFINITY, ratio];
            else truth.push([latest, ratio]);
          } else latest = Math.max(truth.at(-1)?.[0] ?? start, start);
        }
        const directory = registry.directory();
        for (let at = start - 5; at < start + 260; at++) {
          const device = directory.device('m1', at);
          expect(device?.type === 'meter' && device.meter.ctRatio).toBe(
            truth.findLast(([from]) => from <= at)?.[1],
          );
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('a snapshot stays as it was when the registry goes on', async () => {
  const { registry, clock } = testRegistry(start);
  await mustImport(registry, exampleInventory);
  const before = registry.directory();
  clock.now += 1000;
  await registry.update('meters', 'm1', { ratedKw: 1 }, actor);
  await registry.remove('meters', 'm2', actor);
  const device = before.device('m1', clock.now);
  expect(device?.type === 'meter' && device.meter.ratedKw).toBe(400);
  expect(before.all('meters').map(({ id }) => id)).toEqual(['m1', 'm2']);
  expect(registry.directory()).not.toBe(before);
  expect(registry.directory()).toBe(registry.directory());
});

test('another thread follows over a connection of its own', async () => {
  const { registry, clock, file } = testRegistry(start);
  await mustImport(registry, exampleInventory);
  const followed = openDirectory(file, serverKey);
  const first = followed.directory();
  expect(first.version).toBe(registry.directory().version);
  followed.reload();
  expect(followed.directory()).toBe(first);
  clock.now += 1000;
  await registry.update('meters', 'm1', { ratedKw: 1 }, actor);
  await registry.setSecret('meters', 'm2', 'new secret', actor);
  await registry.remove('routing', registry.directory().all('routing')[0]?.id ?? '', actor);
  await registry.remove('channels', 'duty', actor);
  expect(followed.directory().all('meters')[0]?.ratedKw).toBe(400);
  followed.reload();
  const next = followed.directory();
  expect(next.all('meters')).toEqual(registry.directory().all('meters'));
  expect(next.credential('m2')).toEqual(registry.directory().credential('m2'));
  expect(next.channelSecret('duty')).toBeUndefined();
  const earlier = next.device('m1', start);
  expect(earlier?.type === 'meter' && earlier.meter.ratedKw).toBe(400);
  followed.close();
  expect(() => openDirectory(`${testFolder()}/none.db`, serverKey)).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }),
  );
});

test('credentials: who may come in, and for whom', async () => {
  const { registry } = testRegistry(start);
  await mustImport(registry, exampleInventory);
  const directory = registry.directory();
  expect(directory.credential('m1')).toMatchObject({
    kind: 'device',
    devices: ['m1'],
    subscribe: [],
    institution: 'lc-hq',
    hash: expect.stringMatching(/^hmac:/),
  });
  expect(directory.credential('v1')).toMatchObject({
    kind: 'device',
    devices: ['v1'],
    hash: expect.stringMatching(/^argon2id:/),
  });
  expect(directory.credential('g1')).toMatchObject({
    kind: 'gateway',
    devices: ['m1'],
    institution: 'lc-hq',
  });
  expect(directory.credential('bi')).toMatchObject({
    kind: 'service',
    devices: [],
    subscribe: ['v1/alerts/lc-hq/#'],
  });
  for (const name of ['m2', 'officer1', 'admin', 'nobody', '__proto__', ''])
    expect(directory.credential(name)).toBeUndefined();
  const hash = directory.credential('v1')?.hash ?? '';
  expect(await verifySecret(hash, 'a chosen secret of the car', serverKey)).toBe(true);
  expect(await verifySecret(hash, 'a chosen secret of the cat', serverKey)).toBe(false);
  expect(directory.channelSecret('duty')).toBe('webhook signing secret');
});

test('a device that no longer speaks MQTT has no credential, also not when it speaks it again', async () => {
  const { registry } = testRegistry(start);
  await mustImport(registry, exampleInventory);
  await registry.update('vehicles', 'v1', { mqtt: null }, actor);
  expect(registry.directory().credential('v1')).toBeUndefined();
  await registry.update('vehicles', 'v1', { mqtt: {} }, actor);
  expect(registry.directory().credential('v1')).toBeUndefined();
  await registry.setSecret('vehicles', 'v1', 'newly made', actor);
  expect(registry.directory().credential('v1')).toBeDefined();
});

test('an institution and all below it', async () => {
  const { registry } = testRegistry(start);
  await mustImport(
    registry,
    `institutions:
  - { id: low, name: c, level: unit, parent: mid }
  - { id: mid, name: b, level: county, parent: top }
  - { id: top, name: a, level: municipal }
  - { id: far, name: d, level: municipal }`,
  );
  const within = (id: string | null) => [...registry.directory().within(id)].sort();
  expect(within('top')).toEqual(['low', 'mid', 'top']);
  expect(within('low')).toEqual(['low']);
  expect(within(null)).toEqual(['far', 'low', 'mid', 'top']);
  expect(within('nowhere')).toEqual([]);
});

test('dispatches of a vehicle at an instant, their end not included', async () => {
  const { registry } = testRegistry(start);
  await mustImport(registry, exampleInventory);
  await mustImport(
    registry,
    `dispatches:
  - { id: d0, vehicle: v1, from: "2026-11-23T06:00:00+08:00", to: "2026-11-23T09:00:00+08:00" }`,
  );
  const directory = registry.directory();
  const at = (time: string) =>
    directory.dispatches('v1', Date.parse(`2026-11-23T${time}+08:00`)).map(({ id }) => id);
  expect(directory.dispatchesOf('v1').map(({ id }) => id)).toEqual(['d0', 'd1']);
  expect([at('05:59'), at('06:00'), at('08:00'), at('09:00'), at('18:00')]).toEqual([
    [],
    ['d0'],
    ['d0', 'd1'],
    ['d1'],
    [],
  ]);
  expect(directory.dispatches('v2', start)).toEqual([]);
});
