import type { Guanjia } from '../flow/guanjia.ts';

/** What a running service says of itself. */

export interface Pipeline {
  readonly journal: { readonly head: number };
  readonly sinks: readonly {
    readonly name: string;
    readonly position: number;
    readonly lagS: number;
  }[];
}

export const pipelineOf = (guanjia: Guanjia): Promise<Pipeline> =>
  guanjia.get<Pipeline>('/api/v1/pipeline');

export interface LedgerSum {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly quarantined: number;
}

interface LedgerAnswer {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly quarantined: Readonly<Record<string, number>>;
}

const dayMs = 86_400_000;
const dateIn = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });

/** What the ledger says of each device from the day of `since` until today. */
export async function ledgerSums(
  guanjia: Guanjia,
  devices: readonly string[],
  since: number,
): Promise<ReadonlyMap<string, LedgerSum>> {
  const dates = new Set([dateIn.format(Date.now())]);
  for (let at = since; at < Date.now(); at += dayMs) dates.add(dateIn.format(at));
  const sums = new Map<string, LedgerSum>();
  for (const id of devices) {
    const total = { received: 0, stored: 0, duplicate: 0, quarantined: 0 };
    for (const date of dates) {
      const day = await guanjia.get<LedgerAnswer>(`/api/v1/devices/${id}/ledger?date=${date}`);
      total.received += day.received;
      total.stored += day.stored;
      total.duplicate += day.duplicate;
      total.quarantined += Object.values(day.quarantined).reduce((all, n) => all + n, 0);
    }
    sums.set(id, total);
  }
  return sums;
}
