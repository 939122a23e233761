import type { WriteStream } from 'node:fs';

/** Faults a simulated city can be told to have; the names stand in the labels file. */
export type FaultKind =
  | 'spike' | 'night-load' | 'leak' | 'stuck' | 'silence' | 'off-route';

/** One line of the labels file (JSON Lines): what is wrong with which device, when. Times are Unix ms UTC. */
export interface Label {
  readonly fault: FaultKind;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /** Rule kinds that should find it. */
  readonly expect: readonly string[];
}

export type Labels = Pick<WriteStream, 'write'>;

/** Something that behaves like devices; `start` begins work, the result stops it. */
export interface Simulator {
  readonly name: string;
  start(): Promise<() => Promise<void>>;
}
