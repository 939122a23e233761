/** The sum of its parts, each times its factor and its share. */
export interface VirtualMeter {
  readonly parts: readonly VirtualPart[];
}

export interface VirtualPart {
  /** A meter of the same medium, which may be virtual too. */
  readonly meter: string;
  /** Below 0 takes the part away. */
  readonly factor: number;
  readonly share?: VirtualShare;
}

/** What one building or institution has of a part: its own size over the sizes of all among whom the part is shared. */
export interface VirtualShare {
  /** `floorAreaM2` of buildings or institutions; `energyUsers` of institutions. */
  readonly by: 'area' | 'headcount';
  /** One of `among`. */
  readonly own: string;
  readonly among: readonly {
    /** Building or, where there is none of that id, institution. */
    readonly id: string;
    /** Times its size. */
    readonly weight: number;
  }[];
}
