import type { Noted } from '../rules/world.ts';

/** What a rule kind found of what was true. */
export interface KindScore {
  readonly kind: string;
  readonly episodes: number;
  readonly found: number;
  readonly alerts: number;
  readonly false: number;
  /** Neither right nor wrong. */
  readonly open: number;
  /** From the beginning of each that was found to its alert. */
  readonly delaysMs: readonly number[];
}

interface Truth<Label> {
  readonly labels: readonly Label[];
  isAbout(alert: Noted, label: Label): boolean;
  /** How long after its beginning it was told; undefined where it never was. */
  delayOf(label: Label): number | undefined;
}

/** Holds the alerts of a kind against what was true of it. */
export function tally<Label extends { readonly must: boolean }>(
  kind: string,
  alerts: readonly Noted[],
  { labels, isAbout, delayOf }: Truth<Label>,
) {
  const delaysMs: number[] = [];
  const missed: Label[] = [];
  const must = labels.filter((label) => label.must);
  for (const label of must) {
    const delay = delayOf(label);
    if (delay === undefined) missed.push(label);
    else delaysMs.push(delay);
  }
  const wrong: Noted[] = [];
  let open = 0;
  for (const alert of alerts) {
    const about = labels.filter((label) => isAbout(alert, label));
    if (about.length === 0) wrong.push(alert);
    else if (!about.some((label) => label.must)) open++;
  }
  const score: KindScore = {
    kind,
    episodes: must.length,
    found: delaysMs.length,
    alerts: alerts.length,
    false: wrong.length,
    open,
    delaysMs,
  };
  return { score, wrong, missed };
}

/** @returns what was found of all kinds, and what was wrong or missed of any */
export function together<Label>(
  tallies: readonly {
    readonly score: KindScore;
    readonly wrong: readonly Noted[];
    readonly missed: readonly Label[];
  }[],
) {
  return {
    kinds: tallies.map(({ score }) => score),
    wrong: tallies.flatMap(({ wrong }) => wrong),
    missed: tallies.flatMap(({ missed }) => missed),
  };
}

export const recallOf = ({ episodes, found }: KindScore): number => found / episodes;
export const precisionOf = ({ alerts, open, false: wrong }: KindScore): number =>
  (alerts - open - wrong) / (alerts - open);
