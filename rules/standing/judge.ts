import type { FactorBook } from '../../energy/factors.ts';
import type { AnyFigure } from '../../energy/standing/amount.ts';
import { type Corrected, correctionsIn, type MonthFigure } from '../../energy/standing/figure.ts';
import { type Close, closesOf, peerOf } from '../../energy/standing/institution.ts';
import { compare, groupKey, groupOf, type Peer } from '../../energy/standing/peer.ts';
import { type QuotaTable, quotasOf } from '../../energy/standing/quota-table.ts';
import { passingOf } from '../../energy/standing/so-far.ts';
import type { Judged } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type { Institution } from '../../model/entities.ts';
import type { Correction } from '../../model/goals.ts';
import type { PricedMedium } from '../../model/tariff.ts';
import { hourMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { type Active, createInstitutionResolver } from '../instances.ts';
import { toJudged } from '../judged.ts';
import { energyPeer } from '../kinds/energy/peer.ts';
import { energyQuota } from '../kinds/energy/quota.ts';
import { energyTarget } from '../kinds/energy/target.ts';
import { totalCap } from '../kinds/energy/total-cap.ts';
import { createPrices } from '../prices.ts';
import type { InstitutionKind, Standing } from './kind.ts';

/** Months of all institutions → what is found of them. Pure: the order in which the months became known is of no matter. */

export const institutionKinds: readonly InstitutionKind[] = [
  energyTarget,
  energyQuota,
  totalCap,
  energyPeer,
];

export interface JudgeInput {
  readonly directory: Directory;
  /** As they were counted, without corrections; of each institution ascending. The last may be of the month that goes on. */
  readonly figures: ReadonlyMap<string, readonly MonthFigure[]>;
  readonly book: FactorBook;
  readonly tables: readonly QuotaTable[];
  /** Months that end later are not looked at, Unix ms UTC. */
  readonly upTo: number;
  readonly context: Context;
}

/** What was found by one rule of one institution, from its first month on. */
export interface JudgedInstitution {
  readonly institution: string;
  readonly active: Active;
  /** The beginning of the first month there is. */
  readonly from: number;
  readonly judged: readonly Judged[];
}

type Price = ReturnType<typeof createPrices>;

interface Known extends Peer {
  readonly institution: Institution;
  readonly corrections: readonly Correction[];
  readonly closes: readonly Close[];
}

function knownOf({ directory, figures, book, upTo }: JudgeInput): readonly Known[] {
  const corrections = Map.groupBy(directory.all('corrections'), (each) => each.institution);
  return [...figures].flatMap(([id, own]): readonly Known[] => {
    const institution = directory.institution(id);
    if (!institution) return [];
    const added = corrections.get(id) ?? [];
    const closes = closesOf(own, upTo, institution.timeZone);
    return [{ ...peerOf(institution, own, added, book), institution, corrections: added, closes }];
  });
}

/** Comparisons of groups, each made once. */
function createComparisons(groups: ReadonlyMap<string, readonly Known[]>) {
  const made = new Map<string, ReturnType<typeof compare>>();
  return (group: string): Standing['comparison'] =>
    (figure, calibre, months, leastMembers) => {
      const key = [group, figure, calibre, months[0], months.at(-1), leastMembers].join(' ');
      const options = { figure, calibre, months, leastMembers };
      const known = made.get(key) ?? compare(groups.get(group) ?? [], options);
      made.set(key, known);
      return known;
    };
}

const mediumOf: Partial<Record<AnyFigure, PricedMedium>> = {
  'electricity-kwh': 'electricity',
  'water-m3': 'water',
  'gas-m3': 'gas',
  'heat-gj': 'heat',
};

/** Of the day before an instant: prices go by the hour. */
function meanPrice(
  price: Price,
  institution: Institution,
  medium: PricedMedium,
  at: number,
): number | undefined {
  const hours = Array.from({ length: 24 }, (_, n) =>
    price(institution, medium, at - (n + 1) * hourMs),
  );
  const known = hours.filter((each) => each !== undefined);
  return known.length < hours.length
    ? undefined
    : known.reduce((sum, each) => sum + each, 0) / known.length;
}

function standingOf(
  { institution, corrected, corrections, closes }: Known,
  { directory, tables }: JudgeInput,
  comparison: Standing['comparison'],
): Standing {
  const { id } = institution;
  const price = createPrices(directory);
  return {
    institution,
    closes,
    past: (month) => ({ figures: corrected, upTo: month }),
    targets: directory.all('targets').filter((target) => target.institution === id),
    caps: directory.all('caps').filter((cap) => cap.institution === id),
    passing: ({ item, year, cap, calibre = 'calorific' }) =>
      passingOf({ item, year, cap, calibre }, corrected, institution.timeZone),
    corrections: (months): readonly Corrected[] =>
      months.flatMap((month) => correctionsIn(month, corrections)),
    yuanOf: (figure, amount, { at }) => {
      const medium = mediumOf[figure];
      const each = medium && meanPrice(price, institution, medium, at);
      return each === undefined ? null : each * amount;
    },
    quotas: (month) => quotasOf(tables, institution, `${month}-28`),
    comparison,
  };
}

export interface Judge {
  /** Institutions of which there are months. */
  readonly institutions: readonly string[];
  /** The institution and those it is compared with. */
  groupOf(institution: string): readonly string[];
  /** By every kind that runs for it. */
  judge(institution: string): readonly JudgedInstitution[];
}

/** Ready to judge any of them; what they share is worked out once. */
export function createJudge(input: JudgeInput): Judge {
  const resolve = createInstitutionResolver(input.directory, input.context);
  const all = knownOf(input);
  const byId = new Map(all.map((known) => [known.institution.id, known]));
  const keyOf = (known: Known) => groupKey(groupOf(known));
  const groups = Map.groupBy(all, keyOf);
  const comparisons = createComparisons(groups);
  return {
    institutions: [...byId.keys()],
    groupOf(id) {
      const known = byId.get(id);
      return (known ? (groups.get(keyOf(known)) ?? []) : []).map((one) => one.institution.id);
    },
    judge(id) {
      const known = byId.get(id);
      const [first] = input.figures.get(id) ?? [];
      if (!known || !first) return [];
      const { from } = first;
      const standing = standingOf(known, input, comparisons(keyOf(known)));
      return institutionKinds.flatMap((kind) => {
        const active = resolve(kind, known.institution);
        if (!active) return [];
        const judged = toJudged(kind.judge(standing, active.params), active, id);
        return [{ institution: id, active, from, judged }];
      });
    },
  };
}

/** Everything that is found of all of them. */
export function judgeInstitutions(input: JudgeInput): readonly JudgedInstitution[] {
  const { institutions, judge } = createJudge(input);
  return institutions.flatMap(judge);
}
