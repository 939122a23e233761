import { meterBalance } from '../kinds/meter/balance.ts';
import { networkLeak } from '../kinds/water/network-leak.ts';
import type { DayKind } from './kind.ts';

/** Every kind that judges a meter and those below it by whole days. */
export const dayKinds: readonly DayKind[] = [meterBalance, networkLeak];
