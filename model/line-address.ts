/** A serial port of this machine. */
export interface SerialLine {
  /** Such as `/dev/ttyUSB0` or `COM3`. */
  readonly path: string;
  readonly baudRate: number;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** Where a line of meters is reached: by `host` and `port`, by a DTU that dials in to us, or by a serial port. */
export interface LineAddress {
  readonly host?: string;
  readonly port?: number;
  readonly dtu?: {
    /** What it sends first: text, or the bytes in hexadecimal after `0x`. */
    readonly id: string;
  };
  readonly serial?: SerialLine;
}

export interface Dlt645Address extends LineAddress {
  /** As printed on the meter, 12 digits. */
  readonly address: string;
  /** What to ask for: data identifiers DI3 to DI0, 8 hex digits each; without, what nearly every meter has. */
  readonly items?: readonly string[];
  /** FE bytes sent ahead of a request, 0 to 16; default 4. */
  readonly wakeUpBytes?: number;
}

export const cjt188Types = [
  'cold-water',
  'hot-water',
  'drinking-water',
  'reclaimed-water',
  'heat',
  'cooling',
  'heat-cooling',
  'gas',
] as const;

export type Cjt188Type = (typeof cjt188Types)[number];

export interface Cjt188Address extends LineAddress {
  /** As printed on the meter, 14 digits; the first four are the maker. */
  readonly address: string;
  /** Without, the first of the medium: cold water, heat, gas. */
  readonly type?: Cjt188Type;
  /** How the identifier 901F is sent: 1F 90 (`low-first`, the default) or 90 1F. Answers are taken in both orders. */
  readonly identifierOrder?: 'low-first' | 'high-first';
  /** FE bytes sent ahead of a request, 0 to 16; default 4. */
  readonly wakeUpBytes?: number;
}
