import type { Command, CommandAnswer, Trouble } from './commands.ts';

/** How a command goes from being asked for to its end. Pure: what happened is told, with our clock. */

export type Happening =
  | { readonly what: 'sent'; readonly at: number }
  /** The link had gone when it was to be sent. */
  | { readonly what: 'not-sent'; readonly at: number }
  | { readonly what: 'answered'; readonly at: number; readonly answer: CommandAnswer }
  | { readonly what: 'refused'; readonly at: number; readonly trouble: Trouble }
  | {
      readonly what: 'failed';
      readonly at: number;
      readonly trouble: Trouble;
      readonly detail: string;
    }
  /** Nothing says whether the terminal did it: no answer came, or the service ended before. */
  | { readonly what: 'lost'; readonly at: number; readonly trouble: 'unanswered' | 'interrupted' }
  | { readonly what: 'late'; readonly at: number }
  | { readonly what: 'cancelled'; readonly at: number; readonly trouble?: Trouble };

/** How often a command that may be repeated is sent. */
export const attemptsMost = 3;

export const isOpen = ({ state }: Pick<Command, 'state'>): boolean =>
  state === 'queued' || state === 'sent';

/**
 * @param isOnce it must not be done twice, so that it is never sent again once it may have arrived
 * @returns the command as it is then; undefined where that cannot happen to it
 */
export function after(command: Command, happened: Happening, isOnce: boolean): Command | undefined {
  if (command.state === 'queued') return afterWaiting(command, happened);
  if (command.state === 'sent') return afterSending(command, happened, isOnce);
  return undefined;
}

function afterWaiting(command: Command, happened: Happening): Command | undefined {
  const { at } = happened;
  switch (happened.what) {
    case 'sent':
      return { ...command, state: 'sent', attempts: command.attempts + 1, sentAt: at };
    case 'late':
      return at < command.expiresAt ? undefined : outOfTime(command, at);
    case 'cancelled':
      return {
        ...command,
        state: 'cancelled',
        settledAt: at,
        trouble: happened.trouble ?? null,
      };
    case 'failed':
      return failed(command, at, happened.trouble, happened.detail);
    default:
      return undefined;
  }
}

function afterSending(command: Command, happened: Happening, isOnce: boolean): Command | undefined {
  const { at } = happened;
  switch (happened.what) {
    case 'not-sent':
      return { ...command, state: 'queued', attempts: command.attempts - 1, sentAt: null };
    case 'answered':
      return { ...command, state: 'answered', settledAt: at, answer: happened.answer };
    case 'refused':
      return { ...command, state: 'refused', settledAt: at, trouble: happened.trouble };
    case 'failed':
      return failed(command, at, happened.trouble, happened.detail);
    case 'lost': {
      const mayRepeat = !isOnce && command.attempts < attemptsMost && at < command.expiresAt;
      return mayRepeat ? { ...command, state: 'queued' } : failed(command, at, happened.trouble);
    }
    default:
      return undefined;
  }
}

/** One that was sent before may have been done all the same. */
const outOfTime = (command: Command, at: number): Command =>
  command.attempts > 0
    ? failed(command, at, 'unanswered')
    : { ...command, state: 'expired', settledAt: at };

const failed = (
  command: Command,
  settledAt: number,
  trouble: Trouble,
  detail: string | null = null,
): Command => ({ ...command, state: 'failed', settledAt, trouble, detail });
