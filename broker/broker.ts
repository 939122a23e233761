import type { ProtocolName } from '../model/envelope.ts';

/** Why a client or what it sent was turned away; counted as `refused{door,reason}`. */
export type RefusalReason =
  | 'anonymous'
  | 'busy'
  | 'client-id'
  | 'connect-timeout'
  | 'credentials'
  | 'journal'
  | 'limit'
  | 'malformed'
  | 'protocol-version'
  | 'rate-limited'
  | 'subscribe'
  | 'too-large'
  | 'topic'
  | 'unread'
  | 'will';

/** Who wants to connect. */
export interface ConnectRequest {
  /** As sent; may be empty. */
  readonly clientId: string;
  /** Whether the client wants to be forgotten when it goes. */
  readonly clean: boolean;
  readonly username?: string;
  readonly password?: string;
  /** IP address the connection comes from. */
  readonly address: string;
}

/** Who is connected. Connections of one user never disturb those of another, whatever client ids they choose. */
export interface Session {
  readonly user: string;
  /** Whose `v1/devices/{id}/state` follows this connection. */
  readonly speaksFor: readonly string[];
}

/** What a topic means when this session publishes to it. */
export type PublishGrant =
  /** Journalled as bytes of the device, then acknowledged and routed. */
  | {
      readonly to: 'journal';
      readonly device: string;
      readonly protocol: ProtocolName;
      readonly retain: boolean;
    }
  /** `online` or `offline` said by the device itself: routed, never journalled or retained. */
  | { readonly to: 'state' };

/** Who may do what at the MQTT door. */
export interface BrokerAccess {
  authenticate(request: ConnectRequest): Promise<Session | { readonly refused: RefusalReason }>;
  /** Undefined: not its own topic, the connection is closed. */
  mayPublish(session: Session, topic: string): PublishGrant | undefined;
  maySubscribe(session: Session, filter: string): boolean;
  /** Whether the client may name this topic as its last will, and whether the will is retained if it asks for that. */
  mayWill(session: Session, topic: string): { readonly retain: boolean } | undefined;
  /** False when the credential has changed or gone since the session began. */
  isCurrent(session: Session): boolean;
}

/** Sizes and times of the door. */
export interface BrokerLimits {
  readonly connections: number;
  /** Connections and kept sessions of one user. */
  readonly connectionsPerUser: number;
  /** Connections that have not said who they are; beyond, whoever has been silent for longest has to go. */
  readonly silentConnections: number;
  /** The same of one address. A system hands over some thousand that come in one burst before it shows what they say. */
  readonly silentPerAddress: number;
  readonly payloadBytes: number;
  readonly clientIdBytes: number;
  readonly topicLevels: number;
  /** From the opening of a connection to its CONNECT. */
  readonly connectTimeoutMs: number;
  /** What may wait for a subscriber that reads slowly before its connection is closed, bytes. */
  readonly subscriberBytes: number;
  /** How long a client may leave unread what was sent to it while more waits, ms. */
  readonly unreadMs: number;
  /** In one SUBSCRIBE or UNSUBSCRIBE; with more the connection is closed. */
  readonly filtersPerPacket: number;
  /** Subscriptions of one session; more are refused. */
  readonly filtersPerSession: number;
  /** Messages kept for a subscriber that is away or does not acknowledge. */
  readonly queuedMessages: number;
  /** How long the session of a client that is away is kept. */
  readonly sessionMs: number;
  /** Messages and bytes of one connection on their way into the journal; beyond it is read no further. */
  readonly connectionMessages: number;
  readonly connectionBytes: number;
  /** The same of all connections of one user. */
  readonly userMessages: number;
  readonly userBytes: number;
  /** Bytes of all on their way into the journal. */
  readonly waitingBytes: number;
  /** What a user may send for each device it speaks for, per second in the long run; faster ones are read more slowly. */
  readonly deviceMessagesPerS: number;
  readonly deviceBytesPerS: number;
  /** Seconds' worth of these that may come at once. */
  readonly deviceBurstS: number;
}

export const defaultLimits: BrokerLimits = {
  connections: 20_000,
  connectionsPerUser: 16,
  silentConnections: 4000,
  silentPerAddress: 2000,
  payloadBytes: 64 << 10,
  clientIdBytes: 256,
  topicLevels: 16,
  connectTimeoutMs: 10_000,
  subscriberBytes: 1 << 20,
  unreadMs: 60_000,
  filtersPerPacket: 64,
  filtersPerSession: 256,
  queuedMessages: 1000,
  sessionMs: 24 * 3_600_000,
  connectionMessages: 256,
  connectionBytes: 256 << 10,
  userMessages: 1024,
  userBytes: 1 << 20,
  waitingBytes: 32 << 20,
  deviceMessagesPerS: 2000,
  deviceBytesPerS: 2 << 20,
  deviceBurstS: 10,
};

export interface BrokerOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** PEM. Without it the door speaks plain text. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly limits?: Partial<BrokerLimits>;
  /** Connections it may have together with other doors. */
  readonly places?: { readonly most: number; taken: number };
}

/** The MQTT door, open. */
export interface Broker {
  readonly port: number;
  /** Publishes as Guanjia itself. In memory only; a subscriber that is too slow loses it. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options: { readonly qos: 0 | 1; readonly retain?: boolean },
  ): Promise<void>;
  /** For other doors, by which the same devices may be connected: told of every connection of theirs that comes and goes. */
  readonly states: {
    connected(devices: readonly string[]): void;
    disconnected(devices: readonly string[]): void;
  };
  /** Connections that have been let in. */
  clients(): number;
  /** Closes connections whose session is not current any more: call it after the directory has changed. */
  closeStale(): void;
  stop(): Promise<void>;
}
