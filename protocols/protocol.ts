import type { Gateway, Meter, Vehicle } from '../model/entities.ts';
import type { ProtocolName } from '../model/envelope.ts';
import type { Observation, QuarantineReason } from '../model/observation.ts';

/** The device the bytes are about, as it was when they came. */
export type About =
  | { readonly type: 'meter'; readonly meter: Meter }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle }
  | AboutGateway;

/** A sender whose messages say themselves which of its meters they are about. */
export interface AboutGateway {
  readonly type: 'gateway';
  readonly gateway: Gateway;
  /** The meter it speaks for under that name; undefined where there is none, or more than one. */
  meter(name: string): Meter | undefined;
}

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
  /** How many of the observations are of parts in which something was not understood, where not each of these is in `refused`. */
  readonly flawed?: number;
  /** Where the language numbers its messages, so that one that never came is missed. */
  readonly serial?: Serial;
  /** What the language has to know of the device when its next message comes: never changed in place. */
  readonly memory?: object;
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
   * @param memory what it gave of the device's message before; absent for a message that stands alone
   * @throws AppError `DECODE_*` when nothing of the message can be used
   */
  decode(bytes: Uint8Array, about: About, receivedAt: number, memory?: object): Decoded;
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

/** A language of frames on a line that several devices share, in which we ask and the device only answers. */
export interface FramedProtocol extends Protocol {
  /**
   * What to ask a meter for, each one request frame with its wake-up bytes. A meter may refuse one of them and answer the others.
   * @throws AppError `DECODE_UNSUPPORTED` where the meter is not reached by this language or is asked for what it does not have
   */
  requests(meter: Meter): readonly Uint8Array[];
  /**
   * Looks at what the line has brought since the request: noise, the request's echo and answers to other requests are passed over.
   * Never throws.
   */
  hear(request: Uint8Array, received: Uint8Array): Heard;
  /** The bytes `decode` reads, from the answer frames of one poll; at least one. */
  encode(answers: readonly Uint8Array[]): Uint8Array;
}

export type Heard =
  /** Nothing whole yet. */
  | { readonly type: 'wait' }
  /** `next`: the request for what did not fit into this frame. */
  | { readonly type: 'answer'; readonly frame: Uint8Array; readonly next?: Uint8Array }
  /** The meter answered that it cannot. */
  | { readonly type: 'refused'; readonly detail: string };
