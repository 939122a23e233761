import type { Institution } from '../../model/entities.ts';
import type { Calibre } from '../factor-set.ts';
import { type AnyFigure, sumOf } from './amount.ts';
import type { MonthFigure } from './figure.ts';

/** Like with like: an institution against the mean of those of its kind, level and climate zone. Corrections first, then the mean. */

export interface Peer {
  readonly institution: Pick<Institution, 'id' | 'name' | 'level' | 'kind' | 'climateZone'>;
  readonly measured: ReadonlyMap<string, MonthFigure>;
  readonly corrected: ReadonlyMap<string, MonthFigure>;
}

export interface PeerGroup {
  readonly kind: string | null;
  readonly level: string;
  readonly climateZone: string | null;
}

export const groupOf = ({ institution }: Pick<Peer, 'institution'>): PeerGroup => ({
  kind: institution.kind ?? null,
  level: institution.level,
  climateZone: institution.climateZone ?? null,
});

export const groupKey = ({ kind, level, climateZone }: PeerGroup): string =>
  JSON.stringify([kind, level, climateZone]);

/** `coverage`: a month is not known well enough. `no-size`: heads or area are not recorded. `no-data`: nothing counts it. */
export type LeftOutReason = 'coverage' | 'no-size' | 'no-data';

export interface LeftOut {
  readonly id: string;
  readonly name: string;
  readonly reason: LeftOutReason;
}

export interface PeerStanding {
  readonly id: string;
  readonly name: string;
  /** Corrected. */
  readonly value: number;
  readonly measured: number | null;
  /** Least share of a month's time that is known, 0 to 1. */
  readonly known: number;
  /** 1 for the most. */
  readonly rank: number;
  /** Of the corrected values of all that count, its own among them; null where they are too few. */
  readonly mean: number | null;
  readonly abovePct: number | null;
}

export interface Comparison {
  readonly group: PeerGroup;
  /** Most first. */
  readonly ranked: readonly PeerStanding[];
  readonly leftOut: readonly LeftOut[];
}

export interface ComparisonOptions {
  readonly figure: AnyFigure;
  readonly calibre: Calibre;
  /** All of which must be known of everyone, YYYY-MM. */
  readonly months: readonly string[];
  /** Fewer have no mean. */
  readonly leastMembers: number;
}

function reasonOf(
  { corrected }: Peer,
  months: readonly string[],
  sum: ReturnType<typeof sumOf>,
): LeftOutReason {
  const hasAny = months.some((month) => (corrected.get(month)?.media.length ?? 0) > 0);
  if (!hasAny) return 'no-data';
  return sum.missing.length > 0 ? 'coverage' : 'no-size';
}

/** All of one group, over the same months. */
export function compare(
  peers: readonly Peer[],
  { figure, calibre, months, leastMembers }: ComparisonOptions,
): Omit<Comparison, 'group'> {
  const leftOut: LeftOut[] = [];
  const counted: Omit<PeerStanding, 'rank' | 'mean' | 'abovePct'>[] = [];
  for (const peer of peers) {
    const { id, name } = peer.institution;
    const sum = sumOf(peer.corrected, months, figure, calibre);
    // A meter that stands still is no thrift.
    if (sum.value === null || sum.value <= 0) {
      const reason = sum.value === null ? reasonOf(peer, months, sum) : 'no-data';
      leftOut.push({ id, name, reason });
      continue;
    }
    const measured = sumOf(peer.measured, months, figure, calibre).value;
    counted.push({ id, name, value: sum.value, measured, known: sum.known });
  }
  const total = counted.reduce((sum, { value }) => sum + value, 0);
  const mean = counted.length >= leastMembers ? total / counted.length : null;
  const ranked = counted
    .sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    .map((each, n) => ({
      ...each,
      rank: n + 1,
      mean,
      abovePct: mean === null ? null : (each.value / mean - 1) * 100,
    }));
  return { ranked, leftOut };
}

/** Every group by itself, ascending by its key. */
export function compareAll(
  peers: readonly Peer[],
  options: ComparisonOptions,
): readonly Comparison[] {
  const groups = Map.groupBy(peers, (peer) => groupKey(groupOf(peer)));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [first] = members;
      return first ? [{ group: groupOf(first), ...compare(members, options) }] : [];
    });
}
