import { z } from 'zod';
import type { NetworkDay, NetworkRise } from '../../energy/network-leak.ts';

const amount = z.number().min(0).max(1e7);

export const networkParams = z.strictObject({
  leastM3PerDay: z.number().min(0).max(10_000).default(0.05),
  leastSharePct: z.number().min(0).max(50).default(0.5),
  deviations: z.number().min(2).max(50).default(4),
  accuracyPct: z.number().min(0).max(20).default(2),
  adaptDays: z.int().min(14).max(365).default(60),
  warningM3: amount.default(1),
  criticalM3: amount.default(50),
  warningYuan: amount.default(5),
  criticalYuan: amount.default(250),
});

export type NetworkParams = z.output<typeof networkParams>;

/** Water that is lost between a meter and those below it. */
export interface NetworkEpisode {
  readonly rise: NetworkRise;
  /** Days since, of which enough is known. */
  readonly days: readonly NetworkDay[];
  readonly members: readonly string[];
  /** An alert has been raised; false: another kind tells of the same water. */
  readonly isTold: boolean;
}
