import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, isoInZone, minuteMs } from '../../model/time.ts';
import { actor, mustImport, testRegistry } from './city.ts';

/** When an order to drive was filed. */

const zone = 'Asia/Shanghai';
/** 2026-11-22 08:00 there. */
const start = Date.parse('2026-11-22T00:00:00Z');
const iso = (at: number) => isoInZone(at, zone);

async function fleet() {
  const world = testRegistry(start);
  await mustImport(
    world.registry,
    `institutions:
  - { id: o1, name: 机关, level: unit, parent: null }
vehicles:
  - { id: v1, institution: o1, plate: 鲁P11111, class: general, fuel: gasoline }
  - { id: v2, institution: o1, plate: 鲁P22222, class: general, fuel: gasoline }`,
  );
  const { registry } = world;
  return {
    ...world,
    give: (from: number, to: number, more: object = {}) =>
      registry.create(
        'dispatches',
        { id: 'd', vehicle: 'v1', from: iso(from), to: iso(to), ...more },
        actor,
      ),
    change: (patch: object) => registry.update('dispatches', 'd', patch, actor),
    filedAt: () => registry.get('dispatches', 'd')?.filedAt,
  };
}

const noOther = { code: 'INPUT_INVALID', faults: [{ path: 'filedAt' }] };

test('an order given before its time says nothing, one for a time that has begun says when it came', async () => {
  const ahead = await fleet();
  await ahead.give(start, start + hourMs);
  expect(ahead.filedAt()).toBeUndefined();
  const after = await fleet();
  await after.give(start - 3 * hourMs, start - hourMs);
  expect(after.filedAt()).toBe(start);
});

test('nobody dates it back, neither with the order nor later, and nobody takes it away', async () => {
  const { give, change, filedAt, clock } = await fleet();
  const times = [start - 3 * hourMs, start - hourMs] as const;
  await expect(give(...times, { filedAt: iso(start - 4 * hourMs) })).rejects.toMatchObject(noOther);
  await expect(give(...times, { filedAt: 'yesterday' })).rejects.toMatchObject(noOther);
  await give(...times);
  clock.now += hourMs;
  await expect(change({ filedAt: iso(start - 4 * hourMs) })).rejects.toMatchObject(noOther);
  await change({ filedAt: null, driver: '李' });
  expect(filedAt()).toBe(start);
  await change({ filedAt: iso(start), purpose: '防汛' });
  expect(filedAt()).toBe(start);
});

test('an inventory brings orders with their own times', async () => {
  const { registry, filedAt } = await fleet();
  const order = (more: string) =>
    mustImport(
      registry,
      `dispatches: [{ id: d, vehicle: v1, from: "${iso(start - dayMs)}", to: "${iso(start - hourMs)}"${more} }]`,
    );
  await order('');
  expect(filedAt()).toBeUndefined();
  await order(`, filedAt: "${iso(start - 2 * hourMs)}"`);
  expect(filedAt()).toBe(start - 2 * hourMs);
});

describe('an order that is changed', () => {
  test('stays as it was filed where it covers nothing more of the past', async () => {
    const { give, change, filedAt, clock } = await fleet();
    await give(start + hourMs, start + 9 * hourMs);
    clock.now = start + 2 * hourMs;
    await change({ driver: '李', from: iso(start + hourMs - minuteMs / 2) });
    await change({ to: iso(start + 12 * hourMs), route: null });
    expect(filedAt()).toBeUndefined();
    clock.now = start + 12.4 * hourMs;
    await change({ to: iso(start + 14 * hourMs) });
    expect(filedAt()).toBeUndefined();
  });

  test('is filed when it comes to cover what was driven before it, after it, or with another vehicle', async () => {
    for (const patch of [
      { from: iso(start - 2 * hourMs) },
      { to: iso(start + 5 * hourMs) },
      { vehicle: 'v2' },
    ]) {
      const { give, change, filedAt, clock } = await fleet();
      await give(start, start + 2 * hourMs);
      clock.now = start + 4 * hourMs;
      await change(patch);
      expect(filedAt(), JSON.stringify(patch)).toBe(clock.now);
    }
  });

  test('of days ago is not stretched, for it would lose what it covered; a slip may be', async () => {
    const { give, change, filedAt, clock } = await fleet();
    await give(start, start + 50 * hourMs);
    clock.now = start + 60 * hourMs;
    for (const [path, patch] of [
      ['to', { to: iso(start + 58 * hourMs) }],
      ['from', { from: iso(start - hourMs) }],
    ] as const)
      await expect(change(patch)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        faults: [{ path, message: expect.stringContaining('order of its own') }],
      });
    expect(filedAt()).toBeUndefined();
    const slip = await fleet();
    await slip.give(start - 40 * hourMs, start - 39 * hourMs);
    slip.clock.now += hourMs;
    await slip.change({ to: iso(start - 30 * hourMs) });
    expect(slip.filedAt()).toBe(start + hourMs);
  });

  test('with times that are none is refused for those', async () => {
    const { give, change } = await fleet();
    await expect(give(start, start, { from: 'soon' })).rejects.toMatchObject({
      faults: [{ path: 'from' }],
    });
    await give(start, start + hourMs);
    await expect(change({ to: 'soon' })).rejects.toMatchObject({ faults: [{ path: 'to' }] });
  });
});
