import type { Socket } from 'node:net';
import type { Take } from '../../model/envelope.ts';
import type {
  Directory,
  Registration,
  RegistrationRequest,
  RegistrationVerdict,
} from '../../registry/registry.ts';

/** Why a terminal or what it sent was turned away; counted as `refused{door="jt808",reason}`. */
export type TerminalRefusal =
  | 'assembly'
  | 'busy'
  | 'checksum'
  | 'connect-timeout'
  | 'credentials'
  | 'garbage'
  | 'journal'
  | 'limit'
  | 'malformed'
  | 'not-authenticated'
  | 'phone'
  | 'rate-limited'
  | 'registration'
  | 'replaced'
  | 'revoked'
  | 'silent'
  | 'too-long'
  | 'truncated'
  | 'unread'
  | 'unsupported';

/** Sizes and times of the door. */
export interface TerminalLimits {
  readonly connections: number;
  /** Links that have not authenticated; beyond, whoever has been there for longest has to go. */
  readonly strangers: number;
  /** The same of one address. A carrier may bring a whole fleet in through one. */
  readonly strangersPerAddress: number;
  /** What those of one address may send in a second, bytes. */
  readonly strangerBytesPerS: number;
  /** Messages a link may send that it may not, and wrong codes, before it is closed. */
  readonly strangerFaults: number;
  /** Frames before it has authenticated. */
  readonly strangerFrames: number;
  /** From the opening of a link to its authentication. */
  readonly authenticateMs: number;
  /** Silence after which a link is closed. */
  readonly heartbeatMs: number;
  /** How long a terminal may leave unread what was sent to it while more waits. */
  readonly unreadMs: number;
  /** Broken frames one behind the other, after which a link is closed. */
  readonly badFrames: number;
  /** Frames of a link that are dealt with before others have their turn. */
  readonly turnFrames: number;
  /** Messages and bytes of one link on their way into the journal; beyond it is read no further. */
  readonly linkMessages: number;
  readonly linkBytes: number;
  /** Links that are in the middle of a message of several packets. */
  readonly assemblies: number;
  /** Bytes of the packets of all these. */
  readonly assemblyBytes: number;
  /** How long a terminal may take to answer what it was sent. */
  readonly answerMs: number;
  /** What was sent to one terminal and is not answered. */
  readonly asked: number;
}

export const defaultTerminalLimits: TerminalLimits = {
  connections: 20_000,
  strangers: 4000,
  strangersPerAddress: 2000,
  strangerBytesPerS: 1 << 20,
  strangerFaults: 3,
  strangerFrames: 20,
  authenticateMs: 30_000,
  heartbeatMs: 180_000,
  unreadMs: 60_000,
  badFrames: 20,
  turnFrames: 256,
  linkMessages: 256,
  linkBytes: 256 << 10,
  assemblies: 1000,
  assemblyBytes: 32 << 20,
  answerMs: 20_000,
  asked: 32,
};

export interface TerminalOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** PEM. Without it the door speaks plain text. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Whoever names the phone of a vehicle is let in as its terminal. For trials. */
  readonly open?: boolean;
  readonly limits?: Partial<TerminalLimits>;
}

/** What the door asks of the registry. */
export interface TerminalRegistry {
  directory(): Directory;
  /** Takes in what changed just now. @returns whether anything did */
  refresh(): boolean;
  register(request: RegistrationRequest): Promise<RegistrationVerdict>;
  /** The code the registered terminal authenticates with. */
  codeOf(phone: string, registration: Registration): string;
}

/** What terminals of one vehicle have on its way into the journal, and how fast they send. */
export interface Share {
  messages: number;
  bytes: number;
}

/** What the doors have in common, handed in. */
export interface TerminalParts {
  readonly registry: TerminalRegistry;
  readonly take: Take;
  /** Told of links that come and go, by vehicle. */
  readonly states: {
    connected(devices: readonly string[]): void;
    disconnected(devices: readonly string[]): void;
  };
  /** Opens the port. */
  listen(
    name: string,
    options: TerminalOptions & { readonly connections: number },
    callers: {
      open(socket: Socket, address: string): void;
      receive(socket: Socket, bytes: Buffer): void;
      dropped(): void;
    },
  ): Promise<{ readonly port: number; close(): Promise<void> }>;
  readonly shares: {
    join(user: string, devices: number): Share;
    leave(share: Share): void;
    hasRoom(share: Share): boolean;
    take(share: Share, bytes: number): void;
    giveBack(share: Share, messages: number, bytes: number): void;
    charge(share: Share, messages: number, bytes: number, now: number): number;
  };
  doorstep<Who>(all: number, perAddress: number): Doorstep<Who>;
  waitingRoom<Who>(goOn: (who: Who) => void, tryAgain: (who: Who) => void): WaitingRoom<Who>;
}

/** Links that have not authenticated. */
export interface Doorstep<Who> {
  /** @returns who has to go for this one */
  come(who: Who, address: string): Who | undefined;
  leave(who: Who): void;
}

/** Links that cannot go on now: for want of room, or because the journal takes nothing. */
export interface WaitingRoom<Who> {
  waitForRoom(who: Who): void;
  roomMade(): void;
  waitForJournal(who: Who): void;
  journalWorks(): void;
  waitsForJournal(who: Who): boolean;
  leave(who: Who): void;
}

/** A frame as it came or went. */
export interface SeenFrame {
  /** Our clock, Unix ms UTC. */
  readonly at: number;
  readonly direction: 'in' | 'out';
  /** Of a link that has authenticated, then or later: anybody can name the phone of a vehicle. */
  readonly authenticated: boolean;
  /** From 7E to 7E; what was no frame as it came. */
  readonly bytes: Uint8Array;
}

/** What a terminal answered to what it was sent. */
export interface TerminalAnswer {
  /** Message id: 0x0001, or what answers in its place. */
  readonly id: number;
  readonly body: Uint8Array;
  /** Of 0x0001: 0 done, 1 failed, 2 not understood, 3 not supported. */
  readonly result?: number;
  /** Our clock, Unix ms UTC. */
  readonly at: number;
}

/** A link that has authenticated. */
export interface LinkView {
  readonly vehicle: string;
  readonly phone: string;
  /** IP address it comes from. */
  readonly address: string;
  /** By its header. */
  readonly layout: 2013 | 2019;
  /** Our clock, Unix ms UTC, and so `heardAt`: the last whole frame, to half a second. */
  readonly since: number;
  readonly heardAt: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Where serials were passed over since the link was made, and how many of them. */
  readonly serialGaps: { readonly count: number; readonly missing: number };
}

export interface TerminalsStatus {
  readonly port: number;
  /** Whoever names the phone of a vehicle is let in. */
  readonly open: boolean;
  /** Links that have authenticated, and those that have not. */
  readonly online: number;
  readonly strangers: number;
  readonly refused: Readonly<Partial<Record<TerminalRefusal, number>>>;
}

/** The JT/T 808 door, open. */
export interface Terminals {
  readonly port: number;
  /** Closes links whose vehicle, phone or place is not what it was: call it after the directory has changed. */
  refresh(): void;
  status(): TerminalsStatus;
  /** Ascending by vehicle. */
  links(): readonly LinkView[];
  /** Undefined where its terminal is not connected. */
  link(vehicle: string): LinkView | undefined;
  isOnline(vehicle: string): boolean;
  /**
   * Sends a message and waits for what answers it.
   * @param id message id of the platform, such as 0x8105
   * @throws AppError `DEVICE_OFFLINE`, `DEVICE_UNANSWERED`, `SERVICE_BUSY` where too much waits for an answer already
   */
  send(vehicle: string, id: number, body: Uint8Array): Promise<TerminalAnswer>;
  /**
   * The last frames of the vehicle's terminal, oldest first. All of the last fifty only from the first time on that they are asked for.
   * Beside these the last ten of links that named its phone and have not authenticated.
   */
  frames(vehicle: string): readonly SeenFrame[];
  stop(): Promise<void>;
}

/** How often the door looks for links that have fallen silent. */
export const tickMs = 500;

export const doorLabels = { door: 'jt808' } as const;
