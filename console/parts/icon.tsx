const shapes = {
  overview: 'M3 11 12 4l9 7M5 10v10h5v-6h4v6h5V10',
  map: 'M9 4 3 6v14l6-2 6 2 6-2V4l-6 2-6-2Zm0 0v14m6-12v14',
  meters: 'M4 18a9 9 0 1 1 16 0M12 14l4-5M12 14a1 1 0 1 0 0 .1',
  alerts: 'M12 3 2 20h20L12 3Zm0 6v5m0 3v.1',
  quarantine: 'M4 7h16v13H4zM8 7V4h8v3M9 12l6 5m0-5-6 5',
  pipeline: 'M4 5h16v5H4zM4 14h16v5H4zM7 7.5h.1M7 16.5h.1',
  signOut: 'M14 4H5v16h9M10 12h11m-4-4 4 4-4 4',
  close: 'M5 5l14 14M19 5 5 19',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 5 5',
  theme: 'M12 3a9 9 0 1 0 0 18V3Z',
  language:
    'M3 12h18M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3Z',
  check: 'M4 13l5 5L20 6',
  figures: 'M4 20V10m5 10V4m5 16v-7m5 7V7',
  tree: 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4',
  vehicle: 'M4 17v-5l2-6h12l2 6v5M4 12h16M4 17h16M6 17v2m12-2v2M7.5 14.5h.1m8.9 0h.1',
  more: 'M4 6h16M4 12h16M4 18h16',
  replace: 'M4 9h13l-4-4M20 15H7l4 4',
} as const;

export type IconName = keyof typeof shapes;

/** A drawing beside a word; it says nothing by itself. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
