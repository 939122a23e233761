import type { Meter } from '../model/entities.ts';
import { exceptionText } from '../protocols/modbus/exceptions.ts';
import type { BlockAnswer, PolledProtocol, ReadBlock } from '../protocols/protocol.ts';
import type { ModbusLink } from './modbus-link.ts';
import { createParts, type PartAnswer, pollParts } from './parts.ts';
import type { Asker } from './unit.ts';

/** Illegal data address and illegal data value: a block may hold one register too many. */
const splittable: ReadonlySet<number> = new Set([2, 3]);

/** Said by a gateway for a slave that it could not reach. */
const gatewayCodes: ReadonlySet<number> = new Set([10, 11]);

interface Slave {
  readonly meter: Meter;
  /** Slave address, 0 to 255. */
  readonly unit: number;
  readonly link: ModbusLink;
  readonly protocol: PolledProtocol;
  readonly exceptions: Map<number, number>;
}

/**
 * Asks a slave for all its blocks, one after the other. A block that is refused costs only itself: it is asked again register by register,
 * and so from then on. A slave that does not answer is not asked for the rest.
 * @throws AppError `DECODE_UNSUPPORTED` where the meter's profile is unknown
 */
export function createModbusAsker(
  meter: Meter,
  unit: number,
  link: ModbusLink,
  protocol: PolledProtocol,
): Asker {
  const exceptions = new Map<number, number>();
  const slave: Slave = { meter, unit, link, protocol, exceptions };
  const blocks = createParts(protocol.plan(meter));
  return {
    door: 'modbus',
    protocol: 'modbus',
    address: String(unit),
    exceptions,
    async poll() {
      const { result, answers, why } = await pollParts(blocks, (block) => ask(slave, block));
      return { result, why, bytes: answers.length > 0 ? protocol.encode(answers) : undefined };
    },
  };
}

async function ask(
  { meter, unit, link, protocol, exceptions }: Slave,
  block: ReadBlock,
): Promise<PartAnswer<ReadBlock, BlockAnswer>> {
  const got = await link.read(unit, block);
  if (got.kind === 'data') return { kind: 'answers', answers: [got.answer] };
  if (got.kind !== 'exception') return got;
  const { code } = got;
  exceptions.set(code, (exceptions.get(code) ?? 0) + 1);
  const said = `exception ${code}, ${exceptionText(code).name.en}`;
  if (gatewayCodes.has(code)) return { kind: 'silent', why: `${said}, of the gateway` };
  const parts = splittable.has(code) ? protocol.split(meter, block) : [];
  const why = `${said}, at address ${block.address}`;
  return { kind: 'refused', why, ...(parts.length > 1 && { instead: parts }) };
}
