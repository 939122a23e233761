import type { Metric } from '../../model/metrics.ts';
import type { QuarantineReason } from '../../model/observation.ts';
import { isFields } from '../mqtt-json/json.ts';
import { show, toNumber } from '../mqtt-json/number.ts';
import type { Compiled, Form, Rule } from './compile.ts';
import { everyAt, type Pointer, valueAt } from './pointer.ts';

export interface Fault {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

/** What a reading says, before it is known of which meter and when. */
interface Said {
  readonly values: Readonly<Partial<Record<Metric, number>>>;
  readonly faults: readonly Fault[];
}

interface Item {
  readonly name: string;
  readonly value: unknown;
}

const isName = (name: unknown): name is string | number =>
  typeof name === 'string' || typeof name === 'number';

/** What stands for "no error". */
const noErrors = new Set<unknown>([undefined, null, 0, '0', '', false]);

/** Names and values of one form; undefined where the reading is not of that form. */
function itemsOf(reading: unknown, form: Form): readonly Item[] | undefined {
  if ('fields' in form) return fieldsOf(reading, form.fields, form.value);
  const found = everyAt(reading, form.list);
  const items = found.flatMap((item): readonly Item[] => {
    const name = valueAt(item, form.name);
    if (!isName(name)) return [];
    const failed = form.error && !noErrors.has(valueAt(item, form.error));
    return [{ name: String(name), value: failed ? null : valueAt(item, form.value) }];
  });
  // A list may be empty; what leads to no list, or to items without names, is another form.
  const isEmptyList =
    found.length === 0 &&
    form.list.at(-1) === '*' &&
    Array.isArray(valueAt(reading, form.list.slice(0, -1)));
  return items.length > 0 || isEmptyList ? items : undefined;
}

function fieldsOf(
  reading: unknown,
  fields: Pointer,
  value: Pointer | undefined,
): readonly Item[] | undefined {
  const found = valueAt(reading, fields);
  if (!isFields(found)) return undefined;
  return Object.keys(found).map((name) => ({
    name,
    value: value ? valueAt(found[name], value) : found[name],
  }));
}

/** What the item of that name says, wherever in the reading it stands. */
export function itemNamed(reading: unknown, { forms }: Compiled, wanted: string): unknown {
  for (const form of forms) {
    const found = itemsOf(reading, form)?.find(({ name }) => name === wanted);
    if (found) return found.value;
  }
  return undefined;
}

/** Reads every quantity that has a place in the mapping; what is known is kept, what is not is told. */
export function readValues(reading: unknown, mapping: Compiled): Said {
  const lists = mapping.forms.map((form) => itemsOf(reading, form));
  const given = lists.flatMap((items) => items ?? []);
  const pointed = mapping.pointed
    .map(({ pointer, name, rule }) => ({ name, rule, value: valueAt(reading, pointer) }))
    .filter(({ value }) => value !== undefined);
  if (pointed.length === 0 && lists.every((items) => items === undefined)) {
    const detail = `got no values where the mapping ${mapping.name} has them`;
    return { values: {}, faults: [{ reason: 'malformed', detail }] };
  }
  const unknown: string[] = [];
  const taken = createTaken();
  for (const { name, value } of given) {
    const rule = mapping.rules.get(name);
    if (rule) taken.take(name, value, rule);
    else if (!mapping.ignored.has(name)) unknown.push(name);
  }
  for (const { name, value, rule } of pointed) taken.take(name, value, rule);
  const isTold = unknown.length > 0 && (!mapping.ignoresOthers || taken.known() === 0);
  const faults = isTold ? [...taken.faults(), noMetric(unknown)] : taken.faults();
  return { values: taken.values, faults };
}

function createTaken() {
  const values: Partial<Record<Metric, number>> = {};
  const wrong: string[] = [];
  const conflicts: string[] = [];
  let known = 0;
  return {
    values,
    known: () => known,
    take(name: string, raw: unknown, rule: Rule): void {
      known++;
      const value = toValue(raw, rule);
      if (value === 'missing') return;
      if (value === 'wrong') {
        wrong.push(`got ${show(name)} ${show(raw)}, want a number`);
        return;
      }
      const before = values[rule.metric];
      if (before === undefined) values[rule.metric] = value;
      else if (before !== value)
        conflicts.push(`got ${rule.metric} ${value} as ${show(name)}, kept is ${before}`);
    },
    faults: (): readonly Fault[] => [
      ...toFault('malformed', wrong),
      ...toFault('conflict', conflicts),
    ],
  };
}

function toValue(raw: unknown, { range, missing, by, over }: Rule): number | 'missing' | 'wrong' {
  const number = toNumber(raw, range);
  if (typeof number !== 'number') return number;
  if (missing.has(number)) return 'missing';
  const value = (number * by) / over;
  return Number.isFinite(value) ? value : 'wrong';
}

/** More in one detail says nothing new; a message may hold thousands. */
const shown = 5;

function listed(texts: readonly string[], between: string): string {
  const more = texts.length > shown ? ` and ${texts.length - shown} more` : '';
  return texts.slice(0, shown).join(between) + more;
}

const toFault = (reason: QuarantineReason, details: readonly string[]): readonly Fault[] =>
  details.length === 0 ? [] : [{ reason, detail: listed(details, '; ') }];

const noMetric = (names: readonly string[]): Fault => ({
  reason: 'unknown-metric',
  detail: `no such metric: ${listed(names.map(show), ', ')}`,
});
