/** `alone` where no title of a flow follows. */
export function Brand({ alone }: { readonly alone: boolean }) {
  return (
    <span className={alone ? 'brand alone' : 'brand'}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden style={{ color: 'var(--accent)' }}>
        <path
          fill="currentColor"
          d="M1 1h14v3H1zM1 6h8v3H1zM1 11h4v4H1zM11 6h1.500v3.200l1.200-1.200 1 1L11.800 12 8.800 9l1-1 1.200 1.200zM7 12h2v3H7z"
        />
      </svg>
      <span className="brand-name">IOAS Playground</span>
    </span>
  )
}
