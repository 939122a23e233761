import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import type { Audience } from './audience.ts';
import type { BrokerAccess, BrokerLimits } from './broker.ts';
import type { Lane } from './connection.ts';
import type { SessionBook } from './session-book.ts';
import type { SessionStore } from './session-store.ts';
import type { Shares } from './shares.ts';
import type { States } from './states.ts';

/** What the door is made of, the broker library and the lanes aside. */
export interface Parts {
  readonly access: BrokerAccess;
  readonly take: Take;
  readonly limits: BrokerLimits;
  readonly context: Context;
  /** The lane behind what the library takes for the connection. */
  readonly lanes: WeakMap<object, Lane>;
  /** Connections that have been let in, by session id. */
  readonly live: Map<string, Lane>;
  /** The last of those that are about to come in, by session id. */
  readonly arriving: Map<string, Promise<void>>;
  readonly book: SessionBook;
  readonly store: SessionStore;
  readonly audience: Audience;
  readonly shares: Shares;
  readonly states: States;
}
