import { z } from 'zod';
import { type AnyFigure, unitOf } from '../../../energy/standing/amount.ts';
import { shiftMonth, spanOfMonth } from '../../../energy/standing/figure.ts';
import type { Close } from '../../../energy/standing/institution.ts';
import { groupOf, type PeerStanding } from '../../../energy/standing/peer.ts';
import { hasCalibre, rates } from '../../../model/goals.ts';
import {
  episodesOf,
  type Found,
  type InstitutionKind,
  ofInstitutions,
  type Standing,
  type Verdict,
} from '../../standing/kind.ts';
import { joined, percent, titled, withUnit } from '../../words/standing.ts';

const params = z.strictObject({
  indicators: z
    .array(z.enum(rates))
    .min(1)
    .max(rates.length)
    .default(['per-m2-kgce', 'per-head-kgce', 'water-per-head-m3']),
  calibre: z.enum(['calorific', 'equivalent']).default('calorific'),
  /** So many whole months, all known of everyone that is compared. */
  wholeMonths: z.number().int().min(1).max(12).default(3),
  /** Above the mean of its group. */
  reminderPct: z.number().min(1).max(500).default(20),
  /** It ends at so much above the mean, or less. */
  reminderEndPct: z.number().min(0).max(500).default(15),
  /** Fewer have no mean worth the name. */
  leastMembers: z.number().int().min(3).max(1000).default(5),
});

type Params = z.output<typeof params>;

interface Compared {
  readonly figure: AnyFigure;
  readonly own: PeerStanding;
  readonly members: number;
  readonly leftOut: readonly { readonly reason: string }[];
}

const monthsTo = (month: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => shiftMonth(month, n - count + 1));

function comparedIn(
  standing: Standing,
  months: readonly string[],
  { indicators, calibre, leastMembers }: Params,
): readonly Compared[] {
  return indicators.flatMap((figure) => {
    const { ranked, leftOut } = standing.comparison(figure, calibre, months, leastMembers);
    const own = ranked.find(({ id }) => id === standing.institution.id);
    return own && own.abovePct !== null ? [{ figure, own, members: ranked.length, leftOut }] : [];
  });
}

function foundOf(
  told: readonly Compared[],
  months: readonly string[],
  { at }: Close,
  standing: Standing,
  { reminderPct, calibre }: Params,
): Found {
  const group = groupOf(standing);
  return {
    severity: 'warning',
    summary: joined(
      told.map(({ figure, own }) => {
        const { zh, en } = titled(figure, hasCalibre(figure) ? calibre : null);
        const [value, mean] = [withUnit(own.value, figure), withUnit(own.mean ?? 0, figure)];
        const more = percent(own.abovePct ?? 0);
        return {
          zh: `重点提醒：${zh} ${value}，比同类均值 ${mean} 高 ${more}`,
          en: `Key reminder: ${en} ${value}, ${more} above its peers’ mean of ${mean}`,
        };
      }),
    ),
    evidence: {
      from: spanOfMonth(months[0] ?? '', standing.institution.timeZone).from,
      to: at,
      flagged: [],
      observed: {
        indicators: told.map(({ figure, own }) => ({
          indicator: figure,
          unit: unitOf(figure),
          value: own.value,
          measured: own.measured,
          abovePct: own.abovePct,
          rank: own.rank,
        })),
      },
      expected: {
        indicators: told.map(({ figure, own, members }) => ({
          indicator: figure,
          mean: own.mean,
          atMost: (own.mean ?? 0) * (1 + reminderPct / 100),
          members,
        })),
      },
      method: {
        zh: `同类（性质、级别、气候区相同）可比：先按登记的分摊修正各机构 ${months[0]} 至 ${months.at(-1)} 的用量，再按用能人数或建筑面积折算，取全部成员（含本机构）的算术平均为评价基准；超过基准 ${reminderPct}% 列为重点提醒。数据不全或未登记人数、面积的机构不参与。`,
        en: `Like with like (same kind, level and climate zone): the use of ${months[0]} to ${months.at(-1)} is corrected first, then divided by head count or floor area; the baseline is the mean of all members, this one included. More than ${reminderPct} % above is a key reminder. Institutions that are not known well enough, or without heads or area, are left out.`,
      },
      context: {
        group,
        calibre: told.some(({ figure }) => hasCalibre(figure)) ? calibre : null,
        months,
        corrections: standing.corrections(months),
      },
      quality: {
        leastKnown: Math.min(...told.map(({ own }) => own.known)),
        leftOut: countsOf(told[0]?.leftOut ?? []),
      },
    },
  };
}

function countsOf(leftOut: readonly { readonly reason: string }[]) {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  return Object.fromEntries([...byReason].map(([reason, all]) => [reason, all.length]));
}

function verdictsOf(standing: Standing, asked: Params): { at: number; verdict: Verdict }[] {
  const standingOut = new Set<AnyFigure>();
  return standing.closes.map((close) => {
    const months = monthsTo(close.month, asked.wholeMonths);
    const compared = comparedIn(standing, months, asked);
    if (compared.length === 0) return { at: close.at, verdict: 'unknown' };
    const told = compared.filter(({ figure, own }) => {
      const limit = standingOut.has(figure) ? asked.reminderEndPct : asked.reminderPct;
      const isAbove = (own.abovePct ?? 0) > Math.min(limit, asked.reminderPct);
      if (isAbove) standingOut.add(figure);
      else standingOut.delete(figure);
      return isAbove;
    });
    const verdict = told.length > 0 ? foundOf(told, months, close, standing, asked) : 'quiet';
    return { at: close.at, verdict };
  });
}

/** More than a fifth above the mean of institutions of the same kind, level and climate zone. */
export const energyPeer: InstitutionKind<Params> = {
  ...ofInstitutions,
  kind: 'energy.peer',
  version: 1,
  title: { zh: '明显高于同类机构', en: 'Well above its peers' },
  description: {
    zh: '人均、单位面积能耗或人均用水比同类机构（性质、级别、气候区相同）修正后的均值高出 20% 以上；每月末判断。',
    en: 'Energy by head or area, or water by head, is more than 20 % above the mean of the corrected figures of institutions of the same kind, level and climate zone; judged at the end of each month.',
  },
  severity: 'warning',
  params,
  judge: (standing, asked) => episodesOf(standing.institution.id, verdictsOf(standing, asked)),
};
