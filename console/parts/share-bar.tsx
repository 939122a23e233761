/** A share as a bar; the number beside it says the same. */
export const ShareBar = ({ percent }: { readonly percent: number }) => (
  <svg className="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect className="ground" width="100" height="4" />
    <rect width={Math.min(100, Math.max(0, percent))} height="4" />
  </svg>
);
