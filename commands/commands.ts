import { z } from 'zod';

/** What people ask of terminals, and what came of it. */

/** What the confirmation of an alarm may name. JT/T 808-2013 8.22: only these. */
export const confirmableAlarms = {
  emergency: 0,
  danger: 3,
  area: 20,
  route: 21,
  segment: 22,
  'illegal-ignition': 27,
  'illegal-displacement': 28,
} as const;

export type ConfirmableAlarm = keyof typeof confirmableAlarms;

/** Bytes of GBK: what one frame holds in every edition. Terminals that cannot join frames would show half of a longer text. */
export const textMostBytes = 1_000;

const confirmed = z
  .literal(true, { error: 'want true: this can make the terminal unreachable or wrong' })
  .meta({ description: 'Said by a person who knows what it does' });
const nothing = z.strictObject({});
const parameterName = z.string().min(1).max(64);

/** What each kind of command may be told. */
export const commandParams = {
  locate: nothing,
  track: z.strictObject({
    intervalS: z.int().min(0).max(3_600).meta({ description: '0 ends it' }),
    forS: z.int().min(1).max(86_400).exactOptional().meta({ description: 'Not with interval 0' }),
  }),
  text: z.strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(textMostBytes)
      .meta({
        description: `At most ${textMostBytes} bytes in GBK, a Chinese character being two`,
      }),
    urgent: z.boolean().default(false),
    display: z.boolean().default(true),
    speak: z.boolean().default(true).meta({ description: 'Read aloud' }),
  }),
  'confirm-alarm': z.strictObject({
    alarms: z
      .array(z.enum(Object.keys(confirmableAlarms) as [ConfirmableAlarm, ...ConfirmableAlarm[]]))
      .min(1)
      .max(Object.keys(confirmableAlarms).length),
    serial: z
      .int()
      .min(0)
      .max(0xffff)
      .default(0)
      .meta({ description: 'Of the report that raised it; 0 is all of these alarms' }),
  }),
  'read-parameters': z.strictObject({
    names: z
      .array(parameterName)
      .min(1)
      .max(64)
      .exactOptional()
      .meta({ description: 'All when absent' }),
  }),
  'set-parameters': z.strictObject({
    values: z
      .record(parameterName, z.union([z.number(), z.string().trim().max(255)]))
      .meta({ description: 'By name; see `/terminal-parameters`' }),
    confirm: confirmed.exactOptional().meta({
      description: 'Needed for parameters that can make the terminal unreachable or wrong',
    }),
  }),
  'read-attributes': nothing,
  restart: z.strictObject({ confirm: confirmed }),
} as const;

export type CommandKind = keyof typeof commandParams;
export type ParamsOf<K extends CommandKind> = z.infer<(typeof commandParams)[K]>;

export const commandKinds = Object.keys(commandParams) as readonly CommandKind[];

export const commandStates = [
  'queued',
  'sent',
  'answered',
  'refused',
  'expired',
  'failed',
  'cancelled',
] as const;

/**
 * `queued` waits for the terminal, `sent` for its answer; the others are ends. `refused` is the terminal's word; `failed` is ours: nothing came
 * that says whether it was done.
 */
export type CommandState = (typeof commandStates)[number];

export const troubles = [
  'failed',
  'malformed',
  'unsupported',
  'unanswered',
  'interrupted',
  'unreadable',
  'impossible',
  'not-allowed',
] as const;

/**
 * Why a command was refused, failed, or was taken back without anybody doing so. By the terminal: it failed, did not understand, does not support it.
 * By us: no answer came; the service ended before one came; the answer cannot be read; it cannot be said to this terminal; who asked may not
 * any more.
 */
export type Trouble = (typeof troubles)[number];

/** In both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Where a terminal says it is; WGS-84. */
export interface Located {
  /** Its clock, or the receipt where it tells no time; Unix ms UTC. */
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  /** False: the coordinates are the last known ones, or none. */
  readonly fixed: boolean;
  readonly speedKmh: number | null;
  readonly headingDeg: number | null;
  readonly acc: boolean | null;
  readonly odometerKm: number | null;
  readonly satellites: number | null;
  /** Names of the alarms that are on. */
  readonly alarms: readonly Words[];
}

export interface ParameterValue {
  /** As the standard writes it, `0x0029`. */
  readonly id: string;
  /** Null for one that is not in the table. */
  readonly name: string | null;
  readonly label: Words;
  /** In `unit`; null where it cannot be read. */
  readonly value: number | string | null;
  readonly unit: string | null;
  /** What the value stands for. */
  readonly meaning: Words | null;
  readonly hex: string;
}

/** A line of what a terminal tells of itself. */
export interface Told {
  readonly name: Words;
  readonly value: number | string | Words;
}

/** What a terminal answered: at most one of these; none where it only said that it is done. */
export interface CommandAnswer {
  readonly position?: Located;
  readonly parameters?: readonly ParameterValue[];
  readonly attributes?: readonly Told[];
}

export interface Command {
  readonly id: string;
  readonly vehicle: string;
  readonly kind: CommandKind;
  /** Of its kind, checked. */
  readonly params: Readonly<Record<string, unknown>>;
  /** User. */
  readonly by: string;
  /** Our clock, Unix ms UTC, as all times of a command. */
  readonly requestedAt: number;
  /** If it is not sent by then it never is. */
  readonly expiresAt: number;
  readonly state: CommandState;
  /** How often it was sent. */
  readonly attempts: number;
  /** The last time. */
  readonly sentAt: number | null;
  readonly settledAt: number | null;
  readonly answer: CommandAnswer | null;
  readonly trouble: Trouble | null;
  readonly detail: string | null;
}

/** A parameter of terminals that can be read and set. */
export interface ParameterInfo {
  readonly name: string;
  readonly id: string;
  readonly label: Words;
  readonly type: 'number' | 'text' | 'choice' | 'period';
  readonly unit: string | null;
  /** Of numbers, inclusive; of texts the number of bytes in GBK. */
  readonly min: number | null;
  readonly max: number | null;
  readonly step: number | null;
  readonly choices: readonly { readonly value: number; readonly label: Words }[] | null;
  /** Set only with `confirm`. */
  readonly needsConfirmation: boolean;
}

export interface CommandRequest {
  readonly vehicle: string;
  readonly kind: CommandKind;
  readonly params: unknown;
  /** By the kind when absent. */
  readonly expiresInS?: number;
  readonly by: string;
}

export interface CommandPage {
  readonly items: readonly Command[];
  readonly next: string | null;
}

/** Asks terminals for people. */
export interface CommandDesk {
  /** @throws AppError `INPUT_INVALID`, `RATE_LIMITED` where too many wait already */
  request(request: CommandRequest): Command;
  /** Newest first. */
  list(vehicle: string, query: { readonly limit: number; readonly cursor?: string }): CommandPage;
  get(id: string): Command | undefined;
  /** @throws AppError `VERSION_CONFLICT` where it waits no more */
  cancel(id: string): Command;
  readonly parameters: readonly ParameterInfo[];
}

/** What the terminal said: message id, body, and of a general reply its result. */
export interface TerminalReply {
  readonly id: number;
  readonly body: Uint8Array;
  readonly result?: number;
  /** Our clock, Unix ms UTC. */
  readonly at: number;
}

export interface TerminalLink {
  readonly vehicle: string;
  /** By its header. */
  readonly layout: 2013 | 2019;
}

/** The way to terminals. */
export interface TerminalWay {
  /** Of these vehicles, those whose terminal is there. */
  links(vehicles: readonly string[]): Promise<readonly TerminalLink[]>;
  /** @throws AppError `DEVICE_OFFLINE` and `SERVICE_BUSY` where nothing was sent, `DEVICE_UNANSWERED` */
  send(vehicle: string, id: number, body: Uint8Array): Promise<TerminalReply>;
}

/** What must be known of a terminal to speak with it. */
export interface TerminalFacts {
  /** What the registry or its registration says; undefined: as its header. */
  readonly edition: 2011 | 2013 | 2019 | undefined;
  readonly utcOffsetMinutes: number;
  readonly datum: 'wgs84' | 'gcj02';
}
