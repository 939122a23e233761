import type { StandingView } from '../../api/contract.ts';
import type { Texts } from '../texts/zh.ts';
import { formatNumber, type Locale } from './format.ts';

/** How institutions stand, in words. */

type State = StandingView['targets'][number]['state'] | StandingView['quotas'][number]['position'];

const tones: Readonly<Partial<Record<State, string>>> = {
  met: 'cleared',
  'on-course': 'cleared',
  leading: 'cleared',
  benchmark: 'cleared',
  uncertain: 'acknowledged',
  constraint: 'acknowledged',
  'at-risk': 'warning severity',
  missed: 'critical severity',
  exceeded: 'critical severity',
  above: 'critical severity',
};

/** Classes of a badge. */
export const toneOf = (state: State): string => tones[state] ?? '';

export const figureName = (figure: string, { league }: Texts): string =>
  league.names[figure] ?? figure;

/** `kgce/person` in the words of the language. */
export const unitText = (unit: string, { institution }: Texts): string =>
  unit.replace('person', institution.person);

/** Of a number of percent: `+12.5 %`. */
export function percentText(percent: number, locale: Locale): string {
  const text = formatNumber(Math.abs(percent), locale, 1);
  if (text === '0') return '0 %';
  return `${percent < 0 ? '−' : '+'}${text} %`;
}

/** The last day before an instant at the end of one, as the clock there shows it. */
export const lastDayBefore = (end: string): string =>
  new Date(Date.parse(`${end.slice(0, 19)}Z`) - 1).toISOString().slice(0, 10);
