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
  readonly items: readonly {
    readonly device: string;
    readonly received: number;
    readonly stored: number;
    readonly duplicate: number;
    readonly quarantined: Readonly<Record<string, number>>;
  }[];
  readonly next: string | null;
}

const dayMs = 86_400_000;
const dateIn = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });
const devicesOfAPage = 10_000;

/** What the ledger says of each device from the day of `since` until today; the day of every device is one question. */
export async function ledgerSums(
  guanjia: Guanjia,
  devices: readonly string[],
  since: number,
): Promise<ReadonlyMap<string, LedgerSum>> {
  const dates = new Set([dateIn.format(Date.now())]);
  for (let at = since; at < Date.now(); at += dayMs) dates.add(dateIn.format(at));
  const none: LedgerSum = { received: 0, stored: 0, duplicate: 0, quarantined: 0 };
  const sums = new Map(devices.map((id) => [id, none]));
  for (const date of dates) {
    const path = `/api/v1/ledger?date=${date}&limit=${devicesOfAPage}`;
    const { items, next } = await guanjia.get<LedgerAnswer>(path);
    if (next !== null) throw new Error(`more than ${devicesOfAPage} devices`);
    for (const { device, received, stored, duplicate, quarantined } of items) {
      const sum = sums.get(device);
      if (!sum) continue;
      const refused = Object.values(quarantined).reduce((all, n) => all + n, 0);
      sums.set(device, {
        received: sum.received + received,
        stored: sum.stored + stored,
        duplicate: sum.duplicate + duplicate,
        quarantined: sum.quarantined + refused,
      });
    }
  }
  return sums;
}
