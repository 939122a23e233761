import type { core } from 'zod';
import { idPattern } from '../model/ids.ts';
import type { Path } from './source.ts';

type Issue = core.$ZodIssue;

/** A complaint in words, at its place. */
export interface Complaint {
  readonly path: Path;
  readonly message: string;
}

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  tuple: 'a list',
  record: 'a mapping',
  null: 'null',
};

const typeOf = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return names[typeof value] ?? typeof value;
};

/** Where a value may stand in a message, which goes to logs and screens. */
const isSecret = (path: readonly PropertyKey[]): boolean =>
  path.some((step) => typeof step === 'string' && /secret|password|url|token/i.test(step));

const longest = 60;

/** The value as far as it may be told: no secrets, nothing long. */
export function shown(value: unknown, path: readonly PropertyKey[] = []): string {
  if (value === undefined || value === null) return 'nothing';
  if (isSecret(path) || (typeof value === 'object' && value !== null)) return typeOf(value);
  const text = typeof value === 'string' ? `"${value}"` : String(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

const counted: Readonly<Record<string, string>> = {
  string: ' characters',
  array: ' entries',
  set: ' entries',
};

function limit(issue: core.$ZodIssueTooSmall | core.$ZodIssueTooBig, value: unknown): string {
  const isLow = issue.code === 'too_small';
  const bound = isLow ? issue.minimum : issue.maximum;
  const open = isLow ? 'more than' : 'less than';
  const closed = isLow ? 'at least' : 'at most';
  const words = issue.inclusive === false ? open : closed;
  const unit = counted[issue.origin];
  const size = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  return unit !== undefined && size !== undefined
    ? `got ${size}${unit}, want ${words} ${bound}`
    : `got ${shown(value, issue.path)}, want ${words} ${bound}`;
}

function sentence(issue: Issue, value: unknown): string {
  const want = (text: string, got = shown(value, issue.path)) =>
    value === undefined ? `missing; want ${text}` : `got ${got}, want ${text}`;
  switch (issue.code) {
    case 'invalid_type': {
      const isTold = typeof value === 'number' && !isSecret(issue.path);
      return want(
        names[issue.expected] ?? issue.expected,
        isTold ? `the number ${value}` : typeOf(value),
      );
    }
    case 'too_small':
    case 'too_big':
      return limit(issue, value);
    case 'invalid_value':
      return want(issue.values.map(String).join(' | '));
    case 'not_multiple_of':
      return want(`a multiple of ${issue.divisor}`);
    default:
      return issue.message.startsWith('want ') ? want(issue.message.slice(5)) : issue.message;
  }
}

const isStep = (step: PropertyKey): step is string | number => typeof step !== 'symbol';

/**
 * What a schema complains of, as `got …, want …`; one complaint for each unknown key.
 * @param input what the schema was given
 */
export function complaints(issues: readonly Issue[], input: unknown): readonly Complaint[] {
  return issues.flatMap((issue): readonly Complaint[] => {
    const path = issue.path.filter(isStep);
    if (issue.code === 'unrecognized_keys' && Array.isArray(issue['keys'])) {
      return issue['keys'].map((key) => ({
        path: [...path, String(key)],
        message: 'not a known field',
      }));
    }
    return [{ path, message: sentence(issue, valueAt(input, path)) }];
  });
}

export const wantId = `want an id: a letter or digit, then up to 63 letters, digits, dots, dashes and underscores (${idPattern.source})`;
