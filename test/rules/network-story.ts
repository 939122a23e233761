import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { Context } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { BalanceDay } from '../../rules/balance/kind.ts';
import { createBalanceWatch } from '../../rules/balance/watch.ts';
import { centred } from '../../simulators/noise.ts';
import { aBook, aDirectory, aMeter } from './world.ts';

/** A meter of water with two below it, day by day, as the watch sees them. */

/** Midnight of a Monday in Shanghai. */
export const monday = Date.UTC(2026, 7, 30, 16);
const named = (id: string, name: string, more: Partial<Meter>): Meter =>
  aMeter(id, { medium: 'water', name, ...more });

export const isRest = (n: number): boolean => n % 7 > 4;

interface Story {
  /** m³ that is lost between the meters on a day. */
  readonly lost?: (n: number) => number;
  /** Days on which a sub-meter said nothing until `late` is called. */
  readonly silent?: readonly number[];
  /** Days of which a part is estimated, because of a replacement or a gap. */
  readonly quality?: (n: number) => string;
  readonly day?: Directory['day'];
  readonly medium?: Meter['medium'];
}

export function newWorld({ lost = () => 0, silent = [], quality, day, medium = 'water' }: Story) {
  const database = new DatabaseSync(':memory:');
  const book = aBook();
  const below = { medium, parent: 'top' };
  const tree = [
    named('top', '水总表', { medium }),
    named('a', '主楼', below),
    named('b', '食堂', below),
  ];
  const clock = { at: monday };
  const missing = new Set(silent);
  const asked = new Set<number>();
  const directory = {
    ...aDirectory({ meters: tree, ...(day ? { day } : {}) }),
    all: (kind: string) => (kind === 'meters' ? tree : []),
  } as unknown as Directory;
  const context: Context = { log: () => {}, count: () => {}, now: () => clock.at };
  const dayOf = (n: number): Omit<BalanceDay, 'from' | 'to'> => {
    const members = tree.filter(({ parent }) => parent === 'top').map(({ id }) => id);
    const share = isRest(n) ? 0.2 : 1;
    const below = share * (10 * members.length + centred(3, n));
    const difference = share + 0.1 * centred(4, n) + lost(n);
    const isKnown = !missing.has(n);
    return {
      own: below + difference,
      below: isKnown ? below : null,
      difference: isKnown ? difference : null,
      lower: isKnown ? difference - 0.01 : null,
      upper: isKnown ? difference + 0.01 : null,
      quality: isKnown ? (quality?.(n) ?? 'measured') : 'missing',
      meters: members.length,
      members,
    };
  };
  const open = () =>
    createBalanceWatch({
      database,
      directory: () => directory,
      alerts: book.report,
      newest: new Map(),
      context,
      balance: async (_, __, { from }) => {
        const n = Math.round((from - monday) / dayMs);
        asked.add(n);
        return tree.some(({ parent }) => parent === 'top') ? dayOf(n) : undefined;
      },
    });
  let watch = open();
  const say = (n: number, device = 'top'): Accepted => ({
    type: 'sample',
    device,
    at: monday + n * dayMs + 12 * hourMs,
    timeSource: 'device',
    values: { volume_m3: 1 },
    seq: n,
    receivedAt: clock.at,
  });
  return {
    book,
    tree,
    clock,
    asked,
    restart: () => {
      watch = open();
    },
    tick: () => watch.tick(),
    /** What is said of these days is looked at a few minutes later. */
    async look(numbers: readonly number[], device = 'top') {
      for (const n of numbers) {
        // A watch that has just begun marks the one day only.
        watch = open();
        watch.note([say(n, device)]);
        clock.at = Math.max(clock.at, monday + (n + 1) * dayMs + 3 * hourMs) + 5 * minuteMs;
        await watch.tick();
      }
    },
    late(numbers: readonly number[]) {
      for (const n of numbers) missing.delete(n);
    },
  };
}

export type World = ReturnType<typeof newWorld>;

export const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, n) => n);
const dayOf = (at: number | null) => (at === null ? null : (at - monday) / dayMs);
export const told = ({ book }: World) =>
  book
    .standing()
    .map(({ rule, subject, openedAt, clearedAt }) => [
      rule,
      subject,
      dayOf(openedAt),
      dayOf(clearedAt),
    ]);

export const network = (world: World) =>
  told(world).filter(([rule]) => rule === 'water.network-leak');

export const leak = (from: number, to = 1000, m3 = 1) => ({
  lost: (n: number) => (n >= from && n < to ? m3 : 0),
});

/** Days in order, each in time. */
export async function live(story: Story, count: number): Promise<World> {
  const world = newWorld(story);
  await world.look(upTo(count));
  expect(world.asked.size).toBe(count);
  return world;
}
