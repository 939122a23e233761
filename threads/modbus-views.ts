import { readFileSync } from 'node:fs';
import type { Register } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import { type Metric, metrics } from '../model/metrics.ts';
import {
  registerFaults,
  registerTypes,
  shortOrderName,
  shortTypeName,
  wordOrders,
} from '../model/register-types.ts';
import type { Bilingual } from '../protocols/modbus/exceptions.ts';
import { planReads, planSingly } from '../protocols/modbus/plan.ts';
import { decodeRegister, type Raw, wordsOf } from '../protocols/modbus/registers.ts';
import { doubtsOf } from '../protocols/modbus/self-test.ts';
import { bytesOf, type RegisterValue, spansOf, toValue } from '../protocols/modbus/values.ts';
import { loadProfiles, type Profile } from '../protocols/profile.ts';
import type { BlockAnswer } from '../protocols/protocol.ts';
import type { Ratios } from '../protocols/ratio.ts';
import type { Print } from '../registry/commands.ts';
import { type Asked, numberText, spanText } from './modbus-reading.ts';
import { blockText, readProfileText } from './profile-command.ts';

/** What is asked of a slave and how the answers are shown. */
export interface View extends Asked {
  readonly title: Bilingual;
  tell(answers: readonly BlockAnswer[], print: Print): void;
}

/** @throws AppError `INPUT_INVALID` where there is none of that name, and the faults of a file */
function findProfile(name: string): Profile {
  if (/[/\\]|\.ya?ml$/.test(name)) {
    const read = readProfileText(readFileSync(name, 'utf8'));
    if ('profile' in read) return read.profile;
    throw new AppError('INPUT_INVALID', name, { faults: read.faults });
  }
  const profiles = loadProfiles();
  const profile = profiles.get(name);
  if (profile) return profile;
  const names = [...profiles.keys()].join(' | ');
  throw new AppError(
    'INPUT_INVALID',
    `--profile：没有型号 ${name}，现有：${names}。 There is no model ${name}; there are: ${names}.`,
  );
}

/** What a meter would show next to a PT that brings 100 V between phases. */
const secondaryV = 100 / Math.sqrt(3);

/**
 * All values of a model.
 * @param name of a model, or a file's path
 * @throws AppError `INPUT_INVALID`
 */
export function profileView(name: string, ratios: Ratios): View {
  const profile = findProfile(name);
  const { registers, nominalV } = profile;
  const expectedV =
    nominalV === null || ratios.ptRatio === 1 ? nominalV : secondaryV * ratios.ptRatio;
  return {
    title: profile.title,
    blocks: planReads(registers, profile),
    split: (block) => planSingly(registers, block),
    tell(answers, print) {
      tellRaw(answers, print);
      const values: Partial<Record<Metric, number>> = {};
      for (const register of registers) {
        const value = toValue(register, answers, ratios);
        if (typeof value === 'number') values[register.metric] = value;
        print(valueLine(register, value, answers));
      }
      const { length } = Object.keys(values);
      print(
        `读到 ${length} / ${registers.length} 个值。 ${length} of ${registers.length} values read.`,
      );
      if (length > 0) tellDoubts(values, expectedV, print);
    },
  };
}

function tellRaw(answers: readonly BlockAnswer[], print: Print): void {
  for (const block of answers) print(`${blockText(block)}  ${spanText(block, answers)}`);
}

function valueText(value: RegisterValue): string {
  if (value === undefined) return '缺测 missing';
  if (value === 'absent') return '未读到 not read';
  return typeof value === 'number' ? numberText(value) : value.refused;
}

function valueLine(
  register: Register,
  value: RegisterValue,
  answers: readonly BlockAnswer[],
): string {
  const { zh, en, unit } = metrics[register.metric];
  const words = spansOf(register)
    .map((span) => spanText(span, answers))
    .join(' × ');
  const shown = `${valueText(value)}${unit === '1' || typeof value !== 'number' ? '' : ` ${unit}`}`;
  const place = `0x${register.address.toString(16).toUpperCase().padStart(4, '0')}`;
  return `  ${register.metric.padEnd(24)} ${shown.padEnd(20)} ${place} ${register.type} ${register.order} [${words}]  ${zh} ${en}`;
}

function tellDoubts(
  values: Partial<Record<Metric, number>>,
  nominalV: number | null,
  print: Print,
): void {
  const doubts = doubtsOf(values, nominalV);
  for (const { zh, en } of doubts) print(`  可疑：${zh}。 Doubtful: ${en}.`);
  if (doubts.length === 0) print('自检未见可疑之处。 The self-test found nothing doubtful.');
}

interface RegistersAsked {
  readonly fc: 3 | 4;
  readonly address: number;
  readonly type: string;
  readonly order: string | undefined;
  readonly scale: number;
  /** Values in a row. */
  readonly count: number;
}

const mostRegisters = 125;

/** @throws AppError `INPUT_INVALID` */
function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const want = allowed.join(' | ');
  throw new AppError(
    'INPUT_INVALID',
    `${name}：得到 ${value}，应为 ${want}。 got ${value}, want ${want}.`,
  );
}

/**
 * Values in a row from an address on, in one order or in all that the type can have.
 * @throws AppError `INPUT_INVALID`
 */
export function registersView(asked: RegistersAsked): View {
  const { fc, address, count, scale } = asked;
  const type = oneOf('--type', shortTypeName(asked.type), registerTypes);
  const orders =
    asked.order === undefined
      ? wordOrders.filter((order) => registerFaults({ type, order }).length === 0)
      : [oneOf('--order', shortOrderName(asked.order), wordOrders)];
  const [fault] = orders.flatMap((order) => registerFaults({ type, order }));
  if (fault) throw new AppError('INPUT_INVALID', `--order：${fault.message}`);
  const step = wordsOf[type];
  if (count * step > mostRegisters || address + count * step > 0x1_0000)
    throw new AppError(
      'INPUT_INVALID',
      `--count：一次最多 ${mostRegisters} 个寄存器，不超过地址 0xFFFF。 at most ${mostRegisters} registers at once, up to address 0xFFFF.`,
    );
  const spans = Array.from({ length: count }, (_, i) => ({
    fc,
    address: address + i * step,
    count: step,
  }));
  const rawText = (raw: Raw) => valueText(typeof raw === 'number' ? raw * scale : raw);
  return {
    title: { zh: `FC ${fc}，${type}`, en: `FC ${fc}, ${type}` },
    blocks: [{ fc, address, count: count * step }],
    split: (block) => (block.count > step ? spans : []),
    tell(answers, print) {
      for (const span of spans) {
        const bytes = bytesOf(span, answers);
        if (!bytes) continue;
        print(`${blockText(span)}  ${spanText(span, answers)}  ${type}`);
        const values = orders.map(
          (order) => [order, rawText(decodeRegister(bytes, type, order))] as const,
        );
        for (const [order, text] of distinct(values)) print(`  ${order.padEnd(8)}  ${text}`);
      }
    },
  };
}

/** Each different value once, with the first order that gives it. */
const distinct = (values: readonly (readonly [order: string, text: string])[]) =>
  values.filter(([, text], i) => values.findIndex((other) => other[1] === text) === i);
