import type { Register } from '../../model/entities.ts';
import type { ReadBlock } from '../protocol.ts';
import { spansOf } from './values.ts';

/** Addresses that a slave answers although no register of the profile stands there; both ends inclusive. */
interface Readable {
  readonly fc: 3 | 4;
  readonly from: number;
  readonly to: number;
}

export interface PlanLimits {
  /** Registers one request may ask for, 1 to 125. */
  readonly maxRegisters: number;
  readonly readable: readonly Readable[];
}

const endOf = (block: ReadBlock): number => block.address + block.count;

/** Whether the slave answers every address from the end of one block to the start of the next. */
function bridged(before: ReadBlock, next: ReadBlock, readable: readonly Readable[]): boolean {
  if (next.address <= endOf(before)) return true;
  return readable.some(
    ({ fc, from, to }) => fc === next.fc && from <= endOf(before) && next.address <= to + 1,
  );
}

/**
 * Groups registers into as few requests as the slave allows, ascending by function code and address.
 * A gap is read over only inside a range the profile calls readable: many slaves answer a block that touches an unknown address
 * with an exception.
 */
export function planReads(
  registers: readonly Register[],
  limits: PlanLimits,
): readonly ReadBlock[] {
  const sorted = registers.flatMap(spansOf).sort((a, b) => a.fc - b.fc || a.address - b.address);
  const blocks: ReadBlock[] = [];
  for (const next of sorted) {
    const last = blocks.at(-1);
    if (last && canJoin(last, next, limits)) {
      const count = Math.max(endOf(last), endOf(next)) - last.address;
      blocks[blocks.length - 1] = { ...last, count };
    } else {
      blocks.push(next);
    }
  }
  return blocks;
}

function canJoin(
  last: ReadBlock,
  next: ReadBlock,
  { maxRegisters, readable }: PlanLimits,
): boolean {
  if (last.fc !== next.fc || !bridged(last, next, readable)) return false;
  return endOf(next) - last.address <= maxRegisters;
}

/**
 * The registers of a block one by one, for a slave that refused the block as a whole. Each is smaller than the block, so that splitting
 * what is refused again comes to an end even where registers overlap.
 */
export function planSingly(registers: readonly Register[], block: ReadBlock): readonly ReadBlock[] {
  const within = registers
    .flatMap(spansOf)
    .filter((one) => one.fc === block.fc && one.address >= block.address)
    .filter((one) => endOf(one) <= endOf(block) && one.count < block.count);
  // Bits of one register, and values with one scale between them, ask for the same.
  const once = new Map(within.map((one) => [`${one.address}+${one.count}`, one]));
  return [...once.values()].sort((a, b) => a.address - b.address);
}
