import { toObserved } from '../../energy/replacement.ts';
import type { Judged } from '../../model/alert.ts';
import { judged, morning } from './world.ts';

/** The proposal of a replacement. */
export function replaced(town: string): Judged {
  const at = { before: { at: morning - 1, value: 5000 }, after: { at: morning, value: 1 } };
  return judged(town, {
    kind: 'meter.counter-drop',
    rule: { id: 'meter.counter-drop', version: 1, params: {} },
    subject: { type: 'meter', id: `${town}-m` },
    evidence: { ...judged(town).evidence, observed: toObserved({ cause: 'fall', ...at }) },
  });
}
