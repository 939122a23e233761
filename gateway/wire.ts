import type { LineAddress, Meter, ModbusAddress, SerialLine } from '../model/entities.ts';
import { type Channel, openTcpChannel, type Unreachable } from './channel.ts';
import { type DialIns, dtuKey, dtuName } from './dial-in.ts';
import { createLine, type Line } from './line.ts';
import { createModbusLink, type ModbusLink } from './modbus-link.ts';
import { createRtuLink } from './rtu-link.ts';
import { onLineMs, openSerialChannel } from './serial-port.ts';

/** Where a meter's line is reached. `dtu`: a TCP port that passes bytes through to a serial line; `dial-in`: one that comes to us. */
export type Place =
  | { readonly kind: 'modbus-tcp' | 'dtu'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'dial-in';
      /** As `dtuKey` gives it. */
      readonly id: string;
    }
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
  if (framed) return placeOn(framed, 'dtu');
  return modbus && placeOn(modbus, kindOf(modbus));
}

const kindOf = ({ framing }: ModbusAddress) => (framing === 'rtu' ? 'dtu' : 'modbus-tcp');

/** @param kind of what has host and port */
function placeOn(
  { host, port, dtu, serial }: LineAddress,
  kind: 'dtu' | 'modbus-tcp',
): Place | undefined {
  if (serial) return { kind: 'serial', serial };
  if (dtu) return { kind: 'dial-in', id: dtuKey(dtu.id) };
  return host === undefined || port === undefined ? undefined : { kind, host, port };
}

/** For people: `host:port`, the serial port or the DTU. */
export function nameOf(place: Place): string {
  if (place.kind === 'serial') return place.serial.path;
  return place.kind === 'dial-in' ? `DTU ${dtuName(place.id)}` : `${place.host}:${place.port}`;
}

/** The same for all meters that share a connection. Serial ports are opened by one only, so that with other settings its meters wait. */
export const keyOf = (place: Place): string => JSON.stringify(place);

/**
 * @param dialIns without, nobody can dial in
 * @param arrived called whenever whoever dials in has done so
 */
export function createWire(
  place: Place,
  settings: WireSettings,
  dialIns: DialIns | undefined,
  arrived: () => void,
): Wire {
  const { connectTimeoutMs, timeoutMs } = settings;
  switch (place.kind) {
    case 'modbus-tcp': {
      const { host, port } = place;
      const link = createModbusLink({ host, port, timeoutMs, connectTimeoutMs });
      return { link, line: undefined, close: link.close };
    }
    case 'serial':
      return wireOf(serialLine(place.serial, settings));
    case 'dtu':
      return wireOf(
        dtuLine((signal) => openTcpChannel({ ...place, connectTimeoutMs }, signal), settings),
      );
    case 'dial-in': {
      const dtu = dialIns?.expect(place.id, arrived);
      const line = dtuLine(async () => dtu?.open() ?? nobodyDialsIn, settings);
      return wireOf({
        ask: line.ask,
        close() {
          line.close();
          dtu?.forget();
        },
      });
    }
  }
}

const nobodyDialsIn: Unreachable = {
  kind: 'unreachable',
  why: 'there is no port for DTUs: dtuPort is not set',
};

const wireOf = (line: Line): Wire => ({ link: createRtuLink(line), line, close: line.close });

const serialLine = (serial: SerialLine, { timeoutMs }: WireSettings): Line =>
  createLine({
    open: (signal) => openSerialChannel(serial, signal),
    timeoutMs: timeoutMs + onLineMs(serial, longestBytes),
    gapMs: Math.max(gapLeastMs, onLineMs(serial, gapBytes)),
  });

const dtuLine = (
  open: (signal: AbortSignal) => Promise<Channel | Unreachable>,
  { dtuGapMs, dtuTimeoutMs }: WireSettings,
): Line => createLine({ open, timeoutMs: dtuTimeoutMs, gapMs: dtuGapMs });
