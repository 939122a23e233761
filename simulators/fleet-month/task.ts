import type { Manner } from './course.ts';
import type { FleetDice } from './dice.ts';
import type { Errand, Goal, Round } from './errand.ts';
import type { Outing } from './labels.ts';
import type { Trouble } from './terminal.ts';

/** What a crew is to do. */
export interface Task {
  /** Unix ms UTC, if it is there by then. */
  readonly departs: number;
  readonly order: Outing['order'];
  readonly goal: Goal;
  readonly roadKm?: number;
  readonly isDetour?: boolean;
  readonly round?: Round;
  /** How long it is driven too fast, and how fast. */
  readonly fast?: { readonly seconds: number; readonly kmh: number };
  /** Hours to and fro on the road, and the rest in their middle. */
  readonly haul?: { readonly hours: number; readonly restMin: number };
  readonly stayMin: number;
  /** Of the stay, with the engine running. */
  readonly idleMin?: number;
  readonly refuel?: 'station' | 'elsewhere';
  readonly trouble?: {
    readonly what: Trouble['what'];
    readonly afterMin: number;
    readonly hours: number;
  };
}

/** How the way out is driven. */
export function mannerOf({ out, home }: Errand, { fast }: Task, dice: FleetDice): Manner {
  const tunnelM = dice.between(0.2, 0.7) * out.lengthM;
  const jamM = dice.between(0.1, 0.9) * out.lengthM;
  const fromM = out.road
    ? out.road[0] + dice.between(2000, 5000)
    : dice.between(0.1, 0.3) * out.lengthM;
  const toM = fromM + ((fast?.kmh ?? 0) / 3.6) * ((fast?.seconds ?? 0) + 20);
  return {
    pace: dice.between(0.85, 1.12),
    // The stops of a round lie in the open.
    ...(dice.chance(0.1) &&
      !home && {
        tunnel: { fromM: tunnelM, toM: tunnelM + dice.between(200, 1500) },
      }),
    ...(dice.chance(0.08) && { halts: [{ atM: jamM, seconds: 10 * dice.whole(12, 40) }] }),
    ...(fast && { stretches: [{ fromM, toM, kmh: fast.kmh }] }),
  };
}

/** Kilometres in town on either end of a road, and between the yard and a station. */
const inTownKm = 25;
const haulKmh = 85;

/** How far it goes before anyone thinks of the tank. */
export const wayKm = ({ goal, roadKm = 0, haul }: Task): number =>
  inTownKm + (goal === 'road' ? 2 * roadKm : 0) + (haul?.hours ?? 0) * haulKmh;

/** What is left when it comes home, at the least. */
export const reserveKm = 30;

/** Out of town only as far as what is in the tank will bring it home again. */
export const within = (task: Task, rangeKm: number): Task =>
  task.goal === 'road' && task.roadKm !== undefined
    ? {
        ...task,
        roadKm: Math.max(4, Math.min(task.roadKm, (rangeKm - inTownKm - reserveKm) / 2)),
      }
    : task;
