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
  form: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
  tree: 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4',
  vehicle: 'M4 17v-5l2-6h12l2 6v5M4 12h16M4 17h16M6 17v2m12-2v2M7.5 14.5h.1m8.9 0h.1',
  places:
    'M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11Zm0-13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4m8-4v4M8 14h.1m3.9 0h.1m3.9 0h.1M8 17h.1m3.9 0h.1',
  trips:
    'M5 19h9a3.5 3.5 0 0 0 0-7h-5a3.5 3.5 0 0 1 0-7h7M5 17a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm14-14a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  orders: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7',
  book: 'M5 4h13v16H7a2 2 0 0 1-2-2V4Zm0 14a2 2 0 0 1 2-2h11M9 8h5',
  rules: 'M5 4v16m7-16v16m7-16v16M2.5 9h5M9.5 15h5M16.5 8h5',
  more: 'M4 6h16M4 12h16M4 18h16',
  institutions: 'M3 21h18M5 21V10m4.7 11V10m4.6 11V10M19 21V10M3 10h18L12 3 3 10Z',
  waste: 'M12 3s6 7 6 11a6 6 0 0 1-12 0c0-4 6-11 6-11Zm-3 11a3 3 0 0 0 3 3',
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
