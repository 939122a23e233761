import type { Calibre } from '../energy/factor-set.ts';
import { type AnyFigure, partsOf, sizeIn, sumOf } from '../energy/standing/amount.ts';
import { compareAll, type LeftOut, type Peer } from '../energy/standing/peer.ts';
import type { Institution } from '../model/entities.ts';
import type { LeagueView } from './standing-shape.ts';
import { leastMembers, reminderPct } from './standing-view.ts';

/** League tables: by institution like with like, by department and by region in sums. */

export interface LeagueOptions {
  readonly figure: AnyFigure;
  readonly calibre: Calibre;
  readonly months: readonly string[];
  /** What one may see. */
  readonly isWithin: (institution: string) => boolean;
  /** How many corrections an institution has in the months. */
  readonly corrections: (institution: string) => number;
}

export type League = Pick<LeagueView, 'items' | 'leftOut'>;
type Item = Omit<LeagueView['items'][number], 'rank'>;

const ranked = (items: readonly Item[]): LeagueView['items'] =>
  [...items]
    .sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    .map((item, n) => ({ rank: n + 1, ...item }));

/** Means are of the whole group, whoever asks; only those one may see are named. */
export function leagueByInstitution(peers: readonly Peer[], options: LeagueOptions): League {
  const { figure, calibre, months, isWithin, corrections } = options;
  const groups = compareAll(peers, { figure, calibre, months, leastMembers });
  const items = groups.flatMap(({ group, ranked: members }) =>
    members
      .filter(({ id }) => isWithin(id))
      .map(({ rank, known, ...each }) => ({
        ...each,
        groupRank: rank,
        group,
        members: members.length,
        reminder: (each.abovePct ?? 0) > reminderPct,
        coverage: known,
        corrections: corrections(each.id),
      })),
  );
  const leftOut = groups.flatMap((group) => group.leftOut).filter(({ id }) => isWithin(id));
  return { items: ranked(items), leftOut };
}

interface Sums {
  readonly members: number;
  readonly amount: number;
  readonly measured: number | null;
  readonly size: number;
  readonly known: number;
  readonly corrections: number;
}

const none: Sums = { members: 0, amount: 0, measured: 0, size: 0, known: 1, corrections: 0 };

/** One more institution in a sum; those that are not known well enough are left out. */
function add(sums: Sums, peer: Peer, options: LeagueOptions): Sums | LeftOut['reason'] {
  const { figure, calibre, months, corrections } = options;
  const { amount, by } = partsOf(figure);
  const sum = sumOf(peer.corrected, months, amountFigure(amount), calibre);
  if (sum.value === null) return peer.corrected.size === 0 ? 'no-data' : 'coverage';
  const size = sizeIn(
    months.flatMap((month) => peer.corrected.get(month) ?? []),
    by,
  );
  if (size === null) return 'no-size';
  const measured = sumOf(peer.measured, months, amountFigure(amount), calibre).value;
  return {
    members: sums.members + 1,
    amount: sums.amount + sum.value,
    measured: sums.measured === null || measured === null ? null : sums.measured + measured,
    size: by === null ? 1 : sums.size + size,
    known: Math.min(sums.known, sum.known),
    corrections: sums.corrections + corrections(peer.institution.id),
  };
}

const amountFigure = (amount: string): AnyFigure => amount as AnyFigure;

export interface Heap {
  readonly id: string;
  readonly name: string;
}

/** Sums of those one may see; the mean is of the heaps. */
export function leagueBy(
  peers: readonly (Peer & { readonly institution: Institution })[],
  heapOf: (institution: Institution) => Heap,
  options: LeagueOptions,
): League {
  const leftOut: LeftOut[] = [];
  const heaps = new Map<string, { readonly heap: Heap; readonly sums: Sums }>();
  for (const peer of peers.filter(({ institution }) => options.isWithin(institution.id))) {
    const { id, name } = peer.institution;
    const heap = heapOf(peer.institution);
    const sums = add(heaps.get(heap.id)?.sums ?? none, peer, options);
    if (typeof sums === 'string') leftOut.push({ id, name, reason: sums });
    else heaps.set(heap.id, { heap, sums });
  }
  const values = [...heaps.values()].map(({ heap, sums }) => ({
    ...heap,
    sums,
    value: sums.amount / sums.size,
  }));
  const total = values.reduce((sum, { value }) => sum + value, 0);
  const mean = values.length >= leastMembers ? total / values.length : null;
  const items = values.map(({ id, name, sums, value }): Item => {
    const abovePct = mean === null ? null : (value / mean - 1) * 100;
    return {
      id,
      name,
      group: null,
      groupRank: null,
      members: sums.members,
      value,
      measured: sums.measured === null ? null : sums.measured / sums.size,
      mean,
      abovePct,
      reminder: (abovePct ?? 0) > reminderPct,
      coverage: sums.known,
      corrections: sums.corrections,
    };
  });
  return { items: ranked(items), leftOut };
}
