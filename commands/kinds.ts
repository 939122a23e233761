import { AppError, type Fault } from '../model/errors.ts';
import { alarmNames } from '../protocols/jt808/alarms.ts';
import type { Edition } from '../protocols/jt808/edition.ts';
import type { Explained } from '../protocols/jt808/field.ts';
import { nothingTold, readFix } from '../protocols/jt808/fix.ts';
import { encodeText } from '../protocols/jt808/gbk.ts';
import type { Message } from '../protocols/jt808/message.ts';
import { setParameters } from '../protocols/jt808/messages/p-8103-set-parameters.ts';
import { queryParameters } from '../protocols/jt808/messages/p-8104-query-parameters.ts';
import { control } from '../protocols/jt808/messages/p-8105-control.ts';
import { querySomeParameters } from '../protocols/jt808/messages/p-8106-query-some-parameters.ts';
import { queryAttributes } from '../protocols/jt808/messages/p-8107-query-attributes.ts';
import { queryLocation } from '../protocols/jt808/messages/p-8201-query-location.ts';
import { track } from '../protocols/jt808/messages/p-8202-track.ts';
import { confirmAlarm } from '../protocols/jt808/messages/p-8203-confirm-alarm.ts';
import { driverText } from '../protocols/jt808/messages/p-8300-text.ts';
import { parametersAnswered } from '../protocols/jt808/messages/t-0104-parameters.ts';
import { attributes } from '../protocols/jt808/messages/t-0107-attributes.ts';
import { serialBytes } from '../protocols/jt808/messages/t-0201-location-asked.ts';
import {
  type CommandAnswer,
  type CommandKind,
  confirmableAlarms,
  type ParamsOf,
  type TerminalFacts,
  type TerminalReply,
  type Told,
  textMostBytes,
} from './commands.ts';
import { checkNames, checkValues, idsOf, toParameters, toValue } from './parameter-table.ts';

/** A message to the terminal. */
export interface Outgoing {
  readonly id: number;
  readonly body: Uint8Array;
}

/** A terminal whose edition is settled. */
export interface Spoken extends Omit<TerminalFacts, 'edition'> {
  readonly edition: Edition;
}

/** What a command is on the wire. */
export interface Kind<P> {
  /** Done twice it would not be the same as done once. */
  readonly isOnce?: true;
  /** How long it may wait for the terminal, where nobody says. */
  readonly expiresInS: number;
  /**
   * What its shape does not say.
   * @param silenceS after which a terminal is cut off
   * @throws AppError `INPUT_INVALID`
   */
  check?(params: P, silenceS: number): void;
  write(params: P, edition: Edition): Outgoing;
  /** What came in place of a general reply. @throws AppError `DECODE_…` */
  read?(reply: TerminalReply, terminal: Spoken): CommandAnswer;
}

const shortS = 600;
const hourS = 3_600;
const dayS = 86_400;

const outgoing = <T>(message: Message<T>, value: T, edition: Edition): Outgoing => ({
  id: message.id,
  body: message.encode(value, edition),
});

function refuse(path: string, message: string): never {
  const faults: readonly Fault[] = [{ path, message }];
  throw new AppError('INPUT_INVALID', `${path}: ${message}`, { faults });
}

const locate: Kind<ParamsOf<'locate'>> = {
  expiresInS: shortS,
  write: (_, edition) => outgoing(queryLocation, {}, edition),
  read: readPosition,
};

function readPosition({ body, at }: TerminalReply, terminal: Spoken): CommandAnswer {
  const told = nothingTold();
  const known = { ...terminal, device: '', profile: undefined, tankL: undefined };
  readFix(body, serialBytes, body.length, known, at, false, told);
  const [fix] = told.observations;
  const [refused] = told.refused;
  if (!fix) throw new AppError('DECODE_MALFORMED', refused?.detail ?? 'got no location');
  const { lat, lon, fixed, speedKmh, headingDeg, acc, odometerKm, satellites, alarms = 0 } = fix;
  const on = Object.entries(alarmNames(2019)).filter(
    ([bit]) => ((alarms >>> Number(bit)) & 1) === 1,
  );
  const position = {
    at: fix.at,
    lat,
    lon,
    fixed,
    speedKmh: speedKmh ?? null,
    headingDeg: headingDeg ?? null,
    acc: acc ?? null,
    odometerKm: odometerKm ?? null,
    satellites: satellites ?? null,
    alarms: on.map(([, { zh, en }]) => ({ zh, en })),
  };
  return { position };
}

const trackForAWhile: Kind<ParamsOf<'track'>> = {
  expiresInS: shortS,
  check({ intervalS, forS }) {
    if (intervalS === 0 && forS !== undefined) refuse('params.forS', 'is not with interval 0');
    if (intervalS > 0 && forS === undefined) refuse('params.forS', 'want for how long');
    if (forS !== undefined && forS < intervalS)
      refuse('params.forS', `got ${forS}, want at least one interval of ${intervalS}`);
  },
  write: ({ intervalS, forS }, edition) => outgoing(track, { intervalS, validS: forS }, edition),
};

const flagBits = { urgent: 1, display: 4, speak: 8 } as const;
/** A service message rather than a notice would be shown in another place of a terminal of 2019. */
const notice = 1;

const text: Kind<ParamsOf<'text'>> = {
  isOnce: true,
  expiresInS: hourS,
  check({ text: said, display, speak }) {
    if (!display && !speak) refuse('params.display', 'want it shown, read aloud, or both');
    let bytes = 0;
    try {
      bytes = encodeText(said).length;
    } catch (error) {
      refuse('params.text', (error as Error).message);
    }
    if (bytes > textMostBytes)
      refuse('params.text', `got ${bytes} bytes in GBK, want at most ${textMostBytes}`);
  },
  write({ text: said, urgent, display, speak }, edition) {
    const flags =
      (urgent ? flagBits.urgent : 0) |
      (display ? flagBits.display : 0) |
      (speak ? flagBits.speak : 0);
    return outgoing(driverText, { flags, kind: notice, text: said }, edition);
  },
};

const confirm: Kind<ParamsOf<'confirm-alarm'>> = {
  expiresInS: hourS,
  write({ alarms, serial }, edition) {
    const bits = alarms.reduce((sum, name) => sum | (1 << confirmableAlarms[name]), 0);
    return outgoing(confirmAlarm, { serial, alarms: bits >>> 0 }, edition);
  },
};

const readParameters: Kind<ParamsOf<'read-parameters'>> = {
  expiresInS: dayS,
  check: ({ names = [] }) => checkNames(names),
  write: ({ names }, edition) =>
    names
      ? outgoing(querySomeParameters, { ids: idsOf(names) }, edition)
      : outgoing(queryParameters, {}, edition),
  read: ({ body }, { edition }) => ({
    parameters: parametersAnswered.decode(body, edition).parameters.map(toValue),
  }),
};

const writeParameters: Kind<ParamsOf<'set-parameters'>> = {
  expiresInS: dayS,
  check: ({ values, confirm: isConfirmed = false }, silenceS) =>
    checkValues(values, isConfirmed, silenceS),
  write: ({ values }, edition) =>
    outgoing(setParameters, { parameters: toParameters(values) }, edition),
};

const readAttributes: Kind<ParamsOf<'read-attributes'>> = {
  expiresInS: dayS,
  write: (_, edition) => outgoing(queryAttributes, {}, edition),
  read({ body }, { edition }) {
    // Throws where it is no such answer; what is shown is what a person would read in the frame.
    attributes.decode(body, edition);
    return { attributes: attributes.describe(body, edition).map(toTold) };
  },
};

function toTold({ name, value, children = [] }: Explained): Told {
  if (children.length === 0) return { name, value: value ?? '' };
  const bare = (said: string): string => said.replace(/^(?:位|bit) \d+ /, '');
  return {
    name,
    value: {
      zh: children.map((child) => bare(child.name.zh)).join('、'),
      en: children.map((child) => bare(child.name.en)).join(', '),
    },
  };
}

/** JT/T 808-2013 table 17: restart. No other control is offered. */
const restartCommand = 4;

const restart: Kind<ParamsOf<'restart'>> = {
  isOnce: true,
  expiresInS: hourS,
  write: (_, edition) => outgoing(control, { command: restartCommand, parameters: '' }, edition),
};

const kinds: { readonly [K in CommandKind]: Kind<ParamsOf<K>> } = {
  locate,
  track: trackForAWhile,
  text,
  'confirm-alarm': confirm,
  'read-parameters': readParameters,
  'set-parameters': writeParameters,
  'read-attributes': readAttributes,
  restart,
};

/** The parameters of a command were checked against its kind when it was asked for. */
export const kindOf = (kind: CommandKind): Kind<unknown> => kinds[kind] as Kind<unknown>;
