import type { AlertView } from '../../api/contract.ts';

/** What alerts say was used too much, and what it cost. */

export interface Loss {
  readonly amount: number | null;
  readonly unit: string;
  /** Null where there was no price. */
  readonly yuan: number | null;
}

/** Names of amounts in evidence → their unit; the first that is there counts. */
const amountNames: readonly (readonly [name: string, unit: string])[] = [
  ['wastedKwh', 'kWh'],
  ['lostM3', 'm³'],
  ['wastedM3', 'm³'],
  ['wastedGj', 'GJ'],
];
const moneyNames = ['yuan', 'wastedYuan', 'excessYuan', 'surchargeYuan'] as const;

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Undefined where the alert says nothing of a loss: of what stood still, too little was used. */
export function lossOf({ evidence: { observed } }: AlertView): Loss | undefined {
  const named = amountNames
    .map(([name, unit]) => ({ amount: numberIn(observed[name]), unit }))
    .find(({ amount }) => amount !== undefined);
  const wasted = numberIn(observed['wasted']);
  const unit = named?.unit ?? (typeof observed['unit'] === 'string' ? observed['unit'] : '');
  const amount = named?.amount ?? wasted ?? null;
  const yuan = moneyNames
    .map((name) => numberIn(observed[name]))
    .find((each) => each !== undefined);
  const isNothing = (amount ?? 0) <= 0 && (yuan ?? 0) <= 0;
  return isNothing ? undefined : { amount, unit, yuan: yuan ?? null };
}

export interface Lost {
  readonly alert: AlertView;
  readonly loss: Loss;
}

export const lossesOf = (alerts: readonly AlertView[]): Lost[] =>
  alerts.flatMap((alert) => {
    const loss = lossOf(alert);
    return loss ? [{ alert, loss }] : [];
  });

export const lossOrders = ['yuan', 'amount', 'newest'] as const;
export type LossOrder = (typeof lossOrders)[number];

const openedAt = ({ alert }: Lost): number => Date.parse(alert.openedAt);

/** The most first; what has no price comes after what has one. */
export function sortLosses(losses: readonly Lost[], order: LossOrder): Lost[] {
  const by: Readonly<Record<LossOrder, (lost: Lost) => number>> = {
    yuan: ({ loss }) => loss.yuan ?? -1,
    amount: ({ loss }) => loss.amount ?? -1,
    newest: openedAt,
  };
  return losses.toSorted((a, b) => by[order](b) - by[order](a) || openedAt(b) - openedAt(a));
}

export interface LossSum {
  readonly count: number;
  readonly yuan: number;
  readonly unpriced: number;
  /** By unit. */
  readonly amounts: readonly (readonly [unit: string, amount: number])[];
}

export function sumLosses(losses: readonly Lost[]): LossSum {
  const amounts = new Map<string, number>();
  for (const { loss } of losses)
    if (loss.amount !== null && loss.unit !== '')
      amounts.set(loss.unit, (amounts.get(loss.unit) ?? 0) + loss.amount);
  return {
    count: losses.length,
    yuan: losses.reduce((sum, { loss }) => sum + (loss.yuan ?? 0), 0),
    unpriced: losses.filter(({ loss }) => loss.yuan === null).length,
    amounts: [...amounts],
  };
}
