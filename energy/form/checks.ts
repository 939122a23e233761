import type { Text } from '../../model/alert.ts';
import { type CheckCode, type CheckSeverity, type FormEdition, inUnit } from '../../model/form.ts';
import type { FormDefinition } from './definition.ts';
import type { Form, FormCell } from './form.ts';

/** What is to be looked at before a form is submitted (自审): findings on cells, each with its reason. Only `blocking` ones stop it. */

export interface FormCheck {
  readonly code: CheckCode;
  readonly severity: CheckSeverity;
  /** Code of the cell; null for the form as a whole. */
  readonly cell: string | null;
  readonly text: Text;
}

/** Figures of another period, in the units of the form. */
export type FormBefore = Readonly<Record<string, number | null>>;

export interface CheckedAgainst {
  /** The period before; undefined where there is none. */
  readonly last?: { readonly period: string; readonly values: FormBefore };
  readonly lastYear?: { readonly period: string; readonly values: FormBefore };
  /** Whether the period is over. */
  readonly isOver: boolean;
}

/** More than this is to be explained. */
const jumpShare = 0.3;
/** Less than this of the time measured is to be looked at. */
const wantedCoverage = 0.9;
/** So many times the national mean, or as little of it, is hardly true. */
const nationalFactor = 5;
/** What was entered and what was measured may differ by this. */
const enteredShare = 0.05;

const shown = (value: number, digits: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, useGrouping: false });
const percent = (share: number): string => (100 * share).toFixed(1);

const check = (
  code: CheckCode,
  severity: CheckSeverity,
  cell: string | null,
  zh: string,
  en: string,
): FormCheck => ({ code, severity, cell, text: { zh, en } });

function sizeCheck({ code, source, state, name }: FormCell): FormCheck[] {
  if (source !== 'registry' || state !== 'missing') return [];
  const zh = `机构信息中没有${name.zh}，人均或单位面积指标无法计算`;
  return [
    check(
      'size-missing',
      'blocking',
      code,
      zh,
      `${name.en} are not recorded of the institution; no indicator by head or area can be made`,
    ),
  ];
}

function readingChecks(cell: FormCell): FormCheck[] {
  const { code, source, state, quality, coverage, known, unitName, digits, entered } = cell;
  if (source !== 'meter' || entered) return [];
  if (state === 'missing') {
    const sofar =
      known === null
        ? { zh: '', en: '' }
        : {
            zh: `（已知 ${inUnit(shown(known, digits), unitName.zh)}）`,
            en: ` (${inUnit(shown(known, digits), unitName.en)} are known)`,
          };
    return [
      check(
        'readings-missing',
        'blocking',
        code,
        `表计读数不全，用量不明${sofar.zh}；请按账单填报并注明来源`,
        `readings are missing, so that the amount is not known${sofar.en}; enter it from the bill and say so`,
      ),
    ];
  }
  const isBroken = quality === 'reset' || quality === 'replaced';
  if (isBroken)
    return [
      check(
        'readings-estimated',
        'warning',
        code,
        '表计归零或更换，期间有一段用量不明，未计入',
        'a meter started anew or was replaced; what it used meanwhile is not known and not in the figure',
      ),
    ];
  if (coverage !== null && coverage < wantedCoverage && state === 'known')
    return [
      check(
        'readings-estimated',
        'warning',
        code,
        `实测时间仅 ${percent(coverage)}%，其余由前后读数之差得出`,
        `only ${percent(coverage)} % of the time was measured; the rest is the difference of the readings around it`,
      ),
    ];
  return [];
}

function noMeterCheck({ code, source, why, entered, name }: FormCell): FormCheck[] {
  if (source !== 'meter' || why !== 'no-meter' || entered) return [];
  const isUsual = code === 'electricity' || code === 'water-metered';
  return [
    check(
      'no-meter',
      isUsual ? 'warning' : 'info',
      code,
      `没有表计，按无计；如有消费请按账单填报（${name.zh}）`,
      `there is no meter, which counts as none; enter it from the bill where any was used (${name.en})`,
    ),
  ];
}

function fuelCheck({ code, source, why, entered }: FormCell): FormCheck[] {
  if (source !== 'fuel' || why !== 'no-entries' || entered) return [];
  return [
    check(
      'no-fuel-entries',
      'warning',
      code,
      '有使用此燃料的车辆，但没有加油记录，按无计',
      'vehicles use this fuel, but no entries were imported; it counts as none',
    ),
  ];
}

function enteredCheck({ code, entered, measured, value, unitName, digits }: FormCell): FormCheck[] {
  if (!entered || measured === null || value === null) return [];
  const far =
    Math.abs(value - measured) > enteredShare * Math.max(Math.abs(measured), Math.abs(value));
  if (!far) return [];
  const amount = shown(measured, digits);
  return [
    check(
      'entered-differs',
      'warning',
      code,
      `填报值与计量值 ${amount} ${unitName.zh} 相差超过 5%`,
      `what was entered differs by more than 5 % from the ${amount} ${unitName.en} that were measured`,
    ),
  ];
}

const gasCheck = ({ code, stateKnown, state }: FormCell): FormCheck[] =>
  stateKnown || state !== 'known'
    ? []
    : [
        check(
          'gas-state',
          'warning',
          code,
          '未登记燃气计量的温度、压力，按表上体积计，未换算为标准立方米',
          'the state the gas is metered in is not recorded; the volume stands as metered, not in standard cubic metres',
        ),
      ];

/** Costs and amounts, not what is made of them: a jump is told once. */
const isCompared = ({ section, source }: FormCell): boolean =>
  section === 'consumption' || (section === 'cost' && source !== 'sum') || section === 'basic';

function againstOne(
  cell: FormCell,
  period: string,
  before: number | null | undefined,
  severity: CheckSeverity,
): FormCheck[] {
  const { code, state, unitName, digits } = cell;
  const now = state === 'none' ? 0 : cell.value;
  if (now === null || before === undefined) return [];
  const was = before ?? 0;
  if (was === 0 && now === 0) return [];
  const told = `${shown(was, digits)} ${unitName.en}`;
  if (now === 0)
    return [
      check(
        'zero',
        severity,
        code,
        `${period} 为 ${shown(was, digits)} ${unitName.zh}，本期为零或未填`,
        `it was ${told} in ${period} and is zero or empty now`,
      ),
    ];
  if (was === 0)
    return [
      check('from-zero', 'info', code, `${period} 没有，本期有`, `there was none in ${period}`),
    ];
  const share = now / was - 1;
  if (Math.abs(share) <= jumpShare) return [];
  const by = percent(Math.abs(share));
  const isMore = share > 0;
  return [
    check(
      'jump',
      severity,
      code,
      `比 ${period}（${shown(was, digits)} ${unitName.zh}）${isMore ? '增加' : '减少'} ${by}%`,
      `${by} % ${isMore ? 'more' : 'less'} than in ${period} (${told})`,
    ),
  ];
}

/** Seasons make months differ: against the month before it is only said; last year's is what counts. */
function beforeChecks(cell: FormCell, against: CheckedAgainst, edition: FormEdition): FormCheck[] {
  if (!isCompared(cell) || cell.source === 'sum') return [];
  const { last, lastYear } = against;
  const byYear = lastYear
    ? againstOne(cell, lastYear.period, lastYear.values[cell.code], 'warning')
    : [];
  if (edition === 'year' || !last || last.period === lastYear?.period) return byYear;
  const severity = lastYear?.values[cell.code] === undefined ? 'warning' : 'info';
  return [...againstOne(cell, last.period, last.values[cell.code], severity), ...byYear];
}

function nationalCheck(
  { cells }: FormDefinition,
  { code, value }: FormCell,
  edition: FormEdition,
): FormCheck[] {
  const national = cells.find((each) => each.code === code)?.national;
  if (!national || value === null) return [];
  const mean = edition === 'month' ? national.perYear / 12 : national.perYear;
  if (value <= nationalFactor * mean && value >= mean / nationalFactor) return [];
  const told = shown(mean, 2);
  return [
    check(
      'national',
      'warning',
      code,
      `与参考值 ${told} 相差 ${nationalFactor} 倍以上（${national.source.zh}）`,
      `more than ${nationalFactor} times away from ${told} (${national.source.en})`,
    ),
  ];
}

/** @returns the blocking ones first */
export function checkForm(
  definition: FormDefinition,
  { cells, edition }: Form,
  against: CheckedAgainst,
): readonly FormCheck[] {
  const order: Readonly<Record<CheckSeverity, number>> = { blocking: 0, warning: 1, info: 2 };
  const whole = against.isOver
    ? []
    : [check('not-over', 'blocking', null, '报告期尚未结束', 'the period is not over')];
  const found = cells.flatMap((cell) => [
    ...sizeCheck(cell),
    ...readingChecks(cell),
    ...noMeterCheck(cell),
    ...fuelCheck(cell),
    ...enteredCheck(cell),
    ...gasCheck(cell),
    ...beforeChecks(cell, against, edition),
    ...nationalCheck(definition, cell, edition),
  ]);
  return [...whole, ...found].sort((a, b) => order[a.severity] - order[b.severity]);
}

/** Figures of a form, for the checks of another. A cell without any of its kind was zero. */
export const valuesOf = ({ cells }: Pick<Form, 'cells'>): FormBefore =>
  Object.fromEntries(
    cells
      .map(({ code, value, state }) => [code, state === 'none' ? 0 : value] as const)
      .filter(([, value]) => value !== null),
  );
