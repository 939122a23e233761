import { createDice, type Dice, seedOf } from '../noise.ts';

export interface FleetDice extends Dice {
  chance(share: number): boolean;
  /** Mean 0, standard deviation 1, never beyond 3. */
  normal(): number;
}

/** Draws that belong to a name and nothing else. */
export function diceOf(seed: number, name: string): FleetDice {
  const dice = createDice(seedOf(seed, name));
  return {
    ...dice,
    chance: (share) => dice.between(0, 1) < share,
    normal() {
      const half = dice.between(-1, 1) + dice.between(-1, 1) + dice.between(-1, 1);
      return half;
    },
  };
}
