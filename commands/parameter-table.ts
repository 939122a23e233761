import { AppError, type Fault } from '../model/errors.ts';
import { readBody } from '../protocols/jt808/body.ts';
import type { Words } from '../protocols/jt808/field.ts';
import { encodeText } from '../protocols/jt808/gbk.ts';
import {
  isPassword,
  type Parameter,
  type ParameterName,
  parameterKind,
  parameters,
  toParameter,
} from '../protocols/jt808/parameters.ts';
import { hexId } from '../protocols/jt808/wire.ts';
import type { ParameterInfo, ParameterValue } from './commands.ts';

/** What may be set, and within which bounds: the field has the units, this table what a terminal can sensibly be told. */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}

interface Rule {
  readonly type: ParameterInfo['type'];
  readonly bounds?: Bounds;
  readonly choices?: ParameterInfo['choices'];
  /** Makes the terminal unreachable, silent or wrong where it is mistaken. */
  readonly isDangerous?: true;
}

const number = (min: number, max: number, step?: number): Rule => ({
  type: 'number',
  bounds: { min, max, ...(step !== undefined && { step }) },
});
const text = (max: number): Rule => ({ type: 'text', bounds: { min: 1, max } });
const dangerous = (rule: Rule): Rule => ({ ...rule, isDangerous: true });
const choices = (...of: readonly (readonly [value: number, zh: string, en: string])[]): Rule => ({
  type: 'choice',
  choices: of.map(([value, zh, en]) => ({ value, label: { zh, en } })),
});

const daysS = (days: number): number => days * 86_400;

const rules: Readonly<Record<ParameterName, Rule>> = {
  heartbeatS: number(5, 3_600),
  tcpTimeoutS: number(1, 600),
  tcpRetries: number(0, 20),
  udpTimeoutS: number(1, 600),
  udpRetries: number(0, 20),
  smsTimeoutS: number(1, 600),
  smsRetries: number(0, 20),
  server: dangerous(text(64)),
  tcpPort: dangerous(number(1, 65_535)),
  reportStrategy: choices(
    [0, '定时汇报', 'by time'],
    [1, '定距汇报', 'by distance'],
    [2, '定时和定距汇报', 'by both'],
  ),
  sleepIntervalS: number(5, daysS(1)),
  emergencyIntervalS: number(1, 3_600),
  intervalS: number(1, daysS(1)),
  distanceM: number(10, 100_000),
  cornerDeg: number(1, 179),
  displacementM: number(10, 65_535),
  forbiddenPeriod: { type: 'period' },
  alarmMask: dangerous(number(0, 0xffff_ffff)),
  maxSpeedKmh: number(1, 250),
  overspeedS: number(0, 3_600),
  continuousDrivingS: number(60, daysS(1)),
  dailyDrivingS: number(60, daysS(1)),
  minRestS: number(60, daysS(1)),
  maxParkingS: number(60, daysS(30)),
  overspeedWarningKmh: number(0, 100, 0.1),
  fatigueWarningS: number(0, 43_200),
  odometerKm: dangerous(number(0, 9_999_999, 0.1)),
  province: dangerous(number(0, 99)),
  city: dangerous(number(0, 9_999)),
  plate: dangerous(text(20)),
  plateColour: dangerous(number(0, 99)),
};

const isName = (name: string): name is ParameterName => Object.hasOwn(rules, name);

/** @param silenceS after which a terminal is cut off: a heartbeat that comes late must still come in time */
function ruleOf(name: ParameterName, silenceS: number): Rule {
  const rule = rules[name];
  if (name !== 'heartbeatS' || !rule.bounds) return rule;
  const max = Math.min(rule.bounds.max, Math.floor(silenceS / 2));
  return { ...rule, bounds: { ...rule.bounds, max } };
}

const words = ({ zh, en }: Words): Words => ({ zh, en });

/** A field tells its unit when it shows a value. */
const noBody = new Uint8Array(8);
const unitOf = (name: ParameterName): string | null =>
  parameters[name].is.explain(readBody(noBody, 2019), 0).unit ?? null;

/** @param silenceS after which a terminal is cut off */
export const parameterTable = (silenceS: number): readonly ParameterInfo[] =>
  (Object.keys(parameters) as ParameterName[]).map((name) => {
    const { type, bounds, choices: of = null, isDangerous = false } = ruleOf(name, silenceS);
    return {
      name,
      id: hexId(parameters[name].id),
      label: words(parameters[name]),
      type,
      unit: unitOf(name),
      min: bounds?.min ?? null,
      max: bounds?.max ?? null,
      step: type === 'number' ? (bounds?.step ?? 1) : null,
      choices: of,
      needsConfirmation: isDangerous,
    };
  });

const periodPattern = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

/** Why the value cannot be; undefined where it can. */
function faultOf(rule: Rule, value: number | string): string | undefined {
  const { min, max, step = 1 } = rule.bounds ?? { min: 0, max: 0 };
  switch (rule.type) {
    case 'number': {
      if (typeof value !== 'number' || value < min || value > max)
        return `got ${value}, want a number from ${min} to ${max}`;
      const steps = value / step;
      return Math.abs(steps - Math.round(steps)) > 1e-6
        ? `got ${value}, want steps of ${step}`
        : undefined;
    }
    case 'choice':
      return rule.choices?.some((one) => one.value === value)
        ? undefined
        : `got ${value}, want one of ${rule.choices?.map((one) => one.value).join(', ')}`;
    case 'period':
      return typeof value === 'string' && periodPattern.test(value)
        ? undefined
        : 'want a period such as 02:00-05:00';
    case 'text':
      return faultOfText(value, min, max);
  }
}

function faultOfText(value: number | string, min: number, max: number): string | undefined {
  if (typeof value !== 'string') return 'want a text';
  try {
    const bytes = encodeText(value).length;
    return bytes < min || bytes > max
      ? `got ${bytes} bytes, want ${min} to ${max}, a Chinese character being two`
      : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

type Values = Readonly<Record<string, number | string>>;

/**
 * @param silenceS after which a terminal is cut off
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function checkValues(values: Values, isConfirmed: boolean, silenceS: number): void {
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(values)) {
    const rule = isName(name) ? ruleOf(name, silenceS) : undefined;
    const message = rule ? faultOf(rule, value) : 'there is no such parameter';
    if (message !== undefined) faults.push({ path: `params.values.${name}`, message });
    else if (rule?.isDangerous && !isConfirmed)
      faults.push({
        path: 'params.confirm',
        message: `want true: ${name} can make the terminal unreachable or wrong`,
      });
  }
  if (Object.keys(values).length === 0)
    faults.push({ path: 'params.values', message: 'want one parameter or more' });
  refuseIf(faults);
}

/** @throws AppError `INPUT_INVALID` */
export function checkNames(names: readonly string[]): void {
  refuseIf(
    names.flatMap((name, n) =>
      isName(name) ? [] : [{ path: `params.names[${n}]`, message: 'there is no such parameter' }],
    ),
  );
}

function refuseIf(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', detail, { faults });
}

/** Names and values that were checked, as they are sent. */
export const toParameters = (values: Values): readonly Parameter[] =>
  Object.entries(values).map(([name, value]) => {
    const sent = isName(name) && rules[name].type === 'period' ? periodBytes(String(value)) : value;
    return toParameter(name as ParameterName, sent as never);
  });

/** Start hour, minute, end hour, minute. JT/T 808-2019 table 12, 0x0032. */
const periodBytes = (value: string): Uint8Array =>
  Uint8Array.from(periodPattern.exec(value)?.slice(1).map(Number) ?? []);

export const idsOf = (names: readonly string[]): readonly number[] =>
  names.map((name) => parameters[name as ParameterName].id);

const nameOf = new Map(
  (Object.keys(parameters) as ParameterName[]).map((name) => [parameters[name].id, name]),
);

const star = 0x2a;

/** A parameter as the terminal says it; stars in place of a password. */
export function toValue({ id, bytes: told }: Parameter): ParameterValue {
  const bytes = isPassword(id) ? told.map(() => star) : told;
  const name = nameOf.get(id);
  const known = parameterKind(id);
  const hex = Buffer.from(bytes).toString('hex');
  const said = { id: hexId(id), name: name ?? null, hex, meaning: null, unit: null };
  const label = known ? words(known) : { zh: '未知参数', en: 'unknown parameter' };
  if (!known || !name) return { ...said, label, value: null };
  try {
    const value = known.is.read(readBody(bytes, 2019));
    const choice = rules[name].choices?.find((one) => one.value === value);
    return {
      ...said,
      label,
      value: shown(value),
      unit: unitOf(name),
      meaning: choice?.label ?? null,
    };
  } catch {
    // Shorter than the standard has it: the bytes are what there is to show.
    return { ...said, label, value: null };
  }
}

const two = (digits: number): string => String(digits).padStart(2, '0');

function shown(value: unknown): number | string | null {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (!(value instanceof Uint8Array) || value.length !== 4) return null;
  const [fromH = 0, fromM = 0, toH = 0, toM = 0] = value;
  return `${two(fromH)}:${two(fromM)}-${two(toH)}:${two(toM)}`;
}
