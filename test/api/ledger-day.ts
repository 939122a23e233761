import type { Services } from '../../api/services.ts';
import type { KeptAside } from '../../ingest/ingest.ts';

/** What the ledger of the tests says of every device and day. */
export const ledgerDay = {
  journalled: 5,
  messages: { stored: 3, duplicate: 1, quarantined: 1, empty: 0 },
  requeued: 0,
  observed: 3,
  restedS: 0,
  observedAtRest: 0,
  serialGaps: null,
  received: 5,
  stored: 3,
  duplicate: 1,
  late: 1,
  quarantined: { malformed: 1 },
};

const quarantineSummary = {
  byReason: { malformed: 1 },
  items: 1,
  times: 1,
  bytes: 500,
  maxBytes: 1_000_000,
  given: 4,
  understood: 2,
  expired: 1,
  dropped: 0,
};

/** When the devices of the ledger were first heard: the days before count for nothing. */
export const firstAt = Date.UTC(2026, 10, 20, 4);

/** Ledger and quarantine in memory; what they are asked is kept. */
export const createBooks = (
  quarantined: readonly KeptAside[],
  asked: unknown[],
): Pick<Services, 'quarantine' | 'ledger'> => ({
  quarantine: {
    list: async (query) => {
      asked.push(query);
      const items = quarantined.filter(({ device }) => query.devices?.includes(device) ?? true);
      return { items, next: null };
    },
    summary: async (devices) => {
      asked.push(devices);
      return { ...quarantineSummary, items: quarantined.length };
    },
    inspect: async (seq) => {
      const items = quarantined.filter((item) => item.seq === seq);
      const refused = [{ reason: 'malformed' as const, detail: 'still' }];
      return items.length > 0 ? { items, observations: [], refused } : undefined;
    },
    requeue: async (query, { dryRun }) => {
      asked.push(query);
      const matched = quarantined.length;
      const requeued = dryRun ? 0 : matched;
      return { matched, refusedByStore: 0, requeued, understood: null, next: null };
    },
  },
  ledger: {
    read: async (device, from, to) => ({
      device: { firstAt, restingSince: null },
      days: [...new Set([from, to])].map((date) => ({ ...ledgerDay, device, date })),
    }),
    overview: async (date) =>
      ['west-m', 'east-m', 'stranger'].map((device) => ({
        ...ledgerDay,
        device,
        date,
        firstAt,
        restingSince: null,
      })),
  },
});
