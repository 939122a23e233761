import { runsInPython, type Slave, startSlave } from './slave-program.ts';

export const hasLibmodbus = (): boolean =>
  runsInPython('import ctypes; ctypes.CDLL("libmodbus.so.5")');

/**
 * Starts a slave of libmodbus on a free port of 127.0.0.1, or on a serial port.
 * @param where `tcp`, or such as `/dev/pts/3:9600:N`
 * @param words of holding and input registers by address
 */
export const startLibmodbus = (
  where: string,
  unit: number,
  words: Readonly<Record<number, number>>,
): Promise<Slave> => startSlave('libmodbus-slave.py', [where, String(unit), JSON.stringify(words)]);
