import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import modbus from 'modbus-serial';
import { AppError, messageOf } from '../model/errors.ts';
import type { Profile } from '../protocols/profile.ts';
import type { ReadBlock } from '../protocols/protocol.ts';
import type { Values } from './meter.ts';
import { toImage } from './slave.ts';

/** One slave behind the server. */
export interface Slave {
  readonly unit: number;
  readonly profile: Pick<Profile, 'registers' | 'readable'>;
  readonly ctRatio: number;
  /** What it shows now; undefined: it does not answer. */
  values(): Values | undefined;
}

export interface ModbusServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Modbus exception codes. */
const illegalAddress = 2;
const gatewayTargetFailed = 11;

class ModbusException extends Error {
  readonly modbusErrorCode: number;

  constructor(modbusErrorCode: number) {
    super(`Modbus exception ${modbusErrorCode}`);
    this.modbusErrorCode = modbusErrorCode;
  }
}

type Answer<T> = (error: Error | null, value: T) => void;

/**
 * Serves the register maps of many slaves by Modbus TCP. A unit that is not there is answered as a gateway would (exception 11), an address that
 * is not in its map with exception 2, and a slave that is silent not at all.
 *
 * @param port 0 is any free port
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startModbusServer(
  { host, port }: { readonly host: string; readonly port: number },
  slaves: readonly Slave[],
): Promise<ModbusServer> {
  const byUnit = new Map(slaves.map((slave) => [slave.unit, slave]));
  const wordsOf = (fc: 3 | 4, address: number, count: number, unit: number) => {
    const slave = byUnit.get(unit);
    if (!slave) throw new ModbusException(gatewayTargetFailed);
    const values = slave.values();
    return values && read(slave, values, { fc, address, count });
  };
  const answerMany =
    (fc: 3 | 4) =>
    (address: number, count: number, unit: number, answer: Answer<number[]>): void =>
      reply(() => wordsOf(fc, address, count, unit), answer, []);
  const answerOne =
    (fc: 3 | 4) =>
    (address: number, unit: number, answer: Answer<number>): void =>
      reply(() => wordsOf(fc, address, 1, unit)?.[0], answer, 0);
  const chosen = port === 0 ? await freePort(host) : port;
  const server = new modbus.ServerTCP(
    {
      getMultipleHoldingRegisters: answerMany(3),
      getHoldingRegister: answerOne(3),
      getMultipleInputRegisters: answerMany(4),
      getInputRegister: answerOne(4),
    },
    { host, port: chosen },
  );
  await listening(server, `${host}:${chosen}`);
  return {
    port: chosen,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Says nothing where there is nothing to say: the library answers only when it is called back. */
function reply<T>(look: () => T | undefined, answer: Answer<T>, nothing: T): void {
  let found: T | undefined;
  try {
    found = look();
  } catch (error) {
    answer(error as Error, nothing);
    return;
  }
  if (found !== undefined) answer(null, found);
}

function read(
  { profile, ctRatio }: Slave,
  values: Values,
  { fc, address, count }: ReadBlock,
): number[] {
  const words = toImage(profile.registers, values, ctRatio)[fc];
  const isReadable = (at: number) =>
    profile.readable.some((range) => range.fc === fc && range.from <= at && at <= range.to);
  return Array.from({ length: count }, (_, i) => {
    const word = words.get(address + i) ?? (isReadable(address + i) ? 0 : undefined);
    if (word === undefined) throw new ModbusException(illegalAddress);
    return word;
  });
}

/** The library takes port 0 for 502. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function listening(server: InstanceType<typeof modbus.ServerTCP>, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('initialized', () => resolve());
    server.on('serverError', (error) => {
      const message = `the Modbus server cannot be opened on ${where}: ${messageOf(error)}`;
      reject(new AppError('PORT_UNAVAILABLE', message, { cause: error }));
    });
    // A client that goes away in the middle of a request is no concern of the server's.
    server.on('socketError', () => {});
    server.on('error', () => {});
  });
}
