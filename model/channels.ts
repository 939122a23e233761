import type { Severity } from './entities.ts';

/** Ways alerts reach people, and which go where. */

export interface ChannelSettings {
  readonly id: string;
  readonly kind: 'webhook' | 'email';
  readonly url?: string;
  readonly to?: readonly string[];
}

export interface Routing {
  readonly id: string;
  readonly institution: string;
  /** Rule kinds; `vehicle.*` is all of a family. */
  readonly kinds: readonly string[];
  /** This and worse. */
  readonly severity: Severity;
  readonly channel: string;
}
