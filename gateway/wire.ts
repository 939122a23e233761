import type { Meter, ModbusAddress, SerialLine } from '../model/entities.ts';
import { openTcpChannel } from './channel.ts';
import { createLine, type Line } from './line.ts';
import { createModbusLink, type ModbusLink } from './modbus-link.ts';
import { createRtuLink } from './rtu-link.ts';
import { onLineMs, openSerialChannel } from './serial-port.ts';

/** Where a meter's line is reached. `dtu`: a TCP port that passes bytes through to a serial line. */
export type Place =
  | { readonly kind: 'modbus-tcp' | 'dtu'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly serial: SerialLine };

export interface WireSettings {
  /** How long a Modbus TCP slave, or one on a serial port, may take to answer. */
  readonly timeoutMs: number;
  /** The same behind a DTU, with its mobile network and a line of 2,400 baud. */
  readonly dtuTimeoutMs: number;
  /** Silence before a request to a line behind a DTU, whose baud rate we do not know. */
  readonly dtuGapMs: number;
  /** How long a host may take to accept a connection. */
  readonly connectTimeoutMs: number;
}

/** What carries the questions to the meters of a place. */
export interface Wire {
  readonly link: ModbusLink;
  /** Where the place passes bytes as they are. */
  readonly line: Line | undefined;
  close(): void;
}

/** The longest Modbus RTU frame, asked and answered. */
const longestBytes = 264;
/** Silence between two RTU frames, in bytes on the line, and at least so long. */
const gapBytes = 3.5;
const gapLeastMs = 5;

/** @returns undefined for a meter that is not polled, or does not say where */
export function placeOf({ modbus, dlt645, cjt188 }: Meter): Place | undefined {
  const framed = dlt645 ?? cjt188;
  if (framed) return { kind: 'dtu', host: framed.host, port: framed.port };
  return modbus && placeOfSlave(modbus);
}

function placeOfSlave({ host, port, framing, serial }: ModbusAddress): Place | undefined {
  if (serial) return { kind: 'serial', serial };
  if (host === undefined || port === undefined) return undefined;
  return { kind: framing === 'rtu' ? 'dtu' : 'modbus-tcp', host, port };
}

/** For people: `host:port` or the serial port. */
export const nameOf = (place: Place): string =>
  place.kind === 'serial' ? place.serial.path : `${place.host}:${place.port}`;

/** The same for all meters that share a connection. Serial ports are opened by one only, so that with other settings its meters wait. */
export const keyOf = (place: Place): string => JSON.stringify(place);

export function createWire(place: Place, settings: WireSettings): Wire {
  const { connectTimeoutMs, timeoutMs } = settings;
  if (place.kind === 'modbus-tcp') {
    const { host, port } = place;
    const link = createModbusLink({ host, port, timeoutMs, connectTimeoutMs });
    return { link, line: undefined, close: link.close };
  }
  const line =
    place.kind === 'serial' ? serialLine(place.serial, settings) : dtuLine(place, settings);
  return { link: createRtuLink(line), line, close: line.close };
}

const serialLine = (serial: SerialLine, { timeoutMs }: WireSettings): Line =>
  createLine({
    open: (signal) => openSerialChannel(serial, signal),
    timeoutMs: timeoutMs + onLineMs(serial, longestBytes),
    gapMs: Math.max(gapLeastMs, onLineMs(serial, gapBytes)),
  });

const dtuLine = (
  { host, port }: { readonly host: string; readonly port: number },
  { connectTimeoutMs, dtuGapMs, dtuTimeoutMs }: WireSettings,
): Line =>
  createLine({
    open: (signal) => openTcpChannel({ host, port, connectTimeoutMs }, signal),
    timeoutMs: dtuTimeoutMs,
    gapMs: dtuGapMs,
  });
