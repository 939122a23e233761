import type { Meter, Vehicle } from '../model/entities.ts';
import type { ProtocolName } from '../model/envelope.ts';
import type { Observation, QuarantineReason } from '../model/observation.ts';

/** The device the bytes are about, as it was when they came. */
export type About =
  | { readonly type: 'meter'; readonly meter: Meter }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle };

/** A part of a message that was not understood, while the others were. */
export interface Refused {
  /** Which part, from 0. */
  readonly part: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
}

export interface Decoded {
  readonly observations: readonly Observation[];
  readonly refused: readonly Refused[];
  /** Where the language numbers its messages, so that one that never came is missed. */
  readonly serial?: Serial;
}

/** Number of a message: each is one more than that of the message before of the same device, from 0 after it was switched on. */
export interface Serial {
  readonly number: number;
  /** How many numbers there are, before 0 follows. */
  readonly of: number;
}

/** A device language. Pure: bytes in, observations out; no I/O, no clock, no log. */
export interface Protocol {
  readonly name: ProtocolName;
  /**
   * Converts from the device's names and units to the catalogue's. Ranges are not judged here.
   * @param receivedAt our clock at receipt, Unix ms UTC, for messages that carry no time
   * @throws AppError `DECODE_*` when nothing of the message can be used
   */
  decode(bytes: Uint8Array, about: About, receivedAt: number): Decoded;
}

/** Registers asked for by one request. */
export interface ReadBlock {
  readonly fc: 3 | 4;
  /** Zero-based address on the wire. */
  readonly address: number;
  /** Registers, 1 to 125. */
  readonly count: number;
}

/** A block with what the slave said: two bytes a register, as they came. */
export interface BlockAnswer extends ReadBlock {
  readonly bytes: Uint8Array;
}

/** A language in which we ask and the device only answers. */
export interface PolledProtocol extends Protocol {
  /**
   * What to ask a meter for, each block one request.
   * @throws AppError `DECODE_UNSUPPORTED` where the meter is not polled or its profile is unknown
   */
  plan(meter: Meter): readonly ReadBlock[];
  /** The requests a refused block can be split into, one a register of the profile. */
  split(meter: Meter, block: ReadBlock): readonly ReadBlock[];
  /** The bytes `decode` reads, from the answers of one poll; at least one. */
  encode(answers: readonly BlockAnswer[]): Uint8Array;
}
