import type { Observation } from '../../model/observation.ts';
import type { Refused } from '../protocol.ts';

export type Faults = Pick<Refused, 'reason' | 'detail'>;

/** What one part of a message came to: an observation, faults, both or neither. */
export interface Part {
  readonly observation?: Observation | undefined;
  readonly faults?: Faults | undefined;
}

export const malformed = (detail: string): Part => ({ faults: { reason: 'malformed', detail } });
