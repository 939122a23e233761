export interface InfluxSettings {
  /** `http://host:port`, with a path where a proxy wants one. */
  readonly url: string;
  readonly version: 1 | 2 | 3;
  /** Database of 1.x and 3.x, bucket of 2.x. */
  readonly database: string;
  /** 2.x only. */
  readonly org?: string;
  readonly username?: string;
  readonly password?: string;
  /** 2.x and 3.x. */
  readonly token?: string;
  /** How long a server may take to answer; 10,000. */
  readonly timeoutMs?: number;
}
