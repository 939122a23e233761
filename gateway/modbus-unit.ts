import type { Meter } from '../model/entities.ts';
import type { BlockAnswer, PolledProtocol, ReadBlock } from '../protocols/protocol.ts';
import type { ModbusLink } from './modbus-link.ts';
import type { Turn } from './poll-schedule.ts';

/** One meter on a bus and how it has been answering. */
export interface Unit extends Turn {
  readonly meter: Meter;
  readonly address: number;
  readonly intervalMs: number;
  /** What is asked each time; blocks that the slave refuses are split for good. */
  blocks: readonly ReadBlock[];
  dueMs: number;
  failures: number;
  known: boolean;
  polls: number;
  /** Our clock, Unix ms UTC; null before the first. */
  lastAnswerAt: number | null;
  /** Times each Modbus exception code was answered. */
  readonly exceptions: Map<number, number>;
  /** The last trouble, while it lasts. */
  trouble: string | null;
}

/** `answered`: something came, exceptions included. */
type PollResult = 'answered' | 'silent' | 'unreachable';

export interface Poll {
  readonly result: PollResult;
  readonly answers: readonly BlockAnswer[];
  readonly why: string | null;
}

/** Illegal data address and illegal data value: a block may hold one register too many. */
const splittable: ReadonlySet<number> = new Set([2, 3]);

/** Said by a gateway for a slave that it could not reach. */
const gatewayCodes: ReadonlySet<number> = new Set([10, 11]);

/**
 * Asks a unit for all its blocks, one after the other. A block that is refused costs only itself: it is asked again register by register,
 * and so from then on. A slave that does not answer is not asked for the rest.
 */
export async function pollUnit(
  unit: Unit,
  link: ModbusLink,
  protocol: PolledProtocol,
): Promise<Poll> {
  const queue = [...unit.blocks];
  const answers: BlockAnswer[] = [];
  let refused: string | null = null;
  for (let block = queue.shift(); block; block = queue.shift()) {
    const got = await link.read(unit.address, block);
    if (got.kind === 'data') answers.push(got.answer);
    else if (got.kind === 'exception' && !gatewayCodes.has(got.code)) {
      countException(unit, got.code);
      const parts = splittable.has(got.code) ? splitBlock(unit, block, protocol) : [];
      queue.unshift(...parts);
      if (parts.length === 0) refused = `exception ${got.code} at address ${block.address}`;
    } else {
      return { answers, ...failure(unit, got, answers.length > 0) };
    }
  }
  return { result: 'answered', answers, why: refused };
}

type Failed = { kind: 'silent' | 'unreachable'; why: string } | { kind: 'exception'; code: number };

function failure(unit: Unit, got: Failed, answered: boolean): Omit<Poll, 'answers'> {
  if (got.kind === 'exception') countException(unit, got.code);
  const why = got.kind === 'exception' ? `exception ${got.code} of the gateway` : got.why;
  if (answered) return { result: 'answered', why };
  return { result: got.kind === 'unreachable' ? 'unreachable' : 'silent', why };
}

function countException(unit: Unit, code: number): void {
  unit.exceptions.set(code, (unit.exceptions.get(code) ?? 0) + 1);
}

/** Replaces a refused block in the unit's plan by its registers. @returns them; none where it was a single one */
function splitBlock(unit: Unit, block: ReadBlock, protocol: PolledProtocol): readonly ReadBlock[] {
  const parts = protocol.split(unit.meter, block);
  if (parts.length < 2) return [];
  unit.blocks = unit.blocks.flatMap((planned) => (planned === block ? parts : [planned]));
  return parts;
}
