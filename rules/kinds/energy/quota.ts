import { z } from 'zod';
import { unitOf } from '../../../energy/standing/amount.ts';
import { spanOfMonth } from '../../../energy/standing/figure.ts';
import type { Close } from '../../../energy/standing/institution.ts';
import { type QuotaStanding, quotaStanding, yearTo } from '../../../energy/standing/quota.ts';
import type { Text } from '../../../model/alert.ts';
import {
  episodesOf,
  type Found,
  type InstitutionKind,
  ofInstitutions,
  type Standing,
  type Verdict,
} from '../../standing/kind.ts';
import { joined, titled, withUnit } from '../../words/standing.ts';

const params = z.strictObject({
  /** Above which value it is told; a table without a constraint is judged by its benchmark. */
  quotaValue: z.enum(['constraint', 'benchmark']).default('constraint'),
});

type Params = z.output<typeof params>;

const isTold = ({ position }: QuotaStanding, { quotaValue }: Params): boolean =>
  position === 'above' || (quotaValue === 'benchmark' && position === 'constraint');

const limitOf = ({ quota: { row }, position }: QuotaStanding) =>
  position === 'above' && row.constraint !== undefined
    ? { value: row.constraint, name: { zh: '约束值', en: 'constraint' } }
    : { value: row.benchmark ?? 0, name: { zh: '基准值', en: 'benchmark' } };

function wordsOf(told: QuotaStanding): Text {
  const { indicator } = told.quota.row;
  const name = titled(indicator, told.calibre);
  const limit = limitOf(told);
  const [value, most] = [withUnit(told.value ?? 0, indicator), withUnit(limit.value, indicator)];
  return {
    zh: `${name.zh} ${value}，超过定额${limit.name.zh} ${most}`,
    en: `${name.en} ${value}, above the quota’s ${limit.name.en} of ${most}`,
  };
}

const quotaOf = ({ quota: { table, row } }: QuotaStanding) => ({
  table: table.name,
  title: table.title,
  indicator: row.indicator,
  constraint: row.constraint ?? null,
  benchmark: row.benchmark ?? null,
  leading: row.leading ?? null,
  verified: row.verified,
});

function foundOf(told: readonly QuotaStanding[], { month, at }: Close, standing: Standing): Found {
  const months = yearTo(month);
  const isConstraint = told.some(
    ({ position, quota }) => position === 'above' && quota.row.constraint !== undefined,
  );
  const isVerified = told.every(({ quota }) => quota.row.verified);
  return {
    severity: isConstraint ? 'warning' : 'info',
    summary: joined(told.map(wordsOf)),
    evidence: {
      from: spanOfMonth(months[0] ?? month, standing.institution.timeZone).from,
      to: at,
      flagged: [],
      observed: {
        values: told.map(({ quota, value, calibre }) => ({
          indicator: quota.row.indicator,
          value,
          unit: unitOf(quota.row.indicator),
          calibre,
        })),
      },
      expected: { quotas: told.map(quotaOf) },
      method: {
        zh: `截至 ${month} 的 12 个月之和（含分摊修正）除以建筑面积或用能人数，按定额表自身的折标口径计算，与约束值、基准值比较。${isVerified ? '' : '定额值取自转抄件，未经核实。'}`,
        en: `The twelve months up to ${month}, corrections included, by floor area or head count, in the calibre of the quota itself.${isVerified ? '' : ' The values are from a transcription and are not verified.'}`,
      },
      context: {
        kind: standing.institution.kind ?? null,
        level: standing.institution.level,
        climateZone: standing.institution.climateZone ?? null,
        sources: told.map(({ quota }) => quota.table.source),
        notes: told.flatMap(({ quota }) => quota.table.notes ?? []),
        corrections: standing.corrections(months),
      },
      quality: { verified: isVerified, leastKnown: Math.min(...told.map(({ known }) => known)) },
    },
  };
}

function verdictAt(close: Close, standing: Standing, asked: Params): Verdict {
  const past = standing.past(close.month);
  const all = standing.quotas(close.month).map((quota) => quotaStanding(quota, past));
  const told = all.filter((each) => isTold(each, asked));
  if (told.length > 0) return foundOf(told, close, standing);
  return all.every(({ position }) => position === 'unknown') ? 'unknown' : 'quiet';
}

/** Twelve months above the quota of the institution’s kind, level and climate zone. */
export const energyQuota: InstitutionKind<Params> = {
  ...ofInstitutions,
  kind: 'energy.quota',
  version: 1,
  title: { zh: '超过能耗定额', en: 'Above the quota' },
  description: {
    zh: '最近 12 个月的单位能耗、电耗或人均用水超过同类机构定额的约束值；每月末判断，口径随定额表。',
    en: 'Energy, electricity or water by head or area of the last twelve months is above the constraint of its quota; judged at the end of each month, in the quota’s own calibre.',
  },
  severity: 'warning',
  params,
  judge: (standing, asked) =>
    episodesOf(
      standing.institution.id,
      standing.closes.map((close) => ({
        at: close.at,
        verdict: verdictAt(close, standing, asked),
      })),
    ),
};
