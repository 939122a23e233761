import { expect } from 'vitest';
import { disordered, numbers } from '../energy/random.ts';
import type { Said } from './meter-story.ts';
import type { World } from './world.ts';

export async function give(world: World, said: readonly Said[], atOnce = 97): Promise<void> {
  for (let i = 0; i < said.length; i += atOnce) await world.give(said.slice(i, i + atOnce));
}

interface Ways {
  readonly seeds: readonly number[];
  /** Of those that come late and mixed, and of those between kills. */
  readonly lateAtOnce: number;
  readonly killedAtOnce: number;
}

/**
 * Late data, other batches and kills, with states on disk of different ages, must end in the same alerts.
 * @returns the world in which all came in order
 */
export async function sameInAnyOrder(
  newWorld: () => World,
  all: readonly Said[],
  { seeds, lateAtOnce, killedAtOnce }: Ways,
): Promise<World> {
  const inOrder = newWorld();
  await give(inOrder, all);
  const expected = inOrder.book.standing();
  expect(expected.length).toBeGreaterThan(0);
  for (const seed of seeds) {
    const mixed = newWorld();
    await give(mixed, [...new Set(disordered(all, numbers(seed)))], lateAtOnce);
    expect(mixed.book.standing()).toEqual(expected);
  }
  const killed = newWorld();
  for (let i = 0; i < all.length; i += killedAtOnce) {
    await killed.give(all.slice(i, i + killedAtOnce));
    if (i % (2 * killedAtOnce) === 0) killed.keep();
    killed.restart();
  }
  await killed.give([]);
  expect(killed.book.standing()).toEqual(expected);
  return inOrder;
}
