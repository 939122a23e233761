/**
 * Every error code of the house and what it means; `docs/errors.md` lists the same codes and a test holds both together.
 * The prefix tells the caller what to do: `DECODE_` set the bytes aside, `INPUT_` tell the person, `*_UNAVAILABLE` try again.
 */
export const errorCodes = {
  SETTINGS_INVALID: 'A setting is missing or wrong; nothing was opened.',
  DATA_DIR_UNUSABLE: 'The data directory cannot be created, written or locked.',
  PORT_UNAVAILABLE: 'A port is in use or may not be opened.',
  INPUT_MALFORMED: 'A request or file cannot be parsed.',
  INPUT_INVALID: 'A request or file is well formed but says something that cannot be.',
  INPUT_TOO_LARGE: 'A request is larger than this route takes.',
  INVENTORY_INVALID: 'The inventory has faults; nothing was changed.',
  BACKUP_INVALID: 'A backup is damaged, incomplete or of a later version; nothing was changed.',
  NOT_FOUND: 'There is no such thing, or it is outside the scope of who asks.',
  NOT_AUTHENTICATED: 'Nobody is signed in, or the session has ended.',
  NOT_ALLOWED: 'The role or the scope does not allow this.',
  VERSION_CONFLICT: 'It was changed by somebody else meanwhile.',
  RATE_LIMITED: 'Too many requests; try again later.',
  SERVICE_BUSY: 'The service could not answer in time; try again later.',
  DEVICE_OFFLINE: 'The device is not connected, so nothing can be sent to it now.',
  DEVICE_UNANSWERED: 'The device did not answer what it was sent; it may yet have done it.',
  DEVICE_REFUSED: 'Unknown device, wrong secret, or a topic that is not its own.',
  DECODE_MALFORMED: 'The bytes are not of the language the device speaks.',
  DECODE_TRUNCATED: 'The bytes end too early.',
  DECODE_CHECKSUM: 'A checksum does not fit.',
  DECODE_UNSUPPORTED: 'There is no codec or profile for this.',
  DECODE_UNKNOWN_DEVICE: 'The device is no longer in the registry.',
  JOURNAL_UNAVAILABLE: 'The journal could not write or sync; nothing of it was acknowledged.',
  JOURNAL_FULL:
    'The journal has reached its size limit; acknowledgements stop until sinks have caught up.',
  JOURNAL_CORRUPT: 'A journal record does not fit its checksum.',
  STORE_UNAVAILABLE:
    'A store could not be reached or refused for a passing reason; nothing of the batch counts as stored.',
  STORE_REFUSED: 'A store refused a point for good.',
  MODBUS_EXCEPTION: 'A slave answered with a Modbus exception.',
  MODBUS_UNAVAILABLE: 'A slave did not answer in time or the link broke.',
  NOTIFY_FAILED: 'A channel did not take an alert.',
  INTERNAL: 'Our mistake; the log of the service has the details.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One fault of an input: where it is, and what is wrong with it. */
export interface Fault {
  /** JSON-path like, `meters[3].modbus.port`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** 1-based line in the file the input came from, when known. */
  readonly line?: number;
}

export interface AppErrorOptions {
  /** Whether trying the same again later can help. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  readonly faults?: readonly Fault[];
}

/** An error that has a place in the table; callers look at `code`, never at the text. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.faults = options.faults ?? [];
  }
}

export const isAppError = (error: unknown): error is AppError =>
  error instanceof Error && error.name === 'AppError' && 'code' in error;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
