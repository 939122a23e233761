/** What the door does with a message of an authenticated terminal, by its id. JT/T 808-2019 table in 8. */
export type Kind =
  /** Into the journal, and answered by the general reply when it is there. */
  | 'kept'
  /** Into the journal; it answers something itself. */
  | 'kept-answer'
  /** Answers what was sent to the terminal. */
  | 'answer'
  /** Says nothing that is kept; answered by the general reply. */
  | 'passing'
  | 'logout'
  | 'register'
  | 'authenticate'
  | 'time'
  | 'resend'
  | 'media'
  /** A file of an alarm has gone to where such files go. */
  | 'file-sent';

/**
 * Of terminals with cameras: what their video can do, who got on and off, and the files of an alarm. None of it is asked for here, nor kept.
 * JT/T 1078-2016 and T/JSATL 12-2017 have each of them answered, since a terminal sends again what is not.
 */
const ofVideoTerminals: readonly (readonly [number, Kind])[] = [
  [0x1003, 'passing'],
  [0x1005, 'passing'],
  [0x1206, 'passing'],
  [0x1210, 'passing'],
  [0x1211, 'passing'],
  [0x1212, 'file-sent'],
];

const kinds: ReadonlyMap<number, Kind> = new Map([
  [0x0001, 'answer'],
  [0x0002, 'passing'],
  [0x0003, 'logout'],
  [0x0004, 'time'],
  [0x0005, 'resend'],
  [0x0100, 'register'],
  [0x0102, 'authenticate'],
  [0x0104, 'answer'],
  [0x0107, 'answer'],
  [0x0200, 'kept'],
  [0x0201, 'kept-answer'],
  [0x0500, 'answer'],
  [0x0608, 'answer'],
  [0x0702, 'kept'],
  [0x0704, 'kept'],
  [0x0705, 'kept'],
  [0x0800, 'passing'],
  [0x0801, 'media'],
  [0x0900, 'kept'],
  ...ofVideoTerminals,
]);

/** Undefined for an id that is not spoken here. */
export const kindOf = (id: number): Kind | undefined => kinds.get(id);

/** What may come before the terminal has authenticated. */
export const isForStrangers = (kind: Kind | undefined): boolean =>
  kind === 'register' || kind === 'authenticate' || kind === 'time';

/** Message id of the platform → of the terminal's message that answers it, where that is not the general reply. */
const answers: ReadonlyMap<number, number> = new Map([
  [0x8104, 0x0104],
  [0x8106, 0x0104],
  [0x8107, 0x0107],
  [0x8201, 0x0201],
  [0x8500, 0x0500],
  [0x8608, 0x0608],
]);

export const answerTo = (id: number): number => answers.get(id) ?? 0x0001;
