import type { Frame } from '../protocols/jt808/frame.ts';
import type { Message } from '../protocols/jt808/message.ts';
import { setParameters } from '../protocols/jt808/messages/p-8103-set-parameters.ts';
import { queryParameters } from '../protocols/jt808/messages/p-8104-query-parameters.ts';
import { control } from '../protocols/jt808/messages/p-8105-control.ts';
import { querySomeParameters } from '../protocols/jt808/messages/p-8106-query-some-parameters.ts';
import { queryAttributes } from '../protocols/jt808/messages/p-8107-query-attributes.ts';
import { queryLocation } from '../protocols/jt808/messages/p-8201-query-location.ts';
import { track } from '../protocols/jt808/messages/p-8202-track.ts';
import { confirmAlarm } from '../protocols/jt808/messages/p-8203-confirm-alarm.ts';
import { checkLink } from '../protocols/jt808/messages/p-8204-check-link.ts';
import { driverText } from '../protocols/jt808/messages/p-8300-text.ts';
import { passedDown } from '../protocols/jt808/messages/p-8900-passed-down.ts';
import { generalReplyOfTerminal } from '../protocols/jt808/messages/t-0001-general-reply.ts';
import { parametersAnswered } from '../protocols/jt808/messages/t-0104-parameters.ts';
import { attributes } from '../protocols/jt808/messages/t-0107-attributes.ts';
import { locationAsked } from '../protocols/jt808/messages/t-0201-location-asked.ts';
import { type Parameter, toParameter } from '../protocols/jt808/parameters.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import { type Said, toLocation } from './terminal-speech.ts';

/** What a terminal remembers of what it was told. */
export interface Told {
  readonly parameters: Map<number, Uint8Array>;
  /** Reports more often for a while (0x8202). */
  tracking: { readonly everyMs: number; readonly until: number; nextAt: number } | undefined;
  /** Alarms a person has confirmed; they are held no longer. */
  confirmed: number;
}

export function createTold({ edition }: SimulatedTerminal, plate: string, everyS: number): Told {
  const known: readonly Parameter[] = [
    toParameter('heartbeatS', 60),
    toParameter('tcpTimeoutS', 10),
    toParameter('tcpRetries', 3),
    toParameter('reportStrategy', 0),
    toParameter('sleepIntervalS', 60),
    toParameter('emergencyIntervalS', everyS),
    toParameter('intervalS', everyS),
    toParameter('maxSpeedKmh', 120),
    toParameter('overspeedS', 10),
    toParameter('plate', plate),
    ...(edition === 2019 ? [toParameter('forbiddenPeriod', Uint8Array.of(2, 0, 5, 0))] : []),
  ];
  return {
    parameters: new Map(known.map(({ id, bytes }) => [id, bytes])),
    tracking: undefined,
    confirmed: 0,
  };
}

/** What the terminal does beside answering. */
export type Deed = 'restart' | undefined;

export interface Answer {
  readonly said: Said;
  readonly deed?: Deed;
}

/** Who answers. */
export interface Answerer {
  readonly terminal: SimulatedTerminal;
  readonly told: Told;
  /** Where it is now. */
  report(): TerminalReport;
  now(): number;
}

type Answering = (frame: Frame, from: Answerer) => Answer;

const results = { done: 0, failed: 1, unsupported: 3 } as const;
const restart = 4;

const general = ({ header: { serial, id } }: Frame, result: number): Said => ({
  id: generalReplyOfTerminal.id,
  body: generalReplyOfTerminal.encode({ serial, id, result }, 2019),
});

const done: Answering = (frame) => ({ said: general(frame, results.done) });

function toldParameters(
  { header: { serial } }: Frame,
  { terminal, told }: Answerer,
  ids: readonly number[],
): Answer {
  const parameters = ids.flatMap((id) => {
    const bytes = told.parameters.get(id);
    return bytes ? [{ id, bytes }] : [];
  });
  const body = parametersAnswered.encode({ serial, parameters }, terminal.edition);
  return { said: { id: parametersAnswered.id, body } };
}

function attributesOf({ edition, maker, model, id, phone }: SimulatedTerminal): Said {
  const body = attributes.encode(
    {
      kinds: 0,
      maker,
      model,
      terminalId: id,
      iccid: `8986${phone}0000`,
      hardware: 'HW1.2',
      firmware: 'FW3.4.5',
      gnss: 3,
      networks: 0x20,
    },
    edition,
  );
  return { id: attributes.id, body };
}

const read = <T>({ body }: Frame, message: Message<T>, { terminal }: Answerer): T =>
  message.decode(body, terminal.edition);

const answers: ReadonlyMap<number, Answering> = new Map<number, Answering>([
  [checkLink.id, done],
  [driverText.id, done],
  [passedDown.id, done],
  [
    setParameters.id,
    (frame, from) => {
      for (const { id, bytes } of read(frame, setParameters, from).parameters)
        from.told.parameters.set(id, bytes.slice());
      return done(frame, from);
    },
  ],
  [
    queryParameters.id,
    (frame, from) => toldParameters(frame, from, [...from.told.parameters.keys()]),
  ],
  [
    querySomeParameters.id,
    (frame, from) => toldParameters(frame, from, read(frame, querySomeParameters, from).ids),
  ],
  [
    control.id,
    (frame, from) =>
      read(frame, control, from).command === restart
        ? { said: general(frame, results.done), deed: 'restart' }
        : { said: general(frame, results.unsupported) },
  ],
  [queryAttributes.id, (_, { terminal }) => ({ said: attributesOf(terminal) })],
  [
    queryLocation.id,
    ({ header: { serial } }, { terminal, report }) => {
      const location = toLocation(report(), terminal);
      const body = locationAsked.encode({ serial, location }, terminal.edition);
      return { said: { id: locationAsked.id, body } };
    },
  ],
  [
    track.id,
    (frame, from) => {
      const { intervalS, validS = 0 } = read(frame, track, from);
      const everyMs = intervalS * 1000;
      const until = from.now() + validS * 1000;
      from.told.tracking = everyMs > 0 ? { everyMs, until, nextAt: from.now() } : undefined;
      return done(frame, from);
    },
  ],
  [
    confirmAlarm.id,
    (frame, from) => {
      from.told.confirmed |= read(frame, confirmAlarm, from).alarms;
      return done(frame, from);
    },
  ],
]);

/** Messages of the platform that want no answer. */
const quiet = new Set([0x8004, 0x8800]);

/**
 * What a terminal answers to a message of the platform.
 *
 * @throws AppError `DECODE_…` where it cannot read it
 */
export function answerTo(frame: Frame, from: Answerer): Answer | undefined {
  const { id } = frame.header;
  if (quiet.has(id)) return undefined;
  const answering = answers.get(id);
  return answering ? answering(frame, from) : { said: general(frame, results.unsupported) };
}
